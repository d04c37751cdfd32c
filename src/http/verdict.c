#include <string.h>

#include "http/verdict.h"
#include "util/log.h"

#define SHOWN_MAX 200
#define BODY_LOOK 4096 /* bytes in which a line of text is looked for */

static bool is_printable(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f;
}

/*
 * The text of a line without the blanks around it; 0 when there is none, or
 * when it begins with something that is not text, as binary bytes do.
 */
static size_t find_text(const char **text, const char *line, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL &&
	    line[len - 1] != '\0')
		len--;
	while (len > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		len--;
	}
	if (len == 0 || !is_printable(*line) || memchr(line, '\0', len) != NULL)
		return 0;
	*text = line;
	return len;
}

/* The first line of body that can be read and is not blank. */
static bool add_first_line(struct buf *out, const struct buf *body)
{
	size_t left = body->len < BODY_LOOK ? body->len : BODY_LOOK, len;
	const char *line = buf_string(body), *end, *text;
	char shown[SHOWN_MAX];
	size_t text_len;

	for (; left > 0; left -= len, line += len) {
		end = memchr(line, '\n', left);
		len = end != NULL ? (size_t)(end - line) + 1 : left;
		if ((text_len = find_text(&text, line, len)) > 0)
			return buf_addf(out, ": \"%s\"",
			    log_escape(shown, sizeof(shown), text, text_len));
	}
	return true;
}

static bool add_location(
    struct buf *out, const struct verdict *verdict, const struct buf *location)
{
	const char *why = verdict->not_followed;
	char shown[SHOWN_MAX];

	return buf_addf(out, ", see \"%s\" (not followed%s%s)",
	    log_escape(shown, sizeof(shown), location->data, location->len),
	    why != NULL ? ": " : "", why != NULL ? why : "");
}

static bool add_from(struct buf *out, const struct verdict *verdict,
    const struct http_response *response)
{
	if (verdict->proxy == NULL)
		return buf_addf(out, "%s: the server answered", verdict->name);
	if (response->status == 407)
		return buf_addf(out, "%s: %s:", verdict->proxy,
		    verdict->has_user
			? "it does not accept this user and password"
			: "it wants user:password@ in front of its name");
	return buf_addf(out, "%s: the server, or %s, answered", verdict->name,
	    verdict->proxy);
}

bool verdict_is_about_us(int status)
{
	return status == 400 || status == 401 || status == 403 ||
	    status == 495 || status == 496;
}

/* Only what comes through a proxy says something of ours. */
static bool add_proxy_error(struct buf *out, const struct verdict *verdict,
    const struct http_response *response)
{
	if (verdict->proxy == NULL || *response->proxy_error == '\0')
		return true;
	return buf_addf(out, " (a proxy says: %s)", response->proxy_error);
}

static bool add_hint(struct buf *out, const struct verdict *verdict,
    const struct http_response *response)
{
	if (verdict->hint == NULL || !verdict_is_about_us(response->status))
		return true;
	return buf_addf(out, " (%s)", verdict->hint);
}

bool verdict_add(struct buf *out, const struct verdict *verdict,
    const struct http_response *response)
{
	const struct buf *location = &response->location;

	if (!add_from(out, verdict, response) ||
	    !buf_addf(out, " %d %s", response->status, response->reason))
		return false;
	if (response->status / 100 == 3 && location->len > 0)
		return add_location(out, verdict, location);
	return add_proxy_error(out, verdict, response) &&
	    add_first_line(out, &response->body) &&
	    add_hint(out, verdict, response);
}
