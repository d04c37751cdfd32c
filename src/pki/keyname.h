/* keyname.h: the names of keys, taken apart; for this room only. */
#ifndef PKI_KEYNAME_H
#define PKI_KEYNAME_H

#include <stdbool.h>

#include "pki/pass.h"
#include "util/buf.h"

/* Whether name begins with a scheme. */
bool keyname_is_uri(const char *name);

/* The path that a file URI names; any other name as it is. */
const char *keyname_path(const char *name);

/*
 * Whether both are pkcs11 URIs whose tokens are not of one name, and the
 * second does not say by itself where its PIN is (pin-source=).
 */
bool keyname_needs_other_pin(const char *before, const char *name);

/*
 * Adds name without the PIN of a pkcs11 URI, which goes into pin, so that no
 * module gets to print it.  False for a PIN that cannot be decoded, and for
 * two of them.
 */
bool keyname_split(struct buf *uri, struct pass *pin, const char *name);

#endif
