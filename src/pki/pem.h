/* pem.h: DER as PEM text (RFC 7468). */
#ifndef PKI_PEM_H
#define PKI_PEM_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

/* Adds len bytes of DER in PEM, between BEGIN and END of label. */
bool pem_add(struct buf *out, const char *label, const void *der, size_t len);

#endif
