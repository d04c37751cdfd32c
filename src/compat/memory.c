#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>

#include <openssl/crypto.h>

#include "compat/memory.h"

void *compat_zalloc(size_t size)
{
#ifdef HAVE_OPENSSL_ZALLOC
	return OPENSSL_zalloc(size);
#else
	void *block = OPENSSL_malloc(size);

	if (block != NULL)
		memset(block, 0, size);
	return block;
#endif
}

void *compat_memdup(const void *data, size_t size)
{
#ifdef HAVE_OPENSSL_MEMDUP
	return OPENSSL_memdup(data, size);
#else
	void *copy = OPENSSL_malloc(size);

	if (copy != NULL)
		memcpy(copy, data, size);
	return copy;
#endif
}

void *compat_clear_realloc(void *block, size_t old_size, size_t size)
{
#ifdef HAVE_OPENSSL_CLEAR_REALLOC
	return OPENSSL_clear_realloc(block, old_size, size);
#else
	void *grown = OPENSSL_malloc(size);

	if (grown != NULL && block != NULL) {
		memcpy(grown, block, old_size);
		compat_clear_free(block, old_size);
	}
	return grown;
#endif
}

void compat_clear_free(void *block, size_t size)
{
#ifdef HAVE_OPENSSL_CLEAR_FREE
	OPENSSL_clear_free(block, size);
#else
	if (block != NULL)
		OPENSSL_cleanse(block, size);
	OPENSSL_free(block);
#endif
}
