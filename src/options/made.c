#include <string.h>

#include "compat/compat.h"
#include "options/made.h"
#include "util/file.h"
#include "util/log.h"

/* The options of a request that is made, by their names. */
#define MADE " subject new-key key-passout san eku ku template challenge "

static bool is_made_by_argv(const struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	for (row = table_rows; row < end; row++)
		if (table_names(MADE, row) &&
		    state->given[table_index(row)] == RANK_ARGV)
			return true;
	return false;
}

void made_overrule_file(struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	row = table_find_letter('r', OP_ENROLL);
	if (state->given[table_index(row)] != RANK_ARGV ||
	    is_made_by_argv(state))
		return;
	for (row = table_rows; row < end; row++) {
		if (!table_names(MADE, row))
			continue;
		value_clear(state->options, row);
		state->given[table_index(row)] = RANK_UNSET;
	}
	state->options->key_usage = false;
}

/* An option that only a request which is made here can have; NULL: none. */
static const char *find_detail(const struct options *o)
{
	const struct {
		const char *name;
		bool given;
	} details[] = {
	    {"--san", o->altnames.count > 0},
	    {"--eku", o->purposes != NULL},
	    {"--ku", o->key_usage},
	    {"--template", o->cert_template != NULL},
	    {"--challenge", o->challenge != NULL},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(details); i++)
		if (details[i].given)
			return details[i].name;
	return NULL;
}

static enum status check_request(const struct options *o)
{
	if (o->key == NULL)
		return fail_misuse(
		    "missing private key (-k, --key): the request is made for "
		    "it");
	if (o->subject == NULL && o->sign_cert == NULL)
		return fail_misuse(
		    "missing subject (--subject): that of the request that is "
		    "made with --new-key");
	if (o->subject != NULL && strcmp(o->subject, "/") == 0 &&
	    o->altnames.count == 0)
		return fail_misuse(
		    "--subject is empty, and there is no name in --san (RFC "
		    "5280, 4.2.1.6)");
	if (o->request != NULL && file_is_standard(o->request))
		return fail_misuse(
		    "the request that is made is not written to -r -: give the "
		    "name of a file, or leave -r out");
	if (o->new_key != NULL && file_is_standard(o->key))
		return fail_misuse(
		    "--new-key writes the key to a file: -k - is "
		    "not the name of one");
	return ST_OK;
}

enum status made_check_options(const struct options *o)
{
	const char *detail = find_detail(o);

	if (o->operation->op != OP_ENROLL)
		return ST_OK;
	if (o->key_passout != NULL && o->new_key == NULL)
		return fail_misuse("--key-passout needs --new-key");
	if (o->request == NULL || o->subject != NULL || o->new_key != NULL)
		return check_request(o);
	if (detail != NULL)
		return fail_misuse(
		    "%s needs --subject or --new-key: the request of -r is not "
		    "changed",
		    detail);
	return ST_OK;
}

bool made_is_written(
    const struct options *options, const struct option_row *row)
{
	if (options->operation->op != OP_ENROLL)
		return false;
	if (row->letter == 'k')
		return options->new_key != NULL;
	return row->letter == 'r' &&
	    (options->subject != NULL || options->new_key != NULL);
}
