/* parse.h: reads the command line and the file; for this room only. */
#ifndef OPTIONS_PARSE_H
#define OPTIONS_PARSE_H

#include "options/value.h"

/*
 * As options_parse(), into options that have their defaults.  state is all zero
 * but for them.
 */
enum status parse_options(struct option_state *state,
    enum options_action *action, int argc, char **argv);

#endif
