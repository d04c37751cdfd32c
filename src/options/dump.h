/* dump.h: the effective configuration, as lines of sscep.conf; this room only. */
#ifndef OPTIONS_DUMP_H
#define OPTIONS_DUMP_H

#include "options/value.h"
#include "util/status.h"

/*
 * Adds what the command line and the file have set to options->dumped, in the
 * new syntax.  Read back as a file it gives the same options, except for
 * secrets: for each there is a comment with its source.  ST_ERROR after
 * reporting: a value cannot be written.
 */
enum status dump_to_text(const struct option_state *state);

/*
 * Passes the same lines, and those of the defaults, to verbose().  A value that
 * cannot be written is a comment.
 */
enum status dump_to_log(const struct option_state *state);

#endif
