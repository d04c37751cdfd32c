/* Unit test of pki/cabundle.c and pki/caset.c: the certificates of a CA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "fixtures.h"
#include "world.h"
#include "pki/cabundle.h"
#include "pki/caset.h"
#include "pki/cert.h"
#include "util/buf.h"

/* The certificates of a row, which is called after them. */
#define SET(...) .certs = {__VA_ARGS__}, .name = #__VA_ARGS__

/* The picks are the same in every order of the certificates after fixed. */
static void assert_picks(X509 *const *certs, int count, int fixed, X509 *sign,
    X509 *encrypt, const X509_NAME *issuer)
{
	X509 *order[FIXTURE_STACK] = {NULL}, *swap;
	struct cabundle bundle;
	int i;

	memcpy(order, certs, (size_t)count * sizeof(order[0]));
	for (i = fixed; i < count; i++) {
		swap = order[fixed];
		order[fixed] = order[i];
		order[i] = swap;
		if (fixed < count - 1)
			assert_picks(
			    order, count, fixed + 1, sign, encrypt, issuer);
		swap = order[fixed];
		order[fixed] = order[i];
		order[i] = swap;
	}
	if (fixed < count - 1)
		return;
	cabundle_set(&bundle, fixture_stack(order));
	assert_int_equal(sk_X509_num(bundle.certs), count);
	assert_ptr_equal(bundle.sign, sign != NULL ? sign : order[0]);
	assert_ptr_equal(bundle.encrypt, encrypt != NULL ? encrypt : order[0]);
	assert_null(bundle.owned_encrypt);
	if (issuer != NULL)
		assert_int_equal(
		    X509_NAME_cmp(cabundle_issuer_name(&bundle), issuer), 0);
	cabundle_free(&bundle);
	assert_null(bundle.certs);
}

static void test_the_certificates_to_use_are_picked(void **state)
{
	const X509_NAME *root = X509_get_subject_name(world.root);
	const X509_NAME *sub = X509_get_subject_name(world.sub);
	const struct {
		X509 *certs[FIXTURE_STACK];
		const char *name;
		int count;
		X509 *sign, *encrypt; /* NULL: the first, in every order */
		const X509_NAME *issuer;
	} sets[] = {
	    {SET(world.root, world.sign, world.enc), .count = 3,
		.sign = world.sign, .encrypt = world.enc, .issuer = root},
	    {SET(world.sign, world.enc), .count = 2, .sign = world.sign,
		.encrypt = world.enc, .issuer = root},
	    {SET(world.root, world.plain_sign), .count = 2,
		.sign = world.plain_sign, .encrypt = world.plain_sign,
		.issuer = root},
	    {SET(world.root, world.sub, world.sub_sign), .count = 3,
		.sign = world.sub_sign, .encrypt = world.sub_sign,
		.issuer = sub},
	    {SET(world.root, world.sub, world.sign, world.enc), .count = 4,
		.sign = world.sign, .encrypt = world.enc, .issuer = root},
	    {SET(world.sub_sign), .count = 1, .sign = world.sub_sign,
		.encrypt = world.sub_sign, .issuer = sub},
	    {SET(world.plain), .count = 1, .sign = world.plain,
		.encrypt = world.plain,
		.issuer = X509_get_subject_name(world.plain)},
	    {SET(world.both), .count = 1, .sign = world.both,
		.encrypt = world.both,
		.issuer = X509_get_subject_name(world.both)},
	    /* The RA is preferred to the CA that has the same usages. */
	    {SET(world.both, world.both_ra), .count = 2, .sign = world.both_ra,
		.encrypt = world.both_ra,
		.issuer = X509_get_subject_name(world.both)},
	    {SET(world.plain, world.plain_ra), .count = 2,
		.sign = world.plain_ra, .encrypt = world.plain_ra,
		.issuer = X509_get_subject_name(world.plain)},
	    /* No certificate is suitable: the first one, as the manual says. */
	    {SET(world.root), .count = 1, .sign = world.root,
		.encrypt = world.root, .issuer = root},
	    {SET(world.sub), .count = 1, .sign = world.sub,
		.encrypt = world.sub, .issuer = sub},
	    {SET(world.root, world.sub), .count = 2, .sign = NULL,
		.encrypt = NULL},
	    {SET(world.root, world.sign), .count = 2, .sign = world.sign,
		.encrypt = NULL, .issuer = root},
	    {SET(world.root, world.enc), .count = 2, .sign = NULL,
		.encrypt = world.enc, .issuer = root},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, sets, sets[i].name))
		assert_picks(sets[i].certs, sets[i].count, 0, sets[i].sign,
		    sets[i].encrypt, sets[i].issuer);
}

