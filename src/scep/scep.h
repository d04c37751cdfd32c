/* scep.h: numbers and names that RFC 8894 defines. */
#ifndef SCEP_SCEP_H
#define SCEP_SCEP_H

#include <stdbool.h>

#include "util/status.h"

/* senderNonce and recipientNonce, in bytes (RFC 8894, 3.2.1.5). */
#define SCEP_NONCE_LEN 16

/* RFC 8894, 3.2.1.2, table 3 */
enum message_type {
	MESSAGE_CERTREP = 3,
	MESSAGE_RENEWALREQ = 17,
	MESSAGE_PKCSREQ = 19,
	MESSAGE_CERTPOLL = 20,
	MESSAGE_GETCERT = 21,
	MESSAGE_GETCRL = 22
};

/* RFC 8894, 3.2.1.3, table 4 */
enum pki_status { PKI_SUCCESS = 0, PKI_FAILURE = 2, PKI_PENDING = 3 };

/* The checks that --tolerate skips. */
enum tolerate {
	TOLERATE_NONCE = 1,
	TOLERATE_TRANSACTION_ID = 2,
	TOLERATE_ISSUER = 4,
	TOLERATE_CLOCK = 8,
	TOLERATE_RA = 16,
	TOLERATE_SIGNER = 32
};

/* The digests that a reply may be signed with. */
struct digest_policy {
	bool md5; /* accept MD5 */

	/* The best digest of GetCACaps, to warn of a weaker one; or NULL. */
	const char *announced;
};

/* RFC 8894, 3.2.1.4, table 5 */
struct fail_info {
	int number;         /* -1: absent, or one that is not defined */
	const char *name;   /* "badRequest" */
	const char *reason; /* the text that wrappers read */
	enum status status; /* the exit code that goes with it */
};

/* The entry of a number of table 5; for any other number that of -1. */
const struct fail_info *scep_fail_info(int number);

/* "PKCSReq", "CertPoll" ... */
const char *scep_message_name(enum message_type type);

/* "SUCCESS", "FAILURE" or "PENDING". */
const char *scep_pki_status_name(enum pki_status status);

#endif
