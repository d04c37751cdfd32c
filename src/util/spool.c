#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat/files.h"
#include "util/log.h"
#include "util/spool.h"

struct spool spool_like(const struct spool *other)
{
	return (struct spool){.directory = other->directory,
	    .budget = other->budget,
	    .memory_max = other->memory_max};
}

static bool exceeds_memory(const struct spool *spool, size_t more)
{
	size_t max =
	    spool->memory_max > 0 ? spool->memory_max : SPOOL_MEMORY_MAX;

	return spool->len > max || more > max - spool->len;
}

static enum status check_budget(const struct spool *spool, size_t more)
{
	const struct spool_budget *budget = spool->budget;

	if (budget == NULL || more <= budget->max - budget->used)
		return ST_OK;
	return fail(ST_NETWORK,
	    "reply: with a copy of its content it is over twice the limit of "
	    "%zu bytes (--max-size)",
	    budget->max / 2);
}

static void count_bytes(struct spool *spool, size_t more)
{
	spool->len += more;
	if (spool->budget != NULL)
		spool->budget->used += more;
}

/* The directory for the file, after those that would not have it; or NULL. */
static const char *find_place(const struct spool *spool)
{
	const char *tmp = getenv("TMPDIR");
	const char *places[] = {spool->directory, NULL, NULL};

	if (tmp == NULL || tmp[0] == '\0')
		tmp = "/tmp";
	if (places[0] == NULL || strcmp(places[0], tmp) == 0)
		places[0] = tmp;
	else
		places[1] = tmp;
	return places[spool->place];
}

/* Notes that there is no more room than for done bytes, and errno. */
static bool leave_place(struct spool *spool, size_t done)
{
	const char *place = find_place(spool), *reason = strerror(errno);
	struct buf *text = &spool->refusals;

	if (place == NULL)
		return true;
	spool->place++;
	if (text->len > 0)
		return buf_addf(text, "; nor in %s, after %zu bytes: %s", place,
		    done, reason);
	return buf_addf(text,
	    "%s: cannot keep the answer in a temporary file, after %zu bytes: "
	    "%s",
	    place, done, reason);
}

/* Writes len bytes at *at, and moves that; false with errno. */
static bool put(int fd, const unsigned char *bytes, size_t len, size_t *at)
{
	ssize_t done;

	while (len > 0) {
		done = pwrite(fd, bytes, len, (off_t)*at);
		if (done < 0 && errno != EINTR)
			return false;
		if (done < 0)
			continue;
		*at += (size_t)done;
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}

/* Copies what is in the file to another; false with errno. */
static bool copy_file(const struct spool *spool, int fd, size_t *done)
{
	unsigned char part[16 * 1024];
	size_t left;
	ssize_t got;

	while ((left = spool->start - *done) > 0) {
		got = pread(spool->fd, part,
		    left < sizeof(part) ? left : sizeof(part), (off_t)*done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0 || !put(fd, part, (size_t)got, done))
			return false;
	}
	return true;
}

/* Opens a file in the next directory that has room for what is in the old one. */
static enum status open_file(struct spool *spool)
{
	const char *place;
	size_t done;
	bool noted;
	int fd;

	while ((place = find_place(spool)) != NULL) {
		done = 0;
		fd = compat_open_unnamed(place);
		if (fd >= 0 && copy_file(spool, fd, &done)) {
			if (spool->in_file)
				close(spool->fd);
			spool->in_file = true;
			spool->fd = fd;
			if (spool->refusals.len > 0)
				verbose("%s; it goes to %s",
				    buf_string(&spool->refusals), place);
			return ST_OK;
		}
		noted = leave_place(spool, done);
		if (fd >= 0)
			close(fd);
		if (!noted)
			return fail_memory();
	}
	return fail(ST_FILE, "%s; free some space, or set TMPDIR",
	    buf_string(&spool->refusals));
}

/* Writes to the file, from spool->start on, and moves that. */
static enum status write_file(
    struct spool *spool, const unsigned char *bytes, size_t len)
{
	enum status st = ST_OK;
	size_t from, done;

	while (st == ST_OK && len > 0) {
		from = spool->start;
		if (put(spool->fd, bytes, len, &spool->start))
			break;
		done = spool->start - from;
		bytes += done;
		len -= done;
		st = leave_place(spool, spool->start) ? open_file(spool)
						      : fail_memory();
	}
	return st;
}

static enum status move_to_file(struct spool *spool)
{
	enum status st = open_file(spool);
	struct buf bytes = spool->bytes;

	if (st != ST_OK)
		return st;
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
		count_bytes(spool, len);
	return st;
}

enum status spool_add(struct spool *spool, const void *bytes, size_t len)
{
	enum status st = check_budget(spool, len);

	if (st != ST_OK)
		return st;
	if (!spool->in_file && exceeds_memory(spool, len) &&
	    (st = move_to_file(spool)) != ST_OK)
		return st;
	if (spool->in_file)
		return add_to_file(spool, bytes, len);
	if (!buf_add(&spool->bytes, bytes, len))
		return fail_memory();
	count_bytes(spool, len);
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

enum status spool_fail_read(void)
{
	return fail(ST_FILE, "cannot read the temporary file of the answer");
}

enum status spool_report(
    const struct spool *spool, enum status st, const char *text)
{
	if (st != ST_OK && spool->failed)
		return spool_fail_read();
	log_report(st, text);
	return st;
}

void spool_replace(struct spool *spool, struct spool *copy)
{
	copy->failed |= spool->failed;
	spool_free(spool);
	*spool = *copy;
	*copy = spool_like(spool);
}

void spool_free(struct spool *spool)
{
	if (spool->in_file)
		close(spool->fd);
	if (spool->budget != NULL)
		spool->budget->used -= spool->len;
	buf_free(&spool->bytes);
	buf_free(&spool->refusals);
	*spool = spool_like(spool);
}
