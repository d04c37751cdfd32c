/* common.h: what the programs of bench/ share; each of them ends on any error. */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#define MEMORY_STEP 65536

struct bytes {
	unsigned char *data;
	size_t len, room;
};

_Noreturn void die(const char *what);

/* Ends the program unless it is true. */
static inline void need(bool is_true, const char *what)
{
	if (!is_true)
		die(what);
}

/* Room for len more bytes at the end, which count as written. */
unsigned char *bytes_extend(struct bytes *bytes, size_t len);
void bytes_add(struct bytes *bytes, const void *data, size_t len);
struct bytes read_file(const char *name);

/* All on 127.0.0.1. A port of 0 is chosen by the system, and printed. */
int listen_on(int port);
int connect_to(int port);
void write_all(int fd, const void *data, size_t len);

/* Reads the head of an HTTP message up to and with the empty line, and maybe
 * more: the length of the head, or 0 at the end of the stream. A NUL follows. */
size_t read_head(int fd, char *text, size_t size, size_t *got);

/* The value of Content-Length, or 0. */
size_t content_length(const char *head);

#endif
