/* getnextca.h: requests the next CA certificates (RFC 8894, 4.7). */
#ifndef OPS_GETNEXTCA_H
#define OPS_GETNEXTCA_H

#include "http/http.h"
#include "session.h"
#include "util/status.h"

/*
 * As session_get(), but ST_NO_NEXT_CA after reporting when the answer says that
 * there are none.
 */
enum status getnextca_fetch(
    struct session *session, struct http_response *response);

#endif
