#include <string.h>
#include <strings.h>

#include "keys/key_name.h"
#include "keys/pass.h"
#include "options/hide.h"
#include "util/ascii.h"

#define SCHEME        "http://"
#define NAME_MAX_SIZE 256 /* of a parameter; more of it is not looked at */

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
	if (pass_is_secret(value) && (row == NULL || row->check == CHECK_PASS))
		pass_hide(value);
	else if (row == NULL)
		memset(value, 'x', strlen(value));
	else if (row->check == CHECK_KEY || key_name_has_pin(value))
		key_name_hide(value);
	if (row != NULL && row->letter == 'p')
		hide_user(value);
}

/* Whether one of the words is in the text, in any case. */
static bool has_word(const char *text, const char *const words[])
{
	const char *p;

	for (; *words != NULL; words++)
		for (p = text; *p != '\0'; p++)
			if (strncasecmp(p, *words, strlen(*words)) == 0)
				return true;
	return false;
}

/*
 * Whether one of the words is in the name of a parameter, of len bytes, which
 * may be percent-encoded.
 */
static bool has_word_in_name(
    const char *text, size_t len, const char *const words[])
{
	char name[NAME_MAX_SIZE];
	size_t i, n = 0;

	for (i = 0; i < len && n + 1 < sizeof(name); i++) {
		name[n] = text[i];
		if (text[i] == '%' && i + 2 < len &&
		    ascii_hex_value(text[i + 1]) >= 0 &&
		    ascii_hex_value(text[i + 2]) >= 0) {
			name[n] = (char)(16 * ascii_hex_value(text[i + 1]) +
			    ascii_hex_value(text[i + 2]));
			i += 2;
		}
		if (name[n] != '\0')
			n++;
	}
	name[n] = '\0';
	return has_word(name, words);
}

/* Whether one of the parameters of a URL, name=value, may be a secret. */
static bool is_secret_parameter(const char *text)
{
	static const char *const words[] = {
	    "challenge", "passw", "passp", "secret", NULL};
	static const char *const names[] = {"challenge", "passw", "passp",
	    "secret", "pwd", "pin", "token", NULL};

	if (has_word(text, words))
		return true;
	for (;;) {
		if (has_word_in_name(text, strcspn(text, "=&;"), names))
			return true;
		text += strcspn(text, "&;");
		if (*text++ == '\0')
			return false;
	}
}

/*
 * Whether "user:password@" may be in the URL.  A "@" in its path or query is
 * none, unless what is before looks wrong: passwords may have a "/" in them.
 */
static bool has_user(const char *url)
{
	static const char host[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	const char *p = url + strcspn(url, ":"), *start, *end;

	if (strchr(url, '@') == NULL)
		return false;
	if (strncmp(p, "://", 3) != 0)
		return true;
	start = p + 3;
	end = start + strcspn(start, "/?#");
	p = start + (*start == '[');
	p += strspn(p, p > start ? ASCII_HEX_DIGITS ":." : host);
	if (*start == '[' && *p == ']')
		p++;
	if (p > start && *p == ':')
		p += 1 + strspn(p + 1, "0123456789");
	return p == start || p != end;
}

const char *hide_describe(const struct option_row *row, const char *value)
{
	const char *query = strchr(value, '?');

	if (row->check == CHECK_PASS)
		return pass_is_secret(value) ? "pass:" : NULL;
	if (row->check == CHECK_KEY)
		return key_name_is_secret(value) ? "a URI with a PIN" : NULL;
	if ((row->letter == 'p' && strchr(value, '@') != NULL) ||
	    (row->letter == 'u' && has_user(value)))
		return "user:password@host";
	if ((row->check == CHECK_PAIR && is_secret_parameter(value)) ||
	    (row->letter == 'u' && query != NULL && is_secret_parameter(query)))
		return "a secret parameter";
	return key_name_has_pin(value) ? "a URI with a PIN" : NULL;
}

bool hide_is_misplaced_pin(const struct option_row *row, const char *value)
{
	if (row->check == CHECK_KEY || row->check == CHECK_ANY ||
	    row->check == CHECK_PAIR ||
	    (row->check == CHECK_PASS && pass_is_secret(value)))
		return false;
	return strstr(value, "://") == NULL && key_name_has_pin(value);
}

bool hide_may_have_user(const struct option_row *row)
{
	return row->letter == 'p' || row->letter == 'u';
}

bool hide_is_secret_command(const char *name, const char *value)
{
	static const char *const words[] = {
	    "auth", "pin", "pass", "secret", "pwd", "challenge", NULL};
	size_t len = strlen(name);

	return has_word(name, words) || key_name_is_secret(value) ||
	    pass_is_secret(value) ||
	    (len >= 2 && ascii_is_same_word(name + len - 2, "pw") &&
		(len == 2 || !ascii_is_letter(name[len - 3])));
}
