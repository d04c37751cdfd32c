/* windows.h: the headers of Windows, without the words that they take. */
#ifndef COMPAT_WINDOWS_WINDOWS_H
#define COMPAT_WINDOWS_WINDOWS_H

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <winsock2.h>

#include <windows.h>

#include <stdint.h>

/* Other headers of Windows use the two in capitals. */
#undef near
#undef far
#undef NEAR
#undef FAR
#define NEAR
#define FAR

/* The handle of a descriptor; INVALID_HANDLE_VALUE with errno. */
HANDLE windows_handle(int fd);

/*
 * A second handle of an open file, for another access; INVALID_HANDLE_VALUE
 * with the last error.
 */
HANDLE windows_open_again(HANDLE file, DWORD access);

/* Whether it is a symbolic link or a junction. */
_Bool windows_is_link(HANDLE file);

/*
 * Sets out to the lists of a new file with this mode, which LocalFree() frees;
 * NULL: what the directory hands down.  False with errno.
 */
_Bool windows_find_lists(SECURITY_DESCRIPTOR **out, mode_t mode);

/* Adds the bits of the mode that stand for the list of the file; sets its owner. */
void windows_find_access(HANDLE file, _Bool directory, struct stat *out);

#endif
