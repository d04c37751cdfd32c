#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "pki/altname_check.h"
#include "pki/problem.h"
#include "util/ascii.h"

#define DNS_MAX   253 /* RFC 1035, 2.3.4, without the root */
#define LABEL_MAX 63
#define EMAIL_MAX 254 /* RFC 5321, 4.5.3.1.3, without the angle brackets */

static bool is_letter_or_digit(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

/* Whether all len bytes are letters, digits or one of the others. */
static bool has_only(const char *text, size_t len, const char *others)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!is_letter_or_digit(text[i]) &&
		    (text[i] == '\0' || strchr(others, text[i]) == NULL))
			return false;
	return true;
}

static bool is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text > 0x7f)
			return false;
	return true;
}

int altname_parse_address(
    unsigned char out[ALTNAME_ADDRESS_MAX], const char *text)
{
	if (inet_pton(AF_INET, text, out) == 1)
		return 4;
	return inet_pton(AF_INET6, text, out) == 1 ? ALTNAME_ADDRESS_MAX : 0;
}

const char *altname_check_address(const char *text)
{
	unsigned char bytes[ALTNAME_ADDRESS_MAX];

	if (altname_parse_address(bytes, text) > 0)
		return NULL;
	if (text[0] == '[')
		return "an IPv4 or IPv6 address without brackets";
	return "an IPv4 or IPv6 address";
}

static const char *check_label(const char *text, size_t len)
{
	if (len > LABEL_MAX)
		return "at most 63 characters between two dots (RFC 1035, "
		       "2.3.4)";
	if (len == 0 || text[0] == '-' || text[len - 1] == '-' ||
	    !has_only(text, len, "-_"))
		return "the name of a host: letters, digits and - between "
		       "dots, *. only before it";
	return NULL;
}

/* The first label may be a wildcard (RFC 6125, 6.4.3). */
const char *altname_check_host(const char *text)
{
	const char *expected;
	size_t len;

	if (!is_ascii(text))
		return "the name of a host in ASCII: the A-label of others "
		       "(xn--..., RFC 5890)";
	if (altname_check_address(text) == NULL)
		return "the name of a host; an address is written IP:";
	if (strlen(text) > DNS_MAX)
		return "at most 253 characters (RFC 1035, 2.3.4)";
	if (strncmp(text, "*.", 2) == 0)
		text += 2;
	for (;;) {
		len = strcspn(text, ".");
		if ((expected = check_label(text, len)) != NULL)
			return expected;
		if (text[len] == '\0')
			return NULL;
		text += len + 1;
	}
}

/* RFC 5321, 4.1.2: Dot-string or Quoted-string. */
static bool is_local_part(const char *text, size_t len)
{
	size_t i;

	if (len > 2 && text[0] == '"' && text[len - 1] == '"') {
		for (i = 0; i < len; i++)
			if (text[i] < ' ' || text[i] > '~')
				return false;
		return true;
	}
	return len > 0 && text[0] != '.' && text[len - 1] != '.' &&
	    has_only(text, len, ".!#$%&'*+-/=?^_`{|}~");
}

const char *altname_check_email(const char *text)
{
	const char *at = strrchr(text, '@');

	if (!is_ascii(text))
		return "user@host in ASCII (RFC 5280, 4.2.1.6): the A-label of "
		       "a host that is not (xn--..., RFC 5890)";
	if (strlen(text) > EMAIL_MAX)
		return "at most 254 characters (RFC 5321, 4.5.3.1.3)";
	if (at == NULL || !is_local_part(text, (size_t)(at - text)) ||
	    at[1] == '*' || altname_check_host(at + 1) != NULL)
		return "user@host";
	return NULL;
}

/* RFC 3986, 2: the characters of a URI, besides letters and digits. */
#define URI_OTHERS "-._~:/?#[]@!$&'()*+,;=%"

/* RFC 3986, 2.1: % and two hexadecimal digits. */
static bool has_whole_escapes(const char *text)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	while ((text = strchr(text, '%')) != NULL) {
		if (strspn(++text, digits) < 2)
			return false;
	}
	return true;
}

#define PORT_MAX 65535

/* The port of an authority, if it has one (RFC 3986, 3.2.3). */
static bool has_good_port(const char *authority)
{
	const char *end = authority + strcspn(authority, "/?#"), *p = end;
	int port = 0;

	while (p > authority && strchr(":]@", p[-1]) == NULL)
		p--;
	if (p == authority || p[-1] != ':')
		return true;
	for (; p < end && ascii_is_digit(*p) && port <= PORT_MAX; p++)
		port = port * 10 + (*p - '0');
	return p == end && port <= PORT_MAX;
}

/* RFC 5280, 4.2.1.6: where there is an authority, it has a host. */
static bool has_host(const char *text)
{
	size_t len = strcspn(text, "/?#"), user = strcspn(text, "@");

	if (user < len) {
		text += user + 1;
		len -= user + 1;
	}
	return len > 0 && text[0] != ':';
}

const char *altname_check_uri(const char *text)
{
	size_t len = strcspn(text, ":/?#");

	if (!has_only(text, strlen(text), URI_OTHERS))
		return "a URI of the characters of RFC 3986: all others are "
		       "written %XX";
	if (!has_whole_escapes(text))
		return "a URI with two hexadecimal digits after each % (RFC "
		       "3986, 2.1)";
	if (text[len] != ':' || !ascii_is_letter(text[0]) ||
	    !has_only(text, len, "+-."))
		return "an absolute URI: a scheme such as https: before the "
		       "rest (RFC 3986)";
	text += len + 1;
	if (*text == '\0')
		return "an absolute URI: something after its scheme (RFC 3986)";
	if (strncmp(text, "//", 2) == 0 && !has_host(text + 2))
		return "a URI with a host after // (RFC 5280, 4.2.1.6)";
	if (strncmp(text, "//", 2) == 0 && !has_good_port(text + 2))
		return "a URI with a port from 0 to 65535";
	return NULL;
}

const char *altname_check_principal(const char *text)
{
	const char *at = strchr(text, '@');
	struct problem unused;

	if (at != NULL && at > text && strchr(at + 1, '@') == NULL &&
	    at[1] != '\0' &&
	    problem_count_characters(&unused, "", text, strlen(text)) > 0)
		return NULL;
	return "user@domain, in UTF-8 without control characters";
}
