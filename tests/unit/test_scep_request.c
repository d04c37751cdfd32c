/* Unit test of scep/request.c and scep/envelope.c: what is sent. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/rsa.h>

#include "compat/provider.h"
#include "fixtures.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "replies.h"
#include "util/log.h"

#define MINUTE 60

/* Returns whether the bytes contain the object identifier of nid. */
static bool has_oid(const unsigned char *der, size_t len, int nid)
{
	unsigned char *oid = NULL;
	int size = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &oid);
	bool found = false;
	size_t i;

	assert_true(size > 0);
	for (i = 0; !found && i + (size_t)size <= len; i++)
		found = memcmp(der + i, oid, (size_t)size) == 0;
	OPENSSL_free(oid);
	return found;
}

static const ASN1_TYPE *get_attribute(CMS_SignerInfo *si, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int i = CMS_signed_get_attr_by_OBJ(si, object, -1);
	X509_ATTRIBUTE *attribute;

	assert_true(i >= 0);
	assert_int_equal(CMS_signed_get_attr_by_OBJ(si, object, i), -1);
	ASN1_OBJECT_free(object);
	attribute = CMS_signed_get_attr(si, i);
	assert_int_equal(X509_ATTRIBUTE_count(attribute), 1);
	return X509_ATTRIBUTE_get0_type(attribute, 0);
}

static void assert_attribute(CMS_SignerInfo *si, const char *oid, int type,
    const void *bytes, size_t len)
{
	const ASN1_TYPE *value = get_attribute(si, oid);
	const ASN1_STRING *string = value->value.asn1_string;

	assert_int_equal(value->type, type);
	assert_int_equal(ASN1_STRING_length(string), len);
	assert_memory_equal(ASN1_STRING_get0_data(string), bytes, len);
}

static void assert_signing_time(CMS_SignerInfo *si)
{
	const ASN1_TYPE *value = get_attribute(si, "1.2.840.113549.1.9.5");
	time_t now = time(NULL);

	assert_int_equal(value->type, V_ASN1_UTCTIME);
	assert_true(
	    ASN1_TIME_cmp_time_t(value->value.utctime, now - MINUTE) > 0);
	assert_true(
	    ASN1_TIME_cmp_time_t(value->value.utctime, now + MINUTE) < 0);
}

static void assert_signer(CMS_ContentInfo *cms, const struct scep_request *req)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	char type[8];
	CMS_SignerInfo *si;
	X509_ALGOR *digest;
	const ASN1_OBJECT *oid;

	assert_int_equal(sk_CMS_SignerInfo_num(infos), 1);
	si = sk_CMS_SignerInfo_value(infos, 0);
	assert_int_equal(CMS_SignerInfo_cert_cmp(si, req->signer), 0);
	assert_int_equal(sk_X509_num(certs), 1);
	assert_int_equal(X509_cmp(sk_X509_value(certs, 0), req->signer), 0);
	cert_stack_free(certs);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	assert_int_equal(OBJ_obj2nid(oid), EVP_MD_type(req->digest));
	assert_int_equal(CMS_signed_get_attr_count(si), 6);
	assert_attribute(si, OID_ID, V_ASN1_PRINTABLESTRING,
	    req->transaction_id, strlen(req->transaction_id));
	snprintf(type, sizeof(type), "%d", (int)req->type);
	assert_attribute(
	    si, OID_TYPE, V_ASN1_PRINTABLESTRING, type, strlen(type));
	assert_attribute(
	    si, OID_SENDER, V_ASN1_OCTET_STRING, req->nonce, SCEP_NONCE_LEN);
	assert_signing_time(si);
}

