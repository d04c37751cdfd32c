/* checks.h: what several operations say and check alike. */
#ifndef OPS_CHECKS_H
#define OPS_CHECKS_H

#include <openssl/x509.h>

#include "options/options.h"
#include "pki/cabundle.h"
#include "scep/message.h"
#include "session.h"
#include "util/output.h"
#include "util/report.h"
#include "util/status.h"

/*
 * V4: cert verifies against the CA certificates of the bundle, with more as
 * possible intermediates.  ST_REPLY after reporting, unless --tolerate
 * issuer; with no CA certificate at hand there is only a warning.
 */
enum status check_issuer(const struct options *options,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *more);

/* The line "pkistatus: ..." of a reply. */
void say_status(struct report *report, enum pki_status status);

/*
 * V9: prints the reason of a FAILURE on stdout, and failInfo, failInfoText,
 * its hint and advice (may be "") on stderr; returns the exit code of the
 * failInfo.
 */
enum status refused(
    struct report *report, const struct scep_reply *reply, const char *advice);

/*
 * --chain: writes the CA certificates of the reply that stand above cert, the
 * nearest first, and verify against the bundle, when output is open and there
 * are any.
 */
enum status write_chain(const struct session *session, struct output *output,
    const struct cabundle *bundle, X509 *cert, STACK_OF(X509) *certs);

/* --ca-fingerprint and --tolerate ra; pins are to be freed in any case. */
enum status read_pins(struct pins *pins, const struct options *options);

/*
 * The -c set that a signed operation works with: reads it, and checks the
 * pins and what else is wrong with it before anything is sent.  bundle is to
 * be freed in any case.
 */
enum status read_bundle(struct cabundle *bundle, const struct options *options);

/*
 * C9: whether a message can be encrypted for the bundle's recipient, by its
 * key, which --rsa-oaep wants to be RSA, or by password.  ST_FILE after
 * reporting.
 */
enum status check_recipient(const struct options *options,
    const struct cabundle *bundle, const struct buf *password);

/*
 * Whether the key that will sign, which is called name and has public as its
 * other half, can do so as --rsa-pss says, and open the reply: an RSA key in
 * a token may refuse to, others need the password or a server that knows key
 * agreement, which is warned of (C8).  ST_FILE after reporting.
 */
enum status check_signer_key(const struct options *options, EVP_PKEY *key,
    EVP_PKEY *public, const char *name, const struct buf *password);

/*
 * Whether the digest of our messages, chosen by session_prepare(), can be
 * used with a key whose other half is public, and as the options say: MD5
 * has its place in PKCS#1 v1.5 only (RFC 4055, RFC 5754).  ST_ERROR after
 * reporting.
 */
enum status check_digest(const struct session *session, EVP_PKEY *public);

/* -k, -K: whether key is that of cert; ST_FILE after reporting. */
enum status check_pair(
    X509 *cert, const char *cert_path, EVP_PKEY *key, const char *key_path);

#endif
