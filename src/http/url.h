/* url.h: http(s) URLs, and what goes into their query. */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* The path of a SCEP server whose URL names none (RFC 8894, 4.1). */
#define URL_DEFAULT_PATH "/cgi-bin/pkiclient.exe"

/* Bytes of a URL; what is longer is a mistake. */
#define URL_TEXT_MAX (32u * 1024)

/* Owns its strings; all zero is empty. */
struct url {
	bool tls;          /* https */
	bool ipv6;         /* host is an IPv6 address, and kept without [] */
	char *host;        /* name or address */
	unsigned int port; /* 1 to 65535 */
	char *path;        /* begins with '/', no '?'; as it was given */
	char *query;       /* what stood after '?', "" if nothing */
	char *user;        /* of a proxy: "user:password", decoded, or NULL */
};

/*
 * Takes text apart into out, which the caller frees.  A bare host gets the
 * default path, a fragment is dropped.  ST_ERROR after reporting what is
 * wrong with it, without showing what may be a password.
 */
enum status url_parse(struct url *out, const char *text);

/* As url_parse() for a text that messages are to call something else. */
enum status url_parse_as(struct url *out, const char *text, const char *what);

/*
 * As url_parse_as() for a proxy: "host:port", "[v6]:port" or "http://host:port/",
 * where the port is required, "user:password@" may stand in front of the host
 * with what is special in it percent-encoded, and the path is "/".
 */
enum status url_parse_proxy(
    struct url *out, const char *text, const char *what);
void url_free(struct url *url);

/*
 * "host" or "host:port", [] around IPv6, the port only where it is not the
 * scheme's own: what the Host field carries (RFC 9112, 3.2).
 */
bool url_add_authority(struct buf *out, const struct url *url);

/* Every byte but unreserved characters as %XX (RFC 3986, 2.3). */
bool url_add_escaped(struct buf *out, const void *bytes, size_t len);

/*
 * The text as it is, but what no URL may carry as %XX: blanks, '#', control
 * and non-ASCII bytes.
 */
bool url_add_literal(struct buf *out, const char *text);

/* "http://host:port/path", for messages; the query is left out. */
bool url_add_text(struct buf *out, const struct url *url);

#endif
