/* oid.h: object identifiers that a user wrote. */
#ifndef PKI_OID_H
#define PKI_OID_H

#include <openssl/objects.h>

/*
 * The OID of "1.2.840.113549": two numbers or more, with a dot between them and
 * no zero before them, as X.660 has them.  NULL if it is none; the caller owns
 * it.
 */
ASN1_OBJECT *oid_parse(const char *text);

#endif
