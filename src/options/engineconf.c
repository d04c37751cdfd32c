#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "options/engineconf.h"
#include "options/expand.h"
#include "util/ascii.h"
#include "util/log.h"
#include "util/quote.h"

#define SECTION    "sscep_engine"
#define OWN_PREFIX SECTION "_"

#define KEY_ID       "engine_id"
#define KEY_PATH     "dynamic_path"
#define KEY_COMMANDS "cmds"
#define KEY_MODULE   "MODULE_PATH"

#define SHOWN_MAX 80

/* All other keys but these are commands for the engine. */
static const char *const no_commands[] = {KEY_ID, KEY_PATH, KEY_COMMANDS,
    /* Of libcrypto's own configuration; without effect. */
    "engine_usage", "init", "default_algorithms"};

bool engineconf_is_section(const char *section)
{
	size_t len = strlen(SECTION);

	return strncasecmp(section, SECTION, len) == 0 &&
	    (section[len] == '\0' || section[len] == '_');
}

bool engineconf_is_path(const char *key)
{
	return ascii_is_same_word(key, KEY_PATH) ||
	    strcmp(key, KEY_MODULE) == 0;
}

static bool has_section(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (ascii_is_same_word(config->entries[i].section, name))
			return true;
	return false;
}

/* The value of the last key of that name in the section; NULL: none, or "". */
static const char *find_value(
    const struct config *config, const char *section, const char *key)
{
	const struct config_entry *entry;
	size_t i;

	for (i = config->count; section != NULL && i-- > 0;) {
		entry = &config->entries[i];
		if (entry->key != NULL && ascii_is_same_word(entry->key, key) &&
		    ascii_is_same_word(entry->section, section))
			return *entry->value == '\0' ? NULL : entry->value;
	}
	return NULL;
}

const char *engineconf_find(const struct config *config, const char *engine)
{
	const struct config_entry *entry;
	size_t i;

	if (has_section(config, engine))
		return engine;
	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key != NULL &&
		    ascii_is_same_word(entry->key, KEY_ID) &&
		    strcmp(entry->value, engine) == 0)
			return entry->section;
	}
	return NULL;
}

static char *describe_place(const char *path, size_t line)
{
	struct buf b = {0};
	char *text = NULL;

	if (buf_addf(&b, "%s:%zu", path, line))
		text = strdup(buf_string(&b));
	buf_free(&b);
	return text;
}

static enum status add_command(struct engine_options *engine,
    const struct config_entry *entry, const char *path)
{
	struct engine_command *grown, *added;
	size_t n = engine->count;

	/* There is room up to the next power of two. */
	if ((n & (n - 1)) == 0) {
		grown = realloc(
		    engine->commands, (n > 0 ? 2 * n : 1) * sizeof(*grown));
		if (grown == NULL)
			return fail_memory();
		engine->commands = grown;
	}
	added = &engine->commands[engine->count++];
	added->name = strdup(entry->key);
	added->value = strdup(entry->value);
	added->where = describe_place(path, entry->line);
	added->variable = entry->variable;
	added->secret = entry->secret;
	if (added->name == NULL || added->value == NULL || added->where == NULL)
		return fail_memory();
	return ST_OK;
}

static bool is_command(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(no_commands) / sizeof(no_commands[0]); i++)
		if (ascii_is_same_word(key, no_commands[i]))
			return false;
	return true;
}

/* Of an empty value that is written as one, or comes out of variables. */
static void warn_of_empty(const struct config_entry *entry, const char *path)
{
	char key[SHOWN_MAX];

	if (*entry->value == '\0' && !entry->absent)
		warn(WARN_NO_EFFECT,
		    "%s:%zu: %s: the value is empty, and counts as absent",
		    path, entry->line, quote_key(key, sizeof(key), entry->key));
}

/* An escape in the path of a module is an error. */
static enum status check_entry(
    const struct config_entry *entry, const char *path)
{
	char key[SHOWN_MAX];

	if (entry->escape == '\0' || !engineconf_is_path(entry->key))
		return ST_OK;
	return fail(ST_FILE, "%s:%zu: %s: " EXPAND_ESCAPE_REFUSED, path,
	    entry->line, quote_key(key, sizeof(key), entry->key),
	    entry->escape);
}

