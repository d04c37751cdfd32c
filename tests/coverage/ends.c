/*
 * Linked into each program that scripts/coverage builds.  What it has run is
 * written down at every end of it but by SIGKILL, as gcov does in exit() only;
 * and never where the files of the counts would be left half written.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gcov.h>

static const int ending[] = {
    SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM};

#define ENDING_COUNT (sizeof(ending) / sizeof(ending[0]))

static int set_action(
    int number, const struct sigaction *action, struct sigaction *before)
{
	static int (*next)(int, const struct sigaction *, struct sigaction *);

	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "sigaction");
	return next(number, action, before);
}

_Noreturn static void end_now(int status)
{
	for (;;)
		syscall(SYS_exit_group, status);
}

static size_t read_file(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t len = 0;

	if (file != NULL) {
		len = fread(text, 1, size - 1, file);
		fclose(file);
	}
	text[len] = '\0';
	return len;
}

/* Some tests kill the program by strace, at each of its system calls. */
static int is_killed_by_tracer(void)
{
	char text[4096], path[64], *line;
	size_t len;

	read_file("/proc/self/status", text, sizeof(text));
	line = strstr(text, "\nTracerPid:");
	if (line == NULL || atoi(line + 11) == 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/cmdline", atoi(line + 11));
	len = read_file(path, text, sizeof(text));
	return memmem(text, len, "signal=", 7) != NULL ||
	    memmem(text, len, "--run", 6) != NULL;
}

/* Tests look at stderr, where gcov says which files another user cannot write. */
static int may_dump(void)
{
	struct rlimit limit, none = {RLIM_INFINITY, RLIM_INFINITY};
	int fd = open("/dev/null", O_WRONLY);

	if (fd >= 0)
		dup2(fd, STDERR_FILENO);
	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
	    limit.rlim_cur != RLIM_INFINITY &&
	    setrlimit(RLIMIT_FSIZE, &none) != 0)
		return 0;
	return !is_killed_by_tracer();
}

static void dump(void)
{
	if (may_dump())
		__gcov_dump();
}

static void end_by_signal(int number)
{
	struct sigaction none = {.sa_handler = SIG_DFL};

	dump();
	set_action(number, &none, NULL);
	kill(getpid(), number);
}

static int is_ending(int number)
{
	size_t i;

	for (i = 0; i < ENDING_COUNT; i++)
		if (ending[i] == number)
			return 1;
	return 0;
}

/* The program does not see that the handler above stands for SIG_DFL. */
int sigaction(
    int number, const struct sigaction *action, struct sigaction *before)
{
	struct sigaction ours;
	int ret;

	if (action != NULL && action->sa_handler == SIG_DFL &&
	    is_ending(number)) {
		ours = *action;
		ours.sa_handler = end_by_signal;
		action = &ours;
	}
	ret = set_action(number, action, before);
	if (ret == 0 && before != NULL && before->sa_handler == end_by_signal)
		before->sa_handler = SIG_DFL;
	return ret;
}

/* SA_RESETHAND brings SIG_DFL without a call of sigaction(). */
int raise(int number)
{
	struct sigaction now;

	if (set_action(number, NULL, &now) == 0 && now.sa_handler == SIG_DFL)
		dump();
	return kill(getpid(), number);
}

void _exit(int status)
{
	dump();
	end_now(status);
}

static void at_exit(int status, void *nothing)
{
	(void)nothing;
	if (may_dump())
		return;
	fflush(NULL);
	end_now(status);
}

__attribute__((constructor)) static void catch_ends(void)
{
	struct sigaction now;
	size_t i;

	on_exit(at_exit, NULL);
	for (i = 0; i < ENDING_COUNT; i++)
		if (sigaction(ending[i], NULL, &now) == 0 &&
		    now.sa_handler == SIG_DFL)
			sigaction(ending[i], &now, NULL);
}
