/* Unit test of src/pki and src/keys: algorithms, certificates, sets, keys. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "compat/openssl.h"
#include "fixtures.h"
#include "compat/provider.h"
#include "keys/key.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/altnames.h"
#include "pki/cabundle.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/csr.h"
#include "pki/path.h"
#include "util/buf.h"
#include "util/log.h"

#define DAY (24 * 3600L)

/* A key of a type that needs no parameters. */
static EVP_PKEY *make_key(int type)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type, NULL);
	EVP_PKEY *key = NULL;

	assert_non_null(ctx);
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_keygen(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static void test_ability(void **state)
{
	static const int others[] = {EVP_PKEY_ED25519, EVP_PKEY_ED448,
	    EVP_PKEY_X25519, EVP_PKEY_RSA_PSS};
	struct key_ability a = ability_of_key(fixture_rsa(0));
	EVP_PKEY *key;
	size_t i;

	(void)state;
	assert_string_equal(a.type, "rsaEncryption");
	assert_true(a.signs_messages && a.signs_md5 && a.signs_pss &&
	    a.signs_sha256 && a.encrypts && a.decrypts);
	assert_true(a.signs_requests && !a.hashes_itself && !a.agrees);
	a = ability_of_key(fixture_ec());
	assert_string_equal(a.type, "id-ecPublicKey");
	assert_true(a.signs_messages && a.signs_sha256);
	assert_true(a.signs_requests && !a.hashes_itself && a.agrees);
	assert_false(a.signs_md5 || a.signs_pss || a.encrypts || a.decrypts);
	for (i = 0; i <= NITEMS(others); i++) {
		key = i < NITEMS(others) ? make_key(others[i]) : NULL;
		a = ability_of_key(key);
		if (key != NULL)
			assert_string_equal(a.type, OBJ_nid2sn(others[i]));
		assert_false(a.signs_messages || a.signs_md5 || a.signs_pss ||
		    a.signs_sha256 || a.encrypts || a.decrypts || a.agrees);
		assert_int_equal(a.hashes_itself, i < 2);
		assert_int_equal(a.signs_requests, i < 2 || i == 3);
		EVP_PKEY_free(key);
	}
}

static const struct {
	const char *name;
	int nid;
	bool legacy;
} ciphers[] = {
    {"des", NID_des_cbc, true},
    {"3des", NID_des_ede3_cbc, false},
    {"blowfish", NID_bf_cbc, true},
    {"aes", NID_aes_128_cbc, false},
    {"aes128", NID_aes_128_cbc, false},
    {"aes192", NID_aes_192_cbc, false},
    {"aes256", NID_aes_256_cbc, false},
};

static const struct {
	const char *name;
	int nid;
} digests[] = {
    {"md5", NID_md5},
    {"sha1", NID_sha1},
    {"sha224", NID_sha224},
    {"sha256", NID_sha256},
    {"sha384", NID_sha384},
    {"sha512", NID_sha512},
};

static const char *const no_algorithms[] = {
    "", "AES", "aes12", "aes1288", "sha", "SHA256", "sha256 ", "md4", "null"};

static void test_algs(void **state)
{
	bool has_legacy = compat_load_legacy();
	const EVP_CIPHER *cipher;
	const EVP_MD *md;
	size_t i;

	(void)state;
	compat_unload_providers();
	for (i = 0; i < NITEMS(digests); i++) {
		assert_string_equal(
		    algs_find_digest(digests[i].name), digests[i].name);
		assert_null(algs_find_cipher(digests[i].name));
		assert_true(algs_digest_works(digests[i].name));
		assert_int_equal(algs_get_digest(&md, digests[i].name), ST_OK);
		assert_int_equal(EVP_MD_type(md), digests[i].nid);
	}
	for (i = 0; i < NITEMS(ciphers); i++) {
		assert_string_equal(
		    algs_find_cipher(ciphers[i].name), ciphers[i].name);
		assert_null(algs_find_digest(ciphers[i].name));
		if (ciphers[i].legacy && !has_legacy)
			continue;
		assert_int_equal(
		    algs_get_cipher(&cipher, ciphers[i].name), ST_OK);
		assert_int_equal(EVP_CIPHER_nid(cipher), ciphers[i].nid);
		assert_int_equal(ERR_peek_error(), 0);
	}
	compat_unload_providers();
	compat_unload_providers();
}

/* Spellings, and the name of the digest or cipher; NULL: there is none. */
static const struct {
	const char *text, *digest, *cipher;
} spelled[] = {
    {"SHA-256", "sha256", NULL},
    {"SHA256", "sha256", NULL},
    {"Sha2-256", "sha256", NULL},
    {"sha256WithRSAEncryption", "sha256", NULL},
    {"SHA256withrsaencryption", "sha256", NULL},
    {"RSA-SHA256", "sha256", NULL},
    {"ecdsa-with-SHA256", "sha256", NULL},
    {"sha-1", "sha1", NULL},
    {"sha1WithRSAEncryption", "sha1", NULL},
    {"ecdsa-with-SHA1", "sha1", NULL},
    {"SHA-224", "sha224", NULL},
    {"SHA2-384", "sha384", NULL},
    {"SHA-512", "sha512", NULL},
    {"sha2-512", "sha512", NULL},
    {"MD5", "md5", NULL},
    {"MD-5", "md5", NULL},
    {"md5WithRSAEncryption", "md5", NULL},
    {"AES", NULL, "aes"},
    {"AES-128", NULL, "aes128"},
    {"AES128", NULL, "aes128"},
    {"aes-128-cbc", NULL, "aes128"},
    {"AES-192-cbc", NULL, "aes192"},
    {"AES-256-CBC", NULL, "aes256"},
    {"DES3", NULL, "3des"},
    {"des3", NULL, "3des"},
    {"3DES", NULL, "3des"},
    {"DES-EDE3", NULL, "3des"},
    {"des-ede3-cbc", NULL, "3des"},
    {"DES", NULL, "des"},
    {"Des-Cbc", NULL, "des"},
    {"bf", NULL, "blowfish"},
    {"BF-CBC", NULL, "blowfish"},
    {"Blowfish", NULL, "blowfish"},
    /* Names of other algorithms, or of none. */
    {"aes-128-gcm", NULL, NULL},
    {"AES-256-ECB", NULL, NULL},
    {"aes-", NULL, NULL},
    {"-aes", NULL, NULL},
    {"aes--128", NULL, NULL},
    {"aes1-28", NULL, NULL},
    {"aes12", NULL, NULL},
    {"des-ede-cbc", NULL, NULL},
    {"des-ede", NULL, NULL},
    {"des-ecb", NULL, NULL},
    {"des-", NULL, NULL},
    {"d-es", NULL, NULL},
    {"descbc", NULL, NULL},
    {"desx-cbc", NULL, NULL},
    {"1.3.14.3.2.7", NULL, NULL},
    {"bf-ecb", NULL, NULL},
    {"sha", NULL, NULL},
    {"sha3-256", NULL, NULL},
    {"sha512-256", NULL, NULL},
    {"SHA-512/256", NULL, NULL},
    {"sha256 ", NULL, NULL},
    {"", NULL, NULL},
};

static void expect_name(const char *text, const char *got, const char *want)
{
	bool same =
	    got == NULL || want == NULL ? got == want : strcmp(got, want) == 0;

	if (!same)
		print_error("%s: %s\n", text, got != NULL ? got : "none");
	assert_true(same);
}

static void test_algs_spellings(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(spelled); i++) {
		expect_name(spelled[i].text, algs_find_digest(spelled[i].text),
		    spelled[i].digest);
		expect_name(spelled[i].text, algs_find_cipher(spelled[i].text),
		    spelled[i].cipher);
	}
	assert_int_equal(ERR_peek_error(), 0);
}

static void test_algs_unknown(void **state)
{
	enum status digest, cipher;
	const EVP_CIPHER *c;
	const EVP_MD *md;
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(no_algorithms); i++) {
		assert_false(algs_digest_works(no_algorithms[i]));
		capture_start(STDERR_FILENO);
		digest = algs_get_digest(&md, no_algorithms[i]);
		cipher = algs_get_cipher(&c, no_algorithms[i]);
		text = capture_stop();
		assert_int_equal(digest, ST_ERROR);
		assert_int_equal(cipher, ST_ERROR);
		assert_non_null(strstr(text, algs_digest_names));
		assert_non_null(strstr(text, algs_cipher_names));
	}
}

/* The default properties of libcrypto are ones that nothing satisfies. */
static void test_algs_forbidden(void **state)
{
#ifdef HAVE_EVP_SET_DEFAULT_PROPERTIES
	bool has_legacy = compat_load_legacy();
	enum status digest, cipher, legacy;
	const EVP_CIPHER *c;
	const EVP_MD *md;
	const char *text;

	(void)state;
	assert_int_equal(EVP_set_default_properties(NULL, "fips=yes"), 1);
	capture_start(STDERR_FILENO);
	digest = algs_get_digest(&md, "sha1");
	cipher = algs_get_cipher(&c, "3des");
	legacy = algs_get_cipher(&c, "des");
	text = capture_stop();
	EVP_set_default_properties(NULL, "");
	compat_unload_providers();
	assert_int_equal(digest, ST_ERROR);
	assert_int_equal(cipher, ST_ERROR);
	assert_int_equal(legacy, ST_ERROR);
	assert_non_null(strstr(
	    text, "digest algorithm sha1, which the policy of this libcrypto"));
	assert_non_null(strstr(
	    text, "encrypt with 3des, which the policy of this libcrypto"));
	assert_non_null(strstr(text,
	    has_legacy ? "with des, which the policy of this libcrypto"
		       : "with des, which needs libcrypto's legacy provider"));
	assert_true(algs_digest_works("sha1"));
#else
	(void)state;
	skip();
#endif
}

/*
 * A digest that the loaded providers lack is named, so that the caller can say
 * that policy forbids it.  libcrypto knows the name MD4, but only the legacy
 * provider implements it.
 */
static void test_algs_refused_digest(void **state)
{
	static const int allowed[] = {NID_sha256, NID_md5,
	    NID_sha1WithRSAEncryption, NID_sha512WithRSAEncryption, NID_undef,
	    NID_rsaEncryption, NID_rsassaPss, NID_ED25519};
	EVP_PKEY *key = fixture_rsa(0);
	size_t i;

	(void)state;
	compat_unload_providers();
	for (i = 0; i < NITEMS(allowed); i++)
		assert_null(algs_refused_digest(allowed[i], key));
	assert_null(algs_refused_digest(NID_md4, NULL));
#ifdef HAVE_OSSL_PROVIDER_TRY_LOAD
	assert_string_equal(algs_refused_digest(NID_md4, key), "md4");
	assert_string_equal(
	    algs_refused_digest(NID_md4WithRSAEncryption, key), "md4");
#else
	(void)key;
#endif
	assert_int_equal(ERR_peek_error(), 0);
}

