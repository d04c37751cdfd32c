#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "compat/files.h"
#include "util/buf.h"
#include "util/links.h"
#include "util/log.h"
#include "util/target.h"

/* A name while its links are followed. */
struct walk {
	const char *what; /* "request ", or "" */
	const char *name; /* as it was given */
	struct buf done;  /* resolved; empty: the working directory */
	struct buf left;  /* the components still to resolve */
	bool looked;      /* the target has exists and status of done */
	int links;
};

static enum status fail_name(const struct walk *walk)
{
	return fail_errno(ST_FILE, "%s%s: cannot open", walk->what, walk->name);
}

/* The text as the number of a descriptor or process; -1: it is not one. */
static int parse_id(const char *text)
{
	long number;
	char *end;

	if (*text < '0' || *text > '9')
		return -1;
	errno = 0;
	number = strtol(text, &end, 10);
	return *end == '\0' && errno == 0 && number <= INT_MAX ? (int)number
							       : -1;
}

/* The descriptor that the name stands for, as /dev/stdin does; -1: none. */
static int find_descriptor(const char *name)
{
	static const struct {
		const char *name;
		int descriptor;
	} standard[] = {
	    {"/dev/stdin", STDIN_FILENO},
	    {"/dev/stdout", STDOUT_FILENO},
	    {"/dev/stderr", STDERR_FILENO},
	};
	static const char *const directories[] = {"/dev/fd/", "/proc/self/fd/"};
	size_t i, len;

	for (i = 0; i < COUNT_OF(standard); i++)
		if (strcmp(name, standard[i].name) == 0)
			return standard[i].descriptor;
	for (i = 0; i < COUNT_OF(directories); i++) {
		len = strlen(directories[i]);
		if (strncmp(name, directories[i], len) == 0)
			return parse_id(name + len);
	}
	return -1;
}

/* The directories of /proc in which links lead elsewhere than they say. */
enum magic { MAGIC_NONE, MAGIC_PROCESS, MAGIC_DESCRIPTORS };

/*
 * /proc/PID has links into the namespace of the process, and /proc/PID/fd to
 * its open files; pid is set to that of the process.  As path has no link in
 * it, /proc/self is not met.
 */
static enum magic find_magic(const char *path, int *pid)
{
	char copy[64], *rest;

	if (strncmp(path, "/proc/", 6) != 0 || strlen(path) >= sizeof(copy))
		return MAGIC_NONE;
	snprintf(copy, sizeof(copy), "%s", path + 6);
	if ((rest = strchr(copy, '/')) != NULL)
		*rest++ = '\0';
	if ((*pid = parse_id(copy)) < 0)
		return MAGIC_NONE;
	if (rest != NULL && strncmp(rest, "task/", 5) == 0)
		rest = strchr(rest + 5, '/') != NULL ? strchr(rest + 5, '/') + 1
						     : NULL;
	if (rest == NULL)
		return MAGIC_PROCESS;
	return strcmp(rest, "fd") == 0 ? MAGIC_DESCRIPTORS : MAGIC_NONE;
}

static const char *directory_of(const struct walk *walk)
{
	return walk->done.len > 0 ? buf_string(&walk->done) : ".";
}

static enum status check_owner(
    const struct walk *walk, const char *link, uid_t owner)
{
	struct stat above;

	if (stat(directory_of(walk), &above) != 0)
		return fail_name(walk);
	if ((above.st_mode & S_ISVTX) == 0 || owner == geteuid() ||
	    owner == 0 || owner == above.st_uid)
		return ST_OK;
	return fail(ST_FILE,
	    "%s%s: %s is a symbolic link of user %lu in a sticky directory, "
	    "not followed: expected one of user %lu, of root or of the owner "
	    "of the directory",
	    walk->what, walk->name, link, (unsigned long)owner,
	    (unsigned long)geteuid());
}

static bool is_last(const struct walk *walk)
{
	const char *left = buf_string(&walk->left);

	return left[strspn(left, "/")] == '\0';
}

