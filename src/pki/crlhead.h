/* crlhead.h: reads issuer and times of a CRL in a file, however large that is. */
#ifndef PKI_CRLHEAD_H
#define PKI_CRLHEAD_H

#include "pki/crl.h"

enum crlhead_found {
	CRLHEAD_WHOLE,
	CRLHEAD_BROKEN, /* it is a CRL, but not all of it is there, or more */
	CRLHEAD_NONE,   /* no CRL */
	CRLHEAD_FAILED  /* errno says why */
};

/*
 * Sets issuer, this_update and next_update from the first CRL in an open file,
 * in PEM (RFC 7468, 6) or DER, with CRLHEAD_WHOLE only.  The rest of the CRL is
 * counted, not decoded, and its signature is not verified.  Call crl_free() in
 * any case.
 */
enum crlhead_found crlhead_read(struct crl *out, int fd);

/*
 * The same from the first 64 KiB of the file, whatever follows them; if they are
 * all of the CRL its crlExtensions are there, too.  False: there is none.
 */
bool crlhead_peek(struct crl *out, int fd);

/*
 * Whether head is of the same issuer as crl, and has a later thisUpdate or, with
 * the same one, a higher cRLNumber (RFC 5280, 5.2.3), if both are known.
 */
bool crlhead_is_newer(const struct crl *head, const struct crl *crl);

#endif
