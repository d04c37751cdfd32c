/* Unit test of options/table.c: the rows of options, and their contract. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"

static void every_row_is_promised(void **state)
{
	const struct option_row *row;
	size_t i, j;
	unsigned int ops;

	(void)state;
	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		ops = 0;
		for (j = 0; j < CONTRACT_COUNT; j++)
			if (contract[j].letter == row->letter &&
			    (contract[j].name == NULL ||
				strcmp(contract[j].name, row->name) == 0))
				ops |= contract[j].ops;
		if ((ops & row->ops) != row->ops)
			fixture_fail("row %zu, %s", i,
			    row->name != NULL ? row->name : "?");
	}
}

/* demand.c can tell of these types only whether they are given. */
static void check_presence(const struct option_row *row)
{
	assert_non_null(row);
	if (row->type != TYPE_STRING && row->type != TYPE_FLAG)
		fixture_fail("%s", row->name != NULL ? row->name : "?");
}

static void check_demands(const struct option_row *row)
{
	const char *p;
	size_t i;

	if (row->required != 0 || row->needs != 0)
		check_presence(row);
	for (p = row->unless; p != NULL && *p != '\0'; p++)
		check_presence(table_find_letter(*p, row->ops));
	if (row->needs != 0)
		check_presence(table_find_letter(row->needs, row->ops));
	if (row->serves != 0)
		check_presence(table_find_letter(row->serves, row->ops));
	for (i = 0; i < table_row_count; i++)
		if (table_names(row->instead, &table_rows[i]))
			check_presence(&table_rows[i]);
}

static void check_row(const struct option_row *row)
{
	const char *p;

	assert_true(row->ops != 0 && (row->ops | ALL) == ALL);
	assert_true(row->letter != 0 || row->name != NULL);
	assert_non_null(row->help);
	assert_true(strlen(row->help) > 10);
	assert_true(row->help[strlen(row->help) - 1] != '.');
	for (p = row->help; *p != '\0'; p++)
		assert_true(*p >= ' ' && *p < 0x7f && *p != '\\');
	assert_true((row->required & ~row->ops) == 0);
	assert_true((row->required != 0) == (row->what != NULL));
	assert_true(row->unless == NULL || row->required != 0);
	assert_true((row->idle & row->ops) == 0);
	assert_true(row->common || row->required == 0);
	if (row->type == TYPE_STRING || row->type == TYPE_NUMBER ||
	    row->type == TYPE_LIST || row->type == TYPE_TOLERATE ||
	    row->type == TYPE_RENEWAL || row->type == TYPE_NO_WARN)
		assert_non_null(row->arg);
	else
		assert_null(row->arg);
	if (row->type == TYPE_NUMBER)
		assert_true(row->def >= row->min ||
		    (row->def == 0 && row->example != NULL));
	if (row->key != NULL && row->arg != NULL)
		assert_true(row->example != NULL || row->type == TYPE_NUMBER);
	for (p = row->unless; p != NULL && *p != '\0'; p++)
		assert_true(table_find_letter(*p, row->ops)->ops & row->ops);
	if (row->needs != 0)
		assert_true(
		    table_find_letter(row->needs, row->ops)->ops & row->ops);
}

static void check_rows_differ(
    const struct option_row *a, const struct option_row *b)
{
	if (a->letter != 0 && a->letter == b->letter)
		assert_true(a->type == b->type && a->offset == b->offset);
	if (!(a->ops & b->ops))
		return;
	assert_true(a->letter == 0 || a->letter != b->letter);
	if (a->name != NULL && b->name != NULL)
		assert_string_not_equal(a->name, b->name);
	if (b->key != NULL)
		assert_false(table_has_key(a, b->key));
	if (b->alias != NULL)
		assert_false(table_has_key(a, b->alias));
}

static void the_table_is_sound(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < table_row_count; i++) {
		check_row(&table_rows[i]);
		check_demands(&table_rows[i]);
		for (j = i + 1; j < table_row_count; j++)
			check_rows_differ(&table_rows[i], &table_rows[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_table_is_sound),
	    cmocka_unit_test(every_row_is_promised),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
