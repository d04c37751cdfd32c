/* Unit test of scep/certs.c: certificates and CRLs in a SignedData. */
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
#include "pki/cert.h"
#include "replies.h"
#include "scep/certs.h"
#include "util/log.h"

static void add_pem(struct buf *out, const char *name, const struct buf *der)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_true(PEM_write_bio(bio, name, "", der->data, (long)der->len));
	take(out, bio);
}

static void assert_body(const struct buf *body, int count, bool bare)
{
	STACK_OF(X509) *certs = NULL;
	unsigned char *copy = malloc(body->len + 1);
	X509 *const want[] = {w.ca, w.ra};
	enum status st;
	bool is_bare;
	int i;

	memcpy(copy, body->data, body->len);
	st = certs_from_body(&certs, &is_bare, copy, body->len);
	free(copy);
	assert_int_equal(st, ST_OK);
	assert_true(is_bare == bare);
	assert_int_equal(sk_X509_num(certs), count);
	for (i = 0; i < count; i++)
		assert_int_equal(X509_cmp(sk_X509_value(certs, i), want[i]), 0);
	assert_int_equal(ERR_peek_error(), 0);
	cert_stack_free(certs);
}

static void assert_bad_body(const struct buf *body, const char *says)
{
	STACK_OF(X509) *certs = NULL;
	enum status st;
	const char *text;
	bool bare;

	capture_start(STDERR_FILENO);
	st = certs_from_body(&certs, &bare, body->data, body->len);
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	assert_null(certs);
	if (strstr(text, says) == NULL)
		fixture_fail("%s", text);
	assert_int_equal(ERR_peek_error(), 0);
}

/* A SignedData is never a bare certificate, however many it has. */
static void assert_signed_body(STACK_OF(X509) *certs, int count)
{
	const char *const labels[] = {"PKCS7", "CMS"};
	struct buf set = {0}, pem = {0};
	int i;

	add_certs(&set, certs);
	assert_body(&set, count, false);
	for (i = 0; i < 2; i++) {
		pem.len = 0;
		add_pem(&pem, labels[i], &set);
		assert_body(&pem, count, false);
	}
	buf_free(&set);
	buf_free(&pem);
}

static void test_certificates_in_a_body_are_found(void **state)
{
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	struct buf der = {0}, other = {0}, set = {0}, pem = {0};
	unsigned char *bytes = NULL;
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	assert_body(&der, 1, true);
	add_pem(&pem, "CERTIFICATE", &der);
	assert_body(&pem, 1, true);
	bytes = NULL;
	len = i2d_X509(w.ra, &bytes);
	assert_true(buf_add(&other, bytes, (size_t)len));
	OPENSSL_free(bytes);
	add_pem(&pem, "CERTIFICATE", &other);
	assert_body(&pem, 2, false);
	assert_signed_body(stack, 2);
	X509_free(sk_X509_pop(stack));
	assert_signed_body(stack, 1);
	add_certs(&set, stack);

	assert_true(buf_add(&set, "x", 1));
	assert_bad_body(&set, "1 bytes follow the SignedData");
	set.len -= 2;
	assert_bad_body(&set, "not a certificates-only message");
	set.len = 0;
	add_certs(&set, NULL);
	assert_bad_body(&set, "there is no certificate in it");
	set.len = 0;
	add_envelope(&set, &der, w.client, &(struct recipe){.type = 0});
	assert_bad_body(&set, "neither a certificate nor a certificates-only");
	set.len = 0;
	assert_bad_body(&set, "it is empty, expected CA certificates");
	assert_true(buf_add_string(&set, "<html>Not found</html>\n"));
	assert_bad_body(&set, "neither a certificate nor a SignedData");
	buf_free(&der);
	buf_free(&other);
	buf_free(&set);
	buf_free(&pem);
	cert_stack_free(stack);
}

