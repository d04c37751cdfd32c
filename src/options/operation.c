#include <stdio.h>
#include <string.h>

#include "options/guess.h"
#include "options/hide.h"
#include "options/long_name.h"
#include "options/operation.h"
#include "options/table.h"
#include "util/log.h"

#define ABBREVIATION_MIN 4 /* letters */

/* The operation with the longest name that word begins with. */
static const struct operation *find_beginning(const char *word)
{
	const struct operation *best = NULL;
	size_t i, len, best_len = 0;

	for (i = 0; i < OPS_COUNT; i++) {
		len = strlen(ops_all[i]->name);
		if (len > best_len &&
		    strncmp(ops_all[i]->name, word, len) == 0) {
			best = ops_all[i];
			best_len = len;
		}
	}
	return best;
}

static bool is_abbreviation(const char *word, const struct operation *operation)
{
	size_t len = strlen(word);

	return len >= ABBREVIATION_MIN && (operation->op & OPS_ABBREVIABLE) &&
	    strncmp(operation->name, word, len) == 0;
}

/* NULL if word abbreviates none; ST_ERROR after reporting if it does several. */
static enum status find_abbreviated(
    const struct operation **out, const char *word)
{
	char all[256] = "";
	size_t i, count = 0, used = 0;

	*out = NULL;
	for (i = 0; i < OPS_COUNT; i++) {
		if (!is_abbreviation(word, ops_all[i]) || used >= sizeof(all))
			continue;
		*out = ops_all[i];
		used += (size_t)snprintf(all + used, sizeof(all) - used, "%s%s",
		    count++ > 0 ? ", " : "", ops_all[i]->name);
	}
	if (count < 2)
		return ST_OK;
	*out = NULL;
	return fail_misuse("operation %s is ambiguous: %s", word, all);
}

static enum status fail_unknown(const char *word)
{
	struct guess guess = {0};
	char near[GUESS_TEXT_MAX], shown[80];
	const char *secret = hide_find_secret(word);
	size_t i;

	if (secret != NULL)
		return fail_misuse("unknown operation: the argument in its "
				   "place looks like %s",
		    secret);
	for (i = 0; i < OPS_COUNT; i++)
		guess_offer(&guess, word, ops_all[i]->name);
	guess_offer(&guess, word, "help");
	guess_offer(&guess, word, "version");
	log_escape(shown, sizeof(shown), word, strlen(word));
	return fail_misuse("unknown operation %s%s",
	    *word != '\0' ? shown : "\"\"",
	    guess_suggest(near, sizeof(near), &guess, word, "", ""));
}

/*
 * Manuals of sscep before 0.10 spell "enrol", and "getcap" for getca, which its
 * beginning tells.  ST_ERROR after reporting a word for none, or for several.
 */
static enum status find(const struct operation **out, const char *word)
{
	enum status st;

	*out = strcmp(word, "enrol") == 0 ? &op_enroll : find_beginning(word);
	if (*out != NULL)
		return ST_OK;
	if ((st = find_abbreviated(out, word)) != ST_OK)
		return st;
	if (*out == NULL)
		return fail_unknown(word);
	warn(WARN_ABBREVIATED_OPERATION,
	    "operation %s is taken for %s; write the whole name", word,
	    (*out)->name);
	return ST_OK;
}

/* --help, -? and --version stand alone; other options need an operation. */
static enum status parse_first_option(
    const char *arg, enum options_action *action)
{
	const struct option_row *row = NULL;
	enum status st;

	if (strncmp(arg, "--", 2) == 0 && arg[2] != '\0') {
		st = long_name_find(&row, arg + 2, strcspn(arg + 2, "="), NULL);
		if (st != ST_OK)
			return st;
	} else if (strlen(arg) == 2) {
		row = table_find_letter(arg[1], TABLE_OPS_ALL);
	}
	if (row == NULL || row->type != TYPE_ACTION)
		return fail_misuse("the operation must come first");
	*action = row->action;
	return ST_OK;
}

enum status operation_parse(const struct operation **out,
    enum options_action *action, int argc, char **argv)
{
	const char *word = argv[1];

	if (word[0] == '-')
		return parse_first_option(word, action);
	if (strcmp(word, "version") == 0) {
		*action = OPTIONS_VERSION;
		return ST_OK;
	}
	if (strcmp(word, "help") == 0) {
		*action = OPTIONS_HELP;
		if (argc < 3 || argv[2][0] == '-')
			return ST_OK;
		word = argv[2];
	}
	return find(out, word);
}
