/* resolve.h: name resolution with a time limit. */
#ifndef COMPAT_RESOLVE_H
#define COMPAT_RESOLVE_H

#include <stdbool.h>

#include <netdb.h>

/*
 * As getaddrinfo(), but returns after that many milliseconds with *late set to
 * true.  The lookup then goes on in a thread of its own, as it cannot be
 * cancelled; the thread ends with the process.  If no thread can be created,
 * there is no time limit.
 */
int compat_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, long long milliseconds, bool *late,
    struct addrinfo **out);

#endif
