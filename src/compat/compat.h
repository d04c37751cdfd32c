/* compat.h: what differs between compilers and systems. */
#ifndef COMPAT_COMPAT_H
#define COMPAT_COMPAT_H

#if defined(__GNUC__) || defined(__clang__)
#define PRINTF_LIKE(text, args) __attribute__((format(printf, text, args)))
#else
#define PRINTF_LIKE(text, args)
#endif

#endif
