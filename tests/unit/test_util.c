/* Unit test of src/util: growing bytes, messages, files. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "fixtures.h"
#include "util/attributes.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/json.h"
#include "util/log.h"
#include "util/output.h"
#include "util/target.h"
#include "util/temporary.h"
#include "util/writers.h"

#define NOBODY 65534

/* The block that is examined when it is freed, and the result. */
static struct watch {
	const void *block;
	size_t len;
	bool freed, wiped;
} watch;

static void *watched_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return malloc(size);
}

static void *watched_realloc(void *p, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return realloc(p, size);
}

static void watched_free(void *p, const char *file, int line)
{
	const unsigned char *bytes = p;
	size_t i;

	(void)file;
	(void)line;
	if (p != NULL && p == watch.block) {
		watch.freed = watch.wiped = true;
		for (i = 0; i < watch.len; i++)
			watch.wiped = watch.wiped && bytes[i] == 0;
		watch.block = NULL;
	}
	free(p);
}

static void watch_block(const struct buf *b)
{
	watch.block = b->data;
	watch.len = b->len;
	watch.freed = watch.wiped = false;
}

static void test_a_buffer_grows(void **state)
{
	struct buf b = {0};
	unsigned char byte;
	size_t i;

	(void)state;
	for (i = 0; i < 3000; i++) {
		byte = (unsigned char)i;
		assert_true(buf_add(&b, &byte, 1));
		assert_int_equal(b.len, i + 1);
		assert_true(b.size > b.len);
		assert_int_equal(b.data[b.len], 0);
	}
	for (i = 0; i < b.len; i++)
		assert_int_equal(b.data[i], (unsigned char)i);
	assert_true(buf_reserve(&b, 1 << 20));
	assert_true(b.size > b.len + (1 << 20));
	assert_int_equal(b.len, 3000);
	assert_int_equal(b.data[2999], (unsigned char)2999);
	assert_int_equal(b.data[3000], 0);
	buf_free(&b);
	assert_null(b.data);
	assert_int_equal(b.len, 0);
	assert_int_equal(b.size, 0);
	buf_free(&b);
}

static void test_empty_and_huge_buffers_are_no_trouble(void **state)
{
	struct buf b = {0}, before;

	(void)state;
	assert_string_equal(buf_string(&b), "");
	assert_true(buf_add(&b, NULL, 0));
	assert_string_equal(buf_string(&b), "");
	buf_free(&b);
	assert_true(buf_reserve(&b, 10));
	assert_int_equal(buf_string(&b)[0], '\0');
	assert_true(buf_add_string(&b, "0123456789"));
	before = b;
	assert_false(buf_reserve(&b, SIZE_MAX));
	assert_false(buf_reserve(&b, SIZE_MAX - 5));
	assert_false(buf_reserve(&b, SIZE_MAX - 10));
	assert_memory_equal(&b, &before, sizeof(b));
	assert_string_equal(buf_string(&b), "0123456789");
	buf_free(&b);
}

static void test_formatted_text_is_added(void **state)
{
	static char text[1000];
	struct buf b = {0};
	size_t i;

	(void)state;
	assert_true(buf_addf(&b, "%s", ""));
	assert_int_equal(b.len, 0);
	assert_string_equal(buf_string(&b), "");
	assert_true(buf_addf(&b, "%d-%s", 7, "x"));
	assert_true(buf_addf(&b, "%%%c", 'c'));
	assert_string_equal(buf_string(&b), "7-x%c");
	buf_free(&b);
	/* Every length around the first size. */
	memset(text, 'a', sizeof(text));
	for (i = 250; i < 260; i++) {
		assert_true(buf_addf(&b, "%.*s", (int)i, text));
		assert_int_equal(b.len, i);
		assert_int_equal(strlen(buf_string(&b)), i);
		buf_free(&b);
	}
	for (i = 0; i < 100; i++)
		assert_true(buf_addf(&b, "%.*s", 999, text));
	assert_int_equal(strlen(buf_string(&b)), 99900);
	assert_int_equal(b.len, 99900);
	buf_free(&b);
}

static void test_a_buffer_is_wiped_when_it_grows(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_true(buf_add_string(&b, "secret, and more secret"));
	watch_block(&b);
	assert_true(buf_reserve(&b, 100000));
	assert_true(watch.freed);
	assert_true(watch.wiped);
	watch_block(&b);
	buf_free(&b);
	assert_true(watch.freed);
	assert_true(watch.wiped);
}

static const struct escape {
	const char *text;
	size_t len;
	const char *want;
} escapes[] = {
    {.text = "", .len = 0, .want = ""},
    {.text = "plain text~ \"'\\", .len = 15, .want = "plain text~ \\\"'\\\\"},
    {.text = "\\x1b\x1b", .len = 5, .want = "\\\\x1b\\x1b"},
    {.text = "\0a", .len = 2, .want = "\\x00a"},
    {.text = "a\tb\r\nc", .len = 6, .want = "a\\x09b\\x0d\\x0ac"},
    {.text = "\033[2J", .len = 4, .want = "\\x1b[2J"},
    {.text = "\177", .len = 1, .want = "\\x7f"},
    {.text = "\x80\x9f\xff\xfe", .len = 4, .want = "\\x80\\x9f\\xff\\xfe"},
    /* Letters of two and three bytes. */
    {.text = "\xc3\xa4\xc3\x9f", .len = 4, .want = "\xc3\xa4\xc3\x9f"},
    {.text = "\xd0\x96", .len = 2, .want = "\xd0\x96"},
    {.text = "\xe4\xb8\xad", .len = 3, .want = "\xe4\xb8\xad"},
    {.text = "\xe3\x81\x82!", .len = 4, .want = "\xe3\x81\x82!"},
    /* Control character U+009B, overlong forms. */
    {.text = "\xc2\x9b", .len = 2, .want = "\\xc2\\x9b"},
    {.text = "\xc0\xaf", .len = 2, .want = "\\xc0\\xaf"},
    {.text = "\xc1\xbf", .len = 2, .want = "\\xc1\\xbf"},
    {.text = "\xe0\x80\xaf", .len = 3, .want = "\\xe0\\x80\\xaf"},
    /* Surrogate, right-to-left override U+202E, byte order mark. */
    {.text = "\xed\xa0\x80", .len = 3, .want = "\\xed\\xa0\\x80"},
    {.text = "\xe2\x80\xae", .len = 3, .want = "\\xe2\\x80\\xae"},
    /* Arabic letter mark, U+061C; the letter beside it. */
    {.text = "\xd8\x9c\xd8\xa7", .len = 4, .want = "\\xd8\\x9c\xd8\xa7"},
    {.text = "\xef\xbb\xbf", .len = 3, .want = "\\xef\\xbb\\xbf"},
    /* Four bytes: U+1F600, U+E0001; private use, a noncharacter. */
    {.text = "\xf0\x9f\x98\x80", .len = 4, .want = "\xf0\x9f\x98\x80"},
    {.text = "\xf3\xa0\x80\x81", .len = 4, .want = "\\xf3\\xa0\\x80\\x81"},
    {.text = "\xee\x80\x80", .len = 3, .want = "\\xee\\x80\\x80"},
    {.text = "\xef\xbf\xbf", .len = 3, .want = "\\xef\\xbf\\xbf"},
    /* Truncated sequences; wrong continuation bytes. */
    {.text = "\xc3", .len = 1, .want = "\\xc3"},
    {.text = "\xe4\xb8", .len = 2, .want = "\\xe4\\xb8"},
    {.text = "\xc3(", .len = 2, .want = "\\xc3("},
    {.text = "\xe4\xb8(", .len = 3, .want = "\\xe4\\xb8("},
    {.text = "\xe4\xc3\xa4", .len = 3, .want = "\\xe4\xc3\xa4"},
    {.text = "\xa4", .len = 1, .want = "\\xa4"},
};

