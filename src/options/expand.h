/* expand.h: values of sscep.conf in its new syntax; for this room only. */
#ifndef OPTIONS_EXPAND_H
#define OPTIONS_EXPAND_H

#include "options/entry.h"
#include "util/status.h"

/* Of a path or URL with a control character; %c is the escape of the entry. */
#define EXPAND_ESCAPE_REFUSED \
	"\\%c is an escape, for a control character; write / or \\\\ if a " \
	"backslash is meant"

/*
 * Reads text, which is all that follows the '=' of a line, as libcrypto's NCONF
 * does: comment, blanks at the ends, quotes, escapes, variables.  Sets value,
 * escape, absent, dropped and cut of entry, whose other members are set and
 * which will be the next one in c.  Values of c are expanded already, so that nothing is expanded twice.
 * ST_FILE after reporting, with the name of the file: a variable names nothing,
 * or the value has more than CONFIG_LINE_MAX bytes.
 */
enum status expand_value(struct config *c, struct config_entry *entry,
    const char *file, const char *text);

#endif
