#include <limits.h>
#include <poll.h>
#include <stdio.h>

#include "http/conn.h"
#include "util/monotonic.h"

void conn_sleep(long long milliseconds)
{
	long long end = monotonic_now() + milliseconds, left;

	while ((left = end - monotonic_now()) > 0)
		poll(NULL, 0, left > INT_MAX ? INT_MAX : (int)left);
}

enum conn_result conn_fail(struct conn *conn, const char *reason)
{
	snprintf(conn->reason, sizeof(conn->reason), "%s", reason);
	return CONN_FAILED;
}

enum conn_result conn_fail_time(struct conn *conn)
{
	conn_fail(conn, "time limit reached");
	return CONN_TIMEOUT;
}

/* The deadline counts even if the peer sends without a pause. */
enum conn_result conn_read(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	enum conn_result result;
	unsigned int came;

	while (monotonic_now() < conn->deadline) {
		result = conn->take(conn, bytes, size, got);
		if (result != CONN_AGAIN)
			return result;
		result = conn->wait(conn, CONN_READ, &came);
		if (result != CONN_OK)
			return result;
	}
	return conn_fail_time(conn);
}

enum conn_result conn_write(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	const unsigned int events =
	    sent != NULL ? CONN_WRITE | CONN_READ : CONN_WRITE;
	enum conn_result result = CONN_OK;
	const char *p = bytes;
	unsigned int came = 0;
	size_t done = 0, n;

	while (done < len && result == CONN_OK && came != CONN_READ) {
		if (monotonic_now() >= conn->deadline) {
			result = conn_fail_time(conn);
			break;
		}
		n = 0;
		came = 0;
		result = conn->give(conn, p + done, len - done, &n);
		done += n;
		if (result == CONN_AGAIN)
			result = conn->wait(conn, events, &came);
	}
	if (sent != NULL)
		*sent = done;
	return result;
}

bool conn_is_quiet(struct conn *conn)
{
	char byte;
	size_t got;

	return conn->take(conn, &byte, 1, &got) == CONN_AGAIN &&
	    conn->take(conn, &byte, 1, &got) == CONN_AGAIN;
}
