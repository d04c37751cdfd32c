/*
 * Unit test: a secret that is no longer needed must not stay in memory, and
 * other processes must not read that memory.  The test searches the whole
 * memory of its process.  The secrets are therefore made by a child process,
 * which writes them to files, and the strings to search for in a masked form.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef HAVE_PR_SET_DUMPABLE
#include <sys/prctl.h>
#endif

#include <cmocka.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "compat/process.h"
#include "fixtures.h"
#include "http/url.h"
#include "keys/key.h"
#include "keys/secret.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "options/options.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "pki/csr.h"
#include "scep/content.h"
#include "scep/message.h"
#include "util/buf.h"
#include "util/file.h"
#include "util/log.h"

#define MASK        0x5a
#define NEEDLE      24
#define NEEDLES_MAX 8
#define CHUNK       (1024 * 1024)
#define REGION_MAX  (256ul * 1024 * 1024) /* sanitizers have larger ones */

enum { KEY_CLIENT, KEY_CA };

/* -- in the child: making secrets ------------------------------------------ */

static void make_text(char *out, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		out[i] = (char)('a' + (seed >> 16) % 26);
	}
	out[len] = '\0';
}

static void write_masked(const char *name, const void *bytes)
{
	unsigned char masked[NEEDLE];
	size_t i;

	for (i = 0; i < NEEDLE; i++)
		masked[i] = ((const unsigned char *)bytes)[i] ^ MASK;
	fixture_write(fixture_path(name), masked, NEEDLE);
}

static void write_bio(const char *name, BIO *bio)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	fixture_write(fixture_path(name), bytes, (size_t)len);
}

/*
 * Writes a request in PEM and DER.  Searched for are the challengePassword, as
 * text and in its line of PEM, and the end of the signature.
 */
static void make_request(void)
{
	BIO *pem = BIO_new(BIO_s_mem()), *der = BIO_new(BIO_s_mem());
	X509_REQ *csr = X509_REQ_new();
	X509_NAME *name = fixture_name("client");
	char text[NEEDLE + 1], *bytes;
	long len;

	make_text(text, NEEDLE, 1);
	write_masked("challenge", text);
	if (!X509_REQ_set_subject_name(csr, name) ||
	    !X509_REQ_set_pubkey(csr, fixture_rsa(KEY_CLIENT)) ||
	    !X509_REQ_add1_attr_by_NID(csr, NID_pkcs9_challengePassword,
		V_ASN1_PRINTABLESTRING, (unsigned char *)text, NEEDLE) ||
	    !X509_REQ_sign(csr, fixture_rsa(KEY_CLIENT), EVP_sha256()) ||
	    !PEM_write_bio_X509_REQ(pem, csr) || !i2d_X509_REQ_bio(der, csr))
		abort();
	write_bio("csr.pem", pem);
	write_bio("csr.der", der);
	len = BIO_get_mem_data(der, &bytes);
	write_masked("signature", bytes + len - NEEDLE);
	len = BIO_get_mem_data(pem, &bytes);
	/* It is in the sixth line; lines have 64 characters and a newline. */
	write_masked("line", bytes + strlen(PEM_STRING_X509_REQ) + 17 + 5 * 65);
	X509_NAME_free(name);
	X509_REQ_free(csr);
	BIO_free(der);
	BIO_free(pem);
}

