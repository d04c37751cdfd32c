/* stream.h: BIOs that read octets, and write to a spool. */
#ifndef SCEP_STREAM_H
#define SCEP_STREAM_H

#include <stdbool.h>

#include <openssl/bio.h>

#include "pki/octets.h"
#include "util/spool.h"
#include "util/status.h"

/* It must stay where it is while it is open. */
struct stream {
	BIO *in;  /* reads run */
	BIO *out; /* writes to spool */

	/* What stream_open() was given, and how the BIOs fared. */
	struct der run;
	struct spool *spool;
	bool failed;    /* to read */
	enum status st; /* of what was written, which is reported */
	BIO_METHOD *method;
};

/* ST_ERROR after reporting when out of memory; nothing is to be closed then. */
enum status stream_open(
    struct stream *stream, struct der run, struct spool *spool);

/*
 * Writes what is left, and frees the BIOs.  Whatever their users say: not ST_OK,
 * after reporting, if not all was read that they tried to, or not all written.
 */
enum status stream_close(struct stream *stream);

#endif
