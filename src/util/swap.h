/* swap.h: several files that are replaced together, whatever interrupts it. */
#ifndef UTIL_SWAP_H
#define UTIL_SWAP_H

#include <stdbool.h>
#include <stddef.h>

#include "util/attributes.h"
#include "util/buf.h"
#include "util/place.h"
#include "util/status.h"

/*
 * The file at path, NAME, and its successor, NAME.new beside it.  Where path is
 * a symbolic link, NAME is the file that it leads to.
 *
 * The files of a swap are an array in the order in which they take their
 * places.  The last one is the record: its NAME.new is written after all the
 * others, and as long as that is there, the swap is due.  While it is not,
 * other files called NAME.new belong to a swap that is not complete, and stay.
 */
struct swap_file {
	const char *path; /* as the user typed it; borrowed */
	bool secret;      /* for its owner only, if it replaces no file */
	bool keep_old;    /* what is replaced stays, as NAME.old */
	bool
	    key_in_pem; /* NAME without one was not as secret: see swap_finish() */
	struct attributes first; /* if it replaces no file */

	/*
	 * Reports a file that is not to be replaced, unless it is NULL: that of
	 * the path, NAME or NAME.old, which is there and not empty.
	 */
	enum status (*guard)(const char *path, const void *arg);
	const void *guard_arg;
};

/*
 * Adds NAME and the suffix.  ST_FILE after reporting if a directory is missing,
 * or NAME or NAME.new is there and no regular file.
 */
enum status swap_path_beside(
    struct buf *out, const char *path, const char *suffix);

/*
 * Whether it can be expected that all will be written and take their places;
 * nothing is changed.  ST_FILE after reporting if a directory cannot be written
 * to or has no room, a file is no regular one or cannot be replaced, two have
 * a name in common, a guard says no, or first cannot be set.
 */
enum status swap_check(const struct swap_file *files, size_t count);

/* Whether no guard says no.  ST_FILE after reporting. */
enum status swap_guard(const struct swap_file *files, size_t count);

/*
 * The same for one file, as far as it can be told without a trace: swap_check()
 * makes temporary files.
 */
enum status swap_look(const struct swap_file *file);

/*
 * Creates NAME.new, or a file with that suffix, of mode 0600: it is complete and
 * on the disk, with its name.  It replaces what has the name, even if that is a
 * symbolic link.  ST_FILE after reporting.
 */
enum status swap_write_new(
    const struct swap_file *file, const struct buf *bytes);
enum status swap_write_beside(
    const struct swap_file *file, const char *suffix, const struct buf *bytes);

/* Removes NAME.new, if it is there.  ST_FILE after reporting. */
enum status swap_remove_new(const struct swap_file *file);

/*
 * Removes what killed processes have left of NAME.new, NAME.old, and what else
 * swap_write_beside() writes with that suffix.  ST_FILE after reporting.
 */
enum status swap_remove_stale(const struct swap_file *file, const char *suffix);

/* Whether NAME.new is there.  ST_FILE after reporting as place_check_owners(). */
enum status swap_find_new(bool *is_there, const struct swap_file *file);

/*
 * If the swap is due, all files of which NAME.new is there take their places;
 * the others have done so already.  A swap that was interrupted, even by a
 * power failure, is gone on with by calling this again, with the same files.
 *
 * Each NAME.new gets the owner, group, mode, access control list and label of
 * NAME, or what first says; the latter also for key_in_pem if NAME has no private
 * key: those who may read that need not be meant to read a key.  Then all NAME.old are made, other names of the
 * same files or, where there are no links, copies.  Then each is renamed, and
 * that is on the disk before the next one.  SIGINT, SIGTERM and SIGHUP are held
 * back meanwhile.  What killed processes left of a NAME.new is removed in any
 * case.  The log is told of the files.  ST_FILE after reporting which
 * still wait, or what a guard says; until the first rename nothing has changed for readers of NAME.
 */
enum status swap_finish(const struct swap_file *files, size_t count);

#endif
