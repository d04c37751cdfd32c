/* conn.h: a stream of bytes to a server, under a time limit. */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include <stdbool.h>
#include <stddef.h>

#define CONN_REASON_MAX 512

/* CONN_AGAIN: nothing was done, as that would have meant to wait. */
enum conn_result { CONN_OK, CONN_TIMEOUT, CONN_FAILED, CONN_AGAIN };

enum conn_event { CONN_READ = 1, CONN_WRITE = 2 };

/*
 * What tcp.c fills in, and tls.c wraps.  Nothing is reported here: a failure
 * leaves its reason, and the caller knows what it means.
 */
struct conn {
	/* Neither waits.  *got is 0 at the end of the stream. */
	enum conn_result (*take)(
	    struct conn *conn, void *bytes, size_t size, size_t *got);
	enum conn_result (*give)(
	    struct conn *conn, const void *bytes, size_t len, size_t *sent);
	/*
	 * Waits for one of the events until the deadline.  With none in
	 * *came it is worth another try all the same.
	 */
	enum conn_result (*wait)(
	    struct conn *conn, unsigned int events, unsigned int *came);
	void (*close)(struct conn *conn); /* and frees it */

	long long deadline; /* of each wait, by conn_now() */
	bool refused;       /* failed because the peer does not want us */
	const char *hint;   /* what a refusal may be about, or NULL */
	char reason[CONN_REASON_MAX]; /* after CONN_TIMEOUT, CONN_FAILED */
};

/* Waits for bytes; *got is 0 at the end of the stream. */
enum conn_result conn_read(
    struct conn *conn, void *bytes, size_t size, size_t *got);

/*
 * Sends all of it.  With sent not NULL it may be less: the peer takes no
 * more for now, but has something to read.
 */
enum conn_result conn_write(
    struct conn *conn, const void *bytes, size_t len, size_t *sent);

/* Whether nothing came, not even the end, since the last read. */
bool conn_is_quiet(struct conn *conn);

/* Leaves the reason; for those that implement a conn. */
enum conn_result conn_failed(struct conn *conn, const char *reason);
enum conn_result conn_timed_out(struct conn *conn);

/* Milliseconds on the monotonic clock, and a sleep of some of them. */
long long conn_now(void);
void conn_sleep(long long milliseconds);

/*
 * Connects to host, trying each of its addresses once; each gets its share
 * of the time until deadline.  CONN_OK: *out is the caller's to close.  Else
 * reason (size bytes) says how the last address failed and how many there
 * were.  Looking up the name counts, too.
 */
enum conn_result tcp_connect(struct conn **out, const char *host,
    unsigned int port, long long deadline, char *reason, size_t size);

/* Whether a and b are one IPv6 address (RFC 4291, 2.2), in whatever form. */
bool tcp_is_same_address(const char *a, const char *b);

#endif