/* Obsolete ciphers are accepted with a warning; other NIDs are refused. */
static void test_algs_admit(void **state)
{
	static const struct {
		int nid;
		enum status st;
		const char *says;
	} admitted[] = {
	    {NID_aes_128_cbc, ST_OK, ""},
	    {NID_aes_256_cbc, ST_OK, ""},
	    {NID_des_ede3_cbc, ST_OK, ""},
	    {NID_des_cbc, ST_OK, "warning: the reply is encrypted with des-cb"},
	    {NID_bf_cbc, ST_OK, "warning: the reply is encrypted with bf-cbc"},
	    {NID_sha256, ST_REPLY, "encrypted with sha256, which this"},
	    {NID_rc5_cbc, ST_REPLY, "rc5-cbc, which this libcrypto does not"},
	};
	ASN1_OBJECT *unknown = OBJ_txt2obj("1.2.3.4.5.6.7", 1);
	bool has_legacy = compat_load_legacy();
	enum status st;
	const char *text;
	size_t i;

	(void)state;
	compat_unload_providers();
	for (i = 0; i < NITEMS(admitted); i++) {
		if (!has_legacy && admitted[i].st == ST_OK &&
		    admitted[i].says[0] != '\0')
			continue;
		capture_start(STDERR_FILENO);
		st = algs_admit_cipher(OBJ_nid2obj(admitted[i].nid));
		text = capture_stop();
		assert_int_equal(st, admitted[i].st);
		if (admitted[i].says[0] == '\0')
			assert_string_equal(text, "");
		if (strstr(text, admitted[i].says) == NULL)
			fixture_fail("cipher %zu: %s", i, text);
	}
	capture_start(STDERR_FILENO);
	st = algs_admit_cipher(unknown);
	text = capture_stop();
	ASN1_OBJECT_free(unknown);
	compat_unload_providers();
	assert_int_equal(st, ST_REPLY);
	assert_non_null(strstr(text, "encrypted with 1.2.3.4.5.6.7, which"));
}

static void add_pem(struct buf *out, X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_true(PEM_write_bio_X509(bio, cert));
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	BIO_free(bio);
}

static void add_der(struct buf *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);

	assert_true(len > 0);
	assert_true(buf_add(out, der, (size_t)len));
	OPENSSL_free(der);
}

static void add_key(struct buf *out, EVP_PKEY *key)
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

static X509 *simple(const char *cn, int key, const char *usage)
{
	return fixture_cert(&(struct cert_spec){
	    .cn = cn, .key = fixture_rsa(key), .usage = usage});
}

/*
 * Parses b in a block of exactly its length; expects success or failure, and
 * this number of certificates.
 */
static void assert_parsed(const struct buf *b, bool want, int count)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	unsigned char *copy = malloc(b->len + (b->len == 0));
	bool got;

	memcpy(copy, buf_string(b), b->len);
	ERR_clear_error();
	got = cert_parse(certs, copy, b->len);
	free(copy);
	assert_int_equal(got, want);
	if (want)
		assert_int_equal(ERR_peek_error(), 0);
	ERR_clear_error();
	if (want)
		assert_int_equal(sk_X509_num(certs), count);
	cert_stack_free(certs);
}

static void test_parse_pem(void **state)
{
	X509 *a = simple("a", 0, NULL), *b = simple("b", 1, NULL);
	struct buf text = {0};
	size_t i, whole;

	(void)state;
	add_pem(&text, a);
	assert_parsed(&text, true, 1);
	whole = text.len;
	assert_true(buf_add_string(&text, "\nA comment in between\n\n"));
	add_pem(&text, b);
	assert_true(buf_add_string(&text, "and one at the end"));
	assert_parsed(&text, true, 2);
	/* A good certificate, then one that is cut off at any place. */
	text.len = whole;
	add_pem(&text, b);
	for (i = text.len - 2; i > whole + 30; i -= 11) {
		text.len = i;
		assert_parsed(&text, false, 0);
	}
	/* A good certificate, then a block that is not base64 or no certificate. */
	text.len = whole;
	assert_true(buf_add_string(&text,
	    "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"));
	assert_parsed(&text, false, 0);
	text.len = whole;
	assert_true(buf_add_string(&text,
	    "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"));
	assert_parsed(&text, false, 0);
	buf_free(&text);
	X509_free(a);
	X509_free(b);
}

static void test_parse_other_blocks(void **state)
{
	X509 *a = simple("a", 0, NULL), *b = simple("b", 1, NULL);
	struct buf text = {0};

	(void)state;
	add_key(&text, fixture_rsa(0));
	assert_parsed(&text, false, 0);
	add_pem(&text, a);
	assert_true(buf_add_string(
	    &text, "-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n"));
	add_pem(&text, b);
	add_key(&text, fixture_rsa(1));
	assert_parsed(&text, true, 2);
	/* The text before it begins with '0', as DER does. */
	text.len = 0;
	assert_true(buf_add_string(&text, "0 s:/O=Test/CN=a\n"));
	add_pem(&text, a);
	assert_parsed(&text, true, 1);
	buf_free(&text);
	X509_free(a);
	X509_free(b);
}

static void test_parse_count(void **state)
{
	X509 *a = simple("a", 0, NULL);
	struct buf text = {0};
	int i;

	(void)state;
	for (i = 0; i < CERT_COUNT_MAX; i++)
		add_pem(&text, a);
	assert_parsed(&text, true, CERT_COUNT_MAX);
	add_pem(&text, a);
	assert_parsed(&text, false, 0);
	buf_free(&text);
	X509_free(a);
}

static void test_parse_der(void **state)
{
	X509 *a = simple("a", 0, NULL);
	struct buf der = {0};
	size_t i, whole;

	(void)state;
	add_der(&der, a);
	assert_parsed(&der, true, 1);
	whole = der.len;
	for (i = 0; i < whole; i++) {
		der.len = i;
		assert_parsed(&der, false, 0);
	}
	der.len = whole;
	assert_true(buf_add(&der, "\n", 1));
	assert_parsed(&der, false, 0);
	der.len = whole;
	add_der(&der, a);
	assert_parsed(&der, false, 0);
	buf_free(&der);
	X509_free(a);
}

static void test_parse_garbage(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} garbage[] = {
	    {"", 0},
	    {"0", 1},
	    {"-", 1},
	    {"0\x80", 2},
	    {"0\x84\xff\xff\xff\xff", 6},
	    {"0\x00", 2},
	    {"\0\0\0\0", 4},
	    {"<html>404</html>", 16},
	    {"-----BEGIN CERTIFICATE-----", 27},
	    {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", 53},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(garbage); i++) {
		struct buf b = {0};

		assert_true(buf_add(&b, garbage[i].text, garbage[i].len));
		assert_parsed(&b, false, 0);
		buf_free(&b);
	}
}

static void test_cert_files(void **state)
{
	const char *path = fixture_path("certs.pem"), *text;
	X509 *a = simple("a", 0, NULL), *b = simple("b", 1, NULL), *one = NULL;
	STACK_OF(X509) *certs = NULL;
	struct buf pem = {0};
	enum status st[3];

	(void)state;
	add_pem(&pem, a);
	add_pem(&pem, b);
	fixture_write(path, pem.data, pem.len);
	assert_int_equal(cert_read_all(&certs, path, "x"), ST_OK);
	assert_int_equal(sk_X509_num(certs), 2);
	assert_int_equal(X509_cmp(sk_X509_value(certs, 0), a), 0);
	assert_int_equal(X509_cmp(sk_X509_value(certs, 1), b), 0);
	cert_stack_free(certs);
	assert_int_equal(cert_read(&one, path, "x"), ST_OK);
	assert_int_equal(X509_cmp(one, a), 0);
	X509_free(one);

	pem.len = 0;
	assert_true(cert_add_pem(&pem, b));
	fixture_write(path, pem.data, pem.len);
	assert_int_equal(cert_read(&one, path, "x"), ST_OK);
	assert_int_equal(X509_cmp(one, b), 0);
	X509_free(one);

	certs = NULL;
	one = NULL;
	fixture_write(path, "no certificate", 14);
	capture_start(STDERR_FILENO);
	st[0] = cert_read_all(&certs, path, "CA certificate");
	st[1] = cert_read(&one, path, "CA certificate");
	st[2] = cert_read(&one, fixture_path("missing"), "CA certificate");
	text = capture_stop();
	assert_int_equal(st[0], ST_FILE);
	assert_int_equal(st[1], ST_FILE);
	assert_int_equal(st[2], ST_FILE);
	assert_null(certs);
	assert_null(one);
	assert_non_null(strstr(text, "CA certificate /"));
	assert_non_null(strstr(text, "not a certificate in PEM or DER"));
	assert_int_equal(ERR_peek_error(), 0);
	buf_free(&pem);
	X509_free(a);
	X509_free(b);
}

