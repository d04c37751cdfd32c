#include <stdlib.h>
#include <string.h>

#include "options/borrow.h"
#include "options/engineconf.h"
#include "options/guess.h"
#include "options/section.h"
#include "options/unknown.h"
#include "util/ascii.h"
#include "util/log.h"
#include "util/quote.h"

#define SHOWN_MAX 80

/* Names of sections, sorted, borrowed. */
struct names {
	const char **list;
	size_t count;
};

static int compare_names(const void *a, const void *b)
{
	const char *const *left = a, *const *right = b;

	return ascii_compare_words(*left, *right);
}

static bool has_name(const struct names *names, const char *name)
{
	return bsearch(&name, names->list, names->count, sizeof(name),
		   compare_names) != NULL;
}

/* Whether the value of the key is the name of a section of an engine. */
static bool names_section(const struct config_entry *entry)
{
	return (ascii_is_same_word(entry->key, "engine") ||
		   ascii_is_same_word(entry->key, "cmds")) &&
	    strlen(entry->value) <= CONFIG_NAME_MAX;
}

/*
 * The sections, of any name, that a key refers to as that of an engine, and
 * those with a key that a value has used as a variable.
 */
static enum status find_names(struct names *out,
    const struct option_state *state, const struct config *config)
{
	const char *engine = state->options->engine, *own = NULL;
	const struct config_entry *entry;
	size_t i;

	out->list = malloc((2 * config->count + 1) * sizeof(*out->list));
	if (out->list == NULL)
		return fail_memory();
	if (engine != NULL)
		own = engineconf_find(config, engine);
	if (own != NULL)
		out->list[out->count++] = own;
	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key != NULL && names_section(entry))
			out->list[out->count++] = entry->value;
		if (entry->variable)
			out->list[out->count++] = entry->section;
	}
	qsort(out->list, out->count, sizeof(*out->list), compare_names);
	return ST_OK;
}

#define SECTION_OF(bit, word) "," SECTION_PREFIX #word

static void warn_of_section(const struct names *names,
    const struct config_entry *entry, const char *path)
{
	static const char known[] = CONFIG_SECTION_COMMON
	    "," SECTION_PREFIX "engine" OPS_LIST(SECTION_OF);
	char name[SHOWN_MAX], near[GUESS_TEXT_MAX];

	if (!has_name(names, entry->section) &&
	    !engineconf_is_section(entry->section) &&
	    !section_is_common(entry->section) &&
	    section_find_operation(entry->section) == NULL)
		warn(WARN_UNKNOWN_SECTION, "%s:%zu: unknown section [%s]%s",
		    path, entry->line,
		    quote_text(name, sizeof(name), entry->section),
		    guess_suggest_of(
			near, sizeof(near), entry->section, known));
}

static void warn_of_unknown_key(
    const struct config_entry *entry, const char *path)
{
	struct guess guess = {0};
	char name[SHOWN_MAX], near[GUESS_TEXT_MAX];
	size_t i;

	for (i = 0; i < table_row_count; i++)
		if (table_rows[i].key != NULL)
			guess_offer(&guess, entry->key, table_rows[i].key);
	warn(WARN_UNKNOWN_KEY, "%s:%zu: unknown key %s%s", path, entry->line,
	    quote_key(name, sizeof(name), entry->key),
	    guess_suggest(near, sizeof(near), &guess, entry->key, "", ""));
}

/* Whether it is the one that is run, or that check looks at the options of. */
static bool is_meant(
    const struct option_state *state, const struct operation *owner)
{
	return owner != NULL &&
	    (owner == state->operation || owner == state->options->check_as);
}

static void warn_of_key(const struct option_state *state,
    const struct config_entry *entry, const char *path)
{
	const struct operation *owner = section_find_operation(entry->section);
	const struct option_row *row;

	if (owner == NULL && !section_is_common(entry->section))
		return;
	row = table_find_key(
	    entry->key, owner == NULL ? state->operation->op : owner->op);
	if (row == NULL && !entry->variable)
		warn_of_unknown_key(entry, path);
	else if (row != NULL && is_meant(state, owner) &&
	    !(row->ops & owner->op))
		warn(WARN_NO_EFFECT,
		    "%s:%zu: %s has no effect in [" SECTION_PREFIX "%s]", path,
		    entry->line, row->key, owner->name);
}

enum status unknown_warn(const struct option_state *state,
    const struct config *config, const char *path)
{
	const char *header = CONFIG_SECTION_DEFAULT;
	const struct config_entry *entry;
	struct names names = {0};
	enum status st;
	size_t i;

	borrow_find_operation(state);
	if ((st = find_names(&names, state, config)) != ST_OK)
		return st;
	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		/* section::Key names a section, too. */
		if (entry->key == NULL || strcmp(entry->section, header) != 0)
			warn_of_section(&names, entry, path);
		if (entry->key == NULL)
			header = entry->section;
		else
			warn_of_key(state, entry, path);
	}
	free(names.list);
	return ST_OK;
}
