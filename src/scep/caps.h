/* caps.h: the capabilities of a CA, as GetCACaps tells (RFC 8894, 3.5.2). */
#ifndef SCEP_CAPS_H
#define SCEP_CAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

/* RFC 8894, 3.5.2, table 7; SHA-224 and SHA-384 come from some servers. */
enum cap {
	CAP_AES = 1,
	CAP_DES3 = 2,
	CAP_GETNEXTCACERT = 4,
	CAP_POSTPKIOPERATION = 8,
	CAP_RENEWAL = 16,
	CAP_SHA1 = 32,
	CAP_SHA224 = 64,
	CAP_SHA256 = 128,
	CAP_SHA384 = 256,
	CAP_SHA512 = 512,
	CAP_SCEPSTANDARD = 1024,
	CAPS_ALL = 2047
};

/*
 * The set of enum cap in an answer to GetCACaps (RFC 8894, 3.5.2): one keyword
 * on each line, ended by CR LF or LF.  Case and blanks around the keyword are
 * ignored, and so is an unknown keyword, which a verbose message reports.
 * SCEPStandard is not expanded here, see caps_have().
 */
unsigned int caps_parse(const void *text, size_t len);

/* Adds the lines that are no known keyword, escaped: "Foo, Bar". */
bool caps_add_unknown(struct buf *out, const void *text, size_t len);

/* Whether a line of text is a known keyword. */
bool caps_has_keyword(const void *text, size_t len);

/*
 * The answer has to be plain text (RFC 8894, 3.5.2); page tells whether it is a
 * page of HTML, by its content type or its text.  Such a page passes only if it
 * is plain text with a known keyword, as servers send it under a wrong type.
 * ST_NETWORK after reporting a page, other markup, or binary bytes.
 */
enum status caps_check(const void *text, size_t len, bool page);

/*
 * The set in a list of keywords separated by commas or blanks, case ignored.
 * False when one is unknown: *bad, *bad_len is that word.
 */
bool caps_parse_list(
    unsigned int *caps, const char *list, const char **bad, size_t *bad_len);

/* Whether caps has cap, or has SCEPStandard, which implies cap. */
bool caps_have(unsigned int caps, enum cap cap);

/* "AES, DES3, ..." as announced, in alphabetical order, or "none". */
bool caps_add_text(struct buf *out, unsigned int caps);

/* Calls each with the keyword of every member of caps, in that order. */
void caps_each(unsigned int caps,
    void (*each)(const char *keyword, void *context), void *context);

/*
 * The strongest of the announced algorithms, by its name in algs.h; NULL when
 * none is announced.
 */
const char *caps_best_digest(unsigned int caps);
const char *caps_best_cipher(unsigned int caps);

#endif
