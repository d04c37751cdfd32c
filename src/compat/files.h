/* files.h: operations on files that differ between systems. */
#ifndef COMPAT_FILES_H
#define COMPAT_FILES_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Extends an empty file to len bytes and allocates disk space for all of them.
 * False with errno: ENOSPC or EDQUOT if there is not enough.
 */
bool compat_allocate(int fd, off_t len);

/*
 * Opens a new file of mode 0600 in the directory for reading and writing, which
 * has no name there, and returns its descriptor; -1 with errno.
 */
int compat_open_unnamed(const char *directory);

/*
 * Whether the system keeps rename() from replacing the file: something is
 * mounted on it, or it is immutable or append-only.  directory is where it is.
 * False where that cannot be told.
 */
bool compat_is_fixed(const char *path, const char *directory);

/*
 * Gives the file of descriptor to the mode of a file whose access control list it
 * gets next.  False with errno.
 */
bool compat_copy_mode(int to, mode_t mode);

/*
 * Gives the file of descriptor to the access control list and the security
 * label of the file at path, and no other, as far as the system has them.
 * False with errno when that could not be done.  What a directory hands down may
 * be added, but not for a secret.
 */
bool compat_copy_access(int to, const char *path, bool secret);

/* The command that leaves the file to its owner alone. */
void compat_name_command(char *out, size_t size, const char *path);

/* What gives a file an owner, and what takes rights to write from others. */
extern const char compat_gives_owner[], compat_takes_rights[];

/*
 * Renames a file unless there is one at the new path.  False with errno: EEXIST
 * if there is, ENOSYS or EINVAL if that cannot be done here.
 */
bool compat_rename_new(const char *from, const char *to);

/*
 * Makes each "\\" of a path a "/" where both separate directories, and leaves out
 * what else says the same, such as "\\\\?\\".
 */
void compat_unify_path(char *path);

/*
 * How much of the path, with "/", is a root: "/", "C:", "//server/share"; 0: it is
 * relative.
 */
size_t compat_root_length(const char *path);

/* Whether two names in a directory are those of one file. */
bool compat_is_same_name(const char *a, const char *b);

#endif