static void test_characters_that_act_are_escaped(void **state)
{
	char out[100];
	size_t i;

	(void)state;
	for (EACH_ROW(i, escapes, escapes[i].want)) {
		const struct escape *e = &escapes[i];
		/* A block of exactly this length, so that reading past it is found. */
		char *text = malloc(e->len + (e->len == 0));

		assert_non_null(text);
		memcpy(text, e->text, e->len);
		assert_ptr_equal(
		    log_escape(out, sizeof(out), text, e->len), out);
		assert_string_equal(out, e->want);
		free(text);
	}
}

/* The code point in UTF-8; how many bytes. */
static size_t encode(char out[5], unsigned long code)
{
	static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
	size_t i, len = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;

	if (code > 0xffff)
		len = 4;
	memset(out, 0, 5);
	for (i = len - 1; i > 0; i--, code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)(lead[len == 1 ? 0 : len] | code);
	return len;
}

static bool is_quoted(const char *text, size_t len)
{
	char out[40];

	return strncmp(log_escape(out, sizeof(out), text, len), "\\x", 2) == 0;
}

/* What is not in the list of one is not in that of the other: there is one. */
static void test_hidden_characters_are_the_same_everywhere(void **state)
{
	struct buf json = {0};
	unsigned long code;
	char text[5];
	size_t len;

	(void)state;
	for (code = 1; code <= 0x10ffff; code++) {
		if (code == '"' || code == '\\' ||
		    (code >= 0xd800 && code < 0xe000))
			continue;
		len = encode(text, code);
		json.len = 0;
		assert_true(json_add_string(&json, text));
		if (is_quoted(text, len) !=
		    (strstr(buf_string(&json), "\\u") != NULL))
			assert_int_equal(code, 0);
	}
	json.len = 0;
	assert_true(json_add_string(&json, "\xf0\x9d\x85\xb3\xf3\xa0\x80\x81"));
	assert_string_equal(
	    buf_string(&json), "\"\\ud834\\udd73\\udb40\\udc01\"");
	buf_free(&json);
}

/* The first and the last of each range that a terminal may obey or not show. */
static void test_hidden_characters_are_escaped(void **state)
{
	static const unsigned long ranges[][2] = {
	    {0x1, 0x1f},
	    {0x7f, 0x9f},
	    {0xad, 0xad},
	    {0x34f, 0x34f},
	    {0x600, 0x605},
	    {0x61c, 0x61c},
	    {0x6dd, 0x6dd},
	    {0x70f, 0x70f},
	    {0x890, 0x891},
	    {0x8e2, 0x8e2},
	    {0x115f, 0x1160},
	    {0x1680, 0x1680},
	    {0x17b4, 0x17b5},
	    {0x180b, 0x180f},
	    {0x200b, 0x200f},
	    {0x2028, 0x202e},
	    {0x2060, 0x206f},
	    {0x2800, 0x2800},
	    {0x3164, 0x3164},
	    {0xe000, 0xf8ff},
	    {0xfdd0, 0xfdef},
	    {0xfe00, 0xfe0f},
	    {0xfeff, 0xfeff},
	    {0xffa0, 0xffa0},
	    {0xfff0, 0xfffc},
	    {0xfffe, 0xffff},
	    {0x110bd, 0x110bd},
	    {0x110cd, 0x110cd},
	    {0x13430, 0x1343f},
	    {0x16fe4, 0x16fe4},
	    {0x1bca0, 0x1bca3},
	    {0x1d159, 0x1d159},
	    {0x1d173, 0x1d17a},
	    {0x1fffe, 0x1ffff},
	    {0xe0000, 0xe0fff},
	    {0xf0000, 0x10ffff},
	};
	static const unsigned long seen[] = {0x20, 0x7e, 0xae, 0xe4, 0x350,
	    0x606, 0x627, 0x1161, 0x2010, 0x201c, 0x2027, 0x2070, 0x2801,
	    0x3042, 0x4e2d, 0xac00, 0xfffd, 0x10000, 0x1f600, 0x20000};
	unsigned long code;
	char text[5];
	size_t i;

	(void)state;
	for (EACH_ROW(i, ranges, NULL))
		for (code = ranges[i][0]; code <= ranges[i][1]; code++)
			if (!is_quoted(text, encode(text, code)))
				assert_int_equal(code, 0);
	for (EACH_ROW(i, seen, NULL))
		if (is_quoted(text, encode(text, seen[i])))
			assert_int_equal(seen[i], 0);
}

/* A letter of each length, two bytes that are escaped, and more letters. */
static const char mixed[] = "a\xc3\xa4\xe4\xb8\xad\x01z\xff"
			    "0123456789012345678901234567890";

/*
 * For every size of the output: it ends with a NUL; it is the whole text if
 * there is room, else its beginning followed by "...".
 */
static void test_escaped_text_fits_any_size(void **state)
{
	static const char dots[] = "...";
	size_t i, size, len;
	char whole[200], *out;

	(void)state;
	for (i = 0; i < sizeof(mixed); i++) {
		log_escape(whole, sizeof(whole), mixed, i);
		for (size = 1; size < sizeof(mixed) + 20; size++) {
			assert_non_null(out = malloc(size));
			log_escape(out, size, mixed, i);
			assert_non_null(memchr(out, '\0', size));
			len = strlen(out);
			if (strlen(whole) < size) {
				assert_string_equal(out, whole);
			} else if (size <= sizeof(dots)) {
				assert_memory_equal(out, dots, len);
			} else {
				assert_true(len >= 3);
				assert_string_equal(out + len - 3, "...");
				assert_memory_equal(out, whole, len - 3);
				/* It is at most one escape sequence shorter than possible. */
				assert_true(len + 4 >= size);
			}
			free(out);
		}
	}
}

/* What is escaped is only cut, never within an escape or a letter. */
static void test_quoted_text_is_cut_between_letters(void **state)
{
	static const struct {
		const char *text;
		size_t size;
		const char *want;
	} cuts[] = {
	    {.text = "", .size = 8, .want = ""},
	    {.text = "a\\x1b\\\"", .size = 16, .want = "a\\x1b\\\""},
	    {.text = "abcdefgh", .size = 8, .want = "abcd..."},
	    {.text = "abcdefg", .size = 8, .want = "abcdefg"},
	    {.text = "abc\\x1bdefgh", .size = 10, .want = "abc..."},
	    {.text = "abc\\\"\\\"xyz", .size = 8, .want = "abc..."},
	    {.text = "abc\xc3\xa4xyzxyz", .size = 8, .want = "abc..."},
	    {.text = "abc\\", .size = 8, .want = "abc\\"},
	    {.text = "abc\\x", .size = 8, .want = "abc\\x"},
	    {.text = "abcdef\xff\xff", .size = 9, .want = "abcdef\xff\xff"},
	};
	char out[20];
	size_t i;

	(void)state;
	for (EACH_ROW(i, cuts, cuts[i].want))
		assert_string_equal(
		    quote_cut(out, cuts[i].size, cuts[i].text), cuts[i].want);
}

