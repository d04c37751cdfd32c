/* check_next.h: check looks at the certificates of the next CA, for --next. */
#ifndef OPS_CHECK_NEXT_H
#define OPS_CHECK_NEXT_H

#include "ops/check_http.h"
#include "ops/finding.h"
#include "pki/cabundle.h"

/* Sends GetNextCACert, and verifies the answer with the certificates of trusted. */
void check_next(struct findings *f, struct check_http *h,
    const struct cabundle *trusted, const char *source);

#endif
