#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "http/tls.h"

#ifdef HAVE_LIBSSL

#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "http/bio.h"
#include "http/trust.h"
#include "util/log.h"
#include "util/monotonic.h"

#define ASKED        "the server asked for a client certificate, and "
#define HINT_NO_CERT ASKED "there is no --tls-cert"
#define HINT_CERT    ASKED "got that of --tls-cert"

struct tls {
	SSL_CTX *context;
	BIO_METHOD *bio; /* of bio.c */
	bool has_cert, insecure;
};

struct tls_conn {
	struct conn conn; /* must be first: struct conn * is cast to this */
	struct bio_conn below;
	struct tls *tls; /* borrowed */
	SSL *ssl;
	unsigned int wanted; /* enum conn_event that libssl waits for */
	bool up;             /* the handshake is done */
	bool broken;         /* after SSL_ERROR_SSL: must not be used */
	X509 *peer;          /* of the server; NULL: none has come */
	char verdict[CONN_REASON_MAX]; /* why the server is not trusted */
};

/* Alerts by which servers refuse a client certificate (RFC 8446, 6.2). */
static bool is_certificate_alert(int alert)
{
	switch (alert) {
	case SSL_AD_HANDSHAKE_FAILURE:
	case SSL_AD_BAD_CERTIFICATE:
	case SSL_AD_UNSUPPORTED_CERTIFICATE:
	case SSL_AD_CERTIFICATE_REVOKED:
	case SSL_AD_CERTIFICATE_EXPIRED:
	case SSL_AD_CERTIFICATE_UNKNOWN:
	case SSL_AD_UNKNOWN_CA:
	case SSL_AD_ACCESS_DENIED:
	case SSL_AD_DECRYPT_ERROR:
	case SSL_AD_CERTIFICATE_REQUIRED:
		return true;
	default:
		return false;
	}
}

static void explain_alert(struct tls_conn *tc, int alert)
{
	const char *said = SSL_alert_desc_string_long(alert);
	const char *what = "the server refuses the TLS connection";

	tc->conn.refused = true;
	if (alert == SSL_AD_PROTOCOL_VERSION)
		what = "the server does not speak TLS 1.2 or later";
	else if (tc->conn.hint != NULL && is_certificate_alert(alert))
		what = tc->tls->has_cert
		    ? "the server refuses our client certificate (--tls-cert)"
		    : "the server wants a client certificate (--tls-cert)";
	snprintf(tc->conn.reason, sizeof(tc->conn.reason), "%s: alert \"%s\"",
	    what, said);
}

static void explain_queue(struct tls_conn *tc, unsigned long error)
{
	int reason = ERR_GET_REASON(error);
	const char *text = ERR_reason_error_string(error);

	if (reason == SSL_R_WRONG_VERSION_NUMBER)
		text = "the answer of the server is not TLS";
	else if (reason == SSL_R_UNSUPPORTED_PROTOCOL)
		text = "the server does not speak TLS 1.2 or later";
	conn_fail(&tc->conn, text != NULL ? text : "unknown TLS error");
}

/* Stores the reason, and empties the error queue. */
static void explain_failure(struct tls_conn *tc)
{
	unsigned long error = ERR_peek_error(), each;
	int alert = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;
	char text[256];

	if (tc->verdict[0] != '\0' && !tc->up && !tc->tls->insecure)
		conn_fail(&tc->conn, tc->verdict);
	else if (tc->below.failed)
		conn_fail(&tc->conn, tc->below.conn->reason);
	else if (ERR_GET_LIB(error) == ERR_LIB_SSL && alert > 0 && alert < 256)
		explain_alert(tc, alert);
	else if (tc->below.ended)
		conn_fail(&tc->conn,
		    tc->up ? "the connection ended without close_notify "
			     "(RFC 8446, 6.1)"
			   : "the server closed the connection in the TLS "
			     "handshake");
	else
		explain_queue(tc, error);
	while ((each = ERR_get_error()) != 0) {
		ERR_error_string_n(each, text, sizeof(text));
		debug("%s", text);
	}
}

/* The result of a call to libssl that returned ret, which is an error. */
static enum conn_result tls_result(struct tls_conn *tc, int ret)
{
	int error = SSL_get_error(tc->ssl, ret);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		tc->wanted =
		    error == SSL_ERROR_WANT_READ ? CONN_READ : CONN_WRITE;
		return CONN_AGAIN;
	}
	if (error == SSL_ERROR_SSL)
		tc->broken = true;
	explain_failure(tc);
	return CONN_FAILED;
}

