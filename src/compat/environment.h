/* environment.h: environment variables, their names and paths in them. */
#ifndef COMPAT_ENVIRONMENT_H
#define COMPAT_ENVIRONMENT_H

#include <stdbool.h>

/*
 * Whether "NAME=VALUE" is of the variable.  Where the system does not tell
 * capitals from small letters in names, this does not either.
 */
bool compat_is_variable(const char *entry, const char *name);

/* As getenv(), but the name is looked for as it is, on all systems. */
const char *compat_get_exact_variable(const char *name);

/* Writes a path of ours, with "/", as other programs of the system take it. */
void compat_localize_path(char *path);

#endif
