#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "keys/pass.h"
#include "options/expand.h"
#include "options/guess.h"
#include "options/hide.h"
#include "options/made_value.h"
#include "options/renew_value.h"
#include "options/value_check.h"
#include "pki/algs.h"
#include "pki/pin.h"
#include "scep/caps.h"
#include "util/log.h"

#define TRANSACTION_ID_MAX 255

static const char printable_string[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./"
    ":=?";

enum status value_check_refuse(
    const struct option_source *source, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (source->file == NULL)
		return fail_misuse("option %s: %s", source->name, text);
	return fail(ST_FILE, "%s:%zu: %s: %s", source->file, source->line,
	    source->name, text);
}

enum status value_check_refuse_word(const struct option_source *source,
    const char *what, const char *text, size_t len, const char *list)
{
	char word[80], shown[80], near[GUESS_TEXT_MAX];

	snprintf(word, sizeof(word), "%.*s", (int)len, text);
	return value_check_refuse(source, "unknown %s %s%s, not one of %s",
	    what, quote_value(shown, sizeof(shown), word),
	    guess_suggest_of(near, sizeof(near), word, list), list);
}

bool value_check_add_capabilities(struct buf *out)
{
	return caps_add_text(out, CAPS_ALL);
}

static enum status check_caps(
    const char *text, const struct option_source *source)
{
	struct buf all = {0};
	unsigned int caps;
	enum status st;
	const char *bad;
	size_t len;

	if (caps_parse_list(&caps, text, &bad, &len))
		return ST_OK;
	st = value_check_add_capabilities(&all)
	    ? value_check_refuse_word(
		  source, "capability", bad, len, buf_string(&all))
	    : fail_memory();
	buf_free(&all);
	return st;
}

enum status value_check_algorithm(const struct option_row *row,
    const char **text, const struct option_source *source)
{
	bool digest = row->check == CHECK_DIGEST;
	const char *name =
	    digest ? algs_find_digest(*text) : algs_find_cipher(*text);

	if (name == NULL)
		return value_check_refuse_word(source,
		    digest ? "digest" : "cipher", *text, strlen(*text),
		    digest ? algs_digest_names : algs_cipher_names);
	*text = name;
	return ST_OK;
}

static enum status check_fingerprint(
    const char *text, const struct option_source *source)
{
	char problem[160], shown[80];
	struct pin pin;

	if (pin_parse(&pin, text, problem, sizeof(problem)))
		return ST_OK;
	return value_check_refuse(
	    source, "%s: %s", quote_value(shown, sizeof(shown), text), problem);
}

bool value_check_takes_control(const struct option_row *row, const char *text)
{
	return row->check == CHECK_ANY || row->check == CHECK_PAIR ||
	    (row->check == CHECK_PASS && strncmp(text, "file:", 5) != 0);
}

enum status value_check_string(const struct option_row *row, const char *text,
    const struct option_source *source)
{
	struct problem problem;
	char shown[80];

	if (source->escape != '\0' && !value_check_takes_control(row, text))
		return value_check_refuse(
		    source, EXPAND_ESCAPE_REFUSED, source->escape);
	if (source->cut != NULL && hide_may_have_user(row) &&
	    strchr(source->cut, '@') != NULL)
		return value_check_refuse(
		    source, "a # ends the value before an @: quote the value");
	if (!made_value_is_good(row->check, text, &problem) ||
	    !renew_value_is_good(row->check, text, &problem))
		return value_check_refuse(source, "%s", problem.text);
	if (row->check == CHECK_PASS && !pass_is_source(text))
		return value_check_refuse(source,
		    "not a source of a pass phrase: expected pass:, env:, "
		    "file: or fd: followed by a value, or stdin");
	/* It is only copied to be told: the stack is not wiped. */
	if (row->check == CHECK_PAIR && strcspn(text, "=") == 0)
		return value_check_refuse(source, "%s has no name before =",
		    quote_value(shown, sizeof(shown), text));
	if (row->check == CHECK_PAIR && strchr(text, '=') == NULL)
		return value_check_refuse(source, "%s is not name=value",
		    quote_value(shown, sizeof(shown), text));
	if (row->check == CHECK_CAPS)
		return check_caps(text, source);
	if (row->check == CHECK_FINGERPRINT)
		return check_fingerprint(text, source);
	if (row->check != CHECK_PRINTABLE)
		return ST_OK;
	if (strlen(text) > TRANSACTION_ID_MAX)
		return value_check_refuse(
		    source, "longer than %d characters", TRANSACTION_ID_MAX);
	if (text[strspn(text, printable_string)] != '\0')
		return value_check_refuse(source,
		    "%s has characters that PrintableString does not allow",
		    quote_value(shown, sizeof(shown), text));
	return ST_OK;
}
