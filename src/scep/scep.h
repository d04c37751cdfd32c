/* scep.h: the numbers of RFC 8894, their names, and what they mean. */
#ifndef SCEP_SCEP_H
#define SCEP_SCEP_H

#include <stdbool.h>

#include "util/status.h"

/* senderNonce and recipientNonce, in bytes (RFC 8894, 3.2.1.5). */
#define SCEP_NONCE_LEN 16

/* RFC 8894, 3.2.1.2 */
enum message_type {
	MESSAGE_CERTREP = 3,
	MESSAGE_RENEWALREQ = 17,
	MESSAGE_PKCSREQ = 19,
	MESSAGE_CERTPOLL = 20,
	MESSAGE_GETCERT = 21,
	MESSAGE_GETCRL = 22
};

/* RFC 8894, 3.2.1.3 */
enum pki_status { PKI_SUCCESS = 0, PKI_FAILURE = 2, PKI_PENDING = 3 };

/* The checks that the user may waive. */
enum tolerate {
	TOLERATE_NONCE = 1,
	TOLERATE_TRANSACTION_ID = 2,
	TOLERATE_ISSUER = 4,
	TOLERATE_CLOCK = 8,
	TOLERATE_RA = 16,
	TOLERATE_SIGNER = 32
};

/* What the signature of a reply may be made with. */
struct digest_policy {
	bool md5; /* MD5 was asked for, and is taken */
	const char
	    *announced; /* the best of GetCACaps, to warn of less; NULL */
};

/* RFC 8894, 3.2.1.4 */
struct fail_info {
	int number;         /* -1: absent, or one that is not defined */
	const char *name;   /* "badRequest" */
	const char *reason; /* the text that wrappers read */
	const char *hint;   /* what to look at first */
	enum status status; /* the exit code that goes with it */
};

/* The entry of that number; the one of -1 when there is none. */
const struct fail_info *scep_fail_info(int number);

/* "PKCSReq", "CertPoll" ... */
const char *scep_message_name(enum message_type type);

/* "SUCCESS", "FAILURE" or "PENDING". */
const char *scep_pki_status_name(enum pki_status status);

#endif
