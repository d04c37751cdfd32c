/* Unit test of pki/cert.c, pki/usage.c and pki/clock.c: single certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "world.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "util/buf.h"

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

static void test_certificates_in_pem_are_read(void **state)
{
	X509 *a = world_simple("a", 0, NULL), *b = world_simple("b", 1, NULL);
	struct buf text = {0};
	size_t i, whole;

	(void)state;
	world_add_pem(&text, a);
	assert_parsed(&text, true, 1);
	whole = text.len;
	assert_true(buf_add_string(&text, "\nA comment in between\n\n"));
	world_add_pem(&text, b);
	assert_true(buf_add_string(&text, "and one at the end"));
	assert_parsed(&text, true, 2);
	/* A good certificate, then one that is cut off at any place. */
	text.len = whole;
	world_add_pem(&text, b);
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

static void test_other_blocks_are_skipped(void **state)
{
	X509 *a = world_simple("a", 0, NULL), *b = world_simple("b", 1, NULL);
	struct buf text = {0};

	(void)state;
	world_add_key(&text, fixture_rsa(0));
	assert_parsed(&text, false, 0);
	world_add_pem(&text, a);
	assert_true(buf_add_string(
	    &text, "-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n"));
	world_add_pem(&text, b);
	world_add_key(&text, fixture_rsa(1));
	assert_parsed(&text, true, 2);
	/* The text before it begins with '0', as DER does. */
	text.len = 0;
	assert_true(buf_add_string(&text, "0 s:/O=Test/CN=a\n"));
	world_add_pem(&text, a);
	assert_parsed(&text, true, 1);
	buf_free(&text);
	X509_free(a);
	X509_free(b);
}

static void test_too_many_certificates_are_refused(void **state)
{
	X509 *a = world_simple("a", 0, NULL);
	struct buf text = {0};
	int i;

	(void)state;
	for (i = 0; i < CERT_COUNT_MAX; i++)
		world_add_pem(&text, a);
	assert_parsed(&text, true, CERT_COUNT_MAX);
	world_add_pem(&text, a);
	assert_parsed(&text, false, 0);
	buf_free(&text);
	X509_free(a);
}

static void test_certificates_in_der_are_read(void **state)
{
	X509 *a = world_simple("a", 0, NULL);
	struct buf der = {0};
	size_t i, whole;

	(void)state;
	world_add_der(&der, a);
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
	world_add_der(&der, a);
	assert_parsed(&der, false, 0);
	buf_free(&der);
	X509_free(a);
}

#define ENCRYPTED \
	"-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n" \
	"DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF\n\n" \
	"AAAAAAAAAAAAAAAAAAAAAA==\n-----END CERTIFICATE-----\n"

static void test_garbage_is_refused(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} garbage[] = {
	    {.text = "", .len = 0},
	    {.text = "0", .len = 1},
	    {.text = "-", .len = 1},
	    {.text = "0\x80", .len = 2},
	    {.text = "0\x84\xff\xff\xff\xff", .len = 6},
	    {.text = "0\x00", .len = 2},
	    {.text = "\0\0\0\0", .len = 4},
	    {.text = "<html>404</html>", .len = 16},
	    {.text = "-----BEGIN CERTIFICATE-----", .len = 27},
	    {.text = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
		.len = 53},
	    /* It is not decrypted, and nobody is asked for a pass phrase. */
	    {.text = ENCRYPTED, .len = sizeof(ENCRYPTED) - 1},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, garbage, garbage[i].text)) {
		struct buf b = {0};

		assert_true(buf_add(&b, garbage[i].text, garbage[i].len));
		assert_parsed(&b, false, 0);
		buf_free(&b);
	}
}

