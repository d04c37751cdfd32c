/* wait.h: how a program has ended. */
#ifndef COMPAT_WINDOWS_WAIT_H
#define COMPAT_WINDOWS_WAIT_H

/* A status is the exit status, or a signal that has ended the program above it. */
#define WNOHANG        1
#define WUNTRACED      2
#define WIFSTOPPED(s)  ((void)(s), 0)
#define WSTOPSIG(s)    ((void)(s), 0)
#define WIFSIGNALED(s) ((s) > 255)
#define WTERMSIG(s)    ((s) >> 8)
#define WEXITSTATUS(s) (s)

#define waitpid windows_waitpid

/* With WNOHANG only. */
long long waitpid(long long pid, int *status, int options);

#endif
