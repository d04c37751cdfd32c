/* Unit test of scep/caps.c: the capabilities of a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "pki/algs.h"
#include "scep/caps.h"
#include "util/log.h"

#define CAPS_ALL 2047u

static const struct {
	const char *text;
	size_t len;
	unsigned int caps;
} answers[] = {
    {.text = "", .len = 0, .caps = 0},
    {.text = "AES", .len = 3, .caps = CAP_AES},
    {.text = "AES\n", .len = 4, .caps = CAP_AES},
    {.text = "aes\r\ndes3\r\n", .len = 11, .caps = CAP_AES | CAP_DES3},
    {.text = "aEs \t\r\n \tDES3\t \n", .len = 16, .caps = CAP_AES | CAP_DES3},
    {.text = "\n\n\r\nSHA-1\n\n", .len = 11, .caps = CAP_SHA1},
    {.text = "POSTPKIOperation\nRenewal",
	.len = 24,
	.caps = CAP_POSTPKIOPERATION | CAP_RENEWAL},
    {.text = "postpkioperation\nRENEWAL\n",
	.len = 25,
	.caps = CAP_POSTPKIOPERATION | CAP_RENEWAL},
    {.text = "SHA-1\nSHA-224\nSHA-256\nSHA-384\nSHA-512",
	.len = 37,
	.caps = CAP_SHA1 | CAP_SHA224 | CAP_SHA256 | CAP_SHA384 | CAP_SHA512},
    {.text = "GetNextCACert\nSCEPStandard\n",
	.len = 27,
	.caps = CAP_GETNEXTCACERT | CAP_SCEPSTANDARD},
    {.text = "AES\nAES\nAES\n", .len = 12, .caps = CAP_AES},
    /* Unknown keywords, and ones that only resemble known ones. */
    {.text = "AES\nUpdate\nSHA-3\n", .len = 17, .caps = CAP_AES},
    {.text = "AES128\nAE\nXAES\nAES,DES3\nAES DES3\n", .len = 33, .caps = 0},
    {.text = "SHA\nSHA-\nSHA-25\nSHA-2566\n", .len = 25, .caps = 0},
    {.text = "AES\0\nDES3\n", .len = 10, .caps = CAP_DES3},
    {.text = "\0AES\nAE\0\nSHA-1\n\0", .len = 16, .caps = CAP_SHA1},
    {.text = "<html>\nAES\n</html>", .len = 18, .caps = CAP_AES},
    {.text = "\xff\xfe\xc3\xa4\nDES3", .len = 9, .caps = CAP_DES3},
};

static void test_a_list_of_capabilities_is_read(void **state)
{
	static const struct {
		const char *list;
		unsigned int caps;
		const char *bad; /* or NULL */
	} rows[] = {
	    {.list = "AES", .caps = CAP_AES},
	    {.list = "aes,sha-256", .caps = CAP_AES | CAP_SHA256},
	    {.list = " AES , POSTPKIOperation\tSHA-1,",
		.caps = CAP_AES | CAP_POSTPKIOPERATION | CAP_SHA1},
	    {.list = "SCEPStandard", .caps = CAP_SCEPSTANDARD},
	    {.list = "DES3 GetNextCACert Renewal SHA-224 SHA-384 SHA-512",
		.caps = CAP_DES3 | CAP_GETNEXTCACERT | CAP_RENEWAL |
		    CAP_SHA224 | CAP_SHA384 | CAP_SHA512},
	    {.list = ",", .caps = 0},
	    {.list = "AES,SHA256,x", .caps = 0, .bad = "SHA256,x"},
	    {.list = "AESX", .caps = 0, .bad = "AESX"},
	    {.list = "AES;SHA-1", .caps = 0, .bad = "AES;SHA-1"},
	};
	const char *bad = NULL;
	unsigned int caps;
	size_t i, len;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].list)) {
		if (caps_parse_list(&caps, rows[i].list, &bad, &len)) {
			assert_null(rows[i].bad);
			assert_int_equal(caps, rows[i].caps);
		} else {
			assert_non_null(rows[i].bad);
			assert_string_equal(bad, rows[i].bad);
			assert_int_equal(len, strcspn(bad, ","));
		}
	}
}

