/* caset.h: sets of CA certificates, and their files FILE-0, FILE-1, ... */
#ifndef PKI_CASET_H
#define PKI_CASET_H

#include <stdbool.h>

#include "pki/cert.h"
#include "util/buf.h"
#include "util/status.h"

/* A set has no more files than one file has certificates. */
#define CASET_COUNT_MAX CERT_COUNT_MAX

/* Makes name that of the file number i of the set; false: out of memory. */
bool caset_set_name(struct buf *name, const char *base, int i);

/* The same, and whether there is such a file; ST_OK, or as file_find(). */
enum status caset_find_file(
    bool *exists, struct buf *name, const char *base, int i);

/*
 * Which numbers the files of the set have, gaps or not, by the list of their
 * directory: links that lead nowhere as well.  All, if it cannot be listed.
 */
void caset_find_numbers(bool found[CASET_COUNT_MAX], const char *base);

/*
 * Whether base itself is read, not the set.  A directory or an empty file is not
 * if FILE-0 exists: getca writes the set beside them.
 */
enum status caset_find_base(bool *exists, const char *base);

/* The first of certs that is not in others, or NULL. */
X509 *caset_find_missing(STACK_OF(X509) *certs, STACK_OF(X509) *others);

#endif
