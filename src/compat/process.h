/* process.h: core dumps, what libcrypto does with memory, other programs. */
#ifndef COMPAT_PROCESS_H
#define COMPAT_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Remembers how this process was started: its limit of the size of core dumps,
 * the signals that are blocked, those that are ignored, and which descriptors
 * below 1024 are open.  To be called before any of these changes.
 */
void compat_note_start(void);

/* What a program finds at its descriptors.  Borrows. */
struct compat_streams {
	bool to_stderr;    /* its standard output is our standard error */
	const int *hidden; /* closed; below 3: /dev/null */
	size_t count;      /* of hidden */
};

/*
 * Starts a program, by its path argv[0], in a process group of its own with the
 * same number.  It finds all that compat_note_start() remembers as that was, so
 * that what this process has opened is closed there, but for what streams says.
 * The number of the process, or -1 with errno; one that cannot execute the
 * program exits with 127.
 */
pid_t compat_start_program(char *const argv[], char *const environment[],
    const struct compat_streams *streams);

/* If this environment variable is "1", compat_forbid_core() does nothing. */
#define COMPAT_ALLOW_CORE "SSCEP_ALLOW_CORE"

/*
 * From now on a crash of this process writes no core dump, and only root may
 * read its memory, as far as the system offers this.  The limit can be raised again.
 */
void compat_forbid_core(void);

/*
 * Makes libcrypto, and the modules it loads, overwrite all memory that they
 * free: decoded keys and requests, pass phrases, the content of envelopes.
 * Must be called before any other function of libcrypto.  False if that is
 * too late, if libcrypto cannot be told so, or if the system does not tell the
 * size of a block.
 */
bool compat_wipe_freed(void);

/*
 * Whether libcrypto has lacked memory since compat_forget_lack_of_memory(): what
 * it has said of a key, a certificate or an algorithm since may be wrong.  Where
 * compat_wipe_freed() is false, this is known of its last errors only.
 */
bool compat_lacked_memory(void);

/*
 * How many times libcrypto has lacked memory so far: a choice between
 * certificates means nothing if the number grows meanwhile, as one that cannot be
 * verified seems to be wrong.  0 where that cannot be found out.
 */
size_t compat_count_lacks(void);

void compat_forget_lack_of_memory(void);

/*
 * Leaves the memory of libcrypto to the system when the process ends, unless
 * OPENSSL_cleanup() is called.  Must be called after compat_wipe_freed() and
 * before any other function of libcrypto.  False: libcrypto cleans up.
 */
bool compat_skip_cleanup(void);

#endif