static void test_usage(void **state)
{
	static const struct {
		const char *usage, *text;
		bool signs, encrypts;
	} usages[] = {
	    {NULL, "none", true, true},
	    {"digitalSignature", "Digital Signature", true, false},
	    {"keyEncipherment", "Key Encipherment", false, true},
	    {"critical,digitalSignature,nonRepudiation",
		"Digital Signature, Non Repudiation", true, false},
	    {"keyCertSign,cRLSign", "Certificate Sign, CRL Sign", false, false},
	    {"dataEncipherment,keyAgreement,encipherOnly,decipherOnly",
		"Data Encipherment, Key Agreement, Encipher Only, "
		"Decipher Only",
		false, false},
	    {"digitalSignature,keyEncipherment,keyCertSign,cRLSign",
		"Digital Signature, Key Encipherment, Certificate Sign, CRL "
		"Sign",
		true, true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(usages); i++) {
		X509 *cert = simple("a", 0, usages[i].usage);
		struct buf text = {0};

		assert_true(cert_add_usage(&text, cert));
		assert_string_equal(buf_string(&text), usages[i].text);
		assert_int_equal(
		    cert_allows(cert, KU_DIGITAL_SIGNATURE), usages[i].signs);
		assert_int_equal(
		    cert_allows(cert, KU_KEY_ENCIPHERMENT), usages[i].encrypts);
		buf_free(&text);
		X509_free(cert);
	}
}

static void test_fingerprint(void **state)
{
	X509 *cert = simple("a", 0, NULL);
	struct buf text = {0}, der = {0}, want = {0};
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int i, len, d;

	(void)state;
	add_der(&der, cert);
	for (d = 0; d < NITEMS(digests); d++) {
		const EVP_MD *type = EVP_get_digestbynid(digests[d].nid);

		text.len = want.len = 0;
		assert_true(
		    EVP_Digest(der.data, der.len, md, &len, type, NULL));
		for (i = 0; i < len; i++)
			assert_true(buf_addf(&want, "%02X:", md[i]));
		want.data[--want.len] = '\0';
		assert_true(cert_add_fingerprint(&text, cert, type));
		assert_string_equal(buf_string(&text), buf_string(&want));
	}
	buf_free(&text);
	buf_free(&want);
	buf_free(&der);
	X509_free(cert);
}

static void test_name_text(void **state)
{
	X509_NAME *name = fixture_name("a=b"), *empty = X509_NAME_new();
	struct buf text = {0};

	(void)state;
	assert_string_equal(
	    cert_name_text(&text, name), "/O=Test, Inc./CN=a=b");
	assert_string_equal(cert_name_text(&text, empty), "");
	assert_string_equal(
	    cert_name_text(&text, name), "/O=Test, Inc./CN=a=b");
	buf_free(&text);
	X509_NAME_free(name);
	X509_NAME_free(empty);
}

/* In a message a subject is bounded, and there is always a word. */
static void test_name_quote(void **state)
{
	X509_NAME *name = fixture_name("a=b"), *empty = X509_NAME_new();
	char out[30], whole[100];

	(void)state;
	assert_string_equal(cert_name_quote(whole, sizeof(whole), name),
	    "/O=Test, Inc./CN=a=b");
	assert_string_equal(cert_name_quote(out, 12, name), "/O=Test,...");
	assert_string_equal(
	    cert_name_quote(out, sizeof(out), empty), "an empty subject");
	X509_NAME_free(name);
	X509_NAME_free(empty);
}

/* The certificates of one CA, and wrong ones; made once. */
static struct world {
	X509 *root, *sub;    /* certSign only */
	X509 *sign, *enc;    /* RA, by root */
	X509 *sub_sign;      /* RA, by sub */
	X509 *both, *plain;  /* self-signed: all usages; no keyUsage */
	X509 *impostor;      /* the root's name, another key */
	X509 *leaf;          /* a client, by sub */
	X509 *root_leaf;     /* a client, by root */
	X509 *plain_sign;    /* RA without keyUsage, by root */
	X509 *ec;            /* an EC key, by root */
	X509 *both_ra;       /* RA by both, with all usages as well */
	X509 *plain_ra;      /* RA by plain, without keyUsage too */
	X509 *expired, *new; /* RA, by root */
	/* Of three other CAs: self-signed for one use each; a root. */
	X509 *strange_sign, *strange_enc, *strange_root;
} w;

#define CA_USAGE "critical,keyCertSign,cRLSign"

/* A certificate issued by another one. */
static X509 *issued(const char *cn, EVP_PKEY *key, const char *usage,
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

static int make_world(void **state)
{
	EVP_PKEY *root = fixture_rsa(0), *sub = fixture_rsa(1);
	EVP_PKEY *ra = fixture_rsa(2), *other = fixture_rsa(3);
	struct cert_spec spec = {.cn = "Root",
	    .key = root,
	    .usage = CA_USAGE,
	    .ca = true,
	    .ids = true};

	(void)state;
	w.root = fixture_cert(&spec);
	spec.key = other;
	w.impostor = fixture_cert(&spec);
	spec = (struct cert_spec){.cn = "Sub",
	    .key = sub,
	    .usage = CA_USAGE,
	    .ca = true,
	    .ids = true,
	    .issuer = w.root,
	    .issuer_key = root,
	    .serial = 2};
	w.sub = fixture_cert(&spec);
	w.sign = issued("RA S", ra, "digitalSignature", w.root, root);
	w.enc = issued("RA E", other, "keyEncipherment", w.root, root);
	w.sub_sign =
	    issued("RA", ra, "digitalSignature,keyEncipherment", w.sub, sub);
	w.both = simple(
	    "Both", 0, "digitalSignature,keyEncipherment,keyCertSign,cRLSign");
	w.plain = simple("Plain", 0, NULL);
	w.plain_sign = issued("RA P", ra, NULL, w.root, root);
	w.leaf = issued("Leaf", other, NULL, w.sub, sub);
	w.root_leaf = issued("Leaf", other, NULL, w.root, root);
	spec = (struct cert_spec){.cn = "RA B",
	    .key = ra,
	    .usage = "digitalSignature,keyEncipherment",
	    .issuer = w.both,
	    .issuer_key = root,
	    .serial = 4};
	w.both_ra = fixture_cert(&spec);
	spec.usage = NULL;
	spec.issuer = w.plain;
	w.plain_ra = fixture_cert(&spec);
	w.ec = issued("EC", fixture_ec(), NULL, w.root, root);
	spec = (struct cert_spec){.cn = "Old",
	    .key = ra,
	    .issuer = w.root,
	    .issuer_key = root,
	    .from = -10,
	    .to = -1,
	    .serial = 3};
	w.expired = fixture_cert(&spec);
	spec.from = 1;
	spec.to = 10;
	w.new = fixture_cert(&spec);
	w.strange_sign = simple("Strange S", 3, "digitalSignature");
	w.strange_enc = simple("Strange E", 3, "keyEncipherment");
	w.strange_root = simple("Strange Root", 3, CA_USAGE);
	return 0;
}

static int free_world(void **state)
{
	X509_free(w.root);
	X509_free(w.sub);
	X509_free(w.sign);
	X509_free(w.enc);
	X509_free(w.sub_sign);
	X509_free(w.both);
	X509_free(w.plain);
	X509_free(w.impostor);
	X509_free(w.leaf);
	X509_free(w.root_leaf);
	X509_free(w.plain_sign);
	X509_free(w.both_ra);
	X509_free(w.plain_ra);
	X509_free(w.ec);
	X509_free(w.expired);
	X509_free(w.new);
	X509_free(w.strange_sign);
	X509_free(w.strange_enc);
	X509_free(w.strange_root);
	return fixture_cleanup(state);
}

static void test_issued_by(void **state)
{
	const struct {
		X509 *cert, *issuer;
		bool yes;
	} pairs[] = {
	    {w.sub, w.root, true},
	    {w.leaf, w.sub, true},
	    {w.root, w.root, true},
	    {w.leaf, w.root, false},
	    {w.root, w.sub, false},
	    {w.sub, w.sub, false},
	    {w.sub, w.impostor, false},
	    {w.impostor, w.root, false},
	    {w.plain, w.both, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(pairs); i++) {
		assert_int_equal(
		    cert_is_issued_by(pairs[i].cert, pairs[i].issuer),
		    pairs[i].yes);
		assert_int_equal(ERR_peek_error(), 0);
	}
	assert_true(cert_is_self_signed(w.plain));
	assert_false(cert_is_self_signed(w.sign));
	assert_true(cert_is_ca(w.root));
	assert_true(cert_is_ca(w.sub));
	assert_false(cert_is_ca(w.sign));
	assert_false(cert_is_ca(w.leaf));
	assert_int_equal(cert_time_status(w.root), 0);
	assert_int_equal(cert_time_status(w.expired), 1);
	assert_int_equal(cert_time_status(w.new), -1);
	assert_true(cert_has_key(w.sign, fixture_rsa(2)));
	assert_false(cert_has_key(w.sign, fixture_rsa(1)));
	assert_false(cert_has_key(w.sign, fixture_ec()));
	assert_int_equal(ERR_peek_error(), 0);
}

/* Gives sha256WithRSAEncryption, wherever it is, a name that nobody knows. */
static void forget_algorithm(unsigned char *der, size_t len)
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

/* libcrypto then answers -1, which is not the 1 of a good signature. */
static void test_issued_by_unknown_algorithm(void **state)
{
	X509 *certs[] = {w.root, w.sub}, *cert;
	const unsigned char *p;
	unsigned char *der;
	size_t i;
	int len;

	(void)state;
	for (i = 0; i < NITEMS(certs); i++) {
		der = NULL;
		len = i2d_X509(certs[i], &der);
		assert_true(len > 0);
		forget_algorithm(der, (size_t)len);
		p = der;
		cert = d2i_X509(NULL, &p, len);
		OPENSSL_free(der);
		assert_non_null(cert);
		assert_false(cert_is_issued_by(cert, w.root));
		assert_false(cert_seems_issued_by(cert, w.root));
		assert_false(cert_is_self_signed(cert));
		assert_int_equal(ERR_peek_error(), 0);
		X509_free(cert);
	}
}

/* What was made at the start of a second is not in the future within it. */
static void test_clock(void **state)
{
	struct timespec now;
	ASN1_TIME *at;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		do
			clock_gettime(CLOCK_REALTIME, &now);
		while (now.tv_nsec > 100000);
		at = ASN1_TIME_set(NULL, now.tv_sec);
		assert_int_equal(clock_compare(at), 0);
		ASN1_TIME_free(at);
		at = ASN1_TIME_set(NULL, now.tv_sec + 60);
		assert_true(clock_compare(at) > 0);
		ASN1_TIME_free(at);
		at = ASN1_TIME_set(NULL, now.tv_sec - 60);
		assert_true(clock_compare(at) < 0);
		ASN1_TIME_free(at);
	}
}

/* The picks are the same in every order of the certificates after fixed. */
static void assert_picks(X509 *const *certs, int count, int fixed, X509 *sign,
    X509 *encrypt, const X509_NAME *issuer)
{
	X509 *order[FIXTURE_STACK] = {NULL}, *swap;
	struct cabundle bundle;
	int i;

	memcpy(order, certs, (size_t)count * sizeof(order[0]));
	for (i = fixed; i < count; i++) {
		swap = order[fixed];
		order[fixed] = order[i];
		order[i] = swap;
		if (fixed < count - 1)
			assert_picks(
			    order, count, fixed + 1, sign, encrypt, issuer);
		swap = order[fixed];
		order[fixed] = order[i];
		order[i] = swap;
	}
	if (fixed < count - 1)
		return;
	cabundle_set(&bundle, fixture_stack(order));
	assert_int_equal(sk_X509_num(bundle.certs), count);
	assert_ptr_equal(bundle.sign, sign != NULL ? sign : order[0]);
	assert_ptr_equal(bundle.encrypt, encrypt != NULL ? encrypt : order[0]);
	assert_null(bundle.owned_encrypt);
	if (issuer != NULL)
		assert_int_equal(
		    X509_NAME_cmp(cabundle_issuer_name(&bundle), issuer), 0);
	cabundle_free(&bundle);
	assert_null(bundle.certs);
}

static void test_picks(void **state)
{
	const X509_NAME *root = X509_get_subject_name(w.root);
	const X509_NAME *sub = X509_get_subject_name(w.sub);
	const struct {
		X509 *certs[FIXTURE_STACK];
		int count;
		X509 *sign, *encrypt; /* NULL: the first, in every order */
		const X509_NAME *issuer;
	} sets[] = {
	    {{w.root, w.sign, w.enc}, 3, w.sign, w.enc, root},
	    {{w.sign, w.enc}, 2, w.sign, w.enc, root},
	    {{w.root, w.plain_sign}, 2, w.plain_sign, w.plain_sign, root},
	    {{w.root, w.sub, w.sub_sign}, 3, w.sub_sign, w.sub_sign, sub},
	    {{w.root, w.sub, w.sign, w.enc}, 4, w.sign, w.enc, root},
	    {{w.sub_sign}, 1, w.sub_sign, w.sub_sign, sub},
	    {{w.plain}, 1, w.plain, w.plain, X509_get_subject_name(w.plain)},
	    {{w.both}, 1, w.both, w.both, X509_get_subject_name(w.both)},
	    /* The RA is preferred to the CA that has the same usages. */
	    {{w.both, w.both_ra}, 2, w.both_ra, w.both_ra,
		X509_get_subject_name(w.both)},
	    {{w.plain, w.plain_ra}, 2, w.plain_ra, w.plain_ra,
		X509_get_subject_name(w.plain)},
	    /* No certificate is suitable: the first one, as the manual says. */
	    {{w.root}, 1, w.root, w.root, root},
	    {{w.sub}, 1, w.sub, w.sub, sub},
	    {{w.root, w.sub}, 2, NULL, NULL, NULL},
	    {{w.root, w.sign}, 2, w.sign, NULL, root},
	    {{w.root, w.enc}, 2, NULL, w.enc, root},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++)
		assert_picks(sets[i].certs, sets[i].count, 0, sets[i].sign,
		    sets[i].encrypt, sets[i].issuer);
}

/* Of two suitable certificates the first one is picked. */
static void test_picks_first(void **state)
{
	X509 *certs[][FIXTURE_STACK] = {
	    {w.plain, w.both}, {w.root, w.both, w.plain}};
	X509 *want[] = {w.plain, w.both}, *rivals[] = {w.both, w.plain};
	struct cabundle bundle;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(certs); i++) {
		cabundle_set(&bundle, fixture_stack(certs[i]));
		assert_ptr_equal(bundle.sign, want[i]);
		assert_ptr_equal(bundle.encrypt, want[i]);
		assert_ptr_equal(cabundle_find_rival(&bundle), rivals[i]);
		cabundle_free(&bundle);
	}
}

/* One that has to do with no other, and does not sign, is no recipient. */
static void test_picks_no_stranger(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		int count;
		X509 *sign, *encrypt; /* NULL: root or sign, the first */
	} sets[] = {
	    {{w.plain, w.root, w.sign, w.enc}, 4, w.sign, w.enc},
	    {{w.both, w.sign, w.enc}, 3, w.sign, w.enc},
	    {{w.plain, w.root, w.sub, w.sub_sign}, 4, w.sub_sign, w.sub_sign},
	    {{w.plain, w.both, w.both_ra}, 3, w.both_ra, w.both_ra},
	    {{w.plain, w.root, w.plain_sign}, 3, w.plain_sign, w.plain_sign},
	    /* Alone, too, but it signs. */
	    {{w.strange_enc, w.strange_sign}, 2, w.strange_sign,
		w.strange_sign},
	    {{w.strange_enc, w.sub_sign}, 2, w.sub_sign, w.sub_sign},
	    /* No certificate signs: the one to encrypt to may be alone. */
	    {{w.strange_enc, w.strange_root}, 2, NULL, w.strange_enc},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++)
		assert_picks(sets[i].certs, sets[i].count, 0, sets[i].sign,
		    sets[i].encrypt, NULL);
}