/* Of two suitable certificates the first one is picked. */
static void test_the_first_of_two_is_picked(void **state)
{
	X509 *certs[][FIXTURE_STACK] = {
	    {world.plain, world.both}, {world.root, world.both, world.plain}};
	X509 *want[] = {world.plain, world.both},
	     *rivals[] = {world.both, world.root};
	struct cabundle bundle;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(certs); i++) {
		cabundle_set(&bundle, fixture_stack(certs[i]));
		assert_ptr_equal(bundle.sign, want[i]);
		assert_ptr_equal(bundle.encrypt, want[i]);
		assert_ptr_equal(cabundle_find_rival(&bundle), rivals[i]);
		cabundle_free(&bundle);
	}
}

/* One that has to do with no other, and does not sign, is no recipient. */
static void test_a_stranger_is_no_recipient(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		const char *name;
		int count;
		X509 *sign, *encrypt; /* NULL: root or sign, the first */
	} sets[] = {
	    {SET(world.plain, world.root, world.sign, world.enc), .count = 4,
		.sign = world.sign, .encrypt = world.enc},
	    {SET(world.both, world.sign, world.enc), .count = 3,
		.sign = world.sign, .encrypt = world.enc},
	    {SET(world.plain, world.root, world.sub, world.sub_sign),
		.count = 4, .sign = world.sub_sign, .encrypt = world.sub_sign},
	    {SET(world.plain, world.both, world.both_ra), .count = 3,
		.sign = world.both_ra, .encrypt = world.both_ra},
	    {SET(world.plain, world.root, world.plain_sign), .count = 3,
		.sign = world.plain_sign, .encrypt = world.plain_sign},
	    /* Alone, too, but it signs. */
	    {SET(world.strange_enc, world.strange_sign), .count = 2,
		.sign = world.strange_sign, .encrypt = world.strange_sign},
	    {SET(world.strange_enc, world.sub_sign), .count = 2,
		.sign = world.sub_sign, .encrypt = world.sub_sign},
	    /* No certificate signs: the one to encrypt to may be alone. */
	    {SET(world.strange_enc, world.strange_root), .count = 2,
		.sign = NULL, .encrypt = world.strange_enc},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, sets, sets[i].name))
		assert_picks(sets[i].certs, sets[i].count, 0, sets[i].sign,
		    sets[i].encrypt, NULL);
}

/* Where none is suitable the first is picked, but no stranger. */
static void test_no_stranger_is_picked_even_if_none_suits(void **state)
{
	X509 *certs[] = {world.plain, world.root, world.sign, NULL};
	X509 *chain[] = {world.strange_enc, world.root, world.sub, NULL};
	struct cabundle bundle;

	(void)state;
	cabundle_set(&bundle, fixture_stack(certs));
	assert_ptr_equal(bundle.sign, world.sign);
	assert_ptr_equal(bundle.encrypt, world.root);
	assert_string_equal(bundle.why_encrypt, "none is suitable");
	assert_null(cabundle_find_rival(&bundle));
	cabundle_free(&bundle);

	cabundle_set(&bundle, fixture_stack(chain));
	assert_ptr_equal(bundle.sign, world.root);
	assert_ptr_equal(bundle.encrypt, world.root);
	assert_null(cabundle_find_rival(&bundle));
	cabundle_free(&bundle);
}

