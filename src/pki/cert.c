#include <limits.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "compat/compat.h"
#include "compat/process.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/curve.h"
#include "pki/der.h"
#include "pki/pem.h"
#include "util/file.h"
#include "util/log.h"

bool cert_push(STACK_OF(X509) *certs, X509 *cert)
{
	if (!X509_up_ref(cert))
		return false;
	if (sk_X509_push(certs, cert) > 0)
		return true;
	X509_free(cert);
	return false;
}

void cert_stack_free(STACK_OF(X509) *certs)
{
	sk_X509_pop_free(certs, X509_free);
}

/*
 * X509_cmp() compares digests, and some versions return 0 if there was no
 * memory to compute them.
 */
static bool is_same(const X509 *a, const X509 *b)
{
	return X509_cmp(a, b) == 0 &&
	    ASN1_STRING_cmp(
		X509_get0_pubkey_bitstr(a), X509_get0_pubkey_bitstr(b)) == 0;
}

bool cert_is_in(STACK_OF(X509) *certs, const X509 *cert)
{
	int i;

	for (i = 0; i < sk_X509_num(certs); i++)
		if (is_same(sk_X509_value(certs, i), cert))
			return true;
	return false;
}

/* Whether the last error is that there is no further PEM block. */
static bool is_end_of_pem(void)
{
	unsigned long code = ERR_peek_last_error();

	if (ERR_GET_LIB(code) != ERR_LIB_PEM ||
	    ERR_GET_REASON(code) != PEM_R_NO_START_LINE)
		return false;
	ERR_clear_error();
	return true;
}

/*
 * Checks the DER before libcrypto decodes it, at once or later, such as the
 * extensions.
 */
static bool parse_der_cert(
    STACK_OF(X509) *certs, const void *bytes, size_t len, long *left)
{
	const struct der run = octets_in_memory(bytes, len);
	const unsigned char *p = bytes;
	X509 *cert;

	if (der_check(run, true, left) != DER_FINE || !curve_is_named(run) ||
	    (cert = d2i_X509(NULL, &p, (long)len)) == NULL)
		return false;
	if (p == (const unsigned char *)bytes + len &&
	    sk_X509_push(certs, cert) > 0)
		return true;
	X509_free(cert);
	return false;
}

/* Without it libcrypto would ask for a pass phrase on encrypted PEM. */
static int no_pass(char *out, int size, int writing, void *unused)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)unused;
	return -1;
}

static bool parse_pem_certs(STACK_OF(X509) *certs, BIO *bio, long left)
{
	int before = sk_X509_num(certs);
	unsigned char *der;
	bool ok = true;
	long len;

	while (ok &&
	    PEM_bytes_read_bio(
		&der, &len, NULL, PEM_STRING_X509, bio, no_pass, NULL) == 1) {
		ok = sk_X509_num(certs) < CERT_COUNT_MAX &&
		    parse_der_cert(certs, der, (size_t)len, &left);
		OPENSSL_free(der);
	}
	return ok && sk_X509_num(certs) > before && is_end_of_pem();
}

bool cert_parse(STACK_OF(X509) *certs, const void *bytes, size_t len)
{
	long left;
	BIO *bio;
	bool ok;

	if (len == 0 || len > INT_MAX)
		return false;
	left = der_budget((long)len);
	if (der_seems_cert(bytes, len))
		return parse_der_cert(certs, bytes, len, &left);
	if ((bio = BIO_new_mem_buf(bytes, (int)len)) == NULL)
		return false;
	ok = parse_pem_certs(certs, bio, left);
	BIO_free(bio);
	return ok;
}

enum status cert_decode_all(STACK_OF(X509) **out, const struct buf *file,
    const char *path, const char *what)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	enum status st;

	if (certs == NULL)
		return fail_memory();
	if (cert_parse(certs, file->data, file->len)) {
		*out = certs;
		return ST_OK;
	}
	st = sk_X509_num(certs) >= CERT_COUNT_MAX
	    ? fail(ST_FILE, "%s %s: more than %d certificates", what, path,
		  CERT_COUNT_MAX)
	    : fail_crypto(ST_FILE, "%s %s: not a certificate in PEM or DER",
		  what, path);
	cert_stack_free(certs);
	return st;
}

enum status cert_read_all(
    STACK_OF(X509) **out, const char *path, const char *what)
{
	struct buf file = {0};
	enum status st = file_read(&file, path, what);

	if (st == ST_OK)
		st = cert_decode_all(out, &file, path, what);
	buf_free(&file);
	return st;
}

enum status cert_read(X509 **out, const char *path, const char *what)
{
	STACK_OF(X509) *certs = NULL;
	enum status st = cert_read_all(&certs, path, what);

	if (st == ST_OK)
		*out = sk_X509_shift(certs);
	cert_stack_free(certs);
	return st;
}

bool cert_add_pem(struct buf *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	bool ok = len > 0 && pem_add(out, PEM_STRING_X509, der, (size_t)len);

	OPENSSL_free(der);
	return ok;
}

bool cert_add_name(struct buf *out, const X509_NAME *name)
{
	char *text = X509_NAME_oneline(name, NULL, 0);
	bool ok = text != NULL && buf_add_string(out, text);

	OPENSSL_free(text);
	return ok;
}

const char *cert_name_text(struct buf *buf, const X509_NAME *name)
{
	buf->len = 0;
	if (!cert_add_name(buf, name))
		buf->len = 0;
	return buf->len > 0 ? buf_string(buf) : "";
}

const char *cert_name_quote(char *out, size_t size, const X509_NAME *name)
{
	struct buf text = {0};
	const char *shown = cert_name_text(&text, name);

	quote_cut(out, size, shown[0] != '\0' ? shown : "an empty subject");
	buf_free(&text);
	return out;
}

