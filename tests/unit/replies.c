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
#include <openssl/pkcs7.h>

#include "compat/memory.h"
#include "compat/provider.h"
#include "fixtures.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "replies.h"
#include "scep/content.h"
#include "util/log.h"

struct world w;
size_t memory_max;

X509 *issued(const char *cn, int key, const char *usage, long serial)
{
	return fixture_cert(&(struct cert_spec){.cn = cn,
	    .key = fixture_rsa(key),
	    .usage = usage,
	    .issuer = w.ca,
	    .issuer_key = fixture_rsa(KEY_CA),
	    .serial = serial});
}

int make_world(void **state)
{
	X509 *certs[] = {NULL, NULL, NULL};
	X509_REQ *csr = fixture_csr("client", fixture_rsa(KEY_CLIENT));

	(void)state;
	w.ca = fixture_cert(&(struct cert_spec){
	    .cn = "CA", .key = fixture_rsa(KEY_CA), .ids = true, .ca = true});
	w.ra = issued("RA", KEY_RA, "digitalSignature", 2);
	w.forged = issued("RA", KEY_STRANGER, "digitalSignature", 2);
	w.stranger = issued("Stranger", KEY_STRANGER, NULL, 3);
	w.client = fixture_cert(&(struct cert_spec){
	    .cn = "client", .key = fixture_rsa(KEY_CLIENT)});
	w.twin = fixture_cert(&(struct cert_spec){
	    .cn = "client", .key = fixture_rsa(KEY_STRANGER)});
	w.ec = fixture_cert(
	    &(struct cert_spec){.cn = "client", .key = fixture_ec()});
	w.issued = issued("client", KEY_CLIENT, NULL, 4);
	w.more = issued("other", KEY_STRANGER, NULL, 5);
	certs[0] = w.ra;
	certs[1] = w.ca;
	cabundle_set(&w.bundle, fixture_stack(certs));
	w.bundle.encrypt = w.ca;
	if (content_add_csr(&w.content, csr) != ST_OK)
		return -1;
	w.request = (struct scep_request){
	    .type = MESSAGE_PKCSREQ,
	    .transaction_id = ID,
	    .nonce = "0123456789abcde",
	    .content = w.content.data,
	    .content_len = w.content.len,
	    .bundle = &w.bundle,
	    .signer = w.client,
	    .key = fixture_rsa(KEY_CLIENT),
	    .digest = EVP_sha256(),
	    .cipher = EVP_aes_128_cbc(),
	};
	X509_REQ_free(csr);
	return 0;
}

int free_world(void **state)
{
	cabundle_free(&w.bundle);
	X509_free(w.ca);
	X509_free(w.ra);
	X509_free(w.forged);
	X509_free(w.stranger);
	X509_free(w.client);
	X509_free(w.twin);
	X509_free(w.ec);
	X509_free(w.issued);
	X509_free(w.more);
	buf_free(&w.content);
	compat_unload_providers();
	return fixture_cleanup(state);
}

X509_CRL *make_crl(void)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = ASN1_TIME_adj(NULL, time(NULL), 0, 0);

	if (now == NULL || !X509_CRL_set_version(crl, 1) ||
	    !X509_CRL_set_issuer_name(crl, X509_get_subject_name(w.ca)) ||
	    !X509_CRL_set1_lastUpdate(crl, now) ||
	    !X509_CRL_sign(crl, fixture_rsa(KEY_CA), EVP_sha256()))
		abort();
	ASN1_TIME_free(now);
	return crl;
}

void take(struct buf *out, BIO *bio)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	if (!buf_add(out, bytes, (size_t)len))
		abort();
	BIO_free(bio);
}

static void add_cms(struct buf *out, CMS_ContentInfo *cms, BIO *in, bool ber)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (cms == NULL ||
	    (ber ? i2d_CMS_bio_stream(bio, cms, in, CMS_STREAM | CMS_BINARY)
		 : i2d_CMS_bio(bio, cms)) != 1)
		abort();
	take(out, bio);
	CMS_ContentInfo_free(cms);
}

