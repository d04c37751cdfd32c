#include <string.h>

#include "compat/process.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "pki/pinned.h"
#include "util/log.h"

#define SHOWN_MAX 3 /* certificates in one message */

/* anchors are pinned; cas are CA certificates that verify against them. */
struct vouchers {
	const struct pins *pins;
	STACK_OF(X509) *anchors, *cas;
};

static bool is_pinned(const struct pins *pins, const X509 *cert)
{
	size_t i;

	for (i = 0; i < pins->count; i++)
		if (pin_matches(&pins->list[i], cert))
			return true;
	return pins->vouched != NULL && cert_is_in(pins->vouched, cert);
}

static bool is_below(const struct vouchers *v, X509 *cert)
{
	const char *reason;

	return path_verify_below(v->anchors, cert, v->cas, &reason) ==
	    PATH_VERIFIED;
}

static bool find_anchors(struct vouchers *v, STACK_OF(X509) *certs)
{
	X509 *cert;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (is_pinned(v->pins, cert) && !cert_push(v->anchors, cert))
			return false;
	}
	return true;
}

/* Adds "SUBJECT sha256:AB:...", in the digest of pin. */
static bool add_shown(struct buf *out, const struct pin *pin, X509 *cert)
{
	char name[QUOTE_SIZE];

	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	return buf_addf(out, "%s %s:", name, pin->digest) &&
	    cert_add_fingerprint(out, cert, pin->md);
}

/* How good it is to pin cert: the least is the best, a root. */
enum rank { RANK_ROOT, RANK_CA, RANK_OTHER, RANK_COUNT };

static enum rank rank_of(X509 *cert)
{
	if (!cert_is_anchor(cert))
		return RANK_OTHER;
	return cert_is_self_signed(cert) ? RANK_ROOT : RANK_CA;
}

/* Adds the first SHOWN_MAX of certs, the best to pin foremost. */
static bool add_best(
    struct buf *out, const struct pin *pin, STACK_OF(X509) *certs)
{
	int rank, i, shown = 0;
	X509 *cert;

	for (rank = 0; rank < RANK_COUNT; rank++)
		for (i = 0; shown < SHOWN_MAX && i < sk_X509_num(certs); i++) {
			cert = sk_X509_value(certs, i);
			if ((int)rank_of(cert) != rank)
				continue;
			if (!buf_addf(out, "%s", shown++ > 0 ? "; " : "") ||
			    !add_shown(out, pin, cert))
				return false;
		}
	return true;
}

static enum status fail_mismatch(const struct pins *pins, STACK_OF(X509) *certs)
{
	struct buf text = {0};
	int count = sk_X509_num(certs);
	enum status st = ST_OK;

	if (!add_best(&text, pins->list, certs))
		st = fail_memory();
	if (st == ST_OK && count > SHOWN_MAX &&
	    !buf_addf(&text, "; and %d more", count - SHOWN_MAX))
		st = fail_memory();
	if (st == ST_OK)
		st = fail(ST_REPLY,
		    "--ca-fingerprint matches none of the %d CA "
		    "certificate(s), found %s; ask the CA which is right",
		    count, buf_string(&text));
	buf_free(&text);
	return st;
}

/* Why a pin does not vouch for a certificate, and what would help. */
struct verdict {
	bool good;
	const char *verb; /* "it is ", if reason is only what it is; else "" */
	const char *reason, *advice;
};

static void warn_of_unmarked(X509 *cert)
{
	char name[QUOTE_SIZE];

	warn(WARN_TOLERATED_RA,
	    "certificate %s is neither a CA's nor marked as an RA's: accepted "
	    "(--tolerate ra)",
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(cert)));
}

/* Why cert is not below a pinned CA certificate. */
static const char *explain(const struct vouchers *v, X509 *cert)
{
	const char *explanation = path_explain(v->anchors, cert);

	return explanation != NULL
	    ? explanation
	    : "it does not verify up to a pinned CA certificate";
}

static struct verdict judge(const struct vouchers *v, X509 *cert)
{
	const struct verdict good = {.good = true};

