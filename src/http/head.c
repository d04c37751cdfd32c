#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "compat/compat.h"
#include "http/head.h"
#include "util/ascii.h"
#include "util/log.h"

#define SHOWN_MAX 160
#define BLANKS    " \t"
#define DIGITS    "0123456789"

/* Returns text without the whitespace around it; text is changed. */
static char *trim(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]) != NULL)
		len--;
	text[len] = '\0';
	return text;
}

bool head_is_text(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] == '\0' ||
		    (bytes[i] == '\r' &&
			(i + 1 == len || bytes[i + 1] != '\n')))
			return false;
	return true;
}

/*
 * Cuts the next line off *rest, with the lines that continue it (obs-fold,
 * RFC 9112, 5.2) joined to it.
 */
static char *next_line(char **rest)
{
	char *line = *rest, *end = line + strcspn(line, "\n");

	while (*end != '\0' && (end[1] == ' ' || end[1] == '\t')) {
		*end = ' ';
		if (end > line && end[-1] == '\r')
			end[-1] = ' ';
		end += strcspn(end, "\n");
	}
	*rest = *end != '\0' ? end + 1 : end;
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

/* Cuts the next member off a comma-separated list; NULL after the last. */
static char *next_member(char **rest)
{
	char *member = *rest, *comma;

	if (member == NULL)
		return NULL;
	comma = strchr(member, ',');
	*rest = comma != NULL ? comma + 1 : NULL;
	if (comma != NULL)
		*comma = '\0';
	return trim(member);
}

static bool parse_size(size_t *out, const char *text)
{
	size_t size = 0;

	if (*text == '\0' || text[strspn(text, DIGITS)] != '\0')
		return false;
	for (; *text != '\0'; text++) {
		size_t digit = (size_t)(*text - '0');

		if (size > (SIZE_MAX - digit) / 10)
			return false;
		size = size * 10 + digit;
	}
	*out = size;
	return true;
}

/* Each of these parses the value of one field: NULL, or what is wrong. */
static const char *take_length(struct head *head, char *value)
{
	size_t length;
	char *member;

	while ((member = next_member(&value)) != NULL) {
		if (!parse_size(&length, member))
			return "Content-Length is not a number";
		if (head->has_length && length != head->length)
			return "Content-Length differs from the one before";
		head->has_length = true;
		head->length = length;
	}
	return NULL;
}

static const char *take_encoding(struct head *head, char *value)
{
	char *member;

	while ((member = next_member(&value)) != NULL) {
		if (*member == '\0')
			continue;
		if (head->chunked)
			return "a transfer coding after chunked (RFC 9112, "
			       "6.1)";
		if (strcasecmp(member, "chunked") == 0)
			head->chunked = true;
		else if (strcasecmp(member, "identity") != 0)
			return "unsupported transfer coding";
	}
	return NULL;
}

static const char *take_connection(struct head *head, char *value)
{
	char *member;

	while ((member = next_member(&value)) != NULL) {
		if (strcasecmp(member, "close") == 0)
			head->close = true;
		else if (strcasecmp(member, "keep-alive") == 0)
			head->keep_alive = true;
	}
	return NULL;
}

static const char *take_type(struct head *head, char *value)
{
	struct http_response *out = head->out;
	char *p;

	value[strcspn(value, ";")] = '\0';
	value = trim(value);
	for (p = value; *p != '\0'; p++)
		*p = ascii_to_lower(*p);
	log_escape(
	    out->content_type, sizeof(out->content_type), value, strlen(value));
	return NULL;
}

static const char *take_date(struct head *head, char *value)
{
	snprintf(head->out->date, sizeof(head->out->date), "%s", value);
	return NULL;
}

/* X-Squid-Error, a field of Squid. */
static const char *take_squid_error(struct head *head, char *value)
{
	struct http_response *out = head->out;

	log_escape(
	    out->proxy_error, sizeof(out->proxy_error), value, strlen(value));
	return NULL;
}

/* RFC 9209, 2.1.1: only a proxy that made the error itself has "error=". */
static const char *take_proxy_status(struct head *head, char *value)
{
	return strstr(value, "error=") != NULL ? take_squid_error(head, value)
					       : NULL;
}

static const char *take_location(struct head *head, char *value)
{
	struct buf *location = &head->out->location;

	if (location->len > 0)
		return NULL;
	return buf_add_string(location, value) ? NULL : "out of memory";
}

static const struct field {
	const char *name;
	const char *(*take)(struct head *head, char *value);
} fields[] = {
    {"Connection", take_connection},
    {"Content-Length", take_length},
    {"Content-Type", take_type},
    {"Date", take_date},
    {"Location", take_location},
    {"Proxy-Status", take_proxy_status},
    {"Transfer-Encoding", take_encoding},
    {"X-Squid-Error", take_squid_error},
};

static const char *take_field(struct head *head, char *line)
{
	char *colon = strchr(line, ':'), *name;
	size_t i;

	if (colon == NULL)
		return "header field without a colon";
	*colon = '\0';
	name = trim(line);
	if (*name == '\0')
		return "header field without a name";
	for (i = 0; i < COUNT_OF(fields); i++)
		if (strcasecmp(name, fields[i].name) == 0)
			return fields[i].take(head, trim(colon + 1));
	return NULL;
}

/* HTTP-version SP status-code [ SP reason-phrase ] (RFC 9112, 4) */
static bool parse_status_line(struct head *head, const char *line)
{
	static const char start[] = "HTTP/1.";
	const char *code = line + sizeof(start) + 1;

	if (strncmp(line, start, sizeof(start) - 1) != 0 ||
	    strspn(code - 2, DIGITS) != 1 || code[-1] != ' ' ||
	    strspn(code, DIGITS) != 3 || *code == '0' ||
	    (code[3] != ' ' && code[3] != '\0'))
		return false;
	head->minor = (unsigned int)(code[-2] - '0');
	head->status =
	    (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
	code += 3 + strspn(code + 3, BLANKS);
	log_escape(
	    head->out->reason, sizeof(head->out->reason), code, strlen(code));
	return true;
}

/* NULL, or what is wrong in the line that is in shown. */
static const char *parse_lines(
    struct head *head, char *rest, char *shown, size_t size)
{
	const char *end = strchr(rest, '\n');
	bool folded = end != NULL && (end[1] == ' ' || end[1] == '\t');
	char *line = next_line(&rest);
	const char *why = NULL;

	log_escape(shown, size, line, strlen(line));
	if (folded)
		return "whitespace before the first header field (RFC 9112, "
		       "2.2)";
	if (!parse_status_line(head, line))
		return "not a status line of HTTP/1.x";
	if (head->status == 101)
		return "status 101, but no other protocol was asked for";
	if (head->status < 200)
		return NULL;
	while (why == NULL && *(line = next_line(&rest)) != '\0') {
		log_escape(shown, size, line, strlen(line));
		why = take_field(head, line);
	}
	return why;
}

enum status head_parse(struct head *head, struct buf *block, const char *peer)
{
	char *text = (char *)block->data, shown[SHOWN_MAX];
	const char *why;

	if (!head_is_text(text, block->len))
		return fail(ST_NETWORK,
		    "%s: NUL, or CR without LF, in the header (RFC 9112, 2.2)",
		    peer);
	why = parse_lines(head, text, shown, sizeof(shown));
	if (why != NULL)
		return fail(ST_NETWORK, "%s: %s: \"%s\"", peer, why, shown);
	if (head->status >= 200) {
		head->out->status = head->status;
		head->out->minor = head->minor;
	}
	return ST_OK;
}
