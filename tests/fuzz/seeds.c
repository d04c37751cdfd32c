/*
 * Writes the inputs that the fuzzers of DER start from into the directory that is
 * named: NAME/seed-*.  They are the same at each run, but for signatures.
 */

#include <stdio.h>
#include <string.h>

#include <openssl/pem.h>

#include "fuzz.h"
#include "world.h"
#include "world_pem.h"

static const char *corpus;

static void write_seed(
    const char *target, const char *name, int first, const struct buf *bytes)
{
	unsigned char byte = (unsigned char)first;
	struct buf all = {0};
	char path[4096];

	FUZZ_CHECK(first < 0 || buf_add(&all, &byte, 1));
	FUZZ_CHECK(bytes->len == 0 || buf_add(&all, bytes->data, bytes->len));
	snprintf(path, sizeof(path), "%s/%s/seed-%s", corpus, target, name);
	fuzz_write_file(path, all.data, all.len);
	buf_free(&all);
}

/* Adds the DER of a PEM block. */
static void add_pem(struct buf *out, const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	unsigned char *der;
	char *name, *header;
	long len;

	FUZZ_CHECK(PEM_read_bio(bio, &name, &header, &der, &len) == 1);
	FUZZ_CHECK(buf_add(out, der, (size_t)len));
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(bio);
}

static void add_with_length(struct buf *out, const struct buf *part)
{
	unsigned char len[] = {
	    (unsigned char)(part->len >> 8), (unsigned char)part->len};

	FUZZ_CHECK(buf_add(out, len, sizeof(len)));
	FUZZ_CHECK(buf_add(out, part->data, part->len));
}

/* Adds what the CA signs of a certificate or a CRL. */
static void add_tbs(struct buf *out, const struct buf *whole)
{
	const unsigned char *p = whole->data, *start;
	long len;
	int tag, class;

	ASN1_get_object(&p, &len, &tag, &class, (long)whole->len);
	start = p;
	ASN1_get_object(&p, &len, &tag, &class, (long)whole->len);
	FUZZ_CHECK(buf_add(out, start, (size_t)(p - start) + (size_t)len));
}

static const struct buf none;

/* The content of an envelope: certificates, or a CRL. */
static void add_inside(struct buf *out, unsigned int kind)
{
	struct buf part = {0};

	add_pem(&part, (kind & 3) == 2 ? world_crl_pem : world_issued_pem);
	if ((kind & 3) == 2)
		world_add_set(out, &none, &part);
	else
		world_add_set(out, &part, &none);
	buf_free(&part);
}

static void write_inner(const char *name, unsigned int kind)
{
	struct buf part = {0}, tbs = {0}, all = {0};
	char text[64];

	add_inside(&all, kind);
	write_seed("certrep_inner", name, (int)kind, &all);
	snprintf(text, sizeof(text), "%s-spooled", name);
	write_seed("certrep_inner", text, (int)(kind | 4), &all);
	buf_free(&all);

	add_pem(&part, (kind & 3) == 2 ? world_crl_pem : world_issued_pem);
	add_with_length(&all, &part);
	snprintf(text, sizeof(text), "%s-parts", name);
	write_seed("certrep_inner", text, (int)(kind | 8), &all);
	buf_free(&all);

	add_tbs(&tbs, &part);
	add_with_length(&all, &tbs);
	if (kind != 2) {
		add_pem(&all, world_ca_pem);
		add_pem(&all, world_other_pem);
	}
	snprintf(text, sizeof(text), "%s-issued", name);
	write_seed("certrep_inner", text, (int)(kind | 24), &all);
	if (kind == 2)
		write_seed("certrep_inner", "getcrl-long", 2 | 4 | 56, &all);
	buf_free(&all);
	buf_free(&part);
	buf_free(&tbs);
}

static void write_signed(const char *name, unsigned int kind,
    const char *status, const char *fail_info)
{
	struct buf inside = {0}, content = {0}, attributes = {0}, all = {0};

	if (*status == '0') {
		add_inside(&inside, kind);
		world_add_envelope(&content, inside.data, inside.len);
	}
	world_add_attributes(&attributes, NID_pkcs7_data, status, fail_info);
	add_with_length(&all, &attributes);
	FUZZ_CHECK(
	    content.len == 0 || buf_add(&all, content.data, content.len));
	write_seed("certrep_signed", name, (int)kind, &all);
	buf_free(&all);

	world_add_signed(&all, NID_pkcs7_data, &attributes, &content, NULL);
	write_seed("certrep_outer", name, (int)kind, &all);
	buf_free(&all);
	buf_free(&inside);
	buf_free(&content);
	buf_free(&attributes);
}

