#include <string.h>

#include <openssl/bn.h>

#include "compat/openssl.h"
#include "ops/answer.h"
#include "ops/query.h"
#include "scep/content.h"
#include "util/ascii.h"
#include "util/log.h"

#define SERIAL_SHOWN     80
#define SERIAL_BYTES_MAX 64 /* RFC 5280 allows 20, some CAs use more */

static void free_query(struct query *query)
{
	inputs_free(&query->in);
	X509_NAME_free(query->issuer);
	ASN1_INTEGER_free(query->serial);
}

enum status query_set_issuer(struct query *query, const X509_NAME *name)
{
	X509_NAME_free(query->issuer);
	query->issuer = compat_dup_name(name);
	return query->issuer != NULL ? ST_OK : fail_memory();
}

enum status query_set_serial(struct query *query, const ASN1_INTEGER *serial)
{
	ASN1_INTEGER_free(query->serial);
	query->serial = ASN1_INTEGER_dup(serial);
	return query->serial != NULL ? ST_OK : fail_memory();
}

/* "AA:BB:CC": pairs of hex digits with a colon between them. */
static bool is_grouped(const char *text)
{
	for (; strspn(text, ASCII_HEX_DIGITS) == 2; text += 3)
		if (text[2] != ':')
			return text[2] == '\0';
	return false;
}

/* Colons, 0x in front and digits from a to f make it hex, else it is decimal. */
static bool parse_serial(BIGNUM **out, const char *text)
{
	char digits[2 * SERIAL_BYTES_MAX + 1];
	bool hex = strchr(text, ':') != NULL;
	size_t len = 0;

	if (hex && !is_grouped(text))
		return false;
	if (strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0) {
		hex = true;
		text += 2;
	}

	for (; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		if (strchr(ASCII_HEX_DIGITS, *text) == NULL ||
		    len + 1 >= sizeof(digits))
			return false;
		if (*text < '0' || *text > '9')
			hex = true;
		digits[len++] = *text;
	}
	digits[len] = '\0';
	if (len == 0)
		return false;

	return (hex ? BN_hex2bn(out, digits) : BN_dec2bn(out, digits)) ==
	    (int)len;
}

enum status query_parse_serial(struct query *query, const char *text)
{
	BIGNUM *number = NULL;
	enum status st = ST_OK;
	char shown[SERIAL_SHOWN];

	if (!parse_serial(&number, text)) {
		st = fail(ST_ERROR,
		    "serial number \"%s\": expected a decimal number, 0x and "
		    "hex digits, or pairs of hex digits as in AA:BB:CC",
		    log_escape(shown, sizeof(shown), text, strlen(text)));
	} else {
		ASN1_INTEGER_free(query->serial);
		query->serial = BN_to_ASN1_INTEGER(number, NULL);
		if (query->serial == NULL)
			st = fail_memory();
	}
	BN_free(number);
	return st;
}

static enum status check_answer(const struct inputs *in,
    const struct scep_reply *reply, enum message_type type)
{
	if (reply->status == PKI_FAILURE)
		return answer_report_failure(in, reply, type);
	if (reply->status == PKI_PENDING)
		return fail(ST_REPLY,
		    "reply: PENDING is no answer to %s (RFC 8894, 4.5.1)",
		    scep_message_name(type));
	return ST_OK;
}

static enum status exchange_query(struct query *query,
    const struct query_kind *kind, struct scep_request *request)
{
	struct scep_reply reply = {0};
	enum status st;

	say("%s", kind->status_line);
	st = answer_get_reply(&query->in, request, &reply);
	if (st == ST_OK)
		st = check_answer(&query->in, &reply, kind->type);
	if (st == ST_OK)
		st = kind->write(query, &reply);
	scep_reply_free(&reply);
	return st;
}

static enum status make_and_send(
    struct query *query, const struct query_kind *kind)
{
	struct inputs *in = &query->in;
	struct scep_request request;
	struct buf content = {0};
	enum status st;

	st = content_add_issuer_and_serial(
	    &content, query->issuer, query->serial);
	if (st == ST_OK) {
		request = inputs_make_request(in, kind->type, &content);
		report_set(in->session->report, REPORT_TRANSACTION_ID,
		    request.transaction_id);
		st = in->options->dump_request == NULL
		    ? exchange_query(query, kind, &request)
		    : outputs_dump(in->session, &in->outputs.dump, &request);
	}
	buf_free(&content);
	return st;
}

enum status query_run(struct session *session, const struct query_kind *kind)
{
	struct query query = {0};
	enum status st = inputs_read_query(&query.in, session);

	if (st == ST_OK)
		st = kind->choose(&query);
	if (st == ST_OK)
		st = inputs_prepare(&query.in);
	if (st == ST_OK)
		st = make_and_send(&query, kind);
	free_query(&query);
	return st;
}
