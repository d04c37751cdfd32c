/* spool.h: bytes in memory, or, if they are many, in a temporary file. */
#ifndef UTIL_SPOOL_H
#define UTIL_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* Bytes that are kept in memory, and those of a file that are read at once. */
#define SPOOL_MEMORY_MAX (1024u * 1024)
#define SPOOL_WINDOW     (128u * 1024)

/*
 * The bytes that several spools may have at the same time, and those they have.
 * max is twice --max-size: an answer and a copy of its content, or two of these.
 */
struct spool_budget {
	size_t max, used;
};

/*
 * Owns bytes and the file, which has no name: it is gone when the process ends,
 * however it ends.  All zero is empty.
 */
struct spool {
	/* For the file; NULL, or if it has no room: TMPDIR, or /tmp. */
	const char *directory;       /* borrowed */
	struct spool_budget *budget; /* borrowed; or NULL */
	size_t memory_max; /* in place of SPOOL_MEMORY_MAX, unless 0 */
	size_t len;        /* of everything */
	struct buf bytes;  /* everything, or the part of the file at start */
	size_t start;
	bool in_file, unwritten; /* bytes are not yet in the file */
	int fd;                  /* if in_file */
	unsigned int place;      /* how many directories would not have it */
	struct buf refusals;     /* what they said, for a message */
	bool failed;             /* the file could not be read, once or more */
};

/* An empty spool that has the directory, the budget and the limit of other. */
struct spool spool_like(const struct spool *other);

/*
 * Adds bytes at the end.  A file that cannot be written, as on a full disk, goes
 * on as a copy in the next directory.  After reporting: ST_FILE if there is none;
 * ST_NETWORK if the budget has no room for them; ST_ERROR when out of memory.
 */
enum status spool_add(struct spool *spool, const void *bytes, size_t len);

/* Says that len bytes will be added; they may be fewer.  As spool_add(). */
enum status spool_expect(struct spool *spool, size_t len);

/* To be called when everything has been added, before a peek.  As spool_add(). */
enum status spool_end(struct spool *spool);

/*
 * The bytes from offset at on, and their number in *len: at least need, or all
 * that there are.  Those of a file are valid until the next call.  NULL at the
 * end, and with errno if the file cannot be read.
 */
const unsigned char *spool_peek(
    struct spool *spool, size_t at, size_t need, size_t *len);

/* Reports that the file could not be read, and returns ST_FILE. */
enum status spool_fail_read(void);

/*
 * Reports a failure, whose text was captured, and returns st.  If the file could
 * not be read, that is the reason, and no bad reply or output: ST_FILE.
 */
enum status spool_report(
    const struct spool *spool, enum status st, const char *text);

/* Moves what copy has to spool, and frees what that had. */
void spool_replace(struct spool *spool, struct spool *copy);

/* Empties it; directory, budget and memory_max remain. */
void spool_free(struct spool *spool);

#endif
