/* derivation.h: limits what it costs to derive a key from a password. */
#ifndef SCEP_DERIVATION_H
#define SCEP_DERIVATION_H

#include <stdint.h>

#include "pki/der.h"
#include "util/status.h"

/* The most iterations of PBKDF2 in all PasswordRecipientInfos together. */
#define DERIVATION_ITERATIONS_MAX 1000000

/*
 * Checks the keyDerivationAlgorithm of a PasswordRecipientInfo (RFC 5652,
 * 6.2.4), whose iterations are taken off *left.  what names the message.
 * ST_REPLY after reporting.
 */
enum status derivation_check(struct der run, uint64_t *left, const char *what);

#endif
