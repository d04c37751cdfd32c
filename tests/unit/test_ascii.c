/* Unit test of src/util/ascii.c: hexadecimal digits, percent-encoding, words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "compat/compat.h"
#include "rows.h"
#include "util/ascii.h"

static void test_digits_have_their_values(void **state)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	int i;

	(void)state;
	for (i = 0; i < 32; i++)
		assert_int_equal(ascii_hex_value(digits[i]), i % 16);
	for (i = 0; i < 256; i++)
		if (i == 0 || strchr(digits, i) == NULL)
			assert_int_equal(ascii_hex_value((char)i), -1);
}

/* Percent-decoding: valid texts, and refused ones with the reason. */
static void test_percent_encoding_is_decoded_or_refused(void **state)
{
	static const struct {
		const char *text, *decoded;
	} rows[] = {
	    {.text = "", .decoded = ""},
	    {.text = "abc", .decoded = "abc"},
	    {.text = "%41%62c", .decoded = "Abc"},
	    {.text = "%25%7e%7F", .decoded = "%~\x7f"},
	    {.text = "%c3%A4", .decoded = "\xc3\xa4"},
	    {.text = "1234567", .decoded = "1234567"},
	    {.text = "%31234567", .decoded = "1234567"},
	    {.text = "12345678"},
	    {.text = "%"},
	    {.text = "a%4"},
	    {.text = "%4g"},
	    {.text = "%%41"},
	    {.text = "% 4"},
	};
	char out[8];
	bool nul;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].text)) {
		bool ok = ascii_decode_percent(
		    out, sizeof(out), rows[i].text, strlen(rows[i].text), &nul);

		assert_int_equal(ok, rows[i].decoded != NULL);
		assert_false(nul);
		if (ok)
			assert_string_equal(out, rows[i].decoded);
	}
	/* No byte after len is read. */
	assert_true(ascii_decode_percent(out, sizeof(out), "%41%42", 3, &nul));
	assert_string_equal(out, "A");
	assert_false(ascii_decode_percent(out, sizeof(out), "%41%42", 5, &nul));
	assert_false(ascii_decode_percent(out, sizeof(out), "a%00", 4, &nul));
	assert_true(nul);
	assert_false(ascii_decode_percent(out, sizeof(out), "a\0b", 3, &nul));
	assert_true(nul);
}

/* A byte above 127 is no letter, and comes after all that are. */
static void test_words_are_compared_without_case(void **state)
{
	static const char *const rows[] = {
	    "", "A", "aB", "b", "Key", "KEYS", "\xc4", "\xe4"};
	size_t i, j;
	int order;

	(void)state;
	assert_int_equal(ascii_compare_words("kEY", "Key"), 0);
	for (EACH_ROW(i, rows, rows[i]))
		for (EACH_ROW(j, rows, rows[j])) {
			order = ascii_compare_words(rows[i], rows[j]);
			assert_int_equal(
			    (order > 0) - (order < 0), (i > j) - (i < j));
			assert_int_equal(
			    ascii_is_same_word(rows[i], rows[j]), i == j);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_digits_have_their_values),
	    cmocka_unit_test(test_percent_encoding_is_decoded_or_refused),
	    cmocka_unit_test(test_words_are_compared_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
