/* renew_guard.h: the private keys that renew does not overwrite. */
#ifndef OPS_RENEW_GUARD_H
#define OPS_RENEW_GUARD_H

#include "keys/pass.h"
#include "util/status.h"

/* The key that a bundle may have; borrows all. */
struct renew_guard {
	const char *path; /* KEY; NULL: it is in no file */
	struct pass *pass;
};

/*
 * Guards of struct swap_file.  ST_FILE after reporting that the file at path
 * holds a private key, or cannot be read.  A bundle may have the one of KEY,
 * KEY.new or KEY.old of a struct renew_guard, in PEM.
 */
enum status renew_guard_keyless(const char *path, const void *unused);
enum status renew_guard_bundle(const char *path, const void *guard);

#endif
