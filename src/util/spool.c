#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/log.h"
#include "util/spool.h"

struct spool spool_like(const struct spool *other)
{
	return (struct spool){
	    .directory = other->directory, .memory_max = other->memory_max};
}

static bool exceeds_memory(const struct spool *spool, size_t more)
{
	size_t max =
	    spool->memory_max > 0 ? spool->memory_max : SPOOL_MEMORY_MAX;

	return spool->len > max || more > max - spool->len;
}

/* Opens a file in the first directory that has one; false with errno. */
static bool open_file(struct spool *spool)
{
	const char *const directories[] = {
	    spool->directory, getenv("TMPDIR"), "/tmp"};
	size_t i;

	for (i = 0; i < COUNT_OF(directories); i++) {
		if (directories[i] == NULL || directories[i][0] == '\0')
			continue;
		spool->fd = compat_open_unnamed(directories[i]);
		spool->in_file = spool->fd >= 0;
		if (spool->in_file)
			return true;
	}
	return false;
}

/* Writes to the file, from spool->start on, and moves that. */
static enum status write_file(
    struct spool *spool, const unsigned char *bytes, size_t len)
{
	ssize_t put;

	while (len > 0) {
		put = pwrite(spool->fd, bytes, len, (off_t)spool->start);
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fail_errno(ST_FILE,
			    "cannot keep the answer in a temporary file, after "
			    "%zu bytes",
			    spool->start);
		spool->start += (size_t)put;
		bytes += put;
		len -= (size_t)put;
	}
	return ST_OK;
}

static enum status move_to_file(struct spool *spool)
{
	struct buf bytes = spool->bytes;
	enum status st;

	if (!open_file(spool))
		return fail_errno(ST_FILE,
		    "cannot create a temporary file for the answer (TMPDIR)");
	memset(&spool->bytes, 0, sizeof(spool->bytes));
	st = write_file(spool, bytes.data, bytes.len);
	buf_free(&bytes);
	return st;
}

enum status spool_expect(struct spool *spool, size_t len)
{
	if (spool->in_file)
		return ST_OK;
	if (exceeds_memory(spool, len))
		return move_to_file(spool);
	return buf_reserve(&spool->bytes, len) ? ST_OK : fail_memory();
}

enum status spool_end(struct spool *spool)
{
	enum status st;

	if (!spool->unwritten)
		return ST_OK;
	spool->unwritten = false;
	st = write_file(spool, spool->bytes.data, spool->bytes.len);
	spool->bytes.len = 0;
	return st;
}

static enum status add_to_file(
    struct spool *spool, const void *bytes, size_t len)
{
	enum status st;

	if (spool->unwritten && spool->bytes.len + len > SPOOL_WINDOW &&
	    (st = spool_end(spool)) != ST_OK)
		return st;
	if (!spool->unwritten) {
		spool->bytes.len = 0;
		spool->start = spool->len;
	}
	if (len > SPOOL_WINDOW) {
		st = write_file(spool, bytes, len);
	} else {
		spool->unwritten = true;
		st = buf_add(&spool->bytes, bytes, len) ? ST_OK : fail_memory();
	}
	if (st == ST_OK)
		spool->len += len;
	return st;
}

enum status spool_add(struct spool *spool, const void *bytes, size_t len)
{
	enum status st;

	if (!spool->in_file && exceeds_memory(spool, len) &&
	    (st = move_to_file(spool)) != ST_OK)
		return st;
	if (spool->in_file)
		return add_to_file(spool, bytes, len);
	if (!buf_add(&spool->bytes, bytes, len))
		return fail_memory();
	spool->len += len;
	return ST_OK;
}

/* Reads len bytes at start; false with errno. */
static bool read_file(struct spool *spool, size_t start, size_t len)
{
	struct buf *bytes = &spool->bytes;
	ssize_t got;

	bytes->len = 0;
	spool->start = start;
	if (!buf_reserve(bytes, len)) {
		errno = ENOMEM;
		return false;
	}
	while (bytes->len < len) {
		got = pread(spool->fd, bytes->data + bytes->len,
		    len - bytes->len, (off_t)(start + bytes->len));
		if (got > 0)
			bytes->len += (size_t)got;
		else if (got == 0)
			errno = EIO;
		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
	}
	bytes->data[len] = '\0';
	return true;
}

const unsigned char *spool_peek(
    struct spool *spool, size_t at, size_t need, size_t *len)
{
	size_t left = spool->len - at, have = 0;

	if (at >= spool->len || spool_end(spool) != ST_OK)
		return NULL;
	if (at >= spool->start && at - spool->start < spool->bytes.len)
		have = spool->bytes.len - (at - spool->start);
	if (have < left && have < need) {
		have = left < SPOOL_WINDOW ? left : SPOOL_WINDOW;
		if (!read_file(spool, at, have)) {
			spool->failed = true;
			return NULL;
		}
	}
	*len = have;
	return spool->bytes.data + (at - spool->start);
}

enum status spool_report(
    const struct spool *spool, enum status st, const char *text)
{
	if (st == ST_REPLY && spool->failed)
		return fail(
		    ST_FILE, "cannot read the temporary file of the answer");
	log_report(text);
	return st;
}

void spool_free(struct spool *spool)
{
	if (spool->in_file)
		close(spool->fd);
	buf_free(&spool->bytes);
	*spool = spool_like(spool);
}
