/* crldue.h: getcrl --if-due: whether a new CRL is wanted. */
#ifndef OPS_CRLDUE_H
#define OPS_CRLDUE_H

#include <stdbool.h>

#include "session.h"
#include "util/status.h"

/*
 * Sets *due to whether the CRL in the file of -w is to be replaced: by
 * --renew-before, or as it is absent, incomplete or of another issuer than that
 * of the certificate of -O or -l.  If it is not, says so.  Nothing is sent, and
 * no key is read.  After reporting: ST_ERROR if -w names no file; ST_FILE if
 * that cannot be read, or holds no CRL.
 */
enum status crldue_find(bool *due, const struct session *session);

#endif