/* Made with the PKCS7 API, because CMS_sign() would sort the certificates. */
void add_set(struct buf *out, STACK_OF(X509) *certs, X509_CRL *crl, int crls)
{
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS7 *set = PKCS7_new();
	int i;

	if (!PKCS7_set_type(set, NID_pkcs7_signed) ||
	    !PKCS7_content_new(set, NID_pkcs7_data) ||
	    !PKCS7_set_detached(set, 1))
		abort();
	for (i = 0; certs != NULL && i < sk_X509_num(certs); i++)
		if (!PKCS7_add_certificate(set, sk_X509_value(certs, i)))
			abort();
	for (i = 0; i < crls; i++)
		if (!PKCS7_add_crl(set, crl))
			abort();
	if (!i2d_PKCS7_bio(bio, set))
		abort();
	take(out, bio);
	PKCS7_free(set);
}

void add_certs(struct buf *out, STACK_OF(X509) *certs)
{
	add_set(out, certs, NULL, 0);
}

static void add_inside(struct buf *out, const struct recipe *r)
{
	X509 *certs[FIXTURE_STACK] = {
	    r->two_certs ? w.more : w.issued, r->two_certs ? w.issued : NULL};
	STACK_OF(X509) *stack = fixture_stack(certs);
	unsigned char *der = NULL;
	int len;

	switch (r->content) {
	case ENVELOPE_OF_NOTHING:
		break;
	case ENVELOPE_OF_GARBAGE:
		buf_add_string(out, "garbage");
		break;
	case ENVELOPE_OF_CERT:
		len = i2d_X509(w.issued, &der);
		buf_add(out, der, (size_t)len);
		OPENSSL_free(der);
		break;
	case ENVELOPE_OF_NO_CERTS:
		add_certs(out, NULL);
		break;
	default:
		add_certs(out, stack);
	}
	if (r->content == ENVELOPE_OF_TRAILING)
		buf_add(out, "", 1);
	cert_stack_free(stack);
}

static void add_password(CMS_ContentInfo *cms, const char *password)
{
	size_t len = strlen(password);
	unsigned char *copy = compat_memdup(password, len);

	if (copy == NULL ||
	    CMS_add0_recipient_password(
		cms, -1, NID_undef, NID_undef, copy, (int)len, NULL) == NULL)
		abort();
}

void add_envelope(struct buf *out, const struct buf *inside, X509 *recipient,
    const struct recipe *r)
{
	STACK_OF(X509) *recipients = sk_X509_new_null();
	unsigned int flags = CMS_BINARY | (r->ber ? CMS_STREAM : 0);
	const EVP_CIPHER *cipher = EVP_aes_128_cbc();
	BIO *in = BIO_new_mem_buf(buf_string(inside), (int)inside->len);
	CMS_ContentInfo *cms;

	if ((r->password == NULL || r->for_both) &&
	    !sk_X509_push(recipients, recipient))
		abort();
	if (r->cipher != NULL && algs_get_cipher(&cipher, r->cipher) != ST_OK)
		abort();
	cms = CMS_encrypt(recipients, in, cipher,
	    flags | (r->password != NULL ? CMS_PARTIAL : 0));
	if (r->password != NULL) {
		add_password(cms, r->password);
		if (!r->ber && CMS_final(cms, in, NULL, flags) != 1)
			abort();
	}
	add_cms(out, cms, in, r->ber);
	BIO_free(in);
	sk_X509_free(recipients);
}

void add_signed_content(struct buf *out, const struct recipe *r)
{
	X509 *recipient = r->for_ec ? w.ec : w.client;
	struct buf inside = {0};

	add_inside(&inside, r);
	if (r->content == FOR_OTHER)
		recipient = w.stranger;
	if (r->content == WITH_OTHER_KEY)
		recipient = w.twin;
	if (r->content == GARBAGE)
		buf_add_string(out, "garbage");
	else if (r->content == NO_ENVELOPE)
		buf_add(out, inside.data, inside.len);
	else if (r->content != ABSENT && r->content != EMPTY)
		add_envelope(out, &inside, recipient, r);
	if (r->content == TRAILING)
		buf_add(out, "", 1);
	buf_free(&inside);
}

static void add_value(
    CMS_SignerInfo *si, const char *oid, int type, const void *bytes, int len)
{
	if (CMS_signed_add1_attr_by_txt(si, oid, type, bytes, len) != 1)
		abort();
}

