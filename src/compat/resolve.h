/* resolve.h: name resolution with a time limit; sockets. */
#ifndef COMPAT_RESOLVE_H
#define COMPAT_RESOLVE_H

#include <stdbool.h>

#include <netdb.h>
#include <sys/types.h>

/*
 * As getaddrinfo(), but with a time limit: when it is reached, sets *late to
 * true and returns 0.  The lookup cannot be cancelled and goes on in its own
 * thread, which ends with the process.  If no thread can be created, there is
 * no time limit.
 */
int compat_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, long long milliseconds, bool *late,
    struct addrinfo **out);

/*
 * Opens a TCP socket that does not block, and that no other program inherits.
 * -1 with errno.
 */
int compat_open_socket(int family);

/*
 * As send() of a socket that compat_open_socket() has opened.  If the peer has
 * closed the connection, the only sign is EPIPE, not SIGPIPE; where the system
 * cannot promise that, the signal must be ignored.
 */
ssize_t compat_send(int fd, const void *bytes, size_t len);

#endif
