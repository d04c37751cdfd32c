#include <stdlib.h>
#include <string.h>

#include "keys/token.h"
#include "options/made.h"
#include "receiving.h"
#include "refusal.h"
#include "scep/caps.h"
#include "session.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

/* Replies that are read, in bytes, unless --max-size says otherwise. */
#define CAPS_SIZE_MAX  (64u * 1024)
#define REPLY_SIZE_MAX (2u * 1024 * 1024)

static const char *const message_types[] = {"application/x-pki-message", NULL};

/* Wipes a source that is the pass phrase itself (pass:TEXT). */
static enum status read_pass(struct pass *out, char *source, const char *option)
{
	enum status st = pass_read(out, source, option);

	if (source != NULL)
		pass_hide(source);
	return st;
}

enum status session_read_challenge(struct session *session)
{
	return read_pass(
	    &session->challenge, session->options->challenge, "--challenge");
}

/* Each source that is stdin reads one line of it, in this order. */
static enum status read_passes(struct session *session)
{
	const struct options *o = session->options;
	enum status st = read_pass(&session->pass, o->passin, "--passin");
	unsigned int op = o->operation->op;

	if (st == ST_OK)
		st = read_pass(
		    &session->sign_pass, o->sign_passin, "--sign-passin");
	if (st == ST_OK)
		st = read_pass(
		    &session->tls_pass, o->tls_passin, "--tls-passin");
	if (st == ST_OK)
		st = read_pass(
		    &session->passout, o->key_passout, "--key-passout");
	if (st == ST_OK)
		st = made_is_wanted(&session->making, o);
	if (st == ST_OK &&
	    (session->making || (op == OP_ENROLL && o->sign_cert != NULL)))
		st = session_read_challenge(session);
	return st;
}

/* That of a file of this name, for the spool of a large answer; or NULL. */
static const char *find_directory(struct session *session, const char *name)
{
	struct target target;

	if (file_is_standard(name) || !target_find_quietly(&target, name))
		return NULL;
	if (!target.stream &&
	    (!target.exists || S_ISREG(target.status.st_mode)))
		session->directory = target_directory(target.path);
	target_free(&target);
	return session->directory;
}

static enum status open_http(struct session *session)
{
	const struct options *o = session->options;
	struct http_options http = {
	    .proxy = o->proxy,
	    .timeout = (unsigned int)o->timeout,
	    .wait = session->looks ? 0 : (unsigned int)o->wait,
	    .tls = {.ca_file = o->tls_ca_file,
		.ca_dir = o->tls_ca_dir,
		.cert = o->tls_cert,
		.key = o->tls_key,
		.pass = &session->tls_pass,
		.insecure = o->tls_insecure,
		.judged = session->looks},
	    .observer = receiving_observer(),
	};

	if (o->output != NULL)
		http.directory = find_directory(session, o->output);
	return http_open(&session->http, &session->url, &http);
}

void session_start(struct session *session, const struct options *options,
    struct report *report)
{
	memset(session, 0, sizeof(*session));
	session->options = options;
	session->report = report;
}

enum status session_open_keys(struct session *session)
{
	const struct options *o = session->options;
	struct token_options tokens = {
	    .providers = o->providers.items,
	    .provider_count = o->providers.count,
	    .directories = o->provider_paths.items,
	    .directory_count = o->provider_paths.count,
	    .engine = &o->engine_options,
	};
	enum status st = read_passes(session);

	return st == ST_OK ? token_open(&tokens) : st;
}

enum status session_open_server(struct session *session)
{
	enum status st = url_parse(&session->url, session->options->url);

	return st == ST_OK ? open_http(session) : st;
}

void session_close(struct session *session)
{
	http_close(session->http);
	token_close();
	pass_wipe(&session->pass);
	pass_wipe(&session->sign_pass);
	pass_wipe(&session->tls_pass);
	pass_wipe(&session->passout);
	pass_wipe(&session->challenge);
	spool_free(&session->unknown);
	url_free(&session->url);
	free(session->directory);
}

bool session_needs_cleanup(void)
{
	return token_needs_cleanup();
}

static bool make_query(struct buf *query, const struct session *session,
    const char *operation, const char *message)
{
	const struct list *monitor = &session->options->monitor;
	size_t i;

	if (!buf_addf(query, "operation=%s", operation))
		return false;
	if (message != NULL &&
	    (!buf_add_string(query, "&message=") ||
		!url_add_escaped(query, message, strlen(message))))
		return false;
	for (i = 0; i < monitor->count; i++)
		if (!buf_add_string(query, "&") ||
		    !url_add_literal(query, monitor->items[i]))
			return false;
	return true;
}

static size_t choose_max(const struct session *session, size_t usual)
{
	int asked = session->options->max_size;

	return asked > 0 ? (size_t)asked : usual;
}

static size_t reply_max(const struct session *session)
{
	size_t usual = session->options->operation->reply_max;

	return choose_max(session, usual > 0 ? usual : REPLY_SIZE_MAX);
}

static struct http_request new_request(struct session *session)
{
	const size_t max = reply_max(session);

	session->budget.max = 2 * max;
	return (struct http_request){.max_body = max,
	    .in_memory = !session->options->operation->spools,
	    .budget = &session->budget};
}

/* The query names the operation, and has the message unless that is NULL. */
static enum status send_query(struct session *session, const char *operation,
    const char *message, struct http_request *request,
    struct http_response *response)
{
	struct buf query = {0};
	enum status st;

