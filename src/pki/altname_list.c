#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/altname_check.h"
#include "pki/altname_list.h"
#include "util/ascii.h"
#include "util/buf.h"
#include "util/quote.h"

#define SHOWN_MAX 80
#define TYPE_MAX  8 /* bytes of the name of a type, with the NUL */

static const struct kind {
	const char *name;
	int type;
	const char *(*check)(const char *value);
} kinds[] = {
    {"DNS", GEN_DNS, altname_check_host},
    {"IP", GEN_IPADD, altname_check_address},
    {"email", GEN_EMAIL, altname_check_email},
    {"URI", GEN_URI, altname_check_uri},
    {"UPN", GEN_OTHERNAME, altname_check_principal},
};

const char *altname_list_type(size_t i)
{
	return i < COUNT_OF(kinds) ? kinds[i].name : NULL;
}

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
	unsigned char bytes[ALTNAME_ADDRESS_MAX];
	int len = altname_parse_address(bytes, value);

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
	const char *value, *expected;

	log_escape(shown, sizeof(shown), item, strlen(item));
	if (*item == '\0')
		return problem_set(
		    problem, "there is a comma, but no name next to it");
	if (kind == NULL || item[len] == '\0')
		return problem_set(problem,
		    "%s does not begin with DNS:, IP:, email:, URI: or UPN: "
		    "(a comma in a name is written \\,)",
		    shown);
	value = item + len + 1;
	if ((expected = kind->check(value)) != NULL)
		return problem_set(problem, "%s: expected %s", shown, expected);
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

	if (list[strspn(list, " \t")] == '\0')
		return problem_set(problem, "there is no name in it");
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

struct place {
	GENERAL_NAME *name;
	int at; /* in the list */
};

static const ASN1_STRING *get_string(const GENERAL_NAME *name)
{
	int type;
	const void *value = GENERAL_NAME_get0_value(name, &type);
	const OTHERNAME *other = value;

	return type == GEN_OTHERNAME ? other->value->value.asn1_string : value;
}

/* Case does not count in a dNSName (RFC 5280, 7.2). */
static int compare_bytes(const GENERAL_NAME *a, const GENERAL_NAME *b)
{
	const ASN1_STRING *p = get_string(a), *q = get_string(b);
	const char *x = (const char *)ASN1_STRING_get0_data(p);
	const char *y = (const char *)ASN1_STRING_get0_data(q);
	int i, len = ASN1_STRING_length(p), other = ASN1_STRING_length(q);

	if (len != other || a->type != GEN_DNS)
		return ASN1_STRING_cmp(p, q);
	for (i = 0; i < len; i++)
		if (ascii_to_lower(x[i]) != ascii_to_lower(y[i]))
			return ascii_to_lower(x[i]) - ascii_to_lower(y[i]);
	return 0;
}

static int compare_names(const struct place *a, const struct place *b)
{
	if (a->name->type != b->name->type)
		return a->name->type - b->name->type;
	return compare_bytes(a->name, b->name);
}

/* Of the same names the one that was given first is the first. */
static int compare_places(const void *a, const void *b)
{
	const struct place *p = a, *q = b;
	int order = compare_names(p, q);

	return order != 0 ? order : p->at - q->at;
}

/* Moves the names together, without the NULLs between them. */
static void close_gaps(GENERAL_NAMES *names)
{
	int i, kept = 0;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++)
		if (sk_GENERAL_NAME_value(names, i) != NULL)
			sk_GENERAL_NAME_set(
			    names, kept++, sk_GENERAL_NAME_value(names, i));
	while (sk_GENERAL_NAME_num(names) > kept)
		sk_GENERAL_NAME_pop(names);
}

bool altname_list_drop_repeated(GENERAL_NAMES *names, struct problem *problem)
{
	int i, count = sk_GENERAL_NAME_num(names);
	struct place *places, *first;

	if (count < 2)
		return true;
	if ((places = calloc((size_t)count, sizeof(*places))) == NULL)
		return problem_set(problem, "out of memory");
	for (i = 0; i < count; i++)
		places[i] = (struct place){sk_GENERAL_NAME_value(names, i), i};
	qsort(places, (size_t)count, sizeof(*places), compare_places);
	first = places;
	for (i = 1; i < count; i++) {
		if (compare_names(first, &places[i]) != 0) {
			first = &places[i];
			continue;
		}
		sk_GENERAL_NAME_set(names, places[i].at, NULL);
		GENERAL_NAME_free(places[i].name);
	}
	free(places);
	close_gaps(names);
	return true;
}
