/* Unit test of pki/ability.c and scep/trial.c: keys that not all libcrypto has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "compat/openssl.h"
#include "fixtures.h"
#include "keys/new_key.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/request.h"
#include "pki/usage.h"
#include "replies.h"
#include "scep/trial.h"
#include "util/log.h"

static const struct {
	const char *type, *oid, *name; /* name: as --new-key has it */
} signers[] = {
    {.type = "ED25519", .oid = "1.3.101.112", .name = "ed25519"},
    {.type = "ML-DSA-44",
	.oid = "2.16.840.1.101.3.4.3.17",
	.name = "ml-dsa-44"},
    {.type = "ML-DSA-65",
	.oid = "2.16.840.1.101.3.4.3.18",
	.name = "ml-dsa-65"},
    {.type = "ML-DSA-87",
	.oid = "2.16.840.1.101.3.4.3.19",
	.name = "ml-dsa-87"},
};

static const struct {
	const char *type, *oid;
} kems[] = {
    {"ML-KEM-512", "2.16.840.1.101.3.4.4.1"},
    {"ML-KEM-768", "2.16.840.1.101.3.4.4.2"},
    {"ML-KEM-1024", "2.16.840.1.101.3.4.4.3"},
};

/* NULL: this libcrypto has none. */
static EVP_PKEY *make_key(const char *type)
{
	EVP_PKEY_CTX *context = compat_new_type_context(type);
	EVP_PKEY *key = NULL;

	if (context != NULL && EVP_PKEY_keygen_init(context) > 0)
		EVP_PKEY_keygen(context, &key);
	EVP_PKEY_CTX_free(context);
	ERR_clear_error();
	return key;
}

static void assert_signer(const struct key_ability *a, const char *type)
{
	assert_string_equal(a->type, type);
	assert_true(a->signs_requests && a->signs_messages && a->hashes_itself);
	assert_false(a->signs_md5 || a->signs_pss || a->signs_sha256);
	assert_false(a->encrypts || a->encapsulates || a->agrees);
	assert_false(a->decrypts || ability_is_recipient(a));
	assert_true(ability_only_signs(a));
	assert_string_equal(a->digest, "sha512");
	assert_string_equal(a->since, "OpenSSL 3.5");
}

/* By its name, by its OID, and of a key where there are such. */
static void test_types_that_sign(void **state)
{
	struct key_ability ability;
	ASN1_OBJECT *oid;
	EVP_PKEY *key;
	size_t i;

	(void)state;
	for (EACH_ROW(i, signers, signers[i].type)) {
		ability = ability_of_type(signers[i].type);
		assert_signer(&ability, signers[i].type);
		oid = OBJ_txt2obj(signers[i].oid, 1);
		ability = ability_of_algorithm(oid);
		assert_signer(&ability, signers[i].type);
		ASN1_OBJECT_free(oid);
		key = make_key(signers[i].type);
		if (key != NULL) {
			ability = ability_of_key(key);
			assert_signer(&ability, signers[i].type);
		}
		EVP_PKEY_free(key);
	}
}

static void test_types_that_encapsulate(void **state)
{
	struct key_ability ability;
	ASN1_OBJECT *oid;
	EVP_PKEY *key;
	X509 *cert;
	size_t i;

	(void)state;
	for (EACH_ROW(i, kems, kems[i].type)) {
		oid = OBJ_txt2obj(kems[i].oid, 1);
		ability = ability_of_algorithm(oid);
		ASN1_OBJECT_free(oid);
		assert_string_equal(ability.type, kems[i].type);
		assert_true(
		    ability.encapsulates && ability_is_recipient(&ability));
		assert_false(ability.signs_messages || ability.signs_requests ||
		    ability.encrypts || ability_only_signs(&ability));
		assert_string_equal(ability.since, "OpenSSL 3.6");
		if ((key = make_key(kems[i].type)) == NULL)
			continue;
		cert = fixture_ca_of(key);
		ability = ability_of_cert(cert);
		assert_string_equal(ability.type, kems[i].type);
		trial_encrypts(cert);
		assert_int_equal(ERR_peek_error(), 0);
		X509_free(cert);
		EVP_PKEY_free(key);
	}
	assert_true(trial_encrypts(w.ca));
	assert_false(trial_encrypts(w.ec));
}

static void test_what_libcrypto_lacks_is_named(void **state)
{
	const struct key_ability rsa = ability_of_key(fixture_rsa(0));
	const struct key_ability ml_dsa = ability_of_type("ML-DSA-65");
	const struct key_ability none = ability_of_type("ML-DSA-64");
	char text[ABILITY_LACK_MAX];

	(void)state;
	ability_describe_lack(text, &ml_dsa);
	assert_non_null(strstr(text, "ML-DSA-65, which this libcrypto ("));
	assert_non_null(
	    strstr(text, ") cannot use in messages (OpenSSL 3.5 can)"));
	assert_non_null(strstr(OpenSSL_version(OPENSSL_VERSION), "SSL "));
	ability_describe_lack(text, &none);
	assert_non_null(strstr(text, "ML-DSA-64, which"));
	assert_null(strstr(text, "can)"));
	assert_false(none.signs_messages || trial_signs(&none));
	assert_true(trial_signs(&rsa) && !ability_only_signs(&rsa));
}