	memset(response, 0, sizeof(*response));
	if (make_query(&query, session, operation, message)) {
		request->query = buf_string(&query);
		st = http_exchange(session->http, request, response);
		receiving_end();
	} else {
		st = fail_memory();
	}
	buf_free(&query);
	return st;
}

bool session_has_old_algs(const struct session *session)
{
	return session->cipher != NULL && session->digest != NULL &&
	    EVP_CIPHER_nid(session->cipher) == NID_des_ede3_cbc &&
	    EVP_MD_type(session->digest) == NID_sha1;
}

static enum status check_status(const struct session *session,
    const struct http_response *response, bool pki_message)
{
	const struct refusal refusal = {
	    .status = response->status,
	    .pki_message = pki_message,
	    .ca_identifier = session->options->ca_identifier != NULL,
	    .post = caps_have(session->caps, CAP_POSTPKIOPERATION),
	    .old_algs = session_has_old_algs(session),
	};

	return refusal_check_status(session->http, response, &refusal);
}

enum status session_get(struct session *session, const char *operation,
    const char *const *types, struct http_response *response)
{
	struct http_request request = new_request(session);
	enum status st = send_query(session, operation,
	    session->options->ca_identifier, &request, response);

	if (st == ST_OK)
		st = check_status(session, response, false);
	if (st == ST_OK)
		st = refusal_check_body(response, types);
	return st;
}

/*
 * Whether the answer is a page of HTML, or the start of one that could not be
 * read to its end.  A captive portal or a proxy sends it, not the CA.
 */
static bool is_foreign_page(const struct http_response *response)
{
	const struct buf *body = &response->body.bytes;

	return response->status / 100 == 2 && response_is_page(response) &&
	    !caps_has_keyword(body->data, body->len);
}

static void describe_caps(const struct session *session)
{
	struct buf text = {0};

	if (log_enabled(LOG_VERBOSE) && caps_add_text(&text, session->caps))
		verbose("capabilities: %s", buf_string(&text));
	buf_free(&text);
}

enum status session_ask_caps(
    struct session *session, struct http_response *response)
{
	const struct buf *body = &response->body.bytes;
	struct http_request request = {
	    .max_body = choose_max(session, CAPS_SIZE_MAX),
	    .in_memory = true,
	};
	enum status st = send_query(session, "GetCACaps",
	    session->options->ca_identifier, &request, response);

	if (st == ST_OK)
		st = check_status(session, response, false);
	if (st == ST_OK)
		st = caps_check(
		    body->data, body->len, response_is_page(response));
	session->caps_failed = st == ST_NETWORK &&
	    response_is_of_server(response) && !is_foreign_page(response);
	session->caps = st == ST_OK ? caps_parse(body->data, body->len) : 0;
	if (st == ST_OK || session->caps_failed)
		describe_caps(session);
	return st;
}

/* options_parse() has checked the list. */
static void set_given_caps(struct session *session)
{
	const char *bad;
	size_t len;

	caps_parse_list(
	    &session->caps, session->options->capabilities, &bad, &len);
}

enum status session_query_caps(struct session *session)
{
	struct http_response response = {0};
	struct log_capture capture;
	enum status st;

	if (session->options->capabilities != NULL) {
		set_given_caps(session);
		return ST_OK;
	}
	if (session->caps_known)
		return ST_OK;

	log_capture_begin(&capture);
	st = session_ask_caps(session, &response);
	log_capture_end(&capture);
	if (session->caps_failed) {
		verbose("%s", capture.text);
		verbose("no usable answer to GetCACaps: no capabilities");
		st = ST_OK;
	} else {
		log_report(st, capture.text);
	}
	response_free(&response);
	return st;
}

static enum status post_message(struct session *session,
    const struct buf *message, struct http_response *response)
{
	struct http_request request = new_request(session);

	request.content_type = message_types[0];
	request.body = message->data;
	request.body_len = message->len;
	return send_query(session, "PKIOperation", NULL, &request, response);
}

static enum status get_message(struct session *session,
    const struct buf *message, struct http_response *response)
{
	struct http_request request = new_request(session);
	struct buf base64 = {0};
	enum status st;

	if (!buf_reserve(&base64, (message->len + 2) / 3 * 4 + 1))
		return fail_memory();
	base64.len = (size_t)EVP_EncodeBlock(
	    base64.data, message->data, (int)message->len);
	st = session_check_get(session, base64.len);
	if (st == ST_OK)
		st = send_query(session, "PKIOperation", buf_string(&base64),
		    &request, response);
	buf_free(&base64);
	return st;
}

enum status session_exchange(struct session *session,
    struct scep_request *request, struct scep_reply *reply)
{
	struct http_response response = {0};
	struct buf message = {0};
	enum status st;

	memset(reply, 0, sizeof(*reply));
	spool_free(&session->unknown);
	session->http_error = 0;
	if ((st = scep_request_encode(&message, request)) != ST_OK)
		goto out;

	debug("%s, transactionID %s, %zu bytes",
	    scep_message_name(request->type), request->transaction_id,
	    message.len);
	if (caps_have(session->caps, CAP_POSTPKIOPERATION))
		st = post_message(session, &message, &response);
	else
		st = get_message(session, &message, &response);
	session->http_error = refusal_find_error(&response);
	if (st == ST_OK)
		st = check_status(session, &response, true);
	if (st == ST_OK)
		st = refusal_check_body(&response, message_types);
	if (st != ST_OK)
		goto out;

	say("valid response from server");
	st = scep_reply_decode(reply, request, &response.body);
	if (reply->unknown_signer)
		spool_replace(&session->unknown, &response.body);
out:
	response_free(&response);
	buf_free(&message);
	return st;
}