static void make_key(void)
{
	BIO *pem = BIO_new(BIO_s_mem()), *der = BIO_new(BIO_s_mem());
	BIO *plain = BIO_new(BIO_s_mem());
	EVP_PKEY *key = fixture_rsa(KEY_CLIENT);
	char phrase[NEEDLE + 1], *bytes;
	long len;

	make_text(phrase, NEEDLE, 2);
	write_masked("phrase", phrase);
	fixture_write(fixture_path("pass"), phrase, NEEDLE);
	if (!PEM_write_bio_PKCS8PrivateKey(
		pem, key, EVP_aes_128_cbc(), phrase, NEEDLE, NULL, NULL) ||
	    !i2d_PrivateKey_bio(der, key) ||
	    !PEM_write_bio_PrivateKey(plain, key, NULL, NULL, 0, NULL, NULL))
		abort();
	write_bio("locked.pem", pem);
	write_bio("key.der", der);
	write_bio("key.pem", plain);
	/* The private exponent follows modulus and public exponent. */
	len = BIO_get_mem_data(der, &bytes);
	assert_true(len > 400);
	write_masked("private", bytes + 350);
	len = BIO_get_mem_data(plain, &bytes);
	assert_true(len > 800);
	write_masked(
	    "private-line", bytes + strlen(PEM_STRING_PKCS8INF) + 17 + 10 * 65);
	BIO_free(plain);
	BIO_free(der);
	BIO_free(pem);
}

static void make_cert(const char *file, const struct cert_spec *spec)
{
	BIO *pem = BIO_new(BIO_s_mem());
	X509 *cert = fixture_cert(spec);

	if (!PEM_write_bio_X509(pem, cert))
		abort();
	write_bio(file, pem);
	X509_free(cert);
	BIO_free(pem);
}

static void make_certs(void)
{
	make_cert("rsa-ca",
	    &(struct cert_spec){
		.cn = "CA", .key = fixture_rsa(KEY_CA), .ca = true});
	make_cert("ec-ca",
	    &(struct cert_spec){.cn = "CA", .key = fixture_ec(), .ca = true});
	make_cert("client",
	    &(struct cert_spec){
		.cn = "client", .key = fixture_rsa(KEY_CLIENT)});
}

