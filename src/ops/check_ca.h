/* check_ca.h: check looks at the CA and RA certificates that the server sends. */
#ifndef OPS_CHECK_CA_H
#define OPS_CHECK_CA_H

#include <openssl/x509.h>

#include "http/response.h"
#include "ops/check_http.h"
#include "ops/check_local.h"
#include "ops/finding.h"
#include "pki/cabundle.h"

/* Owns all but files and http; what there is not is NULL. */
struct check_ca {
	const struct check_files *files;
	const struct check_http *http;
	struct cabundle sent;   /* by the server */
	struct cabundle bundle; /* those of them that the pins let through */
};

/*
 * Looks at the answer to GetCACert, whether the pins hold, and whether the
 * certificates of files go with it.  To be freed in any case.
 */
void check_ca(struct findings *f, struct check_ca *ca,
    const struct http_response *response);
void check_ca_free(struct check_ca *ca);

#endif
