/* renew_files.h: the files of --chain, --fullchain and --bundle. */
#ifndef OPS_RENEW_FILES_H
#define OPS_RENEW_FILES_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "ops/renewal.h"
#include "pki/cabundle.h"
#include "util/buf.h"
#include "util/status.h"

/* What the CA issued.  Borrows everything. */
struct issued {
	X509 *cert;
	STACK_OF(X509) *certs; /* of the reply, cert among them */
	const struct cabundle *bundle;
	bool new_key; /* it is for KEY.new, not for KEY */
};

/* Whether the key is one for --bundle.  After reporting: ST_ERROR, ST_FILE. */
enum status renew_files_check(const struct renewal_state *r, bool new_key);

/* Writes the NAME.new of each; cert is in PEM.  ST_FILE after reporting. */
enum status renew_files_write_new(const struct renewal_state *r,
    const struct issued *issued, const struct buf *cert);

/*
 * While the certificate of r is not due: writes those that are not there, as
 * after the option was added, with the CA certificates of -c.  The hook is to be
 * run then.  When -c has none that issued the certificate, that is a warning,
 * and the next renewal writes them.  ST_ERROR, ST_FILE after reporting.
 */
enum status renew_files_provide(struct renewal_state *r);

/* The same for --dry-run: says what would be written; *any tells. */
enum status renew_files_show(const struct renewal_state *r, bool *any);

#endif
