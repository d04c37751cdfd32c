/* Unit test of src/pki/pss.c and src/pki/crl.c: how the signer names his algorithm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "fixtures.h"
#include "pki/crl.h"
#include "pki/pss.h"
#include "util/log.h"

#define ABSENT (-1000)

/* RSASSA-PSS-params of RFC 4055, 3.1.  A NID of 0 and ABSENT leave out. */
struct params {
	int hash, mask, mask_hash;
	long salt, trailer;
};

/* Instead of them. */
enum form { PARAMS, NONE, IS_NULL, GARBAGE, BARE_MASK };

static X509_ALGOR *new_algor(int nid)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();

	assert_true(
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(nid), V_ASN1_NULL, NULL));
	return algorithm;
}

static ASN1_INTEGER *new_number(long value)
{
	ASN1_INTEGER *number = ASN1_INTEGER_new();

	assert_true(ASN1_INTEGER_set(number, value));
	return number;
}

static ASN1_STRING *pack(const struct params *p, enum form form)
{
	RSA_PSS_PARAMS *out = RSA_PSS_PARAMS_new();
	X509_ALGOR *hash;
	ASN1_STRING *text = NULL;

	if (p->hash != 0)
		out->hashAlgorithm = new_algor(p->hash);
	if (p->mask != 0) {
		out->maskGenAlgorithm = new_algor(p->mask);
		hash = new_algor(p->mask_hash);
		text = ASN1_item_pack(hash, ASN1_ITEM_rptr(X509_ALGOR), NULL);
		if (form != BARE_MASK)
			X509_ALGOR_set0(out->maskGenAlgorithm,
			    OBJ_nid2obj(p->mask), V_ASN1_SEQUENCE, text);
		else
			ASN1_STRING_free(text);
		X509_ALGOR_free(hash);
	}
	if (p->salt != ABSENT)
		out->saltLength = new_number(p->salt);
	if (p->trailer != ABSENT)
		out->trailerField = new_number(p->trailer);
	text = ASN1_item_pack(out, ASN1_ITEM_rptr(RSA_PSS_PARAMS), NULL);
	assert_non_null(text);
	RSA_PSS_PARAMS_free(out);
	return text;
}

static X509_ALGOR *new_pss(const struct params *p, enum form form)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_OBJECT *name = OBJ_nid2obj(NID_rsassaPss);
	ASN1_STRING *text;

	if (form == NONE) {
		X509_ALGOR_set0(algorithm, name, V_ASN1_UNDEF, NULL);
	} else if (form == IS_NULL) {
		X509_ALGOR_set0(algorithm, name, V_ASN1_NULL, NULL);
	} else if (form == GARBAGE) {
		text = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
		ASN1_STRING_set(text, "\x30\x03\x02\x01\x01", 5);
		X509_ALGOR_set0(algorithm, name, V_ASN1_SEQUENCE, text);
	} else {
		X509_ALGOR_set0(
		    algorithm, name, V_ASN1_SEQUENCE, pack(p, form));
	}
	return algorithm;
}

static EVP_PKEY *new_public_key(const struct params *restricted)
{
	EVP_PKEY *key, *rsa = fixture_rsa(0);
	X509_PUBKEY *public = X509_PUBKEY_new();
	unsigned char *bytes = NULL, *der = NULL;
	const unsigned char *p;
	int len = i2d_PublicKey(rsa, &bytes);

	assert_true(len > 0);
	assert_true(X509_PUBKEY_set0_param(public, OBJ_nid2obj(NID_rsassaPss),
	    restricted != NULL ? V_ASN1_SEQUENCE : V_ASN1_UNDEF,
	    restricted != NULL ? pack(restricted, PARAMS) : NULL, bytes, len));
	len = i2d_X509_PUBKEY(public, &der);
	p = der;
	key = d2i_PUBKEY(NULL, &p, len);
	assert_non_null(key);
	OPENSSL_free(der);
	X509_PUBKEY_free(public);
	return key;
}

