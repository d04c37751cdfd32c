/* fileset.h: a set of CA files, FILE-0, FILE-1, ..., as getca writes it. */
#ifndef OPS_FILESET_H
#define OPS_FILESET_H

#include <openssl/x509.h>

#include "util/status.h"

/*
 * Writes each of certs to a file of the set, and moves what the set had beyond
 * them to NAME.old.  FILE is not changed: no link to it is written to.  When
 * that fails, the files of the set are as they were before; ST_FILE after
 * reporting.  SIGINT, SIGTERM and SIGHUP are held back while files are
 * replaced.
 */
enum status fileset_write_certs(const char *base, STACK_OF(X509) *certs);

#endif
