/* Unit test of src/pki/barecert.c: it reads what d2i_X509() reads, and alike. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/der.h"
#include "pki/barecert.h"
#include "util/buf.h"

/* A certificate, which is signed after the changes. */
struct sample {
	const char *what;
	void (*change)(X509 *cert);
	struct cert_spec spec;
};

static void keep(X509 *cert)
{
	(void)cert;
}

static void make_v1(X509 *cert)
{
	while (X509_get_ext_count(cert) > 0)
		X509_EXTENSION_free(X509_delete_ext(cert, 0));
	assert_true(X509_set_version(cert, 0));
}

static void take_extensions(X509 *cert)
{
	while (X509_get_ext_count(cert) > 0)
		X509_EXTENSION_free(X509_delete_ext(cert, 0));
}

static void add_names(X509 *cert)
{
	static const struct {
		int type;
		const char *bytes;
		int len;
	} names[] = {
	    {.type = V_ASN1_UTF8STRING,
		.bytes = "\xc3\xa4\xe2\x82\xac",
		.len = 5},
	    {.type = V_ASN1_BMPSTRING, .bytes = "\x00\xe4\x20\xac", .len = 4},
	    {.type = V_ASN1_T61STRING, .bytes = "\xe4o", .len = 2},
	    {.type = V_ASN1_UNIVERSALSTRING, .bytes = "\0\0\0a", .len = 4},
	    {.type = V_ASN1_IA5STRING, .bytes = "a@b", .len = 3},
	    {.type = V_ASN1_PRINTABLESTRING, .bytes = "", .len = 0},
	};
	X509_NAME *name = X509_NAME_new();
	size_t i;

	assert_non_null(name);
	for (i = 0; i < NITEMS(names); i++)
		assert_true(
		    X509_NAME_add_entry_by_NID(name, NID_organizationName,
			names[i].type, (const unsigned char *)names[i].bytes,
			names[i].len, -1, i % 2 == 0 ? 0 : -1));
	assert_true(X509_set_subject_name(cert, name));
	X509_NAME_free(name);
}

static void empty_names(X509 *cert)
{
	X509_NAME *name = X509_NAME_new();

	assert_true(X509_set_subject_name(cert, name));
	assert_true(X509_set_issuer_name(cert, name));
	X509_NAME_free(name);
}

static void set_serial(X509 *cert, const char *hex)
{
	BIGNUM *number = NULL;
	ASN1_INTEGER *serial;

	assert_true(BN_hex2bn(&number, hex));
	serial = BN_to_ASN1_INTEGER(number, NULL);
	assert_true(X509_set_serialNumber(cert, serial));
	ASN1_INTEGER_free(serial);
	BN_free(number);
}

static void negative_serial(X509 *cert)
{
	set_serial(cert, "-80FF");
}

static void huge_serial(X509 *cert)
{
	set_serial(cert,
	    "FF00112233445566778899AABBCCDDEEFF00112233445566"
	    "778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF");
}

static void add_extension(X509 *cert, const char *oid, const char *value)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	assert_true(ASN1_OCTET_STRING_set(
	    octets, (const unsigned char *)value, (int)strlen(value)));
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 1, octets);
	assert_true(X509_add_ext(cert, extension, -1));
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(object);
}

static void unknown_extension(X509 *cert)
{
	add_extension(cert, "1.2.3.4.5", "\x05");
}

/* keyUsage and subjectAltName that are no DER, and a second keyUsage. */
static void broken_extensions(X509 *cert)
{
	add_extension(cert, "2.5.29.15", "\x03\x05\x01");
	add_extension(cert, "2.5.29.15", "x");
	add_extension(cert, "2.5.29.17", "\x30\x7f");
}

static void set_times(X509 *cert)
{
	ASN1_TIME *time = ASN1_STRING_type_new(V_ASN1_GENERALIZEDTIME);

	assert_true(ASN1_STRING_set(time, "no time", 7));
	assert_true(X509_set1_notBefore(cert, time));
	ASN1_TIME_free(time);
}

