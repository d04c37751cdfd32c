#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "compat/ui.h"
#include "keys/secret.h"

bool secret_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* Prompts once, without echo.  False if there is no answer. */
static bool prompt_for_secret(struct secret *secret)
{
	const struct key_place *place = secret->place;
	char name[KEY_NAME_MAX], text[KEY_NAME_MAX + 64];
	UI *ui = compat_new_prompt();

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

const struct pass *secret_find(const struct secret *secret)
{
	if (secret->pin.given)
		return &secret->pin;
	if (secret->place->pass != NULL && secret->place->pass->given)
		return secret->place->pass;
	return NULL;
}

bool secret_obtain(struct secret *secret)
{
	secret->asked = true;
	if (secret_find(secret) != NULL)
		return true;
	secret->no_terminal = secret->place->silent || !secret_has_terminal();
	return !secret->no_terminal && prompt_for_secret(secret);
}

int secret_give_password(char *out, int size, int writing, void *argument)
{
	struct secret *secret = argument;
	size_t len;

	(void)writing;
	if (!secret_obtain(secret))
		return -1;

	len = strlen(secret_find(secret)->text);
	if (size < 0 || len > (size_t)size)
		return -1;
	memcpy(out, secret_find(secret)->text, len);
	return (int)len;
}

#define STACK_USED (32 * 1024) /* more than twice what the decoders use */

static void wipe_below(void)
{
	unsigned char below[STACK_USED];

	OPENSSL_cleanse(below, sizeof(below));
}

/* Not called directly, so that the array is not in the frame of a caller. */
void secret_wipe_stack(void)
{
	void (*volatile wipe)(void) = wipe_below;

	wipe();
}

/*
 * Without a terminal the default UI becomes the null UI: some modules prompt a
 * second time with the default UI, which would read stdin.
 */
UI_METHOD *secret_new_ui(void)
{
	if (!secret_has_terminal())
		UI_set_default_method(UI_null());
	return compat_new_ui(secret_give_password);
}
