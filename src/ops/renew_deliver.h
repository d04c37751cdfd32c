/* renew_deliver.h: the new certificate, and how it takes its place. */
#ifndef OPS_RENEW_DELIVER_H
#define OPS_RENEW_DELIVER_H

#include <stdbool.h>

#include "ops/renew_files.h"
#include "ops/renewal.h"
#include "util/status.h"

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
 * Reads CERT.new, which is there: it is to be for KEY.new, or without one for
 * KEY.  *key is the name of that, borrowed from r; the caller frees cert.  ST_FILE
 * after reporting.
 */
enum status renew_deliver_read_new(
    X509 **cert, char **key, const struct renewal_state *r);

#endif
