#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "http/url.h"
#include "util/ascii.h"
#include "util/log.h"

#define SHOWN_MAX  256
#define PORT_HTTP  80
#define PORT_HTTPS 443
#define PORT_MAX   65535

#define WANT_URL   "expected http://host[:port][/path]"
#define WANT_PROXY "expected [user:password@]host[:port]"

static char *copy_text(const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	if (copy != NULL) {
		memcpy(copy, text, len);
		copy[len] = '\0';
	}
	return copy;
}

/* The length of "scheme://" if text begins with it, in any case; else 0. */
static size_t scheme_length(const char *text, const char *scheme)
{
	size_t i;

	for (i = 0; scheme[i] != '\0'; i++)
		if (ascii_to_lower(text[i]) != scheme[i])
			return 0;
	return strncmp(text + i, "://", 3) == 0 ? i + 3 : 0;
}

static bool parse_port(unsigned int *out, const char *text, size_t len)
{
	unsigned int port = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (!ascii_is_digit(text[i]))
			return false;
		port = port * 10 + (unsigned int)(text[i] - '0');
		if (port > PORT_MAX)
			return false;
	}
	*out = port;
	return port > 0;
}

static bool is_host(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!ascii_is_letter(text[i]) && !ascii_is_digit(text[i]) &&
		    strchr("-._", text[i]) == NULL)
			return false;
	return true;
}

static bool is_ipv6(const char *text, size_t len)
{
	size_t i, colons = 0;

	for (i = 0; i < len; i++) {
		if (text[i] == ':')
			colons++;
		else if (ascii_hex_value(text[i]) < 0 && text[i] != '.')
			return false;
	}
	return colons >= 2;
}

/*
 * Sets *host_len to the length of the host in "host", "host:port", "v6]" or
 * "v6]:port".  Returns what is wrong, or NULL.
 */
static const char *split_authority(
    struct url *url, const char *text, size_t len, size_t *host_len)
{
	const char *end = memchr(text, url->ipv6 ? ']' : ':', len);

	if (memchr(text, '@', len) != NULL)
		return "a user name and password in it are not supported";
	*host_len = end != NULL ? (size_t)(end - text) : len;
	if (url->ipv6) {
		if (end == NULL || !is_ipv6(text, *host_len))
			return "expected an IPv6 address between [ and ]";
		if (*host_len + 1 < len && end[1] != ':')
			return "expected \":port\" or nothing after ]";
		return NULL;
	}
	if (end != NULL && memchr(end + 1, ':', len - *host_len - 1) != NULL)
		return "more than one \":\"; an IPv6 address is written in [ ]";
	if (*host_len == 0)
		return "the host name is missing";
	if (!is_host(text, *host_len))
		return "a host name has letters, digits, \"-\", \"_\" and "
		       "\".\" only";
	return NULL;
}

/*
 * Sets host, ipv6 and, if one is given, port.  Returns what is wrong, or NULL.
 */
static const char *parse_authority(
    struct url *url, const char *text, size_t len)
{
	size_t host_len, used;
	const char *why;

	url->ipv6 = len > 0 && text[0] == '[';
	if (url->ipv6) {
		text++;
		len--;
	}
	if ((why = split_authority(url, text, len, &host_len)) != NULL)
		return why;
	used = host_len + url->ipv6;
	if (used < len &&
	    !parse_port(&url->port, text + used + 1, len - used - 1))
		return "the port must be a number from 1 to 65535";
	url->host = copy_text(text, host_len);
	return url->host != NULL ? NULL : "out of memory";
}

/* Sets path and query of "/path?query#fragment"; all parts are optional. */
static bool parse_target(
    struct url *url, const char *text, const char *empty_path)
{
	size_t path_len = strcspn(text, "?#"), query_len = 0;
	const char *query = text + path_len;

	if (*query == '?')
		query_len = strcspn(++query, "#");
	if (path_len == 0) {
		text = empty_path;
		path_len = strlen(text);
	}
	url->path = copy_text(text, path_len);
	url->query = copy_text(query, query_len);
	return url->path != NULL && url->query != NULL;
}

static const char *check_characters(const char *text)
{
	size_t len = strlen(text), i;

	if (len == 0)
		return "it is empty";
	if (len > URL_TEXT_MAX)
		return "it is too long";
	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f)
			return "blanks and control characters in it must be "
			       "percent-encoded";
	return NULL;
}

/* Returns what is wrong, or NULL. */
static const char *parse_url(struct url *url, const char *text)
{
	const char *why = check_characters(text);
	size_t skip, len;

	if (why != NULL)
		return why;
	if ((skip = scheme_length(text, "https")) > 0)
		url->tls = true;
	else if ((skip = scheme_length(text, "http")) == 0)
		return strstr(text, "://") != NULL
		    ? "unknown scheme, " WANT_URL
		    : "http:// is missing, " WANT_URL;
	text += skip;

	url->port = url->tls ? PORT_HTTPS : PORT_HTTP;
	len = strcspn(text, "/?#");
	if ((why = parse_authority(url, text, len)) != NULL)
		return why;
	return parse_target(url, text + len, URL_DEFAULT_PATH)
	    ? NULL
	    : "out of memory";
}

