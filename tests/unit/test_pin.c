/* Unit test of src/pki/pin.c and pinned.c: pins, and what they admit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "fixtures.h"
#include "pki/cert.h"
#include "pki/pinned.h"
#include "util/buf.h"
#include "util/log.h"

#define H16 "00112233445566778899AABBCCDDEEFF"
#define H32 H16 H16
#define C4  "00:11:22:33"
#define C16 C4 ":44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

/* Fingerprints in the forms that people paste, and their digests. */
static void test_fingerprints_are_read(void **state)
{
	static const struct {
		const char *text, *digest;
		size_t len;
	} good[] = {
	    {.text = H16, .digest = "md5", .len = 16},
	    {.text = H16 "00112233", .digest = "sha1", .len = 20},
	    {.text = H16 "001122334455667788990011",
		.digest = "sha224",
		.len = 28},
	    {.text = H32, .digest = "sha256", .len = 32},
	    {.text = H32 H16, .digest = "sha384", .len = 48},
	    {.text = H32 H32, .digest = "sha512", .len = 64},
	    {.text = C16, .digest = "md5", .len = 16},
	    {.text = C16 ":" C4, .digest = "sha1", .len = 20},
	    {.text = C16 ":" C16, .digest = "sha256", .len = 32},
	    {.text = "00112233445566778899aabbccddeeff",
		.digest = "md5",
		.len = 16},
	    {.text = " 00 11 22 33 44 55 66 77 88 99 aa BB cc DD ee FF ",
		.digest = "md5",
		.len = 16},
	    {.text = "0011 2233 4455 6677\t8899 aabb ccdd eeff\r\n",
		.digest = "md5",
		.len = 16},
	    {.text = "sha256:" C16 ":" C16, .digest = "sha256", .len = 32},
	    {.text = "SHA256:" H32, .digest = "sha256", .len = 32},
	    {.text = "SHA256 Fingerprint=" C16 ":" C16,
		.digest = "sha256",
		.len = 32},
	    {.text = "sha256 Fingerprint=" C16 ":" C16,
		.digest = "sha256",
		.len = 32},
	    {.text = "SHA256 fingerprint: " C16 ":" C16,
		.digest = "sha256",
		.len = 32},
	    {.text = "SHA-256: " C16 ":" C16, .digest = "sha256", .len = 32},
	    {.text = "sha-256 Fingerprint = " H32,
		.digest = "sha256",
		.len = 32},
	    {.text = "  SHA1 Fingerprint=" C16 ":" C4,
		.digest = "sha1",
		.len = 20},
	    {.text = "SHA-1 " C16 ":" C4, .digest = "sha1", .len = 20},
	    {.text = "MD5 Fingerprint=" C16, .digest = "md5", .len = 16},
	    {.text = "md5=" H16, .digest = "md5", .len = 16},
	    {.text = "SHA-224: " H16 "001122334455667788990011",
		.digest = "sha224",
		.len = 28},
	    {.text = "Sha384:" H32 H16, .digest = "sha384", .len = 48},
	    {.text = "SHA512 Fingerprint=" H32 H32,
		.digest = "sha512",
		.len = 64},
	    {.text = "Fingerprint: " C16, .digest = "md5", .len = 16},
	    {.text = "fingerprint=" H32, .digest = "sha256", .len = 32},
	    {.text = "sscep: SHA256 fingerprint: " C16 ":" C16,
		.digest = "sha256",
		.len = 32},
	    {.text = " ./sscep: MD5 fingerprint: " C16,
		.digest = "md5",
		.len = 16},
	};
	char problem[160] = "none";
	struct pin pin;
	size_t i;

	(void)state;
	for (EACH_ROW(i, good, good[i].text)) {
		if (!pin_parse(&pin, good[i].text, problem, sizeof(problem)))
			fixture_fail("%s: %s", good[i].text, problem);
		assert_string_equal(pin.digest, good[i].digest);
		assert_int_equal(pin.len, good[i].len);
		assert_memory_equal(
		    pin.bytes, "\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99", 10);
		assert_ptr_equal(pin.text, good[i].text);
	}
}

