/* recipient.h: what the keys of the CA need of libcrypto, and of a request. */
#ifndef OPS_RECIPIENT_H
#define OPS_RECIPIENT_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "session.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * Whether libcrypto encrypts to the key of the recipient, if that is for it, and
 * verifies replies that one of the bundle signs, of those that may.  ST_FILE after
 * reporting.
 */
enum status recipient_check_keys(const struct cabundle *bundle);

/*
 * Whether a message can be encrypted for the recipient: by its key, which
 * --rsa-oaep requires to be RSA, or by the password (RFC 8894, 3.1).  ST_FILE
 * after reporting.
 */
enum status recipient_check(const struct cabundle *bundle,
    const struct session *session, const struct buf *password);

/* How to give the password, for the end of a line: "with --challenge". */
const char *recipient_where_password(const struct session *session);

/*
 * Whether the password is needed in a message that signer signs: its key only
 * signs, or that of the CA does.  opens: an EC key wants it for the reply, too.
 */
bool recipient_wants_password(
    const struct cabundle *bundle, X509 *signer, bool opens);

#endif
