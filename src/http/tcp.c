#include <errno.h>
#include <fcntl.h>
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
#include <time.h>
#include <unistd.h>

#include "http/conn.h"
#include "util/log.h"

#define ADDRESS_MAX 64 /* the text of an IPv6 address with a zone */
#define PORT_TEXT   16

struct tcp {
	struct conn conn; /* first, so that it can be taken for the whole */
	int fd;
};

long long conn_now(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void conn_sleep(long long milliseconds)
{
	long long end = conn_now() + milliseconds, left;

	while ((left = end - conn_now()) > 0)
		poll(NULL, 0, left > INT_MAX ? INT_MAX : (int)left);
}

static enum conn_result failed(struct conn *conn, const char *reason)
{
	snprintf(conn->reason, sizeof(conn->reason), "%s", reason);
	return CONN_FAILED;
}

static long long time_left(const struct tcp *tcp)
{
	long long left = tcp->conn.deadline - conn_now();

	return left > 0 ? left : 0;
}

static enum conn_result timed_out(struct conn *conn)
{
	failed(conn, "time limit reached");
	return CONN_TIMEOUT;
}

/* Waits for one of events, until the deadline; what came is in *came. */
static enum conn_result wait_for(struct tcp *tcp, short events, short *came)
{
	struct pollfd fd = {.fd = tcp->fd, .events = events};
	long long left;
	int n;

	do {
		left = time_left(tcp);
		n = poll(&fd, 1, left > INT_MAX ? INT_MAX : (int)left);
	} while ((n < 0 && errno == EINTR) || (n == 0 && left > 0));
	if (n < 0)
		return failed(&tcp->conn, strerror(errno));
	if (n == 0)
		return timed_out(&tcp->conn);
	*came = fd.revents;
	return CONN_OK;
}

/* Whether to go on after a call that failed: when it just has to wait. */
static enum conn_result wait_or_fail(struct tcp *tcp, short events, short *came)
{
	int error = errno;

	*came = 0;
	if (error == EINTR)
		return CONN_OK;
	if (error == EAGAIN || error == EWOULDBLOCK)
		return wait_for(tcp, events, came);
	return failed(&tcp->conn, strerror(error));
}

/* A peer that never stops sending does not get past the deadline either. */
static enum conn_result tcp_read(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	struct tcp *tcp = (struct tcp *)conn;
	enum conn_result result = CONN_OK;
	short came;
	ssize_t n;

	while (result == CONN_OK && time_left(tcp) > 0) {
		n = recv(tcp->fd, bytes, size, 0);
		if (n >= 0) {
			*got = (size_t)n;
			return CONN_OK;
		}
		result = wait_or_fail(tcp, POLLIN, &came);
	}
	return result == CONN_OK ? timed_out(conn) : result;
}

static enum conn_result tcp_write(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	struct tcp *tcp = (struct tcp *)conn;
	const short events = sent != NULL ? POLLOUT | POLLIN : POLLOUT;
	enum conn_result result = CONN_OK;
	const char *p = bytes;
	short came = 0;
	ssize_t n;

	while (len > 0 && result == CONN_OK && came != POLLIN) {
		if (time_left(tcp) == 0) {
			result = timed_out(conn);
			break;
		}
		n = send(tcp->fd, p, len, MSG_NOSIGNAL);
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else {
			result = wait_or_fail(tcp, events, &came);
		}
	}
	if (sent != NULL)
		*sent = (size_t)(p - (const char *)bytes);
	return result;
}

static bool tcp_quiet(struct conn *conn)
{
	struct pollfd fd = {.fd = ((struct tcp *)conn)->fd, .events = POLLIN};

	return poll(&fd, 1, 0) == 0;
}

static void tcp_close(struct conn *conn)
{
	struct tcp *tcp = (struct tcp *)conn;

	if (tcp->fd >= 0)
		close(tcp->fd);
	free(tcp);
}

/* A socket of the family that does not block; NULL with errno set. */
static struct tcp *tcp_new(int family, long long deadline)
{
	struct tcp *tcp = calloc(1, sizeof(*tcp));
	int flags, on = 1;

	if (tcp == NULL)
		return NULL;
	tcp->conn.read = tcp_read;
	tcp->conn.write = tcp_write;
	tcp->conn.quiet = tcp_quiet;
	tcp->conn.close = tcp_close;
	tcp->conn.deadline = deadline;
	tcp->fd = socket(family, SOCK_STREAM, 0);
	if (tcp->fd < 0 || (flags = fcntl(tcp->fd, F_GETFL)) < 0 ||
	    fcntl(tcp->fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
	    fcntl(tcp->fd, F_SETFD, FD_CLOEXEC) < 0) {
		flags = errno;
		tcp_close(&tcp->conn);
		errno = flags;
		return NULL;
	}
	/* Requests go out in one piece; not getting this is harmless. */
	setsockopt(tcp->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return tcp;
}

/* The second half of a connect() that did not block. */
static enum conn_result finish_connect(struct tcp *tcp)
{
	socklen_t len = sizeof(int);
	enum conn_result result;
	int error = 0;
	short came;

	if ((result = wait_for(tcp, POLLOUT, &came)) != CONN_OK)
		return result;
	if (getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	return error == 0 ? CONN_OK : failed(&tcp->conn, strerror(error));
}

static enum conn_result connect_one(struct conn **out,
    const struct addrinfo *to, long long deadline, char *reason, size_t size)
{
	struct tcp *tcp = tcp_new(to->ai_family, deadline);
	char address[ADDRESS_MAX] = "?";
	enum conn_result result = CONN_OK;

	if (tcp == NULL) {
		snprintf(reason, size, "%s", strerror(errno));
		return CONN_FAILED;
	}
	getnameinfo(to->ai_addr, to->ai_addrlen, address, sizeof(address), NULL,
	    0, NI_NUMERICHOST);
	debug("connecting to %s", address);
	if (connect(tcp->fd, to->ai_addr, to->ai_addrlen) != 0)
		result = errno == EINPROGRESS || errno == EINTR
		    ? finish_connect(tcp)
		    : failed(&tcp->conn, strerror(errno));
	if (result != CONN_OK) {
		snprintf(reason, size, "%s: %s", address, tcp->conn.reason);
		debug("%s", reason);
		tcp_close(&tcp->conn);
		return result;
	}
	*out = &tcp->conn;
	return CONN_OK;
}

static enum conn_result connect_each(struct conn **out,
    const struct addrinfo *list, long long deadline, char *reason, size_t size)
{
	enum conn_result result = CONN_FAILED;
	const struct addrinfo *to;
	long long now;
	int left = 0, count;
	size_t len;

	for (to = list; to != NULL; to = to->ai_next)
		left++;
	count = left;
	for (to = list; to != NULL; to = to->ai_next, left--) {
		now = conn_now();
		result = connect_one(
		    out, to, now + (deadline - now) / left, reason, size);
		if (result == CONN_OK)
			return CONN_OK;
	}
	len = strlen(reason);
	if (count > 1)
		snprintf(reason + len, size - len,
		    " (the last of %d addresses)", count);
	return result;
}

enum conn_result tcp_connect(struct conn **out, const char *host,
    unsigned int port, long long deadline, char *reason, size_t size)
{
	const struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list;
	enum conn_result result;
	char service[PORT_TEXT];
	int error;

	snprintf(service, sizeof(service), "%u", port);
	error = getaddrinfo(host, service, &hints, &list);
	if (error != 0) {
		snprintf(reason, size, "looking up the name: %s",
		    error == EAI_SYSTEM ? strerror(errno)
					: gai_strerror(error));
		return CONN_FAILED;
	}
	result = connect_each(out, list, deadline, reason, size);
	freeaddrinfo(list);
	return result;
}
