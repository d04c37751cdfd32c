/* check_caps.h: check looks at what the server can do, by GetCACaps. */
#ifndef OPS_CHECK_CAPS_H
#define OPS_CHECK_CAPS_H

#include "http/response.h"
#include "ops/finding.h"

/* After session_ask_caps() that was answered with response. */
void check_caps(struct findings *f, const struct http_response *response);

/* The algorithms of the messages, by session_prepare(). */
void check_caps_algorithms(struct findings *f);

/* What else follows from the capabilities of the session. */
void check_caps_use(struct findings *f);

#endif
