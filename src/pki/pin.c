#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/pin.h"
#include "util/ascii.h"
#include "util/log.h"

#define BLANKS " \t\r\n"

/*
 * Skips the word, which is in lower case, and the blanks behind it.  In text a
 * dash may precede its digits: "SHA-256".
 */
static bool skip_word(const char **text, const char *word)
{
	const char *p = *text;
	bool in_number = false;

	for (; *word != '\0'; p++, word++) {
		if (*p == '-' && ascii_is_digit(*word) && !in_number)
			p++;
		in_number = ascii_is_digit(*word);
		if (ascii_to_lower(*p) != *word)
			return false;
	}
	if (*p == '\0' || strchr(":=" BLANKS, *p) == NULL)
		return false;
	*text = p + strspn(p, BLANKS);
	return true;
}

/*
 * Skips the name of a digest, "fingerprint", or both.  *name is NULL if there
 * is no name.  False if there is neither.
 */
static bool skip_words(const char **text, const char **name)
{
	size_t i;

	*text += strspn(*text, BLANKS);
	for (i = 0; (*name = algs_digest_name(i)) != NULL; i++)
		if (skip_word(text, *name))
			break;
	return skip_word(text, "fingerprint") || *name != NULL;
}

/* Skips "sscep: " at the start of a line that sscep has printed. */
static void skip_program(const char **text)
{
	size_t len = strcspn(*text, ":" BLANKS);
	const char *end = *text + len;

	if (strspn(*text, ASCII_HEX_DIGITS) < len && end[0] == ':' &&
	    end[1] == ' ')
		*text = end + 2;
}

/* Skips all that precedes the hex.  Returns the name of the digest or NULL. */
static const char *skip_label(const char **text)
{
	const char *name, *p = *text + strspn(*text, BLANKS);

	skip_program(&p);
	if (!skip_words(&p, &name)) {
		p = *text;
		if (!skip_words(&p, &name))
			return NULL;
	}
	if (*p != '\0' && strchr(":=", *p) != NULL)
		p++;
	*text = p;
	return name;
}

/* The number of digits, of which pin keeps as many as fit; -1: not hex. */
static int parse_hex(struct pin *pin, const char *text)
{
	int digit, digits = 0;

	for (; *text != '\0'; text++) {
		if (strchr(":" BLANKS, *text) != NULL)
			continue;
		if ((digit = ascii_hex_value(*text)) < 0)
			return -1;
		if (digits < 2 * (int)sizeof(pin->bytes))
			pin->bytes[digits / 2] =
			    (unsigned char)(pin->bytes[digits / 2] << 4 |
				digit);
		digits++;
	}
	return digits;
}

/* The digest whose fingerprints have so many hex digits, or NULL. */
static const char *digest_by_length(size_t digits)
{
	const char *name;
	size_t i;

	for (i = 0; (name = algs_digest_name(i)) != NULL; i++)
		if (2 * algs_digest_len(name) == digits)
			return name;
	return NULL;
}

bool pin_parse(struct pin *out, const char *text, char *problem, size_t size)
{
	const char *named, *rest = text;
	int digits;

	memset(out, 0, sizeof(*out));
	out->text = text;
	named = skip_label(&rest);
	if ((digits = parse_hex(out, rest)) <= 0) {
		snprintf(problem, size,
		    "not a fingerprint in hex, with or without colons");
		return false;
	}

	out->digest = digest_by_length((size_t)digits);
	out->len = (size_t)digits / 2;

	if (named != NULL && out->digest != named) {
		snprintf(problem, size,
		    "a %s fingerprint has %zu hex digits, this one has %d",
		    named, 2 * algs_digest_len(named), digits);
		return false;
	}
	if (out->digest == NULL)
		snprintf(problem, size,
		    "not a fingerprint: it has %d hex digits, and no digest of "
		    "%s makes as many",
		    digits, algs_digest_names);
	return out->digest != NULL;
}

bool pin_matches(const struct pin *pin, const X509 *cert)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	return X509_digest(cert, pin->md, digest, &len) && len == pin->len &&
	    CRYPTO_memcmp(digest, pin->bytes, len) == 0;
}

static enum status read_pin(struct pin *pin, const char *text)
{
	char problem[160];

	if (!pin_parse(pin, text, problem, sizeof(problem)))
		return fail(ST_ERROR, "--ca-fingerprint: %s", problem);
	if (!algs_digest_works(pin->digest))
		return fail(ST_ERROR,
		    "--ca-fingerprint: it is made with %s, which the policy of "
		    "this libcrypto forbids; use the sha256 fingerprint",
		    pin->digest);
	return algs_get_digest(&pin->md, pin->digest);
}

enum status pins_read(struct pins *out, char *const *texts, size_t count)
{
	enum status st = ST_OK;

	memset(out, 0, sizeof(*out));
	if (count == 0)
		return ST_OK;
	if ((out->list = calloc(count, sizeof(*out->list))) == NULL)
		return fail_memory();
	while (out->count < count &&
	    (st = read_pin(&out->list[out->count], texts[out->count])) == ST_OK)
		out->count++;
	return st;
}

void pins_free(struct pins *pins)
{
	free(pins->list);
	cert_stack_free(pins->vouched);
	memset(pins, 0, sizeof(*pins));
}
