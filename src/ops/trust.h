/* trust.h: the pins, and the next CA certificates that a pinned CA signed. */
#ifndef OPS_TRUST_H
#define OPS_TRUST_H

#include <sys/stat.h>

#include <openssl/x509.h>

#include "options/options.h"
#include "pki/cabundle.h"
#include "pki/pin.h"
#include "util/buf.h"
#include "util/status.h"

/*
 * --ca-fingerprint and --tolerate ra.  If there is a pin, those certificates of
 * CA.next that are valid by now, or were, or all with --tolerate clock, are as
 * good as pinned.  pins are to be freed in any case.  After reporting: as pins_read().
 */
enum status trust_read_pins(struct pins *pins, const struct options *options);

/* CA.next, with CA of -c.  ST_ERROR when out of memory, after reporting. */
enum status trust_name_next(struct buf *name, const struct options *options);

/*
 * The certificates of CA.next, which renew has written: none if there is no
 * such file, or it cannot be read.  NULL when out of memory.
 */
STACK_OF(X509) *trust_read_next(const struct options *options);

/*
 * Warns of -c and -e, unless a pin vouches for all of them: if it is a guess to
 * which certificate is encrypted, and of what another user may have put there.
 */
void trust_warn(const struct cabundle *bundle, const struct options *options);

/* Warns if another user may have put the CA certificates at path there. */
void trust_warn_planted(const char *path);

/*
 * ST_FILE after reporting that the file at path, whose status is sb and which
 * says which CA is trusted, is not of this user or root, or may be written by all.
 * what it holds is "holds the CA certificates of the next CA".
 */
enum status trust_check_writers(
    const char *path, const struct stat *sb, const char *what);

#endif
