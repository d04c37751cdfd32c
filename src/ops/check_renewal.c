#include "ops/check_parts.h"
#include "ops/own_key.h"
#include "ops/renew_deliver.h"
#include "ops/renew_files.h"
#include "ops/renew_left.h"
#include "util/file.h"
#include "util/lock.h"

/* What the next run does about a file that one before has left. */
static void warn_of_file(
    struct check *c, const char *path, const char *what, const char *next)
{
	finding_warn(c->f, next, "%s is there: %s", path, what);
}

static bool exists(const char *path)
{
	struct log_capture unheard;
	enum status st;
	bool there;

	log_capture_begin(&unheard);
	st = file_find(&there, path);
	log_capture_end(&unheard);
	return st == ST_OK && there;
}

/* Of what is no file, the use of it tells. */
static bool has_new_key(const struct renewal_state *r)
{
	struct log_capture unheard;
	enum status st;
	bool there;

	log_capture_begin(&unheard);
	st = swap_find_new(&there, r->key_file);
	log_capture_end(&unheard);
	return st == ST_OK && there;
}

/* Who holds it may be gone when the time of --wait-lock is over. */
static void look_at_lock(struct check *c)
{
	struct log_capture capture;
	enum status st;

	log_capture_begin(&capture);
	st = lock_look(buf_string(&c->r.lock));
	log_capture_end(&capture);
	if (st == ST_LOCKED && c->given->renew.wait_lock > 0)
		finding_warn(c->f,
		    "the next sscep renew waits for it as --wait-lock says, "
		    "and fails after that",
		    "%s", capture.text);
	else if (st == ST_LOCKED)
		finding_fail(c->f, st,
		    "try again when that has ended, or wait for it with "
		    "--wait-lock",
		    "%s", capture.text);
	else
		log_report(st, capture.text);
}

/* CERT.new: what is looked at is the pair that takes its place. */
static void look_at_new(struct check *c)
{
	struct renewal_state *r = &c->r;
	char *key;
	X509 *cert;

	if (renew_deliver_read_new(&cert, &key, r) != ST_OK)
		return;
	finding_warn(c->f,
	    "the next sscep renew finishes it: all NAME.new take their places",
	    "%s%s is there: a renewal was interrupted", r->cert_file->path,
	    PLACE_NEW);
	c->finishes = renewal_set_cert(r, cert) == ST_OK;
	if (c->finishes)
		c->own.key = key;
	X509_free(cert);
}

/* Which of the files of renewal.h are there; is_due: CERT.new is one. */
static void list_files(struct check *c, bool is_due)
{
	const struct renewal_state *r = &c->r;
	bool forgets = r->options->renew.forget;

	if (is_due)
		look_at_new(c);
	if (!c->finishes && !forgets && exists(buf_string(&r->request)))
		warn_of_file(c, buf_string(&r->request),
		    "a request may be pending",
		    "the next sscep renew polls for its certificate; with "
		    "--forget it begins again");
	if (!is_due && !forgets && r->key_file != NULL && has_new_key(r))
		warn_of_file(c, buf_string(&r->key_new),
		    "the key of an enrolment that has begun",
		    "the next sscep renew uses it, if it is of the right type");
	if (exists(buf_string(&r->hook)))
		warn_of_file(c, buf_string(&r->hook),
		    "the hook has not succeeded yet",
		    "the next sscep renew runs it");
}

void check_renewal_open(struct check *c)
{
	bool is_due;

	c->f->topic = "renewal";
	c->session->options = c->given;
	c->renews = renewal_open(&c->r, c->session) == ST_OK &&
	    renew_left_check(&c->r) == ST_OK;
	c->session->options = &c->own;
	if (!c->renews) {
		renewal_free(&c->r);
		return;
	}
	look_at_lock(c);
	if (swap_find_new(&is_due, c->r.cert_file) == ST_OK)
		list_files(c, is_due);
}

/* The key and the signer of the request that would be sent. */
static enum status read_derived(struct check *c)
{
	struct inputs *in = &c->in;
	enum status st = ST_OK;
	bool there;

	if (c->derived.uses_new && c->key_is_lacking)
		return ST_FILE;
	if (c->derived.uses_new) {
		EVP_PKEY_free(in->csr_key);
		in->csr_key = NULL;
		st = own_key_find(&there, c->session);
		there = there && !c->derived.replaces_new;
		c->key_is_new = !there;
		if (st == ST_OK)
			st = own_key_read_or_make(
			    &in->csr_key, c->session, there);
	}
	if (st != ST_OK || c->derived.options.sign_cert == NULL)
		return st;
	EVP_PKEY_up_ref(c->r.key);
	in->key = c->r.key;
	return inputs_read_renewal(in);
}

/* A clock that is wrong, and nothing that is due, do not end the check. */
void check_renewal_plan(struct check *c)
{
	struct renewal_state *r = &c->r;
	enum status st;

	c->f->topic = "renewal";
	if (!c->renews || (c->stuck && r->cert == NULL))
		return;
	st = c->finishes ? renew_plan_choose(&c->plan, r, false)
			 : renew_plan_make(&c->plan, r);
	if (st == ST_OK)
		st = renew_plan_check_clock(&c->plan, r);
	if (st == ST_OK && c->plan.task == TASK_NOTHING && !c->finishes)
		finding_ok(c->f,
		    "the renewal is not due, and sscep renew would send "
		    "nothing now: what it would send and need once it is due "
		    "is looked at");
}

static enum status derive(struct check *c)
{
	struct renewal_state *r = &c->r;
	enum status st;

	st = c->plan.task == TASK_RESUME ? renew_derive_resume(&c->derived, r)
					 : renew_derive_send(&c->derived, r);
	if (st != ST_OK)
		return st;
	c->session->options = c->in.options = &c->derived.options;
	c->session->making = c->derived.options.request == NULL;
	return read_derived(c);
}

void check_renewal_derive(struct check *c)
{
	c->f->topic = "request";
	c->own.request = NULL;
	if (!c->renews || c->stuck || c->finishes || derive(c) != ST_OK) {
		c->session->options = c->in.options = &c->own;
		c->session->making = false;
		return;
	}
	/* A key that renew makes is one for --bundle. */
	c->f->topic = "output";
	if (!c->derived.uses_new)
		renew_files_check(&c->r, false);
}
