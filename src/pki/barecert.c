#include <limits.h>
#include <stddef.h>
#include <string.h>

#include <openssl/asn1t.h>
#include <openssl/err.h>

#include "compat/openssl.h"
#include "pki/curve.h"
#include "pki/der.h"
#include "pki/barecert.h"

/* SubjectPublicKeyInfo, TBSCertificate and Certificate (RFC 5280, 4.1). */
struct key {
	X509_ALGOR *algorithm;
	ASN1_BIT_STRING *bits;
};

struct tbs {
	ASN1_ENCODING encoding; /* the bytes, for encoding it again */
	ASN1_INTEGER *version, *serial;
	X509_ALGOR *algorithm;
	X509_NAME *issuer, *subject;
	X509_VAL *validity;
	struct key *key;
	ASN1_BIT_STRING *issuer_id, *subject_id;
	STACK_OF(X509_EXTENSION) *extensions;
};

struct whole {
	struct tbs *tbs;
	X509_ALGOR *algorithm;
	ASN1_BIT_STRING *signature;
};

/* clang-format off */
ASN1_SEQUENCE(key) = {
	ASN1_SIMPLE(struct key, algorithm, X509_ALGOR),
	ASN1_SIMPLE(struct key, bits, ASN1_BIT_STRING)
} static_ASN1_SEQUENCE_END_name(struct key, key)

static const ASN1_AUX tbs_aux = {
	.flags = ASN1_AFLG_ENCODING, .enc_offset = offsetof(struct tbs, encoding)
};

ASN1_SEQUENCE(tbs) = {
	ASN1_EXP_OPT(struct tbs, version, ASN1_INTEGER, 0),
	ASN1_SIMPLE(struct tbs, serial, ASN1_INTEGER),
	ASN1_SIMPLE(struct tbs, algorithm, X509_ALGOR),
	ASN1_SIMPLE(struct tbs, issuer, X509_NAME),
	ASN1_SIMPLE(struct tbs, validity, X509_VAL),
	ASN1_SIMPLE(struct tbs, subject, X509_NAME),
	ASN1_SIMPLE(struct tbs, key, key),
	ASN1_IMP_OPT(struct tbs, issuer_id, ASN1_BIT_STRING, 1),
	ASN1_IMP_OPT(struct tbs, subject_id, ASN1_BIT_STRING, 2),
	ASN1_EXP_SEQUENCE_OF_OPT(struct tbs, extensions, X509_EXTENSION, 3)
} static_ASN1_SEQUENCE_END_ref(struct tbs, tbs)

ASN1_SEQUENCE(whole) = {
	ASN1_SIMPLE(struct whole, tbs, tbs),
	ASN1_SIMPLE(struct whole, algorithm, X509_ALGOR),
	ASN1_SIMPLE(struct whole, signature, ASN1_BIT_STRING)
} static_ASN1_SEQUENCE_END_name(struct whole, whole)
/* clang-format on */

/* What decode() keeps of the certificate is taken out of it. */
static void take_parts(struct barecert *out, struct tbs *tbs)
{
	out->subject = tbs->subject;
	out->not_before = tbs->validity->notBefore;
	out->not_after = tbs->validity->notAfter;
	tbs->subject = NULL;
	tbs->validity->notBefore = NULL;
	tbs->validity->notAfter = NULL;
}

static bool decode(struct barecert *out, const unsigned char *p, size_t len)
{
	const unsigned char *end = p + len;
	ASN1_VALUE *value =
	    ASN1_item_d2i(NULL, &p, (long)len, ASN1_ITEM_rptr(whole));
	unsigned char *der = NULL;
	bool ok = false;
	int der_len;

	if (value != NULL && p == end &&
	    (der_len = ASN1_item_i2d(value, &der, ASN1_ITEM_rptr(whole))) > 0)
		ok = buf_add(&out->der, der, (size_t)der_len);
	if (ok)
		take_parts(out, ((struct whole *)value)->tbs);
	ASN1_item_free(value, ASN1_ITEM_rptr(whole));
	OPENSSL_free(der);
	ERR_clear_error();
	return ok;
}

bool barecert_parse(struct barecert *out, const void *bytes, size_t len)
{
	const struct der run = octets_in_memory(bytes, len);
	long left = der_budget((long)len);

	memset(out, 0, sizeof(*out));
	return len <= INT_MAX && der_seems_cert(bytes, len) &&
	    der_check(run, true, &left) == DER_FINE && curve_is_named(run) &&
	    decode(out, bytes, len);
}

bool barecert_from_cert(struct barecert *out, X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	bool ok;

	memset(out, 0, sizeof(*out));
	out->cert = cert;
	ok = len > 0 && decode(out, der, (size_t)len);
	OPENSSL_free(der);
	return ok;
}

void barecert_free(struct barecert *bare)
{
	buf_free(&bare->der);
	X509_NAME_free(bare->subject);
	ASN1_TIME_free(bare->not_before);
	ASN1_TIME_free(bare->not_after);
	memset(bare, 0, sizeof(*bare));
}

bool barecert_add_fingerprint(
    struct buf *out, const struct barecert *bare, const EVP_MD *md)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	return EVP_Digest(bare->der.data, bare->der.len, digest, &len, md,
		   NULL) == 1 &&
	    buf_add_hex(out, digest, len, ":");
}
