/* Unit test of requests and keys that are made: request.c, usage.c, new_key.c. */
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "fixtures.h"
#include "keys/key.h"
#include "keys/new_key.h"
#include "pki/altname_list.h"
#include "pki/csr.h"
#include "pki/request.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/log.h"
#include "util/newfile.h"

static void test_purposes(void **state)
{
	EXTENDED_KEY_USAGE *all;
	struct problem problem;
	char oid[80];

	(void)state;
	assert_true(usage_parse_purposes(
	    &all, "serverAuth, CLIENTAUTH ,1.3.6.1.5.5.7.3.17", &problem));
	assert_int_equal(sk_ASN1_OBJECT_num(all), 3);
	OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(all, 1), 1);
	assert_string_equal(oid, "1.3.6.1.5.5.7.3.2");
	OBJ_obj2txt(oid, sizeof(oid), sk_ASN1_OBJECT_value(all, 2), 1);
	assert_string_equal(oid, "1.3.6.1.5.5.7.3.17");
	EXTENDED_KEY_USAGE_free(all);

	assert_false(usage_parse_purposes(&all, "serverAuth,CN", &problem));
	assert_string_equal(problem.text,
	    "unknown purpose CN, neither an OID nor one of serverAuth, "
	    "clientAuth, codeSigning, emailProtection, ipsecIKE and their "
	    "like");
	assert_false(usage_parse_purposes(&all, "serverAuth,", &problem));
}

/* The request with this challenge password, checked as one that is read. */
static X509_REQ *make_request(const char *subject, const char *challenge,
    EVP_PKEY *key, struct request_content *content)
{
	struct problem problem;
	X509_REQ *request = NULL;

	assert_true(subject_parse(&content->subject, subject, &problem));
	content->challenge = challenge;
	assert_int_equal(request_make(&request, key, content), ST_OK);
	assert_int_equal(csr_check(request, "made"), ST_OK);
	assert_true(csr_has_key(request, key));
	request_content_free(content);
	return request;
}

static int challenge_type(X509_REQ *request)
{
	int at =
	    X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, -1);

	assert_int_equal(X509_REQ_get_attr_count(request), 1);
	return X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(request, at), 0)
	    ->type;
}

static void test_challenge(void **state)
{
	static const struct {
		const char *text;
		int type;
	} rows[] = {
	    {"Secret-1 '()+,./:=?", V_ASN1_PRINTABLESTRING},
	    {"a*b", V_ASN1_UTF8STRING},
	    {"a@b", V_ASN1_UTF8STRING},
	    {"\xc3\xa4", V_ASN1_UTF8STRING},
	};
	struct request_content content = {0};
	struct buf found = {0};
	X509_REQ *request;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		request =
		    make_request("/CN=a", rows[i].text, fixture_ec(), &content);
		assert_int_equal(challenge_type(request), rows[i].type);
		found.len = 0;
		assert_int_equal(csr_add_challenge(&found, request), ST_OK);
		assert_string_equal(rows[i].text, buf_string(&found));
		X509_REQ_free(request);
	}
	buf_free(&found);
}

static void test_challenge_checked(void **state)
{
	char text[600];
	struct problem problem;
	int i;

	(void)state;
	assert_false(request_check_challenge("", &problem));
	assert_string_equal(problem.text, "the challenge password is empty");
	assert_false(request_check_challenge("a\tb", &problem));
	assert_false(request_check_challenge("a\xff", &problem));
	assert_string_equal(problem.text,
	    "the challenge password is not valid UTF-8 (character 2)");
	for (i = 0; i < 255; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 3);
	assert_true(request_check_challenge(text, &problem));
	memcpy(text + 2 * 255, "a", 2);
	assert_false(request_check_challenge(text, &problem));
	assert_string_equal(problem.text,
	    "the challenge password has 256 characters, and may have 255 (RFC "
	    "2985, 5.4.1)");
}

/* The extension of that type: 1 critical, 0 not, -1 not there. */
static int find_extension(X509_REQ *request, int nid)
{
	STACK_OF(X509_EXTENSION) *all = X509_REQ_get_extensions(request);
	int at = X509v3_get_ext_by_NID(all, nid, -1), critical = -1;

	if (at >= 0)
		critical = X509_EXTENSION_get_critical(
		    sk_X509_EXTENSION_value(all, at));
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return critical;
}

