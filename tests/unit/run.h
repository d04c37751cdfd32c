/* run.h: the parser of options is run as the program runs it, on a file. */
#ifndef RUN_H
#define RUN_H

#include "options/options.h"

#define RUN_ARGS_MAX 128
#define RUN_FILE     "t.conf" /* the configuration, in the working directory */

struct run {
	struct options options;
	enum options_action action;
	enum status status;
	char *argv[RUN_ARGS_MAX + 1];
	int argc;
	char said[16384]; /* on stderr */
};

/*
 * Setup and teardown of a group of tests: the program is called P, and its
 * working directory is that of fixtures.h, which is removed.
 */
int run_enter(void **state);
int run_leave(void **state);

/* run is all new; operation may be NULL.  It is to be ended in any case. */
void run_start(struct run *run, const char *operation);
void run_add(struct run *run, const char *arg);
void run_parse(struct run *run);
void run_end(struct run *run);

/* Makes RUN_FILE. */
void run_write_file(const char *text);

/*
 * A command line, after which a row is called, and the file that it names, which
 * may be NULL; valid until the next call.
 */
const char *run_show(const char *file, const char *const *args, size_t count);

/* Arguments, the file they name, the status and the whole text on stderr. */
struct saying {
	const char *file; /* NULL: none */
	const char *args[12];
	enum status status;
	const char *said;
};

/* The test fails where something else is said. */
void run_expect(const struct saying *s);

#endif
