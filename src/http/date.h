/* date.h: the times of header fields (RFC 9110, 5.6.7). */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stdbool.h>

/*
 * Sets *out to the seconds since 1970 of text, an IMF-fixdate, or one of the two
 * obsolete forms, which have to be accepted.  False for anything else.
 */
bool date_parse(long long *out, const char *text);

#endif
