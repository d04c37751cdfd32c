/* monotonic.h: a clock that nobody sets, for time limits. */
#ifndef UTIL_MONOTONIC_H
#define UTIL_MONOTONIC_H

/* Milliseconds since some moment, the same one for all of the process. */
long long monotonic_now(void);

#endif
