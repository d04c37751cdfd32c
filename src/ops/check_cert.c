#include <stdio.h>
#include <string.h>

#include <openssl/objects.h>

#include "ops/check_cert.h"
#include "ops/describe.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/due.h"

#define DAY          86400
#define STRENGTH_MIN 112 /* bits, of RSA with 2048 (NIST SP 800-57) */

#define EXPIRED_HINT \
	"ask the operator of the CA for the new one, or look at this " \
	"system's clock"
#define EARLY_HINT \
	"look at this system's clock first; else the CA has sent the " \
	"certificate of a time to come"

long long check_cert_days_left(const X509 *cert)
{
	static const struct due_when never = {0};
	struct due due;

	if (!due_find(&due, &never, X509_get0_notBefore(cert),
		X509_get0_notAfter(cert), clock_now()))
		return 0;
	return due.left / DAY;
}

/* With blanks around, the T of RFC 3339 is harder to read. */
static void add_date(struct buf *out, const ASN1_TIME *time)
{
	struct buf text = {0};
	char *at;

	if (!describe_add_time(&text, time) || text.len == 0)
		return;
	if ((at = strchr((char *)text.data, 'T')) != NULL)
		*at = ' ';
	buf_addf(out, "%.19s UTC", buf_string(&text));
	buf_free(&text);
}

const char *check_cert_dates(char *out, size_t size, const X509 *cert)
{
	struct buf from = {0}, to = {0};
	long long left = check_cert_days_left(cert);

	add_date(&from, X509_get0_notBefore(cert));
	add_date(&to, X509_get0_notAfter(cert));
	switch (cert_time_status(cert)) {
	case 0:
		snprintf(out, size, "valid from %s to %s, %lld days left",
		    buf_string(&from), buf_string(&to), left);
		break;
	case 1:
		snprintf(out, size, "expired on %s, valid from %s",
		    buf_string(&to), buf_string(&from));
		break;
	default:
		snprintf(out, size, "not valid before %s, until %s",
		    buf_string(&from), buf_string(&to));
	}
	buf_free(&from);
	buf_free(&to);
	return out;
}

static void tell_names(struct findings *f, const char *what, X509 *cert)
{
	char subject[QUOTE_SIZE], issuer[QUOTE_SIZE];
	struct buf serial = {0};

	cert_name_quote(issuer, sizeof(issuer), X509_get_issuer_name(cert));
	describe_add_serial(&serial, cert);
	finding_ok(f, "%s: \"%s\", serial number %s, %s%s%s", what,
	    cert_name_quote(
		subject, sizeof(subject), X509_get_subject_name(cert)),
	    buf_string(&serial),
	    cert_is_self_signed(cert) ? "self-signed" : "issued by \"",
	    cert_is_self_signed(cert) ? "" : issuer,
	    cert_is_self_signed(cert) ? "" : "\"");
	buf_free(&serial);
}

static const char *name_kind(X509 *cert)
{
	if (cert_says_ca(cert))
		return "a CA's, by basicConstraints";
	if (cert_is_marked_ra(cert))
		return "an RA's, by extendedKeyUsage";
	return cert_is_ca(cert) ? "a CA's, of an old form" : "not a CA's";
}

static const char *name_type(X509 *cert)
{
	const char *type = ability_of_key(X509_get0_pubkey(cert)).type;

	return type != NULL ? type : "of an unknown type";
}

static int count_bits(X509 *cert)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	return key != NULL ? EVP_PKEY_bits(key) : 0;
}

static void tell_use(struct findings *f, const char *what, X509 *cert)
{
	struct buf usage = {0};

	if (cert_add_usage(&usage, cert))
		finding_ok(f,
		    "%s: %s, keyUsage: %s; key %s of %d bits; signed with %s",
		    what, name_kind(cert), buf_string(&usage), name_type(cert),
		    count_bits(cert), OBJ_nid2ln(X509_get_signature_nid(cert)));
	buf_free(&usage);
}

/* The signature of a root proves nothing. */
static void judge_strength(struct findings *f, const char *what, X509 *cert)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	int digest = algs_signature_digest(X509_get0_tbs_sigalg(cert));

	if (key != NULL && EVP_PKEY_security_bits(key) < STRENGTH_MIN)
		finding_warn(f, "the CA should get a new one",
		    "%s: its key, %s of %d bits, is weak", what,
		    name_type(cert), count_bits(cert));
	if ((digest == NID_sha1 || digest == NID_md5) &&
	    !cert_is_self_signed(cert))
		finding_warn(f,
		    "systems with a strict policy refuse that; the CA should "
		    "issue a new one",
		    "%s: it is signed with %s", what, OBJ_nid2sn(digest));
}

static bool add_fingerprint(
    struct buf *out, X509 *cert, const char *digest, const char *shown)
{
	const EVP_MD *md = EVP_get_digestbyname(digest);

	return md == NULL || !algs_digest_works(digest) ||
	    (buf_addf(out, "%s%s ", out->len > 0 ? ", " : "", shown) &&
		cert_add_fingerprint(out, cert, md));
}

static void tell_fingerprints(struct findings *f, const char *what, X509 *cert)
{
	struct buf best = {0}, old = {0};

	if (add_fingerprint(&best, cert, "sha256", "SHA-256"))
		finding_ok(f, "%s: %s", what, buf_string(&best));
	if (add_fingerprint(&old, cert, "sha1", "SHA-1") &&
	    add_fingerprint(&old, cert, "md5", "MD5") && old.len > 0)
		finding_ok(f, "%s: %s", what, buf_string(&old));
	buf_free(&best);
	buf_free(&old);
}

void check_cert_validity(struct findings *f, const char *what, X509 *cert)
{
	char dates[CHECK_DATES_SIZE];
	int when = cert_time_status(cert);

	check_cert_dates(dates, sizeof(dates), cert);
	if (when == 0)
		finding_ok(f, "%s: %s", what, dates);
	else
		finding_warn(f, when > 0 ? EXPIRED_HINT : EARLY_HINT, "%s: %s",
		    what, dates);
}

void check_cert(struct findings *f, const char *what, X509 *cert)
{
	tell_names(f, what, cert);
	tell_use(f, what, cert);
	tell_fingerprints(f, what, cert);
	judge_strength(f, what, cert);
	describe_cert(f->session->report, cert, NULL);
}
