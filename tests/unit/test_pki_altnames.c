/* Unit test of pki/altnames.c: the names of a subjectAltName. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "world.h"
#include "pki/altnames.h"
#include "util/buf.h"

static GENERAL_NAMES *make_altnames(const char *text)
{
	STACK_OF(X509_EXTENSION) *extensions;
	GENERAL_NAMES *names;

	if (text[0] == '\0')
		return NULL;
	extensions = world_make_extensions(text);
	names = X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
	assert_non_null(names);
	sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
	return names;
}

static void test_missing_altnames_are_found(void **state)
{
	static const struct {
		const char *names, *others, *missing;
	} cases[] = {
	    {.names = "", .others = "", .missing = ""},
	    {.names = "", .others = "DNS:a", .missing = ""},
	    {.names = "DNS:a", .others = "", .missing = "DNS:a"},
	    {.names = "DNS:a,DNS:b", .others = "DNS:b,DNS:a", .missing = ""},
	    {.names = "DNS:a,DNS:b,DNS:c,DNS:d",
		.others = "DNS:c,DNS:x,DNS:a,DNS:b",
		.missing = "DNS:d"},
	    {.names = "DNS:a,DNS:a", .others = "DNS:A", .missing = ""},
	    {.names = "DNS:a",
		.others = "DNS:ab,email:a,URI:a",
		.missing = "DNS:a"},
	    {.names = "email:A@b,URI:x:y",
		.others = "email:a@b,URI:x:y",
		.missing = "email:A@b"},
	    {.names = "DNS:a,IP:192.0.2.1,IP:2001:db8::1",
		.others = "IP:192.0.2.1",
		.missing = "DNS:a, IP Address:2001:DB8:0:0:0:0:0:1"},
	    {.names = "RID:1.2.3,otherName:1.2.3;UTF8:x",
		.others = "RID:1.2.3",
		.missing = "otherName:1.2.3:x"},
	    {.names = "RID:1.2.3,otherName:1.2.3;UTF8:x",
		.others = "otherName:1.2.3;UTF8:x,RID:1.2.3",
		.missing = ""},
	    {.names = "DNS:CN.example,DNS:d", .others = "", .missing = "DNS:d"},
	    {.names = "email:a@B.Example",
		.others = "email:a@b.example",
		.missing = ""},
	    {.names = "URI:HTTPS://u@A.Example:1/P?x@y",
		.others = "URI:https://u@a.example:1/P?x@y",
		.missing = "URI:HTTPS://u@A.Example:1/P?x@y"},
	    {.names = "URI:https://a/P",
		.others = "URI:https://a/p",
		.missing = "URI:https://a/P"},
	    {.names = "URI:https://a?P",
		.others = "URI:https://a?p",
		.missing = "URI:https://a?P"},
	    {.names = "URI:https://U@a",
		.others = "URI:https://u@a",
		.missing = "URI:https://U@a"},
	    {.names = "URI:urn:A",
		.others = "URI:URN:A",
		.missing = "URI:urn:A"},
	    {.names = "URI:urn:A",
		.others = "URI:urn:a",
		.missing = "URI:urn:A"},
	    {.names = "URI:A", .others = "URI:a", .missing = "URI:A"},
	};
	X509_REQ *csr = fixture_csr("cn.example", fixture_rsa(0));
	const X509_NAME *subject = X509_REQ_get_subject_name(csr);
	size_t i;

	(void)state;
	for (EACH_ROW(i, cases, cases[i].names)) {
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
static void test_unreadable_altnames_differ_from_none(void **state)
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
static void test_altnames_are_printed_unambiguously(void **state)
{
	static const struct {
		const char *bytes;
		int len;
		const char *text;
	} rows[] = {
	    {.bytes = "a.example", .len = 9, .text = "a.example"},
	    {.bytes = "*.a", .len = 3, .text = "*.a"},
	    {.bytes = "a.b", .len = 3, .text = "a.b"},
	    {.bytes = "a\0b", .len = 3, .text = "\"a\\x00b\""},
	    {.bytes = "a\x01z", .len = 3, .text = "\"a\\x01z\""},
	    {.bytes = "a\\x01z", .len = 6, .text = "\"a\\\\x01z\""},
	    {.bytes = "a\xffz", .len = 3, .text = "\"a\\xffz\""},
	    {.bytes = "a\xc3\xa4", .len = 3, .text = "\"a\xc3\xa4\""},
	    {.bytes = "a, DNS:b", .len = 8, .text = "\"a, DNS:b\""},
	    {.bytes = "a; it added DNS:b",
		.len = 17,
		.text = "\"a; it added DNS:b\""},
	    {.bytes = "a\", DNS:\"b",
		.len = 10,
		.text = "\"a\\\", DNS:\\\"b\""},
	    {.bytes = "#00", .len = 3, .text = "\"#00\""},
	    {.bytes = "", .len = 0, .text = "\"\""},
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

static void test_types_of_altnames_are_named(void **state)
{
	static const struct {
		const char *names, *text;
	} rows[] = {
	    {.names = "IP:192.0.2.1", .text = "IP Address:192.0.2.1"},
	    {.names = "RID:1.2.3.4", .text = "Registered ID:1.2.3.4"},
	    {.names = "otherName:1.2.3;UTF8:x", .text = "otherName:1.2.3:x"},
	    {.names = "otherName:1.2.4;UTF8:x", .text = "otherName:1.2.4:x"},
	    {.names = "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:u@a.example",
		.text = "otherName:1.3.6.1.4.1.311.20.2.3:u@a.example"},
	    {.names = "otherName:1.2.3;IA5:x",
		.text = "otherName:1.2.3:#160178"},
	    {.names = "otherName:1.2.3;INT:5",
		.text = "otherName:1.2.3:#020105"},
	};
	GENERAL_NAMES *names;
	GENERAL_NAME *name;
	X509_NAME *dn = X509_NAME_new();
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].names)) {
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

/* A directoryName is compared as a name, and an ediPartyName by its DER. */
static void test_altnames_that_are_no_text(void **state)
{
	static const unsigned char party[] = {0xa5, 5, 0xa1, 3, 0x0c, 1, 'a'};
	const unsigned char *p = party;
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	GENERAL_NAMES *others = GENERAL_NAMES_new();
	GENERAL_NAME *name;
	struct buf out = {0};
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		name = GENERAL_NAME_new();
		GENERAL_NAME_set0_value(
		    name, GEN_DIRNAME, fixture_name(i < 2 ? "a" : "b"));
		assert_true(
		    sk_GENERAL_NAME_push(i == 1 ? others : names, name) > 0);
	}
	assert_true(altnames_add_missing(&out, names, others, NULL));
	assert_string_equal(buf_string(&out), "DirName:\"/O=Test, Inc./CN=b\"");
	buf_free(&out);
	name = d2i_GENERAL_NAME(NULL, &p, sizeof(party));
	assert_altname_text(name, "EdiPartyName:#a505a1030c0161");
	GENERAL_NAME_free(name);
	GENERAL_NAMES_free(names);
	GENERAL_NAMES_free(others);
}

/* Many names, long ones, and control characters: a short line. */
static void test_many_altnames_are_a_short_line(void **state)
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_missing_altnames_are_found),
	    cmocka_unit_test(test_unreadable_altnames_differ_from_none),
	    cmocka_unit_test(test_altnames_are_printed_unambiguously),
	    cmocka_unit_test(test_types_of_altnames_are_named),
	    cmocka_unit_test(test_altnames_that_are_no_text),
	    cmocka_unit_test(test_many_altnames_are_a_short_line),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