/* Verifies the signature, opens the envelope, checks its cipher and content. */
static void assert_opens(CMS_ContentInfo *cms, const struct scep_request *req)
{
	static const int all[] = {NID_des_cbc, NID_des_ede3_cbc, NID_bf_cbc,
	    NID_aes_128_cbc, NID_aes_192_cbc, NID_aes_256_cbc};
	BIO *envelope = BIO_new(BIO_s_mem()), *content = BIO_new(BIO_s_mem());
	CMS_ContentInfo *inner;
	const unsigned char *p;
	unsigned char *bytes;
	size_t i;
	long len;

	/* Verify with the certificate in the message. */
	assert_int_equal(
	    OBJ_obj2nid(CMS_get0_eContentType(cms)), NID_pkcs7_data);
	assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, envelope,
			     CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
	    1);
	len = BIO_get_mem_data(envelope, &bytes);
	for (EACH_ROW(i, all, NULL))
		assert_int_equal(has_oid(bytes, (size_t)len, all[i]),
		    EVP_CIPHER_nid(req->cipher) == all[i]);
	p = bytes;
	assert_non_null(inner = d2i_CMS_ContentInfo(NULL, &p, len));
	assert_ptr_equal(p, bytes + len);
	assert_int_equal(
	    OBJ_obj2nid(CMS_get0_type(inner)), NID_pkcs7_enveloped);
	assert_int_equal(CMS_decrypt(inner, fixture_rsa(KEY_CA), w.ca, NULL,
			     content, CMS_BINARY),
	    1);
	len = BIO_get_mem_data(content, &bytes);
	assert_int_equal(len, req->content_len);
	assert_memory_equal(bytes, req->content, req->content_len);
	CMS_ContentInfo_free(inner);
	BIO_free(envelope);
	BIO_free(content);
}

static void assert_encodes(struct scep_request *req)
{
	unsigned char before[SCEP_NONCE_LEN];
	const unsigned char *p;
	CMS_ContentInfo *cms;
	struct buf out = {0};

	memcpy(before, req->nonce, sizeof(before));
	assert_true(buf_add_string(&out, "before"));
	assert_int_equal(scep_request_encode(&out, req), ST_OK);
	assert_memory_not_equal(before, req->nonce, sizeof(before));
	assert_int_equal(ERR_peek_error(), 0);
	assert_memory_equal(out.data, "before", 6);
	p = out.data + 6;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len - 6);
	assert_non_null(cms);
	assert_ptr_equal(p, out.data + out.len);
	assert_signer(cms, req);
	assert_opens(cms, req);
	CMS_ContentInfo_free(cms);
	buf_free(&out);
}

static void test_requests_have_the_algorithms_asked_for(void **state)
{
	static const char *const digests[] = {
	    "md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
	static const char *const ciphers[] = {
	    "3des", "aes128", "aes192", "aes256", "des", "blowfish"};
	struct scep_request req = w.request;
	size_t i, count = NITEMS(ciphers);

	(void)state;
	if (!compat_load_legacy())
		count -= 2;
	for (EACH_ROW(i, digests, digests[i])) {
		assert_int_equal(
		    algs_get_digest(&req.digest, digests[i]), ST_OK);
		assert_encodes(&req);
	}
	req.digest = EVP_sha256();
	for (i = 0; i < count; i++) {
		assert_int_equal(
		    algs_get_cipher(&req.cipher, ciphers[i]), ST_OK);
		assert_encodes(&req);
	}
}

static void test_encode_types(void **state)
{
	static const enum message_type types[] = {MESSAGE_RENEWALREQ,
	    MESSAGE_PKCSREQ, MESSAGE_CERTPOLL, MESSAGE_GETCERT, MESSAGE_GETCRL};
	static char large[1 << 20];
	struct scep_request req = w.request;
	size_t i;

	(void)state;
	for (EACH_ROW(i, types, NULL)) {
		req.type = types[i];
		assert_encodes(&req);
	}
	req.transaction_id = "a b'()+,-./:=?z";
	assert_encodes(&req);
	req.signer = w.ec;
	req.key = fixture_ec();
	assert_encodes(&req);
	/* Binary content with line ends, then large content. */
	req.content = "\r\n\n\0\r";
	req.content_len = 5;
	assert_encodes(&req);
	req.content = large;
	req.content_len = sizeof(large);
	assert_encodes(&req);
}

/* Every octet of senderNonce is random (RFC 8894, 3.2.1.5). */
static void test_every_octet_of_the_nonce_is_random(void **state)
{
	struct scep_request req = w.request;
	unsigned char first[SCEP_NONCE_LEN];
	bool changed[SCEP_NONCE_LEN] = {false};
	struct buf out = {0};
	size_t i, octet;

	(void)state;
	assert_int_equal(scep_request_encode(&out, &req), ST_OK);
	memcpy(first, req.nonce, sizeof(first));
	for (i = 0; i < 12; i++) {
		out.len = 0;
		assert_int_equal(scep_request_encode(&out, &req), ST_OK);
		for (octet = 0; octet < SCEP_NONCE_LEN; octet++)
			changed[octet] |= req.nonce[octet] != first[octet];
	}
	for (octet = 0; octet < SCEP_NONCE_LEN; octet++)
		assert_true(changed[octet]);
	buf_free(&out);
}

/* Without random bytes there is no message, and an error. */
static void test_without_random_bytes_there_is_no_request(void **state)
{
	struct scep_request req = w.request;
	struct buf out = {0};
	enum status st;
	const char *text;

	(void)state;
	if (!no_random_start()) {
		no_random_stop();
		skip();
	}
	capture_start(STDERR_FILENO);
	st = scep_request_encode(&out, &req);
	text = capture_stop();
	no_random_stop();
	assert_int_equal(st, ST_ERROR);
	assert_memory_equal(text, "sscep: no random bytes for the nonce", 36);
	assert_int_equal(out.len, 0);
	assert_int_equal(ERR_peek_error(), 0);
	buf_free(&out);
	assert_int_equal(scep_request_encode(&out, &req), ST_OK);
	buf_free(&out);
}

/* The digest that parameters name, or their MGF1; the default is SHA-1. */
static int digest_of(const X509_ALGOR *algor)
{
	const ASN1_OBJECT *oid;

	if (algor == NULL)
		return NID_sha1;
	X509_ALGOR_get0(&oid, NULL, NULL, algor);
	return OBJ_obj2nid(oid);
}

static int mgf1_digest_of(const X509_ALGOR *algor)
{
	X509_ALGOR *digest;
	int nid;

	if (algor == NULL)
		return NID_sha1;
	assert_int_equal(digest_of(algor), NID_mgf1);
	digest = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(X509_ALGOR), algor->parameter);
	assert_non_null(digest);
	nid = digest_of(digest);
	X509_ALGOR_free(digest);
	return nid;
}

