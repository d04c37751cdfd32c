/* warning.h: the ids of warnings. */
#ifndef UTIL_WARNING_H
#define UTIL_WARNING_H

enum warning_class {
	WARNING_USUAL,
	WARNING_ALWAYS,     /* cannot be silenced */
	WARNING_INFORMATION /* printed with -v only */
};

/*
 * The only list: constant, id, class, and the meaning, for the manual.  The
 * meaning of an id must not change.
 */
/* clang-format off */
#define WARNINGS(X) \
	X(WARN_ABBREVIATED_OPERATION, "abbreviated-operation", WARNING_USUAL, \
	    "The name of the operation is abbreviated") \
	X(WARN_ACCESS_CHANGED, "access-changed", WARNING_USUAL, \
	    "An access control list or label of a file could not be kept") \
	X(WARN_CA_FILE_SHADOWS_SET, "ca-file-shadows-set", WARNING_USUAL, \
	    "FILE is read before the received FILE-0, FILE-1 and so on") \
	X(WARN_CA_NOT_RENEWED, "ca-not-renewed", WARNING_USUAL, \
	    "CA certificates could not be requested or written again") \
	X(WARN_CA_NOT_VALID_NOW, "ca-not-valid-now", WARNING_USUAL, \
	    "A received CA certificate is not valid now") \
	X(WARN_CHAIN, "chain", WARNING_INFORMATION, \
	    "The received CA certificates form a chain up to a root") \
	X(WARN_CLOCK, "clock", WARNING_USUAL, \
	    "The certificate to renew is not valid yet, by this clock") \
	X(WARN_CONFIG_SYNTAX, "config-syntax", WARNING_USUAL, \
	    "A part of a line of the configuration file is ignored") \
	X(WARN_CRL_EXPIRED, "crl-expired", WARNING_USUAL, \
	    "The nextUpdate of the CRL has passed") \
	X(WARN_CRL_NOT_YET_VALID, "crl-not-yet-valid", WARNING_USUAL, \
	    "The thisUpdate of the CRL is in the future") \
	X(WARN_CRL_OLDER, "crl-older", WARNING_USUAL, \
	    "The CRL is older than the one in the file that it replaces") \
	X(WARN_EXTRA_ARGUMENT, "extra-argument", WARNING_USUAL, \
	    "An argument that is not an option is ignored") \
	X(WARN_GIVEN_TWICE, "given-twice", WARNING_USUAL, \
	    "A key is given twice in the configuration file") \
	X(WARN_HOOK_FAILED, "hook-failed", WARNING_USUAL, \
	    "The hook failed, and is run again by the next run") \
	X(WARN_ISSUED_NOT_VALID_NOW, "issued-not-valid-now", WARNING_USUAL, \
	    "The issued certificate is not valid yet") \
	X(WARN_KEY_ACCESS, "key-access", WARNING_USUAL, \
	    "The key of -k is there, and others than its owner may know it") \
	X(WARN_KEY_NOT_ENCRYPTED, "key-not-encrypted", WARNING_USUAL, \
	    "The key of -k is there and not encrypted, as --key-passout says") \
	X(WARN_KEY_NOT_USED, "key-not-used", WARNING_USUAL, \
	    "The key of -k is not that of the request, and is not used") \
	X(WARN_LONG_GET, "long-get", WARNING_USUAL, \
	    "A message is sent in a GET request that may be too long") \
	X(WARN_NO_CA_CERTIFICATE, "no-ca-certificate", WARNING_USUAL, \
	    "There is no CA certificate to verify with") \
	X(WARN_NO_CHAIN, "no-chain", WARNING_USUAL, \
	    "The received CA certificates do not form a chain") \
	X(WARN_NO_CONTENT_TYPE, "no-content-type", WARNING_USUAL, \
	    "The reply has no contentType attribute") \
	X(WARN_NO_EFFECT, "no-effect", WARNING_USUAL, \
	    "An option or key has no effect with this operation") \
	X(WARN_NO_FAIL_INFO, "no-fail-info", WARNING_USUAL, \
	    "The server answered FAILURE without failInfo") \
	X(WARN_NO_PASSWORD, "no-password", WARNING_USUAL, \
	    "The request has no challengePassword") \
	X(WARN_NOT_PINNED, "not-pinned", WARNING_ALWAYS, \
	    "A certificate is not used, because of --ca-fingerprint") \
	X(WARN_NOT_WRITTEN, "not-written", WARNING_USUAL, \
	    "A requested file is not written") \
	X(WARN_OBSOLETE_CIPHER, "obsolete-cipher", WARNING_USUAL, \
	    "The reply is encrypted with a broken cipher") \
	X(WARN_OTHERS_FILE, "others-file", WARNING_USUAL, \
	    "A key or certificate that is used may be from another user") \
	X(WARN_OWNER_CHANGED, "owner-changed", WARNING_USUAL, \
	    "The owner or group of a replaced file could not be kept") \
	X(WARN_POLL_FAILED, "poll-failed", WARNING_USUAL, \
	    "A poll got no answer from the CA") \
	X(WARN_RECIPIENT_UNSURE, "recipient-unsure", WARNING_USUAL, \
	    "Two certificates of -c have nothing in common, and one is chosen") \
	X(WARN_RENEWAL_REPEATED, "renewal-repeated", WARNING_USUAL, \
	    "A PKCSReq is sent, as the server refused the RenewalReq") \
	X(WARN_RENEWAL_SUBJECT, "renewal-subject", WARNING_USUAL, \
	    "The request of a renewal names another subject") \
	X(WARN_SAN_CHANGED, "san-changed", WARNING_USUAL, \
	    "The CA changed the subjectAltName of the request") \
	X(WARN_SET_ASIDE, "set-aside", WARNING_INFORMATION, \
	    "A file of an earlier run was renamed to NAME.old") \
	X(WARN_SIGNER_EXPIRED, "signer-expired", WARNING_USUAL, \
	    "The certificate of a signer has expired") \
	X(WARN_SIGNER_NOT_YET_VALID, "signer-not-yet-valid", WARNING_USUAL, \
	    "The certificate of a signer is not valid yet") \
	X(WARN_SUBJECT_CHANGED, "subject-changed", WARNING_USUAL, \
	    "The CA changed the subject of the request") \
	X(WARN_TLS_INSECURE, "tls-insecure", WARNING_ALWAYS, \
	    "The TLS server is not verified") \
	X(WARN_TOLERATED_CLOCK, "tolerated-clock", WARNING_ALWAYS, \
	    "A certificate is expired or not yet valid (--tolerate clock)") \
	X(WARN_TOLERATED_ISSUER, "tolerated-issuer", WARNING_ALWAYS, \
	    "A certificate or CRL is not verified (--tolerate issuer)") \
	X(WARN_TOLERATED_NONCE, "tolerated-nonce", WARNING_ALWAYS, \
	    "The recipientNonce is missing or wrong (--tolerate nonce)") \
	X(WARN_TOLERATED_RA, "tolerated-ra", WARNING_ALWAYS, \
	    "An RA certificate is not marked as one (--tolerate ra)") \
	X(WARN_TOLERATED_SIGNER, "tolerated-signer", WARNING_ALWAYS, \
	    "An RA signed the next CA certificates (--tolerate signer)") \
	X(WARN_TOLERATED_TRANSACTION_ID, "tolerated-transaction-id", WARNING_ALWAYS, \
	    "The transactionID is wrong (--tolerate transaction-id)") \
	X(WARN_UNKNOWN_FAIL_INFO, "unknown-fail-info", WARNING_USUAL, \
	    "The failInfo has a value that RFC 8894 does not define") \
	X(WARN_UNKNOWN_KEY, "unknown-key", WARNING_USUAL, \
	    "A key of the configuration file is unknown") \
	X(WARN_UNKNOWN_SECTION, "unknown-section", WARNING_USUAL, \
	    "A section of the configuration file is unknown") \
	X(WARN_UNKNOWN_WARNING, "unknown-warning", WARNING_USUAL, \
	    "An id of --no-warn is unknown, or cannot be silenced") \
	X(WARN_WEAK_ALGORITHM, "weak-algorithm", WARNING_USUAL, \
	    "The CA announces nothing better than 3DES or SHA-1") \
	X(WARN_WEAK_KEY, "weak-key", WARNING_USUAL, \
	    "The key of the request is weak, or on an unusual curve") \
	X(WARN_WEAK_SIGNATURE, "weak-signature", WARNING_USUAL, \
	    "The reply is signed with SHA-1, though the CA announced better")
/* clang-format on */

#define WARNING_CONSTANT(constant, id, class, meaning) constant,
enum warning { WARNINGS(WARNING_CONSTANT) WARNING_COUNT };
#undef WARNING_CONSTANT

enum warning_class warning_class(enum warning warning);
const char *warning_id(enum warning warning);
const char *warning_meaning(enum warning warning);

#endif
