#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
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

static ASN1_OBJECT *find_type(const char *type)
{
	ASN1_OBJECT *object = OBJ_txt2obj(type, 0);
	size_t i;

	for (i = 0; object == NULL && i < COUNT_OF(usual); i++)
		if (ascii_is_same_word(usual[i], type))
			object = OBJ_txt2obj(usual[i], 0);
	ERR_clear_error();
	return object;
}

/* Takes the text before the next "=" off the rest. */
static bool take_type(struct parser *p, char type[TYPE_MAX])
{
	size_t len = strcspn(p->left, "=/+");
	char shown[SHOWN_MAX];

	log_escape(shown, sizeof(shown), p->left, len);
	if (len == 0)
		return problem_set(p->problem,
		    "there is no type of attribute before %.20s",
		    *p->left != '\0' ? p->left : "the end");
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
		    "%s has %d characters, and may have %ld (RFC 5280, A.1)",
		    type, count, bounds->maxsize);
	return true;
}

/* joined: to the attribute before. */
static bool take_attribute(struct parser *p, bool joined)
{
	ASN1_OBJECT *object = NULL;
	struct buf value = {0};
	char type[TYPE_MAX], shown[SHOWN_MAX];
	bool ok = take_type(p, type);

	log_escape(shown, sizeof(shown), type, ok ? strlen(type) : 0);
	if (ok && (object = find_type(type)) == NULL)
		ok = problem_set(p->problem,
		    "unknown type of attribute %s, neither an OID nor one of "
		    "the usual " USUAL_SHOWN,
		    shown);
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
		if (joined && p->left[1] == '\0')
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