/* RFC 4056, 3: the same digest everywhere, and a salt of its length. */
static void assert_pss(const X509_ALGOR *algor, const EVP_MD *md)
{
	RSA_PSS_PARAMS *pss;
	long salt;

	assert_int_equal(digest_of(algor), NID_rsassaPss);
	pss = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_PSS_PARAMS), algor->parameter);
	assert_non_null(pss);
	assert_int_equal(digest_of(pss->hashAlgorithm), EVP_MD_type(md));
	assert_int_equal(
	    mgf1_digest_of(pss->maskGenAlgorithm), EVP_MD_type(md));
	salt = pss->saltLength != NULL ? ASN1_INTEGER_get(pss->saltLength) : 20;
	assert_int_equal(salt, EVP_MD_size(md));
	assert_null(pss->trailerField);
	RSA_PSS_PARAMS_free(pss);
}

/* RFC 4055, 4.1: parameters of RSAES-OAEP. */
static void assert_oaep(const X509_ALGOR *algor, const EVP_MD *md)
{
	RSA_OAEP_PARAMS *oaep;

	assert_int_equal(digest_of(algor), NID_rsaesOaep);
	oaep = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_OAEP_PARAMS), algor->parameter);
	assert_non_null(oaep);
	assert_int_equal(digest_of(oaep->hashFunc), EVP_MD_type(md));
	assert_int_equal(mgf1_digest_of(oaep->maskGenFunc), EVP_MD_type(md));
	assert_null(oaep->pSourceFunc);
	RSA_OAEP_PARAMS_free(oaep);
}

/* Checks the fields of the pkiMessage that is sent. */
static CMS_ContentInfo *encode(struct scep_request *req)
{
	struct buf out = {0};
	const unsigned char *p;
	CMS_ContentInfo *cms;

	assert_int_equal(scep_request_encode(&out, req), ST_OK);
	p = out.data;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len);
	assert_non_null(cms);
	buf_free(&out);
	return cms;
}

static CMS_ContentInfo *envelope_of(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING *content = *CMS_get0_content(cms);
	const unsigned char *p = ASN1_STRING_get0_data(content);
	CMS_ContentInfo *inner =
	    d2i_CMS_ContentInfo(NULL, &p, ASN1_STRING_length(content));

	assert_non_null(inner);
	return inner;
}

static CMS_RecipientInfo *recipient_of(CMS_ContentInfo *envelope)
{
	STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(envelope);

	assert_int_equal(sk_CMS_RecipientInfo_num(infos), 1);
	return sk_CMS_RecipientInfo_value(infos, 0);
}

