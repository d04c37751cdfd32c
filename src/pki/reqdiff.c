#include <string.h>

#include <openssl/objects.h>
#include <openssl/x509v3.h>

#include "compat/memory.h"
#include "compat/openssl.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "pki/reqdiff.h"
#include "pki/request.h"

#define NAME_SIZE 80 /* bytes of what is quoted, with the NUL */

/* Sets the text; true, as there is a difference. */
#define DIFFER(difference, ...) (!problem_set(difference, __VA_ARGS__))

static bool find_subject(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	const X509_NAME *a = X509_REQ_get_subject_name(there);
	const X509_NAME *b = X509_REQ_get_subject_name(wanted);
	char shown_a[NAME_SIZE], shown_b[NAME_SIZE];

	return X509_NAME_cmp(a, b) != 0 &&
	    DIFFER(difference, "its subject is %s, not %s",
		cert_name_quote(shown_a, sizeof(shown_a), a),
		cert_name_quote(shown_b, sizeof(shown_b), b));
}

/* Case and blanks do not count in X509_NAME_cmp() (RFC 5280, 7.1). */
static bool find_spelling(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	const X509_NAME *a = X509_REQ_get_subject_name(there);
	const X509_NAME *b = X509_REQ_get_subject_name(wanted);
	char shown_a[NAME_SIZE], shown_b[NAME_SIZE];

	cert_name_quote(shown_a, sizeof(shown_a), a);
	cert_name_quote(shown_b, sizeof(shown_b), b);
	return strcmp(shown_a, shown_b) != 0 &&
	    DIFFER(difference, "its subject is written %s, not %s", shown_a,
		shown_b);
}

static const X509_ATTRIBUTE *find_challenge(X509_REQ *csr)
{
	int at = X509_REQ_get_attr_by_NID(csr, NID_pkcs9_challengePassword, -1);

	return at < 0 ? NULL : X509_REQ_get_attr(csr, at);
}

static bool is_same_attribute(const X509_ATTRIBUTE *a, const X509_ATTRIBUTE *b)
{
	unsigned char *p = NULL, *q = NULL;
	int len = compat_i2d_attribute(a, &p);
	bool same = len > 0 && compat_i2d_attribute(b, &q) == len &&
	    CRYPTO_memcmp(p, q, (size_t)len) == 0;

	compat_clear_free(p, len > 0 ? (size_t)len : 0);
	OPENSSL_free(q);
	return same;
}

static bool find_password(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	const X509_ATTRIBUTE *a = find_challenge(there);
	const X509_ATTRIBUTE *b = find_challenge(wanted);

	if (a == NULL || b == NULL)
		return a != b &&
		    DIFFER(difference, "it has %s challengePassword",
			a == NULL ? "no" : "a");
	return !is_same_attribute(a, b) &&
	    DIFFER(difference, "its challengePassword is another one");
}

/* An extension of some that all lack, or that they have otherwise. */
static bool find_extension(struct problem *difference,
    const STACK_OF(X509_EXTENSION) *some, const STACK_OF(X509_EXTENSION) *all,
    const char *lacking)
{
	X509_EXTENSION *one, *other;
	char name[NAME_SIZE];
	int i, at;

	for (i = 0; i < sk_X509_EXTENSION_num(some); i++) {
		one = sk_X509_EXTENSION_value(some, i);
		at = X509v3_get_ext_by_OBJ(
		    all, X509_EXTENSION_get_object(one), -1);
		other = at >= 0 ? sk_X509_EXTENSION_value(all, at) : NULL;
		if (other != NULL &&
		    ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(one),
			X509_EXTENSION_get_data(other)) == 0 &&
		    X509_EXTENSION_get_critical(one) ==
			X509_EXTENSION_get_critical(other))
			continue;
		OBJ_obj2txt(
		    name, sizeof(name), X509_EXTENSION_get_object(one), 0);
		return other == NULL
		    ? DIFFER(
			  difference, "%s the extension \"%s\"", lacking, name)
		    : DIFFER(difference, "its extension \"%s\" is another one",
			  name);
	}
	return false;
}

static bool find_extensions(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	STACK_OF(X509_EXTENSION) *a = X509_REQ_get_extensions(there);
	STACK_OF(X509_EXTENSION) *b = X509_REQ_get_extensions(wanted);
	bool differ = find_extension(difference, b, a, "it lacks") ||
	    find_extension(difference, a, b, "it has");

	sk_X509_EXTENSION_pop_free(a, X509_EXTENSION_free);
	sk_X509_EXTENSION_pop_free(b, X509_EXTENSION_free);
	return differ;
}

static bool find_key(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	return !csr_has_key(there, X509_REQ_get0_pubkey(wanted)) &&
	    DIFFER(difference, "it is for another key");
}

enum reqdiff reqdiff_find(
    struct problem *difference, X509_REQ *there, X509_REQ *wanted)
{
	if (request_is_same(there, wanted))
		return REQDIFF_NONE;
	if (find_key(difference, there, wanted) ||
	    find_subject(difference, there, wanted) ||
	    find_extensions(difference, there, wanted))
		return REQDIFF_OTHER;
	if (find_password(difference, there, wanted))
		return find_challenge(there) != NULL ? REQDIFF_CHALLENGE
						     : REQDIFF_OTHER;
	if (find_spelling(difference, there, wanted))
		return REQDIFF_OTHER;
	problem_set(difference, "it has other attributes, or another order");
	return REQDIFF_OTHER;
}
