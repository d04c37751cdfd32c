#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include "keys/key_file.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/log.h"

/* The first line of every kind of private key in PEM ends so (RFC 7468, 10). */
#define PEM_MARK "PRIVATE KEY-----"

/* Bytes that are looked at together, at most; no key in DER is larger. */
#define PART_MAX (256u * 1024)
#define PART_MIN 1024u

/* The part may have NUL bytes in it. */
static bool has_pem_key(const struct buf *part)
{
	const char *p = buf_string(part), *end = p + part->len;

	while ((p = memchr(p, PEM_MARK[0], (size_t)(end - p))) != NULL) {
		if (strncmp(p, PEM_MARK, strlen(PEM_MARK)) == 0)
			return true;
		p++;
	}
	return false;
}

static bool is_der_key(const struct buf *file)
{
	const unsigned char *p[] = {file->data, file->data, file->data};
	long len = (long)file->len;
	X509_SIG *encrypted;
	EVP_PKEY *key;
	PKCS12 *store;
	bool yes;

	if (len == 0 || *p[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		return false;
	key = d2i_AutoPrivateKey(NULL, &p[0], len);
	encrypted = d2i_X509_SIG(NULL, &p[1], len);
	store = d2i_PKCS12(NULL, &p[2], len);
	yes = key != NULL || encrypted != NULL || store != NULL;
	EVP_PKEY_free(key);
	X509_SIG_free(encrypted);
	PKCS12_free(store);
	ERR_clear_error();
	return yes;
}

/* Keeps the end of a part for the next search: PEM_MARK may span both. */
static void keep_end(struct buf *part)
{
	size_t keep = strlen(PEM_MARK) - 1;

	if (part->len <= keep)
		return;
	memmove(part->data, part->data + part->len - keep, keep);
	part->len = keep;
}

/* The size of a part: that of a small file, which is then read at once. */
static size_t part_size(int fd)
{
	struct stat sb;

	if (fstat(fd, &sb) != 0 || sb.st_size >= (off_t)PART_MAX)
		return PART_MAX;
	return sb.st_size < (off_t)PART_MIN ? PART_MIN : (size_t)sb.st_size + 1;
}

/* Reads until the part is full or the file ends: false when that fails. */
static bool read_part(int fd, struct buf *part, size_t size, bool *end)
{
	ssize_t got;

	while (part->len < size) {
		got = read(fd, part->data + part->len, size - part->len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if ((*end = got == 0))
			break;
		part->len += (size_t)got;
	}
	part->data[part->len] = '\0';
	return true;
}

/* Of more than FILE_READ_MAX bytes only the parts at the start are searched. */
static bool holds_key(int fd, struct buf *part, bool *failed)
{
	const size_t size = part_size(fd);
	bool end = false;
	size_t read;

	*failed = !buf_reserve(part, size);
	for (read = 0; !*failed && !end && read < FILE_READ_MAX; read += size) {
		if ((*failed = !read_part(fd, part, size, &end)))
			break;
		if (has_pem_key(part) || (read == 0 && is_der_key(part)))
			return true;
		keep_end(part);
	}
	return false;
}

static enum status search(bool *holds, const char *path)
{
	struct buf part = {0};
	enum status st = ST_OK;
	struct stat sb;
	bool failed;
	int fd;

	*holds = false;
	if (lstat(path, &sb) == 0 && !S_ISREG(sb.st_mode))
		return ST_OK;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(ST_FILE,
		    "%s: cannot open it to check that it holds no private key",
		    path);

	*holds = holds_key(fd, &part, &failed);
	if (failed)
		st = fail_errno(ST_FILE, "%s: cannot read", path);

	close(fd);
	buf_free(&part);
	return st;
}

enum status key_file_find(bool *holds, const char *path)
{
	struct stat sb;

	*holds = false;
	if (lstat(path, &sb) == 0 && S_ISREG(sb.st_mode) &&
	    sb.st_size > (off_t)FILE_READ_MAX)
		return fail(ST_FILE,
		    "%s: larger than %u bytes, expected a file of "
		    "certificates: it is not searched for a private key, and "
		    "not overwritten (remove it, or give another file name)",
		    path, FILE_READ_MAX);
	return search(holds, path);
}

static enum status refuse(const char *path, enum status st, bool holds)
{
	if (st == ST_OK && holds)
		st = fail(ST_FILE,
		    "%s: it holds a private key and is not overwritten (give "
		    "another file name)",
		    path);
	return st;
}

enum status key_file_guard(const char *path)
{
	bool holds;
	enum status st = key_file_find(&holds, path);

	return refuse(path, st, holds);
}

enum status key_file_guard_large(const char *path)
{
	bool holds;
	enum status st = search(&holds, path);

	return refuse(path, st, holds);
}
