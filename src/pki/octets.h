/* octets.h: octets of DER or BER, in memory or in the file of a spool. */
#ifndef PKI_OCTETS_H
#define PKI_OCTETS_H

#include <stddef.h>

#include "util/buf.h"
#include "util/spool.h"

/* Octets in which one element follows another.  Borrows them. */
struct der {
	const unsigned char *p; /* NULL: in the file */
	long left;
	struct spool *spool;
	size_t at; /* in the file, of the next octet */
};

/*
 * All of them, LONG_MAX at most.  Nothing may be added to the spool afterwards,
 * and if it is in a file the spool must stay where it is.
 */
struct der octets_in_memory(const void *bytes, size_t len);
struct der octets_in_spool(struct spool *spool);

/*
 * Moves what copy has, of which run is all, to spool, and frees what that had;
 * run follows.  Does nothing if copy is empty.
 */
void octets_replace(struct der *run, struct spool *spool, struct spool *copy);

/*
 * The next octets, need of them if there are as many, and their number in *len.
 * Those of a file are valid until the next call for it.  NULL at the end and,
 * with errno, if the file cannot be read.
 */
const unsigned char *octets_peek(
    const struct der *run, size_t need, size_t *len);

/* Takes len octets off run. */
void octets_skip(struct der *run, long len);

/*
 * Takes octets off run, some of a file or all that are in memory.  NULL as in
 * octets_peek(): run->left is 0 at the end only.
 */
const unsigned char *octets_take(struct der *run, size_t *len);

/* Adds all of run to out.  False when out of memory, or as octets_peek(). */
bool octets_add(struct buf *out, struct der run);

/* run if it is in memory, else a copy in room; p is NULL if that fails. */
struct der octets_load(struct der run, struct buf *room);

#endif
