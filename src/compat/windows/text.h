/* text.h: the environment in UTF-8; texts of errors. */
#ifndef COMPAT_WINDOWS_TEXT_H
#define COMPAT_WINDOWS_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "compat/compat.h"

#undef environ
#define environ  windows_environ
#define getenv   windows_getenv
#define setenv   windows_setenv
#define strerror windows_strerror
#define strndup  windows_strndup
#undef strcasecmp
#undef strncasecmp
#define strcasecmp  _stricmp
#define strncasecmp _strnicmp

/* Of <malloc.h>. */
#define malloc_usable_size _msize

#define fprintf  windows_fprintf
#define vfprintf windows_vfprintf
#define fputs    windows_fputs
#undef fputc
#define fputc  windows_fputc
#define fflush windows_fflush

/*
 * To stderr as a whole: the console takes no part of a character.  To stdout not
 * before fflush(), which knows why it fails.
 */
int fprintf(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);
int vfprintf(FILE *out, const char *format, va_list args) PRINTF_LIKE(2, 0);

int fputs(const char *text, FILE *out);
int fputc(int c, FILE *out);
int fflush(FILE *out);

extern char **environ;

char *getenv(const char *name);
/* For libcrypto and its like only: environ stays as it is. */
int setenv(const char *name, const char *value, int replace);
char *strerror(int error);
char *strndup(const char *text, size_t max);

/* NULL: no memory, or the text is none in that encoding; the caller frees it. */
wchar_t *windows_wide(const char *text);
char *windows_narrow(const wchar_t *text);

/*
 * The path as Windows wants it: whole, with backslashes, and of any length.
 * NULL with errno; the caller frees it.
 */
wchar_t *windows_path(const char *path);

/* Sets errno to that of an error of Windows; returns -1. */
int windows_fail(unsigned long error);
/* To that of GetLastError(). */
int windows_fail_last(void);

/* Fills environ; false: no memory. */
_Bool windows_read_environment(void);

#endif