/* Where none is suitable the first is picked, but no stranger. */
static void test_picks_no_first_stranger(void **state)
{
	X509 *certs[] = {w.plain, w.root, w.sign, NULL};
	struct cabundle bundle;

	(void)state;
	cabundle_set(&bundle, fixture_stack(certs));
	assert_ptr_equal(bundle.sign, w.sign);
	assert_ptr_equal(bundle.encrypt, w.root);
	assert_string_equal(bundle.why_encrypt, "none is suitable: the first");
	assert_null(cabundle_find_rival(&bundle));
	cabundle_free(&bundle);
}

static void test_check(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		bool look_at_clock;
		enum status st;
		const char *says;
	} sets[] = {
	    {{w.root, w.sign, w.enc}, true, ST_OK, ""},
	    {{w.sign, w.enc}, true, ST_OK, ""},
	    {{w.root}, true, ST_OK, ""},
	    {{w.both}, true, ST_OK, ""},
	    {{w.root, w.sub, w.sub_sign}, true, ST_OK, ""},
	    {{w.sub, w.sub_sign}, true, ST_OK, ""},
	    {{w.expired}, true, ST_FILE, "has expired"},
	    {{w.expired, w.root}, true, ST_FILE, "CN=Old: it has expired"},
	    {{w.expired, w.root}, false, ST_OK,
		"expired: ignored (--tolerate clock)"},
	    {{w.new}, true, ST_FILE, "not valid yet"},
	    {{w.new}, false, ST_OK, "clock: ignored (--tolerate clock)"},
	    {{w.sub_sign, w.root}, true, ST_FILE, "does not chain to the root"},
	    {{w.sub_sign, w.root}, false, ST_FILE, "does not chain to the"},
	    {{w.sign, w.enc, w.impostor}, true, ST_FILE, "does not chain"},
	    {{w.sign, w.enc, w.ec}, true, ST_OK, ""},
	};
	struct cabundle bundle;
	enum status st;
	const char *text;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++) {
		cabundle_set(&bundle, fixture_stack(sets[i].certs));
		capture_start(STDERR_FILENO);
		st = cabundle_check(&bundle, sets[i].look_at_clock);
		text = capture_stop();
		cabundle_free(&bundle);
		if (st != sets[i].st || strstr(text, sets[i].says) == NULL)
			fixture_fail("set %zu: %d, %s", i, (int)st, text);
		if (sets[i].says[0] == '\0')
			assert_string_equal(text, "");
		assert_int_equal(ERR_peek_error(), 0);
	}
}

/* Where an RA signs, by its mark, the CA that issued it does not. */
static void test_may_sign(void **state)
{
	X509 *ca = fixture_cert(
	    &(struct cert_spec){.cn = "CA", .key = fixture_rsa(0), .ca = true});
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		X509 *ra = fixture_cert(&(struct cert_spec){.cn = "RA",
		    .key = fixture_rsa(3),
		    .usage = "digitalSignature",
		    .purpose = i == 0 ? NULL : "1.3.6.1.5.5.7.3.28",
		    .issuer = ca,
		    .issuer_key = fixture_rsa(0)});
		X509 *certs[] = {ca, ra, NULL};
		struct cabundle bundle;

		cabundle_set(&bundle, fixture_stack(certs));
		assert_ptr_equal(bundle.sign, ra);
		assert_true(cabundle_may_sign(&bundle, ra));
		assert_int_equal(cabundle_may_sign(&bundle, ca), i == 0);
		assert_false(cabundle_may_sign(&bundle, w.root));
		cabundle_free(&bundle);
		X509_free(ra);
	}
	X509_free(ca);
}

static void test_set_numbers(void **state)
{
	static const char *const names[] = {"set", "set-", "set-0", "set-2",
	    "set-3x", "set-+4", "set- 5", "set--6", "xset-7", "set8", "se-9",
	    "set-99999999", "set-99999999999999999999"};
	bool found[CASET_COUNT_MAX];
	char last[64];
	int i;

	(void)state;
	for (i = 0; i < (int)NITEMS(names); i++)
		fixture_write(fixture_path(names[i]), "", 0);
	snprintf(last, sizeof(last), "set-%d", CASET_COUNT_MAX - 1);
	fixture_write(fixture_path(last), "", 0);
	snprintf(last, sizeof(last), "set-%d", CASET_COUNT_MAX);
	fixture_write(fixture_path(last), "", 0);
	caset_find_numbers(found, fixture_path("set"));
	for (i = 0; i < CASET_COUNT_MAX; i++)
		assert_int_equal(
		    found[i], i == 0 || i == 2 || i == CASET_COUNT_MAX - 1);
}

static void test_verify(void **state)
{
	X509 *forged =
	    issued("Leaf", fixture_rsa(3), NULL, w.impostor, fixture_rsa(3));
	X509 *nameless = fixture_cert(&(struct cert_spec){.cn = "Leaf",
	    .key = fixture_rsa(3),
	    .issuer = w.root,
	    .issuer_key = fixture_rsa(3)});
	const struct {
		X509 *bundle[FIXTURE_STACK], *cert, *more[FIXTURE_STACK];
		enum path_verdict verdict;
	} cases[] = {
	    {{w.root}, w.root_leaf, {NULL}, PATH_VERIFIED},
	    {{w.sub}, w.leaf, {NULL}, PATH_VERIFIED},
	    {{w.root, w.sub}, w.leaf, {NULL}, PATH_VERIFIED},
	    {{w.sub, w.root}, w.leaf, {NULL}, PATH_VERIFIED},
	    {{w.root}, w.leaf, {w.sub}, PATH_VERIFIED},
	    {{w.root}, w.leaf, {w.leaf, w.impostor, w.sub}, PATH_VERIFIED},
	    {{w.sign, w.enc, w.root}, w.root_leaf, {NULL}, PATH_VERIFIED},
	    {{w.both}, w.both, {NULL}, PATH_VERIFIED},
	    /* The dates of the certificates are not checked. */
	    {{w.root}, w.expired, {NULL}, PATH_VERIFIED},
	    {{w.root}, w.new, {NULL}, PATH_VERIFIED},
	    /* No CA certificate is in the set; one in the reply does not count. */
	    {{w.sign, w.enc}, w.root_leaf, {NULL}, PATH_NO_CA},
	    {{w.sign}, w.root_leaf, {w.root}, PATH_NO_CA},
	    {{w.leaf}, w.leaf, {NULL}, PATH_NO_CA},
	    /* Issued by none of the set; certificates of the reply are no anchors. */
	    {{w.root}, w.leaf, {NULL}, PATH_REFUSED},
	    {{w.sub}, w.root_leaf, {w.root}, PATH_REFUSED},
	    {{w.root}, w.plain, {w.plain}, PATH_REFUSED},
	    {{w.impostor}, w.root_leaf, {w.root}, PATH_REFUSED},
	    {{w.impostor}, w.leaf, {w.sub, w.root}, PATH_REFUSED},
	    /* An issuer with the right name and the wrong key. */
	    {{w.root}, forged, {NULL}, PATH_REFUSED},
	    {{w.root}, forged, {w.impostor}, PATH_REFUSED},
	    {{w.root}, nameless, {NULL}, PATH_REFUSED},
	    {{w.root}, nameless, {w.impostor}, PATH_REFUSED},
	    /* Issued by a certificate that is no CA. */
	    {{w.root}, w.leaf, {w.sign}, PATH_REFUSED},
	};
	enum path_verdict verdict;
	struct cabundle bundle;
	STACK_OF(X509) *more;
	const char *reason;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		cabundle_set(&bundle, fixture_stack(cases[i].bundle));
		more = cases[i].more[0] != NULL ? fixture_stack(cases[i].more)
						: NULL;
		reason = NULL;
		verdict = path_verify_below(
		    bundle.certs, cases[i].cert, more, &reason);
		cert_stack_free(more);
		cabundle_free(&bundle);
		if (verdict != cases[i].verdict)
			fixture_fail(
			    "case %zu: %d, %s", i, (int)verdict, reason);
		if (verdict == PATH_REFUSED) {
			assert_non_null(reason);
			assert_string_not_equal(reason, "ok");
			assert_string_not_equal(reason, "out of memory");
		}
		assert_int_equal(ERR_peek_error(), 0);
	}
	X509_free(forged);
	X509_free(nameless);
}

