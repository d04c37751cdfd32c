#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <string.h>

#include <openssl/evp.h>

#include "http/request.h"

#define AGENT "User-Agent: sscep/" PACKAGE_VERSION "\r\n"

static bool add_query(struct buf *out, const char *own, const char *added)
{
	size_t len = strlen(own);

	if (added == NULL)
		added = "";
	if (len == 0 && added[0] == '\0')
		return true;
	if (!buf_add_string(out, "?") || !url_add_literal(out, own))
		return false;
	if (len > 0 && own[len - 1] != '&' && added[0] != '\0' &&
	    !buf_add_string(out, "&"))
		return false;
	return url_add_literal(out, added);
}

static bool add_target(
    struct buf *out, const struct url *url, const char *query, bool absolute)
{
	return (absolute ? url_add_text(out, url)
			 : url_add_literal(out, url->path)) &&
	    add_query(out, url->query, query);
}

static bool add_content(struct buf *out, const struct http_request *request)
{
	return buf_addf(out,
		   "Content-Type: %s\r\n"
		   "Content-Length: %zu\r\n"
		   "\r\n",
		   request->content_type, request->body_len) &&
	    buf_add(out, request->body, request->body_len);
}

/* Proxy-Authorization of the Basic scheme (RFC 7617). */
static bool add_credentials(struct buf *out, const struct url *proxy)
{
	size_t len;

	if (proxy == NULL || proxy->user == NULL)
		return true;
	len = strlen(proxy->user);
	if (!buf_add_string(out, "Proxy-Authorization: Basic ") ||
	    !buf_reserve(out, (len + 2) / 3 * 4 + 1))
		return false;
	out->len += (size_t)EVP_EncodeBlock(
	    out->data + out->len, (const unsigned char *)proxy->user, (int)len);
	return buf_add_string(out, "\r\n");
}

/* HTTP/1.1 connections persist by default (RFC 9112, 9.3). */
bool request_format(struct buf *out, const struct url *url,
    const struct http_request *request, const struct url *proxy)
{
	const char *method = request->body != NULL ? "POST " : "GET ";

	if (!buf_add_string(out, method) ||
	    !add_target(out, url, request->query, proxy != NULL) ||
	    !buf_add_string(out, " HTTP/1.1\r\nHost: ") ||
	    !url_add_authority(out, url) ||
	    !buf_add_string(out, "\r\n" AGENT "Accept: */*\r\n") ||
	    !add_credentials(out, proxy))
		return false;
	if (request->body != NULL)
		return add_content(out, request);
	return buf_add_string(out, "\r\n");
}

bool request_format_connect(
    struct buf *out, const struct url *url, const struct url *proxy)
{
	const char *form = url->ipv6
	    ? "CONNECT [%s]:%u HTTP/1.1\r\nHost: [%s]:%u\r\n" AGENT
	    : "CONNECT %s:%u HTTP/1.1\r\nHost: %s:%u\r\n" AGENT;

	return buf_addf(
		   out, form, url->host, url->port, url->host, url->port) &&
	    add_credentials(out, proxy) && buf_add_string(out, "\r\n");
}
