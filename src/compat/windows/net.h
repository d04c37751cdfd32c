/* net.h: sockets by descriptors, with the errors of POSIX. */
#ifndef COMPAT_WINDOWS_NET_H
#define COMPAT_WINDOWS_NET_H

#include "compat/windows/windows.h"

#include <ws2tcpip.h>

#define socklen_t  int
#define EAI_SYSTEM (-11) /* no function here returns it */

#define getnameinfo(address, len, ...) \
	(getnameinfo)(address, (socklen_t)(len), __VA_ARGS__)
#undef gai_strerror
#define gai_strerror windows_gai_strerror
#define connect      windows_connect
#define recv         windows_recv
#define setsockopt   windows_setsockopt
#define getsockopt   windows_getsockopt
#define poll         windows_poll
#define pollfd       windows_pollfd
#undef POLLIN
#undef POLLOUT
#define POLLIN  1
#define POLLOUT 4

struct pollfd {
	int fd;
	short events, revents;
};

/*
 * Of one descriptor, or of none for a time.  Several are none of sockets, and are
 * ready for nothing, if they are open.
 */
int poll(struct pollfd *all, unsigned int count, int milliseconds);

int connect(int fd, const struct sockaddr *address, size_t len);
long long recv(int fd, void *out, size_t size, int flags);
int setsockopt(int fd, int level, int name, const void *value, size_t len);
int getsockopt(int fd, int level, int name, void *value, int *len);
const char *gai_strerror(int error);

/* For close(). */
_Bool windows_is_socket(int fd);
int windows_close_socket(int fd);

/* False: there are no sockets here. */
_Bool windows_start_sockets(void);

#endif
