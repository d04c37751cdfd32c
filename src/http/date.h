/* date.h: the times of header fields (RFC 9110, 5.6.7). */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stdbool.h>

/*
 * Sets *out to the seconds since 1970 of text, an IMF-fixdate, or one of the two
 * obsolete forms, which have to be accepted.  False for anything else, and before
 * 1970.  By now, in seconds since 1970, it is known which century a year of two
 * digits means: it is not more than 50 years in the future.
 */
bool date_parse(long long *out, const char *text, long long now);

#endif
