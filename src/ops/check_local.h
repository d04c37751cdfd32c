/* check_local.h: the part of check that looks at files, keys and certificates, without the server. */
#ifndef OPS_CHECK_LOCAL_H
#define OPS_CHECK_LOCAL_H

#include "ops/finding.h"

/* Adds what it finds; a problem ends only what depends on it. */
void check_local(struct findings *f);

#endif
