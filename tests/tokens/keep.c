/*
 * keep.c: preloaded into a program built with the address sanitizer.
 *
 * It keeps modules loaded, because memory that only their variables point to
 * would be reported as a leak once they are unloaded. dlkeep() is dlopen()
 * without RTLD_DEEPBIND, for which the sanitizer ends the program. No stack,
 * function or library is suppressed: the sanitizer is told the address of the
 * only leak of a library.
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
 * When no TPM answers, libtss2-tctildr 4.1 reports a failure but leaves an
 * allocated context in *context, which its callers do not free.
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
