/* renew_left.h: what a run leaves for the next one, which takes nothing of others. */
#ifndef OPS_RENEW_LEFT_H
#define OPS_RENEW_LEFT_H

#include <sys/stat.h>

#include "ops/renewal.h"
#include "util/status.h"

/*
 * All files of renewal.h that are there, before anything is read or sent.  ST_FILE
 * after reporting one that another user may have put there, or have written:
 * the key and the certificate of another user in a directory such as /tmp, and
 * NAME.new, CERT.req and CERT.hook that belong neither to this user nor root, nor
 * to whom renew_left_give_files() gives them.  NAME.old and CERT.lock only where all
 * may write the directory: nothing is read from them.
 */
enum status renew_left_check(const struct renewal_state *r);

/* What one of CERT.req and CERT.hook is that is open, or was looked at just now. */
enum status renew_left_check_mark(
    const struct renewal_state *r, const char *path, const struct stat *sb);
/* CERT.req by its name. */
enum status renew_left_check_request(const struct renewal_state *r);
/* CERT.lock, which is locked. */
enum status renew_left_check_lock(const struct renewal_state *r, int fd);

/*
 * For root: gives the lock, and what a run leaves for the next one, to the owner
 * of the certificate or of the key, or to --owner, so that the next run may be
 * that user's.  KEY.new goes to nobody but the owner of the key.
 */
void renew_left_give_lock(
    const struct renewal_state *r, const struct lock *lock);
void renew_left_give_files(const struct renewal_state *r);

#endif