static void test_text_is_told_from_other_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool text;
	} rows[] = {
	    {.bytes = "", .len = 0},
	    {.bytes = "error", .len = 5, .text = true},
	    {.bytes = "0", .len = 1, .text = true},
	    {.bytes = "0 errors\n", .len = 9, .text = true},
	    {.bytes = "b\xf6se", .len = 4, .text = true}, /* ISO 8859-1 */
	    {.bytes = "b\xc3\xb6se", .len = 5, .text = true},
	    {.bytes = "\xd0\x96\xd0\x96\xd0\x96", .len = 6, .text = true},
	    {.bytes = "\x1b[1mred", .len = 7, .text = true},
	    {.bytes = "a\0b", .len = 3},
	    {.bytes = "0\x82 a lot of letters", .len = 21},
	    {.bytes = "0\x80 a lot of letters", .len = 21},
	    {.bytes = "\xff\xfe<\0", .len = 4},
	    {.bytes = "\xfe\xff\0<", .len = 4},
	    {.bytes = "\xff\xfe a lot of letters", .len = 21},
	    {.bytes = "\x01\x02\x03\x04xx", .len = 6},
	    {.bytes =
		    "MIIKzAYJKoZIhvcNAQcCoIIKvTCCCrkCAQExDTALBglghkgBZQMEAgEw",
		.len = 56,
		.text = true},
	    {.bytes = "http://a.example/a/long/address/that/has/no/blank/in/it",
		.len = 55,
		.text = true},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].bytes))
		if (quote_is_text(rows[i].bytes, rows[i].len) != rows[i].text)
			fixture_fail("text: not %d", rows[i].text);
}

/* With a size of 0 nothing is written. */
static void test_without_room_nothing_is_written(void **state)
{
	char out[] = "untouched";

	(void)state;
	log_escape(out, 0, "abc", 3);
	assert_string_equal(out, "untouched");
	log_escape(out, 1, "abc", 3);
	assert_string_equal(out, "");
}

static void test_failures_are_printed_in_one_line(void **state)
{
	enum status st, st2;
	const char *text;

	(void)state;
	capture_start(STDERR_FILENO);
	st = fail(ST_REPLY, "%s: %d", "text", 42);
	st2 = fail(ST_ERROR, "again");
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	assert_int_equal(st2, ST_ERROR);
	assert_string_equal(text, "sscep: text: 42\nsscep: again\n");

	capture_start(STDERR_FILENO);
	errno = ENOENT;
	st = fail_errno(ST_FILE, "%s", "x.pem");
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_string_equal(text, "sscep: x.pem: No such file or directory\n");

	capture_start(STDERR_FILENO);
	st = fail_memory();
	text = capture_stop();
	assert_int_equal(st, ST_ERROR);
	assert_string_equal(text, "sscep: out of memory\n");

	log_set_program("./other");
	assert_string_equal(log_program(), "./other");
	capture_start(STDERR_FILENO);
	assert_int_equal(fail(ST_FILE, "x"), ST_FILE);
	text = capture_stop();
	log_set_program("sscep");
	assert_string_equal(text, "./other: x\n");
}

static void raise_errors(void)
{
	ERR_clear_error();
	ERR_PUT_error(ERR_LIB_ASN1, 0, ERR_R_PASSED_NULL_PARAMETER, "f", 1);
	ERR_PUT_error(ERR_LIB_PEM, 0, ERR_R_INTERNAL_ERROR, "f", 2);
}

static void test_errors_of_libcrypto_are_printed(void **state)
{
	enum status st;
	const char *text;

	(void)state;
	raise_errors();
	capture_start(STDERR_FILENO);
	st = fail_crypto(ST_SELFSIGNED, "%s failed", "it");
	text = capture_stop();
	assert_int_equal(st, ST_SELFSIGNED);
	assert_int_equal(ERR_peek_error(), 0);
	assert_string_equal(
	    text, "sscep: it failed: passed a null parameter\n");

	/* The error queue is empty, so nothing is appended. */
	capture_start(STDERR_FILENO);
	st = fail_crypto(ST_REPLY, "it failed");
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	assert_string_equal(text, "sscep: it failed\n");

	/* -d prints the whole error queue, also a reason without a text. */
	ERR_PUT_error(ERR_LIB_USER, 0, 99, "f", 1);
	ERR_PUT_error(ERR_LIB_PEM, 0, ERR_R_INTERNAL_ERROR, "f", 2);
	log_set_level(LOG_DEBUG);
	capture_start(STDERR_FILENO);
	st = fail_crypto(ST_REPLY, "it failed");
	text = capture_stop();
	log_set_level(LOG_WARNING);
	assert_int_equal(st, ST_REPLY);
	assert_int_equal(ERR_peek_error(), 0);
	assert_memory_equal(text, "sscep: it failed: unknown reason", 32);
	assert_non_null(strstr(text, "\nsscep: libcrypto: "));
	assert_non_null(strstr(text, "internal error"));
}

#ifndef HAVE_MALLOC_USABLE_SIZE

/* The memory of libcrypto is not watched there: its errors tell. */
static void test_a_lack_of_memory_is_printed(void **state)
{
	const char *text;
	enum status st;

	(void)state;
	ERR_clear_error();
	ERR_PUT_error(ERR_LIB_PEM, 0, ERR_R_MALLOC_FAILURE, "f", 1);
	capture_start(STDERR_FILENO);
	st = fail_crypto(ST_REPLY, "it failed");
	text = capture_stop();
	assert_int_equal(st, ST_ERROR);
	assert_string_equal(text, "sscep: out of memory\n");
}

#endif

/* A message longer than a line is cut; it stays one line, without overflow. */
static void test_long_messages_are_cut(void **state)
{
	static char long_text[5000];
	struct log_capture capture;
	const char *text;
	size_t cut;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	capture_start(STDERR_FILENO);
	errno = ENOENT;
	assert_int_equal(fail_errno(ST_FILE, "%s", long_text), ST_FILE);
	warn(WARN_LONG_GET, "%s", long_text);
	warn(WARN_NO_CHAIN, "%s", long_text);
	log_capture_begin(&capture);
	assert_int_equal(fail(ST_FILE, "%s", long_text), ST_FILE);
	log_capture_end(&capture);
	log_report(ST_FILE, capture.text);
	text = capture_stop();
	assert_memory_equal(text, "sscep: xxx", 10);
	for (cut = 0; text[cut] != '\0'; cut++)
		;
	assert_within(cut, 4 * 2000, 4 * 2100);
	assert_int_equal(text[cut - 1], '\n');
}

static void print_all(void)
{
	warn(WARN_CHAIN, "n");
	warn(WARN_NO_CHAIN, "%s", "w");
	verbose("v");
	debug("d");
	assert_int_equal(fail(ST_ERROR, "f"), ST_ERROR);
}

#define VERBOSE_LINES \
	"sscep: n [chain]\nsscep: warning: w [no-chain]\nsscep: v\n"

