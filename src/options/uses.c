#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "options/hide.h"
#include "options/section.h"
#include "options/table.h"
#include "options/uses.h"
#include "util/log.h"

static int compare_names(const void *a, const void *b)
{
	const struct config_entry *const *left = a, *const *right = b;
	int order = strcmp((*left)->section, (*right)->section);

	return order != 0 ? order : strcmp((*left)->key, (*right)->key);
}

/* Whether the keys of options count in the section. */
static bool has_options(const char *section)
{
	return section_is_common(section) ||
	    section_find_operation(section) != NULL;
}

/*
 * Whether the key says that its value is a secret.  In the section of an engine
 * a key of ours is a command, too.
 */
static bool is_secret(const struct config_entry *entry)
{
	size_t i;

	if (entry->key == NULL)
		return false;
	for (i = 0; i < table_row_count; i++) {
		if (!table_has_key(&table_rows[i], entry->key))
			continue;
		if (hide_describe(&table_rows[i], entry->value) != NULL)
			return true;
		if (has_options(entry->section))
			return false;
	}
	return hide_is_secret_command(entry->key, entry->value);
}

/* A variable stands above what uses it: the last uses come first. */
static void mark_secrets(struct config *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		c->entries[i].secret = is_secret(&c->entries[i]);
	for (i = c->used; i-- > 0;)
		if (c->entries[c->uses[i].user].secret)
			c->entries[c->uses[i].used].secret = true;
}

/* A key that is given again is what one of its values is. */
static enum status mark_again(const struct config *c)
{
	struct config_entry **sorted;
	size_t i, j, start, n = 0;
	bool variable, secret;

	if (c->variables == 0)
		return ST_OK;
	if ((sorted = malloc(c->count * sizeof(struct config_entry *))) == NULL)
		return fail_memory();
	for (i = 0; i < c->count; i++)
		if (c->entries[i].key != NULL)
			sorted[n++] = &c->entries[i];
	qsort(sorted, n, sizeof(struct config_entry *), compare_names);

	for (start = 0; start < n; start = i) {
		variable = secret = false;
		for (i = start;
		     i < n && compare_names(&sorted[start], &sorted[i]) == 0;
		     i++) {
			variable = variable || sorted[i]->variable;
			secret = secret || sorted[i]->secret;
		}
		for (j = start; j < i; j++) {
			sorted[j]->variable = variable;
			sorted[j]->secret = secret;
		}
	}
	free(sorted);
	return ST_OK;
}

enum status uses_mark(struct config *c)
{
	mark_secrets(c);
	return mark_again(c);
}
