#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <string.h>

#include "http/request.h"

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
    struct buf *out, const struct url *url, const char *query, bool via_proxy)
{
	if (via_proxy)
		return url_add_text(out, url) &&
		    add_query(out, url->query, query);
	return url_add_literal(out, url->path) &&
	    add_query(out, url->query, query);
}

static bool add_body(struct buf *out, const struct http_request *request)
{
	return buf_addf(out,
		   "Content-Type: %s\r\n"
		   "Content-Length: %zu\r\n"
		   "\r\n",
		   request->content_type, request->body_len) &&
	    buf_add(out, request->body, request->body_len);
}

/* One piece for one packet; the connection is kept by default in 1.1. */
bool request_format(struct buf *out, const struct url *url,
    const struct http_request *request, bool via_proxy)
{
	const char *method = request->body != NULL ? "POST " : "GET ";

	if (!buf_add_string(out, method) ||
	    !add_target(out, url, request->query, via_proxy) ||
	    !buf_add_string(out, " HTTP/1.1\r\nHost: ") ||
	    !url_add_authority(out, url) ||
	    !buf_add_string(out,
		"\r\n"
		"User-Agent: sscep/" PACKAGE_VERSION "\r\n"
		"Accept: */*\r\n"))
		return false;
	if (request->body != NULL)
		return add_body(out, request);
	return buf_add_string(out, "\r\n");
}
