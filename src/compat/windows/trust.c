#include <stdbool.h>
#include <stdlib.h>

#include "compat/windows/windows.h"

#include <wincrypt.h>

#include <openssl/err.h>

#include "compat/openssl.h"

/*
 * What is used of crypt32.dll.  It is loaded here, from the directory of the system:
 * before main() one beside the program would be taken.
 */
struct library {
	HMODULE module;
	HCERTSTORE(WINAPI *open)(HCRYPTPROV_LEGACY, LPCWSTR);
	BOOL(WINAPI *close)(HCERTSTORE, DWORD);
	PCCERT_CONTEXT(WINAPI *next)(HCERTSTORE, PCCERT_CONTEXT);
	PCCERT_CONTEXT(WINAPI *find)
	(HCERTSTORE, DWORD, DWORD, DWORD, const void *, PCCERT_CONTEXT);
	BOOL(WINAPI *free)(PCCERT_CONTEXT);
	BOOL(WINAPI *usage)
	(PCCERT_CONTEXT, DWORD, PCERT_ENHKEY_USAGE, DWORD *);
};

static bool find(void *function, HMODULE module, const char *name)
{
	FARPROC found = GetProcAddress(module, name);

	memcpy(function, &found, sizeof(found));
	return found != NULL;
}

static bool load(struct library *l)
{
	HMODULE module =
	    LoadLibraryExW(L"crypt32.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

	l->module = module;
	return module != NULL &&
	    find(&l->open, module, "CertOpenSystemStoreW") &&
	    find(&l->close, module, "CertCloseStore") &&
	    find(&l->next, module, "CertEnumCertificatesInStore") &&
	    find(&l->find, module, "CertFindCertificateInStore") &&
	    find(&l->free, module, "CertFreeCertificateContext") &&
	    find(&l->usage, module, "CertGetEnhancedKeyUsage");
}

/* Whether the administrator has taken the trust from it. */
static bool is_refused(
    const struct library *l, HCERTSTORE refused, PCCERT_CONTEXT context)
{
	PCCERT_CONTEXT found;

	if (refused == NULL)
		return false;
	found = l->find(
	    refused, X509_ASN_ENCODING, 0, CERT_FIND_EXISTING, context, NULL);
	if (found != NULL)
		l->free(found);
	return found != NULL;
}

/* The purposes that the store has for it; those in the certificate libcrypto sees. */
static bool is_for_servers(const struct library *l, PCCERT_CONTEXT context)
{
	CERT_ENHKEY_USAGE *usage;
	bool yes = false;
	DWORD size = 0, i;

	if (!l->usage(
		context, CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG, NULL, &size))
		return GetLastError() == (DWORD)CRYPT_E_NOT_FOUND;
	usage = malloc(size);
	if (usage != NULL &&
	    l->usage(
		context, CERT_FIND_PROP_ONLY_ENHKEY_USAGE_FLAG, usage, &size))
		for (i = 0; i < usage->cUsageIdentifier; i++)
			yes = yes ||
			    strcmp(usage->rgpszUsageIdentifier[i],
				szOID_PKIX_KP_SERVER_AUTH) == 0;
	free(usage);
	return yes;
}

/* False: out of memory; one that libcrypto cannot read is left out. */
static bool add(X509_STORE *store, const CERT_CONTEXT *context)
{
	const unsigned char *der = context->pbCertEncoded;
	X509 *cert = d2i_X509(NULL, &der, (long)context->cbCertEncoded);
	bool ok = cert == NULL || X509_STORE_add_cert(store, cert) == 1;

	X509_free(cert);
	return ok;
}

static bool add_all(X509_STORE *store, const struct library *l)
{
	HCERTSTORE roots = l->open(0, L"ROOT");
	HCERTSTORE refused = l->open(0, L"Disallowed");
	PCCERT_CONTEXT context = NULL;
	bool ok = true;

	while (roots != NULL && (context = l->next(roots, context)) != NULL)
		if (!is_refused(l, refused, context) &&
		    is_for_servers(l, context))
			ok = add(store, context) && ok;
	if (roots != NULL)
		l->close(roots, 0);
	if (refused != NULL)
		l->close(refused, 0);
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
	struct library library = {0};
	bool ok = true;

	if (file != NULL || directory != NULL)
		return X509_STORE_load_locations(store, file, directory) == 1;
	if (load(&library))
		ok = add_all(store, &library);
	if (library.module != NULL)
		FreeLibrary(library.module);
	ERR_clear_error();
	return ok;
}
