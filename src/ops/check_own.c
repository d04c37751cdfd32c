#include <sys/stat.h>

#include "keys/key.h"
#include "ops/check_cert.h"
#include "ops/check_local.h"
#include "ops/check_parts.h"
#include "ops/describe.h"
#include "pki/cert.h"
#include "util/file.h"

#define LINE_SIZE (2 * QUOTE_SIZE + 128)

static const char *describe_cert_line(char out[LINE_SIZE], X509 *cert)
{
	char subject[QUOTE_SIZE], issuer[QUOTE_SIZE], left[CHECK_LEFT_SIZE];
	bool now = cert_time_status(cert) == 0;

	cert_name_quote(subject, sizeof(subject), X509_get_subject_name(cert));
	cert_name_quote(issuer, sizeof(issuer), X509_get_issuer_name(cert));
	snprintf(out, LINE_SIZE, "%s, issued by %s%s", subject, issuer,
	    now ? check_cert_left(left, sizeof(left), cert) : "");
	return out;
}

static void warn_of_early(
    struct check *c, const char *what, const char *name, X509 *cert)
{
	struct buf text = {0};

	if (describe_add_time(&text, X509_get0_notBefore(cert)))
		finding_warn(c->f, "is this system's clock right?",
		    "%s %s: it is not valid before %s", what, name,
		    buf_string(&text));
	buf_free(&text);
}

/* -O: that it has expired is found with the request that it signs. */
static void check_old(struct check *c)
{
	static const char what[] = "signature certificate";
	const char *name = c->own.sign_cert;
	struct log_capture capture;
	char line[LINE_SIZE];
	enum status st;

	log_capture_begin(&capture);
	if (c->in.key != NULL || inputs_have_one_key(&c->own))
		st = inputs_read_renewal(&c->in);
	else
		st = cert_read(&c->in.signer, name, what);
	st = check_report(c, st, &capture, check_advice_on_file(name));
	c->old_is_bad = st != ST_OK;
	if (c->in.signer == NULL)
		return;
	if (X509_up_ref(c->in.signer))
		c->files->signer = c->in.signer;
	if (cert_time_status(c->in.signer) < 0)
		warn_of_early(c, what, name, c->in.signer);
	if (st == ST_OK)
		finding_ok(c->f, "%s %s: %s", what, name,
		    describe_cert_line(line, c->in.signer));
}

/* A pipe would wait for a writer, and lose what is read. */
static bool is_file_with_contents(const char *name)
{
	struct stat sb;

	return stat(name, &sb) == 0 && S_ISREG(sb.st_mode) && sb.st_size > 0;
}

/* -l, of which only a guard looks at the contents. */
static void read_replaced(struct check *c)
{
	const char *name = c->own.local_cert;
	struct log_capture unheard;

	log_capture_begin(&unheard);
	if (!file_is_standard(name) && is_file_with_contents(name))
		cert_read(&c->files->cert, name, "certificate");
	log_capture_end(&unheard);
}

static void describe_replaced(struct check *c)
{
	char line[LINE_SIZE];

	finding_ok(c->f, "certificate %s: %s; the new one would replace it",
	    c->own.local_cert, describe_cert_line(line, c->files->cert));
}

/* Without the key: whether it belongs to the certificate is not found out. */
static enum status read_alone(struct renewal_state *r)
{
	X509 *cert = NULL;
	bool exists;
	enum status st = file_find(&exists, r->options->local_cert);

	if (st == ST_OK && exists)
		st = cert_read(&cert, r->options->local_cert, "certificate");
	if (st == ST_OK && exists)
		st = renewal_set_cert(r, cert);
	X509_free(cert);
	return st;
}

static void describe_renewed(struct check *c, const char *name)
{
	const struct renewal_state *r = &c->r;
	char line[LINE_SIZE];

	if (r->cert == NULL) {
		finding_ok(c->f,
		    "certificate %s: there is none; sscep renew requests the "
		    "first one",
		    name);
		return;
	}
	describe_cert_line(line, r->cert);
	if (r->due.early)
		finding_ok(c->f, "certificate %s: %s: it is not valid yet",
		    name, line);
	else if (r->due.expired)
		finding_warn(c->f,
		    "run sscep renew; CAs that do not accept it as a signer "
		    "want a challenge password (--challenge)",
		    "certificate %s: %s: it has expired", name, line);
	else if (r->due.due)
		finding_warn(c->f, "run sscep renew, and see why no timer does",
		    "certificate %s: %s: it is due", name, line);
	else
		finding_ok(c->f, "certificate %s: %s", name, line);
}

/* That of CERT.new, which takes its place. */
static void check_successor(struct check *c)
{
	struct buf name = {0};

	if (swap_path_beside(&name, c->r.cert_file->path, PLACE_NEW) == ST_OK)
		describe_renewed(c, buf_string(&name));
	buf_free(&name);
}

/* The one that is there. */
static void check_current(struct check *c)
{
	struct renewal_state *r = &c->r;
	const char *name = r->options->local_cert;
	struct log_capture capture;
	enum status st;

	if (c->in.csr_key != NULL && !c->key_is_new) {
		EVP_PKEY_up_ref(c->in.csr_key);
		r->key = c->in.csr_key;
	}
	c->stuck = r->key == NULL && !c->key_is_new;
	log_capture_begin(&capture);
	st = c->stuck ? read_alone(r) : renewal_look(r);
	if (check_report(c, st, &capture, check_advice_on_file(name)) == ST_OK)
		describe_renewed(c, name);
	else
		c->stuck = true;
}

static void check_renewed(struct check *c)
{
	X509 *cert;

	if (c->finishes)
		check_successor(c);
	else
		check_current(c);
	if ((cert = c->r.cert) != NULL && X509_up_ref(cert))
		c->files->cert = cert;
}

void check_own(struct check *c)
{
	c->f->topic = "certificate";
	if (c->own.sign_cert != NULL)
		check_old(c);
	if (c->own.local_cert == NULL)
		return;
	if (c->renews) {
		check_renewed(c);
		return;
	}
	read_replaced(c);
	if (c->files->cert != NULL && c->own.operation != &op_renew)
		describe_replaced(c);
}
