/* Unit test of pki/ability.c and pki/algs.c: what keys can do; algorithms. */
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
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "fixtures.h"
#include "compat/provider.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "util/log.h"

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
		assert_false(a.signs_md5 || a.signs_pss || a.signs_sha256 ||
		    a.encrypts || a.decrypts || a.agrees);
		assert_int_equal(a.signs_messages, i == 0);
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
	for (EACH_ROW(i, digests, digests[i].name)) {
		assert_string_equal(
		    algs_find_digest(digests[i].name), digests[i].name);
		assert_null(algs_find_cipher(digests[i].name));
		assert_true(algs_digest_works(digests[i].name));
		assert_int_equal(algs_get_digest(&md, digests[i].name), ST_OK);
		assert_int_equal(EVP_MD_type(md), digests[i].nid);
	}
	for (EACH_ROW(i, ciphers, ciphers[i].name)) {
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
	for (EACH_ROW(i, spelled, spelled[i].text)) {
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
	for (EACH_ROW(i, no_algorithms, no_algorithms[i])) {
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
	for (EACH_ROW(i, admitted, admitted[i].says)) {
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
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
