/* parse.h: reads the command line and the file; for this room only. */
#ifndef OPTIONS_PARSE_H
#define OPTIONS_PARSE_H

#include "options/options.h"

/* As options_parse(), into options that have their defaults. */
enum status parse_options(struct options *options, enum options_action *action,
    int argc, char **argv);

#endif
