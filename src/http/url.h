/* url.h: http and https URLs, and percent-encoding of their parts. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* The path of a SCEP server whose URL names none (RFC 8894, 4.1). */
#define URL_DEFAULT_PATH "/cgi-bin/pkiclient.exe"

/* Limit of a URL, in bytes. */
#define URL_TEXT_MAX (32u * 1024)

/* Owns its strings; all zero is empty. */
struct url {
	bool tls;          /* https */
	bool ipv6;         /* host is an IPv6 address, without its [] */
	char *host;        /* name or address */
	unsigned int port; /* 1 to 65535 */
	char *path;        /* begins with '/'; as given */
	char *query;       /* without its '?'; "": none */
	char *user;        /* of a proxy: "user:password", decoded, or NULL */
};

/*
 * Parses text into out, which the caller frees.  A URL without a path gets
 * URL_DEFAULT_PATH; a fragment is dropped.  ST_ERROR after reporting what is
 * wrong; the message does not show what may be a password.
 */
enum status url_parse(struct url *out, const char *text);

/* As url_parse(); what stands in the messages in place of "URL". */
enum status url_parse_as(struct url *out, const char *text, const char *what);

/*
 * As url_parse_as(), for a proxy: "[http://][user:password@]host[:port][/]".
 * The default port is 80, as in sscep 0.10; user and password may be
 * percent-encoded; the path is "/".
 */
enum status url_parse_proxy(
    struct url *out, const char *text, const char *what);
void url_free(struct url *url);

/*
 * Appends "host" or "host:port", with [] around an IPv6 address, and the port
 * only if it is not the scheme's default: as in Host (RFC 9110, 7.2).
 */
bool url_add_authority(struct buf *out, const struct url *url);

/* Appends bytes, all but unreserved characters as %XX (RFC 3986, 2.3). */
bool url_add_escaped(struct buf *out, const void *bytes, size_t len);

/*
 * Appends text; only spaces, '#', control characters and non-ASCII bytes are
 * written as %XX.
 */
bool url_add_literal(struct buf *out, const char *text);

/* Appends "http://host:port/path", without the query. */
bool url_add_text(struct buf *out, const struct url *url);

#endif
