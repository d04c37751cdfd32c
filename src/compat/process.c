#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <stdlib.h>
#include <string.h>
#ifdef HAVE_MALLOC_USABLE_SIZE
#include <malloc.h>
#endif
#ifdef HAVE_SETRLIMIT
#include <sys/resource.h>
#endif
#ifdef HAVE_PR_SET_DUMPABLE
#include <sys/prctl.h>
#endif

#include <openssl/crypto.h>

#include "compat/process.h"

/*
 * Linux ignores the limit where core_pattern pipes the core to a program; a
 * process that is not dumpable has no core in either case.
 */
void compat_forbid_core(void)
{
	const char *allowed = getenv(COMPAT_ALLOW_CORE);

	if (allowed != NULL && strcmp(allowed, "1") == 0)
		return;
#ifdef HAVE_SETRLIMIT
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
#endif
#ifdef HAVE_PR_SET_DUMPABLE
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

bool compat_skip_cleanup(void)
{
#ifdef OPENSSL_INIT_NO_ATEXIT
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
#else
	return false;
#endif
}

#ifdef HAVE_MALLOC_USABLE_SIZE

static void *allocate(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return size > 0 ? malloc(size) : NULL;
}

static void wipe_and_free(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	if (block != NULL)
		OPENSSL_cleanse(block, malloc_usable_size(block));
	free(block);
}

/* Without realloc(), which leaves a copy behind when it moves the block. */
static void *reallocate(void *block, size_t size, const char *file, int line)
{
	size_t before = block != NULL ? malloc_usable_size(block) : 0;
	void *grown;

	if (size > 0 && size <= before)
		return block;
	grown = allocate(size, file, line);
	if (grown == NULL && size > 0)
		return NULL;
	if (grown != NULL && block != NULL)
		memcpy(grown, block, before);
	wipe_and_free(block, file, line);
	return grown;
}

bool compat_wipe_freed(void)
{
	return CRYPTO_set_mem_functions(allocate, reallocate, wipe_and_free) ==
	    1;
}

#else

bool compat_wipe_freed(void)
{
	return false;
}

#endif