/* What is nearly a certificate is not called a wrong SignedData. */
static void test_a_damaged_certificate_is_called_that(void **state)
{
	static const char says[] = "neither a certificate nor a "
				   "certificates-only message";
	struct buf der = {0}, twice = {0}, crl = {0}, pem = {0};
	unsigned char *bytes = NULL;
	X509_CRL *made = make_crl();
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	assert_true(buf_add(&twice, der.data, der.len));
	assert_true(buf_add(&twice, der.data, der.len));
	assert_bad_body(&twice, says);
	twice.len = der.len + 1;
	assert_bad_body(&twice, says);
	twice.len = der.len - 1;
	assert_bad_body(&twice, says);
	bytes = NULL;
	len = i2d_X509_CRL(made, &bytes);
	assert_true(buf_add(&crl, bytes, (size_t)len));
	OPENSSL_free(bytes);
	X509_CRL_free(made);
	assert_bad_body(&crl, says);

	add_pem(&pem, "CERTIFICATE", &der);
	add_pem(&pem, "CERTIFICATE", &twice);
	assert_bad_body(&pem, "a CERTIFICATE in PEM cannot be decoded");
	buf_free(&der);
	buf_free(&twice);
	buf_free(&crl);
	buf_free(&pem);
}

/* Nothing in a body is dropped without a word. */
static void test_nothing_in_a_body_is_dropped_silently(void **state)
{
	static const char mixes[] = "it mixes CERTIFICATE and PKCS7";
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	struct buf der = {0}, set = {0}, pem = {0};
	unsigned char *bytes = NULL;
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	add_certs(&set, stack);
	add_pem(&pem, "CERTIFICATE", &der);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	add_pem(&pem, "CMS", &set);
	add_pem(&pem, "CERTIFICATE", &der);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	assert_true(buf_add_string(&pem, "0 is text\n"));
	add_pem(&pem, "CERTIFICATE", &der);
	assert_body(&pem, 1, true);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	add_pem(&pem, "PKCS7", &set);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, "it has 2 PKCS7 in PEM");
	cert_stack_free(stack);
	buf_free(&der);
	buf_free(&set);
	buf_free(&pem);
}

static void test_too_many_certificates_are_refused(void **state)
{
	X509 *none[] = {NULL};
	STACK_OF(X509) *stack = fixture_stack(none), *certs = NULL;
	X509 *made[CERT_COUNT_MAX + 1];
	struct buf set = {0};
	bool bare;
	int i;

	(void)state;
	/* Different ones, because a set must not have an element twice. */
	for (i = 0; i <= CERT_COUNT_MAX; i++) {
		made[i] = issued("one of many", KEY_RA, NULL, 1000 + i);
		assert_true(sk_X509_push(stack, made[i]) > 0);
	}
	add_certs(&set, stack);
	assert_bad_body(&set, "it has 101 certificates, the limit is 100");
	X509_free(sk_X509_pop(stack));
	set.len = 0;
	add_certs(&set, stack);
	assert_int_equal(
	    certs_from_body(&certs, &bare, set.data, set.len), ST_OK);
	assert_int_equal(sk_X509_num(certs), CERT_COUNT_MAX);
	cert_stack_free(certs);
	cert_stack_free(stack);
	buf_free(&set);
}

static void assert_no_crl(const struct buf *set, const char *says)
{
	struct der out = {0};
	enum status st;
	const char *text;

	capture_start(STDERR_FILENO);
	st = certs_find_crl(&out, octets_in_memory(set->data, set->len));
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	if (strstr(text, says) == NULL)
		fixture_fail("%s", text);
	assert_int_equal(out.left, 0);
	assert_int_equal(ERR_peek_error(), 0);
}

static enum status find_crl(struct der *out, const struct buf *set)
{
	return certs_find_crl(out, octets_in_memory(set->data, set->len));
}

