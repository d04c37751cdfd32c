/* caps.h: what a CA can do, as GetCACaps says (RFC 8894, 3.5.2). */
#ifndef SCEP_CAPS_H
#define SCEP_CAPS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"
#include "util/status.h"

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
 * The set of enum cap in a GetCACaps answer: a keyword a line, case and
 * trailing blanks ignored, unknown ones passed over (with -v, said).
 * SCEPStandard is not expanded here, see caps_have().
 */
unsigned int caps_parse(const void *text, size_t len);

/*
 * Whether text is a page (HTML, XML) that no CA gives as an answer: it begins
 * with "<", after a byte order mark of UTF-8 and blanks, or html, its content
 * type, says so; and none of its lines is a known keyword.
 */
bool caps_is_page(const void *text, size_t len, bool html);

/* ST_NETWORK after reporting for a page, other markup and binary bytes. */
enum status caps_check(const void *text, size_t len, bool html);

/*
 * The set in a list of keywords between commas or blanks, case ignored.
 * false when one is unknown: *bad, *bad_len is that word.
 */
bool caps_parse_list(
    unsigned int *caps, const char *list, const char **bad, size_t *bad_len);

/* Whether caps has cap, or SCEPStandard and cap is implied by that. */
bool caps_have(unsigned int caps, enum cap cap);

/* "AES, DES3, ..." as announced, in alphabetical order, or "none". */
bool caps_add_text(struct buf *out, unsigned int caps);

/* Calls each with the keyword of every member of caps, in that order. */
void caps_each(unsigned int caps,
    void (*each)(const char *keyword, void *context), void *context);

/*
 * The best announced algorithm, by its name in algs.h, NULL when none is
 * announced.
 */
const char *caps_best_digest(unsigned int caps);
const char *caps_best_cipher(unsigned int caps);

#endif