/* What is only information is printed with -v. */
static void test_levels_decide_what_is_printed(void **state)
{
	static const struct {
		const char *name;
		enum log_level level;
		const char *want;
	} levels[] = {
	    {.name = "errors", .level = LOG_ERROR, .want = "sscep: f\n"},
	    {.name = "warnings",
		.level = LOG_WARNING,
		.want = "sscep: warning: w [no-chain]\nsscep: f\n"},
	    {.name = "-v",
		.level = LOG_VERBOSE,
		.want = VERBOSE_LINES "sscep: f\n"},
	    {.name = "-d",
		.level = LOG_DEBUG,
		.want = VERBOSE_LINES "sscep: d\nsscep: f\n"},
	};
	const char *text;
	size_t i;

	(void)state;
	for (EACH_ROW(i, levels, levels[i].want)) {
		log_set_level(levels[i].level);
		assert_true(log_enabled(LOG_ERROR));
		assert_int_equal(
		    log_enabled(LOG_DEBUG), levels[i].level == LOG_DEBUG);
		capture_start(STDERR_FILENO);
		print_all();
		text = capture_stop();
		assert_string_equal(text, levels[i].want);
	}
	log_set_level(LOG_WARNING);
	capture_start(STDOUT_FILENO);
	capture_stop();
}

/* A text that is too long is cut, not its id. */
static void test_a_long_warning_keeps_its_id(void **state)
{
	static const char end[] = "x [long-get]\n";
	char *words = calloc(1, 2 * LOG_LINE_MAX);
	const char *text;

	(void)state;
	assert_non_null(words);
	memset(words, 'x', 2 * LOG_LINE_MAX - 1);
	capture_start(STDERR_FILENO);
	warn(WARN_LONG_GET, "%s", words);
	text = capture_stop();
	free(words);
	assert_true(strlen(text) > LOG_LINE_MAX);
	assert_true(strlen(text) < LOG_LINE_MAX + 64);
	assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void test_texts_are_removed_from_the_report(void **state)
{
	struct report report = {0};
	const struct buf *files = &report.lists[REPORT_FILES];

	(void)state;
	report_remove_string(&report, REPORT_FILES, "a");
	report_add_string(&report, REPORT_FILES, "a");
	report_remove_string(&report, REPORT_FILES, "a");
	assert_string_equal(buf_string(files), "");
	report_add_string(&report, REPORT_FILES, "x,\"a");
	report_add_string(&report, REPORT_FILES, "ab");
	report_add_string(&report, REPORT_FILES, "a");
	report_add_string(&report, REPORT_FILES, "b");
	report_remove_string(&report, REPORT_FILES, "a");
	assert_string_equal(buf_string(files), "\"x,\\\"a\",\"ab\",\"b\"");
	report_remove_string(&report, REPORT_FILES, "b");
	assert_string_equal(buf_string(files), "\"x,\\\"a\",\"ab\"");
	report_remove_string(&report, REPORT_FILES, "x,\"a");
	assert_string_equal(buf_string(files), "\"ab\"");
	assert_false(report.failed);
	report_free(&report);
}

/* Those of --no-warn are in the report, but not on stderr. */
static void test_silenced_warnings_are_in_the_report(void **state)
{
	bool silence[WARNING_COUNT] = {[WARN_LONG_GET] = true};
	const bool none[WARNING_COUNT] = {false};
	struct report report = {0};
	const char *text;

	(void)state;
	log_set_report(&report);
	capture_start(STDERR_FILENO);
	log_hold_warnings();
	warn(WARN_LONG_GET, "early");
	warn(WARN_NO_CHAIN, "held");
	warn(WARN_UNKNOWN_KEY, "%s", "");
	warn(WARN_CHAIN, "information");
	assert_int_equal(fail(ST_ERROR, "at once"), ST_ERROR);
	log_release_warnings(silence);
	memset(silence, 0, sizeof(silence));
	warn(WARN_LONG_GET, "late");
	log_hold_warnings();
	log_release_warnings(none);
	warn(WARN_LONG_GET, "again");
	text = capture_stop();
	log_set_report(NULL);
	assert_string_equal(text,
	    "sscep: at once\n"
	    "sscep: warning: held [no-chain]\n"
	    "sscep: warning:  [unknown-key]\n"
	    "sscep: warning: again [long-get]\n");
	text = buf_string(&report.lists[REPORT_WARNINGS]);
	assert_non_null(strstr(text, "early"));
	assert_non_null(strstr(text, "information"));
	assert_non_null(strstr(text, "late"));
	report_free(&report);
}

static void test_messages_are_captured(void **state)
{
	struct log_capture outer, inner;
	enum status st;
	const char *text;

	(void)state;
	/* The last failure is kept and not printed; a warning is printed. */
	capture_start(STDERR_FILENO);
	log_capture_begin(&outer);
	assert_int_equal(fail(ST_REPLY, "first"), ST_REPLY);
	st = fail(ST_NETWORK, "second");
	warn(WARN_NO_CHAIN, "between");
	log_capture_end(&outer);
	assert_int_equal(fail(ST_REPLY, "third"), ST_REPLY);
	log_report(ST_FILE, "");
	log_report(ST_FILE, outer.text);
	text = capture_stop();
	assert_int_equal(st, ST_NETWORK);
	assert_string_equal(outer.text, "second");
	assert_string_equal(text,
	    "sscep: warning: between [no-chain]\n"
	    "sscep: third\n"
	    "sscep: second\n");
	/* Inner captures do not change the outer one. */
	capture_start(STDERR_FILENO);
	log_capture_begin(&outer);
	assert_int_equal(fail(ST_REPLY, "outer"), ST_REPLY);
	log_capture_begin(&inner);
	assert_int_equal(fail(ST_REPLY, "inner"), ST_REPLY);
	log_capture_end(&inner);
	assert_string_equal(outer.text, "outer");
	assert_string_equal(inner.text, "inner");
	log_report(ST_FILE, inner.text);
	log_capture_end(&outer);
	assert_string_equal(outer.text, "inner");
	log_capture_begin(&inner);
	log_capture_end(&inner);
	text = capture_stop();
	assert_string_equal(inner.text, "");
	assert_string_equal(text, "");
}

static void test_results_go_to_stdout(void **state)
{
	const char *text;

	(void)state;
	capture_start(STDOUT_FILENO);
	say("pkistatus: %s", "SUCCESS");
	say_plain("  usage: %d", 1);
	log_set_quiet(true);
	say("hidden");
	say_plain("hidden");
	log_set_quiet(false);
	say("end");
	text = capture_stop();
	assert_string_equal(
	    text, "sscep: pkistatus: SUCCESS\n  usage: 1\nsscep: end\n");
	assert_int_equal(log_flush(), ST_OK);
}

/* In a child: it is an error when stdout cannot be written. */
static void test_an_unwritable_stdout_is_an_error(void **state)
{
	const char *text;
	int fd = open("/dev/full", O_WRONLY), st = 0;
	pid_t pid;

	(void)state;
	if (fd < 0)
		skip();
	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		if (dup2(fd, STDOUT_FILENO) < 0)
			fixture_exit(0);
		say("lost");
		fixture_exit((int)log_flush());
	}
	waitpid(pid, &st, 0);
	text = capture_stop();
	close(fd);
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), ST_FILE);
	assert_string_equal(text,
	    "sscep: cannot write to standard output: "
	    "No space left on device\n");
}

