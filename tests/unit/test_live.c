/* Unit test of src/util/live.c: how times and sizes are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "util/live.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

static void test_times_are_written_short(void **state)
{
	static const struct {
		long long seconds;
		const char *text;
	} times[] = {
	    {.seconds = -1, .text = "00:00"},
	    {.seconds = 0, .text = "00:00"},
	    {.seconds = 9, .text = "00:09"},
	    {.seconds = 299, .text = "04:59"},
	    {.seconds = 3599, .text = "59:59"},
	    {.seconds = 3600, .text = "1:00:00"},
	    {.seconds = 3661, .text = "1:01:01"},
	    {.seconds = 100 * 3600, .text = "100:00:00"},
	};
	char text[32];
	size_t i;

	(void)state;
	for (EACH_ROW(i, times, times[i].text)) {
		live_format_time(text, sizeof(text), times[i].seconds);
		assert_string_equal(text, times[i].text);
	}
}

static void test_sizes_are_written_short(void **state)
{
	static const struct {
		size_t bytes;
		const char *text;
	} sizes[] = {
	    {.bytes = 0, .text = "0.0 KiB"},
	    {.bytes = 512, .text = "0.5 KiB"},
	    {.bytes = 1023, .text = "0.9 KiB"},
	    {.bytes = 1024, .text = "1.0 KiB"},
	    {.bytes = MIB - 1, .text = "1023.9 KiB"},
	    {.bytes = MIB, .text = "1.0 MiB"},
	    {.bytes = 34 * MIB + 100 * KIB, .text = "34.0 MiB"},
	    {.bytes = 34 * MIB + 103 * KIB, .text = "34.1 MiB"},
	    {.bytes = SIZE_MAX,
		.text = SIZE_MAX > 0xffffffff ? "17592186044415.9 MiB"
					      : "4095.9 MiB"},
	};
	char text[32];
	size_t i;

	(void)state;
	for (EACH_ROW(i, sizes, sizes[i].text)) {
		live_format_size(text, sizeof(text), sizes[i].bytes);
		assert_string_equal(text, sizes[i].text);
	}
}

/* A test's stderr is no terminal: nothing is printed, and no signal caught. */
static void test_nothing_is_printed_without_a_terminal(void **state)
{
	const char *text;

	(void)state;
	capture_start(STDERR_FILENO);
	live_enable();
	live_show("waiting");
	live_erase();
	text = capture_stop();
	assert_string_equal(text, "");
	assert_false(live_is_enabled());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_times_are_written_short),
	    cmocka_unit_test(test_sizes_are_written_short),
	    cmocka_unit_test(test_nothing_is_printed_without_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
