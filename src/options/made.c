#include <string.h>
#include <sys/stat.h>

#include "compat/compat.h"
#include "keys/key_name.h"
#include "options/made.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

/* The options of a request that is made, by their names. */
#define MADE " subject new-key key-passout san eku ku template challenge "

bool made_has(const struct option_row *row)
{
	return table_names(MADE, row);
}

static bool is_made_by_argv(const struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	for (row = table_rows; row < end; row++)
		if (table_names(MADE, row) &&
		    state->given[table_index(row)] == RANK_ARGV)
			return true;
	return false;
}

/* The key of -k is there, and may be encrypted with NewKeyPassword. */
static void keep_passout(struct option_state *state)
{
	struct options *o = state->options;
	size_t in = table_index(table_find_key("KeyPassword", OP_ENROLL));
	size_t out = table_index(table_find_key("NewKeyPassword", OP_ENROLL));
	size_t key = table_index(table_find_letter('k', OP_ENROLL));

	if (o->passin != NULL || o->key_passout == NULL ||
	    state->given[key] == RANK_ARGV)
		return;
	o->passin = o->key_passout;
	o->key_passout = NULL;
	state->given[in] = state->given[out];
}

void made_overrule_file(struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	if (state->options->check_as == &op_renew)
		return;
	row = table_find_letter('r', OP_ENROLL);
	if (state->given[table_index(row)] != RANK_ARGV ||
	    is_made_by_argv(state))
		return;
	state->options->request_overrules =
	    state->options->subject != NULL || state->options->new_key != NULL;
	keep_passout(state);
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
	    {"--eku", o->purposes.count > 0},
	    {"--ku", o->key_usage},
	    {"--template", o->cert_template != NULL},
	    {"--challenge", o->challenge != NULL && o->sign_cert == NULL},
	};
	size_t i;

	for (i = 0; i < COUNT_OF(details); i++)
		if (details[i].given)
			return details[i].name;
	return NULL;
}

/* What is there under that name, if it is no regular file; NULL. */
static const char *find_kind(const char *name)
{
	struct target target;
	const char *kind = NULL;

	if (file_is_standard(name))
		return "a stream";
	if (!target_find_quietly(&target, name))
		return NULL;
	if (target.stream)
		kind = "a stream";
	else if (target.exists && S_ISDIR(target.status.st_mode))
		kind = "a directory";
	else if (target.exists && S_ISFIFO(target.status.st_mode))
		kind = "a FIFO";
	else if (target.exists && S_ISSOCK(target.status.st_mode))
		kind = "a socket";
	else if (target.exists && !S_ISREG(target.status.st_mode))
		kind = "a device";
	target_free(&target);
	return kind;
}

/* A key or a request that is read from a pipe would be waited for. */
static enum status check_names(const struct options *o)
{
	const char *kind;

	if (o->request != NULL && (kind = find_kind(o->request)) != NULL)
		return fail_misuse(
		    "the request that is made is not written to -r %s, which "
		    "is %s: give the name of a file, or leave -r out",
		    o->request, kind);
	if (o->new_key != NULL &&
	    (kind = find_kind(key_name_get_path(o->key))) != NULL)
		return fail_misuse(
		    "--new-key writes the key to a file: -k %s is %s", o->key,
		    kind);
	return ST_OK;
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
	return check_names(o);
}

/* The request of -r, which is read whatever the configuration file says. */
static enum status check_overruling(const struct options *o)
{
	bool exists = true;
	enum status st = ST_OK;

	if (o->request_overrules && !file_is_standard(o->request))
		st = file_find(&exists, o->request);
	if (st != ST_OK || exists)
		return st;
	return fail(ST_FILE,
	    "request %s: there is none: -r on the command line is for one that "
	    "is read, whatever Subject and NewKey of %s say (add --subject to "
	    "make one, or leave -r out)",
	    o->request, o->config);
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
		    "%s needs --subject or --new-key, or -K and -O without -r: "
		    "the request of -r is not changed",
		    detail);
	return check_overruling(o);
}

enum status made_is_wanted(bool *wanted, const struct options *o)
{
	bool exists;
	enum status st;

	*wanted = o->operation->op == OP_ENROLL &&
	    (o->request == NULL || o->subject != NULL || o->new_key != NULL);
	if (!*wanted || !o->resume || o->request == NULL)
		return ST_OK;
	if ((st = file_find(&exists, o->request)) == ST_OK)
		*wanted = !exists;
	return st;
}

bool made_is_written(
    const struct options *options, const struct option_row *row, bool exists)
{
	if (options->operation->op != OP_ENROLL)
		return false;
	if (row->letter == 'k')
		return options->new_key != NULL && !exists;
	return row->letter == 'r' &&
	    (options->subject != NULL || options->new_key != NULL);
}
