/* unistd.h: what posix.h does not have. */
#ifndef COMPAT_WINDOWS_UNISTD_H
#define COMPAT_WINDOWS_UNISTD_H

#include <io.h>
#include <process.h>

#define STDIN_FILENO  0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#undef F_OK
#undef R_OK
#undef W_OK
#undef X_OK
#define F_OK   0
#define X_OK   1
#define W_OK   2
#define R_OK   4
#define getpid _getpid

#endif
