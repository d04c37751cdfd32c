#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "ops/check_local.h"
#include "ops/check_parts.h"

enum status check_report(struct check *c, enum status st,
    struct log_capture *capture, const char *advice)
{
	log_capture_end(capture);
	if (st != ST_OK)
		finding_fail(c->f, st, advice, "%s", capture->text);
	return st;
}

const char *check_advice_on_file(const char *path)
{
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
		return NULL;
	if (errno == EACCES)
		return "run sscep as the user that may read it, or let this "
		       "user read it";
	return errno == ENOENT || errno == ENOTDIR
	    ? "correct the name, or put the file there"
	    : NULL;
}

/* In the order in which enroll and renew look at these things. */
static void check_all(struct check *c)
{
	bool renew = c->own.operation == &op_renew;

	if (renew) {
		if (c->complete)
			check_renewal_open(c);
		check_key_own(c);
		check_own(c);
	}
	check_output(c);
	if (renew) {
		check_renewal_plan(c);
		check_renewal_derive(c);
	}
	check_bundle(c);
	if (!renew) {
		check_key_own(c);
		check_key_sign(c);
	}
	check_request(c);
	if (!renew)
		check_own(c);
	check_request_recipient(c);
	check_request_signer(c);
	check_request_transaction(c);
}

/* renew, with a key and no certificate yet, polls before it sends a request. */
static bool takes_over(const struct check *c)
{
	return c->renews && c->r.key != NULL && c->r.cert == NULL &&
	    !c->given->renew.forget;
}

/* For the part that asks the server. */
static void keep(struct check *c)
{
	struct check_files *files = c->files;

	files->resumes = c->session->options->resume || takes_over(c);
	files->local = c;
	if (c->bundle_is_good)
		files->used = &c->in.bundle;
}

void check_local(struct check *c, struct findings *f, bool complete,
    struct check_files *files)
{
	struct session *session = f->session;
	const struct options *given = session->options;

	*c = (struct check){.f = f,
	    .session = session,
	    .complete = complete,
	    .files = files,
	    .given = given,
	    .own = *given};
	session->options = &c->own;
	inputs_start(&c->in, session);
	check_all(c);
	keep(c);
	session->options = given;
}

void check_local_free(struct check *c)
{
	inputs_free(&c->in);
	if (c->renews)
		renewal_free(&c->r);
}

void check_files_free(struct check_files *files)
{
	cabundle_free(&files->ca);
	X509_free(files->cert);
	X509_free(files->signer);
}