/* A certificate of -c that issued others, and is no CA's, is called that. */
static void test_explain(void **state)
{
	struct cert_spec spec = {.cn = "CA",
	    .key = fixture_rsa(0),
	    .usage = "digitalSignature,cRLSign",
	    .ca = true,
	    .ids = true};
	X509 *lacks = fixture_cert(&spec), *below, *beside;
	X509 *certs[] = {w.root, lacks, w.root_leaf, NULL};
	STACK_OF(X509) *stack = fixture_stack(certs);
	const char *text;

	(void)state;
	assert_string_equal(cert_why_no_ca(lacks),
	    "a CA certificate whose keyUsage lacks keyCertSign");
	assert_string_equal(cert_why_no_ca(w.root_leaf),
	    "not a CA certificate (no basicConstraints with cA)");
	below = issued("Leaf", fixture_rsa(1), NULL, lacks, fixture_rsa(0));
	beside = issued("Leaf", fixture_rsa(1), NULL, lacks, fixture_rsa(2));
	text = path_explain(stack, below);
	assert_non_null(text);
	assert_string_equal(text,
	    "its issuer's certificate is a CA certificate whose keyUsage "
	    "lacks keyCertSign");
	assert_null(path_explain(stack, beside));
	assert_null(path_explain(stack, w.sub));
	X509_free(below);
	below = issued(
	    "Sub leaf", fixture_rsa(2), NULL, w.root_leaf, fixture_rsa(3));
	text = path_explain(stack, below);
	assert_non_null(text);
	assert_non_null(strstr(text, "no basicConstraints"));
	cert_stack_free(stack);
	X509_free(lacks);
	X509_free(below);
	X509_free(beside);
}

/* How many intermediate CAs may be between a certificate and the root. */
static void test_verify_depth(void **state)
{
	STACK_OF(X509) *root = sk_X509_new_null(), *subs = sk_X509_new_null();
	X509 *issuer, *cert;
	const char *reason;
	char cn[16];
	int i;

	(void)state;
	issuer = fixture_cert(&(struct cert_spec){
	    .cn = "level 0", .key = fixture_rsa(0), .ca = true});
	sk_X509_push(root, issuer);
	for (i = 1; i < 20; i++) {
		snprintf(cn, sizeof(cn), "level %d", i);
		cert = fixture_cert(&(struct cert_spec){.cn = cn,
		    .key = fixture_rsa(0),
		    .ca = true,
		    .issuer = issuer,
		    .issuer_key = fixture_rsa(0)});
		assert_int_equal(path_verify_below(root, cert, subs, &reason),
		    i <= 17 ? PATH_VERIFIED : PATH_REFUSED);
		sk_X509_push(subs, cert);
		issuer = cert;
	}
	cert_stack_free(root);
	cert_stack_free(subs);
}

/* A certificate with basicConstraints of a CA, issued by a client. */
static void test_verify_not_ca(void **state)
{
	X509 *by_leaf = issued(
	    "Sub leaf", fixture_rsa(2), NULL, w.root_leaf, fixture_rsa(3));
	X509 *more[] = {w.root_leaf, NULL};
	STACK_OF(X509) *stack = fixture_stack(more);
	X509 *certs[] = {w.root, NULL};
	struct cabundle bundle;
	const char *reason;

	(void)state;
	cabundle_set(&bundle, fixture_stack(certs));
	assert_int_equal(
	    path_verify_below(bundle.certs, by_leaf, stack, &reason),
	    PATH_REFUSED);
	cabundle_free(&bundle);
	cert_stack_free(stack);
	X509_free(by_leaf);
}

/*
 * A CA that changed its key and kept its name, and certificates without an
 * authorityKeyIdentifier: each verifies, with the two CA certificates in either
 * order.
 */
static void test_verify_rollover(void **state)
{
	EVP_PKEY *keys[] = {fixture_rsa(0), fixture_rsa(1)};
	X509 *ca[3] = {NULL}, *leaf[2];
	struct cabundle bundle;
	const char *reason;
	int i, j;

	(void)state;
	for (i = 0; i < 2; i++)
		ca[i] = fixture_cert(&(struct cert_spec){
		    .cn = "CA", .key = keys[i], .ca = true, .serial = i + 1});
	for (i = 0; i < 2; i++)
		leaf[i] = fixture_cert(&(struct cert_spec){.cn = "Leaf",
		    .key = fixture_rsa(2),
		    .issuer = ca[i],
		    .issuer_key = keys[i]});
	for (i = 0; i < 2; i++) {
		X509 *order[] = {ca[i], ca[!i], NULL};

		cabundle_set(&bundle, fixture_stack(order));
		for (j = 0; j < 2; j++)
			assert_int_equal(path_verify_below(bundle.certs,
					     leaf[j], NULL, &reason),
			    PATH_VERIFIED);
		cabundle_free(&bundle);
	}
	for (i = 0; i < 2; i++) {
		X509_free(ca[i]);
		X509_free(leaf[i]);
	}
}

/* As above, where the reply brings the new certificate, which a root issued. */
static void test_verify_rollover_sent(void **state)
{
	X509 *root = fixture_cert(&(struct cert_spec){
	    .cn = "Root", .key = fixture_rsa(0), .ca = true});
	X509 *old = fixture_cert(
	    &(struct cert_spec){.cn = "CA", .key = fixture_rsa(1), .ca = true});
	X509 *new = fixture_cert(&(struct cert_spec){.cn = "CA",
	    .key = fixture_rsa(2),
	    .ca = true,
	    .issuer = root,
	    .issuer_key = fixture_rsa(0)});
	X509 *leaf = fixture_cert(&(struct cert_spec){.cn = "Leaf",
	    .key = fixture_rsa(3),
	    .issuer = new,
	    .issuer_key = fixture_rsa(2)});
	X509 *anchors[] = {old, root, NULL}, *sent[] = {leaf, new, NULL};
	STACK_OF(X509) *trusted = fixture_stack(anchors);
	STACK_OF(X509) *more = fixture_stack(sent);
	const char *reason;

	(void)state;
	assert_int_equal(
	    path_verify_below(trusted, leaf, more, &reason), PATH_VERIFIED);
	X509_free(sk_X509_delete(trusted, 1));
	assert_int_equal(
	    path_verify_below(trusted, leaf, more, &reason), PATH_REFUSED);
	cert_stack_free(more);
	assert_int_equal(
	    path_verify_below(trusted, leaf, NULL, &reason), PATH_REFUSED);
	cert_stack_free(trusted);
	X509_free(root);
	X509_free(old);
	X509_free(new);
	X509_free(leaf);
}

static void test_is_chain(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		bool yes;
	} sets[] = {
	    {{w.root}, true},
	    {{w.sub, w.root}, true},
	    {{w.leaf, w.root, w.sub}, true},
	    {{w.sign, w.enc, w.root}, true},
	    {{w.plain, w.root}, true},
	    {{w.sub}, false},
	    {{w.root, w.leaf}, false},
	    {{w.sub, w.impostor}, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++) {
		STACK_OF(X509) *certs = fixture_stack(sets[i].certs);

		assert_int_equal(cabundle_is_chain(certs), sets[i].yes);
		cert_stack_free(certs);
	}
}

/*
 * In a set of certificates of one name, each may be the issuer of each. A
 * hostile server can send such a set, so the number of attempts is limited.
 */
static void test_is_chain_tries(void **state)
{
	struct cert_spec spec = {.cn = "CA", .key = fixture_rsa(0), .ca = true};
	X509 *ca = fixture_cert(&spec), *cert;
	STACK_OF(X509) *certs = sk_X509_new_null();
	int i;

	(void)state;
	assert_non_null(certs);
	spec.key = fixture_rsa(1);
	spec.issuer = ca;
	spec.issuer_key = fixture_rsa(0);
	for (i = 0; i < CERT_COUNT_MAX - 1; i++) {
		spec.serial = i + 2;
		cert = fixture_cert(&spec);
		assert_true(sk_X509_push(certs, cert) > 0);
		if (i == 2) {
			assert_true(cert_push(certs, ca));
			assert_true(cabundle_is_chain(certs));
			X509_free(sk_X509_pop(certs));
		}
	}
	assert_true(cert_push(certs, ca));
	assert_false(cabundle_is_chain(certs));
	cert_stack_free(certs);
	X509_free(ca);
}

static void write_certs(const char *name, X509 *a, X509 *b)
{
	struct buf pem = {0};

	add_pem(&pem, a);
	if (b != NULL)
		add_pem(&pem, b);
	fixture_write(fixture_path(name), pem.data, pem.len);
	buf_free(&pem);
}

static void test_bundle_read(void **state)
{
	const char *path = fixture_path("ca.crt"), *text;
	struct cabundle bundle;
	enum status st;

	(void)state;
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "ca.crt-0; get it with: sscep getca"));

	/* Numbered files are read up to the first missing number. */
	write_certs("ca.crt-0", w.enc, NULL);
	write_certs("ca.crt-1", w.root, NULL);
	write_certs("ca.crt-2", w.sign, NULL);
	write_certs("ca.crt-4", w.plain, NULL);
	write_certs("enc.pem", w.both, NULL);
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), 3);
	assert_int_equal(X509_cmp(bundle.sign, w.sign), 0);
	assert_int_equal(X509_cmp(bundle.encrypt, w.enc), 0);
	cabundle_free(&bundle);

	/* With -e; then with the file of -c itself, which wins over numbered ones. */
	st = cabundle_read(&bundle, path, fixture_path("enc.pem"), NULL);
	assert_int_equal(st, ST_OK);
	assert_int_equal(X509_cmp(bundle.encrypt, w.both), 0);
	assert_int_equal(X509_cmp(bundle.sign, w.sign), 0);
	cabundle_free(&bundle);
	write_certs("ca.crt", w.root, w.plain_sign);
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), 2);
	assert_int_equal(X509_cmp(bundle.sign, w.plain_sign), 0);
	cabundle_free(&bundle);

	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, fixture_path("missing"), NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "encryption certificate /"));

	/* One of the numbered files is bad. */
	fixture_remove(path);
	fixture_write(fixture_path("ca.crt-1"), "bad", 3);
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "ca.crt-1: not a certificate"));
}

/* As many certificates can be read as one message may contain, and no more. */
static void test_bundle_limit(void **state)
{
	const char *path, *text;
	struct cabundle bundle;
	char name[32];
	enum status st;
	int i;

	(void)state;
	for (i = 0; i < CERT_COUNT_MAX; i++) {
		snprintf(name, sizeof(name), "many.crt-%d", i);
		write_certs(name, i == 0 ? w.root : w.leaf, NULL);
	}
	path = fixture_path("many.crt");
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), CERT_COUNT_MAX);
	cabundle_free(&bundle);
	snprintf(name, sizeof(name), "many.crt-%d", CERT_COUNT_MAX);
	write_certs(name, w.leaf, NULL);
	path = fixture_path("many.crt");
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "many.crt: more than 100 of them"));
}

