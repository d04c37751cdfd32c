#include <string.h>

#include <openssl/bn.h>
#include <openssl/rand.h>

#include "compat/openssl.h"
#include "keys/key.h"
#include "ops/checks.h"
#include "ops/query.h"
#include "pki/cert.h"
#include "scep/content.h"
#include "util/log.h"

#define TRANSACTION_BYTES 16
#define SERIAL_SHOWN      80
#define SERIAL_BYTES_MAX  64 /* RFC 5280 allows 20, some CAs use more */
#define HEX               "0123456789abcdefABCDEF"

static enum status read_files(
    struct query *query, const struct session *session)
{
	const struct options *options = session->options;
	const struct key_place place = {
	    .name = options->key,
	    .what = "private key",
	    .option = "--passin",
	    .pass = &session->pass,
	};
	const struct buf no_password = {0};
	enum status st;

	memset(query, 0, sizeof(*query));
	if ((st = outputs_open(&query->outputs, options, options->output)) !=
		ST_OK ||
	    (st = read_bundle(&query->bundle, options)) != ST_OK ||
	    (st = check_recipient(options, &query->bundle, &no_password)) !=
		ST_OK ||
	    (st = cert_read(&query->cert, options->local_cert,
		 "local certificate")) != ST_OK ||
	    (st = key_read(&query->key, &place)) != ST_OK ||
	    (st = check_pair(query->cert, options->local_cert, query->key,
		 options->key)) != ST_OK)
		return st;
	return check_signer_key(options, query->key,
	    X509_get0_pubkey(query->cert), options->key, &no_password);
}

static void free_query(struct query *query)
{
	cabundle_free(&query->bundle);
	X509_free(query->cert);
	EVP_PKEY_free(query->key);
	X509_NAME_free(query->issuer);
	ASN1_INTEGER_free(query->serial);
	outputs_close(&query->outputs);
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

/* Two hex digits, and again after each colon. */
static bool is_grouped(const char *text)
{
	for (; strspn(text, HEX) == 2; text += 3)
		if (text[2] != ':')
			return text[2] == '\0';
	return false;
}

/* The digits of text without colons; hex when it cannot be decimal. */
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
		if (strchr(HEX, *text) == NULL || len + 1 >= sizeof(digits))
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

/* C4: nothing to resume, so that the transactionID may be random. */
static enum status make_transaction_id(
    struct buf *out, const struct options *options)
{
	unsigned char bytes[TRANSACTION_BYTES];
	size_t i;

	if (options->transaction_id != NULL)
		return buf_add_string(out, options->transaction_id)
		    ? ST_OK
		    : fail_memory();
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return fail_crypto(
		    ST_ERROR, "no random bytes for the transactionID");
	for (i = 0; i < sizeof(bytes); i++)
		if (!buf_addf(out, "%02X", bytes[i]))
			return fail_memory();
	return ST_OK;
}

static enum status read_reply(struct report *report,
    const struct scep_reply *reply, enum message_type type)
{
	say_status(report, reply->status);
	if (reply->status == PKI_FAILURE)
		return refused(report, reply, "");
	if (reply->status == PKI_PENDING)
		return fail(ST_REPLY,
		    "reply: PENDING is no answer to %s (RFC 8894, 4.5.1)",
		    scep_message_name(type));
	return ST_OK;
}

static enum status exchange(struct session *session, struct query *query,
    const struct query_kind *kind, struct scep_request *request)
{
	struct scep_reply reply = {0};
	enum status st;

	say("%s", kind->status_line);
	if ((st = session_exchange(session, request, &reply)) == ST_OK &&
	    (st = read_reply(session->report, &reply, kind->type)) == ST_OK)
		st = kind->take(session, query, &reply);
	scep_reply_free(&reply);
	return st;
}

static enum status ask(
    struct session *session, struct query *query, const struct query_kind *kind)
{
	const struct options *options = session->options;
	struct buf content = {0}, id = {0};
	enum status st;

	if ((st = content_add_issuer_and_serial(
		 &content, query->issuer, query->serial)) == ST_OK &&
	    (st = make_transaction_id(&id, options)) == ST_OK) {
		struct scep_request request = {
		    .type = kind->type,
		    .transaction_id = buf_string(&id),
		    .content = content.data,
		    .content_len = content.len,
		    .bundle = &query->bundle,
		    .signer = query->cert,
		    .key = query->key,
		    .digest = session->digest,
		    .cipher = session->cipher,
		    .oaep = options->rsa_oaep,
		    .pss = options->rsa_pss,
		    .tolerate = options->tolerate,
		    .policy = session_digest_policy(session),
		};
		report_set(session->report, REPORT_TRANSACTION_ID,
		    request.transaction_id);
		st = options->dump_request == NULL
		    ? exchange(session, query, kind, &request)
		    : outputs_dump(session, &query->outputs.dump, &request);
	}
	buf_free(&content);
	buf_free(&id);
	return st;
}

enum status query_run(struct session *session, const struct query_kind *kind)
{
	struct query query;
	enum status st;

	if ((st = read_files(&query, session)) == ST_OK &&
	    (st = kind->choose(&query, session->options)) == ST_OK &&
	    (st = session_prepare(session)) == ST_OK &&
	    (st = check_digest(session, X509_get0_pubkey(query.cert))) == ST_OK)
		st = ask(session, &query, kind);
	free_query(&query);
	return st;
}
