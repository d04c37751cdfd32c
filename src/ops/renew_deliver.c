#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "ops/chain.h"
#include "ops/outputs.h"
#include "ops/renew_deliver.h"
#include "ops/renew_hook.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/log.h"
#include "util/output.h"

/* The file that has the path, or NULL. */
static const struct swap_file *find_file(
    const struct renewal_state *r, const char *path)
{
	size_t i;

	for (i = 0; path != NULL && i < r->count; i++)
		if (r->files[i].path == path)
			return &r->files[i];
	return NULL;
}

/* Adds the key in PEM, as its file has it: encrypted or not. */
static enum status add_key(
    struct buf *out, const struct renewal_state *r, bool new_key)
{
	const char *path = new_key ? buf_string(&r->key_new) : r->options->key;
	struct buf text = {0};
	enum status st;

	if (r->key_file == NULL)
		return fail(ST_ERROR,
		    "--bundle needs a private key in a file, and that of -k is "
		    "in a token");
	st = file_read(&text, path, "private key");
	if (st == ST_OK && strstr(buf_string(&text), "-----BEGIN ") == NULL)
		st = fail(ST_FILE,
		    "private key %s: it is not in PEM, which --bundle needs",
		    path);
	else if (st == ST_OK && !buf_add(out, text.data, text.len))
		st = fail_memory();
	buf_free(&text);
	return st;
}

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
	struct buf unused = {0};
	enum status st = swap_check(r->files, r->count);

	if (st == ST_OK && r->options->renew.bundle != NULL)
		st = add_key(&unused, r, new_key);
	if (st == ST_OK && new_key)
		st = warn_of_cert(r);
	buf_free(&unused);
	return st;
}

static enum status add_certs(struct buf *out, STACK_OF(X509) *certs)
{
	int i;

	for (i = 0; i < sk_X509_num(certs); i++)
		if (!cert_add_pem(out, sk_X509_value(certs, i)))
			return fail_crypto(
			    ST_FILE, "the CA certificates: cannot encode");
	return ST_OK;
}

/* Each file with the CA certificates, in the order of its parts. */
static enum status write_one(const struct renewal_state *r, const char *path,
    const struct buf *key, const struct buf *cert, const struct buf *chain)
{
	const struct swap_file *file = find_file(r, path);
	struct buf text = {0};
	enum status st = ST_OK;

	if (file == NULL)
		return ST_OK;
	if ((key != NULL && !buf_add(&text, key->data, key->len)) ||
	    (cert != NULL && !buf_add(&text, cert->data, cert->len)) ||
	    !buf_add(&text, chain->data, chain->len))
		st = fail_memory();
	if (st == ST_OK)
		st = swap_write_new(file, &text);
	buf_free(&text);
	return st;
}

static enum status write_others(const struct renewal_state *r,
    const struct issued *issued, const struct buf *cert,
    const struct buf *chain)
{
	const struct options *o = r->options;
	struct buf key = {0};
	enum status st = ST_OK;

	if (o->renew.bundle != NULL)
		st = add_key(&key, r, issued->new_key);
	if (st == ST_OK)
		st = write_one(r, o->chain, NULL, NULL, chain);
	if (st == ST_OK)
		st = write_one(r, o->renew.fullchain, NULL, cert, chain);
	if (st == ST_OK)
		st = write_one(r, o->renew.bundle, &key, cert, chain);
	buf_free(&key);
	return st;
}

/* The CA certificates above cert: of the reply, or else of -c. */
static enum status find_chain(struct buf *out, const struct issued *issued)
{
	STACK_OF(X509) *all = sk_X509_dup(issued->certs);
	STACK_OF(X509) *chain = sk_X509_new_null();
	STACK_OF(X509) *ours = issued->bundle->certs;
	enum status st = ST_OK;
	int i;

	if (all == NULL || chain == NULL)
		st = fail_memory();
	for (i = 0; st == ST_OK && i < sk_X509_num(ours); i++)
		if (sk_X509_push(all, sk_X509_value(ours, i)) <= 0)
			st = fail_memory();
	if (st == ST_OK)
		st = chain_find_certs(chain, issued->cert, all, issued->bundle);
	if (st == ST_OK)
		st = add_certs(out, chain);
	sk_X509_free(chain);
	sk_X509_free(all);
	return st;
}

static enum status write_all(const struct renewal_state *r,
    const struct issued *issued, const struct buf *cert)
{
	struct buf chain = {0};
	enum status st = ST_OK;

	if (!issued->new_key && r->key_file != NULL)
		st = swap_remove_new(r->key_file);
	if (st == ST_OK)
		st = find_chain(&chain, issued);
	if (st == ST_OK)
		st = write_others(r, issued, cert, &chain);
	if (st == ST_OK)
		st = swap_write_new(r->cert_file, cert);
	buf_free(&chain);
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
	r->action = exists ? "renewed" : "enrolled";
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
static enum status check_new_pair(const struct renewal_state *r)
{
	const char *name = r->options->key;
	struct buf path = {0};
	X509 *cert = NULL;
	bool fits = false, is_there = false;
	enum status st = swap_path_beside(&path, r->cert_file->path, PLACE_NEW);

	if (st == ST_OK)
		st = cert_read(&cert, buf_string(&path), "certificate");
	if (st == ST_OK && r->key_file != NULL)
		st = swap_find_new(&is_there, r->key_file);
	if (st == ST_OK && is_there)
		name = buf_string(&r->key_new);
	if (st == ST_OK)
		st = check_key(&fits, r, name, cert);
	if (st == ST_OK && !fits)
		st = fail(ST_FILE,
		    "certificate %s belongs neither to private key %s nor to "
		    "%s: it is not of an interrupted renewal; move it away",
		    buf_string(&path),
		    r->key_file != NULL ? buf_string(&r->key_new) : "(none)",
		    r->options->key);
	X509_free(cert);
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
	enum status st = remove_stale(r);

	*swapped = false;
	if (st == ST_OK)
		st = swap_find_new(swapped, r->cert_file);

	if (st != ST_OK || !*swapped)
		return st;
	verbose("a renewal was interrupted when its files were complete: they "
		"take their places now");
	st = check_new_pair(r);
	return st == ST_OK ? finish(r) : st;
}

enum status renew_deliver_warn_absent(const struct renewal_state *r)
{
	const struct swap_file *file, *end = r->files + r->count;
	enum status st = ST_OK;
	bool exists;

	for (file = r->files; st == ST_OK && file < end; file++) {
		st = file_find(&exists, file->path);
		if (st == ST_OK && !exists)
			warn(WARN_NOT_WRITTEN,
			    "%s is not there: the next renewal writes it "
			    "(--force renews now)",
			    file->path);
	}
	return st;
}