/* The certificate of -e need not chain, but its key must be able to encrypt. */
static void test_bundle_encrypt(void **state)
{
	const char *path = fixture_path("ca2.crt"), *text;
	struct cabundle bundle;
	enum status st;

	(void)state;
	write_certs("ca2.crt", w.root, w.sign);
	write_certs("e.pem", w.both, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	assert_int_equal(cabundle_check(&bundle, true), ST_OK);
	assert_true(cabundle_can_encrypt(&bundle));
	cabundle_free(&bundle);
	write_certs("e.pem", w.ec, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	assert_false(cabundle_can_encrypt(&bundle));
	cabundle_free(&bundle);
	write_certs("e.pem", w.expired, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	capture_start(STDERR_FILENO);
	st = cabundle_check(&bundle, true);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "encryption certificate"));
}

static void add_csr(struct buf *out, X509_REQ *csr, bool pem)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	assert_true(pem ? PEM_write_bio_X509_REQ(bio, csr)
			: i2d_X509_REQ_bio(bio, csr));
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	BIO_free(bio);
}

static void assert_csr_reads(const struct buf *b, const char *says)
{
	const char *path = fixture_path("request"), *text;
	X509_REQ *csr = NULL;
	enum status st;

	fixture_write(path, b->data, b->len);
	capture_start(STDERR_FILENO);
	st = csr_read(&csr, path);
	text = capture_stop();
	assert_int_equal(ERR_peek_error(), 0);
	if (says == NULL) {
		assert_string_equal(text, "");
		assert_int_equal(st, ST_OK);
		assert_non_null(csr);
		X509_REQ_free(csr);
		return;
	}
	assert_int_equal(st, ST_FILE);
	assert_null(csr);
	assert_memory_equal(text, "sscep: request /", 16);
	assert_non_null(strstr(text, says));
}

static void test_csr_read(void **state)
{
	static const char no_request[] = "not a certificate request (PKCS#10)";
	static const char bad_signature[] = "its signature does not verify";
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	struct buf b = {0};
	size_t whole;

	(void)state;
	add_key(&b, fixture_rsa(0));
	assert_csr_reads(&b, no_request);
	add_csr(&b, csr, true);
	assert_csr_reads(&b, NULL);
	b.len -= 10;
	assert_csr_reads(&b, no_request);
	b.len = 0;
	add_csr(&b, csr, false);
	assert_csr_reads(&b, NULL);
	whole = b.len;
	assert_true(buf_add(&b, "x", 1));
	assert_csr_reads(&b, no_request);
	b.len = whole - 1;
	assert_csr_reads(&b, no_request);
	/* A bit of the signature, at the end, then one of the name. */
	b.len = whole;
	b.data[whole - 1] ^= 1;
	assert_csr_reads(&b, bad_signature);
	b.data[whole - 1] ^= 1;
	assert_csr_reads(&b, NULL);
	b.data[40] ^= 1;
	assert_csr_reads(&b, bad_signature);
	b.len = 0;
	add_csr(&b, csr, false);
	forget_algorithm(b.data, b.len);
	assert_csr_reads(&b, bad_signature);
	b.len = 0;
	assert_true(buf_add_string(&b, "garbage"));
	assert_csr_reads(&b, no_request);
	b.len = 0;
	add_pem(&b, w.root);
	assert_csr_reads(&b, no_request);
	buf_free(&b);
	X509_REQ_free(csr);
}

static STACK_OF(X509_EXTENSION) *make_extensions(const char *altnames)
{
	STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *one =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, altnames);

	assert_non_null(one);
	assert_true(sk_X509_EXTENSION_push(extensions, one));
	return extensions;
}

static GENERAL_NAMES *make_altnames(const char *text)
{
	STACK_OF(X509_EXTENSION) *extensions;
	GENERAL_NAMES *names;

	if (text[0] == '\0')
		return NULL;
	extensions = make_extensions(text);
	names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
	assert_non_null(names);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return names;
}

static void test_altnames(void **state)
{
	static const struct {
		const char *names, *others, *missing;
	} cases[] = {
	    {"", "", ""},
	    {"", "DNS:a", ""},
	    {"DNS:a", "", "DNS:a"},
	    {"DNS:a,DNS:b", "DNS:b,DNS:a", ""},
	    {"DNS:a,DNS:b,DNS:c,DNS:d", "DNS:c,DNS:x,DNS:a,DNS:b", "DNS:d"},
	    {"DNS:a,DNS:a", "DNS:A", ""},
	    {"DNS:a", "DNS:ab,email:a,URI:a", "DNS:a"},
	    {"email:A@b,URI:x:y", "email:a@b,URI:x:y", "email:A@b"},
	    {"DNS:a,IP:192.0.2.1,IP:2001:db8::1", "IP:192.0.2.1",
		"DNS:a, IP Address:2001:DB8:0:0:0:0:0:1"},
	    {"RID:1.2.3,otherName:1.2.3;UTF8:x", "RID:1.2.3",
		"otherName:1.2.3:x"},
	    {"RID:1.2.3,otherName:1.2.3;UTF8:x",
		"otherName:1.2.3;UTF8:x,RID:1.2.3", ""},
	    {"DNS:CN.example,DNS:d", "", "DNS:d"},
	    {"email:a@B.Example", "email:a@b.example", ""},
	    {"URI:HTTPS://u@A.Example:1/P?x@y",
		"URI:https://u@a.example:1/P?x@y",
		"URI:HTTPS://u@A.Example:1/P?x@y"},
	    {"URI:https://a/P", "URI:https://a/p", "URI:https://a/P"},
	    {"URI:https://a?P", "URI:https://a?p", "URI:https://a?P"},
	    {"URI:https://U@a", "URI:https://u@a", "URI:https://U@a"},
	    {"URI:urn:A", "URI:URN:A", "URI:urn:A"},
	    {"URI:urn:A", "URI:urn:a", "URI:urn:A"},
	    {"URI:A", "URI:a", "URI:A"},
	};
	X509_REQ *csr = fixture_csr("cn.example", fixture_rsa(0));
	const X509_NAME *subject = X509_REQ_get_subject_name(csr);
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		GENERAL_NAMES *names = make_altnames(cases[i].names);
		GENERAL_NAMES *others = make_altnames(cases[i].others);
		struct buf out = {0};

		assert_true(altnames_add_missing(&out, names, others, subject));
		assert_string_equal(buf_string(&out), cases[i].missing);
		buf_free(&out);
		GENERAL_NAMES_free(names);
		GENERAL_NAMES_free(others);
	}
	X509_REQ_free(csr);
}

/* No subjectAltName differs from one that cannot be decoded, and from two. */
static void test_altnames_unreadable(void **state)
{
	const struct cert_spec spec = {.cn = "CA", .key = fixture_rsa(0)};
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	X509 *cert = fixture_cert(&spec);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	STACK_OF(X509_EXTENSION) *stack = sk_X509_EXTENSION_new_null();
	X509_EXTENSION *bad;
	GENERAL_NAMES *names;

	(void)state;
	assert_true(altnames_of_csr(&names, csr));
	assert_null(names);
	assert_true(altnames_of_cert(&names, cert));
	assert_null(names);

	assert_true(ASN1_OCTET_STRING_set(
	    value, (const unsigned char *)"\x30\x03\x82\x05x", 5));
	bad =
	    X509_EXTENSION_create_by_NID(NULL, NID_subject_alt_name, 0, value);
	assert_true(sk_X509_EXTENSION_push(stack, bad));
	assert_true(X509_REQ_add_extensions(csr, stack));
	assert_false(altnames_of_csr(&names, csr));
	assert_null(names);
	assert_true(X509_add_ext(cert, bad, -1));
	assert_false(altnames_of_cert(&names, cert));
	assert_true(X509_add_ext(cert, bad, -1));
	assert_false(altnames_of_cert(&names, cert));
	X509_REQ_free(csr);

	/* An extensionRequest that is not decodable as a whole. */
	csr = fixture_csr("client", fixture_rsa(0));
	assert_true(X509_REQ_add1_attr_by_NID(csr, NID_ext_req,
	    V_ASN1_UTF8STRING, (const unsigned char *)"x", 1));
	assert_false(altnames_of_csr(&names, csr));
	assert_int_equal(ERR_peek_error(), 0);

	sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
	ASN1_OCTET_STRING_free(value);
	X509_REQ_free(csr);
	X509_free(cert);
}

static void assert_altname_text(GENERAL_NAME *name, const char *text)
{
	struct buf out = {0};

	assert_true(altname_add_text(&out, name));
	assert_string_equal(buf_string(&out), text);
	buf_free(&out);
}

/* Names that differ are printed differently, and none imitates a list. */
static void test_altname_strings(void **state)
{
	static const struct {
		const char *bytes;
		int len;
		const char *text;
	} rows[] = {
	    {"a.example", 9, "a.example"},
	    {"*.a", 3, "*.a"},
	    {"a.b", 3, "a.b"},
	    {"a\0b", 3, "\"a\\x00b\""},
	    {"a\x01z", 3, "\"a\\x01z\""},
	    {"a\\x01z", 6, "\"a\\\\x01z\""},
	    {"a\xffz", 3, "\"a\\xffz\""},
	    {"a\xc3\xa4", 3, "\"a\xc3\xa4\""},
	    {"a, DNS:b", 8, "\"a, DNS:b\""},
	    {"a; it added DNS:b", 17, "\"a; it added DNS:b\""},
	    {"a\", DNS:\"b", 10, "\"a\\\", DNS:\\\"b\""},
	    {"#00", 3, "\"#00\""},
	    {"", 0, "\"\""},
	};
	static const struct {
		int type;
		const char *prefix;
	} types[] = {
	    {GEN_DNS, "DNS:"}, {GEN_EMAIL, "email:"}, {GEN_URI, "URI:"}};
	char text[100];
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(rows) * NITEMS(types); i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_STRING *value = ASN1_IA5STRING_new();

		j = i % NITEMS(types);
		assert_true(
		    ASN1_STRING_set(value, rows[i / NITEMS(types)].bytes,
			rows[i / NITEMS(types)].len));
		GENERAL_NAME_set0_value(name, types[j].type, value);
		snprintf(text, sizeof(text), "%s%s", types[j].prefix,
		    rows[i / NITEMS(types)].text);
		assert_altname_text(name, text);
		GENERAL_NAME_free(name);
	}
}

static GENERAL_NAME *make_address(const char *bytes, int len)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *value = ASN1_OCTET_STRING_new();

	assert_true(ASN1_STRING_set(value, bytes, len));
	GENERAL_NAME_set0_value(name, GEN_IPADD, value);
	return name;
}

static void test_altname_types(void **state)
{
	static const struct {
		const char *names, *text;
	} rows[] = {
	    {"IP:192.0.2.1", "IP Address:192.0.2.1"},
	    {"RID:1.2.3.4", "Registered ID:1.2.3.4"},
	    {"otherName:1.2.3;UTF8:x", "otherName:1.2.3:x"},
	    {"otherName:1.2.4;UTF8:x", "otherName:1.2.4:x"},
	    {"otherName:1.3.6.1.4.1.311.20.2.3;UTF8:u@a.example",
		"otherName:1.3.6.1.4.1.311.20.2.3:u@a.example"},
	    {"otherName:1.2.3;IA5:x", "otherName:1.2.3:#160178"},
	    {"otherName:1.2.3;INT:5", "otherName:1.2.3:#020105"},
	};
	GENERAL_NAMES *names;
	GENERAL_NAME *name;
	X509_NAME *dn = X509_NAME_new();
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		names = make_altnames(rows[i].names);
		assert_altname_text(
		    sk_GENERAL_NAME_value(names, 0), rows[i].text);
		GENERAL_NAMES_free(names);
	}
	name = make_address("abc", 3);
	assert_altname_text(name, "IP Address:#616263");
	GENERAL_NAME_free(name);

	assert_true(X509_NAME_add_entry_by_txt(
	    dn, "CN", MBSTRING_ASC, (const unsigned char *)"a,O=b", -1, -1, 0));
	name = GENERAL_NAME_new();
	GENERAL_NAME_set0_value(name, GEN_DIRNAME, dn);
	assert_altname_text(name, "DirName:\"/CN=a,O=b\"");
	GENERAL_NAME_free(name);
}

