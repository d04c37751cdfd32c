/* altname_text.h: a name of a subjectAltName as text, for messages. */
#ifndef PKI_ALTNAME_TEXT_H
#define PKI_ALTNAME_TEXT_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "util/buf.h"

/*
 * Adds the name with its type (RFC 5280, 4.2.1.6): "DNS:a", "IP
 * Address:192.0.2.1", "otherName:1.2.3:x".  It is in quotation marks, escaped
 * as by log_escape(), if it could be taken for another, or for a list of names;
 * "#" and hexadecimal digits are the DER of what has no text.  At most about
 * 100 bytes, then "...".  False when out of memory.
 */
bool altname_add_text(struct buf *out, GENERAL_NAME *name);

#endif
