#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/oid.h"
#include "pki/subject.h"
#include "util/ascii.h"
#include "util/buf.h"
#include "util/quote.h"

#define TYPE_MAX  80 /* bytes of the name of a type, with the NUL */
#define SHOWN_MAX 64

/* The usual types of attributes, by libcrypto's short names. */
static const char *const usual[] = {"C", "ST", "L", "O", "OU", "CN",
    "serialNumber", "emailAddress", "DC", "UID", "GN", "SN", "title", "street",
    "postalCode", "dnQualifier", "unstructuredName", "unstructuredAddress"};

#define USUAL_SHOWN "C, ST, L, O, OU, CN, serialNumber, emailAddress, DC, UID"

/* The text that is left, and the name that is made of it. */
struct parser {
	const char *left;
	X509_NAME *name;
	struct problem *problem;
};

/* Other names of usual types, as certificates are shown on other systems. */
static const struct {
	const char *name, *usual;
} aliases[] = {{"E", "emailAddress"}, {"email", "emailAddress"}, {"S", "ST"},
    {"G", "GN"}, {"I", "initials"}, {"T", "title"}};

/* Where attributes of names are; one ends in a dot if all in it are. */
static const char *const naming[] = {
    "2.5.4.",                         /* X.520 */
    "0.9.2342.19200300.100.1.",       /* DC, UID (RFC 4519) */
    "1.2.840.113549.1.9.1",           /* emailAddress (RFC 2985) */
    "1.2.840.113549.1.9.2",           /* unstructuredName */
    "1.2.840.113549.1.9.8",           /* unstructuredAddress */
    "1.3.6.1.4.1.311.60.2.1.",        /* jurisdiction */
    "1.3.6.1.5.5.7.9.",               /* dateOfBirth (RFC 3739) */
    "1.2.643.100.1", "1.2.643.100.3", /* OGRN, SNILS */
    "1.2.643.100.4", "1.2.643.100.5", /* INNLE, OGRNIP */
    "1.2.643.3.131.1.1",              /* INN */
};

static ASN1_OBJECT *find_alias(const char *type)
{
	size_t i;

	for (i = 0; i < COUNT_OF(aliases); i++)
		if (ascii_is_same_word(aliases[i].name, type))
			return OBJ_txt2obj(aliases[i].usual, 0);
	return NULL;
}

static ASN1_OBJECT *find_type(const char *type)
{
	ASN1_OBJECT *object;
	size_t i;

	if (ascii_is_digit(type[0]))
		return oid_parse(type);
	if (ascii_to_lower(type[0]) == 'o' && ascii_to_lower(type[1]) == 'i' &&
	    ascii_to_lower(type[2]) == 'd' && type[3] == '.')
		return oid_parse(type + 4);
	object = OBJ_txt2obj(type, 0);
	if (object == NULL)
		object = find_alias(type);
	for (i = 0; object == NULL && i < COUNT_OF(usual); i++)
		if (ascii_is_same_word(usual[i], type))
			object = OBJ_txt2obj(usual[i], 0);
	ERR_clear_error();
	return object;
}

/* What libcrypto does not know may be one: private attributes have an OID. */
static bool is_naming(const ASN1_OBJECT *object)
{
	char oid[TYPE_MAX];
	size_t i, len;

	if (OBJ_obj2nid(object) == NID_undef)
		return true;
	OBJ_obj2txt(oid, sizeof(oid), object, 1);
	for (i = 0; i < COUNT_OF(naming); i++) {
		len = strlen(naming[i]);
		if (strncmp(oid, naming[i], len) == 0 &&
		    (naming[i][len - 1] == '.' || oid[len] == '\0'))
			return true;
	}
	return false;
}

static ASN1_OBJECT *parse_type(
    struct problem *problem, const char *type, const char *shown)
{
	ASN1_OBJECT *object = find_type(type);

	if (object == NULL) {
		problem_set(problem,
		    "unknown type of attribute %s, neither an OID nor one of "
		    "the usual " USUAL_SHOWN,
		    shown);
	} else if (!is_naming(object)) {
		problem_set(problem,
		    "%s is no attribute of a name, as the usual " USUAL_SHOWN
		    " are",
		    shown);
		ASN1_OBJECT_free(object);
		object = NULL;
	}
	return object;
}

/* Takes the text before the next "=" off the rest. */
static bool take_type(struct parser *p, char type[TYPE_MAX])
{
	size_t len = strcspn(p->left, "=/+");
	char shown[SHOWN_MAX];

	log_escape(
	    shown, sizeof(shown), p->left, len > 0 ? len : strlen(p->left));
	if (len == 0)
		return problem_set(p->problem,
		    "there is no type of attribute before %s",
		    *p->left != '\0' ? shown : "the end");
	if (p->left[0] == ' ' || p->left[len - 1] == ' ')
		return problem_set(p->problem,
		    "there is a blank next to the type of attribute \"%s\"",
		    shown);
	if (p->left[len] != '=')
		return problem_set(p->problem,
		    "%s has no =VALUE after it (a / or + in a value is written "
		    "\\/ or \\+)",
		    shown);
	if (len >= TYPE_MAX)
		return problem_set(
		    p->problem, "unknown type of attribute %s", shown);
	memcpy(type, p->left, len);
	type[len] = '\0';
	p->left += len + 1;
	return true;
}