static void test_files_are_read(void **state)
{
	static const unsigned char bytes[] = "a\0b\n\xff";
	const char *path = fixture_path("file");
	struct buf b = {0};

	(void)state;
	fixture_write(path, bytes, sizeof(bytes) - 1);
	assert_int_equal(file_read(&b, path, "thing"), ST_OK);
	assert_int_equal(b.len, sizeof(bytes) - 1);
	assert_memory_equal(b.data, bytes, sizeof(bytes));
	buf_free(&b);
}

/* Sizes beside that of a step, and files that are longer than they say. */
static void test_files_of_any_size_are_read(void **state)
{
	static const off_t sizes[] = {1, 16382, 16383, 16384, 16385, 32768};
	const char *path = fixture_path("file");
	const char *unsaid = "/proc/self/status";
	struct buf b = {0};
	size_t i;

	(void)state;
	fixture_write(path, "x", 1);
	for (EACH_ROW(i, sizes, NULL)) {
		assert_int_equal(truncate(path, sizes[i]), 0);
		assert_int_equal(file_read(&b, path, "thing"), ST_OK);
		assert_int_equal(b.len, sizes[i]);
		buf_free(&b);
	}
	unlink(path);
	if (access(unsaid, R_OK) != 0)
		return;
	assert_int_equal(file_read(&b, unsaid, "thing"), ST_OK);
	assert_non_null(strstr(buf_string(&b), "ctxt_switches"));
	buf_free(&b);
}

/* Up to the limit, and one byte more. */
static void test_files_are_read_up_to_the_limit(void **state)
{
	const char *path = fixture_path("large"), *text;
	struct buf b = {0};
	enum status st;

	(void)state;
	fixture_write(path, "x", 1);
	assert_int_equal(truncate(path, FILE_READ_MAX), 0);
	assert_int_equal(file_read(&b, path, "thing"), ST_OK);
	assert_int_equal(b.len, FILE_READ_MAX);
	assert_int_equal(b.data[0], 'x');
	assert_int_equal(b.data[b.len], 0);
	buf_free(&b);
	assert_int_equal(truncate(path, FILE_READ_MAX + 1), 0);
	capture_start(STDERR_FILENO);
	st = file_read(&b, path, "thing");
	text = capture_stop();
	unlink(path);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "larger than 16777216 bytes"));
	assert_null(b.data);
}

static void test_unreadable_files_are_told(void **state)
{
	static const struct {
		const char *name, *says;
	} bad[] = {
	    {.name = "missing", .says = "cannot open: No such file"},
	    {.name = "empty", .says = "the file is empty"},
	    {.name = ".", .says = "cannot read: Is a directory"},
	    {.name = "empty/x", .says = "cannot open: Not a directory"},
	};
	char start[2000];
	const char *path, *text;
	struct buf b = {0};
	enum status st;
	size_t i;

	(void)state;
	fixture_write(fixture_path("empty"), "", 0);
	for (EACH_ROW(i, bad, bad[i].name)) {
		path = fixture_path(bad[i].name);
		capture_start(STDERR_FILENO);
		st = file_read(&b, path, "some thing");
		text = capture_stop();
		assert_int_equal(st, ST_FILE);
		snprintf(start, sizeof(start), "sscep: some thing %s: %s", path,
		    bad[i].says);
		assert_memory_equal(text, start, strlen(start));
		assert_null(b.data);
		assert_int_equal(b.len, 0);
	}
	unlink(fixture_path("empty"));
}

/* Makes an empty directory of that name. */
static const char *new_directory(const char *name)
{
	const char *path = fixture_path(name);

	fixture_remove(path);
	assert_int_equal(mkdir(path, 0755), 0);
	return path;
}

static void assert_content(const char *path, const char *want)
{
	struct buf b = {0};

	assert_int_equal(file_read(&b, path, "thing"), ST_OK);
	assert_string_equal(buf_string(&b), want);
	buf_free(&b);
}

static enum status write_file(const char *path, const void *bytes, size_t len)
{
	struct output output;
	enum status st = output_open(&output, path, NULL);

	if (st == ST_OK)
		st = output_write(&output, bytes, len);
	output_close(&output);
	return st;
}

static enum status check_file(const char *path)
{
	struct output output;
	enum status st = output_open(&output, path, NULL);

	output_close(&output);
	return st;
}

static bool file_exists(const char *path)
{
	bool exists;

	return file_find(&exists, path) == ST_OK && exists;
}

static mode_t mode_of(const char *path)
{
	struct stat sb;

	assert_int_equal(lstat(path, &sb), 0);
	return sb.st_mode;
}

static void test_a_new_file_is_written(void **state)
{
	const char *dir = new_directory("new");
	const char *path = fixture_path("new/file");
	mode_t before = umask(027);
	sigset_t all, now, then;

	(void)state;
	sigemptyset(&all);
	sigaddset(&all, SIGTERM);
	sigprocmask(SIG_BLOCK, &all, NULL);
	sigprocmask(SIG_BLOCK, NULL, &then);
	assert_int_equal(write_file(path, "one", 3), ST_OK);
	sigprocmask(SIG_BLOCK, NULL, &now);
	sigprocmask(SIG_UNBLOCK, &all, NULL);
	assert_int_equal(umask(before), 027);
	assert_content(path, "one");
	assert_int_equal(mode_of(path) & 07777, 0640);
	assert_int_equal(fixture_count_files(dir), 1);
	/* The signal mask is as before. */
	assert_true(sigismember(&now, SIGTERM));
	assert_false(sigismember(&now, SIGINT));
	assert_false(sigismember(&now, SIGHUP));
	assert_false(sigismember(&then, SIGINT));
	/* A file of 0 bytes can be written. */
	assert_int_equal(write_file(fixture_path("new/none"), "", 0), ST_OK);
	assert_int_equal(fixture_count_files(dir), 2);
}

static void test_a_file_is_replaced(void **state)
{
	static const mode_t modes[] = {0600, 0644, 0444, 0666};
	const char *dir = new_directory("replace");
	const char *path = fixture_path("replace/file");
	struct stat sb, old;
	size_t i;
	int fd;

	(void)state;
	for (EACH_ROW(i, modes, NULL)) {
		fixture_remove(path);
		fixture_write(path, "a longer one", 12);
		assert_int_equal(chmod(path, modes[i]), 0);
		fd = open(path, O_RDONLY);
		assert_true(fd >= 0);
		assert_int_equal(write_file(path, "two", 3), ST_OK);
		assert_content(path, "two");
		assert_int_equal(mode_of(path) & 07777, modes[i]);
		assert_int_equal(fixture_count_files(dir), 1);
		/* The file is replaced, not overwritten: the old inode is unchanged. */
		assert_int_equal(fstat(fd, &old), 0);
		assert_int_equal(stat(path, &sb), 0);
		assert_int_equal(old.st_size, 12);
		assert_true(old.st_ino != sb.st_ino);
		close(fd);
	}
}

static int guard_calls;

static enum status count_guard(const char *path)
{
	(void)path;
	guard_calls++;
	return ST_OK;
}

