#include <fcntl.h>
#include <unistd.h>

#include "util/standard.h"

static bool closed[STDERR_FILENO + 1];

void standard_reserve(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		closed[fd] = true;
	if (fd >= 0)
		close(fd);
}

bool standard_was_closed(int fd)
{
	return fd >= 0 && fd <= STDERR_FILENO && closed[fd];
}