static enum conn_result tls_take(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	struct tls_conn *tc = (struct tls_conn *)conn;
	int ret;

	if (tc->broken)
		return CONN_FAILED;
	ERR_clear_error();
	ret = SSL_read_ex(tc->ssl, bytes, size, got);
	if (ret > 0)
		return CONN_OK;
	if (SSL_get_error(tc->ssl, ret) != SSL_ERROR_ZERO_RETURN)
		return tls_result(tc, ret);
	*got = 0;
	return CONN_OK;
}

static enum conn_result tls_give(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	struct tls_conn *tc = (struct tls_conn *)conn;
	int ret;

	if (tc->broken)
		return CONN_FAILED;
	ERR_clear_error();
	ret = SSL_write_ex(tc->ssl, bytes, len, sent);
	return ret > 0 ? CONN_OK : tls_result(tc, ret);
}

/* Whether the caller of take() would get bytes, the end, or an error. */
static bool has_data(struct tls_conn *tc)
{
	char byte;
	size_t got;
	int ret;

	ERR_clear_error();
	ret = SSL_peek_ex(tc->ssl, &byte, 1, &got);
	return ret > 0 || tls_result(tc, ret) != CONN_AGAIN;
}

/*
 * libssl may have to read before it can write, and the other way round; so
 * this waits for what libssl wants.  Bytes that came may be no application
 * data: *came is CONN_READ only if there is some.
 */
static enum conn_result tls_wait(
    struct conn *conn, unsigned int events, unsigned int *came)
{
	struct tls_conn *tc = (struct tls_conn *)conn;
	unsigned int wanted = tc->wanted | (events & CONN_READ), below = 0;
	enum conn_result result;

	*came = 0;
	tc->below.conn->deadline = conn->deadline;
	result = tc->below.conn->wait(tc->below.conn, wanted, &below);
	if (result != CONN_OK) {
		conn_fail(conn, tc->below.conn->reason);
		return result;
	}
	if ((events & CONN_WRITE) && tc->wanted == CONN_WRITE &&
	    below == CONN_READ) {
		*came = has_data(tc) ? CONN_READ : 0;
		tc->wanted = CONN_WRITE;
	}
	return CONN_OK;
}

static void tls_conn_close(struct conn *conn)
{
	struct tls_conn *tc = (struct tls_conn *)conn;

	ERR_clear_error();
	if (tc->up && !tc->broken && !tc->below.failed)
		SSL_shutdown(tc->ssl);
	SSL_free(tc->ssl);
	X509_free(tc->peer);
	ERR_clear_error();
	tc->below.conn->close(tc->below.conn);
	free(tc);
}

/* Called for each certificate, and each error; the first one is kept. */
static int on_verify(int ok, X509_STORE_CTX *context)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
	    context, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_conn *tc = SSL_get_app_data(ssl);
	X509 *peer = X509_STORE_CTX_get0_cert(context);

	if (tc->peer == NULL && X509_up_ref(peer))
		tc->peer = peer;
	if (!ok && tc->verdict[0] == '\0')
		trust_explain(tc->verdict, sizeof(tc->verdict), context);
	return ok;
}

/* RFC 8446, 4: the first byte of a handshake message is its type. */
static void on_message(int sent, int version, int type, const void *message,
    size_t len, SSL *ssl, void *unused)
{
	struct tls_conn *tc = SSL_get_app_data(ssl);

	(void)version, (void)unused;
	if (sent || type != SSL3_RT_HANDSHAKE || len == 0 ||
	    *(const unsigned char *)message != SSL3_MT_CERTIFICATE_REQUEST)
		return;
	tc->conn.hint = tc->tls->has_cert ? HINT_CERT : HINT_NO_CERT;
	debug("%s", tc->conn.hint);
}