/*
 * Has libcrypto parse the extensions.  If the policy forbids SHA-1, libcrypto
 * 3.0 fails the first time, as it computes a fingerprint, but not later.
 */
static X509 *parse_extensions(X509 *cert)
{
	X509_get_extension_flags(cert);
	ERR_clear_error();
	return cert;
}

/* Those that could not be parsed for want of memory seem not to be there. */
static bool lacks_extensions(X509 *cert)
{
	return compat_lacked_memory() &&
	    (X509_get_extension_flags(parse_extensions(cert)) &
		EXFLAG_INVALID) != 0;
}

bool cert_add_usage(struct buf *out, X509 *cert)
{
	static const struct {
		unsigned int bit;
		const char *text;
	} usages[] = {
	    {KU_DIGITAL_SIGNATURE, "Digital Signature"},
	    {KU_NON_REPUDIATION, "Non Repudiation"},
	    {KU_KEY_ENCIPHERMENT, "Key Encipherment"},
	    {KU_DATA_ENCIPHERMENT, "Data Encipherment"},
	    {KU_KEY_AGREEMENT, "Key Agreement"},
	    {KU_KEY_CERT_SIGN, "Certificate Sign"},
	    {KU_CRL_SIGN, "CRL Sign"},
	    {KU_ENCIPHER_ONLY, "Encipher Only"},
	    {KU_DECIPHER_ONLY, "Decipher Only"},
	};
	unsigned int usage = X509_get_key_usage(parse_extensions(cert));
	const char *separator = "";
	size_t i;

	if (lacks_extensions(cert))
		return false;
	if (usage == 0 || !cert_has_usage(cert))
		return buf_add_string(out, "none");
	for (i = 0; i < COUNT_OF(usages); i++) {
		if ((usage & usages[i].bit) == 0)
			continue;
		if (!buf_addf(out, "%s%s", separator, usages[i].text))
			return false;
		separator = ", ";
	}
	return true;
}

bool cert_add_fingerprint(struct buf *out, const X509 *cert, const EVP_MD *md)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	/* libcrypto 3.0 may compute SHA-1 instead when out of memory. */
	return X509_digest(cert, md, digest, &len) &&
	    len == (unsigned int)EVP_MD_size(md) &&
	    buf_add_hex(out, digest, len, ":");
}

bool cert_allows(X509 *cert, unsigned int usage)
{
	return (X509_get_key_usage(parse_extensions(cert)) & usage) != 0;
}

bool cert_has_usage(X509 *cert)
{
	return X509_get_key_usage(parse_extensions(cert)) != UINT32_MAX;
}

bool cert_is_issued_by(X509 *cert, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	bool yes = key != NULL &&
	    X509_NAME_cmp(X509_get_issuer_name(cert),
		X509_get_subject_name(issuer)) == 0 &&
	    X509_verify(cert, key) == 1;

	ERR_clear_error();
	return yes;
}

const char *cert_refused_digest(X509 *cert, X509 *issuer)
{
	return algs_refused_digest(
	    algs_signature_digest(X509_get0_tbs_sigalg(cert)),
	    X509_get0_pubkey(issuer));
}

bool cert_seems_issued_by(X509 *cert, X509 *issuer)
{
	bool yes = cert_is_issued_by(cert, issuer) ||
	    (cert_refused_digest(cert, issuer) != NULL &&
		X509_check_issued(issuer, cert) == X509_V_OK);

	ERR_clear_error();
	return yes;
}

bool cert_is_self_signed(X509 *cert)
{
	return cert_seems_issued_by(cert, cert);
}

bool cert_is_ca(X509 *cert)
{
	return X509_check_ca(parse_extensions(cert)) > 0;
}

bool cert_says_ca(X509 *cert)
{
	return X509_check_ca(parse_extensions(cert)) == 1;
}

const char *cert_why_no_ca(X509 *cert)
{
	if ((X509_get_extension_flags(parse_extensions(cert)) & EXFLAG_CA) ==
		0 ||
	    cert_allows(cert, KU_KEY_CERT_SIGN))
		return "not a CA certificate (no basicConstraints with cA)";
	return "a CA certificate whose keyUsage lacks keyCertSign";
}

bool cert_is_anchor(X509 *cert)
{
	return cert_says_ca(cert) ||
	    (cert_is_ca(cert) && cert_is_self_signed(cert));
}

static bool is_ra_purpose(const ASN1_OBJECT *purpose)
{
	static const char *const marks[] = {
	    "1.3.6.1.5.5.7.3.28", "1.3.6.1.4.1.311.20.2.1"};
	char text[32];
	size_t i;

	/* A text that does not fit is longer than all of them. */
	if (OBJ_obj2txt(text, sizeof(text), purpose, 1) >= (int)sizeof(text))
		return false;
	for (i = 0; i < COUNT_OF(marks); i++)
		if (strcmp(text, marks[i]) == 0)
			return true;
	return false;
}

bool cert_is_marked_ra(X509 *cert)
{
	EXTENDED_KEY_USAGE *purposes =
	    X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	bool marked = false;
	int i;

	for (i = 0; !marked && i < sk_ASN1_OBJECT_num(purposes); i++)
		marked = is_ra_purpose(sk_ASN1_OBJECT_value(purposes, i));
	EXTENDED_KEY_USAGE_free(purposes);
	ERR_clear_error();
	return marked;
}

int cert_time_status(const X509 *cert)
{
	return clock_status(
	    X509_get0_notBefore(cert), X509_get0_notAfter(cert));
}

bool cert_has_key(X509 *cert, EVP_PKEY *key)
{
	bool yes = X509_check_private_key(cert, key) == 1;

	ERR_clear_error();
	return yes;
}
