#include <string.h>
#include <unistd.h>

#include "http/url.h"
#include "options/borrow.h"
#include "options/demand.h"
#include "options/made.h"
#include "ops/check_local.h"
#include "ops/check_parts.h"
#include "ops/check_server.h"
#include "ops/finding.h"
#include "ops/ops.h"
#include "ops/renew_hook.h"
#include "ops/renewal.h"

/* Whether a run of renew, whenever that was, has left its lock beside -l. */
static bool is_renewed(const struct options *o)
{
	struct log_capture unheard;
	struct buf lock = {0};
	bool yes;

	if (o->local_cert == NULL)
		return false;
	log_capture_begin(&unheard);
	yes = swap_path_beside(&lock, o->local_cert, RENEWAL_LOCK) == ST_OK &&
	    access(buf_string(&lock), F_OK) == 0;
	log_capture_end(&unheard);
	buf_free(&lock);
	return yes;
}

/*
 * The operation that these options are for; *why says what tells that.  The lock
 * stays for ever: it counts only where enroll would have nothing to request.
 */
static const struct operation *choose(const char **why, const struct options *o)
{
	bool requests =
	    o->request != NULL || o->subject != NULL || o->new_key != NULL;

	*why = "";
	if (o->check_as != NULL) {
		*why = o->check_by_file ? ", by a key of the configuration file"
					: ", by an option";
		return o->check_as;
	}
	if (!is_renewed(o))
		return &op_enroll;
	if (!requests) {
		*why = ", as it has been run, and no request is named";
		return &op_renew;
	}
	*why = "; renew has been run, too: --dry-run has it checked as for "
	       "that";
	return &op_enroll;
}

/* Whether the hook is that of the file, who may write which counts. */
static bool has_hook_of_file(const struct options *o)
{
	return o->config != NULL && o->renew.hook != NULL &&
	    o->renew.hook_of_file;
}

/* Only the hook is refused for it: see check_hook(). */
static void warn_of_writers(struct findings *f)
{
	const struct options *o = f->session->options;
	bool hook = has_hook_of_file(o);
	struct log_capture capture;

	if (hook && !o->renew.hook_optional)
		return;
	log_capture_begin(&capture);
	renew_hook_check_config(
	    o->config, hook ? "its hook is not run, as " : "");
	log_capture_end(&capture);
	if (capture.text[0] != '\0')
		finding_warn(f, NULL, "%s", capture.text);
}

/* What renew ends with when all else is done. */
static void check_hook(const struct check *c)
{
	const struct options *o = c->session->options;
	enum status st = ST_OK;

	c->f->topic = "hook";
	if (c->renews)
		st = renew_hook_look(&c->r);
	if (st == ST_OK && has_hook_of_file(o) && !o->renew.hook_optional)
		renew_hook_check_config(o->config, "its hook is not run, as ");
}

/* Else somebody asks about the CA and its server only. */
static bool is_enrolment(const struct options *o)
{
	return o->key != NULL || o->request != NULL || o->subject != NULL ||
	    o->new_key != NULL || o->local_cert != NULL ||
	    o->sign_key != NULL || o->sign_cert != NULL;
}

static void tell_source(struct findings *f, const char *why)
{
	const struct options *o = f->session->options;

	if (o->faulty_file)
		return;
	if (o->config != NULL)
		finding_ok(f, "configuration file %s: checked as for %s%s",
		    o->config, o->operation->name, why);
	else
		finding_ok(
		    f, "options: checked as for %s%s", o->operation->name, why);
}

/* What options_parse() has found wrong in the file. */
static void tell_faults(struct findings *f)
{
	const struct options *o = f->session->options;
	const char *text = (const char *)o->faults.data;
	size_t i;

	for (i = 0; i < o->faults.len; i += strlen(text + i) + 1)
		log_report(ST_FILE, text + i);
	if (o->faulty_file)
		finding_warn(f, NULL,
		    "nothing else is looked at, as the options are not known");
	else if (o->faulty_made)
		finding_warn(f, NULL,
		    "the private key and the request are not looked at, as it "
		    "is not known what to request");
}

/* What is missing may be what is wrong in the file, and has been told. */
static bool is_complete(const struct options *o)
{
	struct log_capture unheard;
	enum status st;

	if (o->faults.len == 0)
		return demand_check(o) == ST_OK;
	log_capture_begin(&unheard);
	st = demand_check(o);
	log_capture_end(&unheard);
	return st == ST_OK && !o->faulty_made;
}

/*
 * Whether there is an enrolment, and nothing is missing for it.  Prints the
 * warnings on the options, too.
 */
static bool check_options(struct findings *f, const char *why)
{
	const struct options *o = f->session->options;
	bool complete = false;

	f->topic = "options";
	tell_source(f, why);
	log_release_warnings(o->no_warn);
	tell_faults(f);
	if (o->faulty_file)
		return false;
	if (o->config != NULL)
		warn_of_writers(f);
	if (is_enrolment(o))
		complete = is_complete(o);
	else
		finding_ok(f,
		    "no private key, request or certificate is named: what "
		    "only an enrolment needs is not looked at");
	options_check_files(o);
	return complete;
}

/* Without a pass phrase the keys that need it are not opened. */
static void open_keys(struct session *session)
{
	struct log_capture unheard;

	if (session_open_keys(session) == ST_OK)
		return;
	log_capture_begin(&unheard);
	made_is_wanted(&session->making, session->options);
	log_capture_end(&unheard);
}

/* Whether the server can be asked without a question for a pass phrase. */
static bool can_ask(struct findings *f, const struct url *url)
{
	const struct options *o = f->session->options;
	const struct key_place place = {
	    .name = o->tls_key != NULL ? o->tls_key : o->tls_cert,
	    .what = "TLS key",
	    .option = "--tls-passin",
	    .pass = &f->session->tls_pass,
	};

	f->topic = "tls";
	return place.name == NULL || !url->tls ||
	    !check_warn_of_closed(f, &place, "; so the server is not asked");
}

static bool open_server(struct findings *f)
{
	f->topic = "url";
	return session_open_server(f->session) == ST_OK;
}

static void check_all(struct findings *f, const char *why)
{
	struct session *session = f->session;
	bool complete = check_options(f, why);
	const struct options *o = session->options;
	struct check_files files = {0};
	struct url url = {0};
	struct check c;
	bool good;

	if (o->faulty_file)
		return;
	open_keys(session);
	f->topic = "url";
	good = o->url != NULL && url_parse(&url, o->url) == ST_OK;
	check_local(&c, f, complete, &files);
	if (o->check_local || !good || !can_ask(f, &url))
		check_server_unasked(f, &files);
	else if (open_server(f))
		check_server(f, &files);
	check_hook(&c);
	check_local_free(&c);
	check_files_free(&files);
	url_free(&url);
}

static enum status check_run(struct session *session)
{
	const struct options *given = session->options;
	struct findings findings;
	struct options borrowed;
	const char *why;

	borrow_options(&borrowed, given, choose(&why, given));
	if (given->faulty_made)
		borrowed.key = borrowed.request = NULL;
	session->options = &borrowed;
	session->looks = true;
	findings_begin(&findings, session);
	check_all(&findings, why);
	findings_end(&findings);
	session->options = given;
	return findings.status;
}

OPS_DEFINE(check, "Find out why an enrolment fails", .base = &op_renew,
    .borrows = OP_ENROLL | OP_RENEW, .diagnoses = true);
