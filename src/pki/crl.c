#include <string.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/crl.h"
#include "pki/der.h"
#include "pki/pss.h"
#include "util/log.h"

/* Takes a Time off run (RFC 5280, 5.1.2.4); NULL if the next is another. */
static ASN1_TIME *parse_time(struct der *run, struct buf *room)
{
	struct der_element e;
	struct der before = *run, all;

	if (der_next(run, &e) && e.class == V_ASN1_UNIVERSAL &&
	    (e.tag == V_ASN1_UTCTIME || e.tag == V_ASN1_GENERALIZEDTIME)) {
		all = octets_load(e.whole, room);
		return d2i_ASN1_TIME(NULL, &all.p, all.left);
	}
	*run = before;
	return NULL;
}

/*
 * TBSCertList ::= SEQUENCE { version OPTIONAL, signature, issuer, thisUpdate,
 * nextUpdate OPTIONAL, ... } (RFC 5280, 5.1)
 */
static bool parse_tbs(struct crl *out, struct der run, struct buf *room)
{
	struct der before = run, all;
	struct der_element e;

	if (!der_next_is(&run, &e, V_ASN1_INTEGER))
		run = before;
	if (!der_next_is(&run, &e, V_ASN1_SEQUENCE) ||
	    !der_next_is(&run, &e, V_ASN1_SEQUENCE))
		return false;
	all = octets_load(e.whole, room);
	out->issuer = d2i_X509_NAME(NULL, &all.p, all.left);
	out->this_update = parse_time(&run, room);
	out->next_update = parse_time(&run, room);
	return out->issuer != NULL && out->this_update != NULL;
}

/*
 * CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm,
 * signatureValue } (RFC 5280, 5.1)
 */
static bool parse_crl(struct crl *out, struct der run, struct buf *room)
{
	struct der_element list, tbs, e;
	struct der all;

	if (!der_next_is(&run, &list, V_ASN1_SEQUENCE) || run.left != 0 ||
	    !der_next_is(&list.inside, &tbs, V_ASN1_SEQUENCE) ||
	    !parse_tbs(out, tbs.inside, room))
		return false;
	out->tbs = tbs.whole;
	if (!der_next_is(&list.inside, &e, V_ASN1_SEQUENCE))
		return false;
	all = octets_load(e.whole, room);
	out->algorithm = d2i_X509_ALGOR(NULL, &all.p, all.left);
	if (!der_next_is(&list.inside, &e, V_ASN1_BIT_STRING))
		return false;
	all = octets_load(e.whole, room);
	out->signature = d2i_ASN1_BIT_STRING(NULL, &all.p, all.left);
	all = octets_load(e.inside, room);
	out->has_unused_bits = all.left == 0 || all.p[0] != 0;
	return out->algorithm != NULL && out->signature != NULL &&
	    list.inside.left == 0;
}

enum status crl_parse(struct crl *out, struct der run)
{
	struct buf room = {0};
	bool ok;

	memset(out, 0, sizeof(*out));
	out->whole = run;
	ok = parse_crl(out, run, &room);
	buf_free(&room);
	return ok
	    ? ST_OK
	    : fail_crypto(ST_REPLY, "reply: not a CRL in DER (RFC 5280, 5.1)");
}

void crl_free(struct crl *crl)
{
	X509_ALGOR_free(crl->algorithm);
	ASN1_BIT_STRING_free(crl->signature);
	X509_NAME_free(crl->issuer);
	ASN1_TIME_free(crl->this_update);
	ASN1_TIME_free(crl->next_update);
	memset(crl, 0, sizeof(*crl));
}

/* Begins to verify, by RSASSA-PSS if digest is NID_undef. */
static bool begin_verify(
    EVP_MD_CTX *context, const struct crl *crl, EVP_PKEY *key, int digest)
{
	const EVP_MD *md;

	if (digest == NID_undef)
		return pss_init_verify(context, crl->algorithm, key);
	/* For NULL libcrypto would take the default digest of the key. */
	md = EVP_get_digestbynid(digest);
	return md != NULL &&
	    EVP_DigestVerifyInit(context, NULL, md, NULL, key) == 1;
}

/*
 * The signature over the octets of the tbsCertList, as ASN1_item_verify() checks
 * it, but without a copy of them.  It has to be a whole number of octets.
 */
static bool octets_verify(const struct crl *crl, EVP_PKEY *key, int digest)
{
	const ASN1_BIT_STRING *signature = crl->signature;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	struct der run = crl->tbs;
	const unsigned char *p;
	size_t len;
	bool ok = context != NULL && !crl->has_unused_bits &&
	    begin_verify(context, crl, key, digest);

	while (ok && (p = octets_take(&run, &len)) != NULL)
		ok = EVP_DigestVerifyUpdate(context, p, len) == 1;
	ok = ok && run.left == 0 &&
	    EVP_DigestVerifyFinal(context, ASN1_STRING_get0_data(signature),
		(size_t)ASN1_STRING_length(signature)) == 1;
	EVP_MD_CTX_free(context);
	return ok;
}

/* EdDSA needs all octets at once (RFC 8032, 5.1.6: it hashes them twice). */
static bool whole_verifies(const struct crl *crl, EVP_PKEY *key)
{
	struct buf room = {0};
	struct der all = octets_load(crl->tbs, &room);
	ASN1_TYPE *tbs = d2i_ASN1_TYPE(NULL, &all.p, all.left);
	bool ok;

	buf_free(&room);
	ok = tbs != NULL &&
	    ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), crl->algorithm,
		crl->signature, tbs, key) == 1;
	ASN1_TYPE_free(tbs);
	return ok;
}

static bool signature_verifies(const struct crl *crl, EVP_PKEY *key)
{
	int digest = NID_undef, type = NID_undef, nid;
	const ASN1_OBJECT *name;

	X509_ALGOR_get0(&name, NULL, NULL, crl->algorithm);
	nid = OBJ_obj2nid(name);
	if (nid == NID_rsassaPss)
		return octets_verify(crl, key, NID_undef);
	if (OBJ_find_sigid_algs(nid, &digest, &type) != 1)
		return false;
	if (digest == NID_undef)
		return whole_verifies(crl, key);
	return ability_has_type(key, type) && octets_verify(crl, key, digest);
}

bool crl_is_signed_by(const struct crl *crl, X509 *ca)
{
	EVP_PKEY *key = X509_get0_pubkey(ca);
	bool yes = key != NULL && signature_verifies(crl, key);

	ERR_clear_error();
	return yes;
}

const char *crl_refused_digest(const struct crl *crl, X509 *ca)
{
	return algs_refused_digest(
	    algs_signature_digest(crl->algorithm), X509_get0_pubkey(ca));
}
