#include "ops/check_caps.h"
#include "scep/caps.h"
#include "session.h"

static void add_to_report(const char *keyword, void *report)
{
	report_add_string(report, REPORT_CAPABILITIES, keyword);
}

static void tell_unknown(
    struct findings *f, const struct http_response *response)
{
	const struct buf *body = &response->body.bytes;
	struct buf text = {0};
	char shown[QUOTE_SIZE];

	if (caps_add_unknown(&text, body->data, body->len) && text.len > 0)
		finding_ok(f,
		    "unknown capabilities, which are ignored (RFC 8894, "
		    "3.5.2): %s",
		    quote_cut(shown, sizeof(shown), buf_string(&text)));
	buf_free(&text);
}

/* --capabilities replaces what the server announces. */
static void compare(struct findings *f)
{
	const char *given = f->session->options->capabilities, *bad;
	struct buf missing = {0}, more = {0};
	unsigned int caps;
	size_t len;

	if (given == NULL || !caps_parse_list(&caps, given, &bad, &len))
		return;
	if (!caps_add_text(&missing, f->session->caps & ~caps) ||
	    !caps_add_text(&more, caps & ~f->session->caps))
		goto out;
	if (caps == f->session->caps)
		finding_ok(f,
		    "--capabilities has what the server announces, and could "
		    "be left out");
	else
		finding_warn(f,
		    "leave --capabilities out, unless the server announces "
		    "wrong ones",
		    "--capabilities is used instead: the server announces "
		    "%s beyond them, and does not announce %s",
		    buf_string(&missing), buf_string(&more));
out:
	buf_free(&missing);
	buf_free(&more);
}

void check_caps(struct findings *f, const struct http_response *response)
{
	const struct session *session = f->session;
	struct buf text = {0};

	f->topic = "capabilities";
	caps_each(session->caps, add_to_report, session->report);
	if (session->caps == 0)
		finding_warn(f,
		    "if that is wrong, set them with --capabilities",
		    "the server announces no capabilities");
	else if (caps_add_text(&text, session->caps))
		finding_ok(f, "the server announces %s", buf_string(&text));
	buf_free(&text);
	tell_unknown(f, response);
	if (session->caps & CAP_SCEPSTANDARD)
		finding_ok(f,
		    "SCEPStandard: it has AES, SHA-256 and POST, as RFC 8894 "
		    "requires");
	compare(f);
}

/* Whether the capabilities that are used are those of --capabilities. */
static bool is_given(const struct findings *f)
{
	return f->session->options->capabilities != NULL;
}

/* Why an algorithm is chosen, which the user may have asked for. */
static const char *explain(const struct findings *f, const char *asked,
    const char *option, const char *best)
{
	if (asked != NULL)
		return option;
	if (is_given(f))
		return best != NULL ? "the best of --capabilities"
				    : "--capabilities has none";
	return best != NULL ? "the best that is announced"
			    : "none is announced";
}

void check_caps_algorithms(struct findings *f)
{
	const struct session *session = f->session;
	const struct options *o = session->options;
	enum status st;

	f->topic = "algorithms";
	st = session_prepare(f->session);
	if (st != ST_OK)
		return;
	finding_ok(f,
	    "requests are encrypted with %s (%s), signed with %s (%s)",
	    OBJ_nid2ln(EVP_CIPHER_nid(session->cipher)),
	    explain(f, o->enc_alg, "-E", caps_best_cipher(session->caps)),
	    OBJ_nid2ln(EVP_MD_type(session->digest)),
	    explain(f, o->sig_alg, "-S", caps_best_digest(session->caps)));
}

static void tell_post(struct findings *f)
{
	f->topic = "capabilities";
	if (caps_have(f->session->caps, CAP_POSTPKIOPERATION))
		finding_ok(f, "requests are sent by POST");
	else
		finding_warn(f,
		    is_given(f) ? "if the server takes POST, add "
				  "POSTPKIOperation to --capabilities"
				: "if the server takes POST, set "
				  "--capabilities with POSTPKIOperation",
		    "%s: requests are sent by GET, with some 3000 bytes or "
		    "more in the URL, which some servers and proxies cut",
		    is_given(f) ? "--capabilities has no POSTPKIOperation"
				: "the server does not announce POST");
}

/* What follows if the capability is there, and if it is not. */
static void tell_capability(struct findings *f, enum cap cap,
    const char *keyword, const char *there, const char *lacking)
{
	if (caps_have(f->session->caps, cap))
		finding_ok(f, "%s: %s", keyword, there);
	else if (is_given(f))
		finding_ok(f, "--capabilities has no %s: %s", keyword, lacking);
	else
		finding_ok(f, "%s is not announced: %s", keyword, lacking);
}

void check_caps_use(struct findings *f)
{
	tell_post(f);
	tell_capability(f, CAP_RENEWAL, "Renewal",
	    "renew signs with the old certificate and sends a RenewalReq",
	    "renew sends a PKCSReq; some servers want a challengePassword in "
	    "that, too");
	tell_capability(f, CAP_GETNEXTCACERT, "GetNextCACert",
	    "the certificates of the next CA can be fetched ahead of a change",
	    "when the CA changes, its new certificates come with getca");
}
