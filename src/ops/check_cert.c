#include <stdio.h>
#include <string.h>

#include <openssl/objects.h>

#include "ops/check_cert.h"
#include "ops/describe.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "pki/clock.h"
#include "pki/due.h"

#define DAY          86400
#define SOON         30  /* days */
#define STRENGTH_MIN 112 /* bits, of RSA with 2048 (NIST SP 800-57) */

static const struct due_when never = {0};

static bool find_due(struct due *due, const X509 *cert)
{
	return due_find(due, &never, X509_get0_notBefore(cert),
	    X509_get0_notAfter(cert), clock_now());
}

enum check_age check_cert_age(const X509 *cert)
{
	struct due due;

	if (!find_due(&due, cert))
		return AGE_UNKNOWN;
	if (due.expired)
		return AGE_EXPIRED;
	if (due.early)
		return AGE_EARLY;
	return due.left < (long long)SOON * DAY ? AGE_ENDS_SOON : AGE_GOOD;
}

const char *check_cert_role(X509 *cert)
{
	return cert_is_ca(cert) ? "CA" : "RA";
}

const char *check_cert_left(char *out, size_t size, const X509 *cert)
{
	static const char *const others[AGE_COUNT] = {
	    [AGE_EXPIRED] = " has expired",
	    [AGE_EARLY] = " is not valid yet",
	    [AGE_UNKNOWN] = ": its notBefore or notAfter is no time",
	};
	const char *other = others[check_cert_age(cert)];
	char left[DUE_TEXT_SIZE];
	struct due due;

	if (other == NULL && find_due(&due, cert))
		snprintf(
		    out, size, ", %s left", due_text(left, sizeof(left), &due));
	else
		snprintf(out, size, "%s", other != NULL ? other : "");
	return out;
}

void check_cert_tell(struct findings *f, const X509 *cert,
    const char *const advice[AGE_COUNT], const char *text)
{
	enum check_age age = check_cert_age(cert);

	if (age == AGE_GOOD)
		finding_ok(f, "%s", text);
	else
		finding_warn(f, advice[age], "%s", text);
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
	char left[CHECK_LEFT_SIZE];

	add_date(&from, X509_get0_notBefore(cert));
	add_date(&to, X509_get0_notAfter(cert));
	switch (check_cert_age(cert)) {
	case AGE_EXPIRED:
		snprintf(out, size, "expired on %s, valid from %s",
		    buf_string(&to), buf_string(&from));
		break;
	case AGE_EARLY:
		snprintf(out, size, "not valid before %s, until %s",
		    buf_string(&from), buf_string(&to));
		break;
	case AGE_UNKNOWN:
		snprintf(out, size, "its notBefore or notAfter is no time");
		break;
	default:
		snprintf(out, size, "valid from %s to %s%s", buf_string(&from),
		    buf_string(&to), check_cert_left(left, sizeof(left), cert));
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
	finding_ok(f, "%s: %s, serial number %s, %s%s", what,
	    cert_name_quote(
		subject, sizeof(subject), X509_get_subject_name(cert)),
	    buf_string(&serial),
	    cert_is_self_signed(cert) ? "self-signed" : "issued by ",
	    cert_is_self_signed(cert) ? "" : issuer);
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
	static const char *const advice[AGE_COUNT] = {
	    [AGE_ENDS_SOON] = CHECK_SOON_ADVICE,
	    [AGE_EXPIRED] =
		"ask the operator of the CA for the new one, or look at this "
		"system's clock",
	    [AGE_EARLY] =
		"look at this system's clock first; else the CA has sent the "
		"certificate of a time to come",
	};
	char dates[CHECK_DATES_SIZE], text[CHECK_DATES_SIZE + QUOTE_SIZE];

	check_cert_dates(dates, sizeof(dates), cert);
	snprintf(text, sizeof(text), "%s: %s", what, dates);
	check_cert_tell(f, cert, advice, text);
}

void check_cert_chain(
    struct findings *f, const char *what, STACK_OF(X509) *certs)
{
	if (cabundle_is_chain(certs))
		finding_ok(f, "%s form a chain up to a root", what);
	else
		finding_warn(f,
		    "programs that need the root have to get it from "
		    "elsewhere",
		    "%s do not form a chain up to a root", what);
}

void check_cert(struct findings *f, const char *what, X509 *cert)
{
	tell_names(f, what, cert);
	tell_use(f, what, cert);
	tell_fingerprints(f, what, cert);
	judge_strength(f, what, cert);
	describe_cert(f->session->report, cert, NULL);
}