static enum status add_commands(struct engine_options *engine,
    const struct config *config, const char *section, const char *path)
{
	const struct config_entry *entry;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; section != NULL && st == ST_OK && i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key == NULL || !is_command(entry->key) ||
		    !ascii_is_same_word(entry->section, section))
			continue;
		warn_of_empty(entry, path);
		if ((st = check_entry(entry, path)) == ST_OK)
			st = add_command(engine, entry, path);
	}
	return st;
}

static enum status copy_text(char **out, const char *text)
{
	if (text != NULL && (*out = strdup(text)) == NULL)
		return fail_memory();
	return ST_OK;
}

/* [sscep_engine_ID], borrowed from config; NULL: there is none. */
static const char *find_own_section(const struct config *config, const char *id)
{
	const char *section;
	size_t i;

	for (i = 0; i < config->count; i++) {
		section = config->entries[i].section;
		if (strlen(section) > strlen(OWN_PREFIX) &&
		    engineconf_is_section(section) &&
		    ascii_is_same_word(section + strlen(OWN_PREFIX), id))
			return section;
	}
	return NULL;
}

/* Checks a key that is no command; only its last value counts. */
static enum status check_key(const struct config *config, const char *section,
    const char *key, const char *path)
{
	const struct config_entry *entry, *last = NULL;
	char name[SHOWN_MAX];
	size_t i;

	for (i = 0; section != NULL && i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key == NULL ||
		    !ascii_is_same_word(entry->key, key) ||
		    !ascii_is_same_word(entry->section, section))
			continue;
		if (last != NULL)
			warn(WARN_GIVEN_TWICE,
			    "%s:%zu: %s is given twice, this value is used",
			    path, entry->line,
			    quote_key(name, sizeof(name), entry->key));
		last = entry;
	}
	if (last == NULL)
		return ST_OK;
	warn_of_empty(last, path);
	return check_entry(last, path);
}

/* Checks the keys that are no commands. */
static enum status check_keys(
    const struct config *config, const char *section, const char *path)
{
	static const char *const keys[] = {KEY_ID, KEY_PATH, KEY_COMMANDS};
	char name[SHOWN_MAX], in[SHOWN_MAX];
	const char *commands;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < sizeof(keys) / sizeof(keys[0]); i++)
		st = check_key(config, section, keys[i], path);
	if (st != ST_OK)
		return st;
	commands = find_value(config, section, KEY_COMMANDS);
	if (commands == NULL || has_section(config, commands))
		return ST_OK;
	return fail(ST_FILE,
	    "%s: there is no section [%s] (" KEY_COMMANDS " of [%s])", path,
	    quote_text(name, sizeof(name), commands),
	    quote_text(in, sizeof(in), section));
}

enum status engineconf_read(
    struct options *options, const struct config *config, const char *path)
{
	struct engine_options *engine = &options->engine_options;
	const char *section, *own, *id;
	enum status st;

	if (options->engine == NULL)
		return ST_OK;
	section = engineconf_find(config, options->engine);
	id = find_value(config, section, KEY_ID);
	engine->id_is_section = section != NULL && id == NULL;
	st = check_keys(config, section, path);
	if (st == ST_OK)
		st = copy_text(&engine->id, id != NULL ? id : options->engine);
	if (st == ST_OK)
		st = copy_text(
		    &engine->path, find_value(config, section, KEY_PATH));
	if (st == ST_OK)
		st = add_commands(engine, config, section, path);
	if (st == ST_OK)
		st = add_commands(engine, config,
		    find_value(config, section, KEY_COMMANDS), path);
	if (st != ST_OK)
		return st;

	own = find_own_section(config, engine->id);
	if (own == NULL ||
	    (section != NULL && ascii_is_same_word(own, section)))
		return ST_OK;
	return add_commands(engine, config, own, path);
}

enum status engineconf_set_default(struct options *options)
{
	if (options->engine == NULL || options->engine_options.id != NULL)
		return ST_OK;
	return copy_text(&options->engine_options.id, options->engine);
}

void engineconf_free(struct engine_options *engine)
{
	struct engine_command *command;
	size_t i;

	for (i = 0; i < engine->count; i++) {
		command = &engine->commands[i];
		if (command->value != NULL)
			OPENSSL_cleanse(command->value, strlen(command->value));
		free(command->name);
		free(command->value);
		free(command->where);
	}
	free(engine->commands);
	free(engine->id);
	free(engine->path);
	memset(engine, 0, sizeof(*engine));
}
