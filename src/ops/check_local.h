/* check_local.h: the part of check that looks at files, keys and certificates, without the server. */
#ifndef OPS_CHECK_LOCAL_H
#define OPS_CHECK_LOCAL_H

#include <stdbool.h>

#include "ops/finding.h"

/*
 * Adds what it finds; a problem ends only what depends on it.  The options of the
 * session are those of enroll or renew, as operation says; complete: none is
 * missing.
 */
void check_local(struct findings *f, bool complete);

#endif
