/* session.h: one conversation with one SCEP server. */
#ifndef SESSION_H
#define SESSION_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "http/http.h"
#include "keys/pass.h"
#include "options/options.h"
#include "scep/message.h"
#include "util/report.h"
#include "util/status.h"

/* Borrows options and report, owns the rest. */
struct session {
	const struct options *options;
	struct report *report; /* what --json prints */
	struct url url;
	struct http *http;
	struct pass pass, sign_pass, tls_pass; /* of -k, -K, --tls-key */
	unsigned int caps;        /* enum cap; after session_query_caps() */
	const EVP_MD *digest;     /* after session_prepare() */
	const EVP_CIPHER *cipher; /* likewise */
};

/*
 * Parses the URL, reads the pass phrases, loads providers and engine; sends
 * nothing yet.  The caller closes session, whatever is returned.
 */
enum status session_open(struct session *session, const struct options *options,
    struct report *report);
void session_close(struct session *session);

/*
 * GetCACaps (RFC 8894, 3.5).  A server that answers badly, or closes the
 * connection instead, has no capabilities; a server that is not reached, or
 * that answers with a page, is an error: ST_NETWORK after reporting.  With
 * strict a bad answer is one, too; without it nothing is asked when
 * --capabilities says what the server can do.
 */
enum status session_query_caps(struct session *session, bool strict);

/*
 * GetCACaps, unless nothing depends on it, and then the digest and cipher of
 * our messages: as asked with -S and -E, else the best of the capabilities,
 * else SHA-1 and 3DES, or MD5 and DES with --legacy.  SHA-1 and 3DES that
 * nobody asked for are noted: GetCACaps is not authenticated.
 */
enum status session_prepare(struct session *session);

/* What replies may be signed with, by the options and the capabilities. */
struct digest_policy session_digest_policy(const struct session *session);

/*
 * GETs operation ("GetCACert") with the CA identifier, if there is one, as
 * message.  ST_OK is a 2xx whose body looks like what a SCEP server sends;
 * types are the content types it should have, up to a NULL.  response
 * is the caller's.
 */
enum status session_get(struct session *session, const char *operation,
    const char *const *types, struct http_response *response);

/*
 * A PKIOperation: encodes the request, POSTs it, or GETs it where the server
 * has no POST, and reads the reply (RFC 8894, 4.1).
 */
enum status session_exchange(struct session *session,
    struct scep_request *request, struct scep_reply *reply);

#endif