/* Percent-decoding shortens the password by the length of the needle. */
static void make_proxy(void)
{
	char text[256], secret[NEEDLE + 1];
	size_t len;
	int i;

	make_text(secret, NEEDLE, 3);
	write_masked("password", secret);
	len = (size_t)snprintf(text, sizeof(text), "user:");
	for (i = 0; i < NEEDLE / 2 + 1; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%%61");
	len += (size_t)snprintf(
	    text + len, sizeof(text) - len, "%s@127.0.0.1:1", secret);
	fixture_write(fixture_path("proxy"), text, len);
}

/*
 * A configuration with a secret at each place that can have one.  What is before
 * a secret is as long as what free() overwrites of a block.
 */
static void make_options(void)
{
	static const struct {
		const char *name, *before, *after;
	} lines[] = {
	    {.name = "key-uri",
		.before = "PrivateKeyFile = pkcs11:object=key;pin-value=",
		.after = "\n"},
	    {.name = "key-phrase",
		.before = "KeyPassword = pass:",
		.after = "\n"},
	    {.name = "sign-phrase",
		.before = "SignKeyPassword = pass:",
		.after = "\n"},
	    {.name = "new-challenge",
		.before = "Challenge = pass:",
		.after = "\n"},
	    {.name = "of-proxy",
		.before = "Proxy = http://user:",
		.after = "@127.0.0.1:1\n"},
	    {.name = "parameter",
		.before = "MonitorInformation = token=",
		.after = "\n"},
	    {.name = "variable",
		.before = "mine = ",
		.after = "\nTLSKeyPassword = pass:$mine\n"},
	    {.name = "engine-pin", .before = "[engine]\nPIN = ", .after = "\n"},
	};
	char secret[NEEDLE + 1];
	struct buf text = {0};
	unsigned int i;
	bool ok;

	ok = buf_add_string(&text,
	    "URL = http://127.0.0.1:1/\nCACertFile = ca.crt\n"
	    "CertReqFile = new.csr\nLocalCertFile = new.crt\n"
	    "SignKeyFile = old.key\nSignCertFile = old.crt\n"
	    "Subject = /CN=client\nengine = engine\n");
	for (i = 0; i < NITEMS(lines); i++) {
		make_text(secret, NEEDLE, 10 + i);
		write_masked(lines[i].name, secret);
		ok = ok &&
		    buf_addf(&text, "%s0123456789abcdef%s%s", lines[i].before,
			secret, lines[i].after);
	}
	assert_true(ok);
	fixture_write(fixture_path("conf"), text.data, text.len);
	buf_free(&text);
}

static void run_child(void (*run)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) == 0) {
		run();
		fixture_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void make_files(void)
{
	make_request();
	make_key();
	make_proxy();
	make_options();
	make_certs();
}

/* -- searching ------------------------------------------------------------- */

struct needle {
	const char *name;
	struct buf masked;
	int count;
};

static unsigned char chunk[CHUNK];

static bool is_needle(const unsigned char *at, const struct buf *masked)
{
	size_t i;

	for (i = 0; i < masked->len; i++)
		if ((at[i] ^ MASK) != masked->data[i])
			return false;
	return true;
}

/*
 * Counts the needle in what was read from the address at, but not in the buffer
 * that was read into.  memchr() is fast with sanitizers, too.
 */
static void count_in(struct needle *needle, size_t len, unsigned long at)
{
	unsigned long own = (unsigned long)(uintptr_t)chunk;
	const unsigned char *from = chunk, *last = chunk + len - NEEDLE;
	int first = needle->masked.data[0] ^ MASK;

	while (from <= last &&
	    (from = memchr(from, first, (size_t)(last - from) + 1)) != NULL) {
		if (is_needle(from, &needle->masked) &&
		    at + (unsigned long)(from - chunk) - own >= CHUNK)
			needle->count++;
		from++;
	}
}

static void search_region(int mem, unsigned long begin, unsigned long end,
    struct needle *needles, size_t count)
{
	ssize_t got;
	size_t i;

	while (begin + NEEDLE <= end) {
		got = pread(mem, chunk,
		    end - begin < CHUNK ? end - begin : CHUNK, (off_t)begin);
		if (got < NEEDLE)
			break;
		for (i = 0; i < count; i++)
			count_in(&needles[i], (size_t)got, begin);
		begin += (unsigned long)got - NEEDLE + 1;
	}
}

static void search(struct needle *needles, size_t count)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY);
	unsigned long begin, end;
	char line[512], mode[5];
	size_t i;

	if (maps == NULL || mem < 0)
		skip();
	for (i = 0; i < count; i++) {
		assert_int_equal(
		    file_read(&needles[i].masked, fixture_path(needles[i].name),
			needles[i].name),
		    0);
		assert_int_equal(needles[i].masked.len, NEEDLE);
	}
	while (fgets(line, sizeof(line), maps) != NULL)
		if (sscanf(line, "%lx-%lx %4s", &begin, &end, mode) == 3 &&
		    strncmp(mode, "rw", 2) == 0 && end - begin <= REGION_MAX)
			search_region(mem, begin, end, needles, count);
	memset(chunk, 0, sizeof(chunk));
	for (i = 0; i < count; i++)
		buf_free(&needles[i].masked);
	fclose(maps);
	close(mem);
}

static int count_copies(const char *name)
{
	struct needle needle = {.name = name};

	search(&needle, 1);
	return needle.count;
}

static void find_all(
    struct needle *needles, size_t *count, const char *const *names)
{
	for (*count = 0; names[*count] != NULL; (*count)++) {
		assert_true(*count < NEEDLES_MAX);
		needles[*count] = (struct needle){.name = names[*count]};
	}
	search(needles, *count);
}

static void expect_none(const char *const *names, const char *where)
{
	struct needle needles[NEEDLES_MAX];
	size_t count, i;

	find_all(needles, &count, names);
	for (i = 0; i < count; i++)
		if (needles[i].count != 0)
			fixture_fail("%s: %d copies of the %s", where,
			    needles[i].count, needles[i].name);
}

