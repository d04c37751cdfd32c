#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define OPENSSL_SUPPRESS_DEPRECATED

#include "keys/engine.h"

#ifdef HAVE_ENGINES

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/engine.h>
#include <openssl/err.h>

#include "keys/key_name.h"
#include "util/file.h"
#include "util/log.h"

#define PIN "PIN" /* the command of engines that take one */

static ENGINE *engine;
static bool started;
static UI_METHOD *ui;

/* For a key that asks at each use. */
static struct secret kept;
static struct key_place kept_place;

static struct pass configured_pin; /* from a command PIN */

/* Of the key before: its name, and whether its PIN is not the configured. */
static struct buf last_name;
static bool brought_before;

/* The module of a PKCS#11 token is only looked for when a key is. */
static enum status check_module(const char *name, const char *value)
{
	bool exists = true;
	enum status st = ST_OK;

	if (strcmp(name, "MODULE_PATH") == 0 && strchr(value, '/') != NULL)
		st = file_find(&exists, value);
	return exists || st != ST_OK
	    ? st
	    : fail(ST_ERROR, "engine %s: %s %s: there is no such file",
		  ENGINE_get_id(engine), name, value);
}

static enum status run_command(const char *name, const char *value)
{
	enum status st = check_module(name, value);

	if (st != ST_OK)
		return st;
	debug("engine %s: command %s", ENGINE_get_id(engine), name);
	if (strcmp(name, PIN) == 0) {
		if (strlen(value) > PASS_MAX)
			return fail(ST_ERROR,
			    "engine %s: PIN is longer than %d bytes",
			    ENGINE_get_id(engine), PASS_MAX);
		snprintf(configured_pin.text, sizeof(configured_pin.text), "%s",
		    value);
		configured_pin.given = true;
	}
	if (ENGINE_ctrl_cmd_string(
		engine, name, *value != '\0' ? value : NULL, 0))
		return ST_OK;
	return fail_crypto(ST_ERROR, "engine %s: command %s fails",
	    ENGINE_get_id(engine), name);
}

/*
 * Engines write to stderr by themselves; what matters of it is in libcrypto's
 * error queue, too.  Returns what unmute() wants.
 */
static int mute(void)
{
	int null, saved;

	if (log_enabled(LOG_DEBUG))
		return -1;
	saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (saved >= 0 && null >= 0)
		dup2(null, STDERR_FILENO);
	if (null >= 0)
		close(null);
	return saved;
}

static void unmute(int saved)
{
	if (saved < 0)
		return;
	dup2(saved, STDERR_FILENO);
	close(saved);
}

/* From a module that is named, by the engine that loads engines. */
static ENGINE *load(const struct engine_options *options)
{
	ENGINE *e = ENGINE_by_id("dynamic");

	if (e != NULL &&
	    ENGINE_ctrl_cmd_string(e, "SO_PATH", options->path, 0) &&
	    ENGINE_ctrl_cmd_string(e, "ID", options->id, 0) &&
	    ENGINE_ctrl_cmd_string(e, "LIST_ADD", "1", 0) &&
	    ENGINE_ctrl_cmd_string(e, "LOAD", NULL, 0))
		return e;
	ENGINE_free(e);
	return NULL;
}

static enum status find(const struct engine_options *options)
{
	ENGINE_load_builtin_engines();
	engine =
	    options->path != NULL ? load(options) : ENGINE_by_id(options->id);
	if (engine != NULL)
		return ST_OK;
	if (options->path != NULL)
		return fail_crypto(ST_ERROR,
		    "engine %s: cannot be loaded from %s (dynamic_path)",
		    options->id, options->path);
	return fail_crypto(ST_ERROR,
	    "engine %s: libcrypto does not find it; dynamic_path in the "
	    "configuration file names its module",
	    options->id);
}

enum status engine_open(const struct engine_options *options)
{
	enum status st;
	size_t i;

	if (options->id == NULL)
		return ST_OK;
	if ((st = find(options)) != ST_OK)
		return st;
	for (i = 0; i + 1 < options->count; i += 2) {
		st =
		    run_command(options->commands[i], options->commands[i + 1]);
		if (st != ST_OK)
			return st;
	}
	if ((ui = secret_new_ui()) == NULL)
		return fail_memory();
	if (!ENGINE_init(engine))
		return fail_crypto(
		    ST_ERROR, "engine %s: cannot be started", options->id);
	started = true;
	ERR_clear_error();
	return ST_OK;
}

bool engine_is_open(void)
{
	return started;
}

/* Both are unknown to many engines, which then ask by what the call gives. */
static void set_user_interface(void)
{
	ENGINE_ctrl_cmd(engine, "SET_USER_INTERFACE", 0, ui, NULL, 1);
	ENGINE_ctrl_cmd(engine, "SET_CALLBACK_DATA", 0, &kept, NULL, 1);
	ERR_clear_error();
}

/*
 * Engines ask once for a PIN and try it on every other token, which may lock
 * it.  False when the key is in another token, and its PIN is not known.
 */
static bool bring_pin(const char *name)
{
	bool own = secret_known(&kept) != NULL;

	if (!own && configured_pin.given) {
		kept.pin = configured_pin;
	} else if (!own &&
	    key_name_needs_other_pin(buf_string(&last_name), name)) {
		if (!secret_want(&kept))
			return false;
		own = true;
	}
	brought_before = brought_before || own;
	if (brought_before && secret_known(&kept) != NULL)
		ENGINE_ctrl_cmd_string(
		    engine, PIN, secret_known(&kept)->text, 1);
	ERR_clear_error();
	buf_free(&last_name);
	return buf_add_string(&last_name, name);
}

EVP_PKEY *engine_load_key(const char *name, struct secret *secret)
{
	EVP_PKEY *key = NULL;
	int saved;

	pass_wipe(&kept.pin);
	kept = *secret;
	kept_place = *secret->place;
	kept.place = &kept_place;
	set_user_interface();
	if (bring_pin(name)) {
		saved = mute();
		key = ENGINE_load_private_key(engine, name, ui, &kept);
		unmute(saved);
	}
	secret->asked = kept.asked;
	secret->no_terminal = kept.no_terminal;
	return key;
}

void engine_close(void)
{
	if (started)
		ENGINE_finish(engine);
	ENGINE_free(engine);
	UI_destroy_method(ui);
	pass_wipe(&kept.pin);
	pass_wipe(&configured_pin);
	brought_before = false;
	buf_free(&last_name);
	engine = NULL;
	ui = NULL;
	started = false;
}

bool engine_is_built_in(void)
{
	return true;
}

#endif
