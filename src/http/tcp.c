#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "compat/resolve.h"
#include "http/tcp.h"
#include "util/log.h"
#include "util/monotonic.h"

#define ADDRESS_MAX 64 /* the text of an IPv6 address with a zone */
#define PORT_TEXT   16

/* Milliseconds for an address that nobody waits for. */
#define OTHERS_MAX 5000

struct tcp {
	struct conn conn; /* must be first: struct conn * is cast to this */
	int fd;
	bool idle; /* no bytes to take are expected yet */
};

static long long tcp_time_left(const struct conn *conn)
{
	long long left = conn->deadline - monotonic_now();

	return left > 0 ? left : 0;
}

/*
 * If poll() reports only POLLERR or POLLHUP, came is all of events: the next
 * call that reads or writes finds the reason.
 */
static enum conn_result tcp_wait(
    struct conn *conn, unsigned int events, unsigned int *came)
{
	struct pollfd fd = {.fd = ((struct tcp *)conn)->fd};
	long long left;
	int n;

	if (events & CONN_READ)
		fd.events |= POLLIN;
	if (events & CONN_WRITE)
		fd.events |= POLLOUT;

	do {
		left = tcp_time_left(conn);
		n = poll(&fd, 1, left > INT_MAX ? INT_MAX : (int)left);
	} while ((n < 0 && errno == EINTR) || (n == 0 && left > 0));

	if (n < 0)
		return conn_fail(conn, strerror(errno));
	if (n == 0)
		return conn_fail_time(conn);

	*came = 0;
	if (fd.revents & POLLIN)
		*came |= CONN_READ;
	if (fd.revents & POLLOUT)
		*came |= CONN_WRITE;
	if (*came == 0)
		*came = events;
	return CONN_OK;
}

/* CONN_AGAIN when errno says that the call would have blocked. */
static enum conn_result tcp_again_or_fail(struct conn *conn)
{
	if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK)
		return CONN_AGAIN;
	return conn_fail(conn, strerror(errno));
}

/*
 * Behind what has just been sent, and behind fewer bytes than there was room for,
 * the next ones are not looked for, but waited for.
 */
static enum conn_result tcp_take(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	struct tcp *tcp = (struct tcp *)conn;
	ssize_t n;

	if (tcp->idle) {
		tcp->idle = false;
		return CONN_AGAIN;
	}
	n = recv(tcp->fd, bytes, size, 0);
	if (n < 0)
		return tcp_again_or_fail(conn);
	tcp->idle = (size_t)n < size;
	*got = (size_t)n;
	return CONN_OK;
}

static enum conn_result tcp_give(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	struct tcp *tcp = (struct tcp *)conn;
	ssize_t n = compat_send(tcp->fd, bytes, len);

	if (n < 0)
		return tcp_again_or_fail(conn);
	tcp->idle = true;
	*sent = (size_t)n;
	return CONN_OK;
}

static void tcp_close(struct conn *conn)
{
	struct tcp *tcp = (struct tcp *)conn;

	if (tcp->fd >= 0)
		close(tcp->fd);
	free(tcp);
}

/* NULL with errno set. */
static struct tcp *tcp_new(int family, long long deadline)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));
	int on = 1, error;

	if (tcp == NULL)
		return NULL;
	tcp->conn.take = tcp_take;
	tcp->conn.give = tcp_give;
	tcp->conn.wait = tcp_wait;
	tcp->conn.close = tcp_close;
	tcp->conn.deadline = deadline;

	if ((tcp->fd = compat_open_socket(family)) < 0) {
		error = errno;
		tcp_close(&tcp->conn);
		errno = error;
		return NULL;
	}

	/* A request is one write; a system without the option is fine. */
	setsockopt(tcp->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return tcp;
}

/* Waits until a connect() that returned EINPROGRESS is done. */
static enum conn_result tcp_finish_connect(struct tcp *tcp)
{
	socklen_t len = sizeof(int);
	enum conn_result result;
	int error = 0;
	unsigned int came;

