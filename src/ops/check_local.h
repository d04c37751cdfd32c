/* check_local.h: the part of check that looks at files, keys and certificates, without the server. */
#ifndef OPS_CHECK_LOCAL_H
#define OPS_CHECK_LOCAL_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "ops/finding.h"
#include "pki/cabundle.h"

struct check;

/* What has been read, for the part that asks the server; owns ca, cert and signer. */
struct check_files {
	/* All of -c; those that requests use, NULL if -c cannot be used. */
	struct cabundle ca;
	const struct cabundle *used;
	X509 *cert, *signer; /* of -l, of -O; NULL: there is none */
	struct check *local; /* what the message is made of */
	bool resumes;        /* the first message is a CertPoll */
};

/*
 * Adds what it finds; a problem ends only what depends on it.  The options of the
 * session are those of enroll or renew, as operation says; complete: none is
 * missing.  files, all zero at first, and c, which borrows all, are to be freed.
 */
void check_local(struct check *c, struct findings *f, bool complete,
    struct check_files *files);
void check_local_free(struct check *c);

/* Whether a certificate of bundle is not valid yet. */
bool check_is_early(const struct cabundle *bundle);
/* What to do about CA certificates of which cabundle_check() refuses one. */
const char *check_advice_on_ca(const struct cabundle *bundle);

void check_files_free(struct check_files *files);

#endif
