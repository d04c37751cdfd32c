#include "ops/cafetch.h"
#include "ops/check_ca.h"
#include "ops/check_caps.h"
#include "ops/check_held.h"
#include "ops/check_http.h"
#include "ops/check_network.h"
#include "ops/check_next.h"
#include "ops/check_parts.h"
#include "ops/check_poll.h"
#include "ops/check_server.h"

/*
 * Without capabilities an enrolment goes on, unless the answer shows that it is
 * not the server that answers.
 */
static bool go_on(
    struct findings *f, enum status st, const struct log_capture *capture)
{
	const struct session *session = f->session;
	bool given = session->options->capabilities != NULL;

	f->topic = "capabilities";
	if (st == ST_OK)
		return true;
	if (session->caps_failed || (given && st == ST_NETWORK)) {
		finding_warn(f,
		    given ? "those of --capabilities are used"
			  : "requests are sent as if the server had none; if "
			    "that is wrong, set them with --capabilities",
		    "%s", capture->text);
		return true;
	}
	log_report(st, capture->text);
	return false;
}

/* False: there is no server to ask for more. */
static bool ask_caps(struct findings *f, struct check_http *h)
{
	struct http_response response = {0};
	struct check_start start = check_http_start();
	struct log_capture capture;
	enum status st;
	bool good;

	log_capture_begin(&capture);
	st = session_ask_caps(f->session, &response);
	log_capture_end(&capture);
	check_http(h, f, &response, &start);
	h->has_caps = st == ST_OK;
	if (st == ST_OK) {
		check_http_type(
		    f, "GetCACaps", &response, "text/plain", "3.5.2");
		check_caps(f, &response);
	}
	good = go_on(f, st, &capture);
	response_free(&response);
	f->session->caps_known = true;
	return good;
}

static void ask_certs(
    struct findings *f, struct check_http *h, struct check_ca *ca)
{
	struct http_response response = {0};
	struct check_start start = check_http_start();
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = cafetch_get(f->session, &response);
	log_capture_end(&capture);
	check_http(h, f, &response, &start);
	f->topic = "ca";
	if (st == ST_OK)
		check_ca(f, ca, &response);
	else if (h->has_caps)
		check_held_report(f, ca->files, st, NULL, capture.text);
	else
		log_report(st, capture.text);
	response_free(&response);
}

/* What enroll does then, in this order. */
static void tell_start(struct findings *f, const struct check_files *files)
{
	check_caps_algorithms(f);
	check_message(files->local);
	if (f->session->options->dump_request != NULL)
		return;
	check_caps_use(f);
	check_poll(f, files);
}

/* -m: neither the request nor GetCACert is sent. */
static bool ends_with_dump(struct findings *f)
{
	const struct options *o = f->session->options;

	f->topic = "url";
	if (o->dump_request == NULL)
		return false;
	finding_ok(f, "-m: the message is written and not sent: the server %s",
	    session_asks_caps(o) ? "is asked for no more" : "is not asked");
	return true;
}

void check_server_unasked(struct findings *f, const struct check_files *files)
{
	const struct options *o = f->session->options;

	if (o->capabilities != NULL ||
	    (o->enc_alg != NULL && o->sig_alg != NULL)) {
		f->session->caps_known = true;
		check_caps_algorithms(f);
	}
	check_message(files->local);
	if (o->dump_request == NULL)
		check_poll(f, files);
}

void check_server(struct findings *f, const struct check_files *files)
{
	const struct options *o = f->session->options;
	struct check_http http = {0};
	struct check_ca ca = {.files = files, .http = &http};
	struct check_network network;
	bool good;

	if (!session_asks_caps(o) && ends_with_dump(f)) {
		check_server_unasked(f, files);
		return;
	}
	check_network_begin(&network, f);
	good = ask_caps(f, &http);
	if (good)
		tell_start(f, files);
	check_network_judge_redirects(&network, http.looped, true);
	if (!good || ends_with_dump(f))
		goto out;
	ask_certs(f, &http, &ca);
	check_network_judge_redirects(&network, http.looped, false);
	if (o->check_next && files->ca.certs != NULL)
		check_next(f, &http, &files->ca, o->ca_cert);
	else if (o->check_next && ca.bundle.certs != NULL)
		check_next(f, &http, &ca.bundle, "GetCACert");
	check_network_judge_redirects(&network, http.looped, false);
	check_http_clock(&http, f);
out:
	check_network_end(&network);
	check_ca_free(&ca);
}