	if ((result = tcp_wait(&tcp->conn, CONN_WRITE, &came)) != CONN_OK)
		return result;
	if (getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	return error == 0 ? CONN_OK : conn_fail(&tcp->conn, strerror(error));
}

/* reason (CONN_REASON_MAX bytes) is without the address. */
static enum conn_result tcp_connect_address(struct conn **out,
    const struct addrinfo *to, long long deadline, char *reason)
{
	struct tcp *tcp = tcp_new(to->ai_family, deadline);
	enum conn_result result = CONN_OK;

	if (tcp == NULL) {
		snprintf(reason, CONN_REASON_MAX, "%s", strerror(errno));
		return CONN_FAILED;
	}
	if (connect(tcp->fd, to->ai_addr, to->ai_addrlen) != 0)
		result = errno == EINPROGRESS || errno == EINTR
		    ? tcp_finish_connect(tcp)
		    : conn_fail(&tcp->conn, strerror(errno));
	if (result != CONN_OK) {
		snprintf(reason, CONN_REASON_MAX, "%s", tcp->conn.reason);
		tcp_close(&tcp->conn);
		return result;
	}
	*out = &tcp->conn;
	return CONN_OK;
}

/*
 * Tries one address and tells the observer; *others: whether it wants to be told
 * of those that are left, too.  reason says how it failed.
 */
static enum conn_result tcp_try_address(struct conn **out,
    const struct addrinfo *to, long long deadline, struct http_try tried,
    const struct http_observer *observer, bool *others, char *reason,
    size_t size)
{
	char address[ADDRESS_MAX] = "?", why[CONN_REASON_MAX] = "";
	long long begin = monotonic_now();
	enum conn_result result;

	getnameinfo(to->ai_addr, to->ai_addrlen, address, sizeof(address), NULL,
	    0, NI_NUMERICHOST);
	debug("connecting to %s", address);
	result = tcp_connect_address(out, to, deadline, why);
	if (result != CONN_OK) {
		snprintf(reason, size, "%s: %s", address, why);
		debug("%s", reason);
	}
	*others = false;
	if (observer->tried != NULL) {
		tried.address = address;
		tried.why = result != CONN_OK ? why : NULL;
		tried.milliseconds = monotonic_now() - begin;
		*others = observer->tried(&tried, observer->arg);
	}
	return result;
}

/*
 * Each address gets an equal share of the time that is left.  If others are tried
 * after the first good one, that is connected to again at the end: a server may
 * close a connection on which nothing comes.
 */
static enum conn_result tcp_connect_each(struct conn **out,
    const struct addrinfo *list, long long deadline, struct http_try tried,
    const struct http_observer *observer, char *reason, size_t size)
{
	static const struct http_observer nobody;
	const struct addrinfo *to, *good = NULL;
	enum conn_result result = CONN_FAILED;
	long long now, share, good_share = 0;
	int left = 0, count;
	bool others;
	size_t len;

	for (to = list; to != NULL; to = to->ai_next)
		left++;
	count = left;

	for (to = list; to != NULL; to = to->ai_next, left--) {
		now = monotonic_now();
		share = (deadline - now) / left;
		if (good != NULL && share > OTHERS_MAX)
			share = OTHERS_MAX;
		tried.left = left - 1;
		result = tcp_try_address(out, to, now + share, tried, observer,
		    &others, reason, size);
		if (result != CONN_OK)
			continue;
		if (good == NULL && (!others || left == 1))
			return CONN_OK;
		(*out)->close(*out);
		if (good == NULL) {
			good = to;
			good_share = share;
		}
	}
	if (good != NULL)
		return tcp_try_address(out, good, monotonic_now() + good_share,
		    tried, &nobody, &others, reason, size);

	len = strlen(reason);
	if (count > 1)
		snprintf(reason + len, size - len,
		    " (the last of %d addresses)", count);
	return result;
}

enum conn_result tcp_connect(struct conn **out, const char *host,
    unsigned int port, long long deadline, const struct http_observer *observer,
    char *reason, size_t size)
{
	const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	long long left = deadline - monotonic_now();
	struct addrinfo *list = NULL;
	enum conn_result result;
	char service[PORT_TEXT];
	bool late;
	int error;

	snprintf(service, sizeof(service), "%u", port);
	error = compat_getaddrinfo(
	    host, service, &hints, left > 0 ? left : 0, &late, &list);
	if (late) {
		snprintf(
		    reason, size, "looking up the name: time limit reached");
		return CONN_TIMEOUT;
	}

	if (error != 0) {
		snprintf(reason, size, "looking up the name: %s",
		    error == EAI_SYSTEM ? strerror(errno)
					: gai_strerror(error));
		return CONN_FAILED;
	}

	result = tcp_connect_each(out, list, deadline,
	    (struct http_try){.host = host, .port = port}, observer, reason,
	    size);
	freeaddrinfo(list);
	return result;
}

bool tcp_is_same_address(const char *a, const char *b)
{
	struct in6_addr one, other;

	return inet_pton(AF_INET6, a, &one) == 1 &&
	    inet_pton(AF_INET6, b, &other) == 1 &&
	    memcmp(&one, &other, sizeof(one)) == 0;
}
