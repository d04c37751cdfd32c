/* warning.h: the ids of warnings. */
#ifndef UTIL_WARNING_H
#define UTIL_WARNING_H

/*
 * The only list: constant, id, and the meaning, for the manual.  The meaning of
 * an id must not change.
 */
/* clang-format off */
#define WARNINGS(X) \
	X(WARN_ACCESS_CHANGED, "access-changed", \
	    "An access control list or label of a file could not be kept") \
	X(WARN_CA_NOT_VALID_NOW, "ca-not-valid-now", \
	    "A received CA certificate is not valid now") \
	X(WARN_CHAIN, "chain", \
	    "The received CA certificates form a chain up to a root") \
	X(WARN_CRL_EXPIRED, "crl-expired", \
	    "The nextUpdate of the CRL has passed") \
	X(WARN_CRL_NOT_YET_VALID, "crl-not-yet-valid", \
	    "The thisUpdate of the CRL is in the future") \
	X(WARN_GIVEN_TWICE, "given-twice", \
	    "A key is given twice in the configuration file") \
	X(WARN_ISSUED_NOT_VALID_NOW, "issued-not-valid-now", \
	    "The issued certificate is not valid yet") \
	X(WARN_LONG_GET, "long-get", \
	    "A message is sent in a GET request that may be too long") \
	X(WARN_NO_CA_CERTIFICATE, "no-ca-certificate", \
	    "There is no CA certificate to verify with") \
	X(WARN_NO_CHAIN, "no-chain", \
	    "The received CA certificates do not form a chain") \
	X(WARN_NO_EFFECT, "no-effect", \
	    "An option or key has no effect with this operation") \
	X(WARN_NO_FAIL_INFO, "no-fail-info", \
	    "The server answered FAILURE without failInfo") \
	X(WARN_NO_PASSWORD, "no-password", \
	    "The request has no challengePassword") \
	X(WARN_NOT_PINNED, "not-pinned", \
	    "A certificate is not used, because of --ca-fingerprint") \
	X(WARN_NOT_WRITTEN, "not-written", \
	    "A requested file is not written") \
	X(WARN_OBSOLETE_CIPHER, "obsolete-cipher", \
	    "The reply is encrypted with a broken cipher") \
	X(WARN_OWNER_CHANGED, "owner-changed", \
	    "The owner or group of a replaced file could not be kept") \
	X(WARN_POLL_FAILED, "poll-failed", \
	    "A poll got no answer from the CA") \
	X(WARN_SET_ASIDE, "set-aside", \
	    "A file of an earlier run was renamed to NAME.old") \
	X(WARN_SIGNER_EXPIRED, "signer-expired", \
	    "The certificate of a signer has expired") \
	X(WARN_SIGNER_NOT_YET_VALID, "signer-not-yet-valid", \
	    "The certificate of a signer is not valid yet") \
	X(WARN_SUBJECT_CHANGED, "subject-changed", \
	    "The CA changed the subject of the request") \
	X(WARN_TLS_INSECURE, "tls-insecure", "The TLS server is not verified") \
	X(WARN_TOLERATED_CLOCK, "tolerated-clock", \
	    "A certificate is expired or not yet valid (--tolerate clock)") \
	X(WARN_TOLERATED_ISSUER, "tolerated-issuer", \
	    "A certificate or CRL is not verified (--tolerate issuer)") \
	X(WARN_TOLERATED_NONCE, "tolerated-nonce", \
	    "The recipientNonce is missing or wrong (--tolerate nonce)") \
	X(WARN_TOLERATED_RA, "tolerated-ra", \
	    "An RA certificate is not marked as one (--tolerate ra)") \
	X(WARN_TOLERATED_SIGNER, "tolerated-signer", \
	    "An RA signed the next CA certificates (--tolerate signer)") \
	X(WARN_TOLERATED_TRANSACTION_ID, "tolerated-transaction-id", \
	    "The transactionID is wrong (--tolerate transaction-id)") \
	X(WARN_UNKNOWN_FAIL_INFO, "unknown-fail-info", \
	    "The failInfo has a value that RFC 8894 does not define") \
	X(WARN_UNKNOWN_KEY, "unknown-key", \
	    "A key of the configuration file is unknown") \
	X(WARN_UNKNOWN_SECTION, "unknown-section", \
	    "A section of the configuration file is unknown") \
	X(WARN_WEAK_ALGORITHM, "weak-algorithm", \
	    "The CA announces nothing better than 3DES or SHA-1") \
	X(WARN_WEAK_SIGNATURE, "weak-signature", \
	    "The reply is signed with SHA-1, though the CA announced better")
/* clang-format on */

#define WARNING_CONSTANT(constant, id, meaning) constant,
enum warning { WARNINGS(WARNING_CONSTANT) WARNING_COUNT };
#undef WARNING_CONSTANT

const char *warning_id(enum warning warning);
const char *warning_meaning(enum warning warning);

#endif
