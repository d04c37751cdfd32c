/* conn.h: a stream of bytes to and from a server, under a time limit. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <stdbool.h>
#include <stddef.h>

#define CONN_REASON_MAX 512

/*
 * CONN_AGAIN: nothing was transferred, since that would have blocked.  take() may
 * say so once without a look, where it is likely.
 */
enum conn_result { CONN_OK, CONN_TIMEOUT, CONN_FAILED, CONN_AGAIN };

enum conn_event { CONN_READ = 1, CONN_WRITE = 2 };

/*
 * The interface that tcp.c and tls.c implement.  It reports nothing: a
 * failure leaves its reason here, and the caller writes the message.
 */
struct conn {
	/* Neither blocks.  *got is 0 at the end of the stream. */
	enum conn_result (*take)(
	    struct conn *conn, void *bytes, size_t size, size_t *got);
	enum conn_result (*give)(
	    struct conn *conn, const void *bytes, size_t len, size_t *sent);
	/*
	 * Waits for one of the events until the deadline.  *came may be 0
	 * with CONN_OK: the caller then tries again, and waits again.
	 */
	enum conn_result (*wait)(
	    struct conn *conn, unsigned int events, unsigned int *came);
	void (*close)(struct conn *conn); /* frees conn, too */

	long long deadline; /* of each wait, by monotonic_now() */
	bool refused;       /* it failed by a TLS alert of the server */
	/*
	 * Set when the server asked for a client certificate: says whether
	 * one was sent.  Else NULL.
	 */
	const char *hint;
	char reason[CONN_REASON_MAX]; /* after CONN_TIMEOUT, CONN_FAILED */
};

/* Reads at least one byte before the deadline; *got is 0 at the end. */
enum conn_result conn_read(
    struct conn *conn, void *bytes, size_t size, size_t *got);

/*
 * Sends len bytes before the deadline.  If sent is not NULL, it returns early
 * when the peer takes no more bytes and has sent some; *sent is the number
 * of bytes that were sent.
 */
enum conn_result conn_write(
    struct conn *conn, const void *bytes, size_t len, size_t *sent);

/* Whether the peer has sent neither bytes nor the end since the last read. */
bool conn_is_quiet(struct conn *conn);

/* For implementations: store the reason, return CONN_FAILED, CONN_TIMEOUT. */
enum conn_result conn_fail(struct conn *conn, const char *reason);
enum conn_result conn_fail_time(struct conn *conn);

/* A sleep of so many milliseconds. */
void conn_sleep(long long milliseconds);

#endif
