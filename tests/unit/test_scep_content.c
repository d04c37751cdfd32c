/* Unit test of scep/content.c: what requests are about. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/x509.h>

#include "fixtures.h"
#include "scep/content.h"

/* Names in DER: each string type, long, empty; and one in BER. */
static const struct {
	const char *name;
	const char *bytes;
	size_t len;
} names[] = {
    {.name = "no attribute", .bytes = "0\0", .len = 2},
    {.name = "PrintableString",
	.bytes = "0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61",
	.len = 14},
    {.name = "UTF8String",
	.bytes = "0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61",
	.len = 14},
    {.name = "T61String",
	.bytes = "0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x14\x01\xe4",
	.len = 14},
    {.name = "IA5String",
	.bytes = "0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x16\x01\x61",
	.len = 14},
    {.name = "BMPString",
	.bytes = "0\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02\x00\xe4",
	.len = 15},
    {.name = "UniversalString",
	.bytes =
	    "0\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x1c\x04\x00\x01\xf6\x00",
	.len = 17},
    /* Blanks and upper case, which a comparison of names would ignore. */
    {.name = "blanks and upper case",
	.bytes =
	    "0\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04\x20\x41\x20\x62",
	.len = 17},
    /* Two attributes in one RelativeDistinguishedName. */
    {.name = "two attributes in one",
	.bytes = "0\x16\x31\x14\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61"
		 "\x30\x08\x06\x03\x55\x04\x0b\x13\x01\x62",
	.len = 24},
    /* A length in more octets than needed. */
    {.name = "a length in two octets",
	.bytes = "0\x81\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61",
	.len = 15},
};

static X509_NAME *parse_name(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)len);

	assert_non_null(name);
	assert_ptr_equal(p, (const unsigned char *)bytes + len);
	return name;
}

static void test_content_bytes(void **state)
{
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, names, names[i].name)) {
		for (EACH_ROW(j, names, names[j].name)) {
			X509_NAME *issuer =
			    parse_name(names[i].bytes, names[i].len);
			X509_NAME *subject =
			    parse_name(names[j].bytes, names[j].len);
			struct buf got = {0}, want = {0};

			assert_true(buf_addf(
			    &want, "x0%c", (int)(names[i].len + names[j].len)));
			assert_true(
			    buf_add(&want, names[i].bytes, names[i].len));
			assert_true(
			    buf_add(&want, names[j].bytes, names[j].len));
			assert_true(buf_add(&got, "x", 1));
			assert_int_equal(content_add_issuer_and_subject(
					     &got, issuer, subject),
			    ST_OK);
			assert_int_equal(got.len, want.len);
			assert_memory_equal(got.data, want.data, want.len);
			/* buf.h promises a NUL after the bytes. */
			assert_int_equal(got.data[got.len], 0);
			buf_free(&got);
			buf_free(&want);
			X509_NAME_free(issuer);
			X509_NAME_free(subject);
		}
	}
}

static void test_issuer_and_serial_are_encoded(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
	} serials[] = {
	    {.name = "0", .bytes = "\x02\x01\x00", .len = 3},
	    {.name = "127", .bytes = "\x02\x01\x7f", .len = 3},
	    {.name = "255", .bytes = "\x02\x02\x00\xff", .len = 4},
	    {.name = "-128", .bytes = "\x02\x01\x80", .len = 3},
	    {.name = "20 octets",
		.bytes = "\x02\x14\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a"
			 "\x0b\x0c\x0d"
			 "\x0e"
			 "\x0f\x10\x11\x12\x13",
		.len = 22},
	};
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, names, names[i].name)) {
		X509_NAME *issuer = parse_name(names[i].bytes, names[i].len);

		for (EACH_ROW(j, serials, serials[j].name)) {
			const unsigned char *p =
			    (const unsigned char *)serials[j].bytes;
			ASN1_INTEGER *serial =
			    d2i_ASN1_INTEGER(NULL, &p, (long)serials[j].len);
			struct buf got = {0}, want = {0};

			assert_non_null(serial);
			assert_true(buf_addf(&want, "0%c",
			    (int)(names[i].len + serials[j].len)));
			assert_true(
			    buf_add(&want, names[i].bytes, names[i].len));
			assert_true(
			    buf_add(&want, serials[j].bytes, serials[j].len));
			assert_int_equal(
			    content_add_issuer_and_serial(&got, issuer, serial),
			    ST_OK);
			assert_int_equal(got.len, want.len);
			assert_memory_equal(got.data, want.data, want.len);
			buf_free(&got);
			buf_free(&want);
			ASN1_INTEGER_free(serial);
		}
		X509_NAME_free(issuer);
	}
}

/* Parses the content again, at sizes around 128, 256 and 65536 bytes. */
static void test_contents_of_all_sizes_are_encoded(void **state)
{
	static const size_t sizes[] = {
	    1, 50, 99, 100, 101, 102, 103, 220, 229, 230, 231, 232, 1000};
	X509_NAME *subject = fixture_name("b"), *again;
	static char text[66000];
	size_t i, count, j;

	(void)state;
	memset(text, 'n', sizeof(text));
	for (i = 0; i < NITEMS(sizes) + 1; i++) {
		X509_NAME *issuer = X509_NAME_new();
		const unsigned char *p;
		struct buf got = {0};
		int tag, class;
		long len;

		count = i == NITEMS(sizes) ? sizeof(text) / 1000 : 1;
		for (j = 0; j < count; j++)
			assert_true(
			    X509_NAME_add_entry_by_txt(issuer, "2.5.4.97",
				V_ASN1_UTF8STRING, (unsigned char *)text,
				(int)(count > 1 ? 1000 : sizes[i]), -1, 0));
		assert_int_equal(
		    content_add_issuer_and_subject(&got, issuer, subject),
		    ST_OK);
		p = got.data;
		assert_int_equal(
		    ASN1_get_object(&p, &len, &tag, &class, (long)got.len),
		    V_ASN1_CONSTRUCTED);
		assert_int_equal(tag, V_ASN1_SEQUENCE);
		assert_int_equal(class, V_ASN1_UNIVERSAL);
		assert_ptr_equal(p + len, got.data + got.len);
		assert_non_null(again = d2i_X509_NAME(NULL, &p, len));
		assert_int_equal(X509_NAME_cmp(again, issuer), 0);
		X509_NAME_free(again);
		len = (long)(got.data + got.len - p);
		assert_non_null(again = d2i_X509_NAME(NULL, &p, len));
		assert_int_equal(X509_NAME_cmp(again, subject), 0);
		X509_NAME_free(again);
		assert_ptr_equal(p, got.data + got.len);
		buf_free(&got);
		X509_NAME_free(issuer);
	}
	X509_NAME_free(subject);
}

static void test_the_content_of_enrolment_is_the_request(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(2));
	unsigned char *der = NULL;
	struct buf got = {0};
	int len = i2d_X509_REQ(csr, &der);

	(void)state;
	assert_true(len > 0);
	assert_int_equal(content_add_csr(&got, csr), ST_OK);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, der, got.len);
	buf_free(&got);
	OPENSSL_free(der);
	X509_REQ_free(csr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_content_bytes),
	    cmocka_unit_test(test_issuer_and_serial_are_encoded),
	    cmocka_unit_test(test_contents_of_all_sizes_are_encoded),
	    cmocka_unit_test(test_the_content_of_enrolment_is_the_request),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
