/* altname_list.h: the names of a subjectAltName, from text. */
#ifndef PKI_ALTNAME_LIST_H
#define PKI_ALTNAME_LIST_H

#include <stdbool.h>

#include <openssl/x509v3.h>

#include "pki/problem.h"

/*
 * Adds the names of a list such as "DNS:a.example,IP:192.0.2.1" (RFC 5280,
 * 4.2.1.6): DNS, IP, email, URI, and UPN, which is an otherName.  The case of
 * the types does not count.  Each item of the list is one name, and is checked
 * to be of its kind: a comma in a value is written with a backslash before it.
 * False after describing the problem.
 */
bool altname_list_add(
    GENERAL_NAMES *names, const char *list, struct problem *problem);

/* The types one by one, "DNS"; NULL after the last. */
const char *altname_list_type(size_t i);

/*
 * Drops names of altname_list_add() that are there twice; the first one stays,
 * and the order.  False after describing the problem.
 */
bool altname_list_drop_repeated(GENERAL_NAMES *names, struct problem *problem);

#endif
