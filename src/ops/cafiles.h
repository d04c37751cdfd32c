/* cafiles.h: the CA certificates that getca and getnextca write. */
#ifndef OPS_CAFILES_H
#define OPS_CAFILES_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "pki/barecert.h"
#include "pki/pin.h"
#include "session.h"
#include "util/output.h"
#include "util/status.h"

/*
 * Chooses the digest of the fingerprints that are printed: that of -F, else of
 * the first pin, else the best that the CA announces (it is asked then), else
 * MD5; SHA-256 instead of MD5 where libcrypto has none.  pins may be NULL.
 */
enum status cafiles_choose_digest(
    struct session *session, const struct pins *pins, const EVP_MD **md);

/* The files of -c, before the answer tells which it will be. */
struct cafiles {
	const char *current;   /* of getnextca: what -C names; else NULL */
	struct output file;    /* FILE, for a bare certificate, or a stream */
	struct buf problem;    /* why FILE cannot be written, if it cannot */
	struct output first;   /* FILE-0, for a set */
	struct buf first_name; /* of first */
};

/*
 * Opens them before anything is sent.  current, which is borrowed, is NULL for
 * getca; with it the answer is a set in any case.  Unless FILE is a stream it is
 * not opened for a set: it may be a directory then, or a file that cannot be
 * read or written.  ST_FILE after reporting if getca's FILE holds a private key
 * or if neither can be written or, for getnextca, FILE-0 cannot.  files, all
 * zero before, is to be closed in any case.
 */
enum status cafiles_open(
    struct cafiles *files, const char *name, const char *current);
void cafiles_close(struct cafiles *files);

/*
 * Writes the certificate to FILE, says what it is, and moves FILE-0 and those
 * that follow to NAME.old.  ST_FILE after reporting.  What --json tells of it
 * needs barecert_from_cert().
 */
enum status cafiles_write_bare(struct session *session, struct cafiles *files,
    const struct barecert *bare, const EVP_MD *md);

/*
 * Writes certs to FILE-0, FILE-1, ... in order, or all to FILE if that is a
 * stream, and says what they are.  The set is replaced whole or not at all, and
 * what an earlier answer left beyond it is moved to NAME.old.  FILE stays as it
 * is, with a warning if it holds a certificate that is not in certs, unless it
 * is the file of current.  ST_FILE after reporting.
 */
enum status cafiles_write_set(struct session *session, struct cafiles *files,
    STACK_OF(X509) *certs, const EVP_MD *md);

#endif
