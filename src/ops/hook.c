#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "compat/compat.h"
#include "compat/environment.h"
#include "compat/process.h"
#include "ops/hook.h"
#include "util/buf.h"
#include "util/log.h"
#include "util/monotonic.h"

#define SHELL "/bin/sh"

/* Between two looks at what is left of a process group; milliseconds. */
#define LOOK 50

extern char **environ;

/* SIGCHLD only ends pselect(), the others are passed on. */
static const int caught[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};

/* The last one that has to be passed on, or 0. */
static volatile sig_atomic_t received;

struct run {
	const struct hook *hook;
	pid_t pid;
	struct sigaction before[COUNT_OF(caught)];
	sigset_t blocked; /* before */
};

static void on_signal(int number)
{
	if (number != SIGCHLD)
		received = number;
}

/* They are blocked but within pselect(), so that none is lost. */
static void catch_signals(struct run *run)
{
	struct sigaction action;
	sigset_t block;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < COUNT_OF(caught); i++)
		sigaddset(&block, caught[i]);
	sigprocmask(SIG_BLOCK, &block, &run->blocked);
	received = 0;
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	for (i = 0; i < COUNT_OF(caught); i++) {
		sigaction(caught[i], NULL, &run->before[i]);
		if (caught[i] == SIGCHLD ||
		    run->before[i].sa_handler != SIG_IGN)
			sigaction(caught[i], &action, NULL);
	}
}

static void restore_signals(const struct run *run)
{
	size_t i;

	for (i = 0; i < COUNT_OF(caught); i++)
		sigaction(caught[i], &run->before[i], NULL);
	sigprocmask(SIG_SETMASK, &run->blocked, NULL);
}

/*
 * Until a signal comes, or for so many milliseconds, and a second at most: a
 * thread of a token's module may take the signal instead of this thread.
 */
static void pause_for(const struct run *run, long long ms)
{
	struct timespec time = {.tv_sec = ms >= 1000 ? 1 : 0,
	    .tv_nsec = ms >= 1000 ? 0 : (long)ms * 1000000};
	sigset_t mask = run->blocked;
	size_t i;

	for (i = 0; i < COUNT_OF(caught); i++)
		sigdelset(&mask, caught[i]);
	pselect(0, NULL, NULL, NULL, &time, &mask);
	if (received != 0)
		kill(-run->pid, received);
	received = 0;
}

static bool wants_terminal(int status)
{
	return WIFSTOPPED(status) &&
	    (WSTOPSIG(status) == SIGTTIN || WSTOPSIG(status) == SIGTTOU);
}

/*
 * Whether it has ended, or wants the terminal, before the time is end; then how
 * is in *status.
 */
static bool wait_until(const struct run *run, long long end, int *status)
{
	long long left;
	pid_t got;

	for (;;) {
		got = waitpid(run->pid, status, WNOHANG | WUNTRACED);
		if (got == run->pid &&
		    (!WIFSTOPPED(*status) || wants_terminal(*status)))
			return true;
		if ((left = end - monotonic_now()) <= 0)
			return false;
		pause_for(run, left);
	}
}

/* Ends it and its children. */
static void stop_all(const struct run *run)
{
	long long end = monotonic_now() + HOOK_GRACE * 1000LL;
	bool ended;
	int status;

	kill(-run->pid, SIGTERM);
	kill(-run->pid, SIGCONT);
	do
		ended = wait_until(run, end, &status);
	while (ended && WIFSTOPPED(status));
	while (kill(-run->pid, 0) == 0 && monotonic_now() < end)
		pause_for(run, LOOK);
	kill(-run->pid, SIGKILL);
	if (!ended)
		wait_until(run, monotonic_now() + HOOK_GRACE * 1000LL, &status);
}

static enum status fail_hook(const struct hook *hook, const char *how)
{
	char shown[QUOTE_SIZE];

	return fail(ST_HOOK, "hook '%s': %s",
	    quote_line(
		shown, sizeof(shown), hook->command, strlen(hook->command)),
	    how);
}

static enum status wait_for_end(const struct run *run)
{
	const struct hook *hook = run->hook;
	char how[80];
	int status;

	if (!wait_until(
		run, monotonic_now() + hook->seconds * 1000LL, &status)) {
		stop_all(run);
		snprintf(
		    how, sizeof(how), "not finished after %d s", hook->seconds);
	} else if (WIFSTOPPED(status)) {
		stop_all(run);
		snprintf(how, sizeof(how),
		    "wants the terminal, which it cannot use");
	} else if (WIFSIGNALED(status)) {
		snprintf(
		    how, sizeof(how), "killed by signal %d", WTERMSIG(status));
	} else if (WEXITSTATUS(status) != 0) {
		snprintf(
		    how, sizeof(how), "exit status %d", WEXITSTATUS(status));
	} else {
		return ST_OK;
	}
	return fail_hook(hook, how);
}

/* Whether the hook does not get this "NAME=VALUE" of our environment. */
static bool is_left_out(const struct hook *hook, const char *entry)
{
	const char *const *name = hook->unset;
	size_t i;

	for (i = 0; i < hook->count; i++)
		if (compat_is_variable(entry, hook->variables[i].name))
			return true;
	for (; name != NULL && *name != NULL; name++)
		if (compat_is_variable(entry, *name))
			return true;
	return false;
}

/* With its NUL. */
static bool add_value(struct buf *text, const struct hook_variable *v)
{
	const size_t at = text->len;

	if (!buf_add(text, v->value, strlen(v->value) + 1))
		return false;
	if (v->path)
		compat_localize_path((char *)text->data + at);
	return true;
}

/* Adds the variables to text, one after the other. */
static bool add_variables(struct buf *text, const struct hook *hook)
{
	const struct hook_variable *v = hook->variables;
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < hook->count; i++)
		if (v[i].value != NULL)
			ok = buf_addf(text, "%s=", v[i].name) &&
			    add_value(text, &v[i]);
	return ok;
}

/* The environment of the hook, which borrows from text; NULL: no memory. */
static char **make_environment(const struct hook *hook, struct buf *text)
{
	size_t count = 0, used = 0, at = 0, i;
	char **out;

	while (environ != NULL && environ[count] != NULL)
		count++;
	out = calloc(count + hook->count + 1, sizeof(*out));
	if (out == NULL || !add_variables(text, hook)) {
		free(out);
		return NULL;
	}
	for (i = 0; i < count; i++)
		if (!is_left_out(hook, environ[i]))
			out[used++] = environ[i];
	while (at < text->len) {
		out[used] = (char *)text->data + at;
		at += strlen(out[used++]) + 1;
	}
	return out;
}

static enum status run_command(struct run *run, char **environment)
{
	char *command = strdup(run->hook->command);
	char shell[] = SHELL, option[] = "-c";
	char *argv[] = {shell, option, command, NULL};
	enum status st;

	if (command == NULL)
		return fail_memory();
	verbose("running the hook: %s", command);
	fflush(stdout);
	catch_signals(run);
	run->pid = compat_start_program(argv, environment, &run->hook->streams);
	st = run->pid > 0 ? wait_for_end(run)
			  : fail_hook(run->hook, strerror(errno));
	restore_signals(run);
	free(command);
	return st;
}

enum status hook_run(const struct hook *hook)
{
	struct run run = {.hook = hook};
	struct buf text = {0};
	char **environment = make_environment(hook, &text);
	enum status st = environment != NULL ? run_command(&run, environment)
					     : fail_memory();

	free(environment);
	buf_free(&text);
	return st;
}
