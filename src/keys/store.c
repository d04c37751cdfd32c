#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "keys/store.h"

#ifdef HAVE_OSSL_STORE_OPEN

#include <openssl/store.h>

/* Objects that are looked at: a store that fails may never reach its end. */
#define OBJECTS_MAX 1000

bool store_is_built_in(void)
{
	return true;
}

static EVP_PKEY *find_key(OSSL_STORE_CTX *store)
{
	OSSL_STORE_INFO *info;
	EVP_PKEY *key = NULL;
	int tries = OBJECTS_MAX;

	while (key == NULL && tries-- > 0 && !OSSL_STORE_eof(store)) {
		if ((info = OSSL_STORE_load(store)) == NULL)
			continue;
		if (OSSL_STORE_INFO_get_type(info) == OSSL_STORE_INFO_PKEY)
			key = OSSL_STORE_INFO_get1_PKEY(info);
		OSSL_STORE_INFO_free(info);
	}
	return key;
}

EVP_PKEY *store_load_key(const char *uri, struct secret *secret, bool *opened)
{
	UI_METHOD *ui = secret_new_ui();
	OSSL_STORE_CTX *store = NULL;
	EVP_PKEY *key = NULL;

	if (ui != NULL)
		store = OSSL_STORE_open(uri, ui, secret, NULL, NULL);
	*opened = store != NULL;
	if (store != NULL) {
		OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY);
		key = find_key(store);
	}
	OSSL_STORE_close(store);
	UI_destroy_method(ui);
	return key;
}

#else

bool store_is_built_in(void)
{
	return false;
}

EVP_PKEY *store_load_key(const char *uri, struct secret *secret, bool *opened)
{
	(void)uri;
	(void)secret;
	*opened = false;
	return NULL;
}

#endif
