#include "options/demand.h"
#include "options/made.h"
#include "options/renewing.h"
#include "options/table.h"
#include "util/log.h"

/* Nothing is asked of rows of another type. */
static bool is_set(const struct options *o, const struct option_row *row)
{
	if (row->type == TYPE_STRING)
		return *(char *const *)table_field_const(o, row) != NULL;
	return row->type == TYPE_FLAG &&
	    *(const bool *)table_field_const(o, row);
}

/* Whether the row, NULL for none, is of the operation and has a value. */
static bool has_value(const struct options *o, const struct option_row *row)
{
	return row != NULL && (row->ops & o->operation->op) && is_set(o, row);
}

bool demand_is_given(const struct options *o, char letter)
{
	return has_value(o, table_find_letter(letter, o->operation->op));
}

/* Whether one of the options that can take the place of the row is given. */
static bool is_replaced(const struct options *o, const struct option_row *row)
{
	const struct option_row *other, *end = table_rows + table_row_count;

	for (other = table_rows; other < end; other++)
		if (table_names(row->instead, other) && is_set(o, other))
			return true;
	return false;
}

/* Whether all options that make the row unnecessary are given. */
static bool is_excused(const struct options *o, const struct option_row *row)
{
	const char *p;

	if (row->unless == NULL)
		return false;
	for (p = row->unless; *p != '\0'; p++)
		if (!demand_is_given(o, *p))
			return false;
	return true;
}

static enum status check_needs(
    const struct options *o, const struct option_row *row)
{
	char own[SPELLING_MAX], other[SPELLING_MAX];
	const struct option_row *needed;

	if (!has_value(o, row) || row->needs == 0 ||
	    demand_is_given(o, row->needs))
		return ST_OK;
	needed = table_find_letter(row->needs, o->operation->op);
	return fail_misuse("%s needs %s",
	    table_spelling(own, sizeof(own), row, ", "),
	    table_spelling(other, sizeof(other), needed, ", "));
}

static enum status check_required(
    const struct options *o, const struct option_row *row)
{
	bool file = o->config != NULL && row->key != NULL;
	char own[SPELLING_MAX];

	if (!(row->required & o->operation->op) || has_value(o, row) ||
	    is_excused(o, row) || is_replaced(o, row))
		return ST_OK;
	return fail_misuse("missing %s (%s%s%s)%s", row->what,
	    table_spelling(own, sizeof(own), row, ", "), file ? ", " : "",
	    file ? row->key : "", row->hint != NULL ? row->hint : "");
}

enum status demand_check(const struct options *o)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	enum status st = ST_OK;

	for (row = table_rows; st == ST_OK && row < end; row++)
		st = check_needs(o, row);
	for (row = table_rows; st == ST_OK && row < end; row++)
		if (row->ops & o->operation->op)
			st = check_required(o, row);
	if (st == ST_OK)
		st = made_check_options(o);
	return st == ST_OK ? renewing_check_options(o) : st;
}
