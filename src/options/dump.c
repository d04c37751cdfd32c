#include <string.h>

#include "keys/key_name.h"
#include "options/config.h"
#include "options/dump.h"
#include "options/names.h"
#include "options/table.h"
#include "util/buf.h"
#include "util/log.h"

#define LINE_ROOM 128 /* bytes of a line for the key and the quotes */

/* Whether the value fits in a line of a configuration file. */
static bool is_writable(const char *value)
{
	return strpbrk(value, "\r\n") == NULL &&
	    2 * strlen(value) + LINE_ROOM < CONFIG_LINE_MAX;
}

/* A source of a pass phrase, a PIN, "user:password@" of a URL or proxy. */
static bool is_secret(const struct option_row *row, const char *value)
{
	return row->check == CHECK_PASS ||
	    (row->check == CHECK_KEY && key_name_is_secret(value)) ||
	    ((row->letter == 'u' || row->letter == 'p') &&
		strchr(value, '@') != NULL);
}

/* The value in quotes, so that config_read() reads it back unchanged. */
static bool dump_quoted(struct buf *b, const char *value)
{
	size_t n;
	bool ok = buf_add(b, "\"", 1);

	while (ok && *value != '\0') {
		n = strcspn(value, "\\\"");
		ok = buf_add(b, value, n);
		value += n;
		if (*value != '\0')
			ok = ok && buf_addf(b, "\\%c", *value++);
	}
	return ok && buf_add(b, "\"", 1);
}

static bool dump_string(
    struct buf *b, const struct option_row *row, const char *value)
{
	if (value == NULL)
		return true;
	if (row->key == NULL)
		return buf_addf(b, "# option --%s is given\n", row->name);
	if (is_secret(row, value) || !is_writable(value))
		return buf_addf(b, "# %s is set, but not shown\n", row->key);
	return buf_addf(b, "%s = ", row->key) && dump_quoted(b, value) &&
	    buf_add(b, "\n", 1);
}

static bool dump_list(
    struct buf *b, const struct option_row *row, const struct list *list)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (!dump_string(b, row, list->items[i]))
			return false;
	return true;
}

static bool dump_tolerate(
    struct buf *b, const struct option_row *row, unsigned int bits)
{
	const struct option_name *n;
	const char *between = "";
	bool ok;

	if (bits == 0)
		return true;
	ok = buf_addf(b, "%s = ", row->key);
	for (n = names_tolerate; ok && n->name != NULL; n++) {
		if (!(bits & n->value))
			continue;
		ok = buf_addf(b, "%s%s", between, n->name);
		between = ",";
	}
	return ok && buf_add(b, "\n", 1);
}

static bool dump_no_warn(
    struct buf *b, const struct option_row *row, const bool *silenced)
{
	const char *between = "";
	bool ok = true;
	int i;

	for (i = 0; ok && i < WARNING_COUNT; i++) {
		if (!silenced[i])
			continue;
		if (*between == '\0')
			ok = buf_addf(b, "%s = ", row->key);
		ok = ok &&
		    buf_addf(b, "%s%s", between, warning_id((enum warning)i));
		between = ",";
	}
	return ok && (*between == '\0' || buf_add(b, "\n", 1));
}

static bool dump_renewal(
    struct buf *b, const struct option_row *row, enum renewal renewal)
{
	const struct option_name *n = names_renewal;

	while (n->value != (unsigned int)renewal)
		n++;
	return buf_addf(b, "%s = %s\n", row->key, n->name);
}

static bool dump_row(
    struct buf *b, const struct option_row *row, const struct options *o)
{
	const void *field = table_field_const(o, row);

	switch (row->type) {
	case TYPE_STRING:
		return dump_string(b, row, *(char *const *)field);
	case TYPE_NUMBER:
		if (*(const int *)field < row->min)
			return true;
		return buf_addf(b, "%s = %d\n", row->key, *(const int *)field);
	case TYPE_FLAG:
		return buf_addf(b, "%s = %s\n", row->key,
		    *(const bool *)field ? "yes" : "no");
	case TYPE_LIST:
		return dump_list(b, row, field);
	case TYPE_TOLERATE:
		return dump_tolerate(b, row, *(const unsigned int *)field);
	case TYPE_RENEWAL:
		return dump_renewal(b, row, *(const enum renewal *)field);
	case TYPE_NO_WARN:
		return dump_no_warn(b, row, field);
	case TYPE_IGNORED:
	case TYPE_ACTION:
		break;
	}
	return true;
}

static bool dump_all(struct buf *b, const struct options *o)
{
	const struct option_row *row;
	size_t i;

	if (!buf_addf(b, "[sscep_%s]\n", o->operation->name))
		return false;
	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if ((row->ops & o->operation->op) && !dump_row(b, row, o))
			return false;
	}
	return true;
}

enum status dump_to_log(const struct options *options)
{
	struct buf b = {0};
	const char *line, *end;
	enum status st = ST_OK;

	if (!log_enabled(LOG_VERBOSE))
		return ST_OK;
	if (!dump_all(&b, options)) {
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
