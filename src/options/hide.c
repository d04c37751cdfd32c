#include <string.h>
#include <strings.h>

#include "keys/key_name.h"
#include "keys/pass.h"
#include "options/hide.h"

#define SCHEME "http://"

/* Hides "user:password" as a whole: the colon may be percent-encoded. */
static void hide_user(char *proxy)
{
	char *at = strrchr(proxy, '@');

	if (strncasecmp(proxy, SCHEME, strlen(SCHEME)) == 0)
		proxy += strlen(SCHEME);
	if (at != NULL && at > proxy)
		memset(proxy, 'x', (size_t)(at - proxy));
}

/* Whether it is user:password@host, perhaps with a scheme. */
static bool has_password(const char *arg)
{
	const char *at = strrchr(arg, '@'), *scheme = strstr(arg, "://");

	if (at != NULL && scheme != NULL && scheme < at)
		arg = scheme + strlen("://");
	for (; at != NULL && arg < at; arg++)
		if (*arg == ':' || strncasecmp(arg, "%3a", 3) == 0)
			return true;
	return false;
}

const char *hide_find_secret(const char *arg)
{
	if (pass_is_secret(arg))
		return "a pass phrase (pass:...)";
	if (has_password(arg))
		return "user:password@host";
	if (strstr(arg, "://") == NULL && key_name_is_secret(arg))
		return "the URI of a key with a PIN";
	return NULL;
}

void hide_secret(const struct option_row *row, char *value)
{
	if (row != NULL ? row->check == CHECK_PASS : pass_is_secret(value))
		pass_hide(value);
	else if (row == NULL)
		memset(value, 'x', strlen(value));
	else if (row->check == CHECK_KEY)
		key_name_hide(value);
	else if (row->letter == 'p')
		hide_user(value);
}
