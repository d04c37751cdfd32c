#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <openssl/crypto.h>

#include "options/engineconf.h"
#include "util/ascii.h"
#include "util/log.h"

#define SECTION        "sscep_engine"
#define SECTION_PREFIX SECTION "_"

/* All other keys are commands for the engine. */
#define KEY_ID       "engine_id"
#define KEY_PATH     "dynamic_path"
#define KEY_COMMANDS "cmds"

bool engineconf_is_section(const char *section)
{
	size_t len = strlen(SECTION);

	return strncasecmp(section, SECTION, len) == 0 &&
	    (section[len] == '\0' || section[len] == '_');
}

static bool has_section(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (ascii_is_same_word(config->entries[i].section, name))
			return true;
	return false;
}

static const char *find_value(
    const struct config *config, const char *section, const char *key)
{
	const struct config_entry *entry;
	size_t i;

	for (i = 0; section != NULL && i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key != NULL && ascii_is_same_word(entry->key, key) &&
		    ascii_is_same_word(entry->section, section))
			return entry->value;
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

static bool add_command_text(struct engine_options *engine, const char *text)
{
	char **grown =
	    realloc(engine->commands, (engine->count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	engine->commands = grown;
	if ((grown[engine->count] = strdup(text)) == NULL)
		return false;
	engine->count++;
	return true;
}

static bool is_command(const struct config_entry *entry)
{
	return entry->key != NULL && !ascii_is_same_word(entry->key, KEY_ID) &&
	    !ascii_is_same_word(entry->key, KEY_PATH) &&
	    !ascii_is_same_word(entry->key, KEY_COMMANDS);
}

static enum status add_commands(struct engine_options *engine,
    const struct config *config, const char *section)
{
	const struct config_entry *entry;
	size_t i;

	for (i = 0; section != NULL && i < config->count; i++) {
		entry = &config->entries[i];
		if (ascii_is_same_word(entry->section, section) &&
		    is_command(entry) &&
		    (!add_command_text(engine, entry->key) ||
			!add_command_text(engine, entry->value)))
			return fail_memory();
	}
	return ST_OK;
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
		if (strlen(section) > strlen(SECTION_PREFIX) &&
		    engineconf_is_section(section) &&
		    ascii_is_same_word(section + strlen(SECTION_PREFIX), id))
			return section;
	}
	return NULL;
}

enum status engineconf_read(
    struct options *options, const struct config *config, const char *path)
{
	struct engine_options *engine = &options->engine_options;
	const char *section, *own, *id, *commands;
	enum status st;

	if (options->engine == NULL)
		return ST_OK;
	section = engineconf_find(config, options->engine);
	id = find_value(config, section, KEY_ID);
	commands = find_value(config, section, KEY_COMMANDS);
	if (commands != NULL && !has_section(config, commands))
		return fail(ST_FILE,
		    "%s: there is no section [%s] (" KEY_COMMANDS " of [%s])",
		    path, commands, section);

	st = copy_text(&engine->id, id != NULL ? id : options->engine);
	if (st == ST_OK)
		st = copy_text(
		    &engine->path, find_value(config, section, KEY_PATH));
	if (st == ST_OK)
		st = add_commands(engine, config, section);
	if (st == ST_OK)
		st = add_commands(engine, config, commands);
	if (st != ST_OK)
		return st;

	own = find_own_section(config, engine->id);
	if (own == NULL ||
	    (section != NULL && ascii_is_same_word(own, section)))
		return ST_OK;
	return add_commands(engine, config, own);
}

enum status engineconf_set_default(struct options *options)
{
	if (options->engine == NULL || options->engine_options.id != NULL)
		return ST_OK;
	return copy_text(&options->engine_options.id, options->engine);
}

void engineconf_free(struct engine_options *engine)
{
	size_t i;

	for (i = 0; i < engine->count; i++) {
		OPENSSL_cleanse(
		    engine->commands[i], strlen(engine->commands[i]));
		free(engine->commands[i]);
	}
	free(engine->commands);
	free(engine->id);
	free(engine->path);
	memset(engine, 0, sizeof(*engine));
}