/* Added under another OID first: libcrypto may refuse to add one twice. */
static void add_twice(
    CMS_SignerInfo *si, const char *oid, int type, const void *bytes, int len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OBJECT *other = OBJ_txt2obj("1.2.3.4.5.6.7.8", 1);
	int i;

	add_value(si, oid, type, bytes, len);
	add_value(si, "1.2.3.4.5.6.7.8", type, bytes, len);
	i = CMS_signed_get_attr_by_OBJ(si, other, -1);
	if (!X509_ATTRIBUTE_set1_object(CMS_signed_get_attr(si, i), object))
		abort();
	ASN1_OBJECT_free(object);
	ASN1_OBJECT_free(other);
}

static void add_many(CMS_SignerInfo *si, const char *oid, int type, int count,
    const void *bytes, int len)
{
	X509_ATTRIBUTE *attribute = X509_ATTRIBUTE_new();
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int i;

	if (!X509_ATTRIBUTE_set1_object(attribute, object))
		abort();
	for (i = 0; i < count; i++)
		if (!X509_ATTRIBUTE_set1_data(attribute, type, bytes, len - i))
			abort();
	if (CMS_signed_add1_attr(si, attribute) != 1)
		abort();
	X509_ATTRIBUTE_free(attribute);
	ASN1_OBJECT_free(object);
}

/* Adds one attribute of a good reply, changed if the recipe says so. */
static void add_attribute(CMS_SignerInfo *si, const struct recipe *r,
    const char *oid, int type, const void *bytes, int len)
{
	if (r->edit == SAME || strcmp(r->oid, oid) != 0) {
		add_value(si, oid, type, bytes, len);
		return;
	}
	switch (r->edit) {
	case SAME:
	case WITHOUT:
	case ADD:
		break;
	case TWICE:
		add_twice(si, oid, type, bytes, len);
		break;
	case NO_VALUE:
		add_many(si, oid, type, 0, bytes, len);
		break;
	case TWO_VALUES:
		add_many(si, oid, type, 2, bytes, len);
		break;
	case OF_TYPE:
		add_value(si, oid, r->type, bytes, len);
		break;
	case OF_VALUE:
		add_value(si, oid, type, r->value, (int)strlen(r->value));
		break;
	}
}

static void add_attributes(CMS_SignerInfo *si, const struct recipe *r)
{
	const int text = V_ASN1_PRINTABLESTRING, octets = V_ASN1_OCTET_STRING;
	char status[] = {(char)('0' + (int)r->status), '\0'};

	add_attribute(si, r, OID_TYPE, text, "3", 1);
	add_attribute(si, r, OID_STATUS, text, status, 1);
	add_attribute(si, r, OID_ID, text, ID, (int)strlen(ID));
	add_attribute(si, r, OID_SENDER, octets, "fedcba9876543210", 16);
	add_attribute(
	    si, r, OID_RECIPIENT, octets, w.request.nonce, SCEP_NONCE_LEN);
	if (r->status == PKI_FAILURE)
		add_attribute(si, r, OID_FAIL, text, "2", 1);
	if (r->edit == ADD)
		add_value(si, r->oid, r->type, r->value, (int)strlen(r->value));
}

static void add_signers(CMS_ContentInfo *cms, const struct recipe *r)
{
	static const int keys[] = {[BY_RA] = KEY_RA,
	    [BY_CA] = KEY_CA,
	    [BY_FORGED] = KEY_STRANGER,
	    [BY_STRANGER] = KEY_STRANGER,
	    [BY_TWO] = KEY_RA};
	X509 *const certs[] = {[BY_RA] = w.ra,
	    [BY_CA] = w.ca,
	    [BY_FORGED] = w.forged,
	    [BY_STRANGER] = w.stranger,
	    [BY_TWO] = w.ra};
	const unsigned int flags = CMS_BINARY | CMS_NOSMIMECAP | r->flags;
	const EVP_MD *md = EVP_sha256();
	CMS_SignerInfo *si;

	if (r->signer == BY_NOBODY)
		return;
	if (r->digest != NULL && algs_get_digest(&md, r->digest) != ST_OK)
		abort();
	si = CMS_add1_signer(
	    cms, certs[r->signer], fixture_rsa(keys[r->signer]), md, flags);
	if (si == NULL)
		abort();
	add_attributes(si, r);
	if (r->signer != BY_TWO)
		return;
	si = CMS_add1_signer(cms, w.ca, fixture_rsa(KEY_CA), md, flags);
	if (si == NULL)
		abort();
	add_attributes(si, r);
}