static void test_cas_are_checked_before_use(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		const char *name;
		bool look_at_clock;
		enum status st;
		const char *says;
	} sets[] = {
	    {SET(world.root, world.sign, world.enc), .look_at_clock = true,
		.st = ST_OK, .says = ""},
	    {SET(world.sign, world.enc), .look_at_clock = true, .st = ST_OK,
		.says = ""},
	    {SET(world.root), .look_at_clock = true, .st = ST_OK, .says = ""},
	    {SET(world.both), .look_at_clock = true, .st = ST_OK, .says = ""},
	    {SET(world.root, world.sub, world.sub_sign), .look_at_clock = true,
		.st = ST_OK, .says = ""},
	    {SET(world.sub, world.sub_sign), .look_at_clock = true, .st = ST_OK,
		.says = ""},
	    {SET(world.expired), .look_at_clock = true, .st = ST_FILE,
		.says = "has expired"},
	    {SET(world.expired, world.root), .look_at_clock = true,
		.st = ST_FILE, .says = "CN=Old: it has expired"},
	    {SET(world.expired, world.root), .look_at_clock = false,
		.st = ST_OK, .says = "expired: ignored (--tolerate clock)"},
	    {SET(world.new), .look_at_clock = true, .st = ST_FILE,
		.says = "not valid yet"},
	    {SET(world.new), .look_at_clock = false, .st = ST_OK,
		.says = "clock: ignored (--tolerate clock)"},
	    {SET(world.sub_sign, world.root), .look_at_clock = true,
		.st = ST_FILE, .says = "does not chain to the root"},
	    {SET(world.sub_sign, world.root), .look_at_clock = false,
		.st = ST_FILE, .says = "does not chain to the"},
	    {SET(world.sign, world.enc, world.impostor), .look_at_clock = true,
		.st = ST_FILE, .says = "does not chain"},
	    {SET(world.sign, world.enc, world.ec), .look_at_clock = true,
		.st = ST_OK, .says = ""},
	};
	struct cabundle bundle;
	enum status st;
	const char *text;
	size_t i;

	(void)state;
	for (EACH_ROW(i, sets, sets[i].name)) {
		cabundle_set(&bundle, fixture_stack(sets[i].certs));
		capture_start(STDERR_FILENO);
		st = cabundle_check(&bundle, sets[i].look_at_clock);
		text = capture_stop();
		cabundle_free(&bundle);
		if (st != sets[i].st || strstr(text, sets[i].says) == NULL)
			fixture_fail("%d, %s", (int)st, text);
		if (sets[i].says[0] == '\0')
			assert_string_equal(text, "");
		assert_int_equal(ERR_peek_error(), 0);
	}
}

/* Where an RA signs, by its mark, the CA that issued it does not. */
static void test_the_ra_signs_and_its_ca_does_not(void **state)
{
	X509 *ca = fixture_cert(
	    &(struct cert_spec){.cn = "CA", .key = fixture_rsa(0), .ca = true});
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		X509 *ra = fixture_cert(&(struct cert_spec){.cn = "RA",
		    .key = fixture_rsa(3),
		    .usage = "digitalSignature",
		    .purpose = i == 0 ? NULL : "1.3.6.1.5.5.7.3.28",
		    .issuer = ca,
		    .issuer_key = fixture_rsa(0)});
		X509 *certs[] = {ca, ra, NULL};
		struct cabundle bundle;

		cabundle_set(&bundle, fixture_stack(certs));
		assert_ptr_equal(bundle.sign, ra);
		assert_true(cabundle_may_sign(&bundle, ra));
		assert_int_equal(cabundle_may_sign(&bundle, ca), i == 0);
		assert_false(cabundle_may_sign(&bundle, world.root));
		cabundle_free(&bundle);
		X509_free(ra);
	}
	X509_free(ca);
}

