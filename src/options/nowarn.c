#include <stdio.h>
#include <string.h>

#include "options/guess.h"
#include "options/nowarn.h"
#include "util/log.h"

#define SEPARATORS ", \t"
#define ID_MAX     64

static void add_one(
    bool silenced[WARNING_COUNT], const char *id, const char *where)
{
	struct guess guess = {0};
	char shown[80], near[GUESS_TEXT_MAX];
	int i;

	for (i = 0; i < WARNING_COUNT; i++) {
		guess_offer(&guess, id, warning_id((enum warning)i));
		if (strcmp(id, warning_id((enum warning)i)) == 0)
			break;
	}
	if (i == WARNING_COUNT)
		warn(WARN_UNKNOWN_WARNING, "%s: unknown warning %s%s", where,
		    log_escape(shown, sizeof(shown), id, strlen(id)),
		    guess_suggest(near, sizeof(near), &guess, id, "", ""));
	else if (warning_class((enum warning)i) == WARNING_ALWAYS)
		warn(WARN_UNKNOWN_WARNING,
		    "%s: the warning %s cannot be silenced", where, id);
	else
		silenced[i] = true;
}

void nowarn_add(
    bool silenced[WARNING_COUNT], const char *list, const char *where)
{
	char id[ID_MAX];
	size_t len;

	for (;; list += len) {
		list += strspn(list, SEPARATORS);
		if ((len = strcspn(list, SEPARATORS)) == 0)
			return;
		snprintf(id, sizeof(id), "%.*s", (int)len, list);
		add_one(silenced, id, where);
	}
}