/* How often the guard is called if the file is written in between, or not. */
static int count_guards(bool written, bool in_that_second)
{
	const char *path = fixture_path("file.guarded");
	const struct timespec pause = {0, 20000000};
	struct output output;
	struct stat sb;

	fixture_write(path, "one", 3);
	assert_int_equal(stat(path, &sb), 0);
	while (!in_that_second && time(NULL) <= sb.st_ctime)
		nanosleep(&pause, NULL);
	guard_calls = 0;
	assert_int_equal(output_open(&output, path, count_guard), ST_OK);
	if (in_that_second)
		output.looked = output.target.status.st_ctime;
	if (written)
		fixture_write(path, "key", 3);
	assert_int_equal(output_write(&output, "two", 3), ST_OK);
	output_close(&output);
	return guard_calls;
}

/* A CRL is large: it is read once, unless something may have been written. */
static void test_a_replaced_file_is_read_once(void **state)
{
	(void)state;
	assert_int_equal(count_guards(false, false), 1);
	assert_int_equal(count_guards(true, false), 2);
	/* A change in the second of the look need not show in the status. */
	assert_int_equal(count_guards(true, true), 2);
	assert_int_equal(count_guards(false, true), 2);
}

static void test_a_link_is_written_through(void **state)
{
	const char *dir = new_directory("links");
	const char *link = fixture_path("links/link");
	const char *second = fixture_path("links/second");
	const char *file = fixture_path("links/real/file");

	(void)state;
	new_directory("links/real");
	fixture_write(file, "one", 3);
	assert_int_equal(chmod(file, 0600), 0);
	assert_int_equal(symlink("real/file", link), 0);
	assert_int_equal(symlink("link", second), 0);
	assert_int_equal(write_file(second, "two", 3), ST_OK);
	assert_true(S_ISLNK(mode_of(link)));
	assert_true(S_ISLNK(mode_of(second)));
	assert_true(S_ISREG(mode_of(file)));
	assert_int_equal(mode_of(file) & 07777, 0600);
	assert_content(file, "two");
	assert_int_equal(fixture_count_files(dir), 3);
	assert_int_equal(fixture_count_files(fixture_path("links/real")), 1);
}

/* A dangling link is followed, and its target is created. */
static void test_a_dangling_link_is_followed(void **state)
{
	const char *link, *file;
	enum status st;

	(void)state;
	new_directory("dangling");
	new_directory("dangling/real");
	link = fixture_path("dangling/link");
	file = fixture_path("dangling/real/file");
	assert_int_equal(symlink("real/file", link), 0);
	silence_start();
	st = write_file(link, "two", 3);
	silence_stop();
	assert_true(S_ISLNK(mode_of(link)));
	if (st == ST_OK)
		assert_content(file, "two");
	else
		assert_false(file_exists(file));
	assert_int_equal(fixture_count_files(fixture_path("dangling")), 2);
}

static void test_relative_paths_are_written(void **state)
{
	char before[4096];

	(void)state;
	new_directory("relative");
	new_directory("relative/sub");
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(fixture_path("relative")), 0);
	assert_int_equal(check_file("file"), ST_OK);
	assert_int_equal(write_file("file", "x", 1), ST_OK);
	assert_int_equal(write_file("./file", "y", 1), ST_OK);
	assert_int_equal(check_file("sub/file"), ST_OK);
	assert_int_equal(write_file("sub/file", "z", 1), ST_OK);
	assert_int_equal(chdir(before), 0);
	assert_content(fixture_path("relative/file"), "y");
	assert_content(fixture_path("relative/sub/file"), "z");
	assert_int_equal(fixture_count_files(fixture_path("relative")), 2);
}

static void test_devices_are_written(void **state)
{
	const char *fifo = fixture_path("fifo"), *text;
	enum status st;
	char got[8];
	int fd;

	(void)state;
	assert_int_equal(write_file("/dev/null", "abc", 3), ST_OK);
	assert_true(S_ISCHR(mode_of("/dev/null")));
	fixture_remove(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(write_file(fifo, "abc", 3), ST_OK);
	assert_int_equal(read(fd, got, sizeof(got)), 3);
	assert_memory_equal(got, "abc", 3);
	assert_true(S_ISFIFO(mode_of(fifo)));
	close(fd);
	unlink(fifo);
	if (access("/dev/full", W_OK) != 0)
		return;
	capture_start(STDERR_FILENO);
	st = write_file("/dev/full", "abc", 3);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_string_equal(
	    text, "sscep: /dev/full: cannot write: No space left on device\n");
}

/* Paths that cannot be written: check_file() reports them before. */
static void test_paths_that_cannot_be_written_are_told(void **state)
{
	static const struct {
		const char *name, *says;
	} bad[] = {
	    {"bad/dir", "is a directory"},
	    {"bad/missing/file", "there is no directory"},
	    {"bad/plain/file", "ot a directory"},
	};
	const char *dir = new_directory("bad"), *path, *text;
	enum status st;
	size_t i;

	(void)state;
	new_directory("bad/dir");
	fixture_write(fixture_path("bad/plain"), "x", 1);
	for (EACH_ROW(i, bad, bad[i].name)) {
		path = fixture_path(bad[i].name);
		capture_start(STDERR_FILENO);
		st = check_file(path);
		text = capture_stop();
		assert_int_equal(st, ST_FILE);
		assert_non_null(strstr(text, path));
		assert_non_null(strstr(text, bad[i].says));
		capture_start(STDERR_FILENO);
		st = write_file(path, "abc", 3);
		text = capture_stop();
		assert_int_equal(st, ST_FILE);
		assert_non_null(strstr(text, path));
		assert_non_null(strstr(text, bad[i].says));
		assert_int_equal(fixture_count_files(dir), 2);
		assert_int_equal(
		    fixture_count_files(fixture_path("bad/dir")), 0);
		assert_content(fixture_path("bad/plain"), "x");
	}
}

/* On a full disk the old file stays, and no temporary file is left. */
static void test_a_full_disk_leaves_the_old_file(void **state)
{
	const char *dir = new_directory("full");
	const char *path = fixture_path("full/file"), *text;
	struct rlimit limit = {1000, 1000};
	static char bytes[100000];
	pid_t pid;
	int st = 0;

	(void)state;
	fixture_write(path, "old", 3);
	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
			fixture_exit(0);
		fixture_exit((int)write_file(path, bytes, sizeof(bytes)));
	}
	waitpid(pid, &st, 0);
	text = capture_stop();
	assert_true(WIFEXITED(st));
	assert_int_equal(WEXITSTATUS(st), ST_FILE);
	assert_non_null(strstr(text, "cannot write: File too large"));
	assert_content(path, "old");
	assert_int_equal(fixture_count_files(dir), 1);
}

static void test_writable_paths_are_checked(void **state)
{
	const char *dir = new_directory("check");
	const char *link = fixture_path("check/link");

	(void)state;
	fixture_write(fixture_path("check/file"), "x", 1);
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(check_file(fixture_path("check/new")), ST_OK);
	assert_int_equal(check_file(fixture_path("check/file")), ST_OK);
	assert_int_equal(check_file(link), ST_OK);
	assert_int_equal(check_file("/dev/null"), ST_OK);
	assert_int_equal(fixture_count_files(dir), 2);
	assert_content(fixture_path("check/file"), "x");
}

