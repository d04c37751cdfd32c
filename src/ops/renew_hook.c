#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compat/compat.h"
#include "compat/files.h"
#include "keys/key_name.h"
#include "ops/describe.h"
#include "ops/hook.h"
#include "ops/renew_hook.h"
#include "ops/renew_left.h"
#include "util/disk.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"
#include "util/writers.h"

#define SOURCES_MAX 6

/* The CERT.hook of this hook and of those around it, each between colons. */
#define WITHIN "SSCEP_HOOK"

/* What secrets are read from: the hook has neither. */
struct sources {
	const char *variables[SOURCES_MAX]; /* up to a NULL */
	int descriptors[SOURCES_MAX];
	size_t count; /* of descriptors */
};

static enum status mark(const struct renewal_state *r, const char *action)
{
	struct buf text = {0};
	enum status st;

	if (r->options->renew.hook == NULL)
		return ST_OK;
	st = buf_addf(&text, "%s\n", action)
	    ? swap_write_beside(r->cert_file, RENEWAL_HOOK, &text)
	    : fail_memory();
	buf_free(&text);
	return st;
}

enum status renew_hook_mark(const struct renewal_state *r)
{
	return mark(r, r->action);
}

/* The action that CERT.hook has. */
static const char *read_action(int fd)
{
	static const char *const actions[] = {
	    HOOK_ACTION_ENROLLED, HOOK_ACTION_FILES};
	char text[16] = "";
	size_t i, len;

	if (pread(fd, text, sizeof(text) - 1, 0) > 0)
		for (i = 0; i < COUNT_OF(actions); i++) {
			len = strlen(actions[i]);
			if (strncmp(text, actions[i], len) == 0 &&
			    strcmp(text + len, "\n") == 0)
				return actions[i];
		}
	return HOOK_ACTION_RENEWED;
}

static enum status say_writers(
    enum writers found, const char *config, const char *so, const char *culprit)
{
	if (found == WRITERS_OWNER)
		return fail(ST_HOOK,
		    "configuration file %s: %s%s belongs to another user "
		    "(%s)",
		    config, so, culprit, compat_gives_owner);
	if (found == WRITERS_OTHERS)
		return fail(ST_HOOK,
		    "configuration file %s: %sits group or others may write %s "
		    "(%s)",
		    config, so, culprit, compat_takes_rights);
	if (found == WRITERS_UNKNOWN)
		return fail_errno(ST_HOOK,
		    "configuration file %s: %swho may write %s is not known",
		    config, so, culprit);
	return ST_OK;
}

/* Reports when others may change the configuration file: ST_HOOK. */
static enum status check_writers(const char *config, const char *so)
{
	struct buf culprit = {0};
	enum writers found = writers_find(&culprit, config);
	enum status st = say_writers(found, config, so, buf_string(&culprit));

	buf_free(&culprit);
	return st;
}

/*
 * What is open, as /dev/stdin: a terminal or a socket is of the user's own making,
 * a file or a FIFO may be somebody else's.
 */
static enum status check_open(
    const struct stat *sb, const char *config, const char *so)
{
	if (!S_ISREG(sb->st_mode) && !S_ISFIFO(sb->st_mode))
		return ST_OK;
	return say_writers(writers_of(sb), config, so, "the open file");
}

enum status renew_hook_check_config(const char *path, const char *so)
{
	const char *name = file_is_standard(path) ? "/dev/stdin" : path;
	struct target target;
	enum status st;

	st = target_find(&target, name, "configuration file ");
	if (st != ST_OK)
		st = ST_HOOK;
	else if (target.stream)
		st = check_open(&target.status, path, so);
	else
		st = check_writers(path, so);
	target_free(&target);
	return st;
}

/* Whether CERT.hook is still the file that was opened. */
static enum status look_at_mark(bool *yes, int fd, const char *path)
{
	struct stat opened;

