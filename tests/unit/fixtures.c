#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method() */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "keys.h"
#include "util/log.h"

#ifdef FIXTURE_SANITIZED
#include <sanitizer/lsan_interface.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#endif

#define PATH_SIZE    512
#define CAPTURE_SIZE 65536

static char directory[PATH_SIZE];
static EVP_PKEY *rsa_keys[FIXTURE_KEYS], *ec_key;

void fixture_fail(const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	print_error("%s\n", text);
	_fail(__FILE__, __LINE__);
}

void fixture_within(const char *file, int line, long long value,
    long long least, long long most)
{
	if (value >= least && value <= most)
		return;
	print_error("%lld is not from %lld to %lld\n", value, least, most);
	_fail(file, line);
}

void fixture_exit(int status)
{
#ifdef FIXTURE_SANITIZED
#ifdef PR_SET_DUMPABLE
	/* The sanitizer traces the process, which some tests forbid. */
	prctl(PR_SET_DUMPABLE, 1);
#endif
	__lsan_do_leak_check();
#endif
	_exit(status);
}

const char *fixture_directory(void)
{
	const char *tmp = getenv("TMPDIR");

	if (directory[0] != '\0')
		return directory;
	snprintf(directory, sizeof(directory), "%s/sscep-test.XXXXXX",
	    tmp != NULL && strlen(tmp) < PATH_SIZE / 2 ? tmp : "/tmp");
	if (mkdtemp(directory) == NULL)
		abort();
	return directory;
}

const char *fixture_path(const char *name)
{
	static char paths[32][2 * PATH_SIZE];
	static size_t next;
	char *path = paths[next++ % NITEMS(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%s", fixture_directory(), name);
	return path;
}

void fixture_write(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		fixture_fail("cannot write %s", path);
}

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

int fixture_count_files(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	if (dir == NULL)
		fixture_fail("cannot list %s", path);
	while ((entry = readdir(dir)) != NULL)
		count += !is_dot(entry->d_name);
	closedir(dir);
	return count;
}

void fixture_remove(const char *path)
{
	char name[4 * PATH_SIZE];
	struct dirent *entry;
	struct stat sb;
	DIR *dir;

	if (lstat(path, &sb) != 0)
		return;
	if (!S_ISDIR(sb.st_mode)) {
		unlink(path);
		return;
	}
	if ((dir = opendir(path)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (is_dot(entry->d_name))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		fixture_remove(name);
	}
	closedir(dir);
	rmdir(path);
}

int fixture_cleanup(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < FIXTURE_KEYS; i++) {
		EVP_PKEY_free(rsa_keys[i]);
		rsa_keys[i] = NULL;
	}
	EVP_PKEY_free(ec_key);
	ec_key = NULL;
	if (directory[0] != '\0')
		fixture_remove(directory);
	directory[0] = '\0';
	return 0;
}

static FILE *captured;
static int captured_fd, saved_fd;

void capture_start(int fd)
{
	fflush(stdout);
	fflush(stderr);
	captured_fd = fd;
	captured = tmpfile();
	saved_fd = dup(fd);
	if (captured == NULL || saved_fd < 0 || dup2(fileno(captured), fd) < 0)
		abort();
}

const char *capture_stop(void)
{
	static char text[CAPTURE_SIZE];
	size_t len;

	fflush(stdout);
	fflush(stderr);
	if (dup2(saved_fd, captured_fd) < 0)
		abort();
	close(saved_fd);
	rewind(captured);
	len = fread(text, 1, sizeof(text) - 1, captured);
	text[len] = '\0';
	fclose(captured);
	return text;
}

static struct log_capture silence;

void silence_start(void)
{
	log_set_level(LOG_ERROR);
	log_capture_begin(&silence);
}

void silence_stop(void)
{
	log_capture_end(&silence);
	log_set_level(LOG_WARNING);
}

EVP_PKEY *fixture_rsa(int number)
{
	BIO *text;

	if (rsa_keys[number] != NULL)
		return rsa_keys[number];
	if ((text = BIO_new_mem_buf(keys_rsa[number], -1)) == NULL)
		abort();
	rsa_keys[number] = PEM_read_bio_PrivateKey(text, NULL, NULL, NULL);
	if (rsa_keys[number] == NULL)
		abort();
	BIO_free(text);
	return rsa_keys[number];
}

EVP_PKEY *fixture_ec(void)
{
	EVP_PKEY_CTX *ctx;

	if (ec_key != NULL)
		return ec_key;
	ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) <= 0 ||
	    EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, NID_X9_62_prime256v1) <=
		0 ||
	    EVP_PKEY_keygen(ctx, &ec_key) <= 0)
		abort();
	EVP_PKEY_CTX_free(ctx);
	return ec_key;
}

