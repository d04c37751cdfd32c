/* crlold.h: warns of a CRL that is older than the one it replaces. */
#ifndef OPS_CRLOLD_H
#define OPS_CRLOLD_H

#include "pki/crl.h"
#include "util/output.h"

/*
 * Warns if the file of output, which is open and not written yet, has a newer
 * CRL of the same issuer.  A file without a CRL, and one that cannot be read,
 * is passed over.
 */
void crlold_warn(const struct output *output, const struct crl *crl);

#endif