static void test_what_is_no_fingerprint_is_refused(void **state)
{
	static const struct {
		const char *text, *problem;
	} bad[] = {
	    {.text = "", .problem = "not a fingerprint in hex"},
	    {.text = " : ", .problem = "not a fingerprint in hex"},
	    {.text = "sha256:", .problem = "not a fingerprint in hex"},
	    {.text = "SHA256 Fingerprint=",
		.problem = "not a fingerprint in hex"},
	    {.text = "xyz", .problem = "not a fingerprint in hex"},
	    {.text = "0x" H32, .problem = "not a fingerprint in hex"},
	    {.text = H32 "zz", .problem = "not a fingerprint in hex"},
	    {.text = "sha3:" H32, .problem = "not a fingerprint in hex"},
	    {.text = "sha256" H32, .problem = "not a fingerprint in hex"},
	    {.text = "sha-2-56:" H32, .problem = "not a fingerprint in hex"},
	    {.text = "sha256:sha256:" H32,
		.problem = "not a fingerprint in hex"},
	    {.text = "sha256:fingerprint==" H32,
		.problem = "not a fingerprint in hex"},
	    {.text = "00-11-22-33-44-55-66-77-88-99-AA-BB-CC-DD-EE-FF",
		.problem = "not a fingerprint in hex"},
	    {.text = "12", .problem = "it has 2 hex digits"},
	    {.text = H32 "0", .problem = "it has 65 hex digits"},
	    {.text = H32 H32 H32, .problem = "it has 192 hex digits"},
	    {.text = H32 "00",
		.problem = "no digest of md5|sha1|sha224|sha256|sha384|sha512"},
	    {.text = "sha256:" C16,
		.problem =
		    "a sha256 fingerprint has 64 hex digits, this one has 32"},
	    {.text = "SHA-1 Fingerprint=" H32,
		.problem =
		    "a sha1 fingerprint has 40 hex digits, this one has 64"},
	    {.text = "md5: 12",
		.problem =
		    "a md5 fingerprint has 32 hex digits, this one has 2"},
	};
	char problem[160];
	struct pin pin;
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].text)) {
		if (pin_parse(&pin, bad[i].text, problem, sizeof(problem)))
			fixture_fail("%s: taken", bad[i].text);
		if (strstr(problem, bad[i].problem) == NULL)
			fixture_fail("%s: %s", bad[i].text, problem);
	}
}

/* root issued sub, sub issued leaf; stranger has the name of root. */
static struct {
	X509 *root, *sub, *leaf, *stranger;
} w;

static int setup(void **state)
{
	(void)state;
	w.root = fixture_cert(&(struct cert_spec){
	    .cn = "root", .key = fixture_rsa(0), .ca = true});
	w.sub = fixture_cert(&(struct cert_spec){.cn = "sub",
	    .key = fixture_rsa(1),
	    .ca = true,
	    .issuer = w.root,
	    .issuer_key = fixture_rsa(0)});
	w.leaf = fixture_cert(&(struct cert_spec){.cn = "leaf",
	    .key = fixture_rsa(2),
	    .issuer = w.sub,
	    .issuer_key = fixture_rsa(1)});
	w.stranger = fixture_cert(&(struct cert_spec){
	    .cn = "root", .key = fixture_rsa(3), .ca = true});
	return 0;
}

static int teardown(void **state)
{
	X509_free(w.root);
	X509_free(w.sub);
	X509_free(w.leaf);
	X509_free(w.stranger);
	return fixture_cleanup(state);
}

static char *fingerprint(X509 *cert, const EVP_MD *md)
{
	struct buf text = {0};

	assert_true(cert_add_fingerprint(&text, cert, md));
	return (char *)text.data;
}

/*
 * Removes from certs what the pins in texts, up to a NULL, do not vouch for;
 * returns what was printed to stderr.
 */
static const char *keep(
    enum status *st, STACK_OF(X509) *certs, X509 *extra, char *const *texts)
{
	struct pins pins;
	size_t count = 0;
	const char *text;

	while (texts[count] != NULL)
		count++;
	assert_int_equal(pins_read(&pins, texts, count), ST_OK);
	capture_start(STDERR_FILENO);
	*st = pinned_keep(certs, extra, &pins);
	text = capture_stop();
	pins_free(&pins);
	return text;
}

static void assert_kept(STACK_OF(X509) *certs, X509 *const *kept)
{
	int i;

	for (i = 0; kept[i] != NULL; i++)
		assert_ptr_equal(sk_X509_value(certs, i), kept[i]);
	assert_int_equal(sk_X509_num(certs), i);
	cert_stack_free(certs);
}

/* What the pinned CA vouches for needs no fingerprint, but there is one. */
static void test_what_the_pinned_ca_vouches_for_is_kept(void **state)
{
	X509 *all[] = {w.stranger, w.sub, NULL}, *one[] = {w.stranger, NULL};
	char *text = fingerprint(w.root, EVP_sha256());
	STACK_OF(X509) *certs = fixture_stack(all);
	struct pins pins;

	(void)state;
	assert_int_equal(pins_read(&pins, &text, 1), ST_OK);
	pins.vouched = fixture_stack(one);
	capture_start(STDERR_FILENO);
	assert_int_equal(pinned_keep(certs, NULL, &pins), ST_OK);
	assert_non_null(strstr(capture_stop(), "is left out"));
	assert_kept(certs, one);
	pins_free(&pins);
	free(text);
}

