#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "run.h"
#include "util/log.h"

int run_enter(void **state)
{
	(void)state;
	log_set_program("P");
	return chdir(fixture_directory());
}

int run_leave(void **state)
{
	return fixture_cleanup(state);
}

void run_start(struct run *run, const char *operation)
{
	memset(run, 0, sizeof(*run));
	run_add(run, "P");
	if (operation != NULL)
		run_add(run, operation);
}

void run_add(struct run *run, const char *arg)
{
	assert_true(run->argc < RUN_ARGS_MAX);
	assert_non_null(run->argv[run->argc++] = strdup(arg));
}

static void reset_log(void)
{
	log_set_level(LOG_WARNING);
	log_set_quiet(false);
}

void run_parse(struct run *run)
{
	reset_log();
	capture_start(STDERR_FILENO);
	run->status =
	    options_parse(&run->options, &run->action, run->argc, run->argv);
	snprintf(run->said, sizeof(run->said), "%s", capture_stop());
}

void run_end(struct run *run)
{
	int i;

	options_free(&run->options);
	for (i = 0; i < run->argc; i++)
		free(run->argv[i]);
	reset_log();
}

void run_write_file(const char *text)
{
	fixture_write(RUN_FILE, text, strlen(text));
}

const char *run_show(const char *file, const char *const *args, size_t count)
{
	static char text[1024];
	size_t i, len = 0;

	for (i = 0; i < count && args[i] != NULL && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i > 0 ? " " : "", args[i]);
	if (file != NULL && len < sizeof(text))
		snprintf(text + len, sizeof(text) - len, " with %s", file);
	return text;
}

void run_expect(const struct saying *s)
{
	struct run r;
	size_t i;

	if (s->file != NULL)
		run_write_file(s->file);
	run_start(&r, s->args[0]);
	for (i = 1; i < NITEMS(s->args) && s->args[i] != NULL; i++)
		run_add(&r, s->args[i]);
	run_parse(&r);
	if (r.status != s->status || strcmp(r.said, s->said) != 0)
		fixture_fail("%s: %d, \"%s\", not \"%s\"",
		    run_show(s->file, s->args, NITEMS(s->args)), (int)r.status,
		    r.said, s->said);
	run_end(&r);
}