/* SEQUENCE { a, b, c } in DER. */
static void add_sequence(struct buf *out, const struct buf *inside)
{
	int size = ASN1_object_size(1, (int)inside->len, V_ASN1_SEQUENCE);
	unsigned char *p;

	assert_true(buf_reserve(out, (size_t)size));
	p = out->data + out->len;
	ASN1_put_object(
	    &p, 1, (int)inside->len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	out->len = (size_t)(p - out->data);
	assert_true(buf_add(out, inside->data, inside->len));
}

/* A key that signs, and how. */
struct signer {
	EVP_PKEY *key;
	int digest, mask, salt; /* NIDs; mask 0: not PSS */
};

static EVP_MD_CTX *begin_signature(const struct signer *by)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *settings;

	assert_int_equal(EVP_DigestSignInit(context, &settings,
			     EVP_get_digestbynid(by->digest), NULL, by->key),
	    1);
	if (by->mask != 0) {
		assert_true(EVP_PKEY_CTX_set_rsa_padding(
				settings, RSA_PKCS1_PSS_PADDING) > 0);
		assert_true(
		    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, by->salt) > 0);
		assert_true(EVP_PKEY_CTX_set_rsa_mgf1_md(
				settings, EVP_get_digestbynid(by->mask)) > 0);
	}
	return context;
}

/* Adds signatureAlgorithm and signatureValue. */
static void add_signature(
    struct buf *out, EVP_MD_CTX *context, X509_ALGOR *algorithm)
{
	unsigned char bytes[512], head[8], *der = NULL, *p = head;
	size_t len = sizeof(bytes);
	int der_len = i2d_X509_ALGOR(algorithm, &der);

	assert_true(buf_add(out, der, (size_t)der_len));
	OPENSSL_free(der);
	assert_int_equal(EVP_DigestSignFinal(context, bytes, &len), 1);
	ASN1_put_object(
	    &p, 0, (int)len + 1, V_ASN1_BIT_STRING, V_ASN1_UNIVERSAL);
	*p++ = 0; /* unused bits */
	assert_true(buf_add(out, head, (size_t)(p - head)));
	assert_true(buf_add(out, bytes, len));
}

/* A tbsCertList without entries. */
static void add_tbs(struct buf *out, X509_ALGOR *algorithm)
{
	X509_NAME *name = fixture_name("CA of CRLs");
	struct buf inside = {0};
	unsigned char *der = NULL;
	int len = i2d_X509_ALGOR(algorithm, &der);

	assert_true(buf_add(&inside, "\x02\x01\x01", 3));
	assert_true(buf_add(&inside, der, (size_t)len));
	OPENSSL_free(der);
	der = NULL;
	len = i2d_X509_NAME(name, &der);
	assert_true(buf_add(&inside, der, (size_t)len));
	OPENSSL_free(der);
	assert_true(buf_add_string(&inside,
	    "\x17\x0d"
	    "260101000000Z"));
	add_sequence(out, &inside);
	X509_NAME_free(name);
	buf_free(&inside);
}

/* Signed and unsigned are the algorithms in tbsCertList, and behind it. */
static void make_crl(struct buf *out, const struct signer *by,
    X509_ALGOR *signed_one, X509_ALGOR *unsigned_one)
{
	EVP_MD_CTX *context = begin_signature(by);
	struct buf inside = {0};

	add_tbs(&inside, signed_one);
	assert_int_equal(
	    EVP_DigestSignUpdate(context, inside.data, inside.len), 1);
	add_signature(&inside, context, unsigned_one);
	add_sequence(out, &inside);
	buf_free(&inside);
	EVP_MD_CTX_free(context);
}

static bool libcrypto_verifies(const struct buf *der, X509 *ca)
{
	const unsigned char *p = der->data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der->len);
	bool yes;

	assert_non_null(crl);
	yes = X509_CRL_verify(crl, X509_get0_pubkey(ca)) == 1;
	X509_CRL_free(crl);
	ERR_clear_error();
	return yes;
}

static bool verifies(const struct buf *der, X509 *ca)
{
	struct crl crl;
	bool yes;

	assert_int_equal(
	    crl_parse(&crl, octets_in_memory(der->data, der->len)), ST_OK);
	yes = crl_is_signed_by(&crl, ca);
	crl_free(&crl);
	assert_int_equal(ERR_peek_error(), 0);
	return yes;
}

enum key { KEY_RSA, KEY_PSS, KEY_PSS_SHA256, KEY_PSS_SALT, KEY_EC, KEY_COUNT };

static const struct params restrictions[] = {
    [KEY_PSS_SHA256] = {NID_sha256, NID_mgf1, NID_sha256, 32, ABSENT},
    [KEY_PSS_SALT] = {NID_sha384, NID_mgf1, NID_sha384, 48, ABSENT},
};

static EVP_PKEY *new_key(enum key number)
{
	EVP_PKEY *key = number == KEY_EC ? fixture_ec() : fixture_rsa(0);

	if (number == KEY_RSA || number == KEY_EC) {
		EVP_PKEY_up_ref(key);
		return key;
	}
	return new_public_key(number == KEY_PSS ? NULL : &restrictions[number]);
}

