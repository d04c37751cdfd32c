#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keys/secret.h"

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* On the terminal, without echo, and only once; false without an answer. */
static bool prompt(struct secret *secret)
{
	const struct key_place *place = secret->place;
	char name[KEY_NAME_MAX], text[KEY_NAME_MAX + 64];
	UI *ui = UI_new();

	snprintf(text, sizeof(text),
	    "Pass phrase or PIN of the %s %s: ", place->what,
	    key_name_shown(name, place->name));
	secret->pin.given = ui != NULL &&
	    UI_add_input_string(ui, text, 0, secret->pin.text, 0, PASS_MAX) >
		0 &&
	    UI_process(ui) == 0;
	UI_free(ui);
	return secret->pin.given;
}

const struct pass *secret_known(const struct secret *secret)
{
	if (secret->pin.given)
		return &secret->pin;
	if (secret->place->pass != NULL && secret->place->pass->given)
		return secret->place->pass;
	return NULL;
}

bool secret_want(struct secret *secret)
{
	secret->asked = true;
	if (secret_known(secret) != NULL)
		return true;
	secret->no_terminal = !has_terminal();
	return !secret->no_terminal && prompt(secret);
}

int secret_ask(char *out, int size, int writing, void *argument)
{
	struct secret *secret = argument;
	size_t len;

	(void)writing;
	if (!secret_want(secret))
		return -1;
	len = strlen(secret_known(secret)->text);
	if (size < 0 || len > (size_t)size)
		return -1;
	memcpy(out, secret_known(secret)->text, len);
	return (int)len;
}

/* Some modules ask once more by themselves, if need be on stdin. */
UI_METHOD *secret_new_ui(void)
{
	if (!has_terminal())
		UI_set_default_method(UI_null());
	return UI_UTIL_wrap_read_pem_callback(secret_ask, 0);
}
