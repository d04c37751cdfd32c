/* files.h: files by the names and descriptors of POSIX; names are in UTF-8. */
#ifndef COMPAT_WINDOWS_FILES_H
#define COMPAT_WINDOWS_FILES_H

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "compat/windows/status.h"

#define O_CLOEXEC   O_NOINHERIT
#define O_NOFOLLOW  0x10000000
#define O_NONBLOCK  0x20000000
#define O_NOCTTY    0
#define O_DIRECTORY 0
#undef O_ACCMODE
#define O_ACCMODE  (O_RDONLY | O_WRONLY | O_RDWR)
#define AT_FDCWD   (-100)
#define AT_EACCESS 1
#define EDQUOT     1132

/* Of names that Windows would not take as they are, for which it has no number. */
#define EOFSTREAM  1133
#define ENOTINNAME 1134
#define ENOTATEND  1135
#define EISDEVICE  1136

/* In UTF-8, of 255 characters. */
#undef NAME_MAX
#define NAME_MAX 765

/* A function of <io.h>, which is not used, but the name is. */
#define tell windows_tell

#define open   windows_open
#define close  windows_close
#define read   windows_read
#define write  windows_write
#define pread  windows_pread
#define pwrite windows_pwrite
#undef lseek
#define lseek _lseeki64
#undef ftruncate
#define ftruncate windows_ftruncate
#define fsync     windows_fsync
#define fchmod    windows_fchmod
#define chmod     windows_chmod
#define fchown    windows_fchown
#define access    windows_access
#define faccessat windows_faccessat
#define unlink    windows_unlink
#define rename    windows_rename
#define link      windows_link
#define linkat    windows_linkat
#define readlink  windows_readlink
#define realpath  windows_realpath
#define umask     windows_umask
#define isatty    windows_isatty
#define geteuid   windows_geteuid
#define fcntl     windows_fcntl

int open(const char *path, int flags, ...);
int close(int fd);

#include "compat/windows/files_more.h"

#endif