static void test_pinned_certificates_are_kept(void **state)
{
	X509 *all[] = {w.stranger, w.sub, w.root, NULL};
	X509 *below[] = {w.sub, w.root, NULL},
	     *two[] = {w.stranger, w.sub, NULL};
	char *pins[3] = {fingerprint(w.root, EVP_sha384())};
	STACK_OF(X509) *certs = fixture_stack(all);
	const char *text;
	enum status st;

	(void)state;
	text = keep(&st, certs, NULL, pins);
	assert_int_equal(st, ST_OK);
	assert_non_null(strstr(text, "/O=Test, Inc./CN=root sha384:"));
	assert_non_null(strstr(text,
	    " is left out: --ca-fingerprint does not "
	    "vouch for it: it does not verify"));
	assert_kept(certs, below);
	free(pins[0]);

	/* Two pins of different digests, then one more that matches nothing. */
	pins[0] = fingerprint(w.stranger, EVP_sha1());
	pins[1] = fingerprint(w.sub, EVP_sha256());
	certs = fixture_stack(all);
	keep(&st, certs, NULL, pins);
	assert_int_equal(st, ST_OK);
	assert_kept(certs, two);
	certs = fixture_stack(below);
	log_set_level(LOG_VERBOSE);
	text = keep(&st, certs, NULL, pins);
	log_set_level(LOG_WARNING);
	assert_int_equal(st, ST_OK);
	assert_non_null(strstr(text, "no certificate has it"));
	assert_non_null(strstr(text, pins[0]));
	assert_null(strstr(text, pins[1]));
	assert_kept(certs, two + 1);
	free(pins[0]);
	free(pins[1]);
}

/* The message shows a few fingerprints received, by the digest of the pin. */
static void test_a_mismatch_shows_what_was_received(void **state)
{
	X509 *all[] = {w.stranger, w.sub, w.root, w.leaf, w.leaf, NULL};
	char *pins[] = {C16 ":" C4, NULL}, *shown;
	STACK_OF(X509) *certs = fixture_stack(all);
	const char *text;
	enum status st;

	(void)state;
	text = keep(&st, certs, NULL, pins);
	assert_int_equal(st, ST_REPLY);
	assert_non_null(strstr(text,
	    "matches none of the 5 CA certificate(s), "
	    "found /O=Test, Inc./CN=root sha1:"));
	shown = fingerprint(w.root, EVP_sha1());
	assert_non_null(strstr(text, shown));
	assert_non_null(strstr(text, "; and 2 more; "));
	assert_null(strstr(text, "CN=leaf"));
	free(shown);
	cert_stack_free(certs);
}

/* An unpinned -e is an error; a pin of -e itself counts for -e alone. */
static void test_an_unpinned_encryption_certificate_is_an_error(void **state)
{
	X509 *all[] = {w.root, w.sub, NULL};
	char *pins[3] = {fingerprint(w.root, EVP_sha256())};
	STACK_OF(X509) *certs = fixture_stack(all);
	const char *text;
	enum status st;

	(void)state;
	text = keep(&st, certs, w.stranger, pins);
	assert_int_equal(st, ST_REPLY);
	assert_non_null(strstr(text, "encryption certificate "));
	pins[1] = fingerprint(w.stranger, EVP_sha256());
	keep(&st, certs, w.stranger, pins);
	assert_int_equal(st, ST_OK);
	assert_int_equal(sk_X509_num(certs), 2);
	free(pins[0]);
	pins[0] = pins[1];
	pins[1] = NULL;
	keep(&st, certs, w.stranger, pins);
	assert_int_equal(st, ST_REPLY);
	free(pins[0]);
	cert_stack_free(certs);
}

/* keyCertSign without basicConstraints makes no CA (RFC 5280, 4.2.1.9). */
static void test_key_cert_sign_alone_makes_no_ca(void **state)
{
	char *pins[2] = {fingerprint(w.root, EVP_sha256())};
	X509 *by_usage = fixture_cert(&(struct cert_spec){.cn = "usage",
	    .key = fixture_rsa(2),
	    .usage = "keyCertSign, digitalSignature, keyEncipherment",
	    .issuer = w.root,
	    .issuer_key = fixture_rsa(0)});
	X509 *below = fixture_cert(&(struct cert_spec){.cn = "below",
	    .key = fixture_rsa(3),
	    .ca = true,
	    .issuer = by_usage,
	    .issuer_key = fixture_rsa(2)});
	X509 *all[] = {below, by_usage, w.root, NULL};
	STACK_OF(X509) *certs = fixture_stack(all);
	enum status st;

	(void)state;
	assert_true(cert_is_ca(by_usage));
	assert_false(cert_says_ca(by_usage));
	keep(&st, certs, NULL, pins);
	assert_int_equal(st, ST_OK);
	assert_kept(certs, all + 2);
	X509_free(by_usage);
	X509_free(below);
	free(pins[0]);
}

