/* check_caps.h: check looks at what the server can do, by GetCACaps. */
#ifndef OPS_CHECK_CAPS_H
#define OPS_CHECK_CAPS_H

#include "http/response.h"
#include "ops/finding.h"

/* After session_ask_caps() that was answered with response. */
void check_caps(struct findings *f, const struct http_response *response);

/*
 * What follows from the capabilities of the session: the algorithms, and how
 * messages are sent.
 */
void check_caps_use(struct findings *f);

#endif