/* Goes on from its root, if it has one; left becomes the rest. */
static bool set_root(struct walk *walk, struct buf *left, const char *text)
{
	const size_t root = compat_root_length(text);

	if (root > 0)
		walk->done.len = 0;
	return buf_add(&walk->done, text, root) &&
	    buf_add_string(left, text + root);
}

/* Puts the text of the link in front of the components that are left. */
static enum status follow_link(struct walk *walk, const char *link)
{
	struct buf text = {0}, left = {0};
	bool read = links_read(&text, link, &walk->links), ok;

	ok = read && set_root(walk, &left, buf_string(&text)) &&
	    (is_last(walk) || buf_addf(&left, "/%s", buf_string(&walk->left)));
	buf_free(&text);
	buf_free(&walk->left);
	walk->left = left;
	return ok ? ST_OK : read ? fail_memory() : fail_name(walk);
}

/* Moves the next component from left to component; false: none is left. */
static bool take_component(struct walk *walk, struct buf *component, bool *ok)
{
	const char *text = buf_string(&walk->left);
	size_t skip = strspn(text, "/"), len = strcspn(text + skip, "/");

	component->len = 0;
	*ok = buf_add(component, text + skip, len);
	if (walk->left.len > 0) {
		memmove(walk->left.data, walk->left.data + skip + len,
		    walk->left.len - skip - len + 1);
		walk->left.len -= skip + len;
	}
	return len > 0;
}

static enum status set_done(struct walk *walk, const char *path)
{
	walk->done.len = 0;
	return buf_add_string(&walk->done, path) ? ST_OK : fail_memory();
}

/* Resolves one component, whose path is next. */
static enum status walk_component(
    struct walk *walk, struct target *target, const char *next)
{
	struct stat *sb = &target->status;
	enum magic magic;
	enum status st;
	int pid;

	target->exists = lstat(next, sb) == 0;
	if (!target->exists && errno != ENOENT)
		return fail_name(walk);
	if (!target->exists && walk->left.len > 0)
		return fail(ST_FILE, "%s%s: there is no directory %s",
		    walk->what, walk->name, next);
	walk->looked = !target->exists || !S_ISLNK(sb->st_mode);
	if (walk->looked)
		return set_done(walk, next);
	magic = find_magic(directory_of(walk), &pid);
	if (magic == MAGIC_DESCRIPTORS) {
		target->stream = is_last(walk);
		if (target->stream && pid == (int)getpid())
			target->descriptor = parse_id(strrchr(next, '/') + 1);
	}
	if (magic != MAGIC_NONE)
		return set_done(walk, next);
	if ((st = check_owner(walk, next, sb->st_uid)) != ST_OK)
		return st;
	return follow_link(walk, next);
}

static bool join_path(
    struct buf *out, const struct buf *done, const struct buf *component)
{
	out->len = 0;
	return buf_add(out, done->data, done->len) &&
	    (done->len == 0 || done->data[done->len - 1] == '/' ||
		buf_add_string(out, "/")) &&
	    buf_add(out, component->data, component->len);
}

static enum status walk_on(struct walk *walk, struct target *target)
{
	struct buf component = {0}, next = {0};
	enum status st = ST_OK;
	bool ok;

	while (st == ST_OK && take_component(walk, &component, &ok)) {
		if (!ok || !join_path(&next, &walk->done, &component))
			st = fail_memory();
		else if (strcmp(buf_string(&component), ".") != 0)
			st = walk_component(walk, target, buf_string(&next));
	}
	buf_free(&component);
	buf_free(&next);
	return st;
}

static enum status finish_target(const struct walk *walk, struct target *target)
{
	const char *path = directory_of(walk);
	const char *end = strrchr(walk->name, '/');

