#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/writers.h"

#define LINKS_MAX     40   /* as Linux has it */
#define LINK_SIZE_MAX 4096 /* bytes of a link, PATH_MAX of Linux */

/* A name while it is followed from the root. */
struct walk {
	struct buf done; /* without links; empty: the root */
	struct buf left; /* the components still to come */
	int links;
};

static bool is_ours(const struct stat *sb)
{
	return sb->st_uid == 0 || sb->st_uid == geteuid();
}

static bool is_open_to_others(const struct stat *sb)
{
	return (sb->st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

static bool is_sticky_directory(const struct stat *sb)
{
	return S_ISDIR(sb->st_mode) && (sb->st_mode & S_ISVTX) != 0;
}

/* Pipes that pipe() makes are on a device of their own. */
static bool is_anonymous(const struct stat *sb)
{
	struct stat made;
	int ends[2];
	bool yes;

	if (!S_ISFIFO(sb->st_mode) || pipe(ends) != 0)
		return false;
	yes = fstat(ends[0], &made) == 0 && made.st_dev == sb->st_dev;
	close(ends[0]);
	close(ends[1]);
	return yes;
}

/* A file, or a directory on the way. */
enum writers writers_of(const struct stat *sb)
{
	if (is_anonymous(sb))
		return WRITERS_NONE;
	if (!is_ours(sb))
		return WRITERS_OWNER;
	return is_open_to_others(sb) && !is_sticky_directory(sb)
	    ? WRITERS_OTHERS
	    : WRITERS_NONE;
}

/* A link says who may replace it: nobody else in a directory that is not open. */
static enum writers check_link(const struct stat *sb, const char *directory)
{
	struct stat above;

	if (stat(directory, &above) != 0)
		return WRITERS_UNKNOWN;
	return is_open_to_others(&above) && !is_ours(sb) ? WRITERS_OWNER
							 : WRITERS_NONE;
}

static bool start(struct walk *walk, const char *name)
{
	char *directory = NULL;
	bool ok;

	if (*name != '/' && (directory = realpath(".", NULL)) == NULL)
		return false;
	ok = buf_addf(
	    &walk->left, "%s/%s", directory != NULL ? directory : "", name);
	free(directory);
	return ok;
}

/*
 * Takes the next component off those that are left, and sets next to its path.
 * False if there is none.
 */
static bool take(struct walk *walk, struct buf *next, bool *ok)
{
	const char *left = buf_string(&walk->left);
	size_t skip = strspn(left, "/"), len = strcspn(left + skip, "/");

	if (len == 0)
		return false;
	next->len = 0;
	*ok = buf_add(next, walk->done.data, walk->done.len) &&
	    buf_add(next, "/", 1) && buf_add(next, left + skip, len);
	walk->left.len -= skip + len;
	memmove(walk->left.data, left + skip + len, walk->left.len + 1);
	return true;
}

static void go_up(struct walk *walk)
{
	while (walk->done.len > 0 && walk->done.data[--walk->done.len] != '/')
		;
	if (walk->done.data != NULL)
		walk->done.data[walk->done.len] = '\0';
}

/* Puts the text of the link in front of the components that are left. */
static bool follow(struct walk *walk, const char *link)
{
	char text[LINK_SIZE_MAX];
	ssize_t len = readlink(link, text, sizeof(text));
	struct buf left = {0};
	bool ok;

	if (len < 0)
		return false;
	if (++walk->links > LINKS_MAX || len == (ssize_t)sizeof(text)) {
		errno = ELOOP;
		return false;
	}
	ok = buf_add(&left, text, (size_t)len) &&
	    buf_addf(&left, "/%s", buf_string(&walk->left));
	if (ok && text[0] == '/')
		walk->done.len = 0;
	buf_free(&walk->left);
	walk->left = left;
	return ok;
}

static const char *directory_of(const struct walk *walk)
{
	return walk->done.len > 0 ? buf_string(&walk->done) : "/";
}

/* Looks at the next component, whose path it is. */
static enum writers step(struct walk *walk, struct buf *next)
{
	const char *path = buf_string(next);
	enum writers found;
	struct stat sb;

	if (lstat(path, &sb) != 0)
		return WRITERS_UNKNOWN;
	if (!S_ISLNK(sb.st_mode)) {
		walk->done.len = 0;
		return buf_add(&walk->done, next->data, next->len)
		    ? writers_of(&sb)
		    : WRITERS_UNKNOWN;
	}
	found = check_link(&sb, directory_of(walk));
	return found != WRITERS_NONE || follow(walk, path) ? found
							   : WRITERS_UNKNOWN;
}

static enum writers go_on(struct walk *walk, struct buf *next)
{
	enum writers found = WRITERS_NONE;
	const char *component;
	bool ok;

	while (found == WRITERS_NONE && take(walk, next, &ok)) {
		if (!ok)
			return WRITERS_UNKNOWN;
		component = buf_string(next) + walk->done.len + 1;
		if (strcmp(component, "..") == 0)
			go_up(walk);
		else if (strcmp(component, ".") != 0)
			found = step(walk, next);
	}
	return found;
}

enum writers writers_find(struct buf *culprit, const char *name)
{
	struct walk walk = {0};
	struct stat root;
	enum writers found = WRITERS_UNKNOWN;
	int error;

	if (start(&walk, name) && stat("/", &root) == 0 &&
	    buf_add_string(culprit, "/")) {
		found = writers_of(&root);
		if (found == WRITERS_NONE)
			found = go_on(&walk, culprit);
	}
	error = errno;
	buf_free(&walk.done);
	buf_free(&walk.left);
	errno = error;
	return found;
}
