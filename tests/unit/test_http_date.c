/*
 * Unit test of src/http/date.c: the forms of times in header fields.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compat/compat.h"
#include "http/date.h"
#include "rows.h"

#define NOW  1794000000LL /* 2026-11-06 */
#define YEAR 31556952LL

static void test_all_forms_of_dates_are_read(void **state)
{
	static const struct {
		const char *text;
		long long seconds;
	} good[] = {
	    {.text = "Sun, 06 Nov 1994 08:49:37 GMT", .seconds = 784111777},
	    {.text = "Sunday, 06-Nov-94 08:49:37 GMT", .seconds = 784111777},
	    {.text = "Sun Nov  6 08:49:37 1994", .seconds = 784111777},
	    {.text = "Thu, 01 Jan 1970 00:00:00 GMT", .seconds = 0},
	    {.text = "Tue, 29 Feb 2000 23:59:60 GMT", .seconds = 951868800},
	    {.text = "Wednesday, 01-Mar-00 00:00:00 GMT", .seconds = 951868800},
	    {.text = "Fri, 31 Dec 9999 23:59:59 GMT", .seconds = 253402300799},
	    {.text = "Mon, 01 Mar 2100 00:00:00 GMT", .seconds = 4107542400},
	};
	long long seconds;
	size_t i;

	(void)state;
	for (EACH_ROW(i, good, good[i].text)) {
		assert_true(date_parse(&seconds, good[i].text, NOW));
		assert_int_equal(seconds, good[i].seconds);
	}
}

static void test_other_texts_are_no_dates(void **state)
{
	static const char *const bad[] = {"", "now", "784111777",
	    "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 GMT+1",
	    "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nvo 1994 08:49:37 GMT",
	    "Sun, 06 anF 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
	    "Sun, -1 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT",
	    "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
	    "Sun, 06 Nov 1994 08:49:61 GMT", "Sun Nov  6 08:49:37 1994 GMT",
	    "Sunday, 06-Nov-1994 08:49:37 GMT"};
	long long seconds;
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i]))
		assert_false(date_parse(&seconds, bad[i], NOW));
}

/* RFC 9110, 5.6.7: not more than 50 years in the future. */
static void test_years_of_two_digits_are_near(void **state)
{
	static const struct {
		long long now;
		const char *text, *same;
	} years[] = {
	    {.now = NOW,
		.text = "Friday, 01-Jan-26 00:00:00 GMT",
		.same = "Thu, 01 Jan 2026 00:00:00 GMT"},
	    {.now = NOW,
		.text = "Friday, 01-Jan-70 00:00:00 GMT",
		.same = "Wed, 01 Jan 2070 00:00:00 GMT"},
	    {.now = NOW,
		.text = "Friday, 05-Nov-76 00:00:00 GMT",
		.same = "Thu, 05 Nov 2076 00:00:00 GMT"},
	    {.now = NOW,
		.text = "Friday, 08-Nov-76 00:00:00 GMT",
		.same = "Mon, 08 Nov 1976 00:00:00 GMT"},
	    {.now = NOW,
		.text = "Friday, 31-Dec-99 00:00:00 GMT",
		.same = "Fri, 31 Dec 1999 00:00:00 GMT"},
	    {.now = NOW + 54 * YEAR,
		.text = "Friday, 01-Jan-05 00:00:00 GMT",
		.same = "Thu, 01 Jan 2105 00:00:00 GMT"},
	    {.now = NOW + 54 * YEAR,
		.text = "Friday, 01-Jan-79 00:00:00 GMT",
		.same = "Sun, 01 Jan 2079 00:00:00 GMT"},
	};
	long long seconds, same;
	size_t i;

	(void)state;
	for (EACH_ROW(i, years, years[i].text)) {
		assert_true(date_parse(&seconds, years[i].text, years[i].now));
		assert_true(date_parse(&same, years[i].same, 0));
		assert_int_equal(seconds, same);
	}
	/* By a clock at its start, the year is before 1970. */
	assert_false(date_parse(&seconds, "Friday, 01-Jan-69 00:00:00 GMT",
	    1794000000 - 50 * YEAR));
	assert_false(
	    date_parse(&seconds, "Friday, -1-Jan--9 00:00:00 GMT", NOW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_forms_of_dates_are_read),
	    cmocka_unit_test(test_other_texts_are_no_dates),
	    cmocka_unit_test(test_years_of_two_digits_are_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