	*yes = false;
	return fstat(fd, &opened) == 0 && disk_find_name(yes, &opened, path)
	    ? ST_OK
	    : fail_errno(ST_FILE, "%s: cannot access", path);
}

static enum status check_mark(const struct renewal_state *r, int fd)
{
	const char *path = buf_string(&r->hook);
	enum status st;
	struct stat sb;

	if (fstat(fd, &sb) != 0)
		return fail_errno(ST_FILE, "%s: cannot access", path);
	st = renew_left_check_mark(r, path, &sb);
	return st != ST_OK || S_ISREG(sb.st_mode)
	    ? st
	    : fail(ST_FILE,
		  "%s: is no regular file, expected one, or none (remove it)",
		  path);
}

/* *fd is -1 if CERT.hook is not there. */
static enum status open_mark(int *fd, const struct renewal_state *r, int access)
{
	const char *path = buf_string(&r->hook);
	enum status st;

	*fd = open(path, access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		return errno == ENOENT
		    ? ST_OK
		    : fail_errno(ST_FILE, "%s: cannot open", path);
	if ((st = check_mark(r, *fd)) != ST_OK) {
		close(*fd);
		*fd = -1;
	}
	return st;
}

/*
 * A hook that has still to tell of a certificate does so.  The mark is another
 * file in any case: see run_claimed().
 */
enum status renew_hook_mark_files(const struct renewal_state *r)
{
	const char *action = HOOK_ACTION_FILES;
	int fd;
	enum status st = open_mark(&fd, r, O_RDONLY);

	if (fd >= 0) {
		action = read_action(fd);
		close(fd);
	}
	return st == ST_OK ? mark(r, action) : st;
}

enum status renew_hook_look(const struct renewal_state *r)
{
	enum status st = ST_OK;
	int fd = -1;

	if (r->options->renew.hook != NULL)
		st = open_mark(&fd, r, O_RDWR);
	if (fd >= 0)
		close(fd);
	return st;
}

/*
 * Opens and locks CERT.hook.  The lock of the run is released before the hook:
 * another run, which may even be started by the hook, must not run it, too.
 * *fd is -1 if there is nothing to do, or another run does it.
 */
static enum status claim(int *fd, const struct renewal_state *r)
{
	const char *path = buf_string(&r->hook);
	struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	enum status st = open_mark(fd, r, O_RDWR);
	bool ours;

	if (*fd < 0)
		return st;
	ours = fcntl(*fd, F_SETLK, &all) == 0 ||
	    (errno != EAGAIN && errno != EACCES);
	if (ours)
		st = look_at_mark(&ours, *fd, path);
	if (ours)
		return ST_OK;
	if (st == ST_OK)
		verbose("another run is running the hook");
	close(*fd);
	*fd = -1;
	return st;
}

static struct sources find_sources(const struct options *o)
{
	const char *const all[] = {
	    o->passin, o->key_passout, o->challenge, o->tls_passin};
	struct sources out = {0};
	size_t i, variables = 0;
	int fd;

	for (i = 0; i < COUNT_OF(all); i++) {
		if (all[i] == NULL)
			continue;
		if (strncmp(all[i], "env:", 4) == 0)
			out.variables[variables++] = all[i] + 4;
		else if ((fd = pass_find_descriptor(all[i])) >= 0)
			out.descriptors[out.count++] = fd;
	}
	return out;
}

/* The whole name of CERT.hook: a hook may change the directory; or NULL. */
static char *find_mark(const struct renewal_state *r)
{
	return realpath(buf_string(&r->hook), NULL);
}

/* Adds the value of WITHIN for the hook. */
static enum status add_within(struct buf *out, const struct renewal_state *r)
{
	const char *outer = getenv(WITHIN);
	char *mark = find_mark(r);
	bool ok = buf_addf(out,
	    "%s%s:", outer != NULL && *outer != '\0' ? outer : ":",
	    mark != NULL ? mark : buf_string(&r->hook));

