#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "compat/openssl.h"
#include "compat/provider.h"
#include "pki/ability.h"
#include "pki/pem.h"
#include "pki/request.h"
#include "pki/usage.h"
#include "util/log.h"

#define TEMPLATE_NAME "1.3.6.1.4.1.311.20.2"

/*
 * The extensions of a certificate that the request for its renewal may carry,
 * besides subjectAltName, extendedKeyUsage and keyUsage: they say who the device
 * is, and which profile of the CA it belongs to.  All others are the CA's to
 * set (basicConstraints, the identifiers of keys, policies, where its CRLs are),
 * or belong to the old certificate (SCTs).
 */
static const struct {
	const char *oid;
	bool is_template;
} carried[] = {
    {TEMPLATE_NAME, true},           /* szOID_ENROLL_CERTTYPE */
    {"1.3.6.1.4.1.311.21.7", true},  /* szOID_CERTIFICATE_TEMPLATE */
    {"1.3.6.1.4.1.311.25.2", false}, /* szOID_NTDS_CA_SECURITY_EXT */
};

void request_content_free(struct request_content *content)
{
	X509_NAME_free(content->subject);
	GENERAL_NAMES_free(content->names);
	EXTENDED_KEY_USAGE_free(content->purposes);
	ASN1_BIT_STRING_free(content->usage);
	sk_X509_EXTENSION_pop_free(content->others, X509_EXTENSION_free);
	memset(content, 0, sizeof(*content));
}

/* Takes over the extension, also when it fails. */
static bool add_other(
    struct request_content *content, X509_EXTENSION *extension)
{
	if (content->others == NULL)
		content->others = sk_X509_EXTENSION_new_null();
	if (extension != NULL && content->others != NULL &&
	    sk_X509_EXTENSION_push(content->others, extension) > 0)
		return true;
	X509_EXTENSION_free(extension);
	return false;
}

/* An extension whose value is the text, as a UTF8String in DER. */
static X509_EXTENSION *make_text_extension(const char *oid, const char *text)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_UTF8STRING *string = ASN1_UTF8STRING_new();
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension = NULL;
	unsigned char *der = NULL;
	int len = -1;

	if (string != NULL && ASN1_STRING_set(string, text, -1))
		len = i2d_ASN1_UTF8STRING(string, &der);
	if (object != NULL && value != NULL && len > 0 &&
	    ASN1_OCTET_STRING_set(value, der, len))
		extension =
		    X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	OPENSSL_free(der);
	ASN1_OCTET_STRING_free(value);
	ASN1_UTF8STRING_free(string);
	ASN1_OBJECT_free(object);
	return extension;
}

bool request_check_template(const char *name, struct problem *problem)
{
	int count =
	    problem_count_characters(problem, "the name", name, strlen(name));

	if (count > REQUEST_TEMPLATE_MAX)
		return problem_set(problem,
		    "the name has %d characters, and may have %d", count,
		    REQUEST_TEMPLATE_MAX);
	return count > 0;
}

bool request_add_template(
    struct request_content *content, const char *name, struct problem *problem)
{
	if (!request_check_template(name, problem))
		return false;
	return add_other(content, make_text_extension(TEMPLATE_NAME, name)) ||
	    problem_set(problem, "out of memory");
}

/* found is what libcrypto tells in *crit: -1 none. */
static bool is_readable(const void *value, int found)
{
	return value != NULL || found == -1;
}

static bool copy_other(
    struct request_content *content, X509 *cert, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int at = object != NULL ? X509_get_ext_by_OBJ(cert, object, -1) : -1;
	bool ok = object != NULL;

	if (at >= 0)
		ok = add_other(
		    content, X509_EXTENSION_dup(X509_get_ext(cert, at)));
	ASN1_OBJECT_free(object);
	return ok;
}

/* Without those of --template if one is given. */
static bool copy_others(struct request_content *content, X509 *cert)
{
	bool given = content->others != NULL;
	size_t i;

	for (i = 0; i < COUNT_OF(carried); i++)
		if (!(given && carried[i].is_template) &&
		    !copy_other(content, cert, carried[i].oid))
			return false;
	return true;
}

/* Where nothing is left of it, there is no keyUsage. */
static bool copy_usage(
    struct request_content *content, X509 *cert, EVP_PKEY *key)
{
	int found;
	ASN1_BIT_STRING *usage =
	    X509_get_ext_d2i(cert, NID_key_usage, &found, NULL);
	bool any = false, ok;

	if (usage == NULL)
		return found == -1;
	ok = usage_fit(usage, key, &any);
	if (any)
		content->usage = usage;
	else
		ASN1_BIT_STRING_free(usage);
	return ok;
}

enum status request_take_from_cert(struct request_content *content, X509 *cert,
    EVP_PKEY *key, const char *name)
{
	bool ok = true;
	int found;

	if (content->subject == NULL)
		ok = (content->subject = compat_dup_name(
			  X509_get_subject_name(cert))) != NULL;
	if (ok && content->names == NULL) {
		content->names =
		    X509_get_ext_d2i(cert, NID_subject_alt_name, &found, NULL);
		ok = is_readable(content->names, found);
	}
	if (ok && content->purposes == NULL) {
		content->purposes =
		    X509_get_ext_d2i(cert, NID_ext_key_usage, &found, NULL);
		ok = is_readable(content->purposes, found);
	}
	if (ok && content->usage == NULL)
		ok = copy_usage(content, cert, key);
	if (ok && (ok = copy_others(content, cert)))
		ERR_clear_error();
	return ok ? ST_OK
		  : fail_crypto(ST_FILE,
			"signature certificate %s: its extensions cannot be "
			"read, to ask for the same (make the request with "
			"openssl or mkrequest, and give it with -r)",
			name);
}

