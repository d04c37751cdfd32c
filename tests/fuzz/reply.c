#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/cms.h>

#include "fuzz.h"
#include "ops/chain.h"
#include "ops/issued.h"
#include "options/options.h"
#include "pki/cert.h"
#include "pki/crl.h"
#include "world.h"

/* RFC 5652, 5.4: the messageDigest attribute is the digest of the content. */
static void check_digest(CMS_ContentInfo *cms, CMS_SignerInfo *si)
{
	const ASN1_STRING *digest = CMS_signed_get0_data_by_OBJ(
	    si, OBJ_nid2obj(NID_pkcs9_messageDigest), -3, V_ASN1_OCTET_STRING);
	ASN1_OCTET_STRING **content = CMS_get0_content(cms);
	unsigned char bytes[EVP_MAX_MD_SIZE];
	const ASN1_OBJECT *name;
	X509_ALGOR *algorithm;
	unsigned int len = 0;

	FUZZ_CHECK(digest != NULL && content != NULL);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &algorithm, NULL);
	X509_ALGOR_get0(&name, NULL, NULL, algorithm);
	FUZZ_CHECK(
	    EVP_Digest(*content != NULL ? ASN1_STRING_get0_data(*content)
					: (const void *)"",
		*content != NULL ? (size_t)ASN1_STRING_length(*content) : 0,
		bytes, &len, EVP_get_digestbyobj(name), NULL) == 1);
	FUZZ_CHECK((int)len == ASN1_STRING_length(digest));
	FUZZ_CHECK(memcmp(bytes, ASN1_STRING_get0_data(digest), len) == 0);
}

/* RFC 8894, 3.2.1.5: the recipientNonce is that of the request. */
static void check_nonce(CMS_SignerInfo *si)
{
	ASN1_OBJECT *name = OBJ_txt2obj("2.16.840.1.113733.1.9.6", 1);
	const ASN1_STRING *nonce =
	    CMS_signed_get0_data_by_OBJ(si, name, -3, V_ASN1_OCTET_STRING);

	FUZZ_CHECK(nonce != NULL);
	FUZZ_CHECK(ASN1_STRING_length(nonce) == SCEP_NONCE_LEN);
	FUZZ_CHECK(memcmp(ASN1_STRING_get0_data(nonce), WORLD_NONCE,
		       SCEP_NONCE_LEN) == 0);
	ASN1_OBJECT_free(name);
}

/* What libcrypto says of the signature; it demands a contentType, we do not. */
static void check_signature(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)len);
	CMS_SignerInfo *si;

	FUZZ_CHECK(cms != NULL);
	si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	FUZZ_CHECK(si != NULL);
	check_digest(cms, si);
	check_nonce(si);
	CMS_SignerInfo_set1_signer_cert(si, world.ca);
	if (CMS_signed_get_attr_by_NID(si, NID_pkcs9_contentType, -1) >= 0)
		FUZZ_CHECK(CMS_SignerInfo_verify(si) == 1);
	CMS_ContentInfo_free(cms);
}

static bool is_of_ca(X509 *cert)
{
	return X509_verify(cert, world.ca_key) == 1 &&
	    X509_NAME_cmp(X509_get_issuer_name(cert),
		X509_get_subject_name(world.ca)) == 0;
}

static void check_issued(STACK_OF(X509) *certs)
{
	static struct options options;
	struct inputs in = {
	    .options = &options,
	    .bundle = world.bundle,
	    .csr = world.csr,
	    .public = X509_REQ_get0_pubkey(world.csr),
	    .signer = world.client,
	    .key = world.client_key,
	};
	STACK_OF(X509) *chain = sk_X509_new_null();
	X509 *cert = NULL;

	if (issued_find_cert(&cert, &in, certs) == ST_OK) {
		FUZZ_CHECK(X509_check_private_key(cert, world.client_key) == 1);
		FUZZ_CHECK(ASN1_TIME_cmp_time_t(
			       X509_get0_notAfter(cert), time(NULL)) > 0);
		FUZZ_CHECK(is_of_ca(cert));
		FUZZ_CHECK(chain_find_certs(
			       chain, cert, certs, &world.bundle) == ST_OK);
	}
	sk_X509_free(chain);
}

/* As GetCert does; RFC 8894, 4.5. */
static void check_asked(STACK_OF(X509) *certs)
{
	static struct options options;
	X509 *cert;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (ASN1_INTEGER_cmp(
			X509_get0_serialNumber(cert), world.serial) == 0 &&
		    chain_check_issuer(&options, &world.bundle, cert, certs) ==
			ST_OK)
			FUZZ_CHECK(is_of_ca(cert));
	}
}

/* Loads all of run. */
static void load(struct buf *out, struct der run)
{
	FUZZ_CHECK(octets_add(out, run));
}

void world_check_crl(const struct crl *crl, X509_CRL *other)
{
	FUZZ_CHECK(other != NULL);
	FUZZ_CHECK(X509_NAME_cmp(X509_CRL_get_issuer(other), crl->issuer) == 0);
	if (crl_is_signed_by(crl, world.ca))
		FUZZ_CHECK(X509_CRL_verify(other, world.ca_key) == 1);
}

