/* inet.h: see net.h. */
#ifndef COMPAT_WINDOWS_INET_H
#define COMPAT_WINDOWS_INET_H

#include "compat/windows/net.h"

#endif