	if (is_pinned(v->pins, cert))
		return good;
	if (!is_below(v, cert))
		return (struct verdict){.verb = "",
		    .reason = explain(v, cert),
		    .advice = "if the CA says that it is its own, pin it with "
			      "one more --ca-fingerprint, or pin its root"};
	if (cert_says_ca(cert) || cert_is_marked_ra(cert))
		return good;
	if (v->pins->unmarked_ra) {
		warn_of_unmarked(cert);
		return good;
	}
	return (struct verdict){.verb = "it is ",
	    .reason = cert_why_no_ca(cert),
	    .advice =
		"its extendedKeyUsage does not mark an RA (cmcRA, "
		"enrolment agent): if the CA says that it is its RA, pin "
		"it with one more --ca-fingerprint, or use --tolerate ra"};
}

static enum status judge_extra(const struct vouchers *v, X509 *extra)
{
	struct verdict verdict = judge(v, extra);
	struct buf text = {0};
	enum status st;

	if (verdict.good)
		return ST_OK;
	if (!add_shown(&text, v->pins->list, extra))
		st = fail_memory();
	else
		st = fail(ST_REPLY,
		    "encryption certificate %s: --ca-fingerprint does not "
		    "vouch for it: %s%s; %s",
		    buf_string(&text), verdict.verb, verdict.reason,
		    verdict.advice);
	buf_free(&text);
	return st;
}

static enum status take_out_others(
    const struct vouchers *v, STACK_OF(X509) *certs)
{
	size_t lacks = compat_count_lacks();
	struct buf text = {0};
	enum status st = ST_OK;
	struct verdict verdict;
	X509 *cert;
	int i;

	for (i = sk_X509_num(certs) - 1; st == ST_OK && i >= 0; i--) {
		cert = sk_X509_value(certs, i);
		verdict = judge(v, cert);
		if (verdict.good)
			continue;

		text.len = 0;
		if (compat_count_lacks() > lacks ||
		    !add_shown(&text, v->pins->list, cert)) {
			st = fail_memory();
			break;
		}

		warn(WARN_NOT_PINNED,
		    "CA certificate %s is left out: --ca-fingerprint does not "
		    "vouch for it: %s%s; %s",
		    buf_string(&text), verdict.verb, verdict.reason,
		    verdict.advice);
		X509_free(sk_X509_delete(certs, i));
	}
	buf_free(&text);
	return st;
}

/* An unused pin is no error: it may be that of the CA after a rollover. */
static void tell_unused(
    const struct pins *pins, STACK_OF(X509) *certs, X509 *extra)
{
	const struct pin *pin;
	char shown[QUOTE_SIZE];
	bool used;
	size_t i;
	int j;

	for (i = 0; i < pins->count; i++) {
		pin = &pins->list[i];
		used = extra != NULL && pin_matches(pin, extra);
		for (j = 0; !used && j < sk_X509_num(certs); j++)
			used = pin_matches(pin, sk_X509_value(certs, j));
		if (!used)
			verbose("--ca-fingerprint %s: no certificate has it",
			    log_escape(shown, sizeof(shown), pin->text,
				strlen(pin->text)));
	}
}

enum status pinned_keep(
    STACK_OF(X509) *certs, X509 *extra, const struct pins *pins)
{
	struct vouchers v = {.pins = pins, .anchors = sk_X509_new_null()};
	enum status st = ST_OK;

	if (v.anchors == NULL || !find_anchors(&v, certs) ||
	    (v.cas = path_find_cas(v.anchors, certs)) == NULL)
		st = fail_memory();
	else if (sk_X509_num(v.anchors) == 0)
		st = fail_mismatch(pins, certs);
	else
		tell_unused(pins, certs, extra);
	if (st == ST_OK && extra != NULL)
		st = judge_extra(&v, extra);
	if (st == ST_OK)
		st = take_out_others(&v, certs);
	cert_stack_free(v.anchors);
	cert_stack_free(v.cas);
	return st;
}
