#include <string.h>

#include "keys/new_key.h"
#include "keys/pass.h"
#include "options/renew_value.h"
#include "options/text.h"
#include "options/value_check.h"
#include "options/values.h"
#include "pki/algs.h"
#include "pki/altname_list.h"
#include "pki/usage.h"
#include "util/warning.h"

#define SEPARATORS "|, "

/* Adds the words of a text such as "17|19" or "nonce,issuer". */
static bool add_split(struct buf *words, const char *text)
{
	size_t len;

	for (;; text += len) {
		text += strspn(text, SEPARATORS);
		if ((len = strcspn(text, SEPARATORS)) == 0)
			return true;
		if (!buf_addf(words, " %.*s", (int)len, text))
			return false;
	}
}

/* Adds what name() returns until that is NULL, and after each the text. */
static bool add_names(
    struct buf *words, const char *(*name)(size_t i), const char *after)
{
	const char *word;
	size_t i;

	for (i = 0; (word = name(i)) != NULL; i++)
		if (!buf_addf(words, " %s%s", word, after))
			return false;
	return true;
}

/* Those that can be silenced. */
static bool add_warnings(struct buf *words)
{
	int i;

	for (i = 0; i < WARNING_COUNT; i++)
		if (warning_class((enum warning)i) != WARNING_ALWAYS &&
		    !buf_addf(words, " %s", warning_id((enum warning)i)))
			return false;
	return true;
}

/* But "pass:": the pass phrase after it would be seen by other users. */
static bool add_sources(struct buf *words)
{
	const char *word;
	size_t i;

	for (i = 0; (word = pass_source_name(i)) != NULL; i++)
		if (!pass_is_secret(word) && !buf_addf(words, " %s", word))
			return false;
	return true;
}

static bool add_capabilities(struct buf *words)
{
	struct buf all = {0};
	bool ok = value_check_add_capabilities(&all) &&
	    add_split(words, buf_string(&all));

	buf_free(&all);
	return ok;
}

/* The words that the manuals list, too. */
static bool add_allowed(
    enum values_kind *kind, struct buf *words, const struct option_row *row)
{
	const char *allowed = text_allowed_values(row);

	*kind = VALUES_ANY;
	if (allowed == NULL)
		return true;
	*kind = strchr(allowed, ',') != NULL ? VALUES_LIST : VALUES_WORD;
	return add_split(words, allowed);
}

bool values_describe(
    enum values_kind *kind, struct buf *words, const struct option_row *row)
{
	*kind = row->type == TYPE_NO_WARN ? VALUES_LIST : VALUES_NONE;
	if (*kind == VALUES_LIST)
		return add_warnings(words);
	if (row->arg == NULL)
		return true;
	switch (row->check) {
	case CHECK_FILE:
	case CHECK_OUTPUT:
	case CHECK_KEY:
		*kind = VALUES_FILE;
		return true;
	case CHECK_DIR:
		*kind = VALUES_DIR;
		return true;
	case CHECK_PASS:
		*kind = VALUES_SOURCE;
		return add_sources(words);
	case CHECK_FINGERPRINT:
		*kind = VALUES_WORD;
		return add_names(words, algs_digest_name, ":");
	case CHECK_CAPS:
		*kind = VALUES_LIST;
		return add_capabilities(words);
	case CHECK_RENEWED_KEY:
		*kind = VALUES_WORD;
		return add_split(words, new_key_types_or_same);
	case CHECK_RENEW_WITH:
		*kind = VALUES_WORD;
		return add_split(words, renew_value_ways);
	case CHECK_ALTNAMES:
		*kind = VALUES_LIST;
		return add_names(words, altname_list_type, ":");
	case CHECK_PURPOSES:
		*kind = VALUES_LIST;
		return add_names(words, usage_purpose_name, "");
	default:
		return add_allowed(kind, words, row);
	}
}
