#include <string.h>

#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "pki/cert.h"
#include "scep/attrs.h"
#include "scep/certs.h"
#include "scep/envelope.h"
#include "scep/message.h"
#include "scep/signed.h"
#include "util/log.h"

#define TEXT_MAX 512

static bool value_is(
    const struct attr_value *value, const void *bytes, size_t len)
{
	return value->bytes != NULL && value->len == len &&
	    memcmp(value->bytes, bytes, len) == 0;
}

/* Whether --tolerate skips a check that failed, which is warned of. */
static bool is_tolerated(const struct scep_request *request, enum tolerate bit)
{
	if ((request->tolerate & bit) == 0)
		return false;
	if (bit == TOLERATE_NONCE)
		warn(WARN_TOLERATED_NONCE,
		    "recipientNonce is missing or does not match our "
		    "senderNonce: ignored (--tolerate nonce)");
	else
		warn(WARN_TOLERATED_TRANSACTION_ID,
		    "transactionID is missing or does not match ours: ignored "
		    "(--tolerate transaction-id)");
	return true;
}

/*
 * RFC 8894, 3.2.1.2: messageType MUST be included in all messages; the response
 * is a CertRep, 3.
 */
static enum status check_message_type(CMS_SignerInfo *si)
{
	struct attr_value value;
	char text[TEXT_MAX];
	enum status st;

	if ((st = attrs_get(&value, si, ATTR_MESSAGE_TYPE)) != ST_OK)
		return st;
	if (value.bytes == NULL)
		return fail(
		    ST_REPLY, "reply: no messageType (RFC 8894, 3.2.1.2)");
	if (!value_is(&value, "3", 1))
		return fail(ST_REPLY,
		    "reply: messageType is \"%s\", expected 3, CertRep (RFC "
		    "8894, 3.2.1.2)",
		    log_escape(text, sizeof(text), value.bytes, value.len));
	return ST_OK;
}

/*
 * RFC 8894, 3.2.1.1: the client's transactionID MUST be used for all messages
 * of an operation.
 */
static enum status read_transaction_id(
    char **out, CMS_SignerInfo *si, const struct scep_request *request)
{
	const char *ours = request->transaction_id;
	struct attr_value value;
	char text[TEXT_MAX];
	enum status st;

	if ((st = attrs_get(&value, si, ATTR_TRANSACTION_ID)) != ST_OK)
		return st;
	log_escape(text, sizeof(text), value.bytes, value.len);
	if (value_is(&value, ours, strlen(ours)) ||
	    is_tolerated(request, TOLERATE_TRANSACTION_ID)) {
		if (value.bytes != NULL &&
		    (*out = OPENSSL_strdup(text)) == NULL)
			return fail_memory();
		return ST_OK;
	}
	if (value.bytes == NULL)
		return fail(
		    ST_REPLY, "reply: no transactionID (RFC 8894, 3.2.1.1)");
	return fail(ST_REPLY,
	    "reply: transactionID is \"%s\", ours is %s (RFC 8894, 3.2.1.1)",
	    text, ours);
}

/*
 * RFC 8894, 3.2.1.5: the recipientNonce is the senderNonce of the request, 16
 * bytes.  The client MUST verify that, and MUST reject another.
 */
static enum status check_nonce(
    CMS_SignerInfo *si, const struct scep_request *request)
{
	struct attr_value value;
	enum status st;

	if ((st = attrs_get(&value, si, ATTR_RECIPIENT_NONCE)) != ST_OK)
		return st;
	if (value_is(&value, request->nonce, SCEP_NONCE_LEN) ||
	    is_tolerated(request, TOLERATE_NONCE))
		return ST_OK;
	if (value.bytes == NULL)
		return fail(
		    ST_REPLY, "reply: no recipientNonce (RFC 8894, 3.2.1.5)");
	if (value.len != SCEP_NONCE_LEN)
		return fail(ST_REPLY,
		    "reply: recipientNonce has %zu bytes, expected %d (RFC "
		    "8894, 3.2.1.5)",
		    value.len, SCEP_NONCE_LEN);
	return fail(ST_REPLY,
	    "reply: recipientNonce does not match our senderNonce (RFC 8894, "
	    "3.2.1.5)");
}

/*
 * RFC 8894, 3.2.1.3: a response MUST include pkiStatus; values other than 0, 2
 * and 3 MUST be treated as errors.
 */
static enum status read_pki_status(enum pki_status *out, CMS_SignerInfo *si)
{
	struct attr_value value;
	char text[TEXT_MAX];
	enum status st;

	if ((st = attrs_get(&value, si, ATTR_PKI_STATUS)) != ST_OK)
		return st;
	if (value.bytes == NULL)
		return fail(
		    ST_REPLY, "reply: no pkiStatus (RFC 8894, 3.2.1.3)");
	if (value_is(&value, "0", 1))
		*out = PKI_SUCCESS;
	else if (value_is(&value, "2", 1))
		*out = PKI_FAILURE;
	else if (value_is(&value, "3", 1))
		*out = PKI_PENDING;
	else
		return fail(ST_REPLY,
		    "reply: pkiStatus is \"%s\", expected 0, 2 or 3 (RFC 8894, "
		    "3.2.1.3)",
		    log_escape(text, sizeof(text), value.bytes, value.len));
	return ST_OK;
}

/* The text as it was sent, up to a NUL; one that is too long ends in dots. */
static enum status keep_text(char **out, const struct attr_value *value)
{
	bool cut = value->len > TEXT_MAX;
	struct buf text = {0};
	enum status st = ST_OK;

	if (!buf_add(&text, value->bytes, cut ? TEXT_MAX : value->len) ||
	    !buf_add_string(&text, cut ? "..." : "") ||
	    (*out = OPENSSL_strdup(buf_string(&text))) == NULL)
		st = fail_memory();
	buf_free(&text);
	return st;
}