static void expect_each(const char *const *names, const char *where)
{
	struct needle needles[NEEDLES_MAX];
	size_t count, i;

	find_all(needles, &count, names);
	for (i = 0; i < count; i++)
		if (needles[i].count == 0)
			fixture_fail("%s: no %s", where, needles[i].name);
}

static int group_setup(void **state)
{
	(void)state;
	fixture_directory();
	run_child(make_files);
	return 0;
}

/* -- requests -------------------------------------------------------------- */

static void read_certs(struct cabundle *bundle, const char *ca)
{
	X509 *certs[] = {NULL, NULL};

	assert_int_equal(cert_read(&certs[0], fixture_path(ca), "CA"), ST_OK);
	cabundle_set(bundle, fixture_stack(certs));
	X509_free(certs[0]);
}

static void encode(const char *csr_name, const char *ca)
{
	struct key_place place = {
	    .name = fixture_path("key.der"), .what = "key", .option = "-k"};
	struct buf challenge = {0}, content = {0}, message = {0};
	struct scep_request request = {.type = MESSAGE_PKCSREQ,
	    .transaction_id = "1",
	    .digest = EVP_sha256(),
	    .cipher = EVP_aes_128_cbc()};
	struct cabundle bundle;
	X509_REQ *csr;

	read_certs(&bundle, ca);
	assert_int_equal(csr_read(&csr, fixture_path(csr_name)), ST_OK);
	assert_int_equal(key_read(&request.key, &place), ST_OK);
	assert_int_equal(
	    cert_read(&request.signer, fixture_path("client"), "client"),
	    ST_OK);
	assert_int_equal(csr_add_challenge(&challenge, csr), ST_OK);
	assert_int_equal(content_add_csr(&content, csr), ST_OK);
	request.content = content.data;
	request.content_len = content.len;
	request.password = &challenge;
	request.bundle = &bundle;
	assert_int_equal(scep_request_encode(&message, &request), ST_OK);
	/* The search finds the password while it is in memory. */
	assert_true(count_copies("challenge") > 0);
	X509_REQ_free(csr);
	X509_free(request.signer);
	EVP_PKEY_free(request.key);
	cabundle_free(&bundle);
	buf_free(&challenge);
	buf_free(&content);
	buf_free(&message);
}

static bool wiped; /* what libcrypto frees */

static void test_request(void **state)
{
	static const char *const files[] = {"csr.pem", "csr.der"};
	static const char *const recipients[] = {"rsa-ca", "ec-ca"};
	static const char *const secrets[] = {
	    "challenge", "line", "signature", NULL};
	char where[64];
	size_t i, j;

	(void)state;
	if (!wiped)
		skip();
	for (EACH_ROW(i, files, files[i])) {
		for (EACH_ROW(j, recipients, recipients[j])) {
			snprintf(where, sizeof(where), "%s for %s", files[i],
			    recipients[j]);
			encode(files[i], recipients[j]);
			expect_none(secrets, where);
		}
	}
}

/* -- keys ------------------------------------------------------------------ */

static void test_key(void **state)
{
	static const char *const files[] = {"key.der", "key.pem", "locked.pem"};
	static const char *const secrets[] = {
	    "phrase", "private", "private-line", NULL};
	struct pass pass;
	struct key_place place = {.what = "key", .option = "-k", .pass = &pass};
	char source[256];
	EVP_PKEY *key;
	size_t i;

	(void)state;
	if (!wiped)
		skip();
	snprintf(source, sizeof(source), "file:%s", fixture_path("pass"));
	for (EACH_ROW(i, files, files[i])) {
		assert_int_equal(pass_read(&pass, source, "-k"), ST_OK);
		assert_true(count_copies("phrase") > 0);
		place.name = fixture_path(files[i]);
		assert_int_equal(key_read(&key, &place), ST_OK);
		EVP_PKEY_free(key);
		pass_wipe(&pass);
		expect_none(secrets, files[i]);
	}
}