static void test_new_keys_of_these_types_are_made(void **state)
{
	const struct new_key_type *type, *rsa = new_key_find_type("rsa:2048");
	EVP_PKEY *key;
	size_t i;
	enum status st;

	(void)state;
	for (EACH_ROW(i, signers, signers[i].type)) {
		type = new_key_find_type(signers[i].name);
		assert_non_null(type);
		assert_string_equal(new_key_algorithm(type), signers[i].type);
		assert_false(new_key_is_of_type(fixture_rsa(0), type));
		silence_start();
		st = new_key_generate(&key, type, "k");
		silence_stop();
		assert_int_equal(st == ST_OK, key != NULL);
		if (key == NULL)
			continue;
		assert_true(new_key_is_of_type(key, type));
		assert_false(new_key_is_of_type(key, rsa));
		assert_string_equal(new_key_type_name(key), signers[i].name);
		EVP_PKEY_free(key);
	}
	ERR_clear_error();
}

/* Makes a request for the key, and the certificate that signs for it. */
static X509 *make_cert(EVP_PKEY *key)
{
	struct request_content content = {.subject = X509_NAME_new()};
	X509_REQ *request = NULL;
	X509 *cert = NULL;

	content.usage = usage_of_key(key);
	assert_int_equal(request_make(&request, key, &content), ST_OK);
	assert_int_equal(csr_check(request, "r"), ST_OK);
	assert_int_equal(
	    csr_make_self_signed(&cert, request, key, EVP_sha1()), ST_OK);
	assert_int_equal(X509_verify(cert, X509_get0_pubkey(cert)), 1);
	assert_int_equal(X509_get_key_usage(cert), KU_DIGITAL_SIGNATURE);
	assert_int_equal(ASN1_STRING_length(content.usage), 1);
	assert_int_equal(ASN1_STRING_get0_data(content.usage)[0], 0x80);
	X509_REQ_free(request);
	request_content_free(&content);
	return cert;
}

static void assert_message(const struct buf *message, const char *oid)
{
	const unsigned char *p = message->data;
	CMS_ContentInfo *cms =
	    d2i_CMS_ContentInfo(NULL, &p, (long)message->len);
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	X509_ALGOR *digest, *signature;
	const ASN1_OBJECT *object;
	char text[80];

	CMS_SignerInfo_get0_algs(
	    sk_CMS_SignerInfo_value(infos, 0), NULL, NULL, &digest, &signature);
	X509_ALGOR_get0(&object, NULL, NULL, digest);
	assert_int_equal(OBJ_obj2nid(object), NID_sha512);
	X509_ALGOR_get0(&object, NULL, NULL, signature);
	OBJ_obj2txt(text, sizeof(text), object, 1);
	assert_string_equal(text, oid);
	assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, NULL,
			     CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY),
	    1);
	CMS_ContentInfo_free(cms);
}

/* The reply is for the password, whether there is another recipient or not. */
static void assert_reply(const struct scep_request *request, bool for_both)
{
	const struct recipe r = {.password = "secret", .for_both = for_both};
	struct scep_reply reply;
	struct buf message = {0};

	build_reply(&message, &r);
	assert_int_equal(
	    decode(&reply, request, message.data, message.len), ST_OK);
	assert_true(sk_X509_num(reply.certs) > 0);
	scep_reply_free(&reply);
	buf_free(&message);
}

/* Where libcrypto does not sign, it says so, as the trial has said before. */
static void test_messages_are_made_with_these_keys(void **state)
{
	struct scep_request request = w.request, sent;
	struct buf password = {0}, out = {0};
	struct key_ability ability;
	EVP_PKEY *key;
	enum status st;
	bool signs;
	size_t i;

	(void)state;
	assert_true(buf_add_string(&password, "secret"));
	request.password = &password;
	for (EACH_ROW(i, signers, signers[i].type)) {
		ability = ability_of_type(signers[i].type);
		signs = trial_signs(&ability);
		assert_int_equal(ERR_peek_error(), 0);
		if ((key = make_key(signers[i].type)) == NULL) {
			assert_false(signs);
			continue;
		}
		request.key = key;
		request.signer = make_cert(key);
		assert_int_equal(
		    algs_get_digest(&request.digest, ability.digest), ST_OK);
		sent = request; /* encoding sets the nonce */
		silence_start();
		st = scep_request_encode(&out, &sent);
		silence_stop();
		assert_int_equal(st, signs ? ST_OK : ST_ERROR);
		if (signs)
			assert_message(&out, signers[i].oid);
		assert_reply(&request, false);
		assert_reply(&request, true);
		buf_free(&out);
		X509_free(request.signer);
		EVP_PKEY_free(key);
	}
	buf_free(&password);
	ERR_clear_error();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types_that_sign),
	    cmocka_unit_test(test_types_that_encapsulate),
	    cmocka_unit_test(test_what_libcrypto_lacks_is_named),
	    cmocka_unit_test(test_new_keys_of_these_types_are_made),
	    cmocka_unit_test(test_messages_are_made_with_these_keys),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
