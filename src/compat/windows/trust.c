#include <stdbool.h>

#include "compat/windows/windows.h"

#include <wincrypt.h>

#include <openssl/err.h>

#include "compat/openssl.h"

/* False: out of memory; one that libcrypto cannot read is left out. */
static bool add(X509_STORE *store, const CERT_CONTEXT *context)
{
	const unsigned char *der = context->pbCertEncoded;
	X509 *cert = d2i_X509(NULL, &der, (long)context->cbCertEncoded);
	bool ok = cert == NULL || X509_STORE_add_cert(store, cert) == 1;

	X509_free(cert);
	return ok;
}

/*
 * The store of the system, unless the variables of libcrypto name others.  The
 * paths that it has of its own are such that anybody may create.
 */
bool compat_add_system_cas(X509_STORE *store)
{
	const char *file = getenv("SSL_CERT_FILE");
	const char *directory = getenv("SSL_CERT_DIR");
	const CERT_CONTEXT *context = NULL;
	HCERTSTORE roots = NULL;
	bool ok = true;

	if (file != NULL || directory != NULL)
		return X509_STORE_load_locations(store, file, directory) == 1;
	roots = CertOpenSystemStoreW(0, L"ROOT");

	while (roots != NULL &&
	    (context = CertEnumCertificatesInStore(roots, context)) != NULL)
		ok = add(store, context) && ok;
	if (roots != NULL)
		CertCloseStore(roots, 0);
	ERR_clear_error();
	return ok;
}
