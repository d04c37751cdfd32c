#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/redirect.h"
#include "http/tcp.h"
#include "util/log.h"

#define HOST_SHOWN 100

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool redirect_is_status(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	    status == 307 || status == 308;
}

static bool has_scheme(const char *text)
{
	size_t len = strspn(text, LETTERS "0123456789+-.");

	return len > 0 && strchr(LETTERS, *text) != NULL && text[len] == ':';
}

/* Appends text, with the "/" that is missing after an authority alone. */
static bool add_absolute(struct buf *out, const char *text)
{
	const char *authority = strstr(text, "//");
	size_t len;

	if (authority == NULL)
		return buf_add_string(out, text);
	authority += 2;
	len = (size_t)(authority - text) + strcspn(authority, "/?#");
	return buf_add(out, text, len) &&
	    (text[len] == '/' || buf_add_string(out, "/")) &&
	    buf_add_string(out, text + len);
}

/* Appends the path of from up to its last "/", then text (RFC 3986, 5.2.3). */
static bool add_merged(
    struct buf *out, const struct url *from, const char *text)
{
	size_t len = strlen(from->path);

	while (len > 0 && from->path[len - 1] != '/')
		len--;
	return buf_add(out, from->path, len) && buf_add_string(out, text);
}

/* Whether the path segment that begins at p is equal to dots. */
static bool is_dots(const char *p, const char *dots)
{
	size_t len = strlen(dots);

	return strncmp(p, dots, len) == 0 &&
	    (p[len] == '\0' || strchr("/?#", p[len]) != NULL);
}

/* Removes the segments "." and "..", in place (RFC 3986, 5.2.4). */
static void remove_dots(char *path)
{
	char *out = path, *in = path;

	while (*in == '/') {
		size_t len = 1 + strcspn(in + 1, "/?#");

		if (is_dots(in + 1, ".") || is_dots(in + 1, "..")) {
			if (in[2] == '.')
				while (out > path && *--out != '/')
					;
			/* If it is the last segment, its "/" stays. */
			if (in[len] != '/')
				*out++ = '/';
		} else {
			memmove(out, in, len);
			out += len;
		}
		in += len;
	}
	memmove(out, in, strlen(in) + 1);
}

/* RFC 3986, 5.2.2, for a reference without a scheme. */
static bool add_relative(
    struct buf *out, const struct url *from, const char *location)
{
	size_t start;
	bool ok;

	if (!buf_add_string(out, from->tls ? "https:" : "http:"))
		return false;
	if (strncmp(location, "//", 2) == 0)
		return add_absolute(out, location);
	if (!buf_add_string(out, "//") || !url_add_authority(out, from))
		return false;

	start = out->len;
	if (*location == '/')
		ok = buf_add_string(out, location);
	else if (*location == '?' || *location == '#' || *location == '\0')
		ok = buf_add_string(out, from->path) &&
		    buf_add_string(out, location);
	else
		ok = add_merged(out, from, location);
	if (ok)
		remove_dots((char *)out->data + start);
	return ok;
}

enum status redirect_resolve(
    struct url *out, const struct url *from, const char *location)
{
	struct buf text = {0}, what = {0};
	enum status st;
	bool ok = has_scheme(location) ? add_absolute(&text, location)
				       : add_relative(&text, from, location);

	ok = ok && url_add_text(&what, from) &&
	    buf_add_string(&what, ": Location of its redirect");
	st = ok ? url_parse_as(out, buf_string(&text), buf_string(&what))
		: fail_memory();
	buf_free(&text);
	buf_free(&what);
	return st;
}

static bool is_same_host(const struct url *a, const struct url *b)
{
	if (a->ipv6 != b->ipv6)
		return false;
	return a->ipv6 ? tcp_is_same_address(a->host, b->host)
		       : strcasecmp(a->host, b->host) == 0;
}

bool redirect_is_allowed(char *why, size_t size, const struct url *from,
    const struct url *to, int status, bool post)
{
	char host[HOST_SHOWN];

	why[0] = '\0';
	if (from->tls && !to->tls)
		snprintf(why, size, "it leaves https");
	else if (!is_same_host(from, to))
		snprintf(why, size, "it leads to another host (%s)",
		    log_escape(host, sizeof(host), to->host, strlen(to->host)));
	else if (post && status != 307 && status != 308)
		snprintf(why, size, "it would make a GET of a POST");
	return why[0] == '\0';
}