static void test_certificates_are_read_from_files(void **state)
{
	const char *path = fixture_path("certs.pem"), *text;
	X509 *a = world_simple("a", 0, NULL), *b = world_simple("b", 1, NULL),
	     *one = NULL;
	STACK_OF(X509) *certs = NULL;
	struct buf pem = {0};
	enum status st[3];

	(void)state;
	world_add_pem(&pem, a);
	world_add_pem(&pem, b);
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

static void test_usages_are_put_in_words(void **state)
{
	static const struct {
		const char *usage, *text;
		bool signs, encrypts;
	} usages[] = {
	    {.text = "none", .signs = true, .encrypts = true},
	    {.usage = "digitalSignature",
		.text = "Digital Signature",
		.signs = true},
	    {.usage = "keyEncipherment",
		.text = "Key Encipherment",
		.encrypts = true},
	    {.usage = "critical,digitalSignature,nonRepudiation",
		.text = "Digital Signature, Non Repudiation",
		.signs = true},
	    {.usage = "keyCertSign,cRLSign",
		.text = "Certificate Sign, CRL Sign"},
	    {.usage = "dataEncipherment,keyAgreement,encipherOnly,decipherOnly",
		.text = "Data Encipherment, Key Agreement, Encipher Only, "
			"Decipher Only"},
	    {.usage = "digitalSignature,keyEncipherment,keyCertSign,cRLSign",
		.text = "Digital Signature, Key Encipherment, Certificate "
			"Sign, CRL Sign",
		.signs = true,
		.encrypts = true},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, usages, usages[i].usage)) {
		X509 *cert = world_simple("a", 0, usages[i].usage);
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

static void test_fingerprints_are_printed(void **state)
{
	X509 *cert = world_simple("a", 0, NULL);
	struct buf text = {0}, der = {0}, want = {0};
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned int i, len, d;

	(void)state;
	world_add_der(&der, cert);
	for (d = 0; d < WORLD_DIGESTS; d++) {
		const EVP_MD *type = EVP_get_digestbynid(world_digests[d]);

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

static void test_names_are_printed_in_one_line(void **state)
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
static void test_a_subject_in_a_message_is_bounded(void **state)
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

/* A certificate and its issuer, after which the row is called. */
#define PAIR(a, b) .cert = (a), .issuer = (b), .name = #a " of " #b

static void test_issuers_are_found(void **state)
{
	const struct {
		X509 *cert, *issuer;
		const char *name;
		bool yes;
	} pairs[] = {
	    {PAIR(world.sub, world.root), .yes = true},
	    {PAIR(world.leaf, world.sub), .yes = true},
	    {PAIR(world.root, world.root), .yes = true},
	    {PAIR(world.leaf, world.root), .yes = false},
	    {PAIR(world.root, world.sub), .yes = false},
	    {PAIR(world.sub, world.sub), .yes = false},
	    {PAIR(world.sub, world.impostor), .yes = false},
	    {PAIR(world.impostor, world.root), .yes = false},
	    {PAIR(world.plain, world.both), .yes = false},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, pairs, pairs[i].name)) {
		assert_int_equal(
		    cert_is_issued_by(pairs[i].cert, pairs[i].issuer),
		    pairs[i].yes);
		assert_int_equal(ERR_peek_error(), 0);
	}
	assert_true(cert_is_self_signed(world.plain));
	assert_false(cert_is_self_signed(world.sign));
	assert_true(cert_is_ca(world.root));
	assert_true(cert_is_ca(world.sub));
	assert_false(cert_is_ca(world.sign));
	assert_false(cert_is_ca(world.leaf));
	assert_int_equal(cert_time_status(world.root), 0);
	assert_int_equal(cert_time_status(world.expired), 1);
	assert_int_equal(cert_time_status(world.new), -1);
	assert_true(cert_has_key(world.sign, fixture_rsa(2)));
	assert_false(cert_has_key(world.sign, fixture_rsa(1)));
	assert_false(cert_has_key(world.sign, fixture_ec()));
	assert_int_equal(ERR_peek_error(), 0);
}

/* libcrypto then answers -1, which is not the 1 of a good signature. */
static void test_an_unknown_algorithm_is_no_good_signature(void **state)
{
	X509 *certs[] = {world.root, world.sub}, *cert;
	const unsigned char *p;
	unsigned char *der;
	size_t i;
	int len;

	(void)state;
	for (i = 0; i < NITEMS(certs); i++) {
		der = NULL;
		len = i2d_X509(certs[i], &der);
		assert_true(len > 0);
		world_forget_algorithm(der, (size_t)len);
		p = der;
		cert = d2i_X509(NULL, &p, len);
		OPENSSL_free(der);
		assert_non_null(cert);
		assert_false(cert_is_issued_by(cert, world.root));
		assert_false(cert_seems_issued_by(cert, world.root));
		assert_false(cert_is_self_signed(cert));
		assert_int_equal(ERR_peek_error(), 0);
		X509_free(cert);
	}
}

/* What was made at the start of a second is not in the future within it. */
static void test_the_validity_is_compared_with_the_clock(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_certificates_in_pem_are_read),
	    cmocka_unit_test(test_other_blocks_are_skipped),
	    cmocka_unit_test(test_too_many_certificates_are_refused),
	    cmocka_unit_test(test_certificates_in_der_are_read),
	    cmocka_unit_test(test_garbage_is_refused),
	    cmocka_unit_test(test_certificates_are_read_from_files),
	    cmocka_unit_test(test_usages_are_put_in_words),
	    cmocka_unit_test(test_fingerprints_are_printed),
	    cmocka_unit_test(test_names_are_printed_in_one_line),
	    cmocka_unit_test(test_a_subject_in_a_message_is_bounded),
	    cmocka_unit_test(test_issuers_are_found),
	    cmocka_unit_test(test_an_unknown_algorithm_is_no_good_signature),
	    cmocka_unit_test(test_the_validity_is_compared_with_the_clock),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
