#include <errno.h>
#include <unistd.h>

#include "util/links.h"

#define COUNT_MAX 40   /* as Linux has it */
#define TEXT_MAX  4096 /* bytes of a link, PATH_MAX of Linux */

bool links_read(struct buf *text, const char *link, int *count)
{
	char found[TEXT_MAX];
	ssize_t len = readlink(link, found, sizeof(found));

	if (len < 0)
		return false;
	if (++*count > COUNT_MAX || len == (ssize_t)sizeof(found)) {
		errno = ELOOP;
		return false;
	}
	return buf_add(text, found, (size_t)len);
}
