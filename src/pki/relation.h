/* relation.h: which certificates of a set have to do with one another. */
#ifndef PKI_RELATION_H
#define PKI_RELATION_H

#include <stdbool.h>

#include <openssl/x509.h>

/*
 * The most signatures that are verified to find the issuers in a set.  A
 * forged set could need the square of its size; in a real one hardly any two
 * certificates have the same name.
 */
int relation_max_tries(STACK_OF(X509) *certs);

/* As cert_seems_issued_by(), but false once no tries are left. */
bool relation_try_issuer(X509 *cert, X509 *issuer, int *tries);

/* Whether it is so for another certificate of certs, which cert issued. */
bool relation_signs_another(X509 *cert, STACK_OF(X509) *certs, int *tries);

/*
 * Whether cert, by the names, neither issued another certificate of certs, nor
 * was issued by one of them, nor by the issuer of one.
 */
bool relation_is_alone(X509 *cert, STACK_OF(X509) *certs);

#endif
