#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_MALLOC_USABLE_SIZE
#include <malloc.h>
#endif
#ifdef HAVE_SETRLIMIT
#include <sys/resource.h>
#endif
#ifdef HAVE_PR_SET_DUMPABLE
#include <sys/prctl.h>
#endif

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "compat/compat.h"
#include "compat/process.h"

/* For Windows these are in compat/windows/process.c. */
#ifndef _WIN32

#define DESCRIPTORS_MAX 1024

/* The signals that we ignore, or catch. */
static const int signals[] = {
    SIGPIPE, SIGXFSZ, SIGCHLD, SIGINT, SIGTERM, SIGHUP};

/* How the process was started. */
static struct {
	bool noted;
	bool open[DESCRIPTORS_MAX];
	struct sigaction actions[COUNT_OF(signals)];
	sigset_t blocked;
#ifdef HAVE_SETRLIMIT
	struct rlimit core;
#endif
} start;

/* Some may be above the limit, which was lowered since. */
static void note_descriptors(void)
{
	int i;

	for (i = 0; i < DESCRIPTORS_MAX; i++)
		start.open[i] = fcntl(i, F_GETFD) >= 0 || errno != EBADF;
}

void compat_note_start(void)
{
	size_t i;

	for (i = 0; i < COUNT_OF(signals); i++)
		sigaction(signals[i], NULL, &start.actions[i]);
	sigprocmask(SIG_SETMASK, NULL, &start.blocked);
#ifdef HAVE_SETRLIMIT
	getrlimit(RLIMIT_CORE, &start.core);
#endif
	note_descriptors();
	start.noted = true;
}

/* In a child, where only calls that are safe in signal handlers are allowed. */
static void restore_start(void)
{
	size_t i;

	if (!start.noted)
		return;
	for (i = 0; i < DESCRIPTORS_MAX; i++)
		if (!start.open[i])
			close((int)i);
	for (i = 0; i < COUNT_OF(signals); i++)
		sigaction(signals[i], &start.actions[i], NULL);
#ifdef HAVE_SETRLIMIT
	setrlimit(RLIMIT_CORE, &start.core);
#endif
	sigprocmask(SIG_SETMASK, &start.blocked, NULL);
}

/* Likewise. */
static void hide(const struct compat_streams *streams)
{
	size_t i;
	int fd;

	for (i = 0; i < streams->count; i++) {
		close(streams->hidden[i]);
		if (streams->hidden[i] > STDERR_FILENO)
			continue;
		fd = open("/dev/null", O_RDWR);
		if (fd >= 0 && fd != streams->hidden[i]) {
			dup2(fd, streams->hidden[i]);
			close(fd);
		}
	}
}

pid_t compat_start_program(char *const argv[], char *const environment[],
    const struct compat_streams *streams)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		if (streams->to_stderr)
			dup2(STDERR_FILENO, STDOUT_FILENO);
		restore_start();
		hide(streams);
		execve(argv[0], argv, environment);
		_exit(127);
	}
	/* Here, too: the first signal to the group may come before that. */
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}

/*
 * Linux ignores the limit where core_pattern pipes the core to a program; a
 * process that is not dumpable has no core in either case.
 */
void compat_forbid_core(void)
{
	const char *allowed = getenv(COMPAT_ALLOW_CORE);
#ifdef HAVE_SETRLIMIT
	struct rlimit core;
#endif

	if (allowed != NULL && strcmp(allowed, "1") == 0)
		return;
#ifdef HAVE_SETRLIMIT
	if (getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur > 0) {
		core.rlim_cur = 0;
		setrlimit(RLIMIT_CORE, &core);
	}
#endif
#ifdef HAVE_PR_SET_DUMPABLE
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

#endif

bool compat_skip_cleanup(void)
{
#ifdef HAVE_OPENSSL_INIT_NO_ATEXIT
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
#else
	return false;
#endif
}

#if defined(HAVE_MALLOC_USABLE_SIZE) && defined(HAVE_CRYPTO_SET_MEM_FUNCTIONS)

static size_t lacks, forgotten_lacks;

static void *allocate(size_t size, const char *file, int line)
{
	void *block = size > 0 ? malloc(size) : NULL;

	(void)file;
	(void)line;
	if (size > 0 && block == NULL)
		lacks++;
	return block;
}

static void wipe_and_free(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	if (block != NULL)
		OPENSSL_cleanse(block, malloc_usable_size(block));
	free(block);
}

/* Without realloc(), which leaves a copy behind when it moves the block. */
static void *reallocate(void *block, size_t size, const char *file, int line)
{
	size_t before = block != NULL ? malloc_usable_size(block) : 0;
	void *grown;

	if (size > 0 && size <= before)
		return block;
	grown = allocate(size, file, line);
	if (grown == NULL && size > 0)
		return NULL;
	if (grown != NULL && block != NULL)
		memcpy(grown, block, before);
	wipe_and_free(block, file, line);
	return grown;
}

bool compat_wipe_freed(void)
{
	return CRYPTO_set_mem_functions(allocate, reallocate, wipe_and_free) ==
	    1;
}

bool compat_lacked_memory(void)
{
	return lacks > forgotten_lacks;
}

size_t compat_count_lacks(void)
{
	return lacks;
}

void compat_forget_lack_of_memory(void)
{
	forgotten_lacks = lacks;
}

#else

bool compat_wipe_freed(void)
{
	return false;
}

bool compat_lacked_memory(void)
{
	return ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE ||
	    ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_MALLOC_FAILURE;
}

size_t compat_count_lacks(void)
{
	return 0;
}

void compat_forget_lack_of_memory(void)
{
}

#endif