/*
 * RFC 8894, 3.3.2.2: a FAILURE MUST have a failInfo, of the values in 3.2.1.4,
 * and MAY have a failInfoText.  Where failInfo is absent or unknown the reply
 * is still a FAILURE, and there is a warning.
 */
static enum status read_failure(struct scep_reply *reply, CMS_SignerInfo *si)
{
	struct attr_value info, words;
	char text[TEXT_MAX];
	enum status st;
	int number = -1;

	if ((st = attrs_get(&info, si, ATTR_FAIL_INFO)) != ST_OK ||
	    (st = attrs_get(&words, si, ATTR_FAIL_INFO_TEXT)) != ST_OK)
		return st;
	if (info.bytes == NULL)
		warn(WARN_NO_FAIL_INFO,
		    "FAILURE without failInfo (RFC 8894, 3.2.1.4)");
	else if (info.len == 1 && info.bytes[0] >= '0' && info.bytes[0] <= '4')
		number = info.bytes[0] - '0';
	else
		warn(WARN_UNKNOWN_FAIL_INFO,
		    "failInfo is \"%s\", expected 0 to 4 (RFC 8894, 3.2.1.4)",
		    log_escape(text, sizeof(text), info.bytes, info.len));
	reply->fail_info = scep_fail_info(number);
	if (words.bytes == NULL)
		return ST_OK;
	return keep_text(&reply->fail_info_text, &words);
}

/*
 * RFC 8894, 3.3.2.1: a SUCCESS has a pkcsPKIEnvelope with a degenerate
 * SignedData, with certificates or, in answer to GetCRL, a CRL.
 */
static enum status read_success(struct scep_reply *reply,
    const struct scep_request *request, const struct signed_by *by,
    struct spool *body)
{
	struct spool *inside = &reply->inside;
	enum status st;

	reply->no_content = by->content.left == 0;
	if (reply->no_content)
		return fail(ST_REPLY,
		    "reply: SUCCESS without a content (RFC 8894, 3.3.2.1)");

	st = envelope_open(inside, by->content, body, request);
	if (st != ST_OK)
		return st;
	reply->no_content = inside->len == 0;
	if (reply->no_content)
		return fail(ST_REPLY,
		    "reply: SUCCESS with an empty envelope (RFC 8894, "
		    "3.3.2.1)");
	if (request->type == MESSAGE_GETCRL)
		return certs_find_crl(&reply->crl, octets_in_spool(inside));
	return certs_from_signed_data(&reply->certs, octets_in_spool(inside));
}

/*
 * RFC 8894, 3.2 and 3.3.2.  Any certificate of -c may have signed; those in the
 * message do not count.  Of the attributes that 3.2.1 demands, senderNonce is
 * not looked at, as 3.3.2 gives it no meaning in a CertRep.
 */
static enum status read_cert_rep(struct scep_reply *reply,
    const struct scep_request *request, struct signed_data *data,
    struct spool *body)
{
	struct signed_by by = {0};
	CMS_SignerInfo *si;
	enum status st;

	st = signed_verify(&by, data, request->bundle->certs, "-c",
	    request->bundle, &request->policy);
	reply->unknown_signer = by.si != NULL && by.signer == NULL;
	if (st != ST_OK)
		return st;
	reply->verified = true;
	octets_replace(&data->content, body, &data->joined);
	by.content = data->content;
	si = by.si;

	if ((st = attrs_check_values(si)) != ST_OK ||
	    (st = attrs_check_content_type(si, CMS_get0_eContentType(data->cms),
		 NID_pkcs7_enveloped)) != ST_OK ||
	    (st = check_message_type(si)) != ST_OK ||
	    (st = read_transaction_id(&reply->transaction_id, si, request)) !=
		ST_OK ||
	    (st = check_nonce(si, request)) != ST_OK ||
	    (st = read_pki_status(&reply->status, si)) != ST_OK)
		return st;

	if (reply->status != PKI_PENDING)
		signed_warn(&by, &request->policy);
	switch (reply->status) {
	case PKI_SUCCESS:
		return read_success(reply, request, &by, body);
	case PKI_FAILURE:
		return read_failure(reply, si);
	case PKI_PENDING:
		/* RFC 8894, 3.3.2.3: no pkcsPKIEnvelope; one is ignored. */
		break;
	}
	return ST_OK;
}

enum status scep_reply_decode(struct scep_reply *out,
    const struct scep_request *request, struct spool *body)
{
	struct signed_data data = {.joined = spool_like(body)};
	struct log_capture capture;
	enum status st;

	*out = (struct scep_reply){.inside = spool_like(body)};
	log_capture_begin(&capture);
	st = signed_parse(&data, octets_in_spool(body), SIGNED_WITHOUT_CERTS,
	    "a pkiMessage (RFC 8894, 3.2)");
	if (st == ST_OK)
		st = read_cert_rep(out, request, &data, body);
	log_capture_end(&capture);
	body->failed |= data.joined.failed || out->inside.failed;
	st = spool_report(body, st, capture.text);
	if (st != ST_OK) {
		const bool verified = out->verified;
		const bool unknown_signer = out->unknown_signer;
		const bool no_content = out->no_content;

		scep_reply_free(out);
		out->verified = verified;
		out->unknown_signer = unknown_signer;
		out->no_content = no_content;
	}
	signed_free(&data);
	return st;
}

void scep_reply_free(struct scep_reply *reply)
{
	OPENSSL_free(reply->transaction_id);
	OPENSSL_free(reply->fail_info_text);
	cert_stack_free(reply->certs);
	spool_free(&reply->inside);
	memset(reply, 0, sizeof(*reply));
}
