#include <stddef.h>
#include <string.h>

#include "options/apply.h"
#include "options/config.h"
#include "options/doubt.h"
#include "options/engineconf.h"
#include "options/made.h"
#include "options/section.h"
#include "options/unknown.h"
#include "util/log.h"

/* The keys of a row, those that are not combined, in sections of a rank. */
struct row_keys {
	const struct config_entry *last; /* which counts */
	bool repeated;
};

static bool is_combined(const struct option_row *row)
{
	return row->type == TYPE_LIST || row->type == TYPE_TOLERATE ||
	    row->type == TYPE_NO_WARN;
}

/* The row that the entry sets at that rank; NULL: none, or it is overridden. */
static const struct option_row *find_row(const struct option_state *state,
    const struct config_entry *entry, enum option_rank rank)
{
	enum op op = state->operation->op;
	const struct option_row *row;
	enum option_rank given;

	if (entry->key == NULL)
		return NULL;
	row = table_find_key(entry->key, op);
	if (row == NULL || !(row->ops & op) ||
	    section_find_rank(entry->section, row, op) != rank)
		return NULL;
	given = state->given[table_index(row)];
	return given == RANK_UNSET || given >= rank ? row : NULL;
}

static void find_last(struct row_keys keys[TABLE_ROWS_MAX],
    const struct option_state *state, const struct config *config,
    enum option_rank rank)
{
	const struct option_row *row;
	struct row_keys *of_row;
	size_t i;

	for (i = 0; i < config->count; i++) {
		row = find_row(state, &config->entries[i], rank);
		if (row == NULL || is_combined(row))
			continue;
		of_row = &keys[table_index(row)];
		of_row->repeated = of_row->last != NULL;
		of_row->last = &config->entries[i];
	}
}

/*
 * An empty value counts as absent, unless it is one that is taken, or a check
 * would be lost that somebody meant to have.
 */
static enum status apply_entry(struct option_state *state,
    const struct option_row *row, const struct config_entry *entry,
    struct option_source *source)
{
	source->name = entry->key;
	source->line = entry->line;
	source->escape = entry->escape;
	source->cut = entry->cut;
	if (*entry->value != '\0' ||
	    (!entry->absent && (row->check == CHECK_ANY || row->guards)))
		return value_set(state, row, entry->value, source);
	if (!entry->absent)
		warn(WARN_NO_EFFECT,
		    "%s:%zu: %s: the value is empty, and counts as absent",
		    source->file, source->line, source->name);
	return ST_OK;
}

/* A diagnosis goes on after an error of the file, and reports it with the rest. */
static bool keeps_faults(const struct option_state *state)
{
	return state->operation->diagnoses && !state->options->dump_config;
}

/* After a failure, whose text was captured. */
static enum status take_fault(
    struct option_state *state, enum status st, const char *text)
{
	if (st != ST_FILE || !keeps_faults(state)) {
		log_report(st, text);
		return st;
	}
	return buf_add(&state->options->faults, text, strlen(text) + 1)
	    ? ST_OK
	    : fail_memory();
}

/* What a wrong value overrides stays overridden. */
static enum status apply_checked(struct option_state *state,
    const struct option_row *row, const struct config_entry *entry,
    struct option_source *source)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = apply_entry(state, row, entry, source);
	log_capture_end(&capture);
	if (st == ST_OK)
		return ST_OK;
	state->given[table_index(row)] = source->rank;
	state->options->faulty_made |= made_has(row);
	return take_fault(state, st, capture.text);
}

/* Sets the keys in sections of that rank that no lower rank has set. */
static enum status apply_rank(struct option_state *state,
    const struct config *config, const char *path, enum option_rank rank)
{
	struct row_keys keys[TABLE_ROWS_MAX] = {{0}}, *of_row;
	struct option_source source = {.file = path, .rank = rank};
	const struct config_entry *entry;
	const struct option_row *row;
	enum status st = ST_OK;
	size_t i;

	find_last(keys, state, config, rank);
	for (i = 0; st == ST_OK && i < config->count; i++) {
		entry = &config->entries[i];
		if ((row = find_row(state, entry, rank)) == NULL)
			continue;
		of_row = &keys[table_index(row)];
		if (!is_combined(row) && entry != of_row->last)
			continue;
		if (of_row->repeated)
			warn(WARN_GIVEN_TWICE,
			    "%s:%zu: %s is given twice, this value is used",
			    path, entry->line, entry->key);
		st = apply_checked(state, row, entry, &source);
	}
	return st;
}

/*
 * JSON in the operation's own section, or else in [sscep] or [default]; a value
 * that is neither yes nor no does not count.
 */
static bool find_json(const struct config *config, enum op op)
{
	bool json[RANK_FALLBACK + 1], given[RANK_FALLBACK + 1] = {false};
	const struct config_entry *entry;
	const struct option_row *row;
	enum option_rank rank;
	size_t i;

	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		row =
		    entry->key == NULL ? NULL : table_find_key(entry->key, op);
		if (row == NULL ||
		    row->offset != offsetof(struct options, json))
			continue;
		rank = section_find_rank(entry->section, row, op);
		if (*entry->value == '\0')
			given[rank] = false;
		else if (value_parse_flag(&json[rank], entry->value))
			given[rank] = true;
	}
	for (rank = RANK_OWN; rank <= RANK_FALLBACK; rank++)
		if (given[rank])
			return json[rank];
	return false;
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

/* The first line with a pin that is in force; 0: there is none. */
static size_t find_pin(const struct option_state *state,
    const struct config *config, const struct option_row *row)
{
	enum option_rank rank = state->given[table_index(row)];
	const struct config_entry *entry;
	size_t i;

	for (i = 0; rank != RANK_UNSET && i < config->count; i++) {
		entry = &config->entries[i];
		if (!entry->absent && find_row(state, entry, rank) == row)
			return entry->line;
	}
	return 0;
}

/* Of CAFingerprint without a value, where pins of no lower rank override it. */
static void warn_of_no_pin(const struct option_state *state,
    const struct config *config, const char *path)
{
	enum op op = state->operation->op;
	const struct config_entry *entry;
	const struct option_row *row;
	enum option_rank rank;
	size_t i, line;

	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key == NULL || !entry->absent)
			continue;
		row = table_find_key(entry->key, op);
		if (row == NULL || row->check != CHECK_FINGERPRINT)
			continue;
		rank = section_find_rank(entry->section, row, op);
		if (rank == RANK_UNSET || find_row(state, entry, rank) == NULL)
			continue;
		if ((line = find_pin(state, config, row)) == 0)
			warn(WARN_NO_EFFECT,
			    "%s:%zu: %s has no value, and pins no CA", path,
			    entry->line, entry->key);
		else
			warn(WARN_NO_EFFECT,
			    "%s:%zu: %s has no value; that of line %zu holds",
			    path, entry->line, entry->key, line);
	}
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
	struct log_capture capture;
	enum option_rank rank;
	enum status st;

	log_capture_begin(&capture);
	st = read_config(&config, state, path);
	log_capture_end(&capture);
	if (st != ST_OK) {
		state->options->faulty_file = true;
		st = take_fault(state, st, capture.text);
		goto out;
	}
	doubt_warn(&config, path);
	for (rank = RANK_OWN; rank <= RANK_FALLBACK; rank++)
		if ((st = apply_rank(state, &config, path, rank)) != ST_OK)
			goto out;
	warn_of_no_pin(state, &config, path);
	if ((st = engineconf_read(state->options, &config, path)) == ST_OK)
		st = unknown_warn(state, &config, path);
out:
	config_free(&config);
	return st;
}
