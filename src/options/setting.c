#include <string.h>

#include "options/config.h"
#include "options/setting.h"
#include "util/ascii.h"

#define QUOTE "\""

/* The control characters that are written as escapes, and their letters. */
static const char escaped[] = "\n\r\b", letters[] = "nrb";

bool setting_is_name(const char *text)
{
	const char *p;

	for (p = text; *p != '\0'; p++)
		if (!ascii_is_letter(*p) && !ascii_is_digit(*p) &&
		    strchr("_-.", *p) == NULL)
			return false;
	return p > text && p - text <= CONFIG_NAME_MAX && *text != '.';
}

/* Adds a part without such control characters, or with those as they are. */
static bool add_quoted(struct buf *out, const char *part, size_t len)
{
	bool ok = buf_add(out, QUOTE, 1);

	for (; ok && len > 0; part++, len--) {
		if (*part == '"' || *part == '\\')
			ok = buf_add(out, "\\", 1);
		ok = ok && buf_add(out, part, 1);
	}
	return ok && buf_add(out, QUOTE, 1);
}

/* A backslash in quotes makes no control character: escapes stand outside. */
static bool add_value(struct buf *out, const char *value, bool escapes)
{
	size_t n;
	bool ok = true;

	if (*value == '\0' || !escapes)
		return add_quoted(out, value, strlen(value));
	while (ok && *value != '\0') {
		n = strcspn(value, escaped);
		if (n > 0)
			ok = add_quoted(out, value, n);
		value += n;
		for (; ok && *value != '\0' && strchr(escaped, *value) != NULL;
		     value++)
			ok = buf_addf(out, "\\%c",
			    letters[strchr(escaped, *value) - escaped]);
	}
	return ok;
}

bool setting_add(struct buf *out, const char *key, const char *value,
    bool escapes, const char **problem)
{
	struct buf line = {0};
	bool ok;

	*problem = NULL;
	ok = buf_addf(&line, "%s = ", key) && add_value(&line, value, escapes);
	if (!setting_is_name(key))
		*problem = "a key has letters, digits, \"_\", \"-\" and \".\" "
			   "only";
	else if (!escapes && strchr(value, '\n') != NULL)
		*problem = "there is a line feed in the value";
	else if (line.len > CONFIG_LINE_MAX)
		*problem = "the value is longer than a line can be";
	if (*problem == NULL)
		ok = ok && buf_add(out, line.data, line.len) &&
		    buf_add(out, "\n", 1);
	buf_free(&line);
	return ok;
}
