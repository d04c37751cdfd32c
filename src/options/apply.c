#include <stdio.h>
#include <string.h>

#include "options/apply.h"
#include "options/config.h"
#include "options/engineconf.h"
#include "options/guess.h"
#include "util/ascii.h"
#include "util/log.h"

#define SECTION_PREFIX    "sscep_"
#define SECTION_NAME_MAX  80
#define SECTION_SHOWN_MAX 80

/* The operation that the section belongs to; NULL: none. */
static const struct operation *section_operation(const char *section)
{
	char name[SECTION_NAME_MAX];
	size_t i;

	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(
		    name, sizeof(name), SECTION_PREFIX "%s", ops_all[i]->name);
		if (ascii_is_same_word(section, name))
			return ops_all[i];
	}
	return NULL;
}

/* Whether the section is for all operations. */
static bool is_common(const char *section)
{
	return ascii_is_same_word(section, CONFIG_SECTION_COMMON) ||
	    ascii_is_same_word(section, CONFIG_SECTION_DEFAULT);
}

/* The rank of the section for that row; RANK_UNSET: it is not read. */
static enum option_rank section_rank(
    const char *section, const struct option_row *row, enum op op)
{
	const struct operation *owner = section_operation(section);

	if (is_common(section))
		return RANK_COMMON;
	if (owner == NULL)
		return RANK_UNSET;
	if (owner->op == op)
		return RANK_OWN;
	return (row->fallback & owner->op) ? RANK_FALLBACK : RANK_UNSET;
}

/* A section header, or a key without a value. */
static bool is_absent(const struct config_entry *entry)
{
	return entry->key == NULL || *entry->value == '\0';
}

/* Sets the keys in sections of that rank that no lower rank has set. */
static enum status apply_rank(struct option_state *state,
    const struct config *config, const char *path, enum option_rank rank)
{
	enum op op = state->operation->op;
	struct option_source source = {.file = path, .rank = rank};
	const struct config_entry *entry;
	const struct option_row *row;
	enum option_rank given;
	enum status st;
	size_t i;

	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (is_absent(entry))
			continue;

		row = table_find_key(entry->key, op);
		if (row == NULL || !(row->ops & op) ||
		    section_rank(entry->section, row, op) != rank)
			continue;

		given = state->given[table_index(row)];
		if (given != RANK_UNSET && given < rank)
			continue;

		source.name = entry->key;
		source.line = entry->line;
		source.escape = entry->escape;
		st = value_set(state, row, entry->value, &source);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

static const char *shown(char *out, size_t size, const char *text)
{
	return log_escape(out, size, text, strlen(text));
}

/* A section of an engine may have any name that a key refers to. */
static bool is_engine_section(const struct option_state *state,
    const struct config *config, const char *section)
{
	const char *engine = state->options->engine, *own = NULL;
	const struct config_entry *entry;
	size_t i;

	if (engine != NULL)
		own = engineconf_find(config, engine);
	if (engineconf_is_section(section) ||
	    (own != NULL && ascii_is_same_word(own, section)))
		return true;
	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key != NULL &&
		    (ascii_is_same_word(entry->key, "engine") ||
			ascii_is_same_word(entry->key, "cmds")) &&
		    ascii_is_same_word(entry->value, section))
			return true;
	}
	return false;
}

/* Whether a value has used a key of the section as a variable. */
static bool has_variable(const struct config *config, const char *section)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (config->entries[i].variable &&
		    strcmp(config->entries[i].section, section) == 0)
			return true;
	return false;
}

#define SECTION_OF(bit, word) "," SECTION_PREFIX #word

static void warn_of_section(const struct option_state *state,
    const struct config *config, const struct config_entry *entry,
    const char *path)
{
	static const char known[] = CONFIG_SECTION_COMMON
	    "," SECTION_PREFIX "engine" OPS_LIST(SECTION_OF);
	char name[SECTION_SHOWN_MAX], near[GUESS_TEXT_MAX];

	if (!is_engine_section(state, config, entry->section) &&
	    !is_common(entry->section) &&
	    section_operation(entry->section) == NULL &&
	    !has_variable(config, entry->section))
		warn(WARN_UNKNOWN_SECTION, "%s:%zu: unknown section [%s]%s",
		    path, entry->line,
		    shown(name, sizeof(name), entry->section),
		    guess_suggest_of(
			near, sizeof(near), entry->section, known));
}

static void warn_of_unknown_key(
    const struct config_entry *entry, const char *path)
{
	struct guess guess = {0};
	char name[SECTION_SHOWN_MAX], near[GUESS_TEXT_MAX];
	size_t i;

	for (i = 0; i < table_row_count; i++)
		if (table_rows[i].key != NULL)
			guess_offer(&guess, entry->key, table_rows[i].key);
	warn(WARN_UNKNOWN_KEY, "%s:%zu: unknown key %s%s", path, entry->line,
	    shown(name, sizeof(name), entry->key),
	    guess_suggest(near, sizeof(near), &guess, entry->key, "", ""));
}

static void warn_of_key(const struct option_state *state,
    const struct config_entry *entry, const char *path)
{
	const struct operation *owner = section_operation(entry->section);
	const struct option_row *row;

	if (owner == NULL && !is_common(entry->section))
		return;
	row = table_find_key(entry->key, state->operation->op);
	if (row == NULL && !entry->variable)
		warn_of_unknown_key(entry, path);
	else if (row != NULL && owner == state->operation &&
	    !(row->ops & owner->op))
		warn(WARN_NO_EFFECT,
		    "%s:%zu: %s has no effect in [" SECTION_PREFIX "%s]", path,
		    entry->line, row->key, owner->name);
}

/* JSON in the operation's own section, or else in [sscep]. */
static bool find_json(const struct config *config, enum op op)
{
	const struct config_entry *entry;
	const struct option_row *row;
	enum option_rank rank, best = RANK_UNSET;
	bool json = false;
	size_t i;

	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		row = is_absent(entry) ? NULL : table_find_key(entry->key, op);
		if (row == NULL ||
		    row->offset != offsetof(struct options, json))
			continue;
		rank = section_rank(entry->section, row, op);
		if (rank == RANK_UNSET || (best != RANK_UNSET && rank > best))
			continue;
		best = rank;
		value_parse_flag(&json, entry->value);
	}
	return json;
}

/* Errors of the file and of its values are reported as it says. */
static enum status read_config(
    struct config *out, struct option_state *state, const char *path)
{
	enum status st = config_read(out, path);

	if (!state->options->json)
		state->options->json = find_json(out, state->operation->op);
	return st;
}

void apply_json(struct option_state *state, const char *path)
{
	struct config config = {0};
	struct log_capture unheard;

	log_capture_begin(&unheard);
	read_config(&config, state, path);
	log_capture_end(&unheard);
	config_free(&config);
}

enum status apply_file(struct option_state *state, const char *path)
{
	struct config config = {0};
	const struct config_entry *entry;
	enum option_rank rank;
	enum status st;
	size_t i;

	if ((st = read_config(&config, state, path)) != ST_OK)
		goto out;
	for (rank = RANK_OWN; rank <= RANK_FALLBACK; rank++)
		if ((st = apply_rank(state, &config, path, rank)) != ST_OK)
			goto out;
	if ((st = engineconf_read(state->options, &config, path)) != ST_OK)
		goto out;

	for (i = 0; i < config.count; i++) {
		entry = &config.entries[i];
		if (entry->key == NULL)
			warn_of_section(state, &config, entry, path);
		else
			warn_of_key(state, entry, path);
	}
out:
	config_free(&config);
	return st;
}