/* As a decoder does; more than once, as the next calls overwrite some. */
static void leave_on_stack(const char *path)
{
	char area[16 * 1024];
	int fd = open(path, O_RDONLY);
	size_t at;

	for (at = 0; at < sizeof(area); at += 64)
		if (pread(fd, area + at, 64, 0) <= 0)
			abort();
	close(fd);
}

static void test_nothing_secret_stays_on_the_stack(void **state)
{
	static const char *const secrets[] = {"phrase", NULL};
	void (*volatile leave)(const char *) = leave_on_stack;

	(void)state;
	leave(fixture_path("pass"));
	assert_true(count_copies("phrase") > 0);
	leave(fixture_path("pass"));
	secret_wipe_stack();
	expect_none(secrets, "the stack");
}

/* -- proxies --------------------------------------------------------------- */

static void test_the_password_of_a_proxy_is_wiped(void **state)
{
	static const char *const secrets[] = {"password", NULL};
	struct buf text = {0};
	struct url url;

	(void)state;
	assert_int_equal(
	    file_read(&text, fixture_path("proxy"), "proxy"), ST_OK);
	assert_int_equal(
	    url_parse_proxy(&url, buf_string(&text), "proxy"), ST_OK);
	buf_free(&text);
	assert_true(count_copies("password") > 0);
	url_free(&url);
	expect_none(secrets, "proxy");
}

/* -- options --------------------------------------------------------------- */

static void test_secrets_among_the_options_are_wiped(void **state)
{
	static const char *const secrets[] = {"key-uri", "key-phrase",
	    "sign-phrase", "new-challenge", "of-proxy", "parameter", "variable",
	    "engine-pin", NULL};
	char ways[][16] = {"--no-warn=all", "--dump-config", "--debug"};
	char file[256];
	char *argv[] = {"sscep", "enroll", "-f", file, NULL, NULL};
	enum options_action action;
	struct options options;
	enum status st;
	const char *said;
	size_t i;

	(void)state;
	snprintf(file, sizeof(file), "%s", fixture_path("conf"));
	for (i = 0; i < NITEMS(ways); i++) {
		argv[4] = ways[i];
		capture_start(STDERR_FILENO);
		st = options_parse(&options, &action, 5, argv);
		said = capture_stop();
		if (st != ST_OK)
			fixture_fail("%s: %s", ways[i], said);
		expect_each(secrets, ways[i]);
		options_free(&options);
		expect_none(secrets, ways[i]);
	}
	log_set_level(LOG_WARNING);
}

/* -- a lack of memory ------------------------------------------------------- */

static void lack_memory(void)
{
	volatile size_t most = (size_t)PTRDIFF_MAX + 1;

	assert_null(OPENSSL_malloc(most));
	ERR_clear_error();
	assert_true(compat_lacked_memory());
}

/* After that a failure is told as what it may come from. */
static void test_a_lack_of_memory_is_told_as_that(void **state)
{
	static const struct {
		const char *name;
		enum status st;
		bool explained;
	} cases[] = {{.name = "ST_ERROR", .st = ST_ERROR, .explained = true},
	    {.name = "ST_SELFSIGNED", .st = ST_SELFSIGNED, .explained = true},
	    {.name = "ST_FILE", .st = ST_FILE, .explained = true},
	    {.name = "ST_NETWORK", .st = ST_NETWORK, .explained = true},
	    {.name = "ST_REPLY", .st = ST_REPLY, .explained = true},
	    {.name = "ST_PENDING", .st = ST_PENDING},
	    {.name = "ST_LOCKED", .st = ST_LOCKED},
	    {.name = "ST_HOOK", .st = ST_HOOK}};
	enum status st, wanted;
	const char *text;
	size_t i;

	(void)state;
	if (!wiped)
		skip();
	lack_memory();
	for (EACH_ROW(i, cases, cases[i].name)) {
		wanted = cases[i].explained ? ST_ERROR : cases[i].st;
		capture_start(STDERR_FILENO);
		st = fail(cases[i].st, "the text");
		text = capture_stop();
		assert_int_equal(st, wanted);
		assert_string_equal(text,
		    cases[i].explained ? "sscep: out of memory\n"
				       : "sscep: the text\n");
	}
	compat_forget_lack_of_memory();
	assert_false(compat_lacked_memory());
	assert_int_equal(fail(ST_REPLY, "the text"), ST_REPLY);
}

