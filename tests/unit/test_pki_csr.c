/* Unit test of pki/csr.c: requests, and self-signed certificates for them. */
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
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "world.h"
#include "compat/openssl.h"
#include "pki/altnames.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "util/buf.h"

#define DAY (24 * 3600L)

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

static void test_requests_are_read(void **state)
{
	static const char no_request[] = "not a certificate request (PKCS#10)";
	static const char bad_signature[] = "its signature does not verify";
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	X509 *cert = world_simple("client", 0, NULL);
	struct buf b = {0};
	size_t whole;

	(void)state;
	world_add_key(&b, fixture_rsa(0));
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
	world_forget_algorithm(b.data, b.len);
	assert_csr_reads(&b, bad_signature);
	b.len = 0;
	assert_true(buf_add_string(&b, "garbage"));
	assert_csr_reads(&b, no_request);
	b.len = 0;
	world_add_pem(&b, cert);
	X509_free(cert);
	assert_csr_reads(&b, no_request);
	buf_free(&b);
	X509_REQ_free(csr);
}

/*
 * csr_strip() keeps the subject and the subjectAltName, which later checks
 * need.
 */
static void test_a_stripped_request_keeps_its_names(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(0));
	STACK_OF(X509_EXTENSION) *extensions =
	    world_make_extensions("DNS:a.example,IP:192.0.2.1");
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

static void test_the_key_of_a_request_is_compared(void **state)
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

static void test_the_transaction_id_is_of_the_key(void **state)
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

static void test_a_self_signed_certificate_is_made(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < WORLD_DIGESTS; i++) {
		const EVP_MD *md = EVP_get_digestbynid(world_digests[i]);

		assert_self_signed(
		    fixture_rsa(0), md, "Digital Signature, Key Encipherment");
		if (world_digests[i] != NID_md5)
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
static void test_the_serial_number_is_of_the_key(void **state)
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

/* One in BMPString is not sent in the place of what the CA expects (RFC 2985). */
static void test_a_challenge_of_another_type_is_none(void **state)
{
	static const unsigned char secret[] = {0, 's', 0, 'e'};
	static const int types[] = {V_ASN1_PRINTABLESTRING, V_ASN1_UTF8STRING,
	    V_ASN1_IA5STRING, V_ASN1_T61STRING, V_ASN1_BMPSTRING};
	struct buf out = {0};
	X509_REQ *csr;
	size_t i, len;

	(void)state;
	for (EACH_ROW(i, types, NULL)) {
		csr = fixture_csr("client", fixture_rsa(0));
		assert_int_equal(
		    X509_REQ_add1_attr_by_NID(csr, NID_pkcs9_challengePassword,
			types[i], secret, sizeof(secret)),
		    1);
		assert_int_equal(csr_add_challenge(&out, csr), ST_OK);
		len = types[i] != V_ASN1_BMPSTRING ? sizeof(secret) : 0;
		assert_int_equal(out.len, len);
		if (len > 0)
			assert_memory_equal(out.data, secret, len);
		buf_free(&out);
		X509_REQ_free(csr);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests_are_read),
	    cmocka_unit_test(test_a_stripped_request_keeps_its_names),
	    cmocka_unit_test(test_the_key_of_a_request_is_compared),
	    cmocka_unit_test(test_the_transaction_id_is_of_the_key),
	    cmocka_unit_test(test_a_self_signed_certificate_is_made),
	    cmocka_unit_test(test_the_serial_number_is_of_the_key),
	    cmocka_unit_test(test_self_signed_parameters),
	    cmocka_unit_test(test_a_challenge_of_another_type_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
