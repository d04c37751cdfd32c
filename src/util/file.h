/* file.h: reads whole files, and moves them aside. */
#ifndef UTIL_FILE_H
#define UTIL_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/status.h"

/* Certificates, keys and configuration files are far smaller. */
#define FILE_READ_MAX (16u * 1024 * 1024)

/*
 * Whether what is read from now on loses another name that newfile_write() has
 * left, because its process was killed.  False at start: not so for the
 * configuration file, nor for an operation that must remove nothing.
 */
void file_set_cleaning(bool on);

/*
 * Reads the file at path, or standard input if path is "-", into out, which
 * must be empty.  what says in messages which file it is ("request").  ST_FILE
 * after reporting if it cannot be read, is a directory, is empty, is larger
 * than FILE_READ_MAX, or is behind a link that target_find() does not follow.
 */
enum status file_read(struct buf *out, const char *path, const char *what);
/* The same for a file that may be empty. */
enum status file_read_any(struct buf *out, const char *path, const char *what);

/*
 * As file_read() of a name that is not "-", but reads no further than it has to for
 * the first line, with which more may come.
 */
enum status file_read_line(struct buf *out, const char *path, const char *what);

/*
 * What is read may be a FIFO or a device, as a user may name one on purpose: it
 * is waited for as special_open() and special_wait() do.  A file whose name we
 * have chosen, such as CERT.req, has to be regular.  file_read_own() is as
 * file_read() for such a file, and sets sb to the status of what was read.
 * file_expect_own() looks, for what is read later: ST_FILE after reporting if it
 * is there and not regular.
 */
enum status file_read_own(
    struct buf *out, struct stat *sb, const char *path, const char *what);
enum status file_expect_own(const char *path, const char *what);

/* Whether the name is "-": standard input or standard output. */
bool file_is_standard(const char *name);

/* Whether the file exists.  ST_FILE after reporting if stat() cannot tell. */
enum status file_find(bool *exists, const char *path);

/* Whether there is a directory of that name. */
bool file_is_directory(const char *path);

/* Whether there is a file of that name, no directory, and it is not empty. */
bool file_has_contents(const char *path);

/* Whether there is a regular file of that name, and it is known to be empty. */
bool file_is_empty(const char *path);

/*
 * Moves path to path.old, replacing that, if guard returns ST_OK for both; else
 * guard has reported why not.  ST_FILE after reporting.
 */
enum status file_move_aside(
    const char *path, enum status (*guard)(const char *path));
/* Whether it can be moved, as far as that can be told; nothing is changed. */
enum status file_check_aside(
    const char *path, enum status (*guard)(const char *path));
/* Moves path.old back to path; false with errno when it cannot. */
bool file_put_back(const char *path);
/* Says that the file was moved to path.old. */
void file_note_aside(const char *path);

#endif
