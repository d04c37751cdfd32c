#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "keys/pass.h"
#include "util/file.h"
#include "util/log.h"

#define STDIN "stdin"

static const char *const prefixes[] = {"pass:", "env:", "file:", "fd:"};

enum prefix { PREFIX_PASS, PREFIX_ENV, PREFIX_FILE, PREFIX_FD, PREFIX_NONE };

/* The prefix of source; *rest is the text after it. */
static enum prefix find_prefix(const char *source, const char **rest)
{
	unsigned int i;

	for (i = 0; i < PREFIX_NONE; i++) {
		if (strncmp(source, prefixes[i], strlen(prefixes[i])) == 0) {
			*rest = source + strlen(prefixes[i]);
			break;
		}
	}
	return (enum prefix)i;
}

const char *pass_source_name(size_t i)
{
	return i < PREFIX_NONE ? prefixes[i] : i == PREFIX_NONE ? STDIN : NULL;
}

bool pass_is_source(const char *text)
{
	const char *rest;

	switch (find_prefix(text, &rest)) {
	case PREFIX_NONE:
		return strcmp(text, STDIN) == 0;
	case PREFIX_PASS:
		return true;
	default:
		return *rest != '\0';
	}
}

bool pass_is_secret(const char *text)
{
	const char *rest;

	return find_prefix(text, &rest) == PREFIX_PASS;
}

bool pass_is_stdin(const char *text)
{
	return pass_find_descriptor(text) == STDIN_FILENO;
}

int pass_find_descriptor(const char *source)
{
	const char *number;
	char *end;
	long fd;

	if (find_prefix(source, &number) != PREFIX_FD)
		return strcmp(source, STDIN) == 0 ? STDIN_FILENO : -1;
	errno = 0;
	fd = strtol(number, &end, 10);
	if (end == number || *end != '\0' || errno != 0 || fd < 0 ||
	    fd > INT_MAX)
		return -1;
	return (int)fd;
}

void pass_hide(char *source)
{
	const char *rest;

	if (find_prefix(source, &rest) == PREFIX_PASS)
		memset(source + (rest - source), 'x', strlen(rest));
}

enum status pass_blame(const struct pass *pass)
{
	return pass->literal ? ST_ERROR : ST_FILE;
}

static enum status fail_long(const struct pass *pass, const char *option)
{
	return fail(pass_blame(pass),
	    "%s: the pass phrase is longer than %d bytes", option, PASS_MAX);
}

/* text may be out->text. */
static enum status set_pass(
    struct pass *out, const char *text, size_t len, const char *option)
{
	if (len > PASS_MAX)
		return fail_long(out, option);
	if (memchr(text, '\0', len) != NULL)
		return fail(pass_blame(out),
		    "%s: there is a NUL byte in the pass phrase", option);
	memmove(out->text, text, len);
	out->text[len] = '\0';
	return ST_OK;
}

static enum status read_pass_env(
    struct pass *out, const char *name, const char *option)
{
	const char *value = getenv(name);

	if (value == NULL)
		return fail(ST_FILE, "%s: there is no environment variable %s",
		    option, name);
	return set_pass(out, value, strlen(value), option);
}

static enum status read_pass_file(
    struct pass *out, const char *path, const char *option)
{
	struct buf file = {0};
	const char *end;
	enum status st;
	size_t len;

	if ((st = file_read_line(&file, path, "pass phrase file")) == ST_OK) {
		end = memchr(file.data, '\n', file.len);
		len =
		    end != NULL ? (size_t)(end - buf_string(&file)) : file.len;
		if (len > 0 && file.data[len - 1] == '\r')
			len--;
		st = set_pass(out, buf_string(&file), len, option);
	}
	buf_free(&file);
	return st;
}

/* Reads byte by byte: the next line is left for another pass phrase. */
static enum status read_pass_line(struct pass *out, int fd, const char *option)
{
	size_t len = 0;
	ssize_t got;
	char c;

	while ((got = read(fd, &c, 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail_errno(
			    ST_FILE, "%s: cannot read the pass phrase", option);
		if (c == '\n')
			break;
		if (len > PASS_MAX)
			return fail_long(out, option);
		out->text[len++] = c;
	}
	if (got == 0 && len == 0)
		return fail(ST_FILE,
		    "%s: there is no line to read the pass phrase from",
		    option);

	if (len > 0 && out->text[len - 1] == '\r')
		len--;
	return set_pass(out, out->text, len, option);
}

static enum status read_pass_fd(
    struct pass *out, const char *source, const char *option)
{
	int fd = pass_find_descriptor(source);

	if (fd < 0)
		return fail(ST_ERROR,
		    "%s: fd: wants the number of an open file", option);
	return read_pass_line(out, fd, option);
}

enum status pass_read(struct pass *out, const char *source, const char *option)
{
	const char *rest;
	enum status st = ST_OK;

	memset(out, 0, sizeof(*out));
	if (source == NULL)
		return ST_OK;
	switch (find_prefix(source, &rest)) {
	case PREFIX_PASS:
		out->literal = true;
		st = set_pass(out, rest, strlen(rest), option);
		break;
	case PREFIX_ENV:
		st = read_pass_env(out, rest, option);
		break;
	case PREFIX_FILE:
		st = read_pass_file(out, rest, option);
		break;
	case PREFIX_FD:
	case PREFIX_NONE:
		st = read_pass_fd(out, source, option);
		break;
	}
	out->given = st == ST_OK;
	return st;
}

void pass_wipe(struct pass *pass)
{
	OPENSSL_cleanse(pass, sizeof(*pass));
	pass->given = false;
}
