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

static void test_forms(void **state)
{
	static const struct {
		const char *text;
		long long seconds;
	} good[] = {
	    {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
	    {"Sun Nov  6 08:49:37 1994", 784111777},
	    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	    {"Tue, 29 Feb 2000 23:59:60 GMT", 951868800},
	    {"Wednesday, 01-Mar-00 00:00:00 GMT", 951868800},
	    {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
	    {"Mon, 01 Mar 2100 00:00:00 GMT", 4107542400},
	};
	long long seconds;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT_OF(good); i++) {
		assert_true(date_parse(&seconds, good[i].text));
		assert_int_equal(seconds, good[i].seconds);
	}
}

static void test_others(void **state)
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
	for (i = 0; i < COUNT_OF(bad); i++)
		assert_false(date_parse(&seconds, bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
