/* tcp.h: TCP connections; only tcp.c names sockets. */
#ifndef HTTP_TCP_H
#define HTTP_TCP_H

#include <stdbool.h>
#include <stddef.h>

#include "http/conn.h"
#include "http/observer.h"

/*
 * Connects to host, trying each of its addresses once; each gets an equal
 * share of the time until the deadline, which includes the lookup of the
 * name.  CONN_OK: the caller closes *out.  Else reason (size bytes) says how
 * the last address failed and how many addresses there were.
 *
 * observer is told of each address; if it wants to, those that follow the first
 * good one are tried as well, for some seconds each, before the connection is
 * made.
 */
enum conn_result tcp_connect(struct conn **out, const char *host,
    unsigned int port, long long deadline, const struct http_observer *observer,
    char *reason, size_t size);

/* Whether a and b are the same IPv6 address, in any form (RFC 4291, 2.2). */
bool tcp_is_same_address(const char *a, const char *b);

#endif