static void check_crl(struct der run)
{
	struct crl crl = {0};
	struct buf bytes = {0};
	const unsigned char *p;
	X509_CRL *other;

	if (crl_parse(&crl, run) == ST_OK) {
		load(&bytes, crl.whole);
		p = bytes.data;
		other = d2i_X509_CRL(NULL, &p, (long)bytes.len);
		world_check_crl(&crl, other);
		FUZZ_CHECK(p == bytes.data + bytes.len);
		X509_CRL_free(other);
	}
	crl_free(&crl);
	buf_free(&bytes);
}

static void check_success(
    const struct scep_reply *reply, enum message_type type)
{
	if (type == MESSAGE_GETCRL) {
		FUZZ_CHECK(reply->certs == NULL);
		FUZZ_CHECK(reply->crl.left > 0);
		check_crl(reply->crl);
		return;
	}
	FUZZ_CHECK(sk_X509_num(reply->certs) > 0);
	FUZZ_CHECK(sk_X509_num(reply->certs) <= CERT_COUNT_MAX);
	if (type == MESSAGE_GETCERT)
		check_asked(reply->certs);
	else
		check_issued(reply->certs);
}

static void check_accepted(
    const struct scep_reply *reply, enum message_type type)
{
	FUZZ_CHECK(reply->verified && !reply->unknown_signer);
	FUZZ_CHECK(reply->transaction_id != NULL);
	FUZZ_CHECK(strcmp(reply->transaction_id, WORLD_ID) == 0);
	switch (reply->status) {
	case PKI_SUCCESS:
		check_success(reply, type);
		break;
	case PKI_FAILURE:
		FUZZ_CHECK(reply->fail_info != NULL);
		FUZZ_CHECK(reply->fail_info->status != ST_OK);
		FUZZ_CHECK(reply->certs == NULL);
		break;
	case PKI_PENDING:
		FUZZ_CHECK(reply->certs == NULL);
		break;
	}
}

static void check_refused(const struct scep_reply *reply)
{
	FUZZ_CHECK(*fuzz_last_failure() != '\0');
	FUZZ_CHECK(reply->certs == NULL && reply->transaction_id == NULL);
	FUZZ_CHECK(reply->inside.len == 0 && reply->crl.left == 0);
	FUZZ_CHECK(!(reply->verified && reply->unknown_signer));
}

static enum status decode(struct scep_reply *reply, enum message_type type,
    const void *bytes, size_t len, bool in_file)
{
	struct scep_request request = world_request(type);
	struct spool_budget budget = {.max = 2 * len};
	struct spool body = {.budget = &budget};
	enum status st;

	fuzz_forget();
	fuzz_fill_spool(&body, bytes, len, in_file);
	memset(reply, 0xaa, sizeof(*reply));
	st = scep_reply_decode(reply, &request, &body);
	FUZZ_CHECK(st == ST_OK || st == ST_REPLY);
	if (st == ST_OK && reply->status == PKI_SUCCESS)
		FUZZ_CHECK(budget.used == reply->inside.len);
	spool_free(&body);
	if (st != ST_OK) {
		FUZZ_CHECK(budget.used == 0);
		check_refused(reply);
	}
	reply->inside.budget = NULL;
	return st;
}

static void check_alike(const struct scep_reply *a, const struct scep_reply *b)
{
	struct buf one = {0}, other = {0};
	int i;

	FUZZ_CHECK(a->status == b->status);
	FUZZ_CHECK((a->certs == NULL) == (b->certs == NULL));
	FUZZ_CHECK(a->fail_info == b->fail_info);
	if (a->certs != NULL)
		FUZZ_CHECK(sk_X509_num(a->certs) == sk_X509_num(b->certs));
	for (i = 0; a->certs != NULL && i < sk_X509_num(a->certs); i++)
		FUZZ_CHECK(X509_cmp(sk_X509_value(a->certs, i),
			       sk_X509_value(b->certs, i)) == 0);
	if (a->crl.left > 0) {
		load(&one, a->crl);
		load(&other, b->crl);
		FUZZ_CHECK(one.len == other.len);
		FUZZ_CHECK(memcmp(one.data, other.data, one.len) == 0);
	}
	buf_free(&one);
	buf_free(&other);
}

void world_check_reply(
    enum message_type type, const void *bytes, size_t len, bool spooled)
{
	struct scep_reply reply, again;
	enum status st = decode(&reply, type, bytes, len, false);

	if (spooled) {
		FUZZ_CHECK(decode(&again, type, bytes, len, true) == st);
		if (st == ST_OK) {
			check_alike(&reply, &again);
			check_accepted(&again, type);
			scep_reply_free(&again);
		}
	}
	if (st == ST_OK) {
		check_signature(bytes, len);
		check_accepted(&reply, type);
		scep_reply_free(&reply);
	}
}
