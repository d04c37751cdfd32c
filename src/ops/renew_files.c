#include <string.h>

#include "ops/chain.h"
#include "ops/renew_files.h"
#include "ops/renew_hook.h"
#include "ops/trust.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/log.h"
#include "util/output.h"

/* Some of the files of a run, in their order. */
struct file_set {
	struct swap_file files[RENEWAL_FILES];
	size_t count;
};

/* The file that has the path, or NULL. */
static const struct swap_file *find_file(
    const struct file_set *set, const char *path)
{
	size_t i;

	for (i = 0; path != NULL && i < set->count; i++)
		if (set->files[i].path == path)
			return &set->files[i];
	return NULL;
}

/* Adds the key in PEM, as its file has it: encrypted or not. */
static enum status add_key(
    struct buf *out, const struct renewal_state *r, bool new_key)
{
	struct buf text = {0};
	const char *path;
	enum status st;

	if (r->key_file == NULL)
		return fail(ST_ERROR,
		    "--bundle needs a private key in a file, and that of -k is "
		    "in a token");
	path = new_key ? buf_string(&r->key_new) : r->key_file->path;
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

enum status renew_files_check(const struct renewal_state *r, bool new_key)
{
	struct buf unused = {0};
	enum status st = ST_OK;

	if (r->options->renew.bundle != NULL)
		st = add_key(&unused, r, new_key);
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
static enum status write_one(const struct file_set *set, const char *path,
    const struct buf *key, const struct buf *cert, const struct buf *chain)
{
	const struct swap_file *file = find_file(set, path);
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

/* Writes the NAME.new of those in the set. */
static enum status write_set(const struct renewal_state *r,
    const struct file_set *set, bool new_key, const struct buf *cert,
    const struct buf *chain)
{
	const struct options *o = r->options;
	struct buf key = {0};
	enum status st = ST_OK;

	if (find_file(set, o->renew.bundle) != NULL)
		st = add_key(&key, r, new_key);
	if (st == ST_OK)
		st = write_one(set, o->chain, NULL, NULL, chain);
	if (st == ST_OK)
		st = write_one(set, o->renew.fullchain, NULL, cert, chain);
	if (st == ST_OK)
		st = write_one(set, o->renew.bundle, &key, cert, chain);
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

enum status renew_files_write_new(const struct renewal_state *r,
    const struct issued *issued, const struct buf *cert)
{
	struct file_set all = {.count = r->count};
	struct buf chain = {0};
	enum status st;

	memcpy(all.files, r->files, sizeof(all.files));
	if ((st = find_chain(&chain, issued)) == ST_OK)
		st = write_set(r, &all, issued->new_key, cert, &chain);
	buf_free(&chain);
	return st;
}

static enum status find_absent(
    struct file_set *absent, const struct renewal_state *r)
{
	const struct swap_file *file, *end = r->files + r->count;
	enum status st = ST_OK;
	bool exists;

	absent->count = 0;
	for (file = r->files; st == ST_OK && file < end; file++) {
		st = file_find(&exists, file->path);
		if (st == ST_OK && !exists)
			absent->files[absent->count++] = *file;
	}
	return st;
}

static enum status read_bundle(
    struct cabundle *out, const struct renewal_state *r)
{
	struct pins pins = {0};
	enum status st = trust_read_pins(&pins, r->options);

	if (st == ST_OK)
		st = cabundle_read(out, r->options->ca_cert, NULL, &pins);
	pins_free(&pins);
	return st;
}

/* The CA certificates of -c above the certificate in use. */
static enum status find_known_chain(
    struct buf *out, const struct renewal_state *r)
{
	struct cabundle bundle = {0};
	struct issued in_use = {
	    .cert = r->cert,
	    .certs = sk_X509_new_null(),
	    .bundle = &bundle,
	};
	enum status st =
	    in_use.certs != NULL ? read_bundle(&bundle, r) : fail_memory();

	if (st == ST_OK)
		st = find_chain(out, &in_use);
	if (st == ST_OK && out->len == 0)
		st = fail(ST_FILE, "none of the CA certificates %s issued %s",
		    r->options->ca_cert, r->options->local_cert);
	sk_X509_free(in_use.certs);
	cabundle_free(&bundle);
	return st;
}

static void warn_of_absent(const struct file_set *absent, const char *reason)
{
	size_t i;

	for (i = 0; i < absent->count; i++)
		warn(WARN_NOT_WRITTEN,
		    "%s is not there, and only the next renewal writes it "
		    "(--force renews now): %s",
		    absent->files[i].path, reason);
}

/* Those that can be written now, which are all or none, and what they need. */
static enum status find_missing(
    struct file_set *absent, struct buf *chain, const struct renewal_state *r)
{
	struct log_capture capture;
	enum status st = find_absent(absent, r);

	if (st != ST_OK || absent->count == 0)
		return st;
	log_capture_begin(&capture);
	st = find_known_chain(chain, r);
	log_capture_end(&capture);
	if (st != ST_OK) {
		warn_of_absent(absent, capture.text);
		absent->count = 0;
	}
	return ST_OK;
}

/* As in a renewal: all are complete before the first takes its place. */
static enum status write_missing(struct renewal_state *r,
    const struct file_set *missing, const struct buf *chain)
{
	struct buf cert = {0};
	enum status st = ST_OK;

	if (!cert_add_pem(&cert, r->cert))
		return fail_crypto(ST_FILE, "the certificate: cannot encode");
	output_hold_signals();
	st = write_set(r, missing, false, &cert, chain);
	if (st == ST_OK)
		st = renew_hook_mark_files(r);
	if (st == ST_OK)
		st = swap_finish(missing->files, missing->count);
	output_release_signals();
	buf_free(&cert);
	return st;
}

enum status renew_files_provide(struct renewal_state *r)
{
	struct file_set missing;
	struct buf chain = {0};
	enum status st = find_missing(&missing, &chain, r);
	size_t i;

	if (st == ST_OK && missing.count > 0) {
		st = write_missing(r, &missing, &chain);
		for (i = 0; st == ST_OK && i < missing.count; i++)
			say("%s was not there, and is written",
			    missing.files[i].path);
		if (st == ST_OK && r->action == NULL)
			r->action = HOOK_ACTION_FILES;
	}
	buf_free(&chain);
	return st;
}

enum status renew_files_show(const struct renewal_state *r, bool *any)
{
	struct file_set missing;
	struct buf chain = {0};
	enum status st = find_missing(&missing, &chain, r);
	size_t i;

	if (st == ST_OK &&
	    find_file(&missing, r->options->renew.bundle) != NULL)
		st = renew_files_check(r, false);
	*any = st == ST_OK && missing.count > 0;
	for (i = 0; *any && i < missing.count; i++)
		say_plain("would write %s", missing.files[i].path);
	buf_free(&chain);
	return st;
}
