/* check_parts.h: the parts of check_local(), and what they share. */
#ifndef OPS_CHECK_PARTS_H
#define OPS_CHECK_PARTS_H

#include <stdbool.h>

#include "keys/key_name.h"
#include "ops/finding.h"
#include "ops/inputs.h"
#include "ops/renew_derive.h"
#include "ops/renew_plan.h"
#include "ops/renewal.h"
#include "util/log.h"

struct check_files;

/* Borrows f, session and files; owns in and r.  All else is zero at first. */
struct check {
	struct findings *f;
	struct session *session;
	struct check_files *files;
	bool complete; /* no option is missing that the operation requires */

	const struct options *given; /* by the user; borrowed */
	struct options own;          /* the same, without what cannot be used */
	struct inputs in;
	struct renewal_state r;
	struct renew_plan plan; /* of r; all zero: there is none */
	struct derived derived; /* of r, for the request that it would send */
	bool renews;            /* r is open */
	bool finishes; /* renew finishes what it had begun; r has that pair */
	bool stuck;    /* the key or certificate of renew is unusable */
	bool bundle_is_good;
	bool old_is_bad; /* -O, or its key, cannot sign */
	bool signer_is_good;
	bool key_is_new;     /* that of -k would be made */
	bool key_is_lacking; /* there is none, and that has been told */
};

/* -k, and -K: read, unless they cannot be without asking for a secret. */
void check_key_own(struct check *c);
void check_key_sign(struct check *c);

/*
 * Whether a key cannot be read without a secret that is not given.  Then that is
 * said, with the option that gives it; effect is the end of the text.
 */
bool check_warn_of_closed(
    struct findings *f, const struct key_place *place, const char *effect);

/*
 * -r, or the request that would be made; whom it is encrypted to; who signs it; its
 * transactionID.
 */
void check_request(struct check *c);
void check_request_recipient(struct check *c);
void check_request_signer(struct check *c);
void check_request_transaction(struct check *c);

/* -O and -l of enroll, -l of renew. */
void check_own(struct check *c);

/* -c and -e. */
void check_bundle(struct check *c);

/*
 * The files of renew; what it would do now; then the options are those of what it
 * would send once it is due.
 */
void check_renewal_open(struct check *c);
void check_renewal_plan(struct check *c);
void check_renewal_derive(struct check *c);

/*
 * Whether the message can be made and signed, as far as its algorithms are known;
 * last, when the server has been asked for them.
 */
void check_message(struct check *c);

/* What would be written. */
void check_output(struct check *c);

/*
 * The failure that was captured, if st says that there is one, as a problem with
 * advice.  Returns st.
 */
enum status check_report(struct check *c, enum status st,
    struct log_capture *capture, const char *advice);

/* What to do about a file that cannot be read; NULL: the message has it. */
const char *check_advice_on_file(const char *path);

#endif