/* Checks as another user, because root may write everywhere. */
static int check_as_nobody(const char *path)
{
	pid_t pid = fork();
	int st = 0;

	if (pid == 0) {
		if (geteuid() == 0 && setuid(NOBODY) != 0)
			fixture_exit(0);
		fixture_exit((int)check_file(path));
	}
	waitpid(pid, &st, 0);
	return WIFEXITED(st) ? WEXITSTATUS(st) : -1;
}

static void test_forbidden_paths_are_checked(void **state)
{
	const char *closed = new_directory("closed"), *text;
	const char *link = fixture_path("into-closed");
	int st[3];

	(void)state;
	fixture_write(fixture_path("closed/file"), "x", 1);
	assert_int_equal(chmod(fixture_path("closed/file"), 0444), 0);
	fixture_remove(link);
	assert_int_equal(symlink("closed/file", link), 0);
	assert_int_equal(chmod(closed, 0555), 0);
	assert_int_equal(chmod(fixture_directory(), 0755), 0);
	capture_start(STDERR_FILENO);
	st[0] = check_as_nobody(fixture_path("closed/new"));
	st[1] = check_as_nobody(fixture_path("closed/file"));
	st[2] = check_as_nobody(link);
	text = capture_stop();
	assert_int_equal(chmod(fixture_directory(), 0700), 0);
	assert_int_equal(chmod(closed, 0755), 0);
	assert_int_equal(st[0], ST_FILE);
	assert_int_equal(st[1], ST_FILE);
	assert_int_equal(st[2], ST_FILE);
	assert_non_null(strstr(text, "cannot write to its directory"));
	assert_non_null(strstr(text, "Permission denied"));
}

static enum status allow(const char *path)
{
	(void)path;
	return ST_OK;
}

/* As key_file_guard() of a file that holds a private key. */
static enum status refuse_new(const char *path)
{
	const char *end = strrchr(path, '.');

	return strcmp(end, ".old") == 0 ? ST_OK
					: fail(ST_FILE, "%s: a key", path);
}

/* A pipe has what comes; what is not there, and a directory, have neither. */
static void test_what_has_contents_is_told(void **state)
{
	const char *path = fixture_path("contents");
	const char *none = fixture_path("no-contents");
	const char *fifo = fixture_path("contents-fifo");

	(void)state;
	fixture_write(path, "", 0);
	assert_true(file_is_empty(path));
	assert_false(file_has_contents(path));
	fixture_write(path, "x", 1);
	assert_false(file_is_empty(path));
	assert_true(file_has_contents(path));
	assert_false(file_is_empty(none));
	assert_false(file_has_contents(none));
	assert_false(file_is_empty(fixture_directory()));
	assert_false(file_has_contents(fixture_directory()));
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_false(file_is_empty(fifo));
	assert_true(file_has_contents(fifo));
}

static void test_whether_a_file_exists_is_told(void **state)
{
	const char *loop = fixture_path("loop"), *text;
	enum status st;
	bool exists;

	(void)state;
	assert_int_equal(file_find(&exists, fixture_path("none")), ST_OK);
	assert_false(exists);
	assert_int_equal(file_find(&exists, fixture_directory()), ST_OK);
	assert_true(exists);
	assert_int_equal(symlink(loop, loop), 0);
	capture_start(STDERR_FILENO);
	st = file_find(&exists, loop);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "loop: cannot access"));
}

static void test_a_file_is_moved_aside(void **state)
{
	const char *dir = new_directory("aside");
	const char *path = fixture_path("aside/ca.crt-2");
	const char *old = fixture_path("aside/ca.crt-2.old"), *text;
	enum status st;

	(void)state;
	fixture_write(path, "new", 3);
	fixture_write(old, "older", 5);
	assert_int_equal(file_move_aside(path, allow), ST_OK);
	assert_false(file_exists(path));
	assert_content(old, "new");
	assert_int_equal(fixture_count_files(dir), 1);
	assert_true(file_put_back(path));
	assert_content(path, "new");
	assert_false(file_put_back(path));
	assert_int_equal(file_move_aside(path, allow), ST_OK);

	/* The guard refuses the file itself. */
	fixture_write(path, "key", 3);
	capture_start(STDERR_FILENO);
	assert_int_equal(file_check_aside(path, refuse_new), ST_FILE);
	st = file_move_aside(path, refuse_new);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "ca.crt-2: a key"));
	assert_content(path, "key");
	assert_content(old, "new");

	/* The name of the old file is taken by a directory. */
	fixture_write(path, "new", 3);
	fixture_remove(old);
	assert_int_equal(mkdir(old, 0755), 0);
	capture_start(STDERR_FILENO);
	st = file_move_aside(path, allow);
	text = capture_stop();
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "cannot move it"));
	assert_content(path, "new");
}

/* Who may write what a name leads to. */
static void assert_writers(
    enum writers want, const char *name, const char *path)
{
	struct buf culprit = {0};
	enum writers found = writers_find(&culprit, name);
	const char *end = buf_string(&culprit);

	if (strlen(end) > strlen(path))
		end += strlen(end) - strlen(path);
	if (found != want || (want != WRITERS_NONE && strcmp(end, path) != 0))
		fixture_fail("%s: %d, %s", name, (int)found, end);
	buf_free(&culprit);
}

/*
 * Below /tmp, which is root's and sticky: others may be able to write those above
 * the directory of the other tests, as with a umask of 002.
 */
static const char *in_tmp(const char *name)
{
	static char base[] = "/tmp/sscep-writers.XXXXXX", paths[8][64];
	static size_t next;
	char *path = paths[next++ % COUNT_OF(paths)];

	if (next == 1)
		assert_non_null(mkdtemp(base));
	snprintf(path, sizeof(paths[0]), "%s/%s", base, name);
	return path;
}

/* For root: names of somebody else in the open directory, and in one of ours. */
static void test_writers_of_others(
    const char *open_dir, const char *file, const char *link)
{
	assert_int_equal(lchown(link, 65534, 65534), 0);
	assert_writers(WRITERS_OWNER, link, "/open/link");
	assert_int_equal(chmod(open_dir, 0755), 0);
	assert_writers(WRITERS_NONE, link, "");
	assert_int_equal(lchown(file, 65534, 65534), 0);
	assert_writers(WRITERS_OWNER, link, "/open/file");
}

static void test_whose_file_it_may_be_is_told(void **state)
{
	const char *dir = in_tmp("writers");
	const char *open_dir = in_tmp("writers/open");
	const char *file = in_tmp("writers/open/file");
	const char *loop = in_tmp("writers/loop");
	const char *link = in_tmp("writers/open/link");

	(void)state;
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(mkdir(open_dir, 0755), 0);
	assert_int_equal(chmod(open_dir, 0755), 0);
	fixture_write(file, "x", 1);
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(symlink("loop", loop), 0);
	assert_int_equal(symlink("./../open//file", link), 0);
	assert_writers(WRITERS_NONE, file, "");
	assert_writers(WRITERS_NONE, link, "");
	assert_writers(WRITERS_UNKNOWN, loop, "/loop");
	assert_writers(WRITERS_UNKNOWN, in_tmp("writers/none/file"), "/none");
	assert_int_equal(chmod(file, 0664), 0);
	assert_writers(WRITERS_OTHERS, link, "/open/file");
	assert_int_equal(chmod(file, 0644), 0);
	assert_int_equal(chmod(open_dir, 0777), 0);
	assert_writers(WRITERS_OTHERS, file, "/open");
	assert_int_equal(chmod(open_dir, 01777), 0);
	assert_writers(WRITERS_NONE, link, "");
	assert_int_equal(chmod(dir, 0775), 0);
	assert_writers(WRITERS_OTHERS, link, "/writers");
	assert_int_equal(chmod(dir, 0755), 0);
	if (geteuid() == 0)
		test_writers_of_others(open_dir, file, link);
	fixture_remove(in_tmp(""));
}