static void test_caps_parse(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(caps_parse(NULL, 0), 0);
	for (EACH_ROW(i, answers, answers[i].text)) {
		/* Of its own length, so that reading on is found. */
		char *copy = malloc(answers[i].len + (answers[i].len == 0));
		unsigned int caps;

		memcpy(copy, answers[i].text, answers[i].len);
		caps = caps_parse(copy, answers[i].len);
		free(copy);
		if (caps != answers[i].caps)
			fixture_fail(
			    "%#x, expected %#x", caps, answers[i].caps);
	}
}

static void test_unknown_capabilities_are_skipped(void **state)
{
	unsigned int caps;
	const char *text;

	(void)state;
	capture_start(STDERR_FILENO);
	caps = caps_parse("AES\n\033[31mx\n", 11);
	text = capture_stop();
	assert_int_equal(caps, CAP_AES);
	assert_string_equal(text, "");
	log_set_level(LOG_VERBOSE);
	capture_start(STDERR_FILENO);
	caps = caps_parse("AES\n\033[31mx\n", 11);
	text = capture_stop();
	log_set_level(LOG_WARNING);
	assert_int_equal(caps, CAP_AES);
	assert_string_equal(text, "sscep: unknown capability \\x1b[31mx\n");
}

static void test_keywords_are_found(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} rows[] = {
	    {.text = ""},
	    {.text = " \r\n"},
	    {.text = "Sign in"},
	    {.text = "<p>AES</p>\nwe like SHA-256\nAES128\n"},
	    {.text = "AES\n", .has = true},
	    {.text = "<html>\nAES\n</html>", .has = true},
	    {.text = "<html>\r\n \taes \r\n", .has = true},
	    {.text = "<html>\nSCEPStandard", .has = true},
	};
	size_t i;

	(void)state;
	assert_false(caps_has_keyword(NULL, 0));
	for (EACH_ROW(i, rows, rows[i].text)) {
		/* Of its own length, so that reading on is found. */
		size_t len = strlen(rows[i].text);
		char *copy = malloc(len + (len == 0));
		bool has;

		memcpy(copy, rows[i].text, len);
		has = caps_has_keyword(copy, len);
		free(copy);
		if (has != rows[i].has)
			fixture_fail("a keyword: not %d", rows[i].has);
	}
}

/* Returns the error about an answer, or "" if it is a list. */
static const char *checked(const char *text, bool page)
{
	enum status st;
	const char *said;

	capture_start(STDERR_FILENO);
	st = caps_check(text, strlen(text), page);
	said = capture_stop();
	assert_int_equal(st, *said != '\0' ? ST_NETWORK : ST_OK);
	return said;
}

static void test_caps_check(void **state)
{
	const char *said;

	(void)state;
	assert_string_equal(checked("", false), "");
	assert_string_equal(checked("AES\r\nSHA-1", false), "");
	assert_string_equal(checked(" \n", true), "");
	assert_string_equal(checked("AES\nSHA-1", true), "");
	assert_string_equal(checked("what is this?", false), "");
	assert_string_equal(checked("AES\n\x01", false),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\\x0a\\x01\"\n");
	assert_string_equal(checked("AES\n<b>", false),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\\x0a<b>\"\n");
	assert_string_equal(checked("<html>\nAES\n</html>", true),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\"\n");
	said = checked("<html></html>", true);
	assert_non_null(strstr(said, "capabilities, a page: a captive"));
	said = checked("Sign in", true);
	assert_non_null(strstr(said, ": \"Sign in\", a page: "));
	said = checked("\n\n <title>Sign in</title>", true);
	assert_non_null(strstr(said, ": \"Sign in\", a page: "));
	assert_non_null(strstr(said, "captive portal"));
	assert_non_null(strstr(said, "--capabilities"));
}

static void test_scepstandard_implies_capabilities(void **state)
{
	static const unsigned int implied =
	    CAP_AES | CAP_POSTPKIOPERATION | CAP_SHA256 | CAP_SCEPSTANDARD;
	unsigned int bit;

	(void)state;
	for (bit = 1; bit < CAPS_ALL; bit <<= 1) {
		assert_true(caps_have(bit, (enum cap)bit));
		assert_false(caps_have(0, (enum cap)bit));
		assert_false(
		    caps_have(CAPS_ALL & ~bit & ~(unsigned int)CAP_SCEPSTANDARD,
			(enum cap)bit));
		assert_int_equal(caps_have(CAP_SCEPSTANDARD, (enum cap)bit),
		    (implied & bit) != 0);
	}
}

