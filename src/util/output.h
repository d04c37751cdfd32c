/* output.h: an output file, for which disk space is reserved in advance. */
#ifndef UTIL_OUTPUT_H
#define UTIL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/contents.h"
#include "util/status.h"
#include "util/target.h"
#include "util/temporary.h"

#define OUTPUT_ROOM 16384 /* bytes of disk that output_open() reserves */

enum output_way {
	OUTPUT_CLOSED,
	OUTPUT_REPLACE,  /* a temporary file will be renamed to it */
	OUTPUT_IN_PLACE, /* it is empty, or cannot be replaced */
	OUTPUT_STREAM    /* a device, a pipe or an open descriptor */
};

/*
 * What is on the disk when output_commit() returns, and so survives a power
 * failure: the contents under the name, the contents alone (the name may still
 * be that of the old file), or nothing, for what can be fetched again.
 */
enum output_sync {
	OUTPUT_SYNC_NAME,
	OUTPUT_SYNC_CONTENTS,
	OUTPUT_SYNC_NOTHING
};

/* All zero is closed. */
struct output {
	const char *name; /* as the user typed it; borrowed */
	enum output_way way;
	enum output_sync sync; /* may be changed between open and stage */
	struct target target;
	struct temporary temporary; /* replaces it, or reserves disk space */
	time_t looked;              /* just before target was found */
	bool looks;                 /* see output_look() */
	struct contents contents;   /* what was staged */
	struct buf text;            /* of output_stage() */
	enum status (*guard)(const char *path);
};

/*
 * Finds out how the file can be written, and reserves OUTPUT_ROOM bytes on its
 * disk; an existing file is not changed.  "-" is standard output.  guard,
 * unless NULL, is called with the path of a regular file that is not empty,
 * and reports it if it must not be replaced.  sync is OUTPUT_SYNC_NAME.  ST_FILE
 * after reporting.  output must be closed in any case.
 */
enum status output_open(struct output *output, const char *name,
    enum status (*guard)(const char *path));

/*
 * Whether output_open() can be expected to work: nothing is created, removed or
 * changed.  ST_FILE after reporting as that does.
 */
enum status output_look(
    const char *name, enum status (*guard)(const char *path));

/*
 * Keeps a copy of the bytes, and writes them to the temporary file if there is
 * one.  ST_FILE after reporting.
 */
enum status output_stage(struct output *output, const void *bytes, size_t len);

/*
 * Makes what was staged the contents of the file, on the disk as far as sync
 * says.  A file that is replaced leaves its owner, mode, access control
 * list and label to the new one; the mode of a new file is 0666 less the
 * umask.  SIGINT, SIGTERM and SIGHUP are held back until it is done, unless it
 * is a stream, which may have to wait for a reader.  ST_FILE after reporting.
 */
enum status output_commit(struct output *output);

/* output_stage() and output_commit(), and tells the log of the file. */
enum status output_write(struct output *output, const void *bytes, size_t len);

/* The same for what contents has; it is asked for it again where needed. */
enum status output_write_from(
    struct output *output, const struct contents *contents);

/*
 * Whether output_commit() holds signals back: not where it writes to a
 * descriptor, which may block as long as somebody does not read.
 */
bool output_holds_signals(const struct output *output);

/* Holds SIGINT, SIGTERM and SIGHUP back, until each hold is released. */
void output_hold_signals(void);
void output_release_signals(void);

/* Frees everything, and disk space that was not used. */
void output_close(struct output *output);

#endif
