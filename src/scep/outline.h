/* outline.h: a message without its content, for libcrypto to decode. */
#ifndef SCEP_OUTLINE_H
#define SCEP_OUTLINE_H

#include <openssl/cms.h>

#include "pki/der.h"
#include "util/status.h"

/* The last fields of a SignedData. */
enum { OUTLINE_CERTS, OUTLINE_CRLS, OUTLINE_SIGNERS };

/*
 * The parts of a SignedData or an EnvelopedData (RFC 5652, 5.1 and 6.1).  left is
 * 0 for one that is absent.  Borrows the octets of the message.
 */
struct outline {
	int type; /* NID_pkcs7_signed or NID_pkcs7_enveloped */

	/*
	 * version and digestAlgorithms; or version, originatorInfo and
	 * recipientInfos
	 */
	struct der head[3];

	/* eContentType; or contentType and contentEncryptionAlgorithm */
	struct der info[2];

	/* by the enum above; or unprotectedAttrs */
	struct der tail[3];

	/* eContent, encryptedContent: a string; in whole.left 0 if absent */
	struct der_element content;

	struct der_element crls; /* with its tag */
};

/*
 * Decodes the message that has the parts in head, info and tail, and no content,
 * into *cms, or into a new one if that is NULL.  The parts must not be large.
 * ST_REPLY after reporting, with what as in limits.h; *cms is NULL then.
 */
enum status outline_decode(
    CMS_ContentInfo **cms, const struct outline *outline, const char *what);

/*
 * Sets *out to the content, of which left is 0 if it is absent.  One that came in
 * segments is joined in room.  ST_REPLY or what spool_add() returns, after
 * reporting.
 */
enum status outline_join(struct der *out, const struct outline *outline,
    struct spool *room, const char *what);

#endif
