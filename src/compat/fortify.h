/* fortify.h: has the C library check sizes; included before every source.
 *
 * The compiler reads it after its command line, where _FORTIFY_SOURCE may be
 * defined to something else.  FORTIFY_LEVEL is what configure found.  Without
 * optimisation the C library would only warn that it checks nothing, and
 * sanitizers put their own checks in the place of the same functions.
 */
#ifndef COMPAT_FORTIFY_H
#define COMPAT_FORTIFY_H

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer) || \
    __has_feature(thread_sanitizer)
#define SANITIZED
#endif
#endif

#if !defined(_FORTIFY_SOURCE) && defined(FORTIFY_LEVEL) && \
    defined(__OPTIMIZE__) && !defined(SANITIZED)
#define _FORTIFY_SOURCE FORTIFY_LEVEL
#endif

#undef SANITIZED

#endif