	if ((target->path = strdup(path)) == NULL)
		return fail_memory();
	if (!walk->looked) {
		target->exists = stat(path, &target->status) == 0;
		if (!target->exists && errno != ENOENT)
			return fail_name(walk);
	}
	if (target->exists && end != NULL && end[1] == '\0' &&
	    !S_ISDIR(target->status.st_mode)) {
		errno = ENOTDIR;
		return fail_name(walk);
	}
	return ST_OK;
}

enum status target_find(
    struct target *target, const char *name, const char *what)
{
	struct walk walk = {.what = what, .name = name};
	enum status st;

	memset(target, 0, sizeof(*target));
	target->descriptor = find_descriptor(name);
	if (target->descriptor >= 0) {
		target->stream = true;
		target->path = strdup(name);
		target->exists =
		    fstat(target->descriptor, &target->status) == 0;
		return target->path != NULL ? ST_OK : fail_memory();
	}

	if (*name == '\0') {
		errno = ENOENT;
		return fail_name(&walk);
	}
	if (!set_root(&walk, &walk.left, name))
		st = fail_memory();
	else if ((st = walk_on(&walk, target)) == ST_OK)
		st = finish_target(&walk, target);
	target->exists = target->exists && st == ST_OK;
	if (!target->exists)
		memset(&target->status, 0, sizeof(target->status));
	buf_free(&walk.done);
	buf_free(&walk.left);
	return st;
}

bool target_find_quietly(struct target *target, const char *name)
{
	struct log_capture capture;
	bool ok;

	log_capture_begin(&capture);
	ok = target_find(target, name, "") == ST_OK;
	log_capture_end(&capture);
	if (!ok)
		target_free(target);
	return ok;
}

void target_free(struct target *target)
{
	free(target->path);
	memset(target, 0, sizeof(*target));
	target->descriptor = -1;
}

char *target_directory(const char *path)
{
	char *directory = strdup(path), *slash;

	if (directory == NULL)
		return NULL;
	if ((slash = strrchr(directory, '/')) != NULL)
		slash[slash == directory] = '\0';
	else
		memcpy(directory, ".", sizeof("."));
	return directory;
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

const char *target_base(const struct target *target)
{
	return base_of(target->path);
}

bool target_has_base(const struct target *target, const char *name)
{
	return compat_is_same_name(target_base(target), base_of(name));
}

bool target_set_beside(
    struct target *target, const struct target *other, const char *name)
{
	size_t len = (size_t)(target_base(other) - other->path);
	size_t size = len + strlen(base_of(name)) + 1;

	*target = (struct target){.path = malloc(size), .descriptor = -1};
	if (target->path == NULL)
		return false;
	memcpy(target->path, other->path, len);
	memcpy(target->path + len, base_of(name), size - len);
	return true;
}

static bool is_same_node(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* For two files of which one does not exist yet, or was not looked for. */
static bool is_same_place(const struct target *a, const struct target *b)
{
	char *above_a, *above_b;
	struct stat sa, sb;
	bool same;

	if (!compat_is_same_name(target_base(a), target_base(b)))
		return false;
	above_a = target_directory(a->path);
	above_b = target_directory(b->path);
	same = above_a != NULL && above_b != NULL && stat(above_a, &sa) == 0 &&
	    stat(above_b, &sb) == 0 && is_same_node(&sa, &sb);
	free(above_a);
	free(above_b);
	return same;
}

bool target_is_same(const struct target *a, const struct target *b)
{
	if (a->exists && b->exists)
		return is_same_node(&a->status, &b->status);
	return is_same_place(a, b);
}

bool target_names_one_file(const char *a, const char *b)
{
	struct target ta, tb = {0};
	bool same;

	same = target_find_quietly(&ta, a) && target_find_quietly(&tb, b) &&
	    target_is_same(&ta, &tb);
	target_free(&ta);
	target_free(&tb);
	return same;
}

bool target_is_link(const char *name)
{
	struct stat sb;

	return lstat(name, &sb) == 0 && S_ISLNK(sb.st_mode);
}
