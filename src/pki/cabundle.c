#include <string.h>

#include <openssl/x509v3.h>
#include <openssl/x509_vfy.h>

#include "compat/process.h"
#include "pki/ability.h"
#include "pki/cabundle.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "pki/pinned.h"
#include "pki/relation.h"
#include "util/file.h"
#include "util/log.h"

static const char none_suitable[] = "none is suitable";

/*
 * Returns the reason of the choice; fits is the one about keyUsage.  Those that
 * are alone in the set come last, as they may be a stranger's.  If only is not
 * NULL, it is the one of these that counts.
 */
static const char *choose_cert(X509 **out, STACK_OF(X509) *certs,
    unsigned int usage, const X509 *only, const char *fits, int *tries)
{
	int i, count = sk_X509_num(certs);
	X509 *cert;
	bool last;

	*out = count == 1 ? sk_X509_value(certs, 0) : NULL;
	if (count == 1)
		return "the only one";
	for (i = 0; i < 2 * count; i++) {
		cert = sk_X509_value(certs, i % count);
		last = i >= count;
		if (relation_is_alone(cert, certs) != last ||
		    (last && only != NULL && cert != only))
			continue;
		if (*out == NULL)
			*out = cert;
		if (!cert_allows(cert, usage) ||
		    relation_signs_another(cert, certs, tries))
			continue;
		*out = cert;
		return cert_has_usage(cert)
		    ? fits
		    : "there is no keyUsage, and it signs no other of the set";
	}
	return none_suitable;
}

/*
 * One that is alone is a recipient only if it is expected to sign as well, or
 * if all are alone and none may sign.
 */
static void choose_both(struct cabundle *out)
{
	STACK_OF(X509) *certs = out->certs;
	int tries = relation_max_tries(certs);
	bool any;

	out->why_sign = choose_cert(&out->sign, certs, KU_DIGITAL_SIGNATURE,
	    NULL,
	    "keyUsage allows digitalSignature, and it signs no other of the "
	    "set",
	    &tries);
	any = out->why_sign == none_suitable &&
	    relation_is_alone(out->sign, certs);
	out->why_encrypt = choose_cert(&out->encrypt, certs,
	    KU_KEY_ENCIPHERMENT, any ? NULL : out->sign,
	    "keyUsage allows keyEncipherment, and it signs no other of the "
	    "set",
	    &tries);
}

void cabundle_set(struct cabundle *out, STACK_OF(X509) *certs)
{
	memset(out, 0, sizeof(*out));
	out->certs = certs;
	choose_both(out);
}

bool cabundle_may_sign(const struct cabundle *bundle, X509 *cert)
{
	int tries = relation_max_tries(bundle->certs);

	if (!cert_is_in(bundle->certs, cert))
		return false;
	if (!cert_allows(bundle->sign, KU_DIGITAL_SIGNATURE))
		return true;
	if (!cert_allows(cert, KU_DIGITAL_SIGNATURE))
		return false;
	return !relation_signs_another(cert, bundle->certs, &tries) ||
	    (!cert_is_ca(bundle->sign) && !cert_is_marked_ra(bundle->sign));
}

/* No file of a set was found: name the file beside it, if there is one. */
static enum status fail_absent(const char *path)
{
	const char *number = strrchr(path, '-');
	struct buf base = {0};
	enum status st;

	if (number != NULL && number[1] != '\0' &&
	    number[1 + strspn(number + 1, "0123456789")] == '\0' &&
	    !buf_add(&base, path, (size_t)(number - path)))
		return fail_memory();
	if (base.len > 0 && file_has_contents(buf_string(&base)))
		st = fail(ST_FILE,
		    "CA certificate %s: there is no such file, but there is "
		    "%s, which getca writes for a single certificate: name "
		    "that instead",
		    path, buf_string(&base));
	else
		st = fail(ST_FILE,
		    "CA certificate %s: there is no such file, and no %s-0; "
		    "get it with: %s getca",
		    path, path, log_program());
	buf_free(&base);
	return st;
}

