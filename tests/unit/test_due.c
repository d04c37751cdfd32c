/* Unit test of src/pki/due: when a certificate or a CRL is due. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "pki/due.h"

#define DAY   86400LL
#define START 1700000000 /* 2023-11-14 22:13:20 UTC */

static void test_times_and_parts_are_read(void **state)
{
	static const struct {
		const char *text;
		long long seconds;
		int percent;
	} good[] = {
	    {.text = "30d", .seconds = 30 * DAY, .percent = 0},
	    {.text = "30D", .seconds = 30 * DAY, .percent = 0},
	    {.text = "1d", .seconds = DAY, .percent = 0},
	    {.text = "12h", .seconds = 12 * 3600, .percent = 0},
	    {.text = "12H", .seconds = 12 * 3600, .percent = 0},
	    {.text = "45m", .seconds = 45 * 60, .percent = 0},
	    {.text = "007d", .seconds = 7 * DAY, .percent = 0},
	    {.text = "36500d", .seconds = 36500 * DAY, .percent = 0},
	    {.text = "876000h", .seconds = 36500 * DAY, .percent = 0},
	    {.text = "52560000m", .seconds = 36500 * DAY, .percent = 0},
	    {.text = "33%", .seconds = 0, .percent = 33},
	    {.text = "1%", .seconds = 0, .percent = 1},
	    {.text = "100%", .seconds = 0, .percent = 100},
	};
	struct problem problem;
	struct due_when when;
	size_t i;

	(void)state;
	for (EACH_ROW(i, good, good[i].text)) {
		if (!due_parse(&when, good[i].text, &problem))
			fixture_fail("%s: %s", good[i].text, problem.text);
		assert_int_equal(when.seconds, good[i].seconds);
		assert_int_equal(when.percent, good[i].percent);
	}
}

static void test_what_is_no_time_is_refused(void **state)
{
	static const struct {
		const char *text, *problem;
	} bad[] = {
	    {.text = "",
		.problem =
		    "is no time: expected a whole number followed by d (days)"},
	    {.text = "30", .problem = "30 is no time"},
	    {.text = "d", .problem = "d is no time"},
	    {.text = "%", .problem = "% is no time"},
	    {.text = "30 d", .problem = "without a blank"},
	    {.text = " 30d", .problem = "\" 30d\" is no time"},
	    {.text = "30d ", .problem = "\"30d \" is no time"},
	    {.text = "30days", .problem = "30days is no time"},
	    {.text = "30d12h", .problem = "30d12h is no time"},
	    {.text = "-1d", .problem = "-1d is no time"},
	    {.text = "+1d", .problem = "+1d is no time"},
	    {.text = "1.5d", .problem = "1.5d is no time"},
	    {.text = "33,3%", .problem = "33,3% is no time"},
	    {.text = "30w", .problem = "30w is no time"},
	    {.text = "30%%", .problem = "30%% is no time"},
	    {.text = "0d",
		.problem = "0d: it would be due only when it has expired: "
			   "expected 1d"},
	    {.text = "0%",
		.problem = "0%: it would be due only when it has expired: "
			   "expected 1%"},
	    {.text = "101%",
		.problem = "101% is too much: expected 100% or less"},
	    {.text = "36501d",
		.problem = "36501d is too much: expected 36500d or less"},
	    {.text = "876001H",
		.problem = "876001H is too much: expected 876000H or less"},
	    {.text = "99999999999999999999d",
		.problem = "is too much: expected 36500d or less"},
	    {.text = "18446744073709551617%",
		.problem = "is too much: expected 100% or less"},
	    {.text = "9223372036854775807m",
		.problem = "is too much: expected 52560000m"},
	};
	struct problem problem;
	struct due_when when;
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].text)) {
		if (due_parse(&when, bad[i].text, &problem))
			fixture_fail("%s is accepted", bad[i].text);
		if (strstr(problem.text, bad[i].problem) == NULL)
			fixture_fail("%s: %s", bad[i].text, problem.text);
	}
}

/* The answer at now, for times as they are in a certificate. */
static struct due find(
    const char *from, const char *to, time_t now, const char *text)
{
	ASN1_TIME *a = ASN1_TIME_new(), *b = ASN1_TIME_new();
	struct problem problem;
	struct due_when when;
	struct due due;

	assert_int_equal(ASN1_TIME_set_string(a, from), 1);
	assert_int_equal(ASN1_TIME_set_string(b, to), 1);
	assert_true(due_parse(&when, text, &problem));
	assert_true(due_find(&due, &when, a, b, now));
	ASN1_TIME_free(a);
	ASN1_TIME_free(b);
	return due;
}