X509_NAME *fixture_name(const char *cn)
{
	static const unsigned char org[] = "Test, Inc.";
	X509_NAME *name = X509_NAME_new();

	if (name == NULL ||
	    !X509_NAME_add_entry_by_NID(name, NID_organizationName,
		V_ASN1_PRINTABLESTRING, org, -1, -1, 0) ||
	    !X509_NAME_add_entry_by_NID(name, NID_commonName, V_ASN1_UTF8STRING,
		(const unsigned char *)cn, -1, -1, 0))
		abort();
	return name;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (extension == NULL || !X509_add_ext(cert, extension, -1))
		abort();
	X509_EXTENSION_free(extension);
}

X509 *fixture_cert(const struct cert_spec *spec)
{
	X509 *cert = X509_new(), *issuer = spec->issuer;
	EVP_PKEY *issuer_key =
	    spec->issuer_key != NULL ? spec->issuer_key : spec->key;
	X509_NAME *name = fixture_name(spec->cn);

	if (issuer == NULL)
		issuer = cert;
	if (cert == NULL || !X509_set_version(cert, 2) ||
	    !ASN1_INTEGER_set(X509_get_serialNumber(cert),
		spec->serial != 0 ? spec->serial : 1) ||
	    !X509_set_subject_name(cert, name) ||
	    !X509_set_issuer_name(cert, X509_get_subject_name(issuer)) ||
	    !X509_set_pubkey(cert, spec->key) ||
	    !X509_time_adj_ex(X509_getm_notBefore(cert),
		(int)(spec->from != 0 ? spec->from : -1), 0, NULL) ||
	    !X509_time_adj_ex(X509_getm_notAfter(cert),
		(int)(spec->to != 0 ? spec->to : 100), 0, NULL))
		abort();
	if (spec->ca)
		add_extension(
		    cert, issuer, NID_basic_constraints, "critical,CA:TRUE");
	if (spec->usage != NULL)
		add_extension(cert, issuer, NID_key_usage, spec->usage);
	if (spec->purpose != NULL)
		add_extension(cert, issuer, NID_ext_key_usage, spec->purpose);
	if (spec->ids) {
		add_extension(cert, issuer, NID_subject_key_identifier, "hash");
		add_extension(
		    cert, issuer, NID_authority_key_identifier, "keyid");
	}
	if (!X509_sign(cert, issuer_key, EVP_sha256()))
		abort();
	X509_NAME_free(name);
	return cert;
}

X509 *fixture_ca_of(EVP_PKEY *key)
{
	struct cert_spec spec = {
	    .cn = "CA of CRLs", .key = fixture_rsa(1), .ca = true};
	X509 *ca = fixture_cert(&spec);

	assert_true(X509_set_pubkey(ca, key));
	return ca;
}

X509_REQ *fixture_csr(const char *cn, EVP_PKEY *key)
{
	X509_NAME *name = fixture_name(cn);
	X509_REQ *csr = X509_REQ_new();
	bool hashes = EVP_PKEY_base_id(key) == EVP_PKEY_ED25519;

	if (csr == NULL || !X509_REQ_set_subject_name(csr, name) ||
	    !X509_REQ_set_pubkey(csr, key) ||
	    !X509_REQ_sign(csr, key, hashes ? NULL : EVP_sha256()))
		abort();
	X509_NAME_free(name);
	return csr;
}

STACK_OF(X509) *fixture_stack(X509 *const *certs)
{
	STACK_OF(X509) *stack = sk_X509_new_null();
	int i;

	for (i = 0; i < FIXTURE_STACK && certs[i] != NULL; i++)
		if (!X509_up_ref(certs[i]) || !sk_X509_push(stack, certs[i]))
			abort();
	return stack;
}

#ifdef HAVE_RAND_SET_RAND_METHOD
static int no_bytes(unsigned char *out, int len)
{
	(void)out;
	(void)len;
	return 0;
}

bool no_random_start(void)
{
	static const RAND_METHOD none = {
	    .bytes = no_bytes, .pseudorand = no_bytes};
	unsigned char octet;

	return RAND_set_rand_method(&none) == 1 && RAND_bytes(&octet, 1) != 1;
}

void no_random_stop(void)
{
	RAND_set_rand_method(NULL);
}
#else
bool no_random_start(void)
{
	return false;
}

void no_random_stop(void)
{
}
#endif