/*
 * Moves url to out if why is NULL; else frees it, and reports why.  A text with
 * an '@' may have a password in it, and is not shown.
 */
static enum status finish_parse(struct url *out, struct url *url,
    const char *text, const char *what, const char *why)
{
	char shown[SHOWN_MAX];

	if (why == NULL) {
		*out = *url;
		return ST_OK;
	}
	url_free(url);
	if (strchr(text, '@') != NULL)
		return fail(ST_ERROR, "%s: %s", what, why);
	return fail(ST_ERROR, "%s \"%s\": %s", what,
	    log_escape(shown, sizeof(shown), text, strlen(text)), why);
}

enum status url_parse_as(struct url *out, const char *text, const char *what)
{
	struct url url = {0};
	const char *why = parse_url(&url, text);

	return finish_parse(out, &url, text, what, why);
}

enum status url_parse(struct url *out, const char *text)
{
	return url_parse_as(out, text, "URL");
}

/*
 * The userinfo of a proxy, "user:password" with %XX, decoded into url->user.
 * Returns what is wrong, or NULL.
 */
static const char *parse_userinfo(struct url *url, const char *text, size_t len)
{
	bool nul;

	/* Zeroed, so that url_free() can wipe what an error leaves in it. */
	url->user = calloc(1, len + 1);
	if (url->user == NULL)
		return "out of memory";
	if (!ascii_decode_percent(url->user, len + 1, text, len, &nul))
		return nul ? "a NUL byte in user or password"
			   : "a % in user or password is written %25";
	return strchr(url->user, ':') != NULL && *url->user != ':'
	    ? NULL
	    : "expected user:password in front of @";
}

/* Returns what is wrong, or NULL. */
static const char *parse_proxy(struct url *url, const char *text)
{
	const char *why = check_characters(text), *at;
	size_t len;

	if (why != NULL)
		return why;

	text += scheme_length(text, "http");
	if (strstr(text, "://") != NULL)
		return "only plain http:// proxies are supported, " WANT_PROXY;
	if ((at = strrchr(text, '@')) != NULL) {
		why = parse_userinfo(url, text, (size_t)(at - text));
		if (why != NULL)
			return why;
		text = at + 1;
	}

	url->port = PORT_HTTP;
	len = strcspn(text, "/?#");
	if (text[len] != '\0' && strcmp(text + len, "/") != 0)
		return "a proxy has no path, " WANT_PROXY;
	if ((why = parse_authority(url, text, len)) != NULL)
		return why;
	return parse_target(url, "/", "/") ? NULL : "out of memory";
}

enum status url_parse_proxy(struct url *out, const char *text, const char *what)
{
	struct url url = {0};
	const char *why = parse_proxy(&url, text);

	return finish_parse(out, &url, text, what, why);
}

void url_free(struct url *url)
{
	if (url->user != NULL)
		OPENSSL_cleanse(url->user, strlen(url->user));
	free(url->user);
	free(url->host);
	free(url->path);
	free(url->query);
	memset(url, 0, sizeof(*url));
}

bool url_add_authority(struct buf *out, const struct url *url)
{
	unsigned int usual = url->tls ? PORT_HTTPS : PORT_HTTP;

	if (!buf_addf(out, url->ipv6 ? "[%s]" : "%s", url->host))
		return false;
	return url->port == usual || buf_addf(out, ":%u", url->port);
}

/* RFC 3986, 2.3 */
static bool is_unreserved(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' ||
	    c == '.' || c == '_' || c == '~';
}

static bool is_literal(char c)
{
	return c > ' ' && c < 0x7f && c != '#';
}

static bool add_encoded(
    struct buf *out, const char *text, size_t len, bool (*as_is)(char))
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, start = 0;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];
		char escape[3] = {'%', hex[c >> 4], hex[c & 15]};

		if (as_is(text[i]))
			continue;
		if (!buf_add(out, text + start, i - start) ||
		    !buf_add(out, escape, sizeof(escape)))
			return false;
		start = i + 1;
	}
	return buf_add(out, text + start, len - start);
}

bool url_add_escaped(struct buf *out, const void *bytes, size_t len)
{
	return add_encoded(out, bytes, len, is_unreserved);
}

bool url_add_literal(struct buf *out, const char *text)
{
	return add_encoded(out, text, strlen(text), is_literal);
}

bool url_add_text(struct buf *out, const struct url *url)
{
	return buf_add_string(out, url->tls ? "https://" : "http://") &&
	    url_add_authority(out, url) && url_add_literal(out, url->path);
}
