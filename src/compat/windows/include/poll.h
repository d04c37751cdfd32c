/* poll.h: waits for a socket, or a time. */
#ifndef COMPAT_WINDOWS_POLL_H
#define COMPAT_WINDOWS_POLL_H

#include "compat/windows/net.h"

#endif
