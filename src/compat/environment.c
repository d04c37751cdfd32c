#include <stddef.h>
#include <string.h>

#include "compat/environment.h"

extern char **environ;

#ifdef _WIN32
#define compare   _strnicmp
#define SEPARATOR '\\'
#else
#define compare   strncmp
#define SEPARATOR '/'
#endif

bool compat_is_variable(const char *entry, const char *name)
{
	const size_t len = strlen(name);

	return compare(entry, name, len) == 0 && entry[len] == '=';
}

const char *compat_get_exact_variable(const char *name)
{
	const size_t len = strlen(name);
	size_t i;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		if (strncmp(environ[i], name, len) == 0 &&
		    environ[i][len] == '=')
			return environ[i] + len + 1;
	return NULL;
}

void compat_localize_path(char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '/')
			*path = SEPARATOR;
}
