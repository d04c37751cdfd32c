#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/rand.h>

#include "compat/compat.h"
#include "compat/files.h"
#include "util/buf.h"
#include "util/disk.h"
#include "util/temporary.h"

#define MARK          ".sscep-tmp-"
#define SUFFIX_LENGTH 6   /* of what is behind MARK */
#define NUMBER_COUNT  3   /* of the numbers there, from 0; then come letters */
#define TRIES_MAX     100 /* to find a name that is not taken */

/* Bytes of the file's name that are in that of the temporary one. */
#define BASE_MAX 100

/* More than the outputs of any command. */
#define PENDING_MAX 128

/* The files that a signal which ends the process removes. */
static char *volatile pending[PENDING_MAX];

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

static void remove_pending(int number)
{
	size_t i;

	for (i = 0; i < PENDING_MAX; i++)
		if (pending[i] != NULL)
			unlink(pending[i]);
	raise(number);
}

/* Once; does not change signals that are ignored or already handled. */
static void remove_on_signals(void)
{
	static bool done;
	struct sigaction action, before;
	size_t i;

	if (done)
		return;
	done = true;
	memset(&action, 0, sizeof(action));
	action.sa_handler = remove_pending;
	action.sa_flags = (int)SA_RESETHAND;
	for (i = 0; i < COUNT_OF(ending_signals); i++)
		if (sigaction(ending_signals[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			sigaction(ending_signals[i], &action, NULL);
}

void temporary_hold_signals(sigset_t *before)
{
	sigset_t held;
	size_t i;

	sigemptyset(&held);
	for (i = 0; i < COUNT_OF(ending_signals); i++)
		sigaddset(&held, ending_signals[i]);
	sigprocmask(SIG_BLOCK, &held, before);
}

/* Adds path if old is NULL, and removes old if path is NULL. */
static void set_pending(char *old, char *path)
{
	size_t i;

	for (i = 0; i < PENDING_MAX; i++) {
		if (pending[i] == old) {
			pending[i] = path;
			return;
		}
	}
}

/* A lock is no hindrance to the process that has it. */
static bool is_pending(const char *path)
{
	size_t i;

	for (i = 0; i < PENDING_MAX; i++)
		if (pending[i] != NULL && strcmp(pending[i], path) == 0)
			return true;
	return false;
}

/* Released by the system when the process ends, however it ends. */
static bool lock_file(int fd, short type)
{
	struct flock all = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(fd, F_SETLK, &all) == 0;
}

/*
 * A file that is not locked was left by a process that has ended.  It may have
 * got the mode of a file that nobody writes to.
 */
static void remove_unlocked(const char *path)
{
	struct stat sb;
	int fd;

	if (lstat(path, &sb) != 0 || !S_ISREG(sb.st_mode))
		return;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (lock_file(fd, F_RDLCK) && fstat(fd, &sb) == 0 &&
	    disk_has_name(&sb, path))
		unlink(path);
	close(fd);
}

/* Whole characters: not all systems take a part of one. */
static size_t base_length(const char *base)
{
	size_t len = strlen(base);

	if (len <= BASE_MAX)
		return len;
	for (len = BASE_MAX; len > 0 && (base[len] & 0xc0) == 0x80; len--)
		;
	return len;
}

static bool is_temporary_of(const char *entry, const char *base)
{
	size_t len = base_length(base);

	return entry[0] == '.' && strncmp(entry + 1, base, len) == 0 &&
	    strncmp(entry + 1 + len, MARK, strlen(MARK)) == 0 &&
	    strlen(entry + 1 + len + strlen(MARK)) == SUFFIX_LENGTH;
}

static bool set_path(struct buf *path, const char *directory, const char *base,
    const char *suffix)
{
	path->len = 0;
	return buf_addf(path, "%s/.%.*s" MARK "%s", directory,
	    (int)base_length(base), base, suffix);
}

/* Nobody can take the letters before: they are at random. */
static bool make_suffix(char suffix[SUFFIX_LENGTH + 1], int number)
{
	unsigned char random[SUFFIX_LENGTH];
	size_t i;

	_Static_assert(NUMBER_COUNT <= 10, "a number is one digit");
	if (number < NUMBER_COUNT) {
		memset(suffix, '0', SUFFIX_LENGTH);
		suffix[SUFFIX_LENGTH - 1] = (char)('0' + number);
		suffix[SUFFIX_LENGTH] = '\0';
		return true;
	}
	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	for (i = 0; i < sizeof(random); i++)
		suffix[i] = "abcdefghijklmnopqrstuvwxyz234567"[random[i] % 32];
	suffix[i] = '\0';
	return true;
}

static void remove_stale_in(const char *directory, const char *base)
{
	DIR *dir = opendir(directory);
	struct buf path = {0};
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		path.len = 0;
		if (is_temporary_of(entry->d_name, base) &&
		    buf_addf(&path, "%s/%s", directory, entry->d_name) &&
		    !is_pending(buf_string(&path)))
			remove_unlocked(buf_string(&path));
	}
	if (dir != NULL)
		closedir(dir);
	buf_free(&path);
}

/* Whether a process has, or had, a temporary file of that base. */
static bool is_first_there(const char *directory, const char *base)
{
	char first[SUFFIX_LENGTH + 1];
	struct buf path = {0};
	struct stat sb;
	bool yes;

	yes = make_suffix(first, 0) &&
	    set_path(&path, directory, base, first) &&
	    lstat(buf_string(&path), &sb) == 0;
	buf_free(&path);
	return yes;
}

void temporary_remove_stale(const struct target *target)
{
	char *directory = target_directory(target->path);
	const char *base = target_base(target);

	if (directory != NULL &&
	    ((target->exists && target->status.st_nlink > 1) ||
		is_first_there(directory, base)))
		remove_stale_in(directory, base);
	free(directory);
}

/*
 * Between open() and the lock another process may remove the file as a stale
 * one: EAGAIN.
 */
static bool create(struct temporary *t, const char *path, mode_t mode)
{
	int error;

	if ((t->path = strdup(path)) == NULL)
		return false;
	t->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	error = t->fd < 0 ? errno : EAGAIN;
	if (t->fd >= 0) {
		if ((lock_file(t->fd, F_WRLCK) ||
			(errno != EACCES && errno != EAGAIN)) &&
		    fstat(t->fd, &t->created) == 0 &&
		    disk_has_name(&t->created, path))
			return true;
		close(t->fd);
	}
	free(t->path);
	t->path = NULL;
	errno = error;
	return false;
}

/*
 * A name that is there is that of a running process or of a killed one, or
 * somebody else has taken it, to be in the way.  Only then is the directory
 * listed: to remove those of killed ones.
 */
static bool create_in(
    struct temporary *t, const char *directory, const char *base, mode_t mode)
{
	char suffix[SUFFIX_LENGTH + 1];
	struct buf path = {0};
	bool removed = false;
	int number = 0, tries;

	for (tries = 0; tries < TRIES_MAX; tries++) {
		if (!make_suffix(suffix, number) ||
		    !set_path(&path, directory, base, suffix))
			break;
		if (create(t, buf_string(&path), mode) ||
		    (errno != EEXIST && errno != EAGAIN))
			break;
		if (errno == EAGAIN)
			continue;
		if (removed)
			number++;
		else
			remove_stale_in(directory, base);
		removed = true;
		errno = EEXIST;
	}
	buf_free(&path);
	return t->path != NULL;
}

/* A signal comes before the file is there, or when it is known as pending. */
bool temporary_open(
    struct temporary *t, const struct target *target, mode_t mode)
{
	char *directory = target_directory(target->path);
	sigset_t before;
	bool ok;
	int error;

	memset(t, 0, sizeof(*t));
	if (directory == NULL)
		return false;
	temporary_hold_signals(&before);
	ok = create_in(t, directory, target_base(target), mode);
	error = errno;
	if (ok) {
		set_pending(NULL, t->path);
		remove_on_signals();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	free(directory);
	errno = error;
	return ok;
}

bool temporary_has_room(const struct target *target, long long bytes)
{
	char *directory = target_directory(target->path);
	bool ok = directory != NULL &&
	    faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) == 0 &&
	    disk_has_room(directory, bytes);
	int error = errno;

	free(directory);
	errno = error;
	return ok;
}

bool temporary_is_there(const struct temporary *t)
{
	return t->path != NULL && disk_has_name(&t->created, t->path);
}

/* False with errno if not all that was written could be. */
static bool forget(struct temporary *t)
{
	set_pending(t->path, NULL);
	free(t->path);
	t->path = NULL;
	return close(t->fd) == 0;
}

bool temporary_link(struct temporary *t, const char *path)
{
	return unlink(t->path) == 0 &&
	    linkat(AT_FDCWD, path, AT_FDCWD, t->path, 0) == 0 &&
	    lstat(t->path, &t->created) == 0;
}

bool temporary_can_replace(const struct target *target)
{
	char *directory = target_directory(target->path);
	uid_t user = geteuid();
	struct stat above;
	bool yes = true;

	if (target->exists && directory != NULL && stat(directory, &above) == 0)
		yes = !compat_is_fixed(target->path, directory) &&
		    ((above.st_mode & S_ISVTX) == 0 || user == 0 ||
			user == above.st_uid || user == target->status.st_uid);
	free(directory);
	return yes;
}

bool temporary_rename(struct temporary *t, const char *path)
{
	return rename(t->path, path) == 0 && forget(t);
}

bool temporary_rename_new(struct temporary *t, const char *path)
{
	return compat_rename_new(t->path, path) && forget(t);
}

void temporary_close(struct temporary *t)
{
	if (t->path == NULL)
		return;
	if (temporary_is_there(t))
		unlink(t->path);
	forget(t);
}

bool temporary_sync_directory(const struct target *target)
{
	char *directory = target_directory(target->path);
	bool ok = true;
	int error = 0, fd;

	if (directory == NULL)
		return false;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		if (fsync(fd) != 0)
			error = errno;
		ok = error != EIO && error != ENOSPC && error != EDQUOT;
		close(fd);
	}
	free(directory);
	errno = error;
	return ok;
}
