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

static void test_keys_can_sign_and_encrypt_by_their_type(void **state)
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
    {.name = "des", .nid = NID_des_cbc, .legacy = true},
    {.name = "3des", .nid = NID_des_ede3_cbc},
    {.name = "blowfish", .nid = NID_bf_cbc, .legacy = true},
    {.name = "aes", .nid = NID_aes_128_cbc},
    {.name = "aes128", .nid = NID_aes_128_cbc},
    {.name = "aes192", .nid = NID_aes_192_cbc},
    {.name = "aes256", .nid = NID_aes_256_cbc},
};

static const struct {
	const char *name;
	int nid;
} digests[] = {
    {.name = "md5", .nid = NID_md5},
    {.name = "sha1", .nid = NID_sha1},
    {.name = "sha224", .nid = NID_sha224},
    {.name = "sha256", .nid = NID_sha256},
    {.name = "sha384", .nid = NID_sha384},
    {.name = "sha512", .nid = NID_sha512},
};

static const char *const no_algorithms[] = {
    "", "AES", "aes12", "aes1288", "sha", "SHA256", "sha256 ", "md4", "null"};

static void test_algorithms_have_names(void **state)
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
    {.text = "SHA-256", .digest = "sha256"},
    {.text = "SHA256", .digest = "sha256"},
    {.text = "Sha2-256", .digest = "sha256"},
    {.text = "sha256WithRSAEncryption", .digest = "sha256"},
    {.text = "SHA256withrsaencryption", .digest = "sha256"},
    {.text = "RSA-SHA256", .digest = "sha256"},
    {.text = "ecdsa-with-SHA256", .digest = "sha256"},
    {.text = "sha-1", .digest = "sha1"},
    {.text = "sha1WithRSAEncryption", .digest = "sha1"},
    {.text = "ecdsa-with-SHA1", .digest = "sha1"},
    {.text = "SHA-224", .digest = "sha224"},
    {.text = "SHA2-384", .digest = "sha384"},
    {.text = "SHA-512", .digest = "sha512"},
    {.text = "sha2-512", .digest = "sha512"},
    {.text = "MD5", .digest = "md5"},
    {.text = "MD-5", .digest = "md5"},
    {.text = "md5WithRSAEncryption", .digest = "md5"},
    {.text = "AES", .cipher = "aes"},
    {.text = "AES-128", .cipher = "aes128"},
    {.text = "AES128", .cipher = "aes128"},
    {.text = "aes-128-cbc", .cipher = "aes128"},
    {.text = "AES-192-cbc", .cipher = "aes192"},
    {.text = "AES-256-CBC", .cipher = "aes256"},
    {.text = "DES3", .cipher = "3des"},
    {.text = "des3", .cipher = "3des"},
    {.text = "3DES", .cipher = "3des"},
    {.text = "DES-EDE3", .cipher = "3des"},
    {.text = "des-ede3-cbc", .cipher = "3des"},
    {.text = "DES", .cipher = "des"},
    {.text = "Des-Cbc", .cipher = "des"},
    {.text = "bf", .cipher = "blowfish"},
    {.text = "BF-CBC", .cipher = "blowfish"},
    {.text = "Blowfish", .cipher = "blowfish"},
    /* Names of other algorithms, or of none. */
    {.text = "aes-128-gcm"},
    {.text = "AES-256-ECB"},
    {.text = "aes-"},
    {.text = "-aes"},
    {.text = "aes--128"},
    {.text = "aes1-28"},
    {.text = "aes12"},
    {.text = "des-ede-cbc"},
    {.text = "des-ede"},
    {.text = "des-ecb"},
    {.text = "des-"},
    {.text = "d-es"},
    {.text = "descbc"},
    {.text = "desx-cbc"},
    {.text = "1.3.14.3.2.7"},
    {.text = "bf-ecb"},
    {.text = "sha"},
    {.text = "sha3-256"},
    {.text = "sha512-256"},
    {.text = "SHA-512/256"},
    {.text = "sha256 "},
    {.text = ""},
};

static void expect_name(const char *text, const char *got, const char *want)
{
	bool same =
	    got == NULL || want == NULL ? got == want : strcmp(got, want) == 0;

	if (!same)
		print_error("%s: %s\n", text, got != NULL ? got : "none");
	assert_true(same);
}

static void test_algorithms_are_found_in_other_spellings(void **state)
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

static void test_unknown_algorithms_are_not_found(void **state)
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
static void test_a_digest_that_policy_forbids_is_named(void **state)
{
	static const int allowed[] = {NID_sha256, NID_md5,
	    NID_sha1WithRSAEncryption, NID_sha512WithRSAEncryption, NID_undef,
	    NID_rsaEncryption, NID_rsassaPss, NID_ED25519};
	EVP_PKEY *key = fixture_rsa(0);
	size_t i;

	(void)state;
	compat_unload_providers();
	for (EACH_ROW(i, allowed, NULL))
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
static void test_obsolete_ciphers_are_accepted_with_a_warning(void **state)
{
	static const struct {
		const char *name;
		int nid;
		enum status st;
		const char *says;
	} admitted[] = {
	    {.name = "aes-128-cbc",
		.nid = NID_aes_128_cbc,
		.st = ST_OK,
		.says = ""},
	    {.name = "aes-256-cbc",
		.nid = NID_aes_256_cbc,
		.st = ST_OK,
		.says = ""},
	    {.name = "des-ede3-cbc",
		.nid = NID_des_ede3_cbc,
		.st = ST_OK,
		.says = ""},
	    {.name = "des-cbc",
		.nid = NID_des_cbc,
		.st = ST_OK,
		.says = "warning: the reply is encrypted with des-cb"},
	    {.name = "bf-cbc",
		.nid = NID_bf_cbc,
		.st = ST_OK,
		.says = "warning: the reply is encrypted with bf-cbc"},
	    {.name = "sha256",
		.nid = NID_sha256,
		.st = ST_REPLY,
		.says = "encrypted with sha256, which this"},
	    {.name = "rc5-cbc",
		.nid = NID_rc5_cbc,
		.st = ST_REPLY,
		.says = "rc5-cbc, which this libcrypto does not"},
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
			fixture_fail("%s", text);
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
	    cmocka_unit_test(test_keys_can_sign_and_encrypt_by_their_type),
	    cmocka_unit_test(test_algorithms_have_names),
	    cmocka_unit_test(test_algorithms_are_found_in_other_spellings),
	    cmocka_unit_test(test_unknown_algorithms_are_not_found),
	    cmocka_unit_test(test_algs_forbidden),
	    cmocka_unit_test(test_obsolete_ciphers_are_accepted_with_a_warning),
	    cmocka_unit_test(test_a_digest_that_policy_forbids_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
