#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ops/crldue.h"
#include "ops/describe.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/crlhead.h"
#include "pki/due.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

#define PERCENT_DEFAULT 50 /* --renew-before; the manual has it, too */

/* reason says why, for --json and -v, or what is left. */
struct verdict {
	bool due;
	char reason[DUE_TEXT_SIZE + 32];
};

static enum status set_due(struct verdict *verdict, const char *reason)
{
	verdict->due = true;
	snprintf(verdict->reason, sizeof(verdict->reason), "%s", reason);
	return ST_OK;
}

/* The certificate whose CRL is asked for; the caller frees it. */
static enum status read_target(X509 **out, const struct options *options)
{
	if (options->sign_cert != NULL)
		return cert_read(out, options->sign_cert, "target certificate");
	return cert_read(out, options->local_cert, "own certificate");
}

static enum status judge_times(struct verdict *verdict, const struct crl *crl,
    const char *path, const struct due_when *when)
{
	char left[DUE_TEXT_SIZE];
	struct due due;

	if (crl->next_update == NULL)
		return set_due(verdict, "it has no nextUpdate");
	if (!due_find(
		&due, when, crl->this_update, crl->next_update, clock_now()))
		return set_due(verdict, "its times cannot be read");
	if (due.early) {
		warn(WARN_CRL_NOT_YET_VALID,
		    "CRL %s: its thisUpdate is in the future, by this system's "
		    "clock: a new one is requested",
		    path);
		return set_due(verdict, "its thisUpdate is in the future");
	}
	if (due.expired)
		return set_due(verdict, "its nextUpdate has passed");
	verdict->due = due.due;
	snprintf(verdict->reason, sizeof(verdict->reason), "%s left",
	    due_text(left, sizeof(left), &due));
	return ST_OK;
}

static enum status judge_crl(struct verdict *verdict, const struct crl *crl,
    const struct options *options)
{
	struct due_when when = {.percent = PERCENT_DEFAULT};
	struct problem problem;
	X509 *target = NULL;
	enum status st;

	if (options->renew_before != NULL &&
	    !due_parse(&when, options->renew_before, &problem))
		return fail(ST_ERROR, "--renew-before: %s", problem.text);
	if ((st = read_target(&target, options)) != ST_OK)
		return st;
	if (X509_NAME_cmp(crl->issuer, X509_get_issuer_name(target)) != 0)
		st = set_due(verdict, "it is of another issuer");
	else
		st = judge_times(verdict, crl, options->output, &when);
	X509_free(target);
	return st;
}

static enum status judge_open(
    struct verdict *verdict, const struct session *session, int fd)
{
	const char *path = session->options->output;
	struct crl crl;
	enum status st;

	switch (crlhead_read(&crl, fd)) {
	case CRLHEAD_WHOLE:
		st = judge_crl(verdict, &crl, session->options);
		if (st == ST_OK && !verdict->due)
			describe_crl(session->report, &crl, path);
		break;
	case CRLHEAD_BROKEN:
		st = set_due(verdict, "it is damaged");
		break;
	case CRLHEAD_NONE:
		st = fail(ST_FILE,
		    "CRL %s: holds no CRL in PEM or DER: --if-due does not "
		    "replace it (remove it, if it was one)",
		    path);
		break;
	default:
		st = fail_errno(ST_FILE, "CRL %s: cannot read", path);
	}
	crl_free(&crl);
	return st;
}

static enum status judge_file(struct verdict *verdict,
    const struct session *session, const struct target *target)
{
	const char *path = session->options->output;
	enum status st;
	int fd;

	if (target->stream ||
	    (target->exists && !S_ISREG(target->status.st_mode)))
		return fail_misuse("--if-due: -w %s is not a file", path);
	if (!target->exists)
		return set_due(verdict, "there is none");
	if (target->status.st_size == 0)
		return set_due(verdict, "its file is empty");

	fd = open(target->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return fail_errno(ST_FILE, "CRL %s: cannot open", path);
	st = judge_open(verdict, session, fd);
	close(fd);
	return st;
}

enum status crldue_find(bool *due, const struct session *session)
{
	const char *path = session->options->output;
	struct verdict verdict = {0};
	struct target target;
	enum status st;

	if (path == NULL || file_is_standard(path))
		return fail_misuse(
		    "--if-due: expected the file of a CRL at -w");
	st = target_find(&target, path, "CRL ");
	if (st == ST_OK)
		st = judge_file(&verdict, session, &target);
	target_free(&target);
	*due = verdict.due;
	if (st != ST_OK)
		return st;

	report_set(session->report, REPORT_REASON, verdict.reason);
	if (!verdict.due) {
		report_set(session->report, REPORT_ACTION, "none");
		say("crl not due: %s", verdict.reason);
	} else {
		verbose("crl is due: %s", verdict.reason);
	}
	return ST_OK;
}