static void test_capabilities_are_put_in_words(void **state)
{
	static const struct {
		unsigned int caps;
		const char *text;
	} texts[] = {
	    {.caps = 0, .text = "none"},
	    {.caps = CAP_SCEPSTANDARD, .text = "SCEPStandard"},
	    {.caps = CAP_SHA256 | CAP_AES, .text = "AES, SHA-256"},
	    {.caps = CAPS_ALL,
		.text =
		    "AES, DES3, GetNextCACert, POSTPKIOperation, Renewal, "
		    "SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SCEPStandard"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, texts, texts[i].text)) {
		struct buf b = {0};

		assert_true(caps_add_text(&b, texts[i].caps));
		assert_string_equal(buf_string(&b), texts[i].text);
		buf_free(&b);
	}
}

static void test_unknown_capabilities_are_listed(void **state)
{
	static const struct {
		const char *caps, *text;
	} texts[] = {
	    {.caps = "", .text = ""},
	    {.caps = "AES\nSHA-256\r\nSCEPStandard", .text = ""},
	    {.caps = "Foo", .text = "Foo"},
	    {.caps = "AES\r\nFoo\r\n\r\nPOSTPKIOperation\nBar baz\n",
		.text = "Foo, Bar baz"},
	    {.caps = "A\033B\nAES", .text = "A\\x1bB"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, texts, texts[i].caps)) {
		struct buf b = {0};

		assert_true(
		    caps_add_unknown(&b, texts[i].caps, strlen(texts[i].caps)));
		assert_string_equal(buf_string(&b), texts[i].text);
		buf_free(&b);
	}
}

static void test_the_best_algorithms_are_chosen(void **state)
{
	static const struct {
		const char *name;
		unsigned int caps;
		const char *digest, *cipher;
	} bests[] = {
	    {.name = "nothing", .caps = 0},
	    {.name = "none of an algorithm",
		.caps = CAP_RENEWAL | CAP_POSTPKIOPERATION},
	    {.name = "SHA-1", .caps = CAP_SHA1, .digest = "sha1"},
	    {.name = "SHA-224 and SHA-1",
		.caps = CAP_SHA1 | CAP_SHA224,
		.digest = "sha224"},
	    {.name = "SHA-256 and less",
		.caps = CAP_SHA256 | CAP_SHA224 | CAP_SHA1,
		.digest = "sha256"},
	    {.name = "SHA-384 and SHA-256",
		.caps = CAP_SHA384 | CAP_SHA256,
		.digest = "sha384"},
	    {.name = "all",
		.caps = CAPS_ALL,
		.digest = "sha512",
		.cipher = "aes128"},
	    {.name = "DES3", .caps = CAP_DES3, .cipher = "3des"},
	    {.name = "DES3 and AES",
		.caps = CAP_DES3 | CAP_AES,
		.cipher = "aes128"},
	    {.name = "SCEPStandard",
		.caps = CAP_SCEPSTANDARD,
		.digest = "sha256",
		.cipher = "aes128"},
	    {.name = "SCEPStandard and less",
		.caps = CAP_SCEPSTANDARD | CAP_DES3 | CAP_SHA1,
		.digest = "sha256",
		.cipher = "aes128"},
	    {.name = "SCEPStandard and SHA-512",
		.caps = CAP_SCEPSTANDARD | CAP_SHA512,
		.digest = "sha512",
		.cipher = "aes128"},
	};
	const char *digest, *cipher;
	size_t i;

	(void)state;
	for (EACH_ROW(i, bests, bests[i].cipher)) {
		digest = caps_best_digest(bests[i].caps);
		cipher = caps_best_cipher(bests[i].caps);
		if (bests[i].digest == NULL) {
			assert_null(digest);
		} else {
			assert_string_equal(digest, bests[i].digest);
			assert_non_null(algs_find_digest(digest));
		}
		if (bests[i].cipher == NULL) {
			assert_null(cipher);
		} else {
			assert_string_equal(cipher, bests[i].cipher);
			assert_non_null(algs_find_cipher(cipher));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_caps_parse),
	    cmocka_unit_test(test_a_list_of_capabilities_is_read),
	    cmocka_unit_test(test_unknown_capabilities_are_skipped),
	    cmocka_unit_test(test_keywords_are_found),
	    cmocka_unit_test(test_caps_check),
	    cmocka_unit_test(test_scepstandard_implies_capabilities),
	    cmocka_unit_test(test_capabilities_are_put_in_words),
	    cmocka_unit_test(test_unknown_capabilities_are_listed),
	    cmocka_unit_test(test_the_best_algorithms_are_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
