#include <fcntl.h>
#include <unistd.h>

#include "ops/own_key.h"
#include "ops/renew_left.h"
#include "util/left.h"
#include "util/log.h"
#include "util/place.h"

/* Those that CERT.req and its like are given to. */
static struct left_rule find_rule(const struct renewal_state *r)
{
	struct left_rule rule = {0};
	struct stat sb;

	if (stat(r->cert_file->path, &sb) == 0)
		left_allow(&rule, &sb);
	if (r->key_file != NULL && stat(r->key_file->path, &sb) == 0)
		left_allow(&rule, &sb);
	left_allow_first(&rule, &r->cert_file->first);
	return rule;
}

enum status renew_left_check_mark(
    const struct renewal_state *r, const char *path, const struct stat *sb)
{
	const struct left_rule rule = find_rule(r);

	return left_check(&rule, path, sb);
}

/* No link of the name is followed. */
static enum status check_mark(
    const struct renewal_state *r, const struct buf *path)
{
	struct stat sb;

	return lstat(buf_string(path), &sb) != 0
	    ? ST_OK
	    : renew_left_check_mark(r, buf_string(path), &sb);
}

enum status renew_left_check_request(const struct renewal_state *r)
{
	return check_mark(r, &r->request);
}

static bool lock_may_be_planted(const struct renewal_state *r)
{
	struct target cert;
	bool yes = target_find_quietly(&cert, r->cert_file->path) &&
	    left_is_in_sticky_directory(&cert);

	target_free(&cert);
	return yes;
}

static enum status check_lock(
    const struct renewal_state *r, const struct stat *sb)
{
	const struct left_rule rule = find_rule(r);

	return lock_may_be_planted(r)
	    ? left_check_owner(&rule, buf_string(&r->lock), sb)
	    : ST_OK;
}

enum status renew_left_check_lock(const struct renewal_state *r, int fd)
{
	struct stat sb;

	return fstat(fd, &sb) != 0
	    ? fail_errno(ST_FILE, "%s: cannot access", buf_string(&r->lock))
	    : check_lock(r, &sb);
}

static const char *describe(
    const struct renewal_state *r, const struct swap_file *file)
{
	if (file == r->key_file)
		return "private key";
	return file == r->cert_file ? "certificate" : "output file";
}

/* NAME, NAME.new and NAME.old. */
static enum status check_file(
    const struct renewal_state *r, const struct swap_file *file)
{
	enum status st = own_key_check_planted(describe(r, file), file->path);

	return st == ST_OK
	    ? place_check_left(file->path, &file->first, file->keep_old)
	    : st;
}

enum status renew_left_check(const struct renewal_state *r)
{
	enum status st = ST_OK;
	struct stat sb;
	size_t i;

	for (i = 0; st == ST_OK && i < r->count; i++)
		st = check_file(r, &r->files[i]);
	if (st == ST_OK)
		st = check_mark(r, &r->request);
	if (st == ST_OK)
		st = check_mark(r, &r->hook);
	if (st == ST_OK && lstat(buf_string(&r->lock), &sb) == 0)
		st = check_lock(r, &sb);
	return st;
}

/* The file whose owner gets those beside the certificate. */
static const char *find_model(const struct renewal_state *r)
{
	const char *cert = r->cert_file->path;

	return r->key_file == NULL || access(cert, F_OK) == 0
	    ? cert
	    : r->key_file->path;
}

/* Nothing goes to who has put his file at the name of the model. */
static void give_open(int fd, const char *model, const struct attributes *first)
{
	struct target like;

	if (target_find_quietly(&like, model) && !left_is_planted(&like))
		attributes_give(fd, &like, first);
	target_free(&like);
}

void renew_left_give_lock(
    const struct renewal_state *r, const struct lock *lock)
{
	give_open(lock->fd, find_model(r), &r->cert_file->first);
}

static void give(
    const struct buf *path, const char *model, const struct attributes *first)
{
	int fd;

	if (path->len == 0)
		return;
	fd = open(
	    buf_string(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		give_open(fd, model, first);
		close(fd);
	}
}

void renew_left_give_files(const struct renewal_state *r)
{
	const struct attributes *first = &r->cert_file->first;

	give(&r->request, find_model(r), first);
	give(&r->hook, find_model(r), first);
	if (r->key_file != NULL)
		give(&r->key_new, r->key_file->path, first);
}