#define SHA256 \
	{ \
		NID_sha256, NID_mgf1, NID_sha256, 32, ABSENT \
	}
#define SHA384 \
	{ \
		NID_sha384, NID_mgf1, NID_sha384, 48, ABSENT \
	}

/* How it is signed, what the AlgorithmIdentifier says, with which key. */
static const struct sample {
	const char *what;
	int digest, mask, salt;
	struct params says;
	enum form form;
	enum key key;
	bool good; /* with any libcrypto */
} samples[] = {
    {.what = "as usual",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = PARAMS,
	.key = KEY_RSA,
	.good = true},
    {.what = "a restricted key",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = PARAMS,
	.key = KEY_PSS_SHA256,
	.good = true},
    {.what = "a PSS key",
	.digest = NID_sha384,
	.mask = NID_sha384,
	.salt = 48,
	.says = SHA384,
	.form = PARAMS,
	.key = KEY_PSS,
	.good = true},
    {.what = "a key restricted to SHA-256",
	.digest = NID_sha384,
	.mask = NID_sha384,
	.salt = 48,
	.says = SHA384,
	.form = PARAMS,
	.key = KEY_PSS_SHA256},
    {.what = "a salt shorter than the key wants",
	.digest = NID_sha384,
	.mask = NID_sha384,
	.salt = 20,
	.says = {.hash = NID_sha384,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha384,
	    .salt = 20,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_PSS_SALT},
    {.what = "a salt longer than the key wants",
	.digest = NID_sha384,
	.mask = NID_sha384,
	.salt = 60,
	.says = {.hash = NID_sha384,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha384,
	    .salt = 60,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_PSS_SALT,
	.good = true},
    {.what = "a mask the key does not allow",
	.digest = NID_sha384,
	.mask = NID_sha256,
	.salt = 48,
	.says = {.hash = NID_sha384,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 48,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_PSS_SALT},
    {.what = "another mask",
	.digest = NID_sha256,
	.mask = NID_sha512,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha512,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA,
	.good = true},
    {.what = "no salt",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 0,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 0,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA,
	.good = true},
    {.what = "trailerField 1",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = 1},
	.form = PARAMS,
	.key = KEY_RSA,
	.good = true},
    {.what = "trailerField 2",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = 2},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "trailerField 0",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = 0},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "the salt of the default",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 20,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = ABSENT,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA,
	.good = true},
    {.what = "another salt than the default",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = ABSENT,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "another salt than it says",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 31,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "a salt below 0",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = -1,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "a salt of -2, which is automatic for libcrypto",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = -2,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "a salt beyond the key",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 100000,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "another digest than it says",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA384,
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "another mask than it says",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha384,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "all defaults",
	.digest = NID_sha1,
	.mask = NID_sha1,
	.salt = 20,
	.says = {.hash = 0,
	    .mask = 0,
	    .mask_hash = 0,
	    .salt = ABSENT,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "the default mask",
	.digest = NID_sha256,
	.mask = NID_sha1,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = 0,
	    .mask_hash = 0,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "MD5",
	.digest = NID_md5,
	.mask = NID_md5,
	.salt = 16,
	.says = {.hash = NID_md5,
	    .mask = NID_mgf1,
	    .mask_hash = NID_md5,
	    .salt = 16,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "no digest",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_commonName,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "MD2, which libcrypto does not have",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_md2,
	    .mask = NID_mgf1,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "a mask of no digest",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_mgf1,
	    .mask_hash = NID_commonName,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "an unknown mask",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = {.hash = NID_sha256,
	    .mask = NID_commonName,
	    .mask_hash = NID_sha256,
	    .salt = 32,
	    .trailer = ABSENT},
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "a mask without its digest",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = BARE_MASK,
	.key = KEY_RSA},
    {.what = "no parameters",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = NONE,
	.key = KEY_RSA},
    {.what = "no parameters, with a PSS key",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = NONE,
	.key = KEY_PSS_SHA256},
    {.what = "NULL",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = IS_NULL,
	.key = KEY_RSA},
    {.what = "garbage",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = GARBAGE,
	.key = KEY_RSA},
    {.what = "by PKCS#1 v1.5",
	.digest = NID_sha256,
	.mask = 0,
	.salt = 0,
	.says = SHA256,
	.form = PARAMS,
	.key = KEY_RSA},
    {.what = "an EC key",
	.digest = NID_sha256,
	.mask = NID_sha256,
	.salt = 32,
	.says = SHA256,
	.form = PARAMS,
	.key = KEY_EC},
};

/* Whether both say the same, with that key, and good if it has to be. */
static void check_sample(const struct sample *s, enum key number)
{
	const struct signer by = {fixture_rsa(0), s->digest, s->mask, s->salt};
	X509_ALGOR *algorithm = new_pss(&s->says, s->form);
	EVP_PKEY *key = new_key(number);
	X509 *ca = fixture_ca_of(key);
	struct buf der = {0};
	bool ours, must = s->good && number == s->key;

	make_crl(&der, &by, algorithm, algorithm);
	ours = verifies(&der, ca);
	if (ours != libcrypto_verifies(&der, ca) || (must && !ours))
		fixture_fail("%s, key %d: %s", s->what, (int)number,
		    ours ? "accepted" : "refused");
	buf_free(&der);
	X509_free(ca);
	EVP_PKEY_free(key);
	X509_ALGOR_free(algorithm);
}

/* As X509_CRL_verify() does, each with every key. */
static void test_parameters_of_pss_are_judged_as_by_libcrypto(void **state)
{
	size_t i;
	int key;

	(void)state;
	for (EACH_ROW(i, samples, samples[i].what))
		for (key = 0; key < KEY_COUNT; key++)
			check_sample(&samples[i], (enum key)key);
}

static void test_the_digest_of_pss_is_found(void **state)
{
	static const struct {
		const char *name;
		struct params says;
		enum form form;
		int digest;
	} digests[] = {
	    {.name = "SHA-384",
		.says = SHA384,
		.form = PARAMS,
		.digest = NID_sha384},
	    {.name = "the default",
		.says = {.hash = 0,
		    .mask = 0,
		    .mask_hash = 0,
		    .salt = ABSENT,
		    .trailer = ABSENT},
		.form = PARAMS,
		.digest = NID_sha1},
	    {.name = "no parameters",
		.says = SHA384,
		.form = NONE,
		.digest = NID_undef},
	    {.name = "parameters that are none",
		.says = SHA384,
		.form = GARBAGE,
		.digest = NID_undef},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, digests, digests[i].name)) {
		X509_ALGOR *algorithm =
		    new_pss(&digests[i].says, digests[i].form);

		assert_int_equal(pss_get_digest(algorithm), digests[i].digest);
		assert_int_equal(ERR_peek_error(), 0);
		X509_ALGOR_free(algorithm);
	}
}

/* Whether a CRL that was signed with RSA and the digest is good by that name. */
static bool is_signed_as(int digest, const char *oid)
{
	const struct signer by = {fixture_rsa(0), digest, 0, 0};
	X509_ALGOR *algorithm = X509_ALGOR_new();
	X509 *ca = fixture_ca_of(fixture_rsa(0));
	struct buf der = {0};
	bool ours;

	assert_true(
	    X509_ALGOR_set0(algorithm, OBJ_txt2obj(oid, 1), V_ASN1_NULL, NULL));
	make_crl(&der, &by, algorithm, algorithm);
	ours = verifies(&der, ca);
	assert_true(ours == libcrypto_verifies(&der, ca));
	buf_free(&der);
	X509_free(ca);
	X509_ALGOR_free(algorithm);
	return ours;
}

/*
 * md2WithRSAEncryption, of which libcrypto has no digest: the default one of the
 * key, SHA-256, must not take its place.  sha1WithRSA of OIW is an older name.
 */
static void test_names(void **state)
{
	(void)state;
	assert_true(is_signed_as(NID_sha256, "1.2.840.113549.1.1.11"));
	assert_false(is_signed_as(NID_sha256, "1.2.840.113549.1.1.2"));
	assert_true(is_signed_as(NID_sha1, "1.3.14.3.2.29"));
	assert_false(is_signed_as(NID_sha256, "1.3.14.3.2.29"));
}

/*
 * Names that libcrypto does not know, or not for this key: ASN1_item_verify()
 * answers -1, which is not the 1 of a good signature.
 */
static void test_unknown_algorithms_are_no_good_signature(void **state)
{
	(void)state;
	assert_false(is_signed_as(NID_sha256, "1.2.840.113549.1.1.127"));
	assert_false(is_signed_as(NID_sha256, "1.3.101.112"));
	assert_false(is_signed_as(NID_sha256, "1.3.101.113"));
}

/* RFC 5280, 5.1.1.2: both algorithms are the same, parameters included. */
static void test_both_algorithms_must_be_the_same(void **state)
{
	const struct signer by = {fixture_rsa(0), NID_sha256, NID_sha256, 32};
	static const struct params says = SHA256,
				   trailer = {
				       NID_sha256, NID_mgf1, NID_sha256, 32, 1};
	X509_ALGOR *algorithm = new_pss(&says, PARAMS);
	X509_ALGOR *others[] = {new_pss(&trailer, PARAMS), new_pss(&says, NONE),
	    new_algor(NID_sha256WithRSAEncryption)};
	X509 *ca = fixture_ca_of(fixture_rsa(0));
	struct buf der = {0};
	size_t i;

	(void)state;
	make_crl(&der, &by, algorithm, algorithm);
	assert_true(verifies(&der, ca));
	for (i = 0; i < NITEMS(others); i++) {
		der.len = 0;
		make_crl(&der, &by, others[i], algorithm);
		assert_false(verifies(&der, ca));
		X509_ALGOR_free(others[i]);
	}
	buf_free(&der);
	X509_free(ca);
	X509_ALGOR_free(algorithm);
}

/* SEQUENCE { 1, the UTCTime 260101000000Z } */
#define ENTRY \
	"\x30\x12\x02\x01\x01\x17\x0d" \
	"260101000000Z"
#define ENTRY_LEN (sizeof(ENTRY) - 1)
#define ENTRIES   2400000u

/* Adds the header of what has len octets after it. */
static void add_header(struct buf *out, size_t len)
{
	const unsigned char header[6] = {0x30, 0x84, (unsigned char)(len >> 24),
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8),
	    (unsigned char)len};

	assert_true(buf_add(out, header, sizeof(header)));
}