/* Many names, long ones, and control characters: a short line. */
static void test_altnames_bounded(void **state)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	struct buf out = {0};
	char text[1000];
	int i;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "a\n\033[", 4);
	for (i = 0; i < 1000; i++) {
		GENERAL_NAME *name = GENERAL_NAME_new();
		ASN1_STRING *value = ASN1_IA5STRING_new();

		assert_true(ASN1_STRING_set(value, text, i + 1));
		GENERAL_NAME_set0_value(name, GEN_DNS, value);
		assert_true(sk_GENERAL_NAME_push(names, name));
	}
	assert_true(altnames_add_missing(&out, names, NULL, NULL));
	assert_within(out.len, 200, 310);
	assert_string_equal(buf_string(&out) + out.len - 5, ", ...");
	assert_null(strpbrk(buf_string(&out), "\n\033"));
	GENERAL_NAMES_free(names);
	buf_free(&out);
}

/*
 * csr_strip() keeps the subject and the subjectAltName, which later checks
 * need.
 */
static void test_csr_strip(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	STACK_OF(X509_EXTENSION) *extensions =
	    make_extensions("DNS:a.example,IP:192.0.2.1");
	unsigned char *before = NULL, *after = NULL;
	struct buf challenge = {0};
	GENERAL_NAMES *names;
	X509_NAME *subject;
	int len;

	(void)state;
	/* A string type that libcrypto would not choose. */
	subject = compat_dup_name(X509_REQ_get_subject_name(csr));
	assert_true(
	    X509_NAME_add_entry_by_NID(subject, NID_organizationalUnitName,
		V_ASN1_T61STRING, (const unsigned char *)"unit", -1, -1, 0));
	assert_true(X509_REQ_set_subject_name(csr, subject));
	X509_NAME_free(subject);
	assert_true(X509_REQ_add1_attr_by_NID(csr, NID_pkcs9_challengePassword,
	    V_ASN1_PRINTABLESTRING, (const unsigned char *)"secret", 6));
	assert_true(X509_REQ_add_extensions(csr, extensions));
	assert_true(X509_REQ_sign(csr, fixture_rsa(0), EVP_sha256()));
	len = i2d_X509_NAME(X509_REQ_get_subject_name(csr), &before);
	assert_int_equal(csr_strip(&csr), ST_OK);
	assert_int_equal(
	    i2d_X509_NAME(X509_REQ_get_subject_name(csr), &after), len);
	assert_memory_equal(before, after, (size_t)len);
	assert_int_equal(csr_add_challenge(&challenge, csr), ST_OK);
	assert_int_equal(challenge.len, 0);
	assert_true(altnames_of_csr(&names, csr));
	assert_int_equal(sk_GENERAL_NAME_num(names), 2);
	GENERAL_NAMES_free(names);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	OPENSSL_free(before);
	OPENSSL_free(after);
	X509_REQ_free(csr);
}

static void test_csr_has_key(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));

	(void)state;
	assert_true(csr_has_key(csr, fixture_rsa(0)));
	assert_false(csr_has_key(csr, fixture_rsa(1)));
	assert_false(csr_has_key(csr, fixture_ec()));
	assert_int_equal(ERR_peek_error(), 0);
	X509_REQ_free(csr);
}

/* A P-256 request, and the MD5 of its SubjectPublicKeyInfo. */
static const char known_csr[] =
    "-----BEGIN CERTIFICATE REQUEST-----\n"
    "MIHKMHICAQAwEDEOMAwGA1UEAwwFa25vd24wWTATBgcqhkjOPQIBBggqhkjOPQMB\n"
    "BwNCAARq8NnD/14gwafx+B90Pd46USnyr6Dp8PF6KdxEj6Jh4BOMorxJo4BK1MJ/\n"
    "vnqzYrrVbXFIGwnFhDPvCe3yMSiJoAAwCgYIKoZIzj0EAwIDSAAwRQIhAOwZSvyK\n"
    "kltQyjnkhRx5hXb2fz4jVt/J9oa/vFIFn818AiBmis4rtvDllyItdlK7xlpA+nUK\n"
    "qZbnoye91GxWFpaHDQ==\n"
    "-----END CERTIFICATE REQUEST-----\n";
static const char known_id[] = "C37745017C9BEA74825D530525E88916";

static void test_transaction_id(void **state)
{
	X509_REQ *csr = NULL, *a, *b;
	struct buf id = {0}, again = {0};

	(void)state;
	fixture_write(fixture_path("known"), known_csr, sizeof(known_csr) - 1);
	assert_int_equal(csr_read(&csr, fixture_path("known")), ST_OK);
	assert_int_equal(csr_add_transaction_id(&id, csr), ST_OK);
	assert_string_equal(buf_string(&id), known_id);
	X509_REQ_free(csr);

	/* It depends on the key, not on the name. */
	a = fixture_csr("a", fixture_rsa(0));
	b = fixture_csr("b", fixture_rsa(0));
	id.len = 0;
	assert_int_equal(csr_add_transaction_id(&id, a), ST_OK);
	assert_int_equal(csr_add_transaction_id(&again, b), ST_OK);
	assert_string_equal(buf_string(&id), buf_string(&again));
	assert_int_equal(id.len, 32);
	assert_string_not_equal(buf_string(&id), known_id);
	X509_REQ_free(a);
	X509_REQ_free(b);
	buf_free(&id);
	buf_free(&again);
}

static void assert_same_key_bytes(const X509 *cert, X509_REQ *csr)
{
	unsigned char *a = NULL, *b = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &a);

	assert_true(len > 0);
	assert_int_equal(i2d_X509_PUBKEY(compat_get_public_key(csr), &b), len);
	assert_memory_equal(a, b, (size_t)len);
	OPENSSL_free(a);
	OPENSSL_free(b);
}

/* The certificate is what others decode from its DER. */
static void assert_decodes(X509 *cert, EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	const unsigned char *p = der;
	X509 *again = d2i_X509(NULL, &p, len);

	assert_non_null(again);
	assert_int_equal(X509_cmp(cert, again), 0);
	assert_true(cert_has_key(again, key));
	assert_int_equal(X509_verify(again, X509_get0_pubkey(cert)), 1);
	X509_free(again);
	OPENSSL_free(der);
}

static void assert_self_signed(EVP_PKEY *key, const EVP_MD *md, const char *use)
{
	X509_REQ *csr = fixture_csr("client", key);
	time_t now = time(NULL);
	const ASN1_INTEGER *serial;
	struct buf text = {0};
	X509 *cert = NULL;
	BIGNUM *number;

	assert_int_equal(csr_make_self_signed(&cert, csr, key, md), ST_OK);
	assert_int_equal(X509_get_version(cert), 2);
	assert_int_equal(X509_NAME_cmp(X509_get_subject_name(cert),
			     X509_REQ_get_subject_name(csr)),
	    0);
	assert_int_equal(X509_NAME_cmp(X509_get_issuer_name(cert),
			     X509_REQ_get_subject_name(csr)),
	    0);
	assert_true(cert_has_key(cert, key));
	assert_same_key_bytes(cert, csr);
	assert_decodes(cert, key);
	assert_int_equal(ERR_peek_error(), 0);
	assert_int_equal(X509_verify(cert, key), 1);
	assert_true(cert_add_usage(&text, cert));
	assert_string_equal(buf_string(&text), use);
	serial = X509_get0_serialNumber(cert);
	number = ASN1_INTEGER_to_BN(serial, NULL);
	assert_false(BN_is_negative(number));
	assert_within(BN_num_bits(number), 64, 159);
	BN_free(number);
	/* Valid from before now, and for longer than polling takes. */
	assert_true(
	    ASN1_TIME_cmp_time_t(X509_get0_notBefore(cert), now - 60) < 0);
	assert_true(
	    ASN1_TIME_cmp_time_t(X509_get0_notBefore(cert), now - 2 * DAY) > 0);
	assert_true(
	    ASN1_TIME_cmp_time_t(X509_get0_notAfter(cert), now + 30 * DAY) > 0);
	buf_free(&text);
	X509_free(cert);
	X509_REQ_free(csr);
}

static void test_self_signed(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(digests); i++) {
		const EVP_MD *md = EVP_get_digestbynid(digests[i].nid);

		assert_self_signed(
		    fixture_rsa(0), md, "Digital Signature, Key Encipherment");
		if (digests[i].nid != NID_md5)
			assert_self_signed(
			    fixture_ec(), md, "Digital Signature");
	}
}

#ifdef HAVE_X509_REQ_GET_X509_PUBKEY

/* A request whose key has parameters of that kind; value is then owned. */
static X509_REQ *make_csr_with_parameters(EVP_PKEY *key, int kind, void *value)
{
	X509_REQ *csr = fixture_csr("client", key), *again;
	X509_PUBKEY *public = X509_REQ_get_X509_PUBKEY(csr);
	const unsigned char *bits, *p;
	unsigned char *der = NULL;
	ASN1_OBJECT *type;
	X509_ALGOR *algor;
	int len;

	assert_true(X509_PUBKEY_get0_param(&type, &bits, &len, &algor, public));
	assert_true(X509_ALGOR_set0(
	    algor, OBJ_nid2obj(OBJ_obj2nid(type)), kind, value));
	assert_true((len = i2d_re_X509_REQ_tbs(csr, NULL)) > 0);
	assert_true(X509_REQ_sign(csr, key, EVP_sha256()));
	assert_true((len = i2d_X509_REQ(csr, &der)) > 0);
	p = der;
	assert_non_null(again = d2i_X509_REQ(NULL, &p, len));
	OPENSSL_free(der);
	X509_REQ_free(csr);
	return again;
}

/*
 * The key is copied byte by byte where its parameters are absent, as some
 * devices leave them out; with others libcrypto writes them as it likes.
 */
static void test_self_signed_parameters(void **state)
{
	EVP_PKEY *key = fixture_rsa(0);
	ASN1_STRING *odd = ASN1_OCTET_STRING_new();
	X509_REQ *absent = make_csr_with_parameters(key, V_ASN1_UNDEF, NULL);
	X509_REQ *strange;
	X509 *cert = NULL;

	(void)state;
	assert_true(ASN1_STRING_set(odd, "odd", 3));
	strange = make_csr_with_parameters(key, V_ASN1_OCTET_STRING, odd);
	assert_int_equal(
	    csr_make_self_signed(&cert, absent, key, EVP_sha256()), ST_OK);
	assert_true(cert_has_key(cert, key));
	assert_same_key_bytes(cert, absent);
	X509_free(cert);

	cert = NULL;
	assert_int_equal(
	    csr_make_self_signed(&cert, strange, key, EVP_sha256()), ST_OK);
	assert_true(cert_has_key(cert, key));
	assert_int_equal(X509_verify(cert, key), 1);
	X509_free(cert);
	X509_REQ_free(absent);
	X509_REQ_free(strange);
}