/* The CRL must be found byte for byte, with or without certificates. */
static void test_a_crl_is_found_byte_for_byte(void **state)
{
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	STACK_OF(X509) *sets[] = {stack, NULL};
	X509_CRL *crl = make_crl();
	unsigned char *der = NULL;
	struct buf set = {0};
	struct der out;
	int len = i2d_X509_CRL(crl, &der);
	size_t i, whole;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++) {
		set.len = 0;
		add_set(&set, sets[i], crl, 1);
		assert_int_equal(find_crl(&out, &set), ST_OK);
		assert_crl_is(out, der, len);
	}
	whole = set.len;
	assert_true(buf_add(&set, "x", 1));
	assert_no_crl(&set, "1 bytes follow the SignedData");
	silence_start();
	for (set.len = 0; set.len < whole; set.len++)
		if (find_crl(&out, &set) != ST_REPLY)
			break;
	silence_stop();
	assert_int_equal(set.len, whole);
	set.len = 0;
	add_set(&set, NULL, crl, 2);
	assert_no_crl(&set, "not a SignedData with one CRL, in DER");
	set.len = 0;
	add_set(&set, stack, NULL, 0);
	assert_no_crl(&set, "with one CRL");
	set.len = 0;
	assert_no_crl(&set, "with one CRL");
	assert_true(buf_add_string(&set, "garbage"));
	assert_no_crl(&set, "with one CRL");
	buf_free(&set);
	OPENSSL_free(der);
	X509_CRL_free(crl);
	cert_stack_free(stack);
}

/* set with an indefinite length: its ContentInfo, or the SignedData, too. */
static void add_ber(struct buf *out, const struct buf *set)
{
	struct der run = octets_in_memory(set->data, set->len);
	struct der_element info, type, explicit, data;

	assert_true(der_next(&run, &info) && der_next(&info.inside, &type) &&
	    der_next(&info.inside, &explicit) &&
	    der_next(&explicit.inside, &data));
	assert_true(buf_add(out, "0\x80", 2) && octets_add(out, type.whole) &&
	    buf_add(out,
		"\xa0\x80"
		"0\x80",
		4) &&
	    octets_add(out, data.inside) && buf_add(out, "\0\0\0\0\0\0", 6));
}

/* Two CRLs are one too many, whatever the form of the lengths. */
static void test_two_crls_are_refused(void **state)
{
	X509_CRL *crl = make_crl();
	struct buf set = {0}, ber = {0};
	struct der out;

	(void)state;
	add_set(&set, NULL, crl, 1);
	add_ber(&ber, &set);
	assert_int_equal(find_crl(&out, &ber), ST_OK);
	set.len = ber.len = 0;
	add_set(&set, NULL, crl, 2);
	add_ber(&ber, &set);
	assert_no_crl(&ber, "not a SignedData with one CRL, in DER");
	buf_free(&set);
	buf_free(&ber);
	X509_CRL_free(crl);
}

/* The same in BER. */
static void test_a_crl_in_ber_is_found(void **state)
{
	X509_CRL *crl = make_crl();
	unsigned char *der = NULL;
	struct buf set = {0}, ber = {0};
	struct der out;
	int len = i2d_X509_CRL(crl, &der);
	struct der_head {
		const unsigned char *p;
		long left;
		int tag, class;
	} head;

	(void)state;
	add_set(&set, NULL, crl, 1);
	head.p = set.data;
	assert_int_equal(ASN1_get_object(&head.p, &head.left, &head.tag,
			     &head.class, (long)set.len),
	    V_ASN1_CONSTRUCTED);
	assert_true(buf_add(&ber, "0\x80", 2));
	assert_true(buf_add(&ber, head.p, (size_t)head.left));
	assert_true(buf_add(&ber, "\0\0", 2));
	assert_int_equal(find_crl(&out, &ber), ST_OK);
	assert_crl_is(out, der, len);
	buf_free(&set);
	buf_free(&ber);
	OPENSSL_free(der);
	X509_CRL_free(crl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_certificates_in_a_body_are_found),
	    cmocka_unit_test(test_a_damaged_certificate_is_called_that),
	    cmocka_unit_test(test_nothing_in_a_body_is_dropped_silently),
	    cmocka_unit_test(test_too_many_certificates_are_refused),
	    cmocka_unit_test(test_a_crl_is_found_byte_for_byte),
	    cmocka_unit_test(test_a_crl_in_ber_is_found),
	    cmocka_unit_test(test_two_crls_are_refused),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
