#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "compat/openssl.h"
#include "http/trust.h"
#include "keys/key.h"
#include "keys/probe.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/log.h"
#include "util/target.h"

#define NAME_SHOWN 160

#define NO_COMMON_NAME "the common name does not count (RFC 9525, 2)"

static enum status add_ca_file(X509_STORE *store, const char *path)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	struct buf file = {0};
	enum status st;
	int i;

	if (certs == NULL)
		return fail_memory();

	if ((st = file_read(&file, path, "TLS CA file")) != ST_OK)
		goto out;
	if (!cert_parse(certs, file.data, file.len) ||
	    sk_X509_num(certs) == 0) {
		st = fail_crypto(ST_FILE,
		    "TLS CA file %s: no certificates in PEM or DER", path);
		goto out;
	}

	for (i = 0; st == ST_OK && i < sk_X509_num(certs); i++)
		if (!X509_STORE_add_cert(store, sk_X509_value(certs, i)))
			st = fail_crypto(ST_FILE, "TLS CA file %s", path);
out:
	cert_stack_free(certs);
	buf_free(&file);
	return st;
}

static enum status add_ca_dir(X509_STORE *store, const char *path)
{
	struct target target;
	enum status st;

	st = target_find(&target, path, "TLS CA directory ");
	if (st == ST_OK && !target.exists)
		st = fail(ST_FILE,
		    "TLS CA directory %s: No such file or directory", path);
	else if (st == ST_OK && !S_ISDIR(target.status.st_mode))
		st =
		    fail(ST_FILE, "TLS CA directory %s: not a directory", path);
	else if (st == ST_OK &&
	    !X509_STORE_load_locations(store, NULL, target.path))
		st = fail_crypto(ST_FILE, "TLS CA directory %s", path);
	target_free(&target);
	return st;
}

static enum status trust_read_cas(
    X509_STORE *store, const struct tls_options *options)
{
	enum status st = ST_OK;

	if (options->ca_file == NULL && options->ca_dir == NULL &&
	    !compat_add_system_cas(store))
		return fail_crypto(
		    ST_FILE, "cannot read the CA certificates of the system");
	if (options->ca_file != NULL)
		st = add_ca_file(store, options->ca_file);
	if (st == ST_OK && options->ca_dir != NULL)
		st = add_ca_dir(store, options->ca_dir);
	return st;
}

static enum status trust_read_client(
    struct trust *trust, const struct tls_options *options)
{
	const struct key_place place = {
	    .name = options->key != NULL ? options->key : options->cert,
	    .what = "TLS key",
	    .option = "--tls-passin",
	    .pass = options->pass,
	};
	char name[KEY_NAME_MAX];
	enum status st;

	if (options->cert == NULL && options->key == NULL)
		return ST_OK;
	if (options->cert == NULL)
		return fail(ST_ERROR,
		    "--tls-key (TLSKeyFile) needs --tls-cert (TLSCertFile)");

	st = cert_read_all(&trust->certs, options->cert, "TLS certificate");
	if (st == ST_OK)
		st = key_read(&trust->key, &place);
	if (st == ST_OK &&
	    !cert_has_key(sk_X509_value(trust->certs, 0), trust->key))
		st = fail(ST_FILE,
		    "TLS key %s: not the key of the TLS certificate %s",
		    key_name_shown(name, place.name), options->cert);
	if (st == ST_OK && !probe_signs_for_tls(trust->key))
		st = fail(ST_FILE,
		    "TLS key %s: it does not sign for TLS: its PIN may be "
		    "wrong, or this libcrypto too old for keys of its provider",
		    key_name_shown(name, place.name));
	return st;
}

enum status trust_read(struct trust *trust, const struct tls_options *options)
{
	enum status st;

	memset(trust, 0, sizeof(*trust));
	if ((st = trust_read_client(trust, options)) != ST_OK)
		return st;
	if (options->insecure) {
		warn(WARN_TLS_INSECURE,
		    "the TLS server is not verified: an attacker on the path "
		    "can read and change everything (--tls-insecure)");
		if (!options->judged)
			return ST_OK;
	}

	if ((trust->store = X509_STORE_new()) == NULL)
		return fail_memory();
	return trust_read_cas(trust->store, options);
}

void trust_free(struct trust *trust)
{
	X509_STORE_free(trust->store);
	cert_stack_free(trust->certs);
	EVP_PKEY_free(trust->key);
	memset(trust, 0, sizeof(*trust));
}

bool trust_set_host(X509_VERIFY_PARAM *param, char *name, const char *host)
{
	size_t len;

	name[0] = '\0';
	if (X509_VERIFY_PARAM_set1_ip_asc(param, host))
		return true;
	ERR_clear_error();

	len = (size_t)snprintf(name, TRUST_NAME_SIZE, "%s", host);
	if (len >= TRUST_NAME_SIZE)
		return false;
	if (len > 1 && name[len - 1] == '.')
		name[len - 1] = '\0';
	X509_VERIFY_PARAM_set_hostflags(param,
	    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS |
		X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set1_host(param, name, 0) == 1;
}

static bool has_alt_name(const X509 *cert, int type)
{
	GENERAL_NAMES *names =
	    X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false;
	int i;

	for (i = 0; !found && i < sk_GENERAL_NAME_num(names); i++)
		found = sk_GENERAL_NAME_value(names, i)->type == type;
	GENERAL_NAMES_free(names);
	return found;
}

/*
 * Says that the certificate has no subjectAltName of the kind that was looked
 * for; "" if it has one of that kind, with another value.
 */
static const char *describe_missing_name(int error, const X509 *cert)
{
	if (error == X509_V_ERR_HOSTNAME_MISMATCH &&
	    !has_alt_name(cert, GEN_DNS))
		return ", it has no subjectAltName with a DNS name, "
		       "and " NO_COMMON_NAME;
	if (error == X509_V_ERR_IP_ADDRESS_MISMATCH &&
	    !has_alt_name(cert, GEN_IPADD))
		return ", it has no subjectAltName with an IP address, "
		       "and " NO_COMMON_NAME;
	return "";
}

static const char *suggest_fix(int error)
{
	switch (error) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return "; use a name or address of its subjectAltName in the "
		       "URL, or have the server get a certificate with this "
		       "one";
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return "; --tls-ca-file can name the CA that issued it";
	default:
		return "";
	}
}

void trust_explain(char *out, size_t size, X509_STORE_CTX *context)
{
	int error = X509_STORE_CTX_get_error(context);
	const X509 *cert = X509_STORE_CTX_get_current_cert(context);
	char shown[NAME_SHOWN];
	struct buf name = {0};

	if (cert != NULL)
		cert_name_text(&name, X509_get_subject_name(cert));
	snprintf(out, size,
	    "the certificate of the server is not trusted: %s%s (\"%s\")%s",
	    X509_verify_cert_error_string(error),
	    cert != NULL ? describe_missing_name(error, cert) : "",
	    log_escape(shown, sizeof(shown), buf_string(&name),
		strlen(buf_string(&name))),
	    suggest_fix(error));
	buf_free(&name);
}
