#include <string.h>

#include "pki/der.h"
#include "refusal.h"
#include "util/html.h"
#include "util/log.h"

#define SUMMARY_MAX  120
#define DER_SEQUENCE 0x30

#define CHECK_PATH "check the path of the URL"
#define SEE_LOG    "the server's log may say more"

/*
 * RFC 8894, 4.2: message, which -i sets, may be omitted if the server has one
 * CA only.  Servers that want it nevertheless answer 400 or 404.
 */
static const char *advise_on_query(const struct refusal *refusal)
{
	if (!refusal->ca_identifier)
		return "some servers need a CA identifier, often any word: "
		       "give it with -i; or " CHECK_PATH;
	return "check the CA identifier and the path of the URL";
}

static const char *advise_on_method(const struct refusal *refusal)
{
	if (!refusal->pki_message)
		return CHECK_PATH;
	if (refusal->post)
		return "if the server takes no POST, name its capabilities "
		       "without POSTPKIOperation (--capabilities)";
	return "if the server takes POST, name its capabilities with "
	       "POSTPKIOperation (--capabilities)";
}

static const char *advise_on_message(const struct refusal *refusal)
{
	if (!refusal->pki_message)
		return SEE_LOG;
	if (refusal->old_algs)
		return "if the server refuses 3des and sha1, try -E aes128 -S "
		       "sha256; its log may say more";
	return "if the server is old, try -E 3des -S sha1; its log may say "
	       "more";
}

const char *refusal_advise(const struct refusal *refusal)
{
	switch (refusal->status) {
	case 400:
		return refusal->pki_message ? advise_on_message(refusal)
					    : advise_on_query(refusal);
	case 401:
		return "SCEP needs no login: " CHECK_PATH;
	case 403:
		return CHECK_PATH ", or ask the operator who may use it";
	case 404:
		return refusal->pki_message ? CHECK_PATH
					    : advise_on_query(refusal);
	case 405:
		return advise_on_method(refusal);
	case 413:
		return "ask the operator to allow larger requests";
	case 414:
		return refusal->pki_message ? advise_on_method(refusal)
					    : CHECK_PATH;
	case 408:
	case 429:
	case 502:
	case 503:
	case 504:
		return "try again later";
	case 500:
		return advise_on_message(refusal);
	case 501:
		return "the server lacks this operation, or " CHECK_PATH;
	default:
		return SEE_LOG;
	}
}

enum status refusal_check_status(const struct http *http,
    const struct http_response *response, const struct refusal *refusal)
{
	struct log_capture capture;
	enum status st;
	bool has_reply;

	if (response->status < 400 || response->outcome != HTTP_ANSWERED)
		return http_check_status(http, response);
	has_reply = refusal->pki_message &&
	    der_seems_signed_data(
		response->body.bytes.data, response->body.bytes.len);
	log_capture_begin(&capture);
	st = http_check_status(http, response);
	log_capture_end(&capture);
	return fail(st, "%s; %s", capture.text,
	    has_reply ? "a CertRep came with this status: the request may have "
			"been processed; " SEE_LOG
		      : refusal_advise(refusal));
}

static bool is_one_of(
    const struct http_response *response, const char *const *types)
{
	for (; *types != NULL; types++)
		if (response_is_type(response, *types))
			return true;
	return false;
}

bool refusal_is_temporary(int status)
{
	switch (status) {
	case 408:
	case 429:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

int refusal_find_error(const struct http_response *response)
{
	const struct buf *body = &response->body.bytes;

	if (response->outcome != HTTP_ANSWERED || response->status / 100 == 2 ||
	    der_seems_signed_data(body->data, body->len))
		return 0;
	return response->status;
}

/* Says what is wrong: the content type, or the body alone. */
static enum status refuse_body(
    const struct http_response *response, const char *const *types)
{
	const struct buf *body = &response->body.bytes;
	const char *type = response->content_type;
	bool page = response_is_page(response);
	const char *advice = page
	    ? "; check the URL: a proxy or a portal may answer instead"
	    : "";
	char quote[SUMMARY_MAX];

	html_quote(quote, sizeof(quote), body->data, body->len, page);
	if (type[0] == '\0' || is_one_of(response, types))
		return fail(ST_REPLY,
		    "reply: expected %s in DER, the body is %s%s%s", types[0],
		    page ? "a page of HTML" : "neither DER nor PEM", quote,
		    advice);
	return fail(ST_REPLY, "reply: expected %s, the server sent %s%s%s",
	    types[0], type, quote, advice);
}

enum status refusal_check_body(
    const struct http_response *response, const char *const *types)
{
	const struct buf *body = &response->body.bytes;
	const char *type = response->content_type;

	if (body->len == 0)
		return fail(ST_REPLY,
		    "reply: the server answered %d%s%s with an empty body, "
		    "expected %s",
		    response->status, response->reason[0] != '\0' ? " " : "",
		    response->reason, types[0]);
	if (body->data[0] != DER_SEQUENCE &&
	    strstr(buf_string(body), "-----BEGIN") == NULL)
		return refuse_body(response, types);
	if (!is_one_of(response, types))
		verbose("content type is %s, expected %s",
		    type[0] != '\0' ? type : "not given", types[0]);
	return ST_OK;
}