/* Whether the next poll succeeds does not depend on memory that was lacking. */
static void test_a_former_lack_does_not_matter_to_a_poll(void **state)
{
	struct options options = {
	    .poll_interval = 0, .poll_time = 10, .poll_count = 1};
	struct poll poll;

	(void)state;
	if (!wiped)
		skip();
	options.operation = ops_all[0];
	lack_memory();
	poll_start(&poll, &options, "id");
	assert_int_equal(poll_wait(&poll), ST_OK);
	poll_end(&poll);
	assert_false(compat_lacked_memory());
}

/* -- cores ----------------------------------------------------------------- */

/* Returns expected on systems where this cannot be queried. */
static bool is_dumpable(bool expected)
{
#ifdef HAVE_PR_SET_DUMPABLE
	(void)expected;
	return prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
#else
	return expected;
#endif
}

static const char *allow_core;
static bool expect_core;

/* Runs in a child, because the limit cannot be raised again. */
static void forbid_core(void)
{
	struct rlimit before, after;

	if (allow_core != NULL)
		setenv(COMPAT_ALLOW_CORE, allow_core, 1);
	else
		unsetenv(COMPAT_ALLOW_CORE);
	getrlimit(RLIMIT_CORE, &before);
	before.rlim_cur = before.rlim_max;
	setrlimit(RLIMIT_CORE, &before);
	compat_forbid_core();
	getrlimit(RLIMIT_CORE, &after);
	if (!expect_core)
		before.rlim_cur = 0;
	if (after.rlim_cur != before.rlim_cur ||
	    after.rlim_max != before.rlim_max ||
	    is_dumpable(expect_core) != expect_core)
		fixture_exit(1);
}

static void test_core_files_are_forbidden(void **state)
{
	static const struct {
		const char *name;
		const char *allow;
		bool core;
	} cases[] = {{
			 .name = "no variable",
		     },
	    {.name = "1", .allow = "1", .core = true},
	    {.name = "0", .allow = "0"}, {.name = "an empty one", .allow = ""},
	    {.name = "10", .allow = "10"}, {.name = "yes", .allow = "yes"}};
	size_t i;

	(void)state;
	for (EACH_ROW(i, cases, cases[i].name)) {
		allow_core = cases[i].allow;
		expect_core = cases[i].core;
		run_child(forbid_core);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_request),
	    cmocka_unit_test(test_key),
#ifndef FIXTURE_SANITIZED
	    cmocka_unit_test(test_nothing_secret_stays_on_the_stack),
	    cmocka_unit_test(test_a_lack_of_memory_is_told_as_that),
	    cmocka_unit_test(test_a_former_lack_does_not_matter_to_a_poll),
#endif
	    cmocka_unit_test(test_the_password_of_a_proxy_is_wiped),
	    cmocka_unit_test(test_secrets_among_the_options_are_wiped),
	    cmocka_unit_test(test_core_files_are_forbidden),
	};

#ifdef FIXTURE_SANITIZED
	/* Its frames are larger than what is wiped; it reports a lack of memory. */
	(void)test_nothing_secret_stays_on_the_stack;
	(void)test_a_lack_of_memory_is_told_as_that;
	(void)test_a_former_lack_does_not_matter_to_a_poll;
#endif
	wiped = compat_wipe_freed();
	if (!wiped)
		print_message("what libcrypto frees is not wiped here\n");
	return cmocka_run_group_tests(tests, group_setup, fixture_cleanup);
}
