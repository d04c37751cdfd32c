/* der.h: walks DER of which only the beginning may be in memory. */
#ifndef BENCH_DER_H
#define BENCH_DER_H

#include <stddef.h>

/* An element: its tag, its header, and its contents, which may go on behind
 * what is in memory. */
struct der {
	const unsigned char *start;
	size_t head, len;
	unsigned char tag;
};

/* Reads the header of the element at p; ends the program if it is not one. */
struct der der_at(const unsigned char *p);

/* The element that is reached by a path: "1.0" is the first element in the
 * second one of those in der. Headers on the way must be in memory. */
struct der der_find(struct der der, const char *path);

static inline const unsigned char *der_in(struct der der)
{
	return der.start + der.head;
}

static inline const unsigned char *der_end(struct der der)
{
	return der.start + der.head + der.len;
}

#endif
