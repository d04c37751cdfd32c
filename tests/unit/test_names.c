/* Unit test of the names in requests: src/pki/subject.c, altname_list.c. */
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

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "pki/altname_list.h"
#include "pki/altnames.h"
#include "pki/oid.h"
#include "pki/subject.h"

/* The subject with types and values, ", " before and "+" within an RDN. */
static const char *show_subject(const X509_NAME *name)
{
	static char text[512];
	BIO *bio = BIO_new(BIO_s_mem());
	int len;

	assert_non_null(bio);
	X509_NAME_print_ex(bio, name, 0,
	    ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT |
		XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN);
	len = BIO_read(bio, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = '\0';
	BIO_free(bio);
	return text;
}

#define USUAL "C, ST, L, O, OU, CN, serialNumber, emailAddress, DC, UID"
#define UNKNOWN(type) \
	"unknown type of attribute " type \
	", neither an OID nor one of the usual " USUAL
#define NO_ATTRIBUTE(type) \
	type " is no attribute of a name, as the usual " USUAL " are"
#define TWO_LETTERS "C is not the two letters of a country (RFC 5280, A.1)"
#define DIRECTION   "CN has a character that changes the direction of text "

static const struct {
	const char *text, *shown; /* shown: the subject, or the problem */
	bool good;
} subjects[] = {
    {.text = "/CN=router1", .shown = "CN=router1", .good = true},
    {.text = "/C=FI/O=Example/CN=router1",
	.shown = "C=FI, O=Example, CN=router1",
	.good = true},
    {.text = "/CN=a/", .shown = "CN=a", .good = true},
    {.text = "/", .shown = "", .good = true},
    {.text = "/CN=a\\/b", .shown = "CN=a/b", .good = true},
    {.text = "/CN=a\\+b", .shown = "CN=a+b", .good = true},
    {.text = "/CN=a\\\\b", .shown = "CN=a\\\\b", .good = true},
    {.text = "/CN=a\\=b=c", .shown = "CN=a=b=c", .good = true},
    {.text = "/CN=a, b", .shown = "CN=a, b", .good = true},
    {.text = "/CN=\\2C#0c01", .shown = "CN=2C#0c01", .good = true},
    {.text = "/O=Hyv\xc3\xa4\xc3\xa4/CN=\xe2\x82\xac",
	.shown = "O=Hyv\xc3\xa4\xc3\xa4, CN=\xe2\x82\xac",
	.good = true},
    {.text = "/CN=a+serialNumber=12/OU=b",
	.shown = "CN=a + serialNumber=12, OU=b",
	.good = true},
    {.text = "/cn=a/EMAILADDRESS=a@b.example",
	.shown = "CN=a, emailAddress=a@b.example",
	.good = true},
    {.text = "/commonName=a/DC=org/UID=u",
	.shown = "CN=a, DC=org, UID=u",
	.good = true},
    {.text = "/2.5.4.3=a", .shown = "CN=a", .good = true},
    {.text = "/1.2.3.4.5=a", .shown = "1.2.3.4.5=a", .good = true},
    {.text = "CN=a",
	.shown = "it does not begin with a slash; expected /TYPE=VALUE..., "
		 "such as /C=FI/CN=router1"},
    {.text = "/CM=a", .shown = UNKNOWN("CM")},
    {.text = "/CN=", .shown = "the value of CN is empty"},
    {.text = "/CN=/O=a", .shown = "the value of CN is empty"},
    {.text = "/CN",
	.shown = "CN has no =VALUE after it (a / or + in a value is written "
		 "\\/ or \\+)"},
    {.text = "/O=a/b",
	.shown = "b has no =VALUE after it (a / or + in a value is written \\/ "
		 "or \\+)"},
    {.text = "/E=a@b/email=c@d/S=x/T=y/g=z/I=i",
	.shown = "emailAddress=a@b, emailAddress=c@d, ST=x, title=y, GN=z, "
		 "initials=i",
	.good = true},
    {.text = "/OID.2.5.4.3=a/oid.2.5.4.10=b",
	.shown = "CN=a, O=b",
	.good = true},
    {.text = "/2.5.4.3.=a", .shown = UNKNOWN("2.5.4.3.")},
    {.text = "/2.5.4.03=a", .shown = UNKNOWN("2.5.4.03")},
    {.text = "/OID.=a", .shown = UNKNOWN("OID.")},
    {.text = "/challengePassword=a",
	.shown = NO_ATTRIBUTE("challengePassword")},
    {.text = "/1.2.840.113549.1.9.7=a",
	.shown = NO_ATTRIBUTE("1.2.840.113549.1.9.7")},
    {.text = "/extendedKeyUsage=a", .shown = NO_ATTRIBUTE("extendedKeyUsage")},
    {.text = "/subjectAltName=a", .shown = NO_ATTRIBUTE("subjectAltName")},
    {.text = "/OID.2.5.29.19=a", .shown = NO_ATTRIBUTE("OID.2.5.29.19")},
    {.text = "/serverAuth=a", .shown = NO_ATTRIBUTE("serverAuth")},
    {.text = "/ CN=a",
	.shown = "there is a blank next to the type of attribute \" CN\""},
    {.text = "/CN =a",
	.shown = "there is a blank next to the type of attribute \"CN \""},
    {.text = "/CN=a+ O=b",
	.shown = "there is a blank next to the type of attribute \" O\""},
    {.text = "//CN=a", .shown = "there is no type of attribute before /CN=a"},
    {.text = "/=a", .shown = "there is no type of attribute before =a"},
    {.text = "/=\x1b[m",
	.shown = "there is no type of attribute before =\\x1b[m"},
    {.text = "/CN=a+", .shown = "there is no attribute after +"},
    {.text = "/CN=a+/O=b", .shown = "there is no attribute after +"},
    {.text = "/CN=a++O=b", .shown = "there is no attribute after +"},
    {.text = "/CN=a\\", .shown = "CN: there is nothing after the backslash"},
    {.text = "/CN=a\nb",
	.shown = "CN has a control character (U+000A, character 2)"},
    {.text = "/O=\xc3\xa4\x7f",
	.shown = "O has a control character (U+007F, character 2)"},
    {.text = "/O=\xc2\x85",
	.shown = "O has a control character (U+0085, character 1)"},
    {.text = "/CN=\xef\xbb\xbf",
	.shown = "CN has a byte order mark (U+FEFF, character 1)"},
    {.text = "/CN=ab\xe2\x80\xae", .shown = DIRECTION "(U+202E, character 3)"},
    {.text = "/CN=\xe2\x81\xa6", .shown = DIRECTION "(U+2066, character 1)"},
    {.text = "/CN=\xe2\x80\xa8",
	.shown = "CN has a separator of lines (U+2028, character 1)"},
    {.text = "/CN=\xf0\x9f\x98\x80\xc2\xa0",
	.shown = "CN=\xf0\x9f\x98\x80\xc2\xa0",
	.good = true},
    {.text = "/CN=a\xff", .shown = "CN is not valid UTF-8 (character 2)"},
    {.text = "/C=FIN", .shown = TWO_LETTERS},
    {.text = "/C=1F", .shown = TWO_LETTERS},
    {.text = "/C=F", .shown = TWO_LETTERS},
    {.text = "/emailAddress=\xc3\xa4@b",
	.shown = "emailAddress may have ASCII only (IA5String, RFC 5280, A.1)"},
    {.text = "/DC=\xc3\xa4",
	.shown = "DC may have ASCII only (IA5String, RFC 5280, A.1)"},
    {.text = "/serialNumber=a_b",
	.shown = "serialNumber may have letters, digits, blanks and "
		 "'()+,-./:=? only (PrintableString, RFC 5280, A.1)"},
};

static void test_subjects_are_read_or_refused(void **state)
{
	struct problem problem;
	X509_NAME *name;
	size_t i;

	(void)state;
	for (EACH_ROW(i, subjects, subjects[i].text)) {
		name = NULL;
		if (subject_parse(&name, subjects[i].text, &problem)) {
			assert_string_equal(
			    subjects[i].shown, show_subject(name));
			assert_true(subjects[i].good);
		} else {
			assert_null(name);
			assert_string_equal(subjects[i].shown, problem.text);
			assert_false(subjects[i].good);
		}
		X509_NAME_free(name);
	}
}

/* RFC 5280, A.1: 64 characters, which are not bytes. */
static void test_a_value_has_as_many_characters_as_allowed(void **state)
{
	char text[160] = "/CN=";
	struct problem problem;
	X509_NAME *name = NULL;
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		memcpy(text + 4 + 2 * i, "\xc3\xa4", 3);
	assert_true(subject_parse(&name, text, &problem));
	X509_NAME_free(name);
	memcpy(text + 4 + 2 * 64, "a", 2);
	assert_false(subject_parse(&name, text, &problem));
	assert_string_equal(problem.text,
	    "CN has 65 characters, and may have 64 (RFC 5280, A.1)");
}

/* Two attributes in one RDN are two entries with the same number. */
static void test_attributes_are_joined_in_one_rdn(void **state)
{
	struct problem problem;
	X509_NAME *name;

	(void)state;
	assert_true(subject_parse(&name, "/O=a/CN=b+UID=c", &problem));
	assert_int_equal(X509_NAME_entry_count(name), 3);
	assert_int_equal(X509_NAME_ENTRY_set(X509_NAME_get_entry(name, 0)), 0);
	assert_int_equal(X509_NAME_ENTRY_set(X509_NAME_get_entry(name, 1)), 1);
	assert_int_equal(X509_NAME_ENTRY_set(X509_NAME_get_entry(name, 2)), 1);
	X509_NAME_free(name);
}

#define NAME_OF_HOST \
	"expected the name of a host: letters, digits and - between dots, *. " \
	"only before it"
#define IN_ASCII \
	"expected the name of a host in ASCII: the A-label of others " \
	"(xn--..., RFC 5890)"
#define NO_KIND \
	" does not begin with DNS:, IP:, email:, URI: or UPN: (a comma in a " \
	"name is written \\,)"

static const struct {
	const char *list, *shown; /* as for subjects */
	int count;                /* 0: not good */
} altnames[] = {
    {.list = "DNS:a.example", .shown = "DNS:a.example", .count = 1},
    {.list = "dns:*.a.example", .shown = "DNS:*.a.example", .count = 1},
    {.list = "DNS:xn--hyv-0qa.example,DNS:a_b",
	.shown = "DNS:xn--hyv-0qa.example, DNS:a_b",
	.count = 2},
    {.list = "IP:192.0.2.1,ip:2001:db8::1",
	.shown = "IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1",
	.count = 2},
    {.list = "email:a@b.example, URI:urn:x",
	.shown = "email:a@b.example, URI:urn:x",
	.count = 2},
    {.list = "email:a.b+c@b.example",
	.shown = "email:a.b+c@b.example",
	.count = 1},
    {.list = "UPN:\xc3\xa4@b.example",
	.shown = "otherName:1.3.6.1.4.1.311.20.2.3:\"\xc3\xa4@b.example\"",
	.count = 1},
    {.list = "URI:http://a/\\,DNS:b.example",
	.shown = "URI:\"http://a/,DNS:b.example\"",
	.count = 1},
    {.list = "URI:http://a/,DNS:b.example",
	.shown = "URI:http://a/, DNS:b.example",
	.count = 2},
    {.list = "URI:http://u:p@[::1]:80/?a#b",
	.shown = "URI:\"http://u:p@[::1]:80/?a#b\"",
	.count = 1},
    {.list = "DNS:a,DNS:b,dns:A,DNS:a,URI:a:A,URI:a:a",
	.shown = "DNS:a, DNS:b, URI:a:A, URI:a:a",
	.count = 4},
    {.list = "URI:http://a:65535/%4a,URI:http://u:x@[::1]",
	.shown = "URI:http://a:65535/%4a, URI:http://u:x@[::1]",
	.count = 2},
    {.list = "IP:::1,UPN:a@b,IP:0:0::1,email:a@b,UPN:a@b",
	.shown = "IP Address:0:0:0:0:0:0:0:1, "
		 "otherName:1.3.6.1.4.1.311.20.2.3:a@b, email:a@b",
	.count = 3},
    {.list = "a.example", .shown = "a.example" NO_KIND, .count = 0},
    {.list = "RID:1.2.3", .shown = "RID:1.2.3" NO_KIND, .count = 0},
    {.list = " \t", .shown = "there is no name in it", .count = 0},
    {.list = "DNS:a,",
	.shown = "there is a comma, but no name next to it",
	.count = 0},
    {.list = ",DNS:a",
	.shown = "there is a comma, but no name next to it",
	.count = 0},
    {.list = "DNS:", .shown = "DNS:: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a\nb", .shown = "DNS:a\\x0ab: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a b", .shown = "DNS:a b: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a..b", .shown = "DNS:a..b: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a.", .shown = "DNS:a.: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:*", .shown = "DNS:*: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a.*.b", .shown = "DNS:a.*.b: " NAME_OF_HOST, .count = 0},
    {.list = "DNS:a\\,DNS:b",
	.shown = "DNS:a,DNS:b: " NAME_OF_HOST,
	.count = 0},
    {.list = "DNS:\xc3\xa4.example",
	.shown = "DNS:\xc3\xa4.example: " IN_ASCII,
	.count = 0},
    {.list = "DNS:1.2.3.4",
	.shown = "DNS:1.2.3.4: expected the name of a host; an address is "
		 "written IP:",
	.count = 0},
    {.list = "DNS:::1",
	.shown =
	    "DNS:::1: expected the name of a host; an address is written IP:",
	.count = 0},
    {.list = "IP:192.0.2.256",
	.shown = "IP:192.0.2.256: expected an IPv4 or IPv6 address",
	.count = 0},
    {.list = "IP:192.0.2.1 ",
	.shown = "IP:192.0.2.1 : expected an IPv4 or IPv6 address",
	.count = 0},
    {.list = "IP:[::1]",
	.shown = "IP:[::1]: expected an IPv4 or IPv6 address without brackets",
	.count = 0},
    {.list = "email:a", .shown = "email:a: expected user@host", .count = 0},
    {.list = "email:@b", .shown = "email:@b: expected user@host", .count = 0},
    {.list = "email:a@b@c",
	.shown = "email:a@b@c: expected user@host",
	.count = 0},
    {.list = "email:<a@b>",
	.shown = "email:<a@b>: expected user@host",
	.count = 0},
    {.list = "email:a@*.b",
	.shown = "email:a@*.b: expected user@host",
	.count = 0},
    {.list = "email:\xc3\xa4@b",
	.shown =
	    "email:\xc3\xa4@b: expected user@host in ASCII (RFC 5280, "
	    "4.2.1.6): the A-label of a host that is not (xn--..., RFC 5890)",
	.count = 0},
    {.list = "URI:foo",
	.shown = "URI:foo: expected an absolute URI: a scheme such as https: "
		 "before the rest (RFC 3986)",
	.count = 0},
    {.list = "URI:/x:y",
	.shown = "URI:/x:y: expected an absolute URI: a scheme such as https: "
		 "before the rest (RFC 3986)",
	.count = 0},
    {.list = "URI:a:",
	.shown = "URI:a:: expected an absolute URI: something after its scheme "
		 "(RFC 3986)",
	.count = 0},
    {.list = "URI:http://",
	.shown = "URI:http://: expected a URI with a host after // (RFC 5280, "
		 "4.2.1.6)",
	.count = 0},
    {.list = "URI:http://u@:80/",
	.shown = "URI:http://u@:80/: expected a URI with a host after // (RFC "
		 "5280, 4.2.1.6)",
	.count = 0},
    {.list = "URI:a:b c",
	.shown = "URI:a:b c: expected a URI of the characters of RFC 3986: all "
		 "others are written %XX",
	.count = 0},
    {.list = "URI:a:\xc3\xa4",
	.shown = "URI:a:\xc3\xa4: expected a URI of the characters of RFC "
		 "3986: all others are written %XX",
	.count = 0},
    {.list = "URI:http://a/%41%4",
	.shown = "URI:http://a/%41%4: expected a URI with two hexadecimal "
		 "digits after each % (RFC 3986, 2.1)",
	.count = 0},
    {.list = "URI:http://u:p@a:65536/",
	.shown = "URI:http://u:p@a:65536/: expected a URI with a port from 0 "
		 "to 65535",
	.count = 0},
    {.list = "URI:http://[::1]:x",
	.shown =
	    "URI:http://[::1]:x: expected a URI with a port from 0 to 65535",
	.count = 0},
    {.list = "UPN:a@b@c",
	.shown = "UPN:a@b@c: expected user@domain, in UTF-8 without control "
		 "characters",
	.count = 0},
    {.list = "UPN:a",
	.shown =
	    "UPN:a: expected user@domain, in UTF-8 without control characters",
	.count = 0},
    {.list = "UPN:a@b\xe2\x80\xae",
	.shown = "UPN:a@b\\xe2\\x80\\xae: expected user@domain, in UTF-8 "
		 "without control characters",
	.count = 0},
    {.list = "DNS:a\\",
	.shown = "there is nothing after the backslash",
	.count = 0},
};

static void test_altnames_are_read_or_refused(void **state)
{
	struct problem problem;
	struct buf text = {0};
	GENERAL_NAMES *names;
	size_t i;

	(void)state;
	for (EACH_ROW(i, altnames, altnames[i].list)) {
		names = GENERAL_NAMES_new();
		text.len = 0;
		if (altname_list_add(names, altnames[i].list, &problem)) {
			assert_true(
			    altname_list_drop_repeated(names, &problem));
			assert_true(
			    altnames_add_missing(&text, names, NULL, NULL));
			assert_string_equal(
			    altnames[i].shown, buf_string(&text));
			assert_int_equal(
			    altnames[i].count, sk_GENERAL_NAME_num(names));
		} else {
			assert_string_equal(altnames[i].shown, problem.text);
			assert_int_equal(altnames[i].count, 0);
		}
		GENERAL_NAMES_free(names);
	}
	buf_free(&text);
}

/* Labels of up to 63 characters, 253 in all (RFC 1035, 2.3.4). */
static void test_host_names_are_bounded(void **state)
{
	char label[80] = "DNS:", name[300] = "DNS:";
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	struct problem problem;
	int i;

	(void)state;
	memset(label + 4, 'a', 63);
	assert_true(altname_list_add(names, label, &problem));
	label[4 + 63] = 'a';
	assert_false(altname_list_add(names, label, &problem));
	assert_non_null(strstr(problem.text,
	    ": expected at most 63 characters between two dots (RFC 1035"));
	for (i = 0; i < 253; i++)
		name[4 + i] = i % 2 == 0 ? 'a' : '.';
	assert_true(altname_list_add(names, name, &problem));
	memcpy(name + 4 + 253, ".a", 3);
	assert_false(altname_list_add(names, name, &problem));
	assert_non_null(strstr(
	    problem.text, ": expected at most 253 characters (RFC 1035"));
	GENERAL_NAMES_free(names);
}

/* An address has up to 254 characters (RFC 5321, 4.5.3.1.3). */
static void test_addresses_are_bounded(void **state)
{
	char address[300] = "email:";
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	struct problem problem;

	(void)state;
	memset(address + 6, 'a', 253);
	memcpy(address + 6 + 252, "@b", 2);
	assert_true(altname_list_add(names, address, &problem));
	memcpy(address + 6 + 252, "a@b", 3);
	assert_false(altname_list_add(names, address, &problem));
	assert_non_null(strstr(
	    problem.text, ": expected at most 254 characters (RFC 5321"));
	GENERAL_NAMES_free(names);
}

/* The names of a certificate for many hosts, each given twice. */
static void test_many_altnames_take_little_time(void **state)
{
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	struct problem problem;
	char item[40];
	int i;

	(void)state;
	for (i = 0; i < 8000; i++) {
		snprintf(item, sizeof(item), "DNS:h%d.example", i % 4000);
		assert_true(altname_list_add(names, item, &problem));
	}
	assert_true(altname_list_drop_repeated(names, &problem));
	assert_int_equal(sk_GENERAL_NAME_num(names), 4000);
	for (i = 0; i < 4000; i++) {
		snprintf(item, sizeof(item), "h%d.example", i);
		assert_string_equal(item,
		    (const char *)ASN1_STRING_get0_data(
			sk_GENERAL_NAME_value(names, i)->d.dNSName));
	}
	GENERAL_NAMES_free(names);
}

static void test_oids_are_read_or_refused(void **state)
{
	static const char *const good[] = {
	    "2.5", "1.2.3.0", "2.999.1", "1.2.99999999999999999999"};
	static const char *const bad[] = {"", "1", "1.", "1.2.", ".1.2", "1..2",
	    "1.02", "3.1", "1.40", "1.2 ", "1.2.a", "-1.2", "1.2 840"};
	ASN1_OBJECT *object;
	char text[40];
	size_t i;

	(void)state;
	for (EACH_ROW(i, good, good[i])) {
		assert_non_null(object = oid_parse(good[i]));
		OBJ_obj2txt(text, sizeof(text), object, 1);
		assert_string_equal(text, good[i]);
		ASN1_OBJECT_free(object);
	}
	for (EACH_ROW(i, bad, bad[i]))
		assert_null(oid_parse(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_subjects_are_read_or_refused),
	    cmocka_unit_test(test_a_value_has_as_many_characters_as_allowed),
	    cmocka_unit_test(test_attributes_are_joined_in_one_rdn),
	    cmocka_unit_test(test_altnames_are_read_or_refused),
	    cmocka_unit_test(test_host_names_are_bounded),
	    cmocka_unit_test(test_addresses_are_bounded),
	    cmocka_unit_test(test_many_altnames_take_little_time),
	    cmocka_unit_test(test_oids_are_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
