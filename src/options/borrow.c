#include <stddef.h>
#include <string.h>

#include "keys/new_key.h"
#include "options/borrow.h"
#include "options/table.h"
#include "options/value.h"
#include "util/ascii.h"

/* The operations that have an option of the name of the row, of those of ops. */
static unsigned int find_owners(const struct option_row *row, unsigned int ops)
{
	const struct option_row *r, *end = table_rows + table_row_count;
	unsigned int owners = 0;

	for (r = table_rows; row->name != NULL && r < end; r++)
		if (r->name != NULL && strcmp(r->name, row->name) == 0)
			owners |= r->ops;
	return owners & ops;
}

/* renew has a word for --new-key that enroll has not; a wrong one is absent. */
static bool is_of_renew(const struct options *o, const struct option_row *row)
{
	return row->offset == offsetof(struct options, new_key) &&
	    o->new_key != NULL && ascii_is_same_word(o->new_key, NEW_KEY_SAME);
}

/* The only operation that can have the option from that source, else NULL. */
static const struct operation *find_owner(
    const struct option_state *state, const struct option_row *row)
{
	enum option_rank rank = state->given[table_index(row)];
	unsigned int owners = find_owners(row, state->operation->borrows);
	size_t i;

	if (rank == RANK_BASE || is_of_renew(state->options, row))
		return state->operation->base;
	for (i = 0; i < OPS_COUNT; i++)
		if (owners == (unsigned int)ops_all[i]->op)
			return ops_all[i];
	return NULL;
}

/* What the options say that are of the command line, or that are not. */
static const struct operation *find_by(
    const struct option_state *state, bool argv)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	const struct operation *owner = NULL;
	enum option_rank rank;

	for (row = table_rows; owner == NULL && row < end; row++) {
		rank = state->given[table_index(row)];
		if (rank != RANK_UNSET && (rank == RANK_ARGV) == argv)
			owner = find_owner(state, row);
	}
	return owner;
}

void borrow_find_operation(const struct option_state *state)
{
	struct options *o = state->options;

	if (state->operation->borrows == 0)
		return;
	o->check_as = find_by(state, true);
	o->check_by_file = o->check_as == NULL;
	if (o->check_by_file)
		o->check_as = find_by(state, false);
}

/* Whether an option of the operation sets the field of the row, too. */
static bool is_shared(const struct option_row *row, enum op op)
{
	const struct option_row *r, *end = table_rows + table_row_count;

	for (r = table_rows; r < end; r++)
		if ((r->ops & op) && r->offset == row->offset &&
		    r->type == row->type)
			return true;
	return false;
}

void borrow_options(struct options *out, const struct options *in,
    const struct operation *operation)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	*out = *in;
	out->operation = operation;
	for (row = table_rows; row < end; row++) {
		if (!(row->ops & in->operation->borrows) ||
		    is_shared(row, operation->op))
			continue;
		if (row->type == TYPE_STRING)
			*(char **)table_field(out, row) = NULL;
		else if (row->type == TYPE_LIST)
			*(struct list *)table_field(out, row) =
			    (struct list){0};
		else if (row->type == TYPE_FLAG)
			*(bool *)table_field(out, row) = false;
	}
}
