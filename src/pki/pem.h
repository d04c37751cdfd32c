/* pem.h: DER as PEM text (RFC 7468). */
#ifndef PKI_PEM_H
#define PKI_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include "pki/octets.h"
#include "util/buf.h"

/* Adds len bytes of DER in PEM, between BEGIN and END of label. */
bool pem_add(struct buf *out, const char *label, const void *der, size_t len);

/*
 * The same for any DER: put is called with arg and one part of the text after
 * another.  False with errno when put fails, the DER cannot be read, or memory
 * runs out.
 */
bool pem_write(const char *label, struct der der,
    bool (*put)(void *arg, const struct buf *part), void *arg);

/* A put for pem_write() that adds to a struct buf, which is its arg. */
bool pem_put_to_buf(void *arg, const struct buf *part);

#endif
