/* netdb.h: see net.h. */
#ifndef COMPAT_WINDOWS_NETDB_H
#define COMPAT_WINDOWS_NETDB_H

#include "compat/windows/net.h"

#endif
