/* check_server.h: the part of check that looks at the server: from its name to its certificates. */
#ifndef OPS_CHECK_SERVER_H
#define OPS_CHECK_SERVER_H

#include "ops/check_local.h"
#include "ops/finding.h"

/*
 * Adds what it finds; a problem ends only what depends on it.  What the server
 * sends is compared with files.
 */
void check_server(struct findings *f, const struct check_files *files);

/* What can be said without it: the algorithms, if they are known, and polling. */
void check_server_unasked(struct findings *f, const struct check_files *files);

#endif
