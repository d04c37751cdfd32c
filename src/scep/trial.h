/* trial.h: what the CMS of this libcrypto can do, found out by trying. */
#ifndef SCEP_TRIAL_H
#define SCEP_TRIAL_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/ability.h"

/*
 * Whether libcrypto signs messages with keys of that ability: a new one of the type
 * signs, if there is a version that does not.
 */
bool trial_signs(const struct key_ability *ability);

/* Whether libcrypto encrypts a message to the key of cert, likewise. */
bool trial_encrypts(X509 *cert);

#endif
