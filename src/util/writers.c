#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/links.h"
#include "util/writers.h"

/* A name while it is followed from the root. */
struct walk {
	struct buf done; /* without links; empty: the root "/" */
	struct buf left; /* the components still to come */
	size_t root;     /* how much of done is a root */
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

/* The root, without its slash, is done, and left what follows it. */
static bool set_root(struct walk *walk, struct buf *left, const char *path)
{
	const size_t root = compat_root_length(path);

	walk->root = path[root - 1] == '/' ? root - 1 : root;
	walk->done.len = 0;
	return buf_add(&walk->done, path, walk->root) &&
	    buf_add_string(left, path + root);
}

static bool start(struct walk *walk, const char *name)
{
	char *directory;
	bool ok;

	if (compat_root_length(name) > 0)
		return set_root(walk, &walk->left, name);
	if ((directory = realpath(".", NULL)) == NULL)
		return false;
	ok = set_root(walk, &walk->left, directory) &&
	    buf_addf(&walk->left, "/%s", name);
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

static const char *directory_of(const struct walk *walk)
{
	return walk->done.len > 0 ? buf_string(&walk->done) : "/";
}

static void go_up(struct walk *walk)
{
	while (walk->done.len > walk->root &&
	    walk->done.data[--walk->done.len] != '/')
		;
	if (walk->done.data != NULL)
		walk->done.data[walk->done.len] = '\0';
}

/* Puts the text of the link in front of the components that are left. */
static bool follow(struct walk *walk, const char *link)
{
	struct buf text = {0}, left = {0};
	bool ok = links_read(&text, link, &walk->links);

	if (ok && compat_root_length(buf_string(&text)) > 0)
		ok = set_root(walk, &left, buf_string(&text));
	else if (ok)
		ok = buf_add(&left, text.data, text.len);
	ok = ok && buf_addf(&left, "/%s", buf_string(&walk->left));
	buf_free(&text);
	buf_free(&walk->left);
	walk->left = left;
	return ok;
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

	if (start(&walk, name) && stat(directory_of(&walk), &root) == 0 &&
	    buf_add_string(culprit, directory_of(&walk))) {
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
