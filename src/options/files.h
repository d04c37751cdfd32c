/* files.h: the files of a command, which must not be in each other's way. */
#ifndef OPTIONS_FILES_H
#define OPTIONS_FILES_H

#include "options/options.h"
#include "util/status.h"

/*
 * Whether an output of the command is also another of its files, and whether
 * more than one is standard input or output: ST_ERROR after reporting.  Sends
 * the status lines to stderr when a file goes to standard output.
 */
enum status options_check_files(const struct options *options);

#endif
