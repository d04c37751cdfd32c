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

/* Borrows options and report, and owns everything else. */
struct session {
	const struct options *options;
	struct report *report; /* what --json prints */
	struct url url;
	struct http *http;
	char *directory;                       /* for spools; or NULL */
	struct spool_budget budget;            /* of all of a reply */
	struct pass pass, sign_pass, tls_pass; /* of -k, -K, --tls-key */
	struct pass passout;                   /* of -k, when it is made */
	bool making;                           /* enroll makes a request */
	bool looks;            /* check: nothing is made, written or removed */
	struct pass challenge; /* for it */
	bool apart;            /* the request has no challenge */
	unsigned int caps;     /* enum cap; after session_query_caps() */
	bool caps_known;       /* check: session_query_caps() asks nobody */
	bool caps_failed;      /* the server answered badly to GetCACaps */
	const char *fixed_digest; /* the key that signs has it so; NULL: -S */
	const EVP_MD *digest;     /* after session_prepare() */
	const EVP_CIPHER *cipher; /* likewise */
	int http_error;           /* its status without a pkiMessage, else 0 */
	bool long_get_warned;     /* once is enough */
	struct spool unknown; /* a reply with unknown_signer, to decode again */
	bool ca_fetched_again, ca_replaced; /* renew did so with those of -c */
};

/* First of all.  session is to be closed. */
void session_start(struct session *session, const struct options *options,
    struct report *report);
/* Reads the pass phrases, and loads the providers and the engine. */
enum status session_open_keys(struct session *session);
/* Reads --challenge, where session_open_keys() did not, into challenge. */
enum status session_read_challenge(struct session *session);
/* Parses the URL, and prepares the connection.  Nothing is sent yet. */
enum status session_open_server(struct session *session);
void session_close(struct session *session);

/* Whether OPENSSL_cleanup() has to end the process: token_needs_cleanup(). */
bool session_needs_cleanup(void);

/* Sends GetCACaps; as session_get(), but ST_NETWORK if it is no list of them. */
enum status session_ask_caps(
    struct session *session, struct http_response *response);

/*
 * Sets the capabilities: those of --capabilities, or of an answer to GetCACaps.
 * A server that answers badly has none.  ST_NETWORK after reporting when it cannot
 * be reached or answers with a page of HTML.
 */
enum status session_query_caps(struct session *session);
/* Whether it sends GetCACaps, if the options are these. */
bool session_asks_caps(const struct options *options);
/* Whose they are, for messages: "the server announces", "--capabilities has". */
const char *session_name_caps(const struct session *session);

/*
 * Calls session_query_caps() if something depends on the capabilities, and
 * chooses the digest and the cipher of our messages: those of -S and -E, else
 * the best that is announced, else SHA-1 and 3DES, or MD5 and DES with --legacy.
 */
enum status session_prepare(struct session *session);
/* The same without the server: the digest is NULL if only that can tell it. */
enum status session_prepare_alone(struct session *session);
/* A GET with so much base64 (RFC 8894, 4.1) is warned of, or ST_ERROR. */
enum status session_check_get(struct session *session, size_t len);
/* Whether our messages are in 3DES and SHA-1. */
bool session_has_old_algs(const struct session *session);
/* The digests that a reply may be signed with. */
struct digest_policy session_digest_policy(const struct session *session);

/*
 * Sends operation ("GetCACert") by GET; the CA identifier of -i is its message.
 * types are the content types that the answer should have, up to a NULL; one
 * of another type is accepted if it is DER or PEM.  After reporting: ST_REPLY
 * if it is not, or what http_check_status() returns.  response is to be freed
 * in any case.
 */
enum status session_get(struct session *session, const char *operation,
    const char *const *types, struct http_response *response);

/* A PKIOperation, by GET unless the server announces POST (RFC 8894, 4.1). */
enum status session_exchange(struct session *session,
    struct scep_request *request, struct scep_reply *reply);

#endif