bool request_check_challenge(const char *text, struct problem *problem)
{
	int count = problem_count_characters(
	    problem, "the challenge password", text, strlen(text));

	if (count == 0)
		return problem_set(problem, "the challenge password is empty");
	if (count > REQUEST_CHALLENGE_MAX)
		return problem_set(problem,
		    "the challenge password has %d characters, and may have %d "
		    "(RFC 2985, 5.4.1)",
		    count, REQUEST_CHALLENGE_MAX);
	return count > 0;
}

static bool add_challenge(X509_REQ *request, const char *challenge)
{
	const unsigned char *bytes = (const unsigned char *)challenge;
	int len = (int)strlen(challenge);
	int type = ASN1_PRINTABLE_type(bytes, len);

	if (type != V_ASN1_PRINTABLESTRING)
		type = V_ASN1_UTF8STRING;
	return X509_REQ_add1_attr_by_NID(
		   request, NID_pkcs9_challengePassword, type, bytes, len) == 1;
}

/* value may be NULL. */
static bool add_extension(
    STACK_OF(X509_EXTENSION) **all, int nid, void *value, bool critical)
{
	return value == NULL ||
	    X509V3_add1_i2d(
		all, nid, value, critical ? 1 : 0, X509V3_ADD_APPEND) == 1;
}

static bool add_others(
    STACK_OF(X509_EXTENSION) **all, const STACK_OF(X509_EXTENSION) *others)
{
	int i;

	for (i = 0; i < sk_X509_EXTENSION_num(others); i++)
		if (X509v3_add_ext(
			all, sk_X509_EXTENSION_value(others, i), -1) == NULL)
			return false;
	return true;
}

/* RFC 5280, 4.2.1.6: subjectAltName is critical if the subject is empty. */
static bool add_extensions(
    X509_REQ *request, const struct request_content *content)
{
	STACK_OF(X509_EXTENSION) *all = NULL;
	bool empty = X509_NAME_entry_count(content->subject) == 0;
	bool ok;

	ok = add_extension(&all, NID_subject_alt_name, content->names, empty) &&
	    add_extension(&all, NID_key_usage, content->usage, true) &&
	    add_extension(&all, NID_ext_key_usage, content->purposes, false) &&
	    add_others(&all, content->others) &&
	    (all == NULL || X509_REQ_add_extensions(request, all) == 1);
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return ok;
}

/* As strong as the key, in bits; SHA-256 at least.  NULL for Ed25519. */
static const EVP_MD *choose_digest(const EVP_PKEY *key)
{
	int bits = EVP_PKEY_security_bits(key);

	if (ability_of_key(key).hashes_itself)
		return NULL;
	if (bits >= 256)
		return EVP_sha512();
	return bits >= 192 ? EVP_sha384() : EVP_sha256();
}

/* Through DER: independent of the provider of a token, and as from a file. */
static X509_REQ *copy_by_der(X509_REQ *request)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int len = i2d_X509_REQ(request, &der);
	X509_REQ *again = NULL;

	if (len > 0) {
		p = der;
		again = d2i_X509_REQ(NULL, &p, len);
		OPENSSL_cleanse(der, (size_t)len);
	}
	OPENSSL_free(der);
	return again;
}

enum status request_make(
    X509_REQ **out, EVP_PKEY *key, const struct request_content *content)
{
	char query[COMPAT_QUERY_MAX];
	X509_REQ *request = compat_new_x509_req(compat_key_query(query, key));
	bool ok;

	ok = request != NULL && X509_REQ_set_version(request, 0) &&
	    X509_REQ_set_subject_name(request, content->subject) &&
	    X509_REQ_set_pubkey(request, key) &&
	    add_extensions(request, content) &&
	    (content->challenge == NULL ||
		add_challenge(request, content->challenge)) &&
	    X509_REQ_sign(request, key, choose_digest(key)) > 0 &&
	    (*out = copy_by_der(request)) != NULL;
	X509_REQ_free(request);
	return ok
	    ? ST_OK
	    : fail_crypto(ST_ERROR, "cannot make the certificate request");
}

bool request_is_same(X509_REQ *a, X509_REQ *b)
{
	unsigned char *p = NULL, *q = NULL;
	int len = i2d_re_X509_REQ_tbs(a, &p);
	bool same = len > 0 && i2d_re_X509_REQ_tbs(b, &q) == len &&
	    memcmp(p, q, (size_t)len) == 0;

	OPENSSL_free(p);
	OPENSSL_free(q);
	return same;
}

bool request_add_pem(struct buf *out, X509_REQ *request)
{
	unsigned char *der = NULL;
	int len = i2d_X509_REQ(request, &der);
	bool ok =
	    len > 0 && pem_add(out, "CERTIFICATE REQUEST", der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}