void sign_reply(
    struct buf *out, const struct buf *content, const struct recipe *r)
{
	unsigned int flags = CMS_BINARY | CMS_PARTIAL;
	BIO *in = BIO_new_mem_buf(buf_string(content), (int)content->len);
	CMS_ContentInfo *cms;

	if (r->content == ABSENT || r->signer == BY_NOBODY)
		flags |= CMS_DETACHED;
	if (r->ber)
		flags |= CMS_STREAM;
	cms = CMS_sign(NULL, NULL, NULL, in, flags);
	if (cms == NULL)
		abort();
	if (r->content_type != 0 &&
	    !CMS_set1_eContentType(cms, OBJ_nid2obj(r->content_type)))
		abort();
	add_signers(cms, r);
	if (!r->ber && r->signer != BY_NOBODY &&
	    CMS_final(cms, in, NULL, flags) != 1)
		abort();
	add_cms(out, cms, in, r->ber);
	BIO_free(in);
}

void build_reply(struct buf *out, const struct recipe *r)
{
	struct buf content = {0};

	add_signed_content(&content, r);
	sign_reply(out, &content, r);
	buf_free(&content);
	ERR_clear_error();
}

bool has_issued(STACK_OF(X509) *certs, bool two)
{
	X509 *want[] = {two ? w.more : w.issued, w.issued};
	int i, count = two ? 2 : 1;

	if (certs == NULL || sk_X509_num(certs) != count)
		return false;
	for (i = 0; i < count; i++)
		if (X509_cmp(sk_X509_value(certs, i), want[i]) != 0)
			return false;
	return true;
}

enum status decode(struct scep_reply *reply, const struct scep_request *request,
    const void *bytes, size_t len)
{
	static struct spool_budget budget;
	struct spool body = {.memory_max = memory_max, .budget = &budget};
	enum status st;

	budget = (struct spool_budget){.max = 2 * len};
	assert_int_equal(spool_expect(&body, len), ST_OK);
	assert_int_equal(spool_add(&body, bytes, len), ST_OK);
	assert_int_equal(spool_end(&body), ST_OK);
	if (!body.in_file && len > 0) {
		compat_clear_free(body.bytes.data, body.bytes.size);
		body.bytes.data = compat_memdup(bytes, len);
		body.bytes.size = len;
	}
	memset(reply, 0xaa, sizeof(*reply));
	st = scep_reply_decode(reply, request, &body);
	/* Nothing else of the message is kept than what is found in it. */
	if (st == ST_OK && reply->status == PKI_SUCCESS)
		assert_int_equal(budget.used, reply->inside.len);
	spool_free(&body);
	if (st != ST_OK)
		assert_int_equal(budget.used, 0);
	return st;
}

void assert_refused(
    const char *what, const struct buf *message, const char *says)
{
	struct scep_reply reply;
	enum status st;
	const char *text;

	capture_start(STDERR_FILENO);
	st = decode(&reply, &w.request, message->data, message->len);
	text = capture_stop();
	if (st != ST_REPLY || strstr(text, says) == NULL)
		fixture_fail("%s: %d, %s", what, (int)st, text);
	assert_memory_equal(text, "sscep: reply: ", 14);
	/* One error line, and an empty reply. */
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_null(reply.certs);
	assert_null(reply.fail_info);
	assert_null(reply.fail_info_text);
	assert_int_equal(ERR_peek_error(), 0);
}

void assert_crl_is(struct der crl, const unsigned char *der, int len)
{
	struct buf bytes = {0};

	assert_true(octets_add(&bytes, crl));
	assert_int_equal(bytes.len, len);
	assert_memory_equal(bytes.data, der, bytes.len);
	buf_free(&bytes);
}