static void test_extensions(void **state)
{
	static const char *const subjects_of[] = {"/CN=a", "/"};
	struct request_content content = {0};
	struct problem problem;
	X509_REQ *request;
	int i;

	(void)state;
	request = make_request("/CN=a", NULL, fixture_ec(), &content);
	assert_int_equal(X509_REQ_get_attr_count(request), 0);
	assert_int_equal(
	    X509_REQ_get_signature_nid(request), NID_ecdsa_with_SHA256);
	X509_REQ_free(request);
	for (i = 0; i < 2; i++) {
		content.names = GENERAL_NAMES_new();
		assert_true(altname_list_add(content.names, "DNS:a", &problem));
		content.usage = usage_of_key(fixture_rsa(0));
		assert_true(usage_parse_purposes(
		    &content.purposes, "clientAuth", &problem));
		assert_true(request_add_template(&content, "t", &problem));
		request =
		    make_request(subjects_of[i], "c", fixture_rsa(0), &content);
		assert_int_equal(
		    find_extension(request, NID_subject_alt_name), i);
		assert_int_equal(find_extension(request, NID_key_usage), 1);
		assert_int_equal(find_extension(request, NID_ext_key_usage), 0);
		assert_int_equal(X509_REQ_get_attr_count(request), 2);
		X509_REQ_free(request);
	}
}

/* A SET OF in DER is sorted (X.690, 11.6): the shorter attribute is first. */
static void test_attributes_sorted(void **state)
{
	struct request_content content = {0};
	struct problem problem;
	unsigned char *der = NULL;
	X509_REQ *request;
	const unsigned char *p;
	X509_REQ *again;
	int len;

	(void)state;
	content.names = GENERAL_NAMES_new();
	assert_true(
	    altname_list_add(content.names, "DNS:long.name.example", &problem));
	request = make_request("/CN=a", "c", fixture_ec(), &content);
	len = i2d_X509_REQ(request, &der);
	assert_true(len > 0);
	p = der;
	again = d2i_X509_REQ(NULL, &p, len);
	assert_int_equal(OBJ_obj2nid(X509_ATTRIBUTE_get0_object(
			     X509_REQ_get_attr(again, 0))),
	    NID_pkcs9_challengePassword);
	OPENSSL_free(der);
	X509_REQ_free(again);
	X509_REQ_free(request);
}

static void test_same(void **state)
{
	struct request_content content = {0};
	X509_REQ *a = make_request("/CN=a", "c", fixture_ec(), &content);
	X509_REQ *b = make_request("/CN=a", "c", fixture_ec(), &content);
	X509_REQ *other = make_request("/CN=a", "d", fixture_ec(), &content);

	(void)state;
	assert_true(request_is_same(a, b));
	assert_false(request_is_same(a, other));
	X509_REQ_free(a);
	X509_REQ_free(b);
	X509_REQ_free(other);
}

/* What a certificate has goes into the request for its renewal. */
static void test_take_from_cert(void **state)
{
	const struct cert_spec spec = {.cn = "old",
	    .key = fixture_rsa(0),
	    .usage = "critical,digitalSignature",
	    .purpose = "clientAuth"};
	X509 *cert = fixture_cert(&spec);
	struct request_content content = {0};

	(void)state;
	assert_int_equal(
	    request_take_from_cert(&content, cert, fixture_rsa(1), "c"), ST_OK);
	assert_int_equal(
	    X509_NAME_cmp(content.subject, X509_get_subject_name(cert)), 0);
	assert_int_equal(sk_ASN1_OBJECT_num(content.purposes), 1);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 0), 1);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 2), 0);
	request_content_free(&content);

	assert_int_equal(
	    request_take_from_cert(&content, cert, fixture_ec(), "c"), ST_OK);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 4), 1);
	request_content_free(&content);
	X509_free(cert);
}

