/* resolve.h: name resolution under a time limit, which the system has not. */
#ifndef COMPAT_RESOLVE_H
#define COMPAT_RESOLVE_H

#include <stdbool.h>

#include <netdb.h>

/*
 * getaddrinfo(), but for no longer than milliseconds: then *late is true, and
 * the lookup, which nothing can stop, goes on in a thread of its own that
 * ends with the process.  Where no thread can be made there is no limit.
 */
int compat_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, long long milliseconds, bool *late,
    struct addrinfo **out);

#endif