/* A number that no descriptor can have is no other one. */
static void test_names_of_descriptors_are_told(void **state)
{
	static const struct {
		const char *name;
		bool stream;
		int descriptor;
	} cases[] = {
	    {.name = "/dev/stdout", .stream = true, .descriptor = 1},
	    {.name = "/dev/fd/2", .stream = true, .descriptor = 2},
	    {.name = "/proc/self/fd/2", .stream = true, .descriptor = 2},
	    {.name = "/dev/fd/2147483648", .descriptor = 0},
	    {.name = "/dev/fd/4294967298", .descriptor = 0},
	    {.name = "/dev/fd/18446744073709551618", .descriptor = 0},
	    {.name = "/dev/fd/2x", .descriptor = 0},
	    {.name = "/dev/fd/-2", .descriptor = 0},
	    {.name = "/dev/fd/", .descriptor = 0},
	};
	struct target target;
	size_t i;

	(void)state;
	for (EACH_ROW(i, cases, cases[i].name)) {
		if (target_find_quietly(&target, cases[i].name))
			assert_int_equal(target.stream, cases[i].stream);
		else
			assert_false(cases[i].stream);
		if (cases[i].stream)
			assert_int_equal(
			    target.descriptor, cases[i].descriptor);
		target_free(&target);
	}
}

/* A lock hinders another process only: the temporary files of this one stay. */
static void test_temporary_files_of_this_process_stay(void **state)
{
	struct temporary temporary;
	struct target target;

	(void)state;
	assert_true(target_find_quietly(&target, fixture_path("own")));
	assert_true(temporary_open(&temporary, &target, 0600));
	temporary_remove_stale(&target);
	assert_true(temporary_is_there(&temporary));
	temporary_close(&temporary);
	assert_false(temporary_is_there(&temporary));
	target_free(&target);
}

/* Only what has no other name, which may be in a directory of somebody else. */
static void test_only_a_file_of_one_name_is_given_away(void **state)
{
	const struct attributes to = {.owner_given = true,
	    .owner = NOBODY,
	    .group_given = true,
	    .group = NOBODY};
	const char *path = fixture_path("given");
	const char *link_path = fixture_path("linked");
	const char *absent = fixture_path("absent");
	struct target like;
	struct stat sb;
	int fd, names;

	(void)state;
	fixture_write(path, "x", 1);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0640), 0);
	for (names = 2; names > 0; names--) {
		if (names == 2)
			assert_int_equal(link(path, link_path), 0);
		else
			fixture_remove(link_path);
		assert_true(target_find_quietly(&like, absent));
		attributes_give(fd, &like, &to);
		target_free(&like);
		assert_int_equal(fstat(fd, &sb), 0);
		if (geteuid() == 0 && names == 1) {
			assert_int_equal(sb.st_uid, NOBODY);
			assert_int_equal(sb.st_gid, NOBODY);
			assert_int_equal(sb.st_mode & 0777, 0600);
		} else {
			assert_int_equal(sb.st_uid, geteuid());
			assert_int_equal(sb.st_mode & 0777, 0640);
		}
	}
	close(fd);
	fixture_remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts_are_removed_from_the_report),
	    cmocka_unit_test(test_a_buffer_grows),
	    cmocka_unit_test(test_empty_and_huge_buffers_are_no_trouble),
	    cmocka_unit_test(test_formatted_text_is_added),
	    cmocka_unit_test(test_a_buffer_is_wiped_when_it_grows),
	    cmocka_unit_test(test_characters_that_act_are_escaped),
	    cmocka_unit_test(test_escaped_text_fits_any_size),
	    cmocka_unit_test(test_hidden_characters_are_the_same_everywhere),
	    cmocka_unit_test(test_hidden_characters_are_escaped),
	    cmocka_unit_test(test_without_room_nothing_is_written),
	    cmocka_unit_test(test_quoted_text_is_cut_between_letters),
	    cmocka_unit_test(test_text_is_told_from_other_bytes),
	    cmocka_unit_test(test_failures_are_printed_in_one_line),
	    cmocka_unit_test(test_errors_of_libcrypto_are_printed),
#ifndef HAVE_MALLOC_USABLE_SIZE
	    cmocka_unit_test(test_a_lack_of_memory_is_printed),
#endif
	    cmocka_unit_test(test_long_messages_are_cut),
	    cmocka_unit_test(test_levels_decide_what_is_printed),
	    cmocka_unit_test(test_a_long_warning_keeps_its_id),
	    cmocka_unit_test(test_silenced_warnings_are_in_the_report),
	    cmocka_unit_test(test_messages_are_captured),
	    cmocka_unit_test(test_results_go_to_stdout),
	    cmocka_unit_test(test_an_unwritable_stdout_is_an_error),
	    cmocka_unit_test(test_files_are_read),
	    cmocka_unit_test(test_files_of_any_size_are_read),
	    cmocka_unit_test(test_files_are_read_up_to_the_limit),
	    cmocka_unit_test(test_unreadable_files_are_told),
	    cmocka_unit_test(test_a_new_file_is_written),
	    cmocka_unit_test(test_a_file_is_replaced),
	    cmocka_unit_test(test_a_replaced_file_is_read_once),
	    cmocka_unit_test(test_a_link_is_written_through),
	    cmocka_unit_test(test_a_dangling_link_is_followed),
	    cmocka_unit_test(test_relative_paths_are_written),
	    cmocka_unit_test(test_devices_are_written),
	    cmocka_unit_test(test_paths_that_cannot_be_written_are_told),
	    cmocka_unit_test(test_a_full_disk_leaves_the_old_file),
	    cmocka_unit_test(test_writable_paths_are_checked),
	    cmocka_unit_test(test_forbidden_paths_are_checked),
	    cmocka_unit_test(test_what_has_contents_is_told),
	    cmocka_unit_test(test_whether_a_file_exists_is_told),
	    cmocka_unit_test(test_a_file_is_moved_aside),
	    cmocka_unit_test(test_whose_file_it_may_be_is_told),
	    cmocka_unit_test(test_names_of_descriptors_are_told),
	    cmocka_unit_test(test_temporary_files_of_this_process_stay),
	    cmocka_unit_test(test_only_a_file_of_one_name_is_given_away),
	};

	/* This must precede all other calls to libcrypto. */
#ifdef HAVE_CRYPTO_SET_MEM_FUNCTIONS
	if (!CRYPTO_set_mem_functions(
		watched_malloc, watched_realloc, watched_free))
		return 1;
#else
	return 77; /* skipped, by the convention of Automake */
#endif
	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
