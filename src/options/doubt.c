#include <stdbool.h>
#include <stddef.h>

#include "options/doubt.h"
#include "options/engineconf.h"
#include "options/table.h"
#include "options/value_check.h"
#include "util/log.h"

#define SHOWN_MAX 80

/* The row of the key for any operation; NULL: there is none. */
static const struct option_row *find_row(const struct config_entry *entry)
{
	return table_find_key(entry->key, (enum op)0);
}

/*
 * Where a # is likely to belong to the value, and the lost part does harm: a wrong
 * PIN locks a token, a wrong name is certified.
 */
static bool may_have_hash(
    const struct config_entry *entry, const struct option_row *row)
{
	if (entry->secret || row == NULL)
		return entry->secret;
	switch (row->check) {
	case CHECK_PASS:
	case CHECK_SUBJECT:
	case CHECK_ALTNAMES:
	case CHECK_TEMPLATE:
		return true;
	default:
		return false;
	}
}

static void warn_of_cut(const struct config_entry *entry, const char *path)
{
	char key[SHOWN_MAX];

	if (entry->cut == NULL || !may_have_hash(entry, find_row(entry)))
		return;
	warn(WARN_CONFIG_SYNTAX,
	    "%s:%zu: %s: the # ends the value; quote it if the # belongs to it",
	    path, entry->line, quote_key(key, sizeof(key), entry->key));
}

/* A control character in a path is an error, which says as much. */
static void warn_of_dropped(const struct config_entry *entry, const char *path)
{
	const struct option_row *row = find_row(entry);
	char key[SHOWN_MAX];

	if (entry->dropped == '\0' || entry->escape != '\0' ||
	    (row != NULL ? value_check_takes_control(row, entry->value)
			 : !engineconf_is_path(entry->key)))
		return;
	warn(WARN_CONFIG_SYNTAX,
	    "%s:%zu: %s: the backslash before %c is left out; write / or "
	    "\\\\",
	    path, entry->line, quote_key(key, sizeof(key), entry->key),
	    entry->dropped);
}

void doubt_warn(const struct config *config, const char *path)
{
	const struct config_entry *entry;
	size_t i;

	for (i = 0; i < config->count; i++) {
		entry = &config->entries[i];
		if (entry->key == NULL)
			continue;
		warn_of_cut(entry, path);
		warn_of_dropped(entry, path);
	}
}
