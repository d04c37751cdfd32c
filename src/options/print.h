/* print.h: the help, the version, and generated parts of the manuals. */
#ifndef OPTIONS_PRINT_H
#define OPTIONS_PRINT_H

#include <stdio.h>

struct operation;
struct options;

/*
 * --help: a line on each common option of the operation, the others by name.
 * NULL: the operations, and the common options of all of them.
 */
void options_print_help(
    FILE *out, const char *program, const struct operation *operation);
/* --help-all. */
void options_print_usage(FILE *out, const char *program);
void options_print_version(FILE *out);
void options_print_man_options(FILE *out);
void options_print_man_keys(FILE *out);
/* The tables in scripts/completion. */
void options_print_bash(FILE *out);
void options_print_zsh(FILE *out);
void options_print_fish(FILE *out);
/* --dump-config. */
void options_print_config(FILE *out, const struct options *options);
/* The sample sscep.conf. */
void options_print_sample(FILE *out);

#endif
