/* status.h: the exit statuses, which functions return as well. */
#ifndef UTIL_STATUS_H
#define UTIL_STATUS_H

/*
 * Every function that can fail returns one, and the process exits with it.
 * Scripts depend on the numbers: they must not change.
 */
enum status {
	ST_OK = 0,
	ST_ERROR = 1,              /* misuse, or an error of no other class */
	ST_FAILURE = 2,            /* FAILURE without a known failInfo */
	ST_PENDING = 3,            /* still PENDING at the limits */
	ST_BAD_ALG = 70,           /* failInfo 0 */
	ST_BAD_MESSAGE_CHECK = 71, /* failInfo 1 */
	ST_BAD_REQUEST = 72,       /* failInfo 2 */
	ST_BAD_TIME = 73,          /* failInfo 3 */
	ST_BAD_CERT_ID = 74,       /* failInfo 4 */
	ST_SAME_CERT = 75,         /* a renewal returned the old certificate */
	ST_NO_NEXT_CA = 76,        /* there is no next CA certificate */
	ST_LOCKED = 77,            /* another run holds the lock */
	ST_HOOK = 78,              /* the hook failed, the rest is done */
	ST_TIMEOUT = 89,           /* a time limit on the network */
	ST_SELFSIGNED = 91,        /* no self-signed certificate */
	ST_FILE = 93,              /* a file or its contents */
	ST_NETWORK = 95,           /* network or HTTP */
	ST_REPLY = 97              /* malformed reply, or a failed check */
};

#endif
