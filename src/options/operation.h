/* operation.h: the first argument, the operation; for this room only. */
#ifndef OPTIONS_OPERATION_H
#define OPTIONS_OPERATION_H

#include "options/options.h"
#include "util/status.h"

/*
 * Takes argv[1], which must be one of: an operation; "version"; "help", and
 * argv[2] may be an operation then; --help, --help-all or --version.
 *
 * A word is looked up in this order:
 * 1. The spellings of old manuals, "getcap" and "enrol".
 * 2. The operation whose name the word is, or begins with, as in sscep 0.10; if
 *    it begins with several names, the longest of them.
 * 3. The one operation of OPS_ABBREVIABLE whose name begins with the word.  The
 *    word must have four letters or more; there is a warning.
 *
 * ST_ERROR after reporting anything else.
 */
enum status operation_parse(const struct operation **out,
    enum options_action *action, int argc, char **argv);

#endif
