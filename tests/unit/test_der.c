/* Unit test of src/pki/der.c: steps through DER and BER, and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "pki/der.h"
#include "rows.h"

/* The bytes of a literal, without its NUL. */
#define RUN(text) \
	{ \
		.p = (const unsigned char *)(text), .left = sizeof(text) - 1 \
	}

/* The same octets in the file of a spool. */
static struct der in_file(struct der run)
{
	static struct spool spool;

	spool_free(&spool);
	spool.memory_max = 1;
	assert_int_equal(spool_expect(&spool, 2), ST_OK);
	assert_int_equal(spool_add(&spool, run.p, (size_t)run.left), ST_OK);
	return octets_in_spool(&spool);
}

static const struct {
	const char *what;
	struct der run;
	bool der, ber;
	int tag;
	long whole, inside;
} steps[] = {
    {.what = "primitive",
	.run = RUN("\x02\x01\x05"),
	.der = true,
	.ber = true,
	.tag = 2,
	.whole = 3,
	.inside = 1},
    {.what = "more behind",
	.run = RUN("\x02\x01\x05\x05\x00"),
	.der = true,
	.ber = true,
	.tag = 2,
	.whole = 3,
	.inside = 1},
    {.what = "no content",
	.run = RUN("\x05\x00"),
	.der = true,
	.ber = true,
	.tag = 5,
	.whole = 2,
	.inside = 0},
    {.what = "constructed",
	.run = RUN("\x30\x03\x02\x01\x05"),
	.der = true,
	.ber = true,
	.tag = 16,
	.whole = 5,
	.inside = 3},
    {.what = "long length",
	.run = RUN("\x04\x81\x01x"),
	.der = true,
	.ber = true,
	.tag = 4,
	.whole = 4,
	.inside = 1},
    {.what = "nothing", .run = RUN(""), .tag = 0, .whole = 0, .inside = 0},
    {.what = "half a header",
	.run = RUN("\x30"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "beyond the end",
	.run = RUN("\x30\x03\x02\x01"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "length of 2^32",
	.run = RUN("\x04\x85\x01\x00\x00\x00\x00x"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "indefinite",
	.run = RUN("\x30\x80\x02\x01\x05\x00\x00"),
	.ber = true,
	.tag = 16,
	.whole = 7,
	.inside = 3},
    {.what = "indefinite, empty",
	.run = RUN("\x30\x80\x00\x00"),
	.ber = true,
	.tag = 16,
	.whole = 4,
	.inside = 0},
    {.what = "one in another",
	.run = RUN("\x30\x80\xa0\x80\x00\x00\x00\x00\x05\x00"),
	.ber = true,
	.tag = 16,
	.whole = 8,
	.inside = 4},
    {.what = "another end-of-contents",
	.run = RUN("\x30\x80\x00\x81\x00\x00\x00"),
	.ber = true,
	.tag = 16,
	.whole = 7,
	.inside = 3},
    {.what = "zeros inside",
	.run = RUN("\x30\x80\x04\x02\x00\x00\x00\x00"),
	.ber = true,
	.tag = 16,
	.whole = 8,
	.inside = 4},
    {.what = "without its end",
	.run = RUN("\x30\x80\x02\x01\x05\x00"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "end of the inner one only",
	.run = RUN("\x30\x80\x30\x80\x00\x00"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "indefinite, but primitive",
	.run = RUN("\x04\x80xx\x00\x00"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "length of 2^64 + 1",
	.run = RUN(
	    "\x04\x89\x01\x00\x00\x00\x00\x00\x00\x00\x01xyyyyyyyyyyyyyyyyyyyyy"
	    "yyyy"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "length after zeros",
	.run = RUN("\x04\x85\x00\x00\x00\x00\x01x"),
	.der = true,
	.ber = true,
	.tag = 4,
	.whole = 8,
	.inside = 1},
    {.what = "a long tag",
	.run = RUN("\x1f\x81\x01\x01x"),
	.der = true,
	.ber = true,
	.tag = 129,
	.whole = 5,
	.inside = 1},
    {.what = "32 octets of header",
	.run = RUN(
	    "\x04\x9e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01x"),
	.der = true,
	.ber = true,
	.tag = 4,
	.whole = 33,
	.inside = 1},
    {.what = "33 octets of header",
	.run = RUN(
	    "\x04\x9f\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	    "\x00\x00"
	    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01x"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
    {.what = "a tag without end",
	.run = RUN(
	    "\x1f\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
	    "\x80\x80"
	    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"
	    "\x01\x00"),
	.tag = 0,
	.whole = 0,
	.inside = 0},
};

static void check_step(size_t i, struct der run)
{
	struct der der = run, ber = run;
	struct der_element e;

	assert_int_equal(der_next(&der, &e), steps[i].der);
	assert_int_equal(ber_next(&ber, &e), steps[i].ber);
	if (!steps[i].ber) {
		assert_int_equal(ber.left, run.left);
		return;
	}
	assert_int_equal(e.tag, steps[i].tag);
	assert_int_equal(e.whole.left, steps[i].whole);
	assert_int_equal(e.inside.left, steps[i].inside);
	assert_int_equal(ber.at, steps[i].whole);
	assert_int_equal(ber.left, run.left - steps[i].whole);
	if (run.p != NULL)
		assert_ptr_equal(ber.p, run.p + steps[i].whole);
}

static void test_elements_are_stepped_through(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, steps, steps[i].what)) {
		check_step(i, steps[i].run);
		check_step(i, in_file(steps[i].run));
	}
}

static void test_elements_are_taken_by_their_tag(void **state)
{
	struct der run = RUN("\xa1\x02\x05\x00\x02\x01\x05");
	struct der_element e;

	(void)state;
	assert_false(ber_next_context(&run, &e, 0));
	assert_int_equal(run.left, 7);
	assert_true(ber_next_context(&run, &e, 1));
	assert_int_equal(run.left, 3);
	assert_false(ber_next_context(&run, &e, 2));
	assert_true(ber_next_is(&run, &e, V_ASN1_INTEGER));
	assert_false(ber_next_is(&run, &e, V_ASN1_INTEGER));
}

/* A SEQUENCE or SET that says it is primitive is none. */
static void test_a_list_that_says_it_is_primitive_is_none(void **state)
{
	static const struct der good[] = {
	    RUN("\x30\x02\x05\x00"), RUN("\x31\x02\x05\x00")};
	static const struct der bad[] = {
	    RUN("\x10\x02\x05\x00"), RUN("\x11\x02\x05\x00")};
	struct der_element e;
	struct der run;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_true(ber_next_is((run = good[i], &run), &e, 16 + i));
		assert_true(der_next_is((run = good[i], &run), &e, 16 + i));
		assert_false(ber_next_is((run = bad[i], &run), &e, 16 + i));
		assert_false(der_next_is((run = bad[i], &run), &e, 16 + i));
	}
}

static const struct {
	const char *what;
	struct der run;
	enum der_verdict loose, strict;
} checks[] = {
    {.what = "nothing", .run = RUN(""), .loose = DER_FINE, .strict = DER_FINE},
    {.what = "nested",
	.run = RUN("\x30\x04\x31\x02\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "two",
	.run = RUN("\x05\x00\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "indefinite",
	.run = RUN("\x30\x80\x05\x00\x00\x00"),
	.loose = DER_FINE,
	.strict = DER_BROKEN},
    {.what = "a string in pieces",
	.run = RUN("\x24\x03\x04\x01x"),
	.loose = DER_FINE,
	.strict = DER_BROKEN},
    {.what = "a string in indefinite pieces",
	.run = RUN("\x24\x80\x04\x01x\x00\x00"),
	.loose = DER_FINE,
	.strict = DER_BROKEN},
    {.what = "without its end",
	.run = RUN("\x30\x80\x05\x00"),
	.loose = DER_BROKEN,
	.strict = DER_BROKEN},
    {.what = "beyond the outer one",
	.run = RUN("\x30\x02\x04\x01x"),
	.loose = DER_BROKEN,
	.strict = DER_BROKEN},
    {.what = "half an element behind",
	.run = RUN("\x05\x00\x05"),
	.loose = DER_BROKEN,
	.strict = DER_BROKEN},
    {.what = "another end-of-contents",
	.run = RUN("\x30\x80\x00\x81\x00\x00\x00"),
	.loose = DER_FINE,
	.strict = DER_BROKEN},
    {.what = "end-of-contents alone",
	.run = RUN("\x00\x00"),
	.loose = DER_BROKEN,
	.strict = DER_BROKEN},
    {.what = "end-of-contents in a definite length",
	.run = RUN("\x30\x04\x05\x00\x00\x00"),
	.loose = DER_BROKEN,
	.strict = DER_BROKEN},
    {.what = "zeros in text",
	.run = RUN("\x82\x02\x00\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "a list that says it is primitive",
	.run = RUN("\x11\x02\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_BROKEN},
    {.what = "text under a tag of its own",
	.run = RUN("\x82\x02\x30\x05\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "text in text",
	.run = RUN("\x30\x08\x82\x04\x82\x02\x30\x05\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "what is broken in a list under such a tag, and more",
	.run = RUN("\x82\x06\x30\x01\xff\x05\x00\x05"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "text in an OCTET STRING",
	.run = RUN("\x04\x02\x30\x05\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "an element in an OCTET STRING",
	.run = RUN("\x04\x02\x05\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
    {.what = "indefinite in an OCTET STRING",
	.run = RUN("\x04\x04\x30\x80\x00\x00"),
	.loose = DER_FINE,
	.strict = DER_FINE},
};

static enum der_verdict check(struct der run, bool strict)
{
	long left = der_budget(run.left);

	return der_check(run, strict, &left);
}

static void test_structures_are_checked(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, checks, checks[i].what)) {
		assert_int_equal(check(checks[i].run, false), checks[i].loose);
		assert_int_equal(check(checks[i].run, true), checks[i].strict);
		assert_int_equal(
		    check(in_file(checks[i].run), false), checks[i].loose);
		assert_int_equal(
		    check(in_file(checks[i].run), true), checks[i].strict);
	}
}

/* Writes a tag and a length of four octets, 6 bytes in all. */
static void put_header(unsigned char *p, int tag, size_t len)
{
	size_t i;

	p[0] = (unsigned char)tag;
	p[1] = 0x84;
	for (i = 0; i < 4; i++)
		p[2 + i] = (unsigned char)(len >> (24 - 8 * i));
}

/* Checks count elements of two bytes each in an element with this tag. */
static enum der_verdict check_many(size_t count, int tag, bool strict)
{
	unsigned char *bytes = calloc(1, 6 + 2 * count);
	enum der_verdict verdict;
	struct der run = octets_in_memory(bytes, 6 + 2 * count);
	long left;
	size_t i;

	assert_non_null(bytes);
	put_header(bytes, tag, 2 * count);
	for (i = 0; i < count; i++)
		memcpy(bytes + 6 + 2 * i, "\x05\x00", 2);
	left = der_budget(run.left);
	verdict = der_check(run, strict, &left);
	assert_int_equal(check(in_file(run), strict), verdict);
	free(bytes);
	return verdict;
}

/* The same, after an element whose content is not an element. */
static enum der_verdict check_behind(size_t count, int tag)
{
	unsigned char *bytes = calloc(1, 6 + 2 * count);
	struct der run = octets_in_memory(bytes, 6 + 2 * count);
	enum der_verdict verdict;
	size_t i;

	assert_non_null(bytes);
	put_header(bytes, tag, 2 * count);
	for (i = 0; i < count; i++)
		memcpy(bytes + 6 + 2 * i, "\x05\x00", 2);
	memcpy(bytes + 6, "\x30\x02\xff\xff", 4);
	verdict = check(run, false);
	assert_int_equal(check(in_file(run), false), verdict);
	free(bytes);
	return verdict;
}

static void test_many_elements_are_bounded(void **state)
{
	/* The limit is 50,000 + size / 128; n elements and the outer one count. */
	const size_t most = 50792;

	(void)state;
	assert_int_equal(check_many(most, 0x30, false), DER_FINE);
	assert_int_equal(check_many(most + 1, 0x30, false), DER_TOO_MANY);
	assert_int_equal(check_many(most, 0x04, true), DER_FINE);
	assert_int_equal(check_many(most + 1, 0x04, true), DER_TOO_MANY);
	assert_int_equal(check_many(most + 1, 0x04, false), DER_FINE);
	/* Lists with the tag of a primitive type, universal or context-specific. */
	assert_int_equal(check_many(most, 0x11, false), DER_FINE);
	assert_int_equal(check_many(most + 1, 0x11, false), DER_TOO_MANY);
	assert_int_equal(check_many(most + 1, 0x10, true), DER_BROKEN);
	assert_int_equal(check_many(most + 1, 0x81, false), DER_TOO_MANY);
	assert_int_equal(check_many(most + 1, 0x80, true), DER_TOO_MANY);
	assert_int_equal(check_behind(most, 0x82), DER_FINE);
	assert_int_equal(check_behind(most + 1, 0x82), DER_TOO_MANY);
}

static void test_deep_nesting_is_bounded(void **state)
{
	unsigned char bytes[4 * (DER_DEPTH_MAX + 1)];
	struct der_element e;
	struct der run;
	int depth;

	(void)state;
	for (depth = DER_DEPTH_MAX; depth <= DER_DEPTH_MAX + 1; depth++) {
		memset(bytes, 0, sizeof(bytes));
		for (int i = 0; i < depth; i++)
			memcpy(bytes + 2 * i, "\x30\x80", 2);
		run = octets_in_memory(bytes, 4 * (size_t)depth);
		assert_int_equal(check(run, false),
		    depth > DER_DEPTH_MAX ? DER_TOO_DEEP : DER_FINE);
		assert_int_equal(ber_next(&run, &e), depth <= DER_DEPTH_MAX);
	}
}

static bool is_signed_data(struct der run)
{
	struct der_element e;

	assert_true(ber_next_is(&run, &e, V_ASN1_OBJECT));
	return der_is_oid(&e, NID_pkcs7_signed);
}

/* A long one is not read: here its end is missing in the file. */
static void test_a_long_oid_is_not_read(void **state)
{
	const size_t size = 3 * SPOOL_WINDOW;
	unsigned char *bytes = calloc(1, size);
	struct der run = RUN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
	struct der ber =
	    RUN("\x06\x81\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02");
	struct der other = RUN("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03");
	struct der more =
	    RUN("\x06\x0a\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\x01");
	struct der less = RUN("\x06\x08\x2a\x86\x48\x86\xf7\x0d\x01\x07");

	(void)state;
	assert_true(is_signed_data(run));
	assert_true(is_signed_data(in_file(run)));
	assert_true(is_signed_data(ber));
	assert_false(is_signed_data(other));
	assert_false(is_signed_data(in_file(other)));
	assert_false(is_signed_data(more));
	assert_false(is_signed_data(less));
	assert_non_null(bytes);
	put_header(bytes, 0x06, size - 6);
	run = in_file(octets_in_memory(bytes, size));
	assert_int_equal(spool_end(run.spool), ST_OK);
	assert_int_equal(ftruncate(run.spool->fd, 2 * SPOOL_WINDOW), 0);
	errno = 0;
	assert_false(is_signed_data(run));
	assert_int_equal(errno, 0);
	free(bytes);
}

static const struct {
	const char *what;
	struct der string;
	const char *joined; /* NULL: refused */
} joins[] = {
    {.what = "primitive", .string = RUN("\x04\x02xy"), .joined = "xy"},
    {.what = "empty", .string = RUN("\x04\x00"), .joined = ""},
    {.what = "primitive, of another tag",
	.string = RUN("\x80\x02xy"),
	.joined = "xy"},
    {.what = "no segments", .string = RUN("\x24\x00"), .joined = ""},
    {.what = "one segment",
	.string = RUN("\x24\x04\x04\x02xy"),
	.joined = "xy"},
    {.what = "segments",
	.string = RUN("\xa0\x07\x04\x01x\x04\x02yz"),
	.joined = "xyz"},
    {.what = "an empty one",
	.string = RUN("\xa0\x08\x04\x01x\x04\x00\x04\x01y"),
	.joined = "xy"},
    {.what = "indefinite",
	.string = RUN("\xa0\x80\x04\x01x\x04\x02yz\x00\x00"),
	.joined = "xyz"},
    {.what = "segments of segments",
	.string = RUN(
	    "\x24\x80\x24\x80\x04\x01w\x00\x00\x24\x06\x04\x01x\x04\x01y\x04"
	    "\x01z\x00\x00"),
	.joined = "wxyz"},
    {.what = "an INTEGER", .string = RUN("\x24\x03\x02\x01\x05")},
    {.what = "a segment under another tag", .string = RUN("\xa0\x03\x80\x01x")},
    {.what = "a segment beyond the end", .string = RUN("\x24\x03\x04\x02x")},
    {.what = "half a header", .string = RUN("\x24\x01\x04")},
};

static void check_join(size_t i, struct der run, size_t memory_max)
{
	struct spool room = {.memory_max = memory_max};
	struct buf text = {0};
	struct der_element e;
	struct der out;
	enum status st;

	assert_true(ber_next(&run, &e));
	st = ber_join(&out, &e, &room);
	assert_int_equal(st, joins[i].joined != NULL ? ST_OK : ST_REPLY);
	if (st == ST_OK) {
		assert_true(octets_add(&text, out));
		assert_string_equal(buf_string(&text), joins[i].joined);
	}
	buf_free(&text);
	spool_free(&room);
}

static void test_strings_in_segments_are_joined(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, joins, joins[i].what)) {
		check_join(i, joins[i].string, 0);
		check_join(i, in_file(joins[i].string), 1);
	}
}

/* A primitive that ends here and there around the ends of what is read at once. */
static void test_elements_may_end_around_the_ends_of_windows(void **state)
{
	const size_t size = 3 * SPOOL_WINDOW;
	unsigned char *bytes = calloc(1, size);
	struct der run, rest;
	struct der_element e, f;
	size_t first, len, left;
	const unsigned char *p;

	(void)state;
	assert_non_null(bytes);
	for (first = SPOOL_WINDOW - 50; first < SPOOL_WINDOW + 10; first++) {
		memset(bytes, 'a', size);
		put_header(bytes, 0x04, first - 6);
		put_header(bytes + first, 0x04, size - first - 6);
		run = in_file(octets_in_memory(bytes, size));
		assert_true(der_next(&run, &e));
		assert_int_equal(e.whole.left, first);
		assert_true(ber_next_is(&run, &f, V_ASN1_OCTET_STRING));
		assert_int_equal(run.left, 0);
		assert_null(octets_peek(&run, 1, &len));
		rest = f.inside;
		for (left = size - first - 6; left > 0; left -= len) {
			p = octets_take(&rest, &len);
			assert_non_null(p);
			assert_true(len <= left);
			assert_memory_equal(p, bytes + size - left, len);
		}
		assert_int_equal(rest.left, 0);
	}
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_elements_are_stepped_through),
	    cmocka_unit_test(test_elements_are_taken_by_their_tag),
	    cmocka_unit_test(test_a_list_that_says_it_is_primitive_is_none),
	    cmocka_unit_test(test_structures_are_checked),
	    cmocka_unit_test(test_many_elements_are_bounded),
	    cmocka_unit_test(test_deep_nesting_is_bounded),
	    cmocka_unit_test(test_a_long_oid_is_not_read),
	    cmocka_unit_test(test_strings_in_segments_are_joined),
	    cmocka_unit_test(test_elements_may_end_around_the_ends_of_windows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