/* What must not be accepted. */
static void write_refused(void)
{
	static const struct {
		const char *name, *pem;
		unsigned int kind;
	} inner[] = {
	    {.name = "enroll-forged", .pem = world_forged_pem, .kind = 0},
	    {.name = "enroll-other", .pem = world_other_pem, .kind = 0},
	    {.name = "getcert-forged", .pem = world_forged_pem, .kind = 1},
	    {.name = "getcrl-forged", .pem = world_forged_crl_pem, .kind = 6},
	};
	struct buf part = {0}, all = {0};
	size_t i;

	for (i = 0; i < COUNT_OF(inner); i++) {
		add_pem(&part, inner[i].pem);
		add_with_length(&all, &part);
		write_seed("certrep_inner", inner[i].name,
		    (int)(inner[i].kind | 8), &all);
		buf_free(&part);
		buf_free(&all);
	}
}

/* A reply of status FAILURE with a byte changed, and signed before or after. */
static void write_changed(const char *name, const char *what)
{
	struct buf attributes = {0}, all = {0};
	size_t i, len = strlen(what);

	world_add_attributes(&attributes, NID_pkcs7_data, "2", "2");
	add_with_length(&all, &attributes);
	for (i = 0; i + len <= all.len; i++)
		if (memcmp(all.data + i, what, len) == 0)
			all.data[i] ^= 1;
	write_seed("certrep_signed", name, 0, &all);
	buf_free(&all);
	world_add_signed(&all, NID_pkcs7_data, &attributes, &none, NULL);
	for (i = 0; i + len <= all.len; i++)
		if (memcmp(all.data + i, what, len) == 0)
			all.data[i] ^= 1;
	write_seed("certrep_outer", name, 0, &all);
	buf_free(&all);
	buf_free(&attributes);
}

static void write_replies(void)
{
	write_inner("enroll", 0);
	write_inner("getcert", 1);
	write_inner("getcrl", 2);
	write_signed("enroll", 0, "0", NULL);
	write_signed("getcert", 1, "0", NULL);
	write_signed("getcrl", 2, "0", NULL);
	write_signed("getcrl-spooled", 6, "0", NULL);
	write_signed("failure", 0, "2", "2");
	write_signed("pending", 0, "3", NULL);
	write_refused();
	write_changed("other-id", WORLD_ID);
	write_changed("other-nonce", WORLD_NONCE);
	write_changed("other-sender-nonce", "fedcba9876543210");
}

static void write_getca(void)
{
	struct buf ca = {0}, more = {0}, tbs = {0}, all = {0};

	add_pem(&ca, world_ca_pem);
	write_seed("getca", "cert", 0, &ca);
	add_pem(&more, world_ca_pem);
	add_pem(&more, world_other_pem);
	world_add_set(&all, &more, &none);
	write_seed("getca", "set", 0, &all);
	buf_free(&all);
	FUZZ_CHECK(buf_add_string(&all, world_ca_pem));
	FUZZ_CHECK(buf_add_string(&all, world_other_pem));
	write_seed("getca", "pem", 0, &all);
	buf_free(&all);
	add_tbs(&tbs, &ca);
	write_seed("getca", "issued", 1, &tbs);
	buf_free(&tbs);
	buf_free(&more);
	add_pem(&more, world_other_pem);
	add_tbs(&tbs, &more);
	write_seed("getca", "issued-no-ca", 1, &tbs);
	buf_free(&more);
	add_pem(&more, world_ca_pem);
	add_pem(&more, world_next_pem);
	world_add_set(&all, &more, &none);
	write_seed("getca", "strange-ca", 0, &all);
	buf_free(&all);
	buf_free(&ca);
	buf_free(&more);
	buf_free(&tbs);
}

static void write_nextca(void)
{
	struct buf next = {0}, set = {0}, attributes = {0}, all = {0};

	add_pem(&next, world_next_pem);
	world_add_set(&set, &next, &none);
	world_add_attributes(&attributes, NID_pkcs7_signed, NULL, NULL);
	world_add_signed(&all, NID_pkcs7_signed, &attributes, &set, NULL);
	write_seed("nextca", "outer", 0, &all);
	buf_free(&all);
	add_with_length(&all, &attributes);
	FUZZ_CHECK(buf_add(&all, set.data, set.len));
	write_seed("nextca", "signed", 1, &all);
	buf_free(&all);
	add_with_length(&all, &attributes);
	FUZZ_CHECK(buf_add(&all, next.data, next.len));
	write_seed("nextca", "beside", 2, &all);
	buf_free(&all);
	buf_free(&next);
	buf_free(&set);
	buf_free(&attributes);
}