	free(mark);
	return ok ? ST_OK : fail_memory();
}

/*
 * Whether the hook of this certificate has started this run: it would run
 * itself without end, if it renews the certificate each time.
 */
static bool is_within(const struct renewal_state *r)
{
	const char *outer = getenv(WITHIN);
	char *mark = outer != NULL ? find_mark(r) : NULL;
	struct buf text = {0};
	bool yes = mark != NULL && buf_addf(&text, ":%s:", mark) &&
	    strstr(outer, buf_string(&text)) != NULL;

	free(mark);
	buf_free(&text);
	return yes;
}

static enum status run(const struct renewal_state *r, const char *action,
    const char *serial, const char *not_after)
{
	const struct options *o = r->options;
	struct buf within = {0};
	enum status st = add_within(&within, r);
	const struct sources sources = find_sources(o);
	char shown[KEY_NAME_MAX];
	const char *key = r->key_file != NULL ? r->key_file->path
					      : key_name_shown(shown, o->key);
	const struct hook_variable variables[] = {
	    {"SSCEP_ACTION", action, false},
	    {"SSCEP_CERT", o->local_cert, true},
	    {"SSCEP_KEY", key, !key_name_is_uri(key)},
	    {"SSCEP_CHAIN", o->chain, true},
	    {"SSCEP_BUNDLE", o->renew.bundle, true},
	    {"SSCEP_SERIAL", serial, false},
	    {"SSCEP_NOT_AFTER", not_after, false},
	    {WITHIN, buf_string(&within), false},
	};
	const struct hook hook = {
	    .command = o->renew.hook,
	    .variables = variables,
	    .count = COUNT_OF(variables),
	    .unset = sources.variables,
	    .seconds = o->renew.hook_timeout,
	    .streams = {.to_stderr = o->json,
		.hidden = sources.descriptors,
		.count = sources.count},
	};

	if (st == ST_OK)
		st = hook_run(&hook);
	buf_free(&within);
	return st;
}

static enum status run_for_cert(
    const struct renewal_state *r, const char *action)
{
	struct buf serial = {0}, not_after = {0};
	enum status st = ST_OK;

	if (r->options->renew.hook_of_file)
		st = renew_hook_check_config(
		    r->options->config, "its hook is not run, as ");
	if (st == ST_OK &&
	    (!describe_add_serial(&serial, r->cert) ||
		!describe_add_time(&not_after, X509_get0_notAfter(r->cert))))
		st = fail_memory();
	if (st == ST_OK)
		st =
		    run(r, action, buf_string(&serial), buf_string(&not_after));
	buf_free(&serial);
	buf_free(&not_after);
	return st;
}

/* A mark that a later run has made meanwhile stays. */
static enum status run_claimed(const struct renewal_state *r, int fd)
{
	const char *path = buf_string(&r->hook);
	struct log_capture capture;
	enum status st;
	bool ours;

	log_capture_begin(&capture);
	st = run_for_cert(r, read_action(fd));
	log_capture_end(&capture);
	if (st == ST_OK) {
		st = look_at_mark(&ours, fd, path);
		if (ours && unlink(path) != 0)
			st = fail_errno(ST_FILE, "%s: cannot remove", path);
		return st;
	}
	if (st == ST_HOOK && r->options->renew.hook_optional) {
		warn(WARN_HOOK_FAILED, "%s", capture.text);
		return ST_OK;
	}
	log_report(st, capture.text);
	return st;
}

enum status renew_hook_run(const struct renewal_state *r)
{
	bool unfinished = false;
	enum status st;
	int fd;

	if (r->cert == NULL || r->options->renew.hook == NULL)
		return ST_OK;
	st = swap_find_new(&unfinished, r->cert_file);
	if (st != ST_OK || unfinished)
		return st;
	if (is_within(r)) {
		verbose("this run is started by the hook, which is left to the "
			"next one");
		return ST_OK;
	}
	st = claim(&fd, r);
	if (fd >= 0) {
		st = run_claimed(r, fd);
		close(fd);
	}
	return st;
}