/* Reads path-0, path-1, ..., up to the first that does not exist. */
static enum status read_numbered(STACK_OF(X509) **out, const char *path)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct buf name = {0};
	enum status st = ST_OK;
	X509 *cert = NULL;
	bool exists;
	int i;

	if (certs == NULL)
		return fail_memory();

	for (i = 0; st == ST_OK; i++) {
		st = caset_find_file(&exists, &name, path, i);
		if (st != ST_OK || !exists)
			break;
		if (i == CASET_COUNT_MAX) {
			st = fail(ST_FILE,
			    "CA certificate %s: more than %d of them", path,
			    CASET_COUNT_MAX);
			break;
		}

		st = file_expect_own(buf_string(&name), "CA certificate");
		if (st == ST_OK)
			st = cert_read(
			    &cert, buf_string(&name), "CA certificate");
		if (st == ST_OK && sk_X509_push(certs, cert) <= 0) {
			X509_free(cert);
			st = fail_memory();
		}
	}

	if (st == ST_OK && sk_X509_num(certs) == 0)
		st = fail_absent(path);
	buf_free(&name);
	if (st != ST_OK)
		cert_stack_free(certs);
	else
		*out = certs;
	return st;
}

static void describe_choice(const struct cabundle *bundle, const char *path)
{
	char name[QUOTE_SIZE];

	if (!log_enabled(LOG_VERBOSE))
		return;
	verbose("%d CA certificate(s) to check replies with",
	    sk_X509_num(bundle->certs));
	verbose("expecting replies signed by %s: %s",
	    cert_name_quote(
		name, sizeof(name), X509_get_subject_name(bundle->sign)),
	    bundle->why_sign);
	verbose("encrypting for %s: %s",
	    cert_name_quote(
		name, sizeof(name), X509_get_subject_name(bundle->encrypt)),
	    bundle->why_encrypt);
	if (bundle->hidden != NULL)
		verbose("%s-0 ... are not read, as there is %s", path, path);
}

/*
 * certs are from the file at path: the set beside it, if it has others, or
 * NULL.
 */
static STACK_OF(X509) *find_hidden(const char *path, STACK_OF(X509) *certs)
{
	STACK_OF(X509) *numbered = NULL;
	struct log_capture capture;

	if (file_is_standard(path))
		return NULL;
	log_capture_begin(&capture);
	if (read_numbered(&numbered, path) == ST_OK &&
	    caset_find_missing(numbered, certs) == NULL) {
		cert_stack_free(numbered);
		numbered = NULL;
	}
	log_capture_end(&capture);
	return numbered;
}

static enum status keep_hidden(struct cabundle *out, const char *path)
{
	out->hidden = find_hidden(path, out->certs);
	if (out->hidden == NULL ||
	    buf_addf(&out->hidden_advice,
		"%s-0 ... have the signer, but %s is read: if the CA has "
		"changed, use these certificates instead",
		path, path))
		return ST_OK;
	return fail_memory();
}

static enum status keep_pinned(struct cabundle *out, const struct pins *pins)
{
	STACK_OF(X509) *certs = out->certs;
	int count = sk_X509_num(certs);
	enum status st = pinned_keep(certs, out->owned_encrypt, pins);

	if (st != ST_OK || sk_X509_num(certs) == count)
		return st;
	return buf_addf(&out->advice,
		   "--ca-fingerprint left out %d of them: if the CA says that "
		   "one is its RA, pin that, too, or use --tolerate ra",
		   count - sk_X509_num(certs))
	    ? ST_OK
	    : fail_memory();
}

enum status cabundle_read(struct cabundle *out, const char *path,
    const char *encrypt_path, const struct pins *pins)
{
	size_t lacks = compat_count_lacks();
	enum status st;
	bool exists;

	memset(out, 0, sizeof(*out));
	if ((st = caset_find_base(&exists, path)) != ST_OK)
		return st;

	if (exists)
		st = cert_read_all(&out->certs, path, "CA certificate");
	else
		st = read_numbered(&out->certs, path);
	if (st == ST_OK && exists)
		st = keep_hidden(out, path);
	if (st == ST_OK && encrypt_path != NULL)
		st = cert_read(&out->owned_encrypt, encrypt_path,
		    "encryption certificate");
	if (st == ST_OK && pins != NULL && pins->count > 0)
		st = keep_pinned(out, pins);
	if (st != ST_OK) {
		cabundle_free(out);
		return st;
	}

	choose_both(out);
	if (compat_count_lacks() > lacks) {
		cabundle_free(out);
		return fail_memory();
	}
	if (out->owned_encrypt != NULL) {
		out->encrypt = out->owned_encrypt;
		out->why_encrypt = "-e";
	}
	describe_choice(out, path);
	return ST_OK;
}

