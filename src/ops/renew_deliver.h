/* renew_deliver.h: the new certificate, and how it takes its place. */
#ifndef OPS_RENEW_DELIVER_H
#define OPS_RENEW_DELIVER_H

#include <stdbool.h>

#include "ops/renewal.h"
#include "pki/cabundle.h"
#include "util/status.h"

/* What the CA issued.  Borrows everything. */
struct issued {
	X509 *cert;
	STACK_OF(X509) *certs; /* of the reply, cert among them */
	const struct cabundle *bundle;
	bool new_key; /* it is for KEY.new, not for KEY */
};

/*
 * Whether it can be expected that all files will be written, before anything is
 * sent.  new_key: the key will be KEY.new.  ST_FILE after reporting.
 */
enum status renew_deliver_check(const struct renewal_state *r, bool new_key);

/*
 * Writes all NAME.new, CERT.new last, and then swaps.  r->cert is the new
 * one then.  ST_FILE after reporting: without CERT.new the request is
 * still pending, with it the next run swaps.
 */
enum status renew_deliver(struct renewal_state *r, const struct issued *issued);

/*
 * Finishes a swap that was interrupted, if there is one; *swapped tells.  ST_FILE
 * after reporting that it cannot, or that CERT.new belongs to no key.
 */
enum status renew_deliver_finish(struct renewal_state *r, bool *swapped);

/*
 * Warns of each file of --chain, --fullchain and --bundle that is not there, as
 * after the option was added: the next renewal writes it.  ST_FILE after
 * reporting.
 */
enum status renew_deliver_warn_absent(const struct renewal_state *r);

#endif
