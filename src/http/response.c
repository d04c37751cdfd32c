#include <string.h>

#include "http/response.h"
#include "util/html.h"
#include "util/log.h"

void response_free_bytes(struct http_response *response)
{
	buf_free(&response->location);
	buf_free(&response->body);
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
	return response_is_type(response, "text/html") ||
	    html_is_page(response->body.data, response->body.len);
}

/*
 * Sets *text to the line without the whitespace around it, and returns its
 * length: 0 when nothing is left or when it looks like binary data.
 */
static size_t trim_line(const char **text, const char *line, size_t len)
{
	while (len > 0 && line[len - 1] != '\0' &&
	    strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	if (len == 0 || (unsigned char)*line <= ' ' || *line == 0x7f ||
	    memchr(line, '\0', len) != NULL)
		return 0;
	*text = line;
	return len;
}

bool response_add_line(struct buf *out, const struct http_response *response)
{
	const struct buf *body = &response->body;
	size_t left = quote_is_text(body->data, body->len) ? body->len : 0, len;
	const char *line = buf_string(body), *end, *text;
	char shown[QUOTE_SIZE];
	size_t text_len;

	if (response_is_page(response))
		return buf_add_string(out,
		    html_quote(
			shown, sizeof(shown), body->data, body->len, true));
	for (; left > 0; left -= len, line += len) {
		end = memchr(line, '\n', left);
		len = end != NULL ? (size_t)(end - line) + 1 : left;
		if ((text_len = trim_line(&text, line, len)) > 0)
			return buf_add_string(out,
			    html_quote(
				shown, sizeof(shown), text, text_len, false));
	}
	return true;
}
