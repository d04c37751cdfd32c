/* Unit test of src/ops/hook and src/compat/process: the user's command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "compat/process.h"
#include "fixtures.h"
#include "ops/hook.h"
#include "util/file.h"
#include "util/log.h"

#define OPEN_AT_START 51
#define OPEN_LATER    52

/* The status, and in *text what was written to stderr. */
static enum status run(const struct hook *hook, const char **text)
{
	enum status st;

	capture_start(STDERR_FILENO);
	st = hook_run(hook);
	*text = capture_stop();
	return st;
}

/* Runs the command, which has to succeed, and returns its output. */
static const char *output_of(const struct hook *hook)
{
	enum status st;
	const char *text;

	capture_start(STDOUT_FILENO);
	st = hook_run(hook);
	text = capture_stop();
	if (st != ST_OK)
		fixture_fail("status %d of %s", (int)st, hook->command);
	return text;
}

static void test_the_hook_finds_its_variables(void **state)
{
	static const struct hook_variable variables[] = {
	    {.name = "SSCEP_CERT", .value = "/etc/a b/'x\".crt"},
	    {.name = "SSCEP_CHAIN", .value = NULL},
	    {.name = "SSCEP_ACTION", .value = "renewed"},
	};
	static const char *const unset[] = {
	    "SCEP_PASS", "SCEP_CHALLENGE", NULL};
	struct hook hook = {
	    .command = "echo \"$SSCEP_CERT|${SSCEP_CHAIN-none}|$SSCEP_ACTION|"
		       "${SCEP_PASS-none}|${SCEP_CHALLENGE-none}|"
		       "$SCEP_PASSING|$SSCEP_KEPT\"",
	    .variables = variables,
	    .count = NITEMS(variables),
	    .unset = unset,
	    .seconds = 30,
	};

	(void)state;
	setenv("SSCEP_CHAIN", "of another", 1);
	setenv("SSCEP_ACTION", "of another", 1);
	setenv("SCEP_PASS", "secret", 1);
	setenv("SCEP_CHALLENGE", "secret", 1);
	setenv("SCEP_PASSING", "none of these", 1);
	setenv("SSCEP_KEPT", "kept", 1);
	assert_string_equal(output_of(&hook),
	    "/etc/a b/'x\".crt|none|renewed|none|none|none of these|kept\n");
	assert_string_equal(getenv("SCEP_PASS"), "secret");
	assert_string_equal(getenv("SSCEP_ACTION"), "of another");
}

static void test_the_status_of_the_hook_is_told(void **state)
{
	struct hook hook = {.seconds = 30};
	const char *text;

	(void)state;
	hook.command = "exit 3";
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(strstr(text, ": hook 'exit 3': exit status 3\n"));

	hook.command = "kill -9 $$";
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(
	    strstr(text, ": hook 'kill -9 $$': killed by signal 9\n"));

	hook.command = "no-such-program-here";
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(strstr(text, ": exit status 127\n"));

	hook.command = "true";
	assert_int_equal(run(&hook, &text), ST_OK);
	assert_string_equal(text, "");
}

static void test_the_command_is_quoted_in_messages(void **state)
{
	struct hook hook = {.command = "exit 1 # \x1b[31m\nred", .seconds = 30};
	const char *text;

	(void)state;
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(strstr(text, "'exit 1 # \\x1b[31m\\x0ared': exit"));
}

static void test_the_output_goes_to_stdout_or_stderr(void **state)
{
	struct hook hook = {.command = "echo out; echo err >&2", .seconds = 30};
	const char *text;

	(void)state;
	assert_string_equal(output_of(&hook), "out\n");
	hook.streams.to_stderr = true;
	assert_int_equal(run(&hook, &text), ST_OK);
	assert_string_equal(text, "out\nerr\n");
	assert_string_equal(output_of(&hook), "");
}

