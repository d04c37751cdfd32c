#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define OPENSSL_SUPPRESS_DEPRECATED

#include <string.h>

#include "compat/provider.h"
#include "keys/engine.h"
#include "util/log.h"
#include "util/quote.h"

#define SHOWN_SIZE 256

#ifdef HAVE_ENGINES

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <openssl/engine.h>
#include <openssl/err.h>

#include "keys/key_name.h"
#include "util/file.h"

#define PIN "PIN" /* the command that gives an engine its PIN */

static ENGINE *engine;
static bool started;
static UI_METHOD *ui;

/* A copy of the secret, for a key that asks for its PIN at each use. */
static struct secret kept;
static struct key_place kept_place;

static struct pass configured_pin; /* from a command PIN */
static bool pin_replaced;          /* by another PIN than the configured one */
static struct buf last_name;       /* of the key that was loaded before */

/*
 * The engine of PKCS#11 opens the module of MODULE_PATH only when it loads a
 * key, and its message does not name the file.
 */
static enum status check_module(const struct engine_command *command)
{
	char path[SHOWN_SIZE];
	bool exists = true;
	enum status st = ST_OK;

	if (strcmp(command->name, "MODULE_PATH") == 0 &&
	    strchr(command->value, '/') != NULL)
		st = file_find(&exists, command->value);
	if (st == ST_OK && !exists)
		st = fail(ST_FILE,
		    "%s: %s: %s: there is no such file (engine %s)",
		    command->where, command->name,
		    quote_text(path, sizeof(path), command->value),
		    ENGINE_get_id(engine));
	return st;
}

static enum status keep_configured_pin(const char *pin)
{
	if (strlen(pin) > PASS_MAX)
		return fail(ST_ERROR, "engine %s: PIN is longer than %d bytes",
		    ENGINE_get_id(engine), PASS_MAX);
	snprintf(configured_pin.text, sizeof(configured_pin.text), "%s", pin);
	configured_pin.given = true;
	return ST_OK;
}

/* Whether the engine has the command, and an argument if it takes one. */
static bool accepts_command(const struct engine_command *command)
{
	char key[SHOWN_SIZE];
	int number, flags;

	number = ENGINE_ctrl(
	    engine, ENGINE_CTRL_GET_CMD_FROM_NAME, 0, command->name, NULL);
	if (number <= 0) {
		ERR_clear_error();
		if (!command->variable)
			warn(WARN_UNKNOWN_KEY,
			    "%s: unknown key %s, no command of the engine %s",
			    command->where,
			    quote_key(key, sizeof(key), command->name),
			    ENGINE_get_id(engine));
		return false;
	}
	flags =
	    ENGINE_ctrl(engine, ENGINE_CTRL_GET_CMD_FLAGS, number, NULL, NULL);
	ERR_clear_error();
	return *command->value != '\0' || flags < 0 ||
	    ((unsigned int)flags & ENGINE_CMD_FLAG_NO_INPUT);
}

static enum status run_engine_command(const struct engine_command *command)
{
	const char *name = command->name, *value = command->value;
	enum status st;

	if (!accepts_command(command))
		return ST_OK;
	if ((st = check_module(command)) != ST_OK)
		return st;
	debug("engine %s: command %s", ENGINE_get_id(engine), name);
	if (strcmp(name, PIN) == 0)
		st = keep_configured_pin(value);
	if (st != ST_OK)
		return st;

	if (ENGINE_ctrl_cmd_string(
		engine, name, *value != '\0' ? value : NULL, 0))
		return ST_OK;
	return fail_crypto(ST_ERROR, "%s: command %s of the engine %s failed",
	    command->where, name, ENGINE_get_id(engine));
}

/*
 * Engines print on stderr; the reason of a failure is also in libcrypto's
 * error queue.  Returns the descriptor for unmute_stderr(), -1 for none.
 */
static int mute_stderr(void)
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

static void unmute_stderr(int saved)
{
	if (saved < 0)
		return;
	dup2(saved, STDERR_FILENO);
	close(saved);
}

/* Loads the engine from its module with libcrypto's engine "dynamic". */
static ENGINE *load_engine(const struct engine_options *options)
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

