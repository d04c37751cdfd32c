/* altname_check.h: whether a text is a name of its kind (RFC 5280, 4.2.1.6). */
#ifndef PKI_ALTNAME_CHECK_H
#define PKI_ALTNAME_CHECK_H

#define ALTNAME_ADDRESS_MAX 16 /* bytes of an IPv6 address */

/*
 * The length of the address in out, in network byte order; 0 if the text is no
 * IPv4 or IPv6 address.
 */
int altname_parse_address(
    unsigned char out[ALTNAME_ADDRESS_MAX], const char *text);

/*
 * Each returns NULL if the text is such a name, or else what is expected instead,
 * for messages.  A principal is the UPN of Microsoft.
 */
const char *altname_check_host(const char *text);
const char *altname_check_address(const char *text);
const char *altname_check_email(const char *text);
const char *altname_check_uri(const char *text);
const char *altname_check_principal(const char *text);

#endif