/* Keys in each format, with and without the pass phrase of fuzz_key.c. */
static void write_keys(void)
{
	struct buf der = {0};
	EVP_PKEY *keys[] = {world.ca_key, world.client_key};
	char name[64];
	size_t i;
	int encrypted;

	add_pem(&der, world_ca_key_pem);
	write_seed("key", "ec.der", 0, &der);
	buf_free(&der);
	add_pem(&der, world_client_key_pem);
	write_seed("key", "rsa.der", 0, &der);
	buf_free(&der);
	for (i = 0; i < 4; i++) {
		BIO *bio = BIO_new(BIO_s_mem());
		const EVP_CIPHER *cipher = i >= 2 ? EVP_aes_128_cbc() : NULL;
		char *text;
		long len;

		encrypted = i >= 2;
		FUZZ_CHECK(
		    PEM_write_bio_PKCS8PrivateKey(bio, keys[i % 2], cipher,
			WORLD_PASS, encrypted ? (int)strlen(WORLD_PASS) : 0,
			NULL, NULL) == 1);
		len = BIO_get_mem_data(bio, &text);
		FUZZ_CHECK(buf_add(&der, text, (size_t)len));
		snprintf(name, sizeof(name), "%s%s.pem",
		    i % 2 == 0 ? "ec" : "rsa", encrypted ? "-encrypted" : "");
		write_seed("key", name, encrypted, &der);
		buf_free(&der);
		BIO_free(bio);
		if (!encrypted)
			continue;
		bio = BIO_new(BIO_s_mem());
		FUZZ_CHECK(
		    i2d_PKCS8PrivateKey_bio(bio, keys[i % 2], cipher,
			WORLD_PASS, (int)strlen(WORLD_PASS), NULL, NULL) == 1);
		len = BIO_get_mem_data(bio, &text);
		FUZZ_CHECK(buf_add(&der, text, (size_t)len));
		snprintf(name, sizeof(name), "%s-encrypted.der",
		    i % 2 == 0 ? "ec" : "rsa");
		write_seed("key", name, 1, &der);
		buf_free(&der);
		BIO_free(bio);
	}
}

static void write_files(void)
{
	static const struct {
		const char *name, *pem;
		char kind;
	} files[] = {
	    {.name = "cert", .pem = world_issued_pem, .kind = 'c'},
	    {.name = "ca", .pem = world_ca_pem, .kind = 'c'},
	    {.name = "request", .pem = world_request_pem, .kind = 'r'},
	    {.name = "crl", .pem = world_crl_pem, .kind = 'l'},
	    {.name = "forged", .pem = world_forged_pem, .kind = 'c'},
	    {.name = "forged-crl", .pem = world_forged_crl_pem, .kind = 'l'},
	};
	struct buf bytes = {0};
	char name[64];
	size_t i;

	for (i = 0; i < COUNT_OF(files); i++) {
		add_pem(&bytes, files[i].pem);
		snprintf(name, sizeof(name), "%s.der", files[i].name);
		write_seed("pki", name, files[i].kind, &bytes);
		if (files[i].kind != 'r') {
			struct buf tbs = {0};

			add_tbs(&tbs, &bytes);
			snprintf(name, sizeof(name), "%s.tbs", files[i].name);
			write_seed("pki", name,
			    files[i].kind == 'c' ? 'C' : 'L', &tbs);
			if (strcmp(files[i].name, "crl") == 0)
				write_seed("pki", "crl.long", 'M', &tbs);
			buf_free(&tbs);
		}
		buf_free(&bytes);
		FUZZ_CHECK(buf_add_string(&bytes, files[i].pem));
		snprintf(name, sizeof(name), "%s.pem", files[i].name);
		write_seed("pki", name, files[i].kind, &bytes);
		buf_free(&bytes);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || *argv[1] != '/') {
		fprintf(stderr, "usage: seeds /DIRECTORY\n");
		return 1;
	}
	corpus = argv[1];
	fuzz_start();
	world_make();
	write_replies();
	write_getca();
	write_nextca();
	write_keys();
	write_files();
	return 0;
}