static void add(
    struct spool *spool, EVP_MD_CTX *context, const void *bytes, size_t len)
{
	assert_int_equal(spool_add(spool, bytes, len), ST_OK);
	assert_int_equal(EVP_DigestSignUpdate(context, bytes, len), 1);
}

/* A CRL of 45 MiB. */
static void spool_large(
    struct spool *spool, const struct signer *by, X509_ALGOR *algorithm)
{
	EVP_MD_CTX *context = begin_signature(by), *sized;
	struct buf tbs = {0}, head = {0}, tail = {0};
	size_t revoked = ENTRIES * ENTRY_LEN, i;

	add_tbs(&tbs, algorithm);
	/* After its header of 3 octets. */
	assert_int_equal(tbs.data[1], 0x81);
	add_header(&head, tbs.len - 3 + 6 + revoked);
	assert_true(buf_add(&head, tbs.data + 3, tbs.len - 3));
	add_header(&head, revoked);
	tbs.len = 0;
	/* As long as any other signature of the key. */
	sized = begin_signature(by);
	add_signature(&tail, sized, algorithm);
	EVP_MD_CTX_free(sized);
	add_header(&tbs, head.len + revoked + tail.len);
	assert_int_equal(spool_add(spool, tbs.data, tbs.len), ST_OK);
	add(spool, context, head.data, head.len);
	for (i = 0; i < ENTRIES; i++)
		add(spool, context, ENTRY, ENTRY_LEN);
	tail.len = 0;
	add_signature(&tail, context, algorithm);
	assert_int_equal(spool_add(spool, tail.data, tail.len), ST_OK);
	assert_int_equal(spool_end(spool), ST_OK);
	EVP_MD_CTX_free(context);
	buf_free(&tbs);
	buf_free(&head);
	buf_free(&tail);
}

static long peak(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

/* It stays in its file. */
static void test_a_large_crl_stays_in_its_file(void **state)
{
	static const struct params says = SHA256;
	const struct signer by = {fixture_rsa(0), NID_sha256, NID_sha256, 32};
	X509_ALGOR *algorithm = new_pss(&says, PARAMS);
	X509 *ca = fixture_ca_of(fixture_rsa(0));
	struct spool spool = {0};
	struct crl crl;
	long before;

	(void)state;
	spool_large(&spool, &by, algorithm);
	before = peak();
	assert_int_equal(crl_parse(&crl, octets_in_spool(&spool)), ST_OK);
	assert_true(crl_is_signed_by(&crl, ca));
	if (peak() / 2 > before)
		fixture_fail("from %ld to %ld", before, peak());
	crl_free(&crl);
	spool_free(&spool);
	X509_free(ca);
	X509_ALGOR_free(algorithm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_large_crl_stays_in_its_file),
	    cmocka_unit_test(test_parameters_of_pss_are_judged_as_by_libcrypto),
	    cmocka_unit_test(test_the_digest_of_pss_is_found),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_unknown_algorithms_are_no_good_signature),
	    cmocka_unit_test(test_both_algorithms_must_be_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
