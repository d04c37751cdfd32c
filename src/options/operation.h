/* operation.h: the first argument, the operation; for this room only. */
#ifndef OPTIONS_OPERATION_H
#define OPTIONS_OPERATION_H

#include "options/options.h"
#include "util/status.h"

/*
 * Takes argv[1]: an operation; help, which an operation may follow; version;
 * or an option for one of these.  A word stands for the operation of that name,
 * or that old manuals call so; else for the one with the longest name that the
 * word begins with, as in sscep 0.10; else for the one of OPS_ABBREVIABLE that
 * it abbreviates, by four letters or more; else for the one whose name it is in
 * other case.  The last two are warned of.  ST_ERROR after reporting.
 */
enum status operation_parse(const struct operation **out,
    enum options_action *action, int argc, char **argv);

#endif
