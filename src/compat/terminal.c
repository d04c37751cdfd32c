#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "compat/terminal.h"

#define COLUMNS_DEFAULT 80

bool compat_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return term != NULL && *term != '\0' && strcmp(term, "dumb") != 0 &&
	    isatty(fd);
}

bool compat_owns_terminal(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

int compat_terminal_columns(int fd)
{
	struct winsize size = {0};

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return COLUMNS_DEFAULT;
	return size.ws_col;
}