static void test_numbers_of_sets_are_read(void **state)
{
	static const char *const names[] = {"set", "set-", "set-0", "set-2",
	    "set-3x", "set-+4", "set- 5", "set--6", "xset-7", "set8", "se-9",
	    "set-99999999", "set-99999999999999999999"};
	bool found[CASET_COUNT_MAX];
	char last[64];
	int i;

	(void)state;
	for (i = 0; i < (int)NITEMS(names); i++)
		fixture_write(fixture_path(names[i]), "", 0);
	snprintf(last, sizeof(last), "set-%d", CASET_COUNT_MAX - 1);
	fixture_write(fixture_path(last), "", 0);
	snprintf(last, sizeof(last), "set-%d", CASET_COUNT_MAX);
	fixture_write(fixture_path(last), "", 0);
	caset_find_numbers(found, fixture_path("set"));
	for (i = 0; i < CASET_COUNT_MAX; i++)
		assert_int_equal(
		    found[i], i == 0 || i == 2 || i == CASET_COUNT_MAX - 1);
}

static void test_chains_are_told_from_other_sets(void **state)
{
	const struct {
		X509 *certs[FIXTURE_STACK];
		const char *name;
		bool yes;
	} sets[] = {
	    {SET(world.root), .yes = true},
	    {SET(world.sub, world.root), .yes = true},
	    {SET(world.leaf, world.root, world.sub), .yes = true},
	    {SET(world.sign, world.enc, world.root), .yes = true},
	    {SET(world.plain, world.root), .yes = true},
	    {SET(world.sub), .yes = false},
	    {SET(world.root, world.leaf), .yes = false},
	    {SET(world.sub, world.impostor), .yes = false},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, sets, sets[i].name)) {
		STACK_OF(X509) *certs = fixture_stack(sets[i].certs);

		assert_int_equal(cabundle_is_chain(certs), sets[i].yes);
		cert_stack_free(certs);
	}
}

/*
 * In a set of certificates of one name, each may be the issuer of each. A
 * hostile server can send such a set, so the number of attempts is limited.
 */
static void test_hostile_sets_take_little_time(void **state)
{
	struct cert_spec spec = {.cn = "CA", .key = fixture_rsa(0), .ca = true};
	X509 *ca = fixture_cert(&spec), *cert;
	STACK_OF(X509) *certs = sk_X509_new_null();
	int i;

	(void)state;
	assert_non_null(certs);
	spec.key = fixture_rsa(1);
	spec.issuer = ca;
	spec.issuer_key = fixture_rsa(0);
	for (i = 0; i < CERT_COUNT_MAX - 1; i++) {
		spec.serial = i + 2;
		cert = fixture_cert(&spec);
		assert_true(sk_X509_push(certs, cert) > 0);
		if (i == 2) {
			assert_true(cert_push(certs, ca));
			assert_true(cabundle_is_chain(certs));
			X509_free(sk_X509_pop(certs));
		}
	}
	assert_true(cert_push(certs, ca));
	assert_false(cabundle_is_chain(certs));
	cert_stack_free(certs);
	X509_free(ca);
}

static void write_certs(const char *name, X509 *a, X509 *b)
{
	struct buf pem = {0};

	world_add_pem(&pem, a);
	if (b != NULL)
		world_add_pem(&pem, b);
	fixture_write(fixture_path(name), pem.data, pem.len);
	buf_free(&pem);
}