static EVP_PKEY *read_back(const char *path, const struct pass *pass)
{
	const struct key_place place = {.name = path,
	    .what = "private key",
	    .option = "--passin",
	    .pass = pass};
	EVP_PKEY *key = NULL;

	assert_int_equal(key_read(&key, &place), ST_OK);
	return key;
}

static void test_new_key(void **state)
{
	static const char *const names[] = {"rsa:2048", "EC:p-256", "ec:P-384"};
	const char *path = fixture_path("new.key");
	struct pass pass = {0};
	EVP_PKEY *key, *again;
	struct stat sb;
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(names); i++) {
		pass.given = i == 1;
		snprintf(pass.text, sizeof(pass.text), "phrase");
		capture_start(1);
		assert_int_equal(new_key_make(&key, new_key_find_type(names[i]),
				     path, &pass),
		    ST_OK);
		capture_stop();
		assert_int_equal(stat(path, &sb), 0);
		assert_int_equal(sb.st_mode & 07777, 0600);
		again = read_back(path, &pass);
		for (j = 0; j < NITEMS(names); j++)
			assert_int_equal(i == j,
			    new_key_is_of_type(
				again, new_key_find_type(names[j])));
		EVP_PKEY_free(key);
		EVP_PKEY_free(again);
		fixture_remove(path);
	}
	assert_null(new_key_find_type("rsa:1024"));
	assert_null(new_key_find_type("rsa"));
}

/* What is there by then is left alone. */
static void test_new_key_taken(void **state)
{
	const char *path = fixture_path("taken.key");
	const struct pass pass = {0};
	EVP_PKEY *key = NULL;
	struct stat sb;

	(void)state;
	fixture_write(path, "old", 3);
	capture_start(1);
	assert_int_equal(
	    new_key_make(&key, new_key_find_type("ec:P-256"), path, &pass),
	    ST_OK);
	assert_string_equal(capture_stop(), "");
	assert_null(key);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_size, 3);
	fixture_remove(path);
}

/* Ed25519 signs without a digest, and agrees on no key (RFC 8410, 5). */
static void test_ed25519(void **state)
{
	struct request_content content = {0};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
	EVP_PKEY *key = NULL;
	X509_REQ *request;

	(void)state;
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_keygen(ctx, &key), 1);
	content.subject = X509_NAME_new();
	content.usage = usage_of_key(key);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 0), 1);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 2), 0);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 4), 0);
	assert_int_equal(request_make(&request, key, &content), ST_OK);
	assert_int_equal(X509_REQ_verify(request, key), 1);
	X509_REQ_free(request);
	request_content_free(&content);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
}

/* Another file of that name stays, and nothing is left beside it. */
static void test_newfile(void **state)
{
	const char *path = fixture_path("taken"), *made = fixture_path("made");
	struct buf text = {0};
	bool taken = false;
	struct stat sb;
	mode_t mask;
	int before;

	(void)state;
	fixture_write(path, "old", 3);
	before = fixture_count_files(fixture_directory());
	assert_true(buf_add_string(&text, "newer"));
	silence_start();
	assert_int_equal(newfile_write(&taken, path, "key", &text), ST_OK);
	assert_true(taken);
	assert_int_equal(
	    newfile_write(&taken, fixture_path("no/such"), "key", &text),
	    ST_FILE);
	assert_false(taken);
	silence_stop();
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_size, 3);
	assert_int_equal(fixture_count_files(fixture_directory()), before);
	mask = umask(0777);
	assert_int_equal(newfile_write(&taken, made, "key", &text), ST_OK);
	umask(mask);
	assert_false(taken);
	assert_int_equal(stat(made, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	fixture_remove(made);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_purposes),
	    cmocka_unit_test(test_challenge),
	    cmocka_unit_test(test_challenge_checked),
	    cmocka_unit_test(test_extensions),
	    cmocka_unit_test(test_attributes_sorted),
	    cmocka_unit_test(test_same),
	    cmocka_unit_test(test_take_from_cert),
	    cmocka_unit_test(test_new_key),
	    cmocka_unit_test(test_new_key_taken),
	    cmocka_unit_test(test_ed25519),
	    cmocka_unit_test(test_newfile),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
