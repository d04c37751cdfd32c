#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "pki/secret.h"

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* On the terminal, without echo; the length, or -1. */
static int prompt(char *out, int size, const struct key_place *place)
{
	char name[KEY_NAME_MAX], text[KEY_NAME_MAX + 64];
	UI *ui = UI_new();
	int len = -1;

	snprintf(text, sizeof(text),
	    "Pass phrase or PIN of the %s %s: ", place->what,
	    key_name_shown(name, place->name));
	if (ui != NULL &&
	    UI_add_input_string(ui, text, 0, out, 0, size - 1) > 0 &&
	    UI_process(ui) == 0)
		len = (int)strlen(out);
	UI_free(ui);
	return len;
}

int secret_ask(char *out, int size, int writing, void *argument)
{
	struct secret *secret = argument;
	const struct pass *pass =
	    secret->pin.given ? &secret->pin : secret->place->pass;
	size_t len;

	(void)writing;
	secret->asked = true;
	if (pass != NULL && pass->given) {
		len = strlen(pass->text);
		if (size < 0 || len > (size_t)size)
			return -1;
		memcpy(out, pass->text, len);
		return (int)len;
	}
	secret->no_terminal = !has_terminal();
	return secret->no_terminal ? -1 : prompt(out, size, secret->place);
}

/* Some modules ask once more by themselves, if need be on stdin. */
UI_METHOD *secret_new_ui(void)
{
	if (!has_terminal())
		UI_set_default_method(UI_null());
	return UI_UTIL_wrap_read_pem_callback(secret_ask, 0);
}
