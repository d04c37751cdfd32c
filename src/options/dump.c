/* dump.c: the effective options, as a configuration file. */

#include <stdio.h>
#include <string.h>

#include "keys/key_name.h"
#include "options/config.h"
#include "options/value.h"
#include "util/buf.h"
#include "util/log.h"

#define LINE_ROOM 128 /* of CONFIG_LINE_MAX, for the key and quotes */

/* Whether a line of the file can hold the value. */
static bool is_writable(const char *value)
{
	return strpbrk(value, "\r\n") == NULL &&
	    2 * strlen(value) + LINE_ROOM < CONFIG_LINE_MAX;
}

/* Pass phrase sources, PINs, and "user:password@" of a URL or proxy. */
static bool is_secret(const struct option_row *row, const char *value)
{
	return row->check == CHECK_PASS ||
	    (row->check == CHECK_KEY && key_name_is_secret(value)) ||
	    ((row->letter == 'u' || row->letter == 'p') &&
		strchr(value, '@') != NULL);
}

/* The value between quotes, so that config_read() takes it as it is. */
static bool add_quoted(struct buf *b, const char *value)
{
	size_t n, i;
	bool ok = buf_add(b, "\"", 1);

	while (ok && *value != '\0') {
		n = strcspn(value, "\\\"");
		ok = buf_add(b, value, n);
		value += n;
		n = strspn(value, "\\");
		/* Backslashes count by pairs in front of a quote. */
		if (value[n] == '"' || value[n] == '\0')
			for (i = 0; ok && i < n; i++)
				ok = buf_add(b, "\\", 1);
		ok = ok && buf_add(b, value, n);
		value += n;
		if (*value == '"') {
			ok = ok && buf_add(b, "\\\"", 2);
			value++;
		}
	}
	return ok && buf_add(b, "\"", 1);
}

static bool add_string(
    struct buf *b, const struct option_row *row, const char *value)
{
	if (value == NULL)
		return true;
	if (row->key == NULL)
		return buf_addf(b, "# option --%s is given\n", row->name);
	if (is_secret(row, value) || !is_writable(value))
		return buf_addf(b, "# %s is set, but not shown\n", row->key);
	return buf_addf(b, "%s = ", row->key) && add_quoted(b, value) &&
	    buf_add(b, "\n", 1);
}

static bool add_list(
    struct buf *b, const struct option_row *row, const struct list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!add_string(b, row, list->items[i]))
			return false;
	return true;
}

static bool add_tolerate(
    struct buf *b, const struct option_row *row, unsigned int bits)
{
	const char *between = "";
	unsigned int i;
	bool ok;

	if (bits == 0)
		return true;
	ok = buf_addf(b, "%s = ", row->key);
	for (i = 0; ok && option_tolerate_names[i] != NULL; i++) {
		if (!(bits & 1u << i))
			continue;
		ok = buf_addf(b, "%s%s", between, option_tolerate_names[i]);
		between = ",";
	}
	return ok && buf_add(b, "\n", 1);
}

static bool add_renewal(
    struct buf *b, const struct option_row *row, enum renewal renewal)
{
	if (renewal == RENEWAL_AUTO)
		return buf_addf(b, "%s = auto\n", row->key);
	return buf_addf(b, "%s = %d\n", row->key, (int)renewal);
}

static bool add_row(
    struct buf *b, const struct option_row *row, const struct options *o)
{
	const void *field = option_field_const(o, row);

	switch (row->type) {
	case TYPE_STRING:
		return add_string(b, row, *(char *const *)field);
	case TYPE_NUMBER:
		if (*(const int *)field < row->min)
			return true;
		return buf_addf(b, "%s = %d\n", row->key, *(const int *)field);
	case TYPE_FLAG:
		return buf_addf(b, "%s = %s\n", row->key,
		    *(const bool *)field ? "yes" : "no");
	case TYPE_LIST:
		return add_list(b, row, field);
	case TYPE_TOLERATE:
		return add_tolerate(b, row, *(const unsigned int *)field);
	case TYPE_RENEWAL:
		return add_renewal(b, row, *(const enum renewal *)field);
	case TYPE_IGNORED:
	case TYPE_HELP:
	case TYPE_VERSION:
		break;
	}
	return true;
}

static bool format_effective(struct buf *b, const struct options *o)
{
	const struct option_row *row;
	size_t i;

	if (!buf_addf(b, "[sscep_%s]\n", o->operation->name))
		return false;
	for (i = 0; i < options_table_rows; i++) {
		row = &options_table[i];
		if ((row->ops & o->operation->op) && !add_row(b, row, o))
			return false;
	}
	return true;
}

void options_print_effective(FILE *out, const struct options *options)
{
	struct buf b = {0};

	if (format_effective(&b, options))
		fwrite(b.data, 1, b.len, out);
	else
		fail_memory();
	buf_free(&b);
}

enum status option_log_effective(const struct options *options)
{
	struct buf b = {0};
	const char *line, *end;
	enum status st = ST_OK;

	if (!log_enabled(LOG_VERBOSE))
		return ST_OK;
	if (!format_effective(&b, options)) {
		st = fail_memory();
		goto out;
	}
	for (line = buf_string(&b); (end = strchr(line, '\n')) != NULL;
	     line = end + 1)
		verbose("configuration: %.*s", (int)(end - line), line);
out:
	buf_free(&b);
	return st;
}
