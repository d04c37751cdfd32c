#include <string.h>
#include <strings.h>

#include "scep/caps.h"
#include "util/log.h"

#define NITEMS(a)   (sizeof(a) / sizeof((a)[0]))
#define KEYWORD_MAX 64

static const struct {
	const char *keyword;
	enum cap cap;
} keywords[] = {
    {"AES", CAP_AES},
    {"DES3", CAP_DES3},
    {"GetNextCACert", CAP_GETNEXTCACERT},
    {"POSTPKIOperation", CAP_POSTPKIOPERATION},
    {"Renewal", CAP_RENEWAL},
    {"SHA-1", CAP_SHA1},
    {"SHA-224", CAP_SHA224},
    {"SHA-256", CAP_SHA256},
    {"SHA-384", CAP_SHA384},
    {"SHA-512", CAP_SHA512},
    {"SCEPStandard", CAP_SCEPSTANDARD},
};

/* 0: unknown */
static unsigned int find_keyword(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < NITEMS(keywords); i++)
		if (strlen(keywords[i].keyword) == len &&
		    strncasecmp(keywords[i].keyword, word, len) == 0)
			return keywords[i].cap;
	return 0;
}

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

unsigned int caps_parse(const void *text, size_t len)
{
	const char *p = text, *end, *line_end, *word_end;
	unsigned int caps = 0;

	if (len == 0)
		return 0;
	end = p + len;
	while (p < end) {
		line_end = memchr(p, '\n', (size_t)(end - p));
		if (line_end == NULL)
			line_end = end;
		while (p < line_end && is_blank(*p))
			p++;
		word_end = line_end;
		while (word_end > p && is_blank(word_end[-1]))
			word_end--;
		if (word_end > p)
			caps |= parse_keyword(p, (size_t)(word_end - p));
		p = line_end < end ? line_end + 1 : end;
	}
	return caps;
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
	for (i = 0; i < NITEMS(keywords); i++) {
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

	for (i = 0; i < NITEMS(keywords); i++)
		if ((caps & keywords[i].cap) != 0)
			each(keywords[i].keyword, context);
}

const char *caps_best_digest(unsigned int caps)
{
	if (caps_have(caps, CAP_SHA512))
		return "sha512";
	if (caps_have(caps, CAP_SHA384))
		return "sha384";
	if (caps_have(caps, CAP_SHA256))
		return "sha256";
	if (caps_have(caps, CAP_SHA224))
		return "sha224";
	return caps_have(caps, CAP_SHA1) ? "sha1" : NULL;
}

const char *caps_best_cipher(unsigned int caps)
{
	if (caps_have(caps, CAP_AES))
		return "aes128";
	return caps_have(caps, CAP_DES3) ? "3des" : NULL;
}
