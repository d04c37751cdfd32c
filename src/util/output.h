/* output.h: a file that will be written, and room for it before that. */
#ifndef UTIL_OUTPUT_H
#define UTIL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"
#include "util/target.h"
#include "util/temporary.h"

/* Bytes for which room is taken when an output is opened. */
#define OUTPUT_ROOM 16384

enum output_way {
	OUTPUT_CLOSED,
	OUTPUT_REPLACE,  /* a temporary file takes its place */
	OUTPUT_IN_PLACE, /* it is empty, or cannot be replaced by another */
	OUTPUT_STREAM    /* a device, a pipe or an open descriptor */
};

/* All zero is closed. */
struct output {
	const char *name; /* as the user typed it; borrowed */
	enum output_way way;
	struct target target;
	struct temporary temporary; /* to replace it, or to keep room for it */
	struct buf text;            /* what was staged */
	enum status (*guard)(const char *path);
};

/*
 * Finds out how the file can be written and takes room for OUTPUT_ROOM bytes;
 * what is there stays as it is.  "-" is standard output.  guard, unless NULL,
 * is called with the path of a regular file that has contents: it reports
 * why they must not be replaced, and returns ST_OK if they may.  ST_FILE after
 * reporting.  output is to be closed in any case.
 */
enum status output_open(struct output *output, const char *name,
    enum status (*guard)(const char *path));

/*
 * Writes the len bytes beside the file, where a temporary file will take its
 * place, and keeps a copy.  ST_FILE after reporting.
 */
enum status output_stage(struct output *output, const void *bytes, size_t len);

/*
 * Makes what was staged the contents of the file, and synchronizes it with
 * the disk.  A file that is replaced leaves its owner, mode, access control
 * list and label to the new one; the mode of a new file is 0666 less the
 * umask.  SIGINT, SIGTERM and SIGHUP are held back until it is done, unless it
 * is a stream, which may have to wait for a reader.  ST_FILE after reporting.
 */
enum status output_commit(struct output *output);

/* Both. */
enum status output_write(struct output *output, const void *bytes, size_t len);

/* Gives back the room that was not needed. */
void output_close(struct output *output);

#endif
