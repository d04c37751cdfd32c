#include <limits.h>
#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>

#include "pki/algs.h"
#include "pki/crl.h"
#include "pki/der.h"
#include "util/log.h"

/* Takes a Time off run (RFC 5280, 5.1.2.4); NULL if the next is another. */
static ASN1_TIME *parse_time(struct der *run)
{
	struct der_element e;
	struct der before = *run;

	if (der_next(run, &e) && e.class == V_ASN1_UNIVERSAL &&
	    (e.tag == V_ASN1_UTCTIME || e.tag == V_ASN1_GENERALIZEDTIME))
		return d2i_ASN1_TIME(NULL, &e.whole.p, e.whole.left);
	*run = before;
	return NULL;
}

/*
 * TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate,
 * nextUpdate OPTIONAL, ... } (RFC 5280, 5.1)
 */
static bool parse_tbs(struct crl *out, struct der run)
{
	struct der before = run;
	struct der_element e;

	if (!der_next_is(&run, &e, V_ASN1_INTEGER))
		run = before;
	if (!der_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !der_next_is(&run, &e, V_ASN1_SEQUENCE))
		return false;
	out->issuer = d2i_X509_NAME(NULL, &e.whole.p, e.whole.left);
	out->this_update = parse_time(&run);
	out->next_update = parse_time(&run);
	return out->issuer != NULL && out->this_update != NULL;
}

/*
 * CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm,
 * signatureValue } (RFC 5280, 5.1)
 */
static bool parse_crl(struct crl *out, struct der run)
{
	struct der_element list, tbs, e;
	const unsigned char *p;

	if (!der_next_is(&run, &list, V_ASN1_SEQUENCE) || run.left != 0 ||
	    !der_next_is(&list.inside, &tbs, V_ASN1_SEQUENCE) ||
	    !parse_tbs(out, tbs.inside))
		return false;
	p = tbs.whole.p;
	out->tbs = d2i_ASN1_TYPE(NULL, &p, tbs.whole.left);
	if (!der_next_is(&list.inside, &e, V_ASN1_SEQUENCE))
		return false;
	out->algorithm = d2i_X509_ALGOR(NULL, &e.whole.p, e.whole.left);
	if (!der_next_is(&list.inside, &e, V_ASN1_BIT_STRING))
		return false;
	out->signature = d2i_ASN1_BIT_STRING(NULL, &e.whole.p, e.whole.left);
	return out->tbs != NULL && out->algorithm != NULL &&
	    out->signature != NULL && list.inside.left == 0;
}

enum status crl_parse(struct crl *out, const void *bytes, size_t len)
{
	memset(out, 0, sizeof(*out));
	if (len > LONG_MAX || !parse_crl(out, octets_in_memory(bytes, len)))
		return fail_crypto(
		    ST_REPLY, "reply: not a CRL in DER (RFC 5280, 5.1)");
	out->bytes = bytes;
	out->len = len;
	return ST_OK;
}

void crl_free(struct crl *crl)
{
	ASN1_TYPE_free(crl->tbs);
	X509_ALGOR_free(crl->algorithm);
	ASN1_BIT_STRING_free(crl->signature);
	X509_NAME_free(crl->issuer);
	ASN1_TIME_free(crl->this_update);
	ASN1_TIME_free(crl->next_update);
	memset(crl, 0, sizeof(*crl));
}

bool crl_is_signed_by(const struct crl *crl, X509 *ca)
{
	EVP_PKEY *key = X509_get0_pubkey(ca);
	bool yes = key != NULL &&
	    ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), crl->algorithm,
		crl->signature, crl->tbs, key) == 1;

	ERR_clear_error();
	return yes;
}

const char *crl_refused_digest(const struct crl *crl, X509 *ca)
{
	return algs_refused_digest(
	    algs_signature_digest(crl->algorithm), X509_get0_pubkey(ca));
}