static const struct sample samples[] = {
    {.what = "plain", .change = keep, .spec = {.cn = "a"}},
    {.what = "a CA",
	.change = keep,
	.spec = {.cn = "a", .ca = true, .ids = true, .usage = "cRLSign"}},
    {.what = "an RA",
	.change = keep,
	.spec = {.cn = "a", .purpose = "1.3.6.1.5.5.7.3.28"}},
    {.what = "GeneralizedTime",
	.change = keep,
	.spec = {.cn = "a", .to = 30000}},
    {.what = "expired",
	.change = keep,
	.spec = {.cn = "a", .from = -20, .to = -10}},
    {.what = "not valid yet",
	.change = keep,
	.spec = {.cn = "a", .from = 10, .to = 20}},
    {.what = "version 1", .change = make_v1, .spec = {.cn = "a"}},
    {.what = "no extensions", .change = take_extensions, .spec = {.cn = "a"}},
    {.what = "types of names", .change = add_names, .spec = {.cn = "a"}},
    {.what = "empty names", .change = empty_names, .spec = {.cn = "a"}},
    {.what = "a negative serial",
	.change = negative_serial,
	.spec = {.cn = "a"}},
    {.what = "a huge serial", .change = huge_serial, .spec = {.cn = "a"}},
    {.what = "an unknown extension",
	.change = unknown_extension,
	.spec = {.cn = "a"}},
    {.what = "broken extensions",
	.change = broken_extensions,
	.spec = {.cn = "a"}},
    {.what = "times that are none", .change = set_times, .spec = {.cn = "a"}},
};

static X509 *make(const struct sample *sample, EVP_PKEY *key)
{
	struct cert_spec spec = sample->spec;
	X509 *cert;

	spec.key = key;
	cert = fixture_cert(&spec);
	sample->change(cert);
	assert_true(X509_sign(cert, key, EVP_sha256()) > 0);
	return cert;
}

static void get_der(struct buf *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);

	assert_true(len > 0);
	out->len = 0;
	assert_true(buf_add(out, der, (size_t)len));
	OPENSSL_free(der);
}

/* Whether a byte differs, and what a caller would notice. */
static bool is_same(const struct barecert *bare, X509 *cert)
{
	struct buf der = {0}, a = {0}, b = {0};
	const X509_NAME *subject = X509_get_subject_name(cert);
	bool same;

	get_der(&der, cert);
	assert_true(barecert_add_fingerprint(&a, bare, EVP_sha256()));
	assert_true(cert_add_fingerprint(&b, cert, EVP_sha256()));
	same = der.len == bare->der.len &&
	    memcmp(der.data, bare->der.data, der.len) == 0 &&
	    strcmp(buf_string(&a), buf_string(&b)) == 0 &&
	    X509_NAME_cmp(bare->subject, subject) == 0 &&
	    strcmp(cert_name_text(&a, bare->subject),
		cert_name_text(&b, subject)) == 0 &&
	    ASN1_STRING_cmp(bare->not_before, X509_get0_notBefore(cert)) == 0 &&
	    ASN1_STRING_cmp(bare->not_after, X509_get0_notAfter(cert)) == 0 &&
	    clock_status(bare->not_before, bare->not_after) ==
		cert_time_status(cert);
	buf_free(&der);
	buf_free(&a);
	buf_free(&b);
	return same;
}

/* Whether both read the bytes; they must agree, and see the same in them. */
static bool compare(const char *what, const void *bytes, size_t len)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct barecert bare;
	bool parsed =
	    der_seems_cert(bytes, len) && cert_parse(certs, bytes, len);

	ERR_clear_error();
	if (barecert_parse(&bare, bytes, len) != parsed)
		fixture_fail("%s: read by %s only", what,
		    parsed ? "d2i_X509()" : "barecert_parse()");
	assert_int_equal(ERR_peek_error(), 0);
	if (parsed && !is_same(&bare, sk_X509_value(certs, 0)))
		fixture_fail("%s: not read alike", what);
	barecert_free(&bare);
	cert_stack_free(certs);
	return parsed;
}

