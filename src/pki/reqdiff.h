/* reqdiff.h: what two certificate requests differ in. */
#ifndef PKI_REQDIFF_H
#define PKI_REQDIFF_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "pki/problem.h"

enum reqdiff { REQDIFF_NONE, REQDIFF_CHALLENGE, REQDIFF_OTHER };

/*
 * Whether the requests ask for something else; their signatures may differ, as
 * those of EC keys always do.  The text says in what, of a request that is there
 * compared to the one that is wanted: "its subject is /CN=a, not /CN=b".  It has
 * no challengePassword in it.  REQDIFF_CHALLENGE: in key, subject and extensions
 * they are the same, and it has a challengePassword.
 */
enum reqdiff reqdiff_find(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted);

#endif
