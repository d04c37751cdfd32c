/* renewal.h: the files of renew, and what one run knows of them. */
#ifndef OPS_RENEWAL_H
#define OPS_RENEWAL_H

#include <stdbool.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "keys/pass.h"
#include "ops/renew_guard.h"
#include "pki/due.h"
#include "session.h"
#include "util/buf.h"
#include "util/lock.h"
#include "util/status.h"
#include "util/swap.h"

/*
 * The files, with KEY of -k and CERT of -l, or where a link of that name leads:
 *
 * KEY, CERT  the pair in use, after the first success.
 * KEY.new    from its making to the swap: the key of an enrolment that has
 *            begun.  It stays whatever the CA answers, for the next run.
 * CERT.req   from just before it is sent to SUCCESS or FAILURE: the request
 *            may have been sent, and the next run polls for its certificate.
 *            A line before it says who signed it.
 * CERT.new   from SUCCESS to the swap: the new certificate, complete, for
 *            KEY.new or, without one, for KEY.  While it is there, the swap is
 *            due: all NAME.new take their places.
 * NAME.new   of --chain, --fullchain, --bundle: likewise, written before it.
 * KEY.old, CERT.old  the pair before, until the next swap.
 * CERT.hook  from the swap to the success of the hook, which is still to run.
 * CERT.lock  locked while a run is at work; it is never removed.
 * CA.next    beside CA of -c, from GetNextCACert on: certificates that a pinned
 *            CA has signed, which are as good as pinned once they are valid.  It
 *            stays: without it the pin does not cover the CA after a rollover.
 *
 * A key in a token or the engine has no files; the file of a key that only the
 * token can use stays as it is.
 */
#define RENEWAL_REQUEST ".req"
#define RENEWAL_HOOK    ".hook"
#define RENEWAL_LOCK    ".lock"

/* clang-format off */
enum renewal_file {
	RENEWAL_KEY, RENEWAL_CHAIN, RENEWAL_FULLCHAIN, RENEWAL_BUNDLE,
	RENEWAL_CERT, RENEWAL_FILES
};
/* clang-format on */

/* Owns all but session and options; all zero is empty. */
struct renewal_state {
	struct session *session;
	const struct options *options; /* as given; the session's may change */
	bool in_token;                 /* or its file: the key is kept */

	struct swap_file files[RENEWAL_FILES]; /* without those not asked for */
	size_t count;
	struct renew_guard guard;         /* of the bundle */
	const struct swap_file *key_file; /* of files; NULL: it has none */
	const struct swap_file *cert_file;
	struct buf key_new, request, hook, lock; /* KEY.new, CERT.req, ... */
	struct pass challenge; /* once it was needed: a source is read once */

	EVP_PKEY *key;      /* of -k; NULL: there is none */
	X509 *cert;         /* of -l; NULL: there is none */
	struct due due;     /* of cert */
	const char *action; /* HOOK_ACTION_...; NULL: none */
};

/*
 * Finds the names of the files, and who shall own the first ones.  Those beside
 * KEY, CERT and so on are none that an option names.  After reporting: ST_FILE,
 * ST_ERROR.  r is to be freed in any case.
 */
enum status renewal_open(struct renewal_state *r, struct session *session);
void renewal_free(struct renewal_state *r);

/*
 * Reads the key, unless r has it, and the certificate, if they are there, and how
 * long that is valid.  ST_FILE after reporting what is wrong with them,
 * as when they do not belong together; cert is NULL then.
 */
enum status renewal_look(struct renewal_state *r);

/* Makes cert, of -l, that of r, and finds out how long it is valid. */
enum status renewal_set_cert(struct renewal_state *r, X509 *cert);

/* Reads the private key called name, of -k or KEY.new; in_token may be NULL. */
enum status renewal_read_key(EVP_PKEY **out, bool *in_token,
    const struct renewal_state *r, const char *name);
/* Whether it cannot be read without asking for a secret: see closed.h. */
bool renewal_key_is_closed(const struct renewal_state *r, const char *name);

#endif
