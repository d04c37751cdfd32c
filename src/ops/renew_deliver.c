#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "ops/outputs.h"
#include "ops/renew_deliver.h"
#include "ops/renew_files.h"
#include "ops/renew_hook.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/log.h"
#include "util/output.h"

/* The new key file has the key alone. */
static enum status warn_of_cert(const struct renewal_state *r)
{
	const char *path = r->key_file->path;
	struct buf text = {0};
	bool exists;
	enum status st = file_find(&exists, path);

	if (st == ST_OK && exists)
		st = file_read(&text, path, "private key");
	if (st == ST_OK && text.len > 0 &&
	    strstr(buf_string(&text), "-----BEGIN CERTIFICATE-----") != NULL)
		warn(WARN_NOT_WRITTEN,
		    "private key %s: it has a certificate, too, which its "
		    "successor will not have (--bundle writes a file with "
		    "both)",
		    path);
	buf_free(&text);
	return st;
}

enum status renew_deliver_check(const struct renewal_state *r, bool new_key)
{
	enum status st = swap_check(r->files, r->count);

	if (st == ST_OK)
		st = renew_files_check(r, new_key);
	if (st == ST_OK && new_key)
		st = warn_of_cert(r);
	return st;
}

static enum status write_all(const struct renewal_state *r,
    const struct issued *issued, const struct buf *cert)
{
	enum status st = ST_OK;

	if (!issued->new_key && r->key_file != NULL)
		st = swap_remove_new(r->key_file);
	if (st == ST_OK)
		st = renew_files_write_new(r, issued, cert);
	if (st == ST_OK)
		st = swap_write_new(r->cert_file, cert);
	return st;
}

/* All is complete under its NAME.new: the rest only moves and marks. */
static enum status finish(struct renewal_state *r)
{
	const char *request = buf_string(&r->request);
	bool exists;
	enum status st = file_find(&exists, r->cert_file->path);

	if (st != ST_OK)
		return st;
	r->action = exists ? HOOK_ACTION_RENEWED : HOOK_ACTION_ENROLLED;
	if ((st = renew_hook_mark(r)) != ST_OK)
		return st;
	if (unlink(request) != 0 && errno != ENOENT)
		return fail_errno(ST_FILE, "%s: cannot remove", request);
	return swap_finish(r->files, r->count);
}

/* A signal that ends the process does so after the rescue. */
enum status renew_deliver(struct renewal_state *r, const struct issued *issued)
{
	struct log_capture capture;
	struct buf text = {0};
	enum status st = ST_OK;

	if (!cert_add_pem(&text, issued->cert))
		return fail_crypto(ST_FILE, "the certificate: cannot encode");
	output_hold_signals();
	log_capture_begin(&capture);
	st = write_all(r, issued, &text);
	log_capture_end(&capture);
	if (st == ST_OK)
		st = finish(r);
	else
		st = outputs_rescue_issued(r->session, &text, capture.text);
	output_release_signals();
	buf_free(&text);
	return st == ST_OK ? renewal_set_cert(r, issued->cert) : st;
}

/* Whether name is there and is the private key of cert. */
static enum status check_key(
    bool *fits, const struct renewal_state *r, const char *name, X509 *cert)
{
	EVP_PKEY *key = NULL;
	enum status st = renewal_read_key(&key, NULL, r, name);

	*fits = st == ST_OK && cert_has_key(cert, key);
	EVP_PKEY_free(key);
	return st;
}

/* KEY.new, if it is there, else KEY is the key of CERT.new. */
static enum status find_new_key(char **name, const struct renewal_state *r)
{
	bool is_there = false;
	enum status st = ST_OK;

	if (r->key_file != NULL)
		st = swap_find_new(&is_there, r->key_file);
	*name = is_there ? (char *)r->key_new.data : r->options->key;
	return st;
}

/* That they belong together check leaves open where it asks for no secret. */
static enum status check_new_pair(const struct renewal_state *r,
    const char *path, X509 *cert, const char *key)
{
	bool fits;
	enum status st;

	if (r->session->looks && renewal_key_is_closed(r, key))
		return ST_OK;
	st = check_key(&fits, r, key, cert);
	if (st != ST_OK || fits)
		return st;
	return fail(ST_FILE,
	    "certificate %s belongs neither to private key %s nor to %s: it is "
	    "not of an interrupted renewal; move it away",
	    path, r->key_file != NULL ? buf_string(&r->key_new) : "(none)",
	    r->options->key);
}

enum status renew_deliver_read_new(
    X509 **cert, char **key, const struct renewal_state *r)
{
	struct buf path = {0};
	enum status st = swap_path_beside(&path, r->cert_file->path, PLACE_NEW);

	*cert = NULL;
	if (st == ST_OK)
		st = cert_read(cert, buf_string(&path), "certificate");
	if (st == ST_OK)
		st = find_new_key(key, r);
	if (st == ST_OK)
		st = check_new_pair(r, buf_string(&path), *cert, *key);
	if (st != ST_OK) {
		X509_free(*cert);
		*cert = NULL;
	}
	buf_free(&path);
	return st;
}

/* What runs that were killed have left. */
static enum status remove_stale(const struct renewal_state *r)
{
	static const char *const suffixes[] = {
	    PLACE_NEW, PLACE_OLD, RENEWAL_REQUEST, RENEWAL_HOOK};
	enum status st = ST_OK;
	size_t i, j;

	for (i = 0; i < r->count; i++)
		for (j = 0; st == ST_OK && j < COUNT_OF(suffixes); j++)
			st = swap_remove_stale(&r->files[i], suffixes[j]);
	return st;
}

enum status renew_deliver_finish(struct renewal_state *r, bool *swapped)
{
	char *key;
	X509 *cert;
	enum status st = remove_stale(r);

	*swapped = false;
	if (st == ST_OK)
		st = swap_find_new(swapped, r->cert_file);

	if (st != ST_OK || !*swapped)
		return st;
	verbose("a renewal was interrupted when its files were complete: they "
		"take their places now");
	st = renew_deliver_read_new(&cert, &key, r);
	X509_free(cert);
	return st == ST_OK ? finish(r) : st;
}