/* Many certificates with name and key identifier of root take little time. */
static void test_many_certificates_take_little_time(void **state)
{
	char *pins[2] = {fingerprint(w.root, EVP_sha256())};
	STACK_OF(X509) *certs = sk_X509_new_null();
	X509 *only[] = {w.root, NULL};
	clock_t start;
	enum status st;
	long i;

	(void)state;
	for (i = 1; i < CERT_COUNT_MAX; i++)
		sk_X509_push(certs,
		    fixture_cert(&(struct cert_spec){.cn = "root",
			.key = fixture_rsa(3),
			.ca = true,
			.ids = true,
			.serial = i}));
	assert_true(cert_push(certs, w.root));
	start = clock();
	keep(&st, certs, NULL, pins);
	/* It takes about 0.01 s, with sanitizers ten times as long. */
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	assert_int_equal(st, ST_OK);
	assert_kept(certs, only);
	free(pins[0]);
}

/* Which extendedKeyUsage marks an RA, and that a pin requires the mark. */
static void test_an_ra_is_marked_by_its_purpose(void **state)
{
	static const struct {
		const char *name;
		const char *purpose;
		bool marked;
	} cases[] = {
	    {
		.name = "no extendedKeyUsage",
	    },
	    {.name = "clientAuth", .purpose = "clientAuth"},
	    {.name = "anyExtendedKeyUsage", .purpose = "anyExtendedKeyUsage"},
	    {.name = "cmcRA", .purpose = "1.3.6.1.5.5.7.3.28", .marked = true},
	    {.name = "enrolment agent",
		.purpose = "1.3.6.1.4.1.311.20.2.1",
		.marked = true},
	    {.name = "clientAuth and cmcRA",
		.purpose = "clientAuth, 1.3.6.1.5.5.7.3.28",
		.marked = true},
	    {.name = "enrolment agent and serverAuth, critical",
		.purpose = "critical, 1.3.6.1.4.1.311.20.2.1, serverAuth",
		.marked = true},
	    {.name = "cmcCA", .purpose = "1.3.6.1.5.5.7.3.27"},
	    {.name = "a prefix of cmcRA", .purpose = "1.3.6.1.5.5.7.3"},
	    {.name = "an arc below cmcRA", .purpose = "1.3.6.1.5.5.7.3.28.1"},
	    {.name = "an arc below the enrolment agent",
		.purpose = "1.3.6.1.4.1.311.20.2.1.1.1.1.1.1.1.1.1.1.1.1"},
	};
	char *pins[2] = {fingerprint(w.root, EVP_sha256())};
	size_t i;

	(void)state;
	for (EACH_ROW(i, cases, cases[i].purpose)) {
		X509 *ra = fixture_cert(&(struct cert_spec){.cn = "ra",
		    .key = fixture_rsa(2),
		    .purpose = cases[i].purpose,
		    .issuer = w.root,
		    .issuer_key = fixture_rsa(0)});
		X509 *all[] = {ra, w.root, NULL};
		STACK_OF(X509) *certs = fixture_stack(all);
		const char *text;
		enum status st;

		assert_int_equal(cert_is_marked_ra(ra), cases[i].marked);
		assert_int_equal(ERR_peek_error(), 0);
		text = keep(&st, certs, NULL, pins);
		assert_int_equal(st, ST_OK);
		assert_int_equal(strstr(text, "does not mark an RA") == NULL,
		    cases[i].marked);
		assert_kept(certs, cases[i].marked ? all : all + 1);
		X509_free(ra);
	}
	free(pins[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fingerprints_are_read),
	    cmocka_unit_test(test_what_is_no_fingerprint_is_refused),
	    cmocka_unit_test(test_what_the_pinned_ca_vouches_for_is_kept),
	    cmocka_unit_test(test_pinned_certificates_are_kept),
	    cmocka_unit_test(test_a_mismatch_shows_what_was_received),
	    cmocka_unit_test(
		test_an_unpinned_encryption_certificate_is_an_error),
	    cmocka_unit_test(test_key_cert_sign_alone_makes_no_ca),
	    cmocka_unit_test(test_many_certificates_take_little_time),
	    cmocka_unit_test(test_an_ra_is_marked_by_its_purpose),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
