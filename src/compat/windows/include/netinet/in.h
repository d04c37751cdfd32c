/* in.h: see net.h. */
#ifndef COMPAT_WINDOWS_IN_H
#define COMPAT_WINDOWS_IN_H

#include "compat/windows/net.h"

#endif
