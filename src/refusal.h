/* refusal.h: responses that are no answers, and what to do about them. */
#ifndef REFUSAL_H
#define REFUSAL_H

#include <stdbool.h>

#include "http/http.h"
#include "util/status.h"

/* What was sent, and the HTTP status of the response, 400 to 599. */
struct refusal {
	int status;
	bool pki_message;   /* a PKIOperation; else a GetCACert or the like */
	bool ca_identifier; /* -i was given */
	bool post;          /* a PKIOperation by POST */
	bool old_algs;      /* it is in 3des and sha1 */
};

/* Advice for the user, in static text. */
const char *refusal_advise(const struct refusal *refusal);

/*
 * As http_check_status(), with the advice if the server responded, or with the
 * remark that a pkiMessage came with the error.
 */
enum status refusal_check_status(const struct http *http,
    const struct http_response *response, const struct refusal *refusal);

/*
 * Whether an HTTP status only says that the server, or a proxy, is busy or out
 * of order for a while: nothing about the message that was sent.
 */
bool refusal_is_temporary(int status);

/*
 * The HTTP status of an error that the server answered; 0 if it answered
 * otherwise, or if the body may be a pkiMessage after all, whatever its type.
 */
int refusal_find_error(const struct http_response *response);

/*
 * ST_REPLY after reporting if the body is empty, or neither DER nor PEM by its
 * first bytes; it is quoted then.  Any other is accepted whatever its content
 * type, and the caller parses it.  types are the expected ones, up to a NULL.
 */
enum status refusal_check_body(
    const struct http_response *response, const char *const *types);

#endif
