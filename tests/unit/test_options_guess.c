/* Unit test of options/guess.c: what may have been meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "run.h"
#include "options/guess.h"
#include "util/ascii.h"

static void words_and_guesses(void **state)
{
	struct guess guess = {0};
	char out[GUESS_TEXT_MAX], many[301] = "";

	(void)state;
	assert_true(ascii_is_same_word("Key", "kEY"));
	assert_false(ascii_is_same_word("Key", "Keys"));
	assert_false(ascii_is_same_word("Keys", "Key"));
	assert_string_equal(
	    guess_suggest(out, sizeof(out), &guess, "x", "", ""), "");
	guess_offer(&guess, "kitten", "sitting");
	assert_int_equal(guess.distance, 3);
	guess_offer(&guess, "kitten", "mittens");
	assert_string_equal(guess.name, "mittens");
	assert_int_equal(guess.distance, 2);
	guess_offer(&guess, "kitten", "");
	assert_int_equal(guess.distance, 2);
	assert_string_equal(
	    guess_suggest(out, sizeof(out), &guess, "kitten", "[", "]"),
	    " (did you mean [mittens]?)");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "b1", "a|b,c d"),
	    " (did you mean b?)");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "dx", "a, d"),
	    " (did you mean d?)");
	assert_string_equal(
	    guess_suggest_of(out, sizeof(out), "18", "17|19"), "");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "x", ""), "");
	/* The rest of a long text does not make it nearer to a name. */
	memset(many, 'x', sizeof(many) - 1);
	assert_string_equal(
	    guess_suggest_of(out, sizeof(out), many, "no-chain"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_and_guesses),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
