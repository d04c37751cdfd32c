/* check_server.h: the part of check that looks at the server: from its name to its certificates. */
#ifndef OPS_CHECK_SERVER_H
#define OPS_CHECK_SERVER_H

#include "ops/finding.h"

/* Adds what it finds; a problem ends only what depends on it. */
void check_server(struct findings *f);

#endif
