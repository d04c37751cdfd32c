#include <string.h>

#include "http/response.h"
#include "util/html.h"
#include "util/log.h"

void response_free_bytes(struct http_response *response)
{
	buf_free(&response->location);
	spool_free(&response->body);
}

void response_free(struct http_response *response)
{
	response_free_bytes(response);
	memset(response, 0, sizeof(*response));
}

bool response_is_of_server(const struct http_response *response)
{
	switch (response->outcome) {
	case HTTP_BAD_RESPONSE:
	case HTTP_ANSWERED:
	case HTTP_REDIRECT_LOOP:
		return true;
	case HTTP_NOT_REACHED:
	case HTTP_PROXY_REFUSED:
	case HTTP_CERT_REFUSED:
	case HTTP_NOT_FOLLOWED:
		break;
	}
	return false;
}

bool response_is_type(const struct http_response *response, const char *type)
{
	return strcmp(response->content_type, type) == 0;
}

bool response_is_page(const struct http_response *response)
{
	const struct buf *start = &response->body.bytes;

	return response_is_type(response, "text/html") ||
	    html_is_page(start->data, start->len);
}

bool response_add_line(struct buf *out, const struct http_response *response)
{
	const struct buf *body = &response->body.bytes;
	size_t left = quote_is_text(body->data, body->len) ? body->len : 0, len;
	const char *line = buf_string(body), *end;
	char shown[QUOTE_SIZE];

	if (response_is_page(response))
		return buf_add_string(out,
		    html_quote(
			shown, sizeof(shown), body->data, body->len, true));
	for (; left > 0; left -= len, line += len) {
		end = memchr(line, '\n', left);
		len = end != NULL ? (size_t)(end - line) + 1 : left;
		html_quote(shown, sizeof(shown), line, len, false);
		if (shown[0] != '\0')
			return buf_add_string(out, shown);
	}
	return true;
}
