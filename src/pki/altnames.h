/* altnames.h: subjectAltNames (RFC 5280, 4.2.1.6), compared and as text. */
#ifndef PKI_ALTNAMES_H
#define PKI_ALTNAMES_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "util/buf.h"

/*
 * The names in the subjectAltName of a request (its extensionRequest, RFC 2985,
 * 5.4.2) or a certificate; NULL if there is none.  False if it cannot be decoded
 * or there are several.  The caller owns *out.
 */
bool altnames_of_csr(GENERAL_NAMES **out, X509_REQ *csr);
bool altnames_of_cert(GENERAL_NAMES **out, X509 *cert);

/*
 * Adds the name with its type, for messages: "DNS:a", "IP Address:192.0.2.1",
 * "otherName:1.2.3:x".  It is in quotation marks, escaped as by log_escape(),
 * if it could be taken for another, or for a list of names; "#" and hexadecimal
 * digits are the DER of what has no text.  At most about 100 bytes, then "...".
 * False when out of memory.
 */
bool altname_add_text(struct buf *out, GENERAL_NAME *name);

/*
 * Adds those of names that are not in others, in any order, as text: "DNS:a, IP
 * Address:192.0.2.1"; after about 200 bytes the rest is "...".  Case does not
 * count in a dNSName and in the domain of an rfc822Name (RFC 5280, 7.2 and 7.5).
 * A dNSName that is a commonName of subject counts as one of the others; subject
 * may be NULL, and so may both lists.  False when out of memory.
 */
bool altnames_add_missing(struct buf *out, const GENERAL_NAMES *names,
    const GENERAL_NAMES *others, const X509_NAME *subject);

#endif