#else

static void test_self_signed_parameters(void **state)
{
	(void)state;
	skip();
}

#endif

/*
 * The serial number depends on the key, so that a resumed enrolment has the
 * same one.  A key that cannot sign is reported.
 */
static void test_self_signed_more(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	X509 *a = NULL, *b = NULL, *c = NULL;
	unsigned char *der = NULL;
	const unsigned char *p;
	EVP_PKEY *public;
	enum status st;
	const char *text;
	int len;

	(void)state;
	assert_int_equal(
	    csr_make_self_signed(&a, csr, fixture_rsa(0), EVP_sha256()), ST_OK);
	assert_int_equal(
	    csr_make_self_signed(&b, csr, fixture_rsa(0), EVP_sha256()), ST_OK);
	assert_int_equal(ASN1_INTEGER_cmp(X509_get0_serialNumber(a),
			     X509_get0_serialNumber(b)),
	    0);
	assert_true((len = i2d_PUBKEY(fixture_rsa(0), &der)) > 0);
	p = der;
	assert_non_null(public = d2i_PUBKEY(NULL, &p, len));
	capture_start(STDERR_FILENO);
	st = csr_make_self_signed(&c, csr, public, EVP_sha256());
	text = capture_stop();
	assert_int_equal(st, ST_SELFSIGNED);
	assert_null(c);
	assert_non_null(strstr(text, "cannot make the self-signed cert"));
	assert_int_equal(ERR_peek_error(), 0);
	EVP_PKEY_free(public);
	OPENSSL_free(der);
	X509_free(a);
	X509_free(b);
	X509_REQ_free(csr);
}

/* The encodings of a private key in a file. */
enum key_format {
	TRADITIONAL_PEM,
	TRADITIONAL_DER,
	PKCS8_PEM,
	PKCS8_DER,
	PARAMETERS_FIRST,
	ENCRYPTED_PKCS8_PEM,
	ENCRYPTED_PKCS8_DER,
	ENCRYPTED_TRADITIONAL
};

static int write_parameters(BIO *bio, EVP_PKEY *key)
{
	return BIO_puts(bio,
		   "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
		   "-----END EC PARAMETERS-----\n") > 0 &&
	    PEM_write_bio_PrivateKey_traditional(
		bio, key, NULL, NULL, 0, NULL, NULL);
}

static void make_key_file(struct buf *out, EVP_PKEY *key, enum key_format f)
{
	static unsigned char phrase[] = "pass";
	const EVP_CIPHER *aes = EVP_aes_128_cbc();
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int ok = 0;
	char *text;
	long len;

	switch (f) {
	case TRADITIONAL_PEM:
		ok = PEM_write_bio_PrivateKey_traditional(
		    bio, key, NULL, NULL, 0, NULL, NULL);
		break;
	case TRADITIONAL_DER:
		ok = i2d_PrivateKey_bio(bio, key);
		break;
	case PKCS8_PEM:
		ok = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info);
		break;
	case PKCS8_DER:
		ok = i2d_PKCS8_PRIV_KEY_INFO_bio(bio, info);
		break;
	case PARAMETERS_FIRST:
		ok = write_parameters(bio, key);
		break;
	case ENCRYPTED_PKCS8_PEM:
		ok = PEM_write_bio_PKCS8PrivateKey(
		    bio, key, aes, "pass", 4, NULL, NULL);
		break;
	case ENCRYPTED_PKCS8_DER:
		ok = i2d_PKCS8PrivateKey_bio(
		    bio, key, aes, "pass", 4, NULL, NULL);
		break;
	case ENCRYPTED_TRADITIONAL:
		ok = PEM_write_bio_PrivateKey_traditional(
		    bio, key, aes, phrase, 4, NULL, NULL);
		break;
	}
	assert_true(ok);
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
}

static enum status read_key(
    EVP_PKEY **out, const char *path, const struct pass *pass)
{
	const struct key_place place = {
	    .name = path,
	    .what = "private key",
	    .option = "--passin",
	    .pass = pass,
	};

	return key_read(out, &place);
}

static void test_key_read(void **state)
{
	const struct {
		EVP_PKEY *key;
		enum key_format format;
	} keys[] = {
	    {fixture_rsa(0), TRADITIONAL_PEM},
	    {fixture_rsa(0), TRADITIONAL_DER},
	    {fixture_rsa(0), PKCS8_PEM},
	    {fixture_rsa(0), PKCS8_DER},
	    {fixture_ec(), TRADITIONAL_PEM},
	    {fixture_ec(), TRADITIONAL_DER},
	    {fixture_ec(), PKCS8_PEM},
	    {fixture_ec(), PKCS8_DER},
	    {fixture_ec(), PARAMETERS_FIRST},
	};
	const char *path = fixture_path("key");
	struct buf file = {0};
	EVP_PKEY *key;
	X509 *cert;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(keys); i++) {
		cert = fixture_cert(
		    &(struct cert_spec){.cn = "x", .key = keys[i].key});
		file.len = 0;
		make_key_file(&file, keys[i].key, keys[i].format);
		fixture_write(path, file.data, file.len);
		key = NULL;
		assert_int_equal(read_key(&key, path, NULL), ST_OK);
		assert_int_equal(ERR_peek_error(), 0);
		assert_true(cert_has_key(cert, key));
		EVP_PKEY_free(key);
		X509_free(cert);
	}
	buf_free(&file);
}

/* Returns what key_read() prints when there is no terminal. */
static enum status read_alone(const char *path, const char **text)
{
	EVP_PKEY *key = NULL;
	int st = -1;
	pid_t pid;

	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		if (setsid() < 0)
			fixture_exit(99);
		st = (int)read_key(&key, path, NULL);
		fixture_exit(key != NULL ? 98 : st);
	}
	waitpid(pid, &st, 0);
	*text = capture_stop();
	assert_true(WIFEXITED(st));
	return (enum status)WEXITSTATUS(st);
}

static void test_key_bad(void **state)
{
	static const char no_key[] = "not a private key in PEM or DER";
	static const struct {
		enum key_format format;
		long change; /* bytes added or removed */
		const char *says;
	} keys[] = {
	    {TRADITIONAL_PEM, -10, no_key},
	    {TRADITIONAL_DER, -1, no_key},
	    {TRADITIONAL_DER, 1, no_key},
	    {PKCS8_DER, 1, no_key},
	    {ENCRYPTED_PKCS8_PEM, 0, "it is encrypted and there is no term"},
	    {ENCRYPTED_TRADITIONAL, 0, "it is encrypted and there is no te"},
	    {ENCRYPTED_PKCS8_DER, 0, "it is encrypted and there is no term"},
	};
	const char *path = fixture_path("key"), *text;
	enum status st;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(keys); i++) {
		struct buf file = {0};

		make_key_file(&file, fixture_rsa(0), keys[i].format);
		assert_true(buf_add(&file, "x", 1));
		fixture_write(path, file.data,
		    (size_t)((long)file.len - 1 + keys[i].change));
		buf_free(&file);
		st = read_alone(path, &text);
		assert_int_equal(st, ST_FILE);
		assert_memory_equal(text, "sscep: private key /", 20);
		if (strstr(text, keys[i].says) == NULL)
			fixture_fail("key %zu: %s", i, text);
		/* One line. */
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	}
}

static void test_key_garbage(void **state)
{
	static const char *const garbage[] = {"garbage", "0", "-----BEGIN",
	    "-----BEGIN X-----\nAA==\n-----END X-----",
	    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"};
	const char *path = fixture_path("key"), *text;
	struct buf cert = {0};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(garbage); i++) {
		fixture_write(path, garbage[i], strlen(garbage[i]));
		assert_int_equal(read_alone(path, &text), ST_FILE);
		assert_non_null(strstr(text, "not a private key"));
	}
	add_pem(&cert, w.root);
	fixture_write(path, cert.data, cert.len);
	buf_free(&cert);
	assert_int_equal(read_alone(path, &text), ST_FILE);
	assert_non_null(strstr(text, "not a private key"));
	assert_int_equal(read_alone(fixture_path("missing"), &text), ST_FILE);
	assert_non_null(strstr(text, "cannot open"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ability),
	    cmocka_unit_test(test_algs),
	    cmocka_unit_test(test_algs_spellings),
	    cmocka_unit_test(test_algs_unknown),
	    cmocka_unit_test(test_algs_forbidden),
	    cmocka_unit_test(test_algs_admit),
	    cmocka_unit_test(test_algs_refused_digest),
	    cmocka_unit_test(test_parse_pem),
	    cmocka_unit_test(test_parse_other_blocks),
	    cmocka_unit_test(test_parse_count),
	    cmocka_unit_test(test_parse_der),
	    cmocka_unit_test(test_parse_garbage),
	    cmocka_unit_test(test_cert_files),
	    cmocka_unit_test(test_usage),
	    cmocka_unit_test(test_fingerprint),
	    cmocka_unit_test(test_name_text),
	    cmocka_unit_test(test_name_quote),
	    cmocka_unit_test(test_issued_by),
	    cmocka_unit_test(test_issued_by_unknown_algorithm),
	    cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_picks),
	    cmocka_unit_test(test_picks_first),
	    cmocka_unit_test(test_picks_no_stranger),
	    cmocka_unit_test(test_picks_no_first_stranger),
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_may_sign),
	    cmocka_unit_test(test_set_numbers),
	    cmocka_unit_test(test_verify),
	    cmocka_unit_test(test_explain),
	    cmocka_unit_test(test_verify_depth),
	    cmocka_unit_test(test_verify_not_ca),
	    cmocka_unit_test(test_verify_rollover),
	    cmocka_unit_test(test_verify_rollover_sent),
	    cmocka_unit_test(test_is_chain),
	    cmocka_unit_test(test_is_chain_tries),
	    cmocka_unit_test(test_bundle_read),
	    cmocka_unit_test(test_bundle_limit),
	    cmocka_unit_test(test_bundle_encrypt),
	    cmocka_unit_test(test_csr_read),
	    cmocka_unit_test(test_altnames),
	    cmocka_unit_test(test_altnames_unreadable),
	    cmocka_unit_test(test_altname_strings),
	    cmocka_unit_test(test_altname_types),
	    cmocka_unit_test(test_altnames_bounded),
	    cmocka_unit_test(test_csr_strip),
	    cmocka_unit_test(test_csr_has_key),
	    cmocka_unit_test(test_transaction_id),
	    cmocka_unit_test(test_self_signed),
	    cmocka_unit_test(test_self_signed_more),
	    cmocka_unit_test(test_self_signed_parameters),
	    cmocka_unit_test(test_key_read),
	    cmocka_unit_test(test_key_bad),
	    cmocka_unit_test(test_key_garbage),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