static void assert_paddings(struct scep_request *req)
{
	CMS_ContentInfo *cms = encode(req), *envelope = envelope_of(cms);
	CMS_SignerInfo *si =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	X509_ALGOR *signature, *transport;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, NULL, &signature);
	if (req->pss)
		assert_pss(signature, req->digest);
	else
		assert_int_equal(digest_of(signature), NID_rsaEncryption);
	assert_int_equal(CMS_RecipientInfo_ktri_get0_algs(
			     recipient_of(envelope), NULL, NULL, &transport),
	    1);
	if (req->oaep)
		assert_oaep(transport, req->digest);
	else
		assert_int_equal(digest_of(transport), NID_rsaEncryption);
	CMS_ContentInfo_free(envelope);
	CMS_ContentInfo_free(cms);
}

static void test_requests_are_encrypted_with_each_padding(void **state)
{
	const EVP_MD *digests[] = {
	    EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
	struct scep_request req = w.request;
	size_t i, both;

	(void)state;
	for (i = 0; i < NITEMS(digests); i++) {
		req.digest = digests[i];
		for (both = 0; both < 4; both++) {
			req.oaep = (both & 1) != 0;
			req.pss = (both & 2) != 0;
			assert_encodes(&req);
			assert_paddings(&req);
		}
	}
}

/* A CA whose key cannot encrypt: PasswordRecipientInfo (RFC 8894, 3.1). */
static void test_a_ca_that_cannot_encrypt_gets_a_password(void **state)
{
	static unsigned char right[] = "secret", wrong[] = "secres";
	struct scep_request req = w.request;
	struct cabundle bundle = w.bundle;
	struct buf password = {0}, out = {0};
	CMS_ContentInfo *cms, *envelope;
	BIO *content = BIO_new(BIO_s_mem());
	enum status st;
	const char *text;
	char *bytes;

	(void)state;
	bundle.encrypt = w.ec;
	req.bundle = &bundle;
	req.password = &password;
	capture_start(STDERR_FILENO);
	st = scep_request_encode(&out, &req);
	text = capture_stop();
	assert_int_equal(st, ST_ERROR);
	assert_non_null(strstr(text, "cannot encrypt the PKCSReq"));
	assert_int_equal(out.len, 0);

	assert_true(buf_add_string(&password, "secret"));
	cms = encode(&req);
	envelope = envelope_of(cms);
	assert_int_equal(
	    CMS_RecipientInfo_type(recipient_of(envelope)), CMS_RECIPINFO_PASS);
	assert_int_equal(CMS_decrypt_set1_password(envelope, wrong, 6), 0);
	assert_int_equal(CMS_decrypt_set1_password(envelope, right, 6), 1);
	assert_int_equal(
	    CMS_decrypt(envelope, NULL, NULL, NULL, content, CMS_BINARY), 1);
	assert_int_equal(BIO_get_mem_data(content, &bytes), req.content_len);
	assert_memory_equal(bytes, req.content, req.content_len);
	CMS_ContentInfo_free(envelope);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	buf_free(&password);
	ERR_clear_error();
}

static void test_bad_requests_are_not_encoded(void **state)
{
	struct scep_request req = w.request;
	struct buf out = {0};
	enum status st[2];
	const char *text;

	(void)state;
	assert_true(buf_add_string(&out, "before"));
	capture_start(STDERR_FILENO);
	req.key = fixture_rsa(KEY_STRANGER);
	st[0] = scep_request_encode(&out, &req);
	req = w.request;
	req.content_len = (size_t)INT_MAX + 1;
	st[1] = scep_request_encode(&out, &req);
	text = capture_stop();
	assert_int_equal(st[0], ST_ERROR);
	assert_int_equal(st[1], ST_ERROR);
	assert_non_null(strstr(text, "cannot sign the PKCSReq: "));
	assert_non_null(strstr(text, "cannot encrypt the PKCSReq"));
	assert_int_equal(ERR_peek_error(), 0);
	assert_string_equal(buf_string(&out), "before");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests_have_the_algorithms_asked_for),
	    cmocka_unit_test(test_encode_types),
	    cmocka_unit_test(test_every_octet_of_the_nonce_is_random),
	    cmocka_unit_test(test_without_random_bytes_there_is_no_request),
	    cmocka_unit_test(test_requests_are_encrypted_with_each_padding),
	    cmocka_unit_test(test_a_ca_that_cannot_encrypt_gets_a_password),
	    cmocka_unit_test(test_bad_requests_are_not_encoded),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
