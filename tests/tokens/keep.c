/*
 * keep.c: for a program with the address sanitizer, to be preloaded.
 *
 * Modules stay loaded, so that what they keep in their variables is no leak.
 * dlkeep() is dlopen() without the flag that the sanitizer ends the program
 * for. No stack, function or library is suppressed: the one leak of a library
 * is told to the sanitizer by its address.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>

unsigned int Tss2_TctiLdr_Initialize_Ex(const char *, const char *, void **);
void *dlkeep(const char *path, int flags);
void __lsan_ignore_object(const void *) __attribute__((weak));

int dlclose(void *handle)
{
	(void)handle;
	return 0;
}

void *dlkeep(const char *path, int flags)
{
	return dlopen(path, flags & ~RTLD_DEEPBIND);
}

/*
 * When no TPM answers, libtss2-tctildr 4.1 leaves a context in *context that
 * its callers do not know of: it says that it failed, and does not free it.
 */
unsigned int Tss2_TctiLdr_Initialize_Ex(
    const char *name, const char *conf, void **context)
{
	unsigned int (*next)(const char *, const char *, void **), result;
	void *library = dlopen("libtss2-tctildr.so.0", RTLD_NOW | RTLD_NOLOAD);

	if (library == NULL)
		abort();
	*(void **)&next = dlsym(library, "Tss2_TctiLdr_Initialize_Ex");
	result = next(name, conf, context);
	if (result != 0 && context != NULL && __lsan_ignore_object)
		__lsan_ignore_object(*context);
	return result;
}
