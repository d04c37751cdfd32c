#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ops/own_key.h"
#include "ops/trust.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "util/file.h"
#include "util/log.h"

static bool add_name(struct buf *name, const struct options *options)
{
	return buf_addf(name, "%s.next", options->ca_cert);
}

enum status trust_name_next(struct buf *name, const struct options *options)
{
	return add_name(name, options) ? ST_OK : fail_memory();
}

/* Beside a pin, who writes that file decides which CA is trusted, too. */
enum status trust_check_writers(
    const char *path, const struct stat *sb, const char *what)
{
	if ((sb->st_mode & S_IWOTH) == 0 &&
	    (sb->st_uid == 0 || sb->st_uid == geteuid()))
		return ST_OK;
	return fail(ST_FILE,
	    "%s: it %s, but belongs to another user or may be written by all; "
	    "expected a file of this user or root (remove it, or change its "
	    "owner and mode)",
	    path, what);
}

/*
 * What cannot be read vouches for nothing, and no more is lost by that.  sb is set
 * to the status of what was read, which stays all zero if nothing was.  NULL when
 * out of memory.
 */
static STACK_OF(X509) *read_file(const char *path, struct stat *sb)
{
	static const char what[] = "next CA certificate";
	STACK_OF(X509) *certs = NULL;
	struct log_capture capture;
	struct buf file = {0};
	enum status st;
	bool exists;

	log_capture_begin(&capture);
	st = file_find(&exists, path);
	if (st == ST_OK && exists)
		st = file_read_own(&file, sb, path, what);
	if (st == ST_OK && exists)
		st = cert_decode_all(&certs, &file, path, what);
	log_capture_end(&capture);
	buf_free(&file);
	if (st == ST_ERROR)
		return NULL;
	if (st != ST_OK)
		verbose("%s", capture.text);
	return certs != NULL ? certs : sk_X509_new_null();
}

static STACK_OF(X509) *read_next(
    struct stat *sb, struct buf *name, const struct options *options)
{
	memset(sb, 0, sizeof(*sb));
	return add_name(name, options) ? read_file(buf_string(name), sb) : NULL;
}

STACK_OF(X509) *trust_read_next(const struct options *options)
{
	STACK_OF(X509) *certs;
	struct buf name = {0};
	struct stat sb;

	certs = read_next(&sb, &name, options);
	buf_free(&name);
	return certs;
}

static bool is_in_force(X509 *cert)
{
	return cert_time_status(cert) >= 0;
}

static enum status add_next(struct pins *pins, const struct options *options)
{
	STACK_OF(X509) *certs;
	struct buf name = {0};
	struct stat sb;
	enum status st;

	certs = read_next(&sb, &name, options);
	st = trust_check_writers(
	    buf_string(&name), &sb, "holds the CA certificates of the next CA");
	buf_free(&name);
	if (st != ST_OK) {
		cert_stack_free(certs);
		return st;
	}
	if (certs != NULL && (options->tolerate & TOLERATE_CLOCK) == 0) {
		pins->vouched = path_select(certs, is_in_force);
		cert_stack_free(certs);
	} else {
		pins->vouched = certs;
	}
	return pins->vouched != NULL ? ST_OK : fail_memory();
}

enum status trust_read_pins(struct pins *pins, const struct options *options)
{
	enum status st = pins_read(pins, options->ca_fingerprints.items,
	    options->ca_fingerprints.count);

	pins->unmarked_ra = (options->tolerate & TOLERATE_RA) != 0;
	if (st == ST_OK && pins->count > 0 && options->ca_cert != NULL)
		st = add_next(pins, options);
	return st;
}

/* No error: the certificate of the next CA may have been added to -c. */
static void warn_of_rival(const struct cabundle *bundle)
{
	X509 *rival = cabundle_find_rival(bundle);
	char name[QUOTE_SIZE], other[QUOTE_SIZE];

	if (rival != NULL)
		warn(WARN_RECIPIENT_UNSURE,
		    "requests are encrypted for %s, and not for %s, of another "
		    "CA: if that is wrong, name the right one with -e, or take "
		    "the wrong one out",
		    cert_name_quote(name, sizeof(name),
			X509_get_subject_name(bundle->encrypt)),
		    cert_name_quote(
			other, sizeof(other), X509_get_subject_name(rival)));
}

/* The file, or those of the set that is read instead. */
void trust_warn_planted(const char *path)
{
	const char *what = "CA certificates";
	struct buf name = {0};
	bool exists;
	int i;

	if (caset_find_base(&exists, path) == ST_OK && exists)
		own_key_warn_planted_file(what, path);
	else
		for (i = 0; i < CASET_COUNT_MAX &&
		     caset_find_file(&exists, &name, path, i) == ST_OK &&
		     exists;
		     i++)
			own_key_warn_planted_file(what, buf_string(&name));
	buf_free(&name);
}

void trust_warn(const struct cabundle *bundle, const struct options *options)
{
	if (options->ca_fingerprints.count > 0)
		return;
	warn_of_rival(bundle);
	trust_warn_planted(options->ca_cert);
	if (options->enc_cert != NULL)
		own_key_warn_planted_file(
		    "encryption certificate", options->enc_cert);
}