void cabundle_free(struct cabundle *bundle)
{
	cert_stack_free(bundle->certs);
	cert_stack_free(bundle->hidden);
	X509_free(bundle->owned_encrypt);
	buf_free(&bundle->advice);
	buf_free(&bundle->hidden_advice);
	memset(bundle, 0, sizeof(*bundle));
}

const char *cabundle_get_advice(const struct cabundle *bundle, bool by_hidden)
{
	if (by_hidden)
		return buf_string(&bundle->hidden_advice);
	return bundle->advice.len > 0
	    ? buf_string(&bundle->advice)
	    : "fetch them again with getca, or check which server answers";
}

const X509_NAME *cabundle_issuer_name(const struct cabundle *bundle)
{
	if (cert_is_ca(bundle->sign))
		return X509_get_subject_name(bundle->sign);
	return X509_get_issuer_name(bundle->sign);
}

static enum status check_time(X509 *cert, const char *role, bool check_validity)
{
	char name[QUOTE_SIZE];
	int when = cert_time_status(cert);
	const char *what = when < 0 ? "is not valid yet, by this system's clock"
				    : "has expired";

	if (when == 0)
		return ST_OK;
	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	if (check_validity)
		return fail(ST_FILE,
		    "%s certificate %s: it %s (--tolerate clock overrides "
		    "this, for devices without a clock)",
		    role, name, what);
	warn(WARN_TOLERATED_CLOCK,
	    "%s certificate %s: it %s: ignored (--tolerate clock)", role, name,
	    what);
	return ST_OK;
}

static enum status check_chain(const struct cabundle *bundle, X509 *cert,
    STACK_OF(X509) *roots, bool check_validity)
{
	char name[QUOTE_SIZE];
	const char *reason;

	if (path_verify(cert, roots, bundle->certs,
		check_validity ? 0 : X509_V_FLAG_NO_CHECK_TIME, &reason))
		return ST_OK;
	return fail(ST_FILE,
	    "CA certificate %s: does not chain to the root in the same "
	    "set: %s",
	    cert_name_quote(name, sizeof(name), X509_get_subject_name(cert)),
	    reason);
}

X509 *cabundle_find_rival(const struct cabundle *bundle)
{
	STACK_OF(X509) *certs = bundle->certs;
	X509 *cert;
	int i;

	if (bundle->encrypt == bundle->owned_encrypt ||
	    !relation_is_alone(bundle->encrypt, certs))
		return NULL;
	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (X509_cmp(cert, bundle->encrypt) != 0)
			return cert;
	}
	return NULL;
}

bool cabundle_can_encrypt(const struct cabundle *bundle)
{
	const struct key_ability ability = ability_of_cert(bundle->encrypt);

	return ability_is_recipient(&ability);
}

enum status cabundle_check(const struct cabundle *bundle, bool check_validity)
{
	STACK_OF(X509) *roots = path_select(bundle->certs, cert_is_self_signed);
	enum status st;

	if (roots == NULL)
		return fail_memory();
	st = check_time(bundle->sign, "CA", check_validity);
	if (st == ST_OK && bundle->encrypt != bundle->sign)
		st = check_time(bundle->encrypt, "encryption", check_validity);
	if (st == ST_OK && sk_X509_num(roots) > 0)
		st = check_chain(bundle, bundle->sign, roots, check_validity);
	if (st == ST_OK && sk_X509_num(roots) > 0 &&
	    bundle->owned_encrypt == NULL && bundle->encrypt != bundle->sign)
		st =
		    check_chain(bundle, bundle->encrypt, roots, check_validity);
	cert_stack_free(roots);
	return st;
}

bool cabundle_is_chain(STACK_OF(X509) *certs)
{
	int i, j, tries = relation_max_tries(certs);
	X509 *cert;
	bool found;

	for (i = 0; i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		found = false;
		for (j = 0; !found && j < sk_X509_num(certs); j++)
			found = relation_try_issuer(
			    cert, sk_X509_value(certs, j), &tries);
		if (!found)
			return false;
	}
	return true;
}