static void test_fields_are_those_of_libcrypto(void **state)
{
	EVP_PKEY *keys[] = {fixture_rsa(0), fixture_ec()};
	struct buf der = {0};
	size_t i, k;
	X509 *cert;
	bool taken;

	(void)state;
	for (k = 0; k < NITEMS(keys); k++)
		for (EACH_ROW(i, samples, samples[i].what)) {
			cert = make(&samples[i], keys[k]);
			get_der(&der, cert);
			taken = compare(samples[i].what, der.data, der.len);
			/* OpenSSL 3.5 refuses such times. */
			if (!taken && samples[i].change != set_times)
				fixture_fail("%s: refused", samples[i].what);
			X509_free(cert);
		}
	buf_free(&der);
}

static void flip_each_byte(X509 *cert, unsigned char mask, bool *taken)
{
	struct buf der = {0};
	char what[64];
	size_t i;

	get_der(&der, cert);
	for (i = 0; i < der.len; i++) {
		snprintf(what, sizeof(what), "byte %zu xor %02x", i, mask);
		der.data[i] ^= mask;
		if (compare(what, der.data, der.len))
			*taken = true;
		der.data[i] ^= mask;
	}
	buf_free(&der);
}

/* Whatever one byte makes of a certificate, both accept it or neither. */
static void test_a_flipped_byte_is_judged_as_by_libcrypto(void **state)
{
	static const unsigned char masks[] = {
	    0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff};
	EVP_PKEY *keys[] = {fixture_ec(), fixture_rsa(0)};
	bool taken = false;
	size_t i, k;
	X509 *cert;

	(void)state;
	for (k = 0; k < NITEMS(keys); k++) {
		cert = make(&samples[1], keys[k]);
		for (EACH_ROW(i, masks, NULL))
			flip_each_byte(cert, masks[i], &taken);
		X509_free(cert);
	}
	assert_true(taken);
}

/* A length in more octets than it needs is not written so (X.690, 10.1). */
static void test_lengths_with_needless_octets_are_refused(void **state)
{
	X509 *cert = make(&samples[0], fixture_rsa(0));
	struct buf der = {0}, longer = {0};

	(void)state;
	get_der(&der, cert);
	assert_int_equal(der.data[1], 0x82);
	assert_true(buf_add(&longer, "\x30\x83\x00", 3) &&
	    buf_add(&longer, der.data + 2, der.len - 2));
	assert_true(compare("a long length", longer.data, longer.len));
	buf_free(&der);
	buf_free(&longer);
	X509_free(cert);
}

static void test_what_is_cut_or_too_long_is_refused(void **state)
{
	X509 *cert = make(&samples[0], fixture_ec());
	struct buf der = {0};
	size_t len;

	(void)state;
	get_der(&der, cert);
	for (len = 0; len < der.len; len++)
		assert_false(compare("cut", der.data, len));
	assert_true(buf_add(&der, "", 1));
	assert_false(compare("one byte more", der.data, der.len));
	assert_false(compare("text", "0 is no certificate", 19));
	buf_free(&der);
	X509_free(cert);
}

static void test_a_certificate_becomes_a_bare_one(void **state)
{
	X509 *cert = make(&samples[8], fixture_rsa(0));
	struct barecert bare;

	(void)state;
	assert_true(barecert_from_cert(&bare, cert));
	assert_true(is_same(&bare, cert));
	assert_ptr_equal(bare.cert, cert);
	barecert_free(&bare);
	X509_free(cert);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields_are_those_of_libcrypto),
	    cmocka_unit_test(test_a_flipped_byte_is_judged_as_by_libcrypto),
	    cmocka_unit_test(test_lengths_with_needless_octets_are_refused),
	    cmocka_unit_test(test_what_is_cut_or_too_long_is_refused),
	    cmocka_unit_test(test_a_certificate_becomes_a_bare_one),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
