#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "world.h"

struct world world;

const int world_digests[WORLD_DIGESTS] = {
    NID_md5, NID_sha1, NID_sha224, NID_sha256, NID_sha384, NID_sha512};

void world_add_pem(struct buf *out, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_true(PEM_write_bio_X509(bio, cert));
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	BIO_free(bio);
}

void world_add_der(struct buf *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);

	assert_true(len > 0);
	assert_true(buf_add(out, der, (size_t)len));
	OPENSSL_free(der);
}

void world_add_key(struct buf *out, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_true(
	    PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL));
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	BIO_free(bio);
}

X509 *world_simple(const char *cn, int key, const char *usage)
{
	return fixture_cert(&(struct cert_spec){
	    .cn = cn, .key = fixture_rsa(key), .usage = usage});
}

#define CA_USAGE "critical,keyCertSign,cRLSign"

X509 *world_issued(const char *cn, EVP_PKEY *key, const char *usage,
    X509 *issuer, EVP_PKEY *issuer_key)
{
	static long serial = 100;

	return fixture_cert(&(struct cert_spec){.cn = cn,
	    .key = key,
	    .usage = usage,
	    .ids = true,
	    .issuer = issuer,
	    .issuer_key = issuer_key,
	    .serial = serial++});
}

int world_make(void **state)
{
	EVP_PKEY *root = fixture_rsa(0), *sub = fixture_rsa(1);
	EVP_PKEY *ra = fixture_rsa(2), *other = fixture_rsa(3);
	struct cert_spec spec = {.cn = "Root",
	    .key = root,
	    .usage = CA_USAGE,
	    .ca = true,
	    .ids = true};

	(void)state;
	world.root = fixture_cert(&spec);
	spec.key = other;
	world.impostor = fixture_cert(&spec);
	spec = (struct cert_spec){.cn = "Sub",
	    .key = sub,
	    .usage = CA_USAGE,
	    .ca = true,
	    .ids = true,
	    .issuer = world.root,
	    .issuer_key = root,
	    .serial = 2};
	world.sub = fixture_cert(&spec);
	world.sign =
	    world_issued("RA S", ra, "digitalSignature", world.root, root);
	world.enc =
	    world_issued("RA E", other, "keyEncipherment", world.root, root);
	world.sub_sign = world_issued(
	    "RA", ra, "digitalSignature,keyEncipherment", world.sub, sub);
	world.both = world_simple(
	    "Both", 0, "digitalSignature,keyEncipherment,keyCertSign,cRLSign");
	world.plain = world_simple("Plain", 0, NULL);
	world.plain_sign = world_issued("RA P", ra, NULL, world.root, root);
	world.leaf = world_issued("Leaf", other, NULL, world.sub, sub);
	world.root_leaf = world_issued("Leaf", other, NULL, world.root, root);
	spec = (struct cert_spec){.cn = "RA B",
	    .key = ra,
	    .usage = "digitalSignature,keyEncipherment",
	    .issuer = world.both,
	    .issuer_key = root,
	    .serial = 4};
	world.both_ra = fixture_cert(&spec);
	spec.usage = NULL;
	spec.issuer = world.plain;
	world.plain_ra = fixture_cert(&spec);
	world.ec = world_issued("EC", fixture_ec(), NULL, world.root, root);
	spec = (struct cert_spec){.cn = "Old",
	    .key = ra,
	    .issuer = world.root,
	    .issuer_key = root,
	    .from = -10,
	    .to = -1,
	    .serial = 3};
	world.expired = fixture_cert(&spec);
	spec.from = 1;
	spec.to = 10;
	world.new = fixture_cert(&spec);
	world.strange_sign = world_simple("Strange S", 3, "digitalSignature");
	world.strange_enc = world_simple("Strange E", 3, "keyEncipherment");
	world.strange_root = world_simple("Strange Root", 3, CA_USAGE);
	return 0;
}

int world_free(void **state)
{
	X509_free(world.root);
	X509_free(world.sub);
	X509_free(world.sign);
	X509_free(world.enc);
	X509_free(world.sub_sign);
	X509_free(world.both);
	X509_free(world.plain);
	X509_free(world.impostor);
	X509_free(world.leaf);
	X509_free(world.root_leaf);
	X509_free(world.plain_sign);
	X509_free(world.both_ra);
	X509_free(world.plain_ra);
	X509_free(world.ec);
	X509_free(world.expired);
	X509_free(world.new);
	X509_free(world.strange_sign);
	X509_free(world.strange_enc);
	X509_free(world.strange_root);
	return fixture_cleanup(state);
}

void world_forget_algorithm(unsigned char *der, size_t len)
{
	static const unsigned char name[] = {
	    6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11};
	size_t i, found = 0;

	for (i = 0; i + sizeof(name) <= len; i++) {
		if (memcmp(der + i, name, sizeof(name)) != 0)
			continue;
		der[i + sizeof(name) - 1] = 0x7f;
		found++;
	}
	assert_true(found > 0);
}

STACK_OF(X509_EXTENSION) *world_make_extensions(const char *altnames)
{
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *one =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, altnames);

	assert_non_null(one);
	assert_true(sk_X509_EXTENSION_push(extensions, one));
	return extensions;
}