static bool tls_prepare(struct tls_conn *tc, const char *host)
{
	char name[TRUST_NAME_SIZE];
	BIO *bio;

	if ((tc->ssl = SSL_new(tc->tls->context)) == NULL ||
	    !SSL_set_app_data(tc->ssl, tc) ||
	    (bio = bio_new(tc->tls->bio, &tc->below)) == NULL)
		return false;
	SSL_set_bio(tc->ssl, bio, bio);
	SSL_set_connect_state(tc->ssl);
	SSL_set_mode(tc->ssl,
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
	return trust_set_host(SSL_get0_param(tc->ssl), name, host) &&
	    (name[0] == '\0' || SSL_set_tlsext_host_name(tc->ssl, name));
}

static enum conn_result tls_handshake(struct tls_conn *tc)
{
	enum conn_result result;
	unsigned int came;
	int ret;

	while (monotonic_now() < tc->conn.deadline) {
		ERR_clear_error();
		ret = SSL_do_handshake(tc->ssl);
		if (ret == 1) {
			tc->up = true;
			debug("%s, %s", SSL_get_version(tc->ssl),
			    SSL_get_cipher_name(tc->ssl));
			return CONN_OK;
		}
		if ((result = tls_result(tc, ret)) == CONN_AGAIN)
			result = tls_wait(&tc->conn, 0, &came);
		if (result != CONN_OK)
			return result;
	}
	return conn_fail_time(&tc->conn);
}

static void tell(const struct tls_conn *tc, const struct http_observer *to)
{
	const struct http_tls tls = {.up = tc->up,
	    .version = SSL_get_version(tc->ssl),
	    .cipher = SSL_get_cipher_name(tc->ssl),
	    .peer = tc->peer,
	    .verdict = tc->verdict,
	    .asked = tc->conn.hint != NULL};

	to->secured(&tls, to->arg);
}

enum conn_result tls_connect(struct conn **out, struct tls *tls,
    struct conn *lower, const char *host, const struct http_observer *observer,
    char *reason, size_t size)
{
	struct tls_conn *tc = calloc(1, sizeof(*tc));
	enum conn_result result;

	if (tc == NULL) {
		lower->close(lower);
		snprintf(reason, size, "out of memory");
		return CONN_FAILED;
	}
	tc->conn.take = tls_take;
	tc->conn.give = tls_give;
	tc->conn.wait = tls_wait;
	tc->conn.close = tls_conn_close;
	tc->conn.deadline = lower->deadline;
	tc->below.conn = lower;
	tc->tls = tls;

	if (tls_prepare(tc, host)) {
		result = tls_handshake(tc);
	} else {
		explain_failure(tc);
		result = CONN_FAILED;
	}
	if (observer->secured != NULL && tc->ssl != NULL)
		tell(tc, observer);
	if (result == CONN_OK) {
		*out = &tc->conn;
	} else {
		snprintf(reason, size, "%s", tc->conn.reason);
		tls_conn_close(&tc->conn);
	}
	return result;
}

static bool set_client_certs(SSL_CTX *context, const struct trust *trust)
{
	int i;

	if (trust->certs == NULL)
		return true;
	if (!SSL_CTX_use_certificate(context, sk_X509_value(trust->certs, 0)) ||
	    !SSL_CTX_use_PrivateKey(context, trust->key))
		return false;
	for (i = 1; i < sk_X509_num(trust->certs); i++)
		if (!SSL_CTX_add1_chain_cert(
			context, sk_X509_value(trust->certs, i)))
			return false;
	return true;
}

static bool set_trust(
    SSL_CTX *context, const struct trust *trust, bool insecure)
{
	SSL_CTX_set_msg_callback(context, on_message);
	if (trust->store != NULL)
		SSL_CTX_set1_cert_store(context, trust->store);
	SSL_CTX_set_verify(context,
	    insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER,
	    trust->store != NULL ? on_verify : NULL);
	return set_client_certs(context, trust);
}

enum status tls_open(struct tls **out, const struct tls_options *options)
{
	struct tls *tls = calloc(1, sizeof(*tls));
	struct trust trust;
	enum status st;

	if (tls == NULL)
		return fail_memory();
	if ((st = trust_read(&trust, options)) != ST_OK)
		goto out;
	if ((tls->context = SSL_CTX_new(TLS_client_method())) == NULL ||
	    (tls->bio = bio_new_method()) == NULL ||
	    !SSL_CTX_set_min_proto_version(tls->context, TLS1_2_VERSION) ||
	    !set_trust(tls->context, &trust, options->insecure)) {
		st = fail_crypto(ST_ERROR, "cannot set up TLS");
		goto out;
	}
	tls->has_cert = trust.certs != NULL;
	tls->insecure = options->insecure;
	*out = tls;
	tls = NULL;
out:
	trust_free(&trust);
	tls_close(tls);
	return st;
}

void tls_close(struct tls *tls)
{
	if (tls == NULL)
		return;
	SSL_CTX_free(tls->context);
	BIO_meth_free(tls->bio);
	free(tls);
}

#endif
