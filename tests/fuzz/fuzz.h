/* fuzz.h: what all fuzzers share: checks, a quiet log, files, parts of an input. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/spool.h"
#include "util/status.h"

/* A target: both are called by libFuzzer, by AFL++, and by replay.c. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What has to hold for every input; else the process is aborted. */
#define FUZZ_CHECK(what) \
	do { \
		if (!(what)) \
			fuzz_broken(__FILE__, __LINE__, #what); \
	} while (0)
void fuzz_broken(const char *file, int line, const char *what);

/*
 * To be called once, before all else: makes an empty working directory, which is
 * removed at the end, takes variables that matter out of the environment, and
 * nothing can be read from standard input.  Messages are not printed, but
 * checked: no control character may be in one.
 */
void fuzz_start(void);

/*
 * From now on messages may have control characters, or may not: a word of the
 * command line is printed as it was typed.
 */
void fuzz_allow_controls(bool allowed);

/* Undoes what options have changed of the log. */
void fuzz_reset_log(void);

/* What fail() said last since fuzz_forget(), or "". */
const char *fuzz_last_failure(void);
void fuzz_forget(void);

/* Whether text has only printable characters; newline: and line feeds. */
bool fuzz_is_printable(const char *text, bool newline);

/*
 * Checks the head of a request that is sent: METHOD TARGET VERSION, then lines
 * of printable ASCII, and one empty line at the end.
 */
void fuzz_check_request(const char *text, size_t len);

/* The bytes of an input that have not been taken. */
struct fuzz_input {
	const uint8_t *next;
	size_t left;
};

/* The next byte; 0 at the end. */
uint8_t fuzz_take_byte(struct fuzz_input *in);

/* The bytes behind a length of two bytes, or as many as there are. */
struct fuzz_input fuzz_take_part(struct fuzz_input *in);

/* The bytes up to the separator, which is skipped, or to the end. */
struct fuzz_input fuzz_take_until(struct fuzz_input *in, char separator);

/* A string of the bytes up to a NUL, which the caller frees. */
char *fuzz_copy_string(struct fuzz_input in);

/* Writes a file in the working directory. */
void fuzz_write_file(const char *name, const void *bytes, size_t len);

/*
 * Fills an empty spool; with in_file all of it is in a file, of which the first
 * bytes only are in memory.
 */
void fuzz_fill_spool(
    struct spool *spool, const void *bytes, size_t len, bool in_file);

#endif
