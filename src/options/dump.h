/* dump.h: the effective configuration, for -v; for this room only. */
#ifndef OPTIONS_DUMP_H
#define OPTIONS_DUMP_H

#include "options/options.h"
#include "util/status.h"

/*
 * Passes the options, as lines of a configuration file, to verbose().  Secrets
 * are left out.
 */
enum status dump_to_log(const struct options *options);

#endif