/* A life of 90 days from START on. */
static struct due find_of_90(long long now, const char *text)
{
	return find(
	    "231114221320Z", "240212221320Z", (time_t)(START + now), text);
}

static void test_the_time_when_it_is_due_is_found(void **state)
{
	struct due due = find_of_90(29 * DAY, "33%");

	(void)state;
	assert_int_equal(due.total, 90 * DAY);
	assert_int_equal(due.left, 61 * DAY);
	assert_int_equal(due.before, 90 * DAY * 33 / 100);
	assert_false(due.due || due.expired || due.early);

	due = find_of_90(60 * DAY, "30d");
	assert_int_equal(due.left, 30 * DAY);
	assert_false(due.due);
	due = find_of_90(60 * DAY + 1, "30d");
	assert_true(due.due);
	assert_false(due.expired);

	due = find_of_90(0, "100%");
	assert_false(due.due);
	due = find_of_90(1, "100%");
	assert_true(due.due);
	due = find_of_90(1, "91d");
	assert_true(due.due && due.before > due.total);
}

static void test_due_begins_and_ends_at_the_second(void **state)
{
	struct due due = find_of_90(90 * DAY, "1%");

	(void)state;
	assert_int_equal(due.left, 0);
	assert_true(due.due);
	assert_false(due.expired);
	due = find_of_90(90 * DAY + 1, "1%");
	assert_int_equal(due.left, -1);
	assert_true(due.due && due.expired);

	assert_false(find_of_90(0, "1d").early);
	due = find_of_90(-1, "1d");
	assert_true(due.early);
	assert_false(due.due || due.expired);
	due = find("231114221320Z", "240212221320Z", 0, "1d");
	assert_true(due.early);

	/* The end is before the beginning. */
	due = find("240212221320Z", "231114221320Z", START + 30 * DAY, "33%");
	assert_true(due.due && due.expired && due.early);
}

static void test_far_times_do_not_overflow(void **state)
{
	/* RFC 5280, 4.1.2.5: no well-defined expiration date. */
	struct due due =
	    find("231114221320Z", "99991231235959Z", START, "36500d");

	(void)state;
	assert_int_equal(due.left, 253402300799LL - START);
	assert_int_equal(due.total, due.left);
	assert_false(due.due);
	due = find("19500101000000Z", "20990101000000Z", START, "1%");
	assert_int_equal(due.left, 4070908800LL - START);
	assert_false(due.due || due.early);
}

static void test_without_a_valid_time_nothing_is_found(void **state)
{
	ASN1_TIME *good = ASN1_TIME_set(NULL, START), *bad = ASN1_TIME_new();
	struct due_when when = {.percent = 33};
	struct due due;

	(void)state;
	assert_int_equal(ASN1_STRING_set(bad, "yesterday", -1), 1);
	assert_false(due_find(&due, &when, bad, good, START));
	assert_false(due_find(&due, &when, good, bad, START));
	ASN1_TIME_free(good);
	ASN1_TIME_free(bad);
}

static void test_what_is_left_is_put_in_words(void **state)
{
	static const struct {
		long long left, total;
		const char *text;
	} lives[] = {
	    {.left = 61 * DAY, .total = 90 * DAY, .text = "61 of 90 days"},
	    {.left = 62 * DAY - 1,
		.total = 90 * DAY - 1,
		.text = "61 of 90 days"},
	    {.left = DAY, .total = 10 * DAY, .text = "1 of 10 days"},
	    {.left = 3 * DAY, .total = 7 * DAY, .text = "72 of 168 hours"},
	    {.left = 5 * 3600 + 59, .total = DAY, .text = "5 of 24 hours"},
	    {.left = 90, .total = 2 * 3600 - 1, .text = "1 of 120 minutes"},
	    {.left = 90, .total = 599, .text = "90 of 599 seconds"},
	    {.left = -5, .total = 90 * DAY, .text = "0 of 90 days"},
	};
	char text[DUE_TEXT_SIZE];
	struct due due = {0};
	size_t i;

	(void)state;
	for (EACH_ROW(i, lives, lives[i].text)) {
		due.left = lives[i].left;
		due.total = lives[i].total;
		assert_string_equal(
		    due_text(text, sizeof(text), &due), lives[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_times_and_parts_are_read),
	    cmocka_unit_test(test_what_is_no_time_is_refused),
	    cmocka_unit_test(test_the_time_when_it_is_due_is_found),
	    cmocka_unit_test(test_due_begins_and_ends_at_the_second),
	    cmocka_unit_test(test_far_times_do_not_overflow),
	    cmocka_unit_test(test_without_a_valid_time_nothing_is_found),
	    cmocka_unit_test(test_what_is_left_is_put_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
