/* socket.h: see net.h. */
#ifndef COMPAT_WINDOWS_SOCKET_H
#define COMPAT_WINDOWS_SOCKET_H

#include "compat/windows/net.h"

#endif
