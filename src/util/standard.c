#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "compat/compat.h"
#include "util/standard.h"

static bool closed[STDERR_FILENO + 1];

void standard_reserve(void)
{
	struct pollfd all[] = {
	    {.fd = STDIN_FILENO}, {.fd = STDOUT_FILENO}, {.fd = STDERR_FILENO}};
	int fd;

	if (poll(all, COUNT_OF(all), 0) == 0)
		return;
	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		closed[fd] = true;
	if (fd >= 0)
		close(fd);
}

bool standard_was_closed(int fd)
{
	return fd >= 0 && fd <= STDERR_FILENO && closed[fd];
}
