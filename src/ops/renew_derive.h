/* renew_derive.h: the options of the enrolments that renew runs. */
#ifndef OPS_RENEW_DERIVE_H
#define OPS_RENEW_DERIVE_H

#include <stdbool.h>

#include "ops/renewal.h"
#include "options/options.h"
#include "util/status.h"

#define DERIVED_TYPE_MAX 16

/* Before the request in CERT.req: who signed what was sent, and so the polls. */
#define SIGNED_BY_CERT "Signed-By: certificate\n"
#define SIGNED_BY_SELF "Signed-By: request\n"

/* Borrows from r and its options. */
struct derived {
	struct renewal_state *r;
	struct options options;
	bool uses_new;               /* the key is KEY.new */
	bool replaces_new;           /* one that is there goes before that */
	char type[DERIVED_TYPE_MAX]; /* of the key to make */
};

/*
 * The options of a request that is sent: the first, or a renewal.  After
 * reporting what is missing: ST_ERROR, ST_FILE.  The session gets the secrets.
 */
enum status renew_derive_send(struct derived *out, struct renewal_state *r);

/* Those to poll for the request of CERT.req. */
enum status renew_derive_resume(struct derived *out, struct renewal_state *r);

/* Those to poll for a first request with the key of -k, by somebody else. */
enum status renew_derive_take_over(
    struct derived *out, struct renewal_state *r);

#endif
