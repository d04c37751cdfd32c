/* subject.h: the subject of a request, from text as openssl-req(1) takes it. */
#ifndef PKI_SUBJECT_H
#define PKI_SUBJECT_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/problem.h"

/*
 * Parses "/C=FI/O=Example/CN=router1": a slash before each relative
 * distinguished name, or a plus where an attribute belongs to the one before; a
 * backslash takes the next character as it is.  A type is a name that libcrypto
 * knows for an attribute of names, in any case if it is a usual one, one of the
 * aliases E, email, S, G, I and T, or an OID, with OID. before it or not.  Values
 * are UTF-8, and of the length and the type of string that RFC 5280, A.1 has, as
 * far as libcrypto knows it.  "/" is the empty subject.  False after describing
 * the problem; the caller owns *out.
 */
bool subject_parse(X509_NAME **out, const char *text, struct problem *problem);

#endif