/* A pipe with a secret in it, and a standard input that has another. */
static void test_the_hook_does_not_inherit_descriptors(void **state)
{
	static const int hidden[] = {STDIN_FILENO, OPEN_AT_START};
	struct hook hook = {
	    .command = "test ! -e /proc/self/fd/51 && readlink /proc/self/fd/0",
	    .seconds = 30,
	    .streams = {.hidden = hidden, .count = NITEMS(hidden)},
	};

	(void)state;
	assert_string_equal(output_of(&hook), "/dev/null\n");
}

static double seconds_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - start->tv_sec) +
	    (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

/* Whether the process whose number is in the file has ended. */
static bool has_ended(const char *path)
{
	struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
	struct buf number = {0}, state = {0};
	char name[64];
	bool ended = false;
	int i;

	assert_int_equal(file_read(&number, path, "number"), ST_OK);
	snprintf(name, sizeof(name), "/proc/%d/stat",
	    (int)strtol(buf_string(&number), NULL, 10));
	for (i = 0; i < 40 && !ended; i++) {
		state.len = 0;
		silence_start();
		/* A container may have nobody who waits for a zombie. */
		ended = file_read(&state, name, "state") != ST_OK ||
		    strstr(buf_string(&state), ") Z ") != NULL;
		silence_stop();
		nanosleep(&pause, NULL);
	}
	buf_free(&number);
	buf_free(&state);
	return ended;
}

static void test_a_hook_that_takes_too_long_is_ended(void **state)
{
	const char *child = fixture_path("child"), *text;
	struct hook hook = {.seconds = 1};
	struct timespec start;
	char command[512];

	(void)state;
	snprintf(
	    command, sizeof(command), "sleep 60 & echo $! >%s; wait", child);
	hook.command = command;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(strstr(text, ": not finished after 1 s\n"));
	assert_true(seconds_since(&start) < HOOK_GRACE);
	assert_true(has_ended(child));
}

/* Neither the shell nor its child ends by SIGTERM. */
static void test_a_hook_that_ignores_sigterm_is_killed(void **state)
{
	const char *child = fixture_path("stubborn"), *text;
	struct hook hook = {.seconds = 1};
	struct timespec start;
	char command[512];

	(void)state;
	snprintf(command, sizeof(command),
	    "trap '' TERM; sleep 60 & echo $! >%s; wait", child);
	hook.command = command;
	clock_gettime(CLOCK_MONOTONIC, &start);
	assert_int_equal(run(&hook, &text), ST_HOOK);
	assert_non_null(strstr(text, ": not finished after 1 s\n"));
	assert_true(seconds_since(&start) >= 1 + HOOK_GRACE);
	assert_true(has_ended(child));
}

/* What a hook leaves running when it ends in time goes on. */
static void test_what_the_hook_leaves_running_goes_on(void **state)
{
	const char *daemon = fixture_path("daemon");
	struct hook hook = {.seconds = 30};
	char command[512];
	struct buf number = {0};
	pid_t pid;

	(void)state;
	snprintf(command, sizeof(command),
	    "sleep 60 >/dev/null 2>&1 & echo $! >%s", daemon);
	hook.command = command;
	assert_string_equal(output_of(&hook), "");
	assert_int_equal(file_read(&number, daemon, "number"), ST_OK);
	pid = (pid_t)strtol(buf_string(&number), NULL, 10);
	buf_free(&number);
	assert_true(pid > 0);
	assert_int_equal(kill(pid, 0), 0);
	kill(pid, SIGKILL);
}

/* A process that runs the command and ends with its status. */
static pid_t run_apart(const char *command)
{
	struct hook hook = {.command = command, .seconds = 60};
	pid_t pid = fork();

	if (pid == 0) {
		silence_start();
		fixture_exit((int)hook_run(&hook));
	}
	assert_true(pid > 0);
	return pid;
}

static void wait_for_file(const char *path)
{
	struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
	int i;

	for (i = 0; i < 1000 && !file_has_contents(path); i++)
		nanosleep(&pause, NULL);
	assert_true(file_has_contents(path));
}

static void expect_passed_on(
    int number, const char *command, enum status expected)
{
	const char *ready = fixture_path("ready");
	char text[512];
	int status;
	pid_t pid;

	fixture_remove(ready);
	snprintf(text, sizeof(text), command, ready);
	pid = run_apart(text);
	wait_for_file(ready);
	kill(pid, number);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

static void test_signals_are_passed_on_to_the_hook(void **state)
{
	(void)state;
	expect_passed_on(SIGTERM, "echo >%s; sleep 60", ST_HOOK);
	expect_passed_on(SIGINT, "echo >%s; sleep 60", ST_HOOK);
	expect_passed_on(SIGHUP, "echo >%s; sleep 60", ST_HOOK);
	expect_passed_on(
	    SIGTERM, "trap 'exit 0' TERM; echo >%s; sleep 60 & wait", ST_OK);
}

static void test_signals_are_restored_after_the_hook(void **state)
{
	struct hook hook = {.command = "true", .seconds = 30};
	struct sigaction action;
	sigset_t mask;

	(void)state;
	assert_string_equal(output_of(&hook), "");
	assert_int_equal(sigaction(SIGTERM, NULL, &action), 0);
	assert_true(action.sa_handler == SIG_DFL);
	assert_int_equal(sigaction(SIGCHLD, NULL, &action), 0);
	assert_true(action.sa_handler == SIG_DFL);
	assert_int_equal(sigprocmask(SIG_SETMASK, NULL, &mask), 0);
	assert_int_equal(sigismember(&mask, SIGTERM), 0);
}

/* As main() does, and what it opens is not closed on exec. */
static void test_the_hook_runs_as_the_program_was_started(void **state)
{
	struct hook hook = {.seconds = 30};
	struct rlimit core;
	mode_t mask = umask(027);

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	compat_forbid_core();
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_cur, 0);
	assert_int_equal(dup2(STDERR_FILENO, OPEN_LATER), OPEN_LATER);

	/*
	 * Without the signals that the C library has for itself.  The shell
	 * reads them itself, as some block all while they wait for a child.
	 */
	hook.command = "ulimit -S -c; umask; "
		       "while read -r name value; do case $name in "
		       "SigBlk:) m=$value ;; SigIgn:) i=$value ;; "
		       "esac; done </proc/$$/status; "
		       "echo $((0x$m & 0x7fffffff)) $((0x$i & 0x7fffffff))";
	assert_string_equal(output_of(&hook), "2\n0027\n0 0\n");
	hook.command = "test -e /proc/self/fd/51";
	assert_string_equal(output_of(&hook), "");
	hook.command = "test ! -e /proc/self/fd/52";
	assert_string_equal(output_of(&hook), "");
	hook.command = "echo $(($(ps -o pgid= $$) == $$))";
	assert_string_equal(output_of(&hook), "1\n");

	umask(mask);
	close(OPEN_LATER);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_hook_finds_its_variables),
	    cmocka_unit_test(test_the_status_of_the_hook_is_told),
	    cmocka_unit_test(test_the_command_is_quoted_in_messages),
	    cmocka_unit_test(test_the_output_goes_to_stdout_or_stderr),
	    cmocka_unit_test(test_the_hook_does_not_inherit_descriptors),
	    cmocka_unit_test(test_a_hook_that_takes_too_long_is_ended),
	    cmocka_unit_test(test_a_hook_that_ignores_sigterm_is_killed),
	    cmocka_unit_test(test_what_the_hook_leaves_running_goes_on),
	    cmocka_unit_test(test_signals_are_passed_on_to_the_hook),
	    cmocka_unit_test(test_signals_are_restored_after_the_hook),
	    cmocka_unit_test(test_the_hook_runs_as_the_program_was_started),
	};
	struct rlimit core;
	int number;

	if (getrlimit(RLIMIT_CORE, &core) != 0)
		return 1;
	core.rlim_cur = 1024; /* a shell counts blocks of 512 bytes */
	setrlimit(RLIMIT_CORE, &core);
	dup2(STDERR_FILENO, OPEN_AT_START);
	close(OPEN_LATER);
	for (number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	compat_note_start();
	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
