/* compat.h: what C lacks, and what differs between compilers. */
#ifndef COMPAT_COMPAT_H
#define COMPAT_COMPAT_H

#if defined(__GNUC__) || defined(__clang__)
#ifdef __MINGW_PRINTF_FORMAT
#define PRINTF_LIKE(text, args) \
	__attribute__((format(__MINGW_PRINTF_FORMAT, text, args)))
#else
#define PRINTF_LIKE(text, args) __attribute__((format(printf, text, args)))
#endif
#define RESULT_COUNTS __attribute__((warn_unused_result))
#else
#define PRINTF_LIKE(text, args)
#define RESULT_COUNTS
#endif

/* z/OS: the compiler option is -qascii. */
_Static_assert('A' == 65, "the characters must be those of ASCII (-qascii)");

/* The number of elements of an array; array must not be a pointer. */
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