/* Takes the value off the rest, without its backslashes. */
static bool take_value(struct parser *p, struct buf *value, const char *type)
{
	size_t len;

	for (;;) {
		len = strcspn(p->left, "\\/+");
		if (!buf_add(value, p->left, len))
			return problem_set(p->problem, "out of memory");
		p->left += len;
		if (*p->left != '\\')
			break;
		if (p->left[1] == '\0')
			return problem_set(p->problem,
			    "%s: there is nothing after the backslash", type);
		if (!buf_add(value, p->left + 1, 1))
			return problem_set(p->problem, "out of memory");
		p->left += 2;
	}
	if (value->len == 0)
		return problem_set(
		    p->problem, "the value of %s is empty", type);
	return true;
}

/* The type of string that RFC 5280, A.1 requires may have few characters. */
static bool check_alphabet(struct problem *problem, const char *type,
    const ASN1_STRING_TABLE *bounds, const struct buf *value)
{
	int needed = ASN1_PRINTABLE_type(value->data, (int)value->len);

	if (bounds == NULL)
		return true;
	if (bounds->mask == B_ASN1_PRINTABLESTRING &&
	    needed != V_ASN1_PRINTABLESTRING)
		return problem_set(problem,
		    "%s may have letters, digits, blanks and '()+,-./:=? only "
		    "(PrintableString, RFC 5280, A.1)",
		    type);
	if (bounds->mask == B_ASN1_IA5STRING && needed == V_ASN1_T61STRING)
		return problem_set(problem,
		    "%s may have ASCII only (IA5String, RFC 5280, A.1)", type);
	return true;
}

/* RFC 5280, A.1: libcrypto has its upper bounds in a table. */
static bool check_value(
    struct problem *problem, const char *type, int nid, const struct buf *value)
{
	const ASN1_STRING_TABLE *bounds = ASN1_STRING_TABLE_get(nid);
	const char *text = buf_string(value);
	int count =
	    problem_count_characters(problem, type, value->data, value->len);

	if (count < 0)
		return false;
	if (nid == NID_countryName &&
	    (count != 2 || !ascii_is_letter(text[0]) ||
		!ascii_is_letter(text[1])))
		return problem_set(problem,
		    "%s is not the two letters of a country (RFC 5280, A.1)",
		    type);
	if (bounds != NULL && bounds->maxsize > 0 && count > bounds->maxsize)
		return problem_set(problem,
		    "%s has %d characters, and may have %ld%s", type, count,
		    bounds->maxsize,
		    nid == NID_pkcs9_emailAddress ? "" : " (RFC 5280, A.1)");
	return check_alphabet(problem, type, bounds, value);
}

/* joined: to the attribute before. */
static bool take_attribute(struct parser *p, bool joined)
{
	ASN1_OBJECT *object = NULL;
	struct buf value = {0};
	char type[TYPE_MAX], shown[SHOWN_MAX];
	bool ok = take_type(p, type);

	log_escape(shown, sizeof(shown), type, ok ? strlen(type) : 0);
	ok = ok && (object = parse_type(p->problem, type, shown)) != NULL;
	ok = ok && take_value(p, &value, shown) &&
	    check_value(p->problem, shown, OBJ_obj2nid(object), &value);
	if (ok &&
	    !X509_NAME_add_entry_by_OBJ(p->name, object, MBSTRING_UTF8,
		value.data, (int)value.len, -1, joined ? -1 : 0))
		ok = problem_set_crypto(p->problem, shown);
	ASN1_OBJECT_free(object);
	buf_free(&value);
	return ok;
}

static bool take_all(struct parser *p)
{
	bool joined = false;

	while (*p->left != '\0') {
		if (!take_attribute(p, joined))
			return false;
		joined = *p->left == '+';
		if (joined && strchr("/+", p->left[1]) != NULL)
			return problem_set(
			    p->problem, "there is no attribute after +");
		if (*p->left != '\0')
			p->left++;
	}
	return true;
}

bool subject_parse(X509_NAME **out, const char *text, struct problem *problem)
{
	struct parser p = {.left = text + 1, .problem = problem};

	if (text[0] != '/')
		return problem_set(problem,
		    "it does not begin with a slash; expected /TYPE=VALUE..., "
		    "such as /C=FI/CN=router1");
	if ((p.name = X509_NAME_new()) == NULL)
		return problem_set(problem, "out of memory");
	if (!take_all(&p)) {
		X509_NAME_free(p.name);
		return false;
	}
	*out = p.name;
	return true;
}
