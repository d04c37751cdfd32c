/* tcp.h: see net.h. */
#ifndef COMPAT_WINDOWS_TCP_H
#define COMPAT_WINDOWS_TCP_H

#include "compat/windows/net.h"

#endif
