#include <arpa/inet.h>
#include <string.h>

#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/altname_list.h"
#include "util/ascii.h"
#include "util/buf.h"
#include "util/quote.h"

#define DNS_MAX   253 /* RFC 1035, 2.3.4, without the root */
#define LABEL_MAX 63
#define SHOWN_MAX 80
#define TYPE_MAX  8 /* bytes of the name of a type, with the NUL */

#define ADDRESS_MAX 16 /* bytes of an IPv6 address */

struct kind {
	const char *name;
	int type;
	const char *expected;
	bool (*is_good)(const char *value);
};

static bool is_letter_or_digit(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

static bool is_label(const char *text, size_t len)
{
	size_t i;

	if (len == 0 || len > LABEL_MAX || text[0] == '-' ||
	    text[len - 1] == '-')
		return false;
	for (i = 0; i < len; i++)
		if (!is_letter_or_digit(text[i]) && text[i] != '-' &&
		    text[i] != '_')
			return false;
	return true;
}

/* The first label may be a wildcard (RFC 6125, 6.4.3). */
static bool is_host(const char *value)
{
	size_t len;

	if (strlen(value) > DNS_MAX)
		return false;
	if (strncmp(value, "*.", 2) == 0)
		value += 2;
	for (;;) {
		len = strcspn(value, ".");
		if (!is_label(value, len))
			return false;
		if (value[len] == '\0')
			return true;
		value += len + 1;
	}
}

/* The length of the address, in network byte order; 0: it is none. */
static int parse_address(unsigned char out[ADDRESS_MAX], const char *value)
{
	if (inet_pton(AF_INET, value, out) == 1)
		return 4;
	return inet_pton(AF_INET6, value, out) == 1 ? ADDRESS_MAX : 0;
}

static bool is_address(const char *value)
{
	unsigned char bytes[ADDRESS_MAX];

	return parse_address(bytes, value) > 0;
}

/* Printable ASCII without blanks, as an IA5String of these kinds is. */
static bool is_graphic(const char *value)
{
	for (; *value != '\0'; value++)
		if (*value <= ' ' || *value > '~')
			return false;
	return true;
}

static bool is_email(const char *value)
{
	const char *at = strrchr(value, '@');

	return is_graphic(value) && at != NULL && at > value && at[1] != '\0';
}

/* RFC 3986, 3.1: a scheme and what it is about. */
static bool is_uri(const char *value)
{
	size_t len = strcspn(value, ":"), i;

	if (!is_graphic(value) || !ascii_is_letter(value[0]) ||
	    value[len] == '\0' || value[len + 1] == '\0')
		return false;
	for (i = 0; i < len; i++)
		if (!is_letter_or_digit(value[i]) &&
		    strchr("+-.", value[i]) == NULL)
			return false;
	return true;
}

static bool is_principal(const char *value)
{
	const char *at = strrchr(value, '@');
	struct problem unused;

	return at != NULL && at > value && at[1] != '\0' &&
	    problem_count_characters(&unused, "", value, strlen(value)) > 0;
}

static const struct kind kinds[] = {
    {"DNS", GEN_DNS, "the name of a host in ASCII (xn--... for others)",
	is_host},
    {"IP", GEN_IPADD, "an IPv4 or IPv6 address", is_address},
    {"email", GEN_EMAIL, "user@host in ASCII", is_email},
    {"URI", GEN_URI, "an absolute URI in ASCII (RFC 3986)", is_uri},
    {"UPN", GEN_OTHERNAME, "user@domain", is_principal},
};

static const struct kind *find_kind(const char *item, size_t len)
{
	char name[TYPE_MAX] = "";
	size_t i;

	if (len < sizeof(name))
		memcpy(name, item, len);
	for (i = 0; i < COUNT_OF(kinds); i++)
		if (ascii_is_same_word(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

static bool set_string(GENERAL_NAME *name, int type, const char *value)
{
	ASN1_IA5STRING *string = ASN1_IA5STRING_new();

	if (string == NULL || !ASN1_STRING_set(string, value, -1)) {
		ASN1_IA5STRING_free(string);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, string);
	return true;
}

static bool set_address(GENERAL_NAME *name, const char *value)
{
	ASN1_OCTET_STRING *string = ASN1_OCTET_STRING_new();
	unsigned char bytes[ADDRESS_MAX];
	int len = parse_address(bytes, value);

	if (string == NULL || !ASN1_OCTET_STRING_set(string, bytes, len)) {
		ASN1_OCTET_STRING_free(string);
		return false;
	}
	GENERAL_NAME_set0_value(name, GEN_IPADD, string);
	return true;
}

/* szOID_NT_PRINCIPAL_NAME of Microsoft, a UTF8String. */
static bool set_principal(GENERAL_NAME *name, const char *value)
{
	ASN1_UTF8STRING *string = ASN1_UTF8STRING_new();
	ASN1_TYPE *any = ASN1_TYPE_new();
	ASN1_OBJECT *id = OBJ_nid2obj(NID_ms_upn);

	if (string == NULL || any == NULL ||
	    !ASN1_STRING_set(string, value, -1)) {
		ASN1_UTF8STRING_free(string);
		ASN1_TYPE_free(any);
		return false;
	}
	ASN1_TYPE_set(any, V_ASN1_UTF8STRING, string);
	if (GENERAL_NAME_set0_othername(name, id, any))
		return true;
	ASN1_TYPE_free(any);
	return false;
}

static bool push_name(
    GENERAL_NAMES *names, const struct kind *kind, const char *value)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	bool ok = name != NULL;

	if (ok && kind->type == GEN_IPADD)
		ok = set_address(name, value);
	else if (ok && kind->type == GEN_OTHERNAME)
		ok = set_principal(name, value);
	else if (ok)
		ok = set_string(name, kind->type, value);
	if (ok && sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

/* An item of the list, without its backslashes. */
static bool add_item(
    GENERAL_NAMES *names, const char *item, struct problem *problem)
{
	size_t len = strcspn(item, ":");
	const struct kind *kind = find_kind(item, len);
	char shown[SHOWN_MAX];
	const char *value;

	log_escape(shown, sizeof(shown), item, strlen(item));
	if (kind == NULL || item[len] == '\0')
		return problem_set(problem,
		    "%s%sdoes not begin with DNS:, IP:, email:, URI: or UPN: "
		    "(a comma in a name is written \\,)",
		    *item != '\0' ? shown : "an empty item",
		    *item != '\0' ? " " : " ");
	value = item + len + 1;
	if (!kind->is_good(value))
		return problem_set(problem, "%s: expected %s after %s:", shown,
		    kind->expected, kind->name);
	return push_name(names, kind, value) ||
	    problem_set(problem, "out of memory");
}

/* Copies up to the next comma that has no backslash before it. */
static bool take_item(
    struct buf *item, const char **list, struct problem *problem)
{
	const char *p = *list + strspn(*list, " \t");
	size_t len;

	item->len = 0;
	for (;;) {
		len = strcspn(p, "\\,");
		if (!buf_add(item, p, len))
			return problem_set(problem, "out of memory");
		p += len;
		if (*p != '\\')
			break;
		if (p[1] == '\0')
			return problem_set(
			    problem, "there is nothing after the backslash");
		if (!buf_add(item, p + 1, 1))
			return problem_set(problem, "out of memory");
		p += 2;
	}
	*list = p;
	return true;
}

bool altname_list_add(
    GENERAL_NAMES *names, const char *list, struct problem *problem)
{
	struct buf item = {0};
	bool ok;

	for (;;) {
		ok = take_item(&item, &list, problem) &&
		    add_item(names, buf_string(&item), problem);
		if (!ok || *list != ',')
			break;
		list++;
	}
	buf_free(&item);
	return ok;
}