static void test_a_bundle_is_read_from_its_file(void **state)
{
	const char *path = fixture_path("ca.crt"), *text;
	struct cabundle bundle;
	enum status st;

	(void)state;
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "ca.crt-0; get it with: sscep getca"));

	/* Numbered files are read up to the first missing number. */
	write_certs("ca.crt-0", world.enc, NULL);
	write_certs("ca.crt-1", world.root, NULL);
	write_certs("ca.crt-2", world.sign, NULL);
	write_certs("ca.crt-4", world.plain, NULL);
	write_certs("enc.pem", world.both, NULL);
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), 3);
	assert_int_equal(X509_cmp(bundle.sign, world.sign), 0);
	assert_int_equal(X509_cmp(bundle.encrypt, world.enc), 0);
	cabundle_free(&bundle);

	/* With -e; then with the file of -c itself, which wins over numbered ones. */
	st = cabundle_read(&bundle, path, fixture_path("enc.pem"), NULL);
	assert_int_equal(st, ST_OK);
	assert_int_equal(X509_cmp(bundle.encrypt, world.both), 0);
	assert_int_equal(X509_cmp(bundle.sign, world.sign), 0);
	cabundle_free(&bundle);
	write_certs("ca.crt", world.root, world.plain_sign);
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), 2);
	assert_int_equal(X509_cmp(bundle.sign, world.plain_sign), 0);
	cabundle_free(&bundle);

	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, fixture_path("missing"), NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "encryption certificate /"));

	/* One of the numbered files is bad. */
	fixture_remove(path);
	fixture_write(fixture_path("ca.crt-1"), "bad", 3);
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "ca.crt-1: not a certificate"));
}

/* As many certificates can be read as one message may contain, and no more. */
static void test_as_many_certificates_as_allowed_are_read(void **state)
{
	const char *path, *text;
	struct cabundle bundle;
	char name[32];
	enum status st;
	int i;

	(void)state;
	for (i = 0; i < CERT_COUNT_MAX; i++) {
		snprintf(name, sizeof(name), "many.crt-%d", i);
		write_certs(name, i == 0 ? world.root : world.leaf, NULL);
	}
	path = fixture_path("many.crt");
	assert_int_equal(cabundle_read(&bundle, path, NULL, NULL), ST_OK);
	assert_int_equal(sk_X509_num(bundle.certs), CERT_COUNT_MAX);
	cabundle_free(&bundle);
	snprintf(name, sizeof(name), "many.crt-%d", CERT_COUNT_MAX);
	write_certs(name, world.leaf, NULL);
	path = fixture_path("many.crt");
	capture_start(STDERR_FILENO);
	st = cabundle_read(&bundle, path, NULL, NULL);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "many.crt: more than 100 of them"));
}

/* The certificate of -e need not chain, but its key must be able to encrypt. */
static void test_the_encryption_certificate_must_encrypt(void **state)
{
	const char *path = fixture_path("ca2.crt"), *text;
	struct cabundle bundle;
	enum status st;

	(void)state;
	write_certs("ca2.crt", world.root, world.sign);
	write_certs("e.pem", world.both, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	assert_int_equal(cabundle_check(&bundle, true), ST_OK);
	assert_true(cabundle_can_encrypt(&bundle));
	cabundle_free(&bundle);
	write_certs("e.pem", world.ec, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	assert_false(cabundle_can_encrypt(&bundle));
	cabundle_free(&bundle);
	write_certs("e.pem", world.expired, NULL);
	assert_int_equal(
	    cabundle_read(&bundle, path, fixture_path("e.pem"), NULL), ST_OK);
	capture_start(STDERR_FILENO);
	st = cabundle_check(&bundle, true);
	text = capture_stop();
	cabundle_free(&bundle);
	assert_int_equal(st, ST_FILE);
	assert_non_null(strstr(text, "encryption certificate"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_certificates_to_use_are_picked),
	    cmocka_unit_test(test_the_first_of_two_is_picked),
	    cmocka_unit_test(test_a_stranger_is_no_recipient),
	    cmocka_unit_test(test_no_stranger_is_picked_even_if_none_suits),
	    cmocka_unit_test(test_cas_are_checked_before_use),
	    cmocka_unit_test(test_the_ra_signs_and_its_ca_does_not),
	    cmocka_unit_test(test_numbers_of_sets_are_read),
	    cmocka_unit_test(test_chains_are_told_from_other_sets),
	    cmocka_unit_test(test_hostile_sets_take_little_time),
	    cmocka_unit_test(test_a_bundle_is_read_from_its_file),
	    cmocka_unit_test(test_as_many_certificates_as_allowed_are_read),
	    cmocka_unit_test(test_the_encryption_certificate_must_encrypt),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
