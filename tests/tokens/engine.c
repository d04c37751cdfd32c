/*
 * engine.c: an OpenSSL engine that logs what is asked of it.
 *
 * It accepts any engine id and the commands of the engines capi, jksengine and
 * pkcs11. It writes a line for each command and each key that is asked for to
 * the file that the environment variable ENGINE_LOG names. Its keys are PEM
 * files in the directory given by the command KEYS. For an encrypted key it
 * asks for the pass phrase with the UI_METHOD of the caller.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/engine.h>
#include <openssl/pem.h>
#include <openssl/ui.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BASE = ENGINE_CMD_BASE, LAST = ENGINE_CMD_BASE + 10 };

/* clang-format off */
static const ENGINE_CMD_DEFN commands[] = {
	{ BASE, "new_key_location", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 1, "storelocation", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 2, "KeyStorePass", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 3, "KeyStoreProvider", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 4, "JavaConnectorPath", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 5, "JavaPath", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 6, "MODULE_PATH", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 7, "PIN", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 8, "KEYS", "", ENGINE_CMD_FLAG_STRING },
	{ BASE + 9, "VERBOSE", "", ENGINE_CMD_FLAG_NO_INPUT },
	{ LAST, "NUMBER", "", ENGINE_CMD_FLAG_NUMERIC },
	{ 0, NULL, NULL, 0 }
};
/* clang-format on */

static char keys[4096];

static void note(const char *format, ...)
{
	const char *path = getenv("ENGINE_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;
	va_list args;

	if (!log)
		return;
	va_start(args, format);
	vfprintf(log, format, args);
	va_end(args);
	fputc('\n', log);
	fclose(log);
}

static int control(ENGINE *e, int cmd, long number, void *text, void (*f)(void))
{
	(void)e;
	(void)f;
	if (cmd < BASE || cmd > LAST)
		return 0;
	if (cmd == LAST)
		note("%s %ld", commands[cmd - BASE].cmd_name, number);
	else if (text)
		note("%s %s", commands[cmd - BASE].cmd_name, (char *)text);
	else
		note("%s", commands[cmd - BASE].cmd_name);
	if (cmd == BASE + 8)
		snprintf(keys, sizeof(keys), "%s", (char *)text);
	return 1;
}

/* Asks for a pass phrase with the UI_METHOD of the caller, as engines do. */
static int ask(char *buf, int size, int rwflag, void *arg)
{
	void **of_caller = arg;
	UI *ui = UI_new_method(of_caller[0]);
	int len = -1;

	(void)rwflag;
	UI_add_user_data(ui, of_caller[1]);
	if (UI_add_input_string(
		ui, "PIN of the engine: ", 0, buf, 0, size - 1) >= 0 &&
	    UI_process(ui) == 0)
		len = (int)strlen(buf);
	UI_free(ui);
	return len;
}

static EVP_PKEY *load(ENGINE *e, const char *id, UI_METHOD *ui, void *data)
{
	void *of_caller[] = {ui, data};
	char path[8192];
	EVP_PKEY *key = NULL;
	BIO *file;

	(void)e;
	note("key %s", id);
	snprintf(path, sizeof(path), "%s/%s", keys, id);
	file = BIO_new_file(path, "r");
	if (file)
		key = PEM_read_bio_PrivateKey(file, NULL, ask, of_caller);
	BIO_free(file);
	return key;
}

static int start(ENGINE *e)
{
	note("init %s", ENGINE_get_id(e));
	return 1;
}

static int end(ENGINE *e)
{
	note("finish %s", ENGINE_get_id(e));
	return 1;
}

static int bind(ENGINE *e, const char *id)
{
	static char name[256];

	snprintf(name, sizeof(name), "%s", id ? id : "recorder");
	return ENGINE_set_id(e, name) && ENGINE_set_name(e, "a test") &&
	    ENGINE_set_cmd_defns(e, commands) &&
	    ENGINE_set_ctrl_function(e, control) &&
	    ENGINE_set_init_function(e, start) &&
	    ENGINE_set_finish_function(e, end) &&
	    ENGINE_set_load_privkey_function(e, load);
}

IMPLEMENT_DYNAMIC_CHECK_FN()
IMPLEMENT_DYNAMIC_BIND_FN(bind)
