/*
 * keep.c: for a program with the address sanitizer, to be preloaded.
 *
 * Modules stay loaded, so that what they keep in their variables is no leak,
 * and nothing has to be suppressed. dlkeep() is dlopen() without the flag
 * that the sanitizer ends the program for.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

void *dlkeep(const char *path, int flags);

int dlclose(void *handle)
{
	(void)handle;
	return 0;
}

void *dlkeep(const char *path, int flags)
{
	return dlopen(path, flags & ~RTLD_DEEPBIND);
}