static enum status find_engine(const struct engine_options *options)
{
	char id[SHOWN_SIZE], path[SHOWN_SIZE];

	ENGINE_load_builtin_engines();
	engine = options->path != NULL ? load_engine(options)
				       : ENGINE_by_id(options->id);
	if (engine != NULL)
		return ST_OK;
	if (options->path != NULL)
		return fail_crypto(ST_ERROR,
		    "engine %s: cannot be loaded from %s (dynamic_path)",
		    quote_text(id, sizeof(id), options->id),
		    quote_text(path, sizeof(path), options->path));

	return fail_crypto(ST_ERROR,
	    "engine %s: libcrypto does not find it (%sname its module with "
	    "dynamic_path in the configuration file)",
	    quote_text(id, sizeof(id), options->id),
	    options->id_is_section
		? "its section has no engine_id, so that the name of the "
		  "section was taken; "
		: "");
}

enum status engine_open(const struct engine_options *options)
{
	enum status st;
	size_t i;

	if (options->id == NULL)
		return ST_OK;
	st = find_engine(options);
	for (i = 0; st == ST_OK && i < options->count; i++)
		st = run_engine_command(&options->commands[i]);
	if (st != ST_OK)
		return st;

	if ((ui = secret_new_ui()) == NULL)
		return fail_memory();
	if (!ENGINE_init(engine))
		return fail_crypto(ST_ERROR, "engine %s: cannot be started",
		    ENGINE_get_id(engine));
	started = true;
	ERR_clear_error();
	return ST_OK;
}

bool engine_is_open(void)
{
	return started;
}

/*
 * Engines that do not know these commands use the UI that
 * ENGINE_load_private_key() gets.
 */
static void set_user_interface(void)
{
	ENGINE_ctrl_cmd(engine, "SET_USER_INTERFACE", 0, ui, NULL, 1);
	ENGINE_ctrl_cmd(engine, "SET_CALLBACK_DATA", 0, &kept, NULL, 1);
	ERR_clear_error();
}

/*
 * Tells the engine the PIN of the key.  An engine asks for a PIN once, and
 * tries the same PIN on other tokens, which may lock them.  The PIN is its own
 * (pass phrase option, URI), else the configured one, else it is prompted for
 * if the key before was in another token.  False if that prompt fails.
 */
static bool set_engine_pin(const char *name)
{
	bool own = secret_find(&kept) != NULL;

	if (!own && configured_pin.given) {
		kept.pin = configured_pin;
	} else if (!own &&
	    key_name_needs_other_pin(buf_string(&last_name), name)) {
		if (!secret_obtain(&kept))
			return false;
		own = true;
	}

	pin_replaced = pin_replaced || own;
	if (pin_replaced && secret_find(&kept) != NULL)
		ENGINE_ctrl_cmd_string(
		    engine, PIN, secret_find(&kept)->text, 1);
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
	if (set_engine_pin(name)) {
		saved = mute_stderr();
		key = ENGINE_load_private_key(engine, name, ui, &kept);
		unmute_stderr(saved);
	}

	secret->of_engine = true;
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
	pin_replaced = false;
	buf_free(&last_name);
	engine = NULL;
	ui = NULL;
	started = false;
}

bool engine_is_built_in(void)
{
	return true;
}

#else

enum status engine_open(const struct engine_options *options)
{
	char id[SHOWN_SIZE];

	if (options->id == NULL)
		return ST_OK;
	quote_text(id, sizeof(id), options->id);
	if (compat_static_reason() != NULL)
		return fail(
		    ST_ERROR, "engine %s: %s", id, compat_static_reason());
	return fail(ST_ERROR,
	    "engine %s: this sscep is built without engines (load a provider "
	    "with --provider)",
	    id);
}

void engine_close(void)
{
}

bool engine_is_open(void)
{
	return false;
}

EVP_PKEY *engine_load_key(const char *name, struct secret *secret)
{
	(void)name;
	(void)secret;
	return NULL;
}

bool engine_is_built_in(void)
{
	return false;
}

#endif
