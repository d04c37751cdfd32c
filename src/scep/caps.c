#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "compat/compat.h"
#include "pki/algs.h"
#include "scep/caps.h"
#include "util/html.h"
#include "util/log.h"

#define KEYWORD_MAX 64
#define QUOTE_MAX   120

#define PAGE_HINT \
	", a page: a captive portal, a login page or a proxy answers instead " \
	"of the server, or the path of the URL is wrong; if it is the server " \
	"itself that sends the page, set its capabilities with --capabilities"

static const struct {
	const char *keyword;
	enum cap cap;
	const char *algorithm; /* its name in algs.h */
} keywords[] = {
    {"AES", CAP_AES, "aes128"},
    {"DES3", CAP_DES3, "3des"},
    {"GetNextCACert", CAP_GETNEXTCACERT, NULL},
    {"POSTPKIOperation", CAP_POSTPKIOPERATION, NULL},
    {"Renewal", CAP_RENEWAL, NULL},
    {"SHA-1", CAP_SHA1, "sha1"},
    {"SHA-224", CAP_SHA224, "sha224"},
    {"SHA-256", CAP_SHA256, "sha256"},
    {"SHA-384", CAP_SHA384, "sha384"},
    {"SHA-512", CAP_SHA512, "sha512"},
    {"SCEPStandard", CAP_SCEPSTANDARD, NULL},
};

/* 0: unknown.  Clients SHOULD ignore the text case (RFC 8894, 3.5.2). */
static unsigned int find_keyword(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT_OF(keywords); i++)
		if (strlen(keywords[i].keyword) == len &&
		    strncasecmp(keywords[i].keyword, word, len) == 0)
			return keywords[i].cap;
	return 0;
}

/* A client MUST accept and ignore unknown keywords (RFC 8894, 3.5.2). */
static unsigned int parse_keyword(const char *word, size_t len)
{
	unsigned int cap = find_keyword(word, len);
	char escaped[KEYWORD_MAX];

	if (cap != 0)
		return cap;
	verbose("unknown capability %s",
	    log_escape(escaped, sizeof(escaped), word, len));
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/*
 * Takes the next line off text, and returns its length without the blanks
 * around it.  Clients MUST accept CR LF and LF (RFC 8894, 3.5.2).
 */
static size_t next_line(const char **line, const char **text, size_t *left)
{
	const char *p = *text, *newline = memchr(p, '\n', *left);
	size_t len = newline != NULL ? (size_t)(newline - p) : *left;
	size_t taken = newline != NULL ? len + 1 : len;

	*text += taken;
	*left -= taken;
	while (len > 0 && is_blank(*p)) {
		p++;
		len--;
	}
	while (len > 0 && is_blank(p[len - 1]))
		len--;
	*line = p;
	return len;
}

unsigned int caps_parse(const void *text, size_t len)
{
	const char *p = text, *line;
	unsigned int caps = 0;
	size_t line_len;

	while (len > 0)
		if ((line_len = next_line(&line, &p, &len)) > 0)
			caps |= parse_keyword(line, line_len);
	return caps;
}

bool caps_add_unknown(struct buf *out, const void *text, size_t len)
{
	const char *p = text, *line, *separator = "";
	char escaped[KEYWORD_MAX];
	size_t line_len;

	while (len > 0) {
		line_len = next_line(&line, &p, &len);
		if (line_len == 0 || find_keyword(line, line_len) != 0)
			continue;
		if (!buf_addf(out, "%s%s", separator,
			log_escape(escaped, sizeof(escaped), line, line_len)))
			return false;
		separator = ", ";
	}
	return true;
}

static void skip_space(const char **text, size_t *left)
{
	while (*left > 0 && isspace((unsigned char)**text)) {
		++*text;
		--*left;
	}
}

bool caps_has_keyword(const void *text, size_t len)
{
	const char *p = text, *line;
	size_t line_len;

	while (len > 0) {
		line_len = next_line(&line, &p, &len);
		if (find_keyword(line, line_len) != 0)
			return true;
	}
	return false;
}

static enum status fail_not_caps(
    const char *text, size_t len, bool page, const char *hint)
{
	char quote[QUOTE_MAX];

	return fail(ST_NETWORK,
	    "the answer to GetCACaps is not a list of capabilities%s%s",
	    html_quote(quote, sizeof(quote), text, len, page), hint);
}

enum status caps_check(const void *text, size_t len, bool page)
{
	const char *p = text;
	size_t i;

	skip_space(&p, &len);
	if (len > 0 && page && !caps_has_keyword(p, len))
		return fail_not_caps(p, len, page, PAGE_HINT);
	for (i = 0; i < len; i++)
		if (p[i] == '<' ||
		    (!isprint((unsigned char)p[i]) &&
			!isspace((unsigned char)p[i])))
			return fail_not_caps(p, len, page, "");
	return ST_OK;
}

bool caps_parse_list(
    unsigned int *caps, const char *list, const char **bad, size_t *bad_len)
{
	unsigned int cap;
	size_t len;

	*caps = 0;
	for (;;) {
		list += strspn(list, ", \t");
		len = strcspn(list, ", \t");
		if (len == 0)
			return true;
		if ((cap = find_keyword(list, len)) == 0) {
			*bad = list;
			*bad_len = len;
			return false;
		}
		*caps |= cap;
		list += len;
	}
}

bool caps_have(unsigned int caps, enum cap cap)
{
	/* RFC 8894, 3.5.2, table 7, SCEPStandard */
	const unsigned int implied =
	    CAP_AES | CAP_POSTPKIOPERATION | CAP_SHA256;

	if ((caps & CAP_SCEPSTANDARD) != 0)
		caps |= implied;
	return (caps & cap) != 0;
}

bool caps_add_text(struct buf *out, unsigned int caps)
{
	const char *separator = "";
	size_t i;

	if (caps == 0)
		return buf_add_string(out, "none");
	for (i = 0; i < COUNT_OF(keywords); i++) {
		if ((caps & keywords[i].cap) == 0)
			continue;
		if (!buf_addf(out, "%s%s", separator, keywords[i].keyword))
			return false;
		separator = ", ";
	}
	return true;
}

void caps_each(unsigned int caps,
    void (*each)(const char *keyword, void *context), void *context)
{
	size_t i;

	for (i = 0; i < COUNT_OF(keywords); i++)
		if ((caps & keywords[i].cap) != 0)
			each(keywords[i].keyword, context);
}

static bool has_algorithm(unsigned int caps, const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(keywords); i++)
		if (keywords[i].algorithm != NULL &&
		    strcmp(keywords[i].algorithm, name) == 0)
			return caps_have(caps, keywords[i].cap);
	return false;
}

/* The last that caps have of the names in algs.h, where the best is last. */
static const char *find_best(
    unsigned int caps, const char *(*algorithm_name)(size_t i))
{
	const char *name, *best = NULL;
	size_t i;

	for (i = 0; (name = algorithm_name(i)) != NULL; i++)
		if (has_algorithm(caps, name))
			best = name;
	return best;
}

const char *caps_best_digest(unsigned int caps)
{
	return find_best(caps, algs_digest_name);
}

const char *caps_best_cipher(unsigned int caps)
{
	return find_best(caps, algs_cipher_name);
}
