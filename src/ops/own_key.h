/* own_key.h: the private key of -k, which is read, or made. */
#ifndef OPS_OWN_KEY_H
#define OPS_OWN_KEY_H

#include <stdbool.h>
#include <sys/types.h>

#include <openssl/evp.h>

#include "session.h"
#include "util/status.h"

/*
 * Reads the key.  What opens it is the pass phrase of --passin, or without that
 * the one of --key-passout, with which an earlier run has encrypted it.  ST_FILE
 * after reporting; the caller owns *out.
 */
enum status own_key_read(EVP_PKEY **out, const struct session *session);

/*
 * Whether the key is there.  One in a token, or in the engine, is taken to be,
 * and it is an error that --new-key is to make it.  ST_FILE or ST_ERROR after
 * reporting.
 */
enum status own_key_find(bool *exists, const struct session *session);

/*
 * Reads a key that is there, and whose type must be that of --new-key, or else
 * makes it.  One that another process makes meanwhile is read.  Where the session
 * only looks, it is not written.  After reporting:
 * ST_FILE, or ST_ERROR for what cannot be made.  The caller owns *out.
 */
enum status own_key_read_or_make(
    EVP_PKEY **out, const struct session *session, bool exists);

/* Who, but for its owner and root, may know the key of a file. */
enum key_access {
	KEY_ACCESS_OWNER,   /* nobody */
	KEY_ACCESS_SHARED,  /* others, as its mode has bits beyond wanted */
	KEY_ACCESS_FOREIGN, /* another user, whose file it is */
	KEY_ACCESS_PLANTED /* the same, in a directory where anybody makes files */
};

/* mode is set to that of the file, or to -1: the key is in none. */
enum key_access own_key_find_access(int *mode, const char *name, mode_t wanted);

/*
 * ST_FILE after reporting that the file of another user is there in a directory
 * where anybody makes files, as in /tmp, and may have been put there by that user
 * before the first run.  what is it in the message.
 */
enum status own_key_check_planted(const char *what, const char *name);

/* The same as a warning, unless the session only looks; name may be in a token. */
void own_key_warn_planted(
    const struct session *session, const char *what, const char *name);
/* The same of any file, whether the session looks or not. */
void own_key_warn_planted_file(const char *what, const char *name);

#endif
