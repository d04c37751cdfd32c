/* Unit test of pki/path.c: whether certificates chain to those of a CA. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "fixtures.h"
#include "world.h"
#include "pki/cabundle.h"
#include "pki/cert.h"
#include "pki/path.h"

/* The certificates of the CA, after which the row is called. */
#define SET(...) .bundle = {__VA_ARGS__}, .name = #__VA_ARGS__

static void test_paths_are_verified(void **state)
{
	X509 *forged = world_issued(
	    "Leaf", fixture_rsa(3), NULL, world.impostor, fixture_rsa(3));
	X509 *nameless = fixture_cert(&(struct cert_spec){.cn = "Leaf",
	    .key = fixture_rsa(3),
	    .issuer = world.root,
	    .issuer_key = fixture_rsa(3)});
	const struct {
		X509 *bundle[FIXTURE_STACK], *cert, *more[FIXTURE_STACK];
		const char *name;
		enum path_verdict verdict;
	} cases[] = {
	    {SET(world.root), .cert = world.root_leaf,
		.verdict = PATH_VERIFIED},
	    {SET(world.sub), .cert = world.leaf, .verdict = PATH_VERIFIED},
	    {SET(world.root, world.sub), .cert = world.leaf,
		.verdict = PATH_VERIFIED},
	    {SET(world.sub, world.root), .cert = world.leaf,
		.verdict = PATH_VERIFIED},
	    {SET(world.root), .cert = world.leaf, .more = {world.sub},
		.verdict = PATH_VERIFIED},
	    {SET(world.root), .cert = world.leaf,
		.more = {world.leaf, world.impostor, world.sub},
		.verdict = PATH_VERIFIED},
	    {SET(world.sign, world.enc, world.root), .cert = world.root_leaf,
		.verdict = PATH_VERIFIED},
	    {SET(world.both), .cert = world.both, .verdict = PATH_VERIFIED},
	    /* The dates of the certificates are not checked. */
	    {SET(world.root), .cert = world.expired, .verdict = PATH_VERIFIED},
	    {SET(world.root), .cert = world.new, .verdict = PATH_VERIFIED},
	    /* No CA certificate is in the set; one in the reply does not count. */
	    {SET(world.sign, world.enc), .cert = world.root_leaf,
		.verdict = PATH_NO_CA},
	    {SET(world.sign), .cert = world.root_leaf, .more = {world.root},
		.verdict = PATH_NO_CA},
	    {SET(world.leaf), .cert = world.leaf, .verdict = PATH_NO_CA},
	    /* Issued by none of the set; certificates of the reply are no anchors. */
	    {SET(world.root), .cert = world.leaf, .verdict = PATH_REFUSED},
	    {SET(world.sub), .cert = world.root_leaf, .more = {world.root},
		.verdict = PATH_REFUSED},
	    {SET(world.root), .cert = world.plain, .more = {world.plain},
		.verdict = PATH_REFUSED},
	    {SET(world.impostor), .cert = world.root_leaf, .more = {world.root},
		.verdict = PATH_REFUSED},
	    {SET(world.impostor), .cert = world.leaf,
		.more = {world.sub, world.root}, .verdict = PATH_REFUSED},
	    /* An issuer with the right name and the wrong key. */
	    {SET(world.root), .cert = forged, .verdict = PATH_REFUSED},
	    {SET(world.root), .cert = forged, .more = {world.impostor},
		.verdict = PATH_REFUSED},
	    {SET(world.root), .cert = nameless, .verdict = PATH_REFUSED},
	    {SET(world.root), .cert = nameless, .more = {world.impostor},
		.verdict = PATH_REFUSED},
	    /* Issued by a certificate that is no CA. */
	    {SET(world.root), .cert = world.leaf, .more = {world.sign},
		.verdict = PATH_REFUSED},
	};
	enum path_verdict verdict;
	struct cabundle bundle;
	STACK_OF(X509) *more;
	const char *reason;
	size_t i;

	(void)state;
	for (EACH_ROW(i, cases, cases[i].name)) {
		cabundle_set(&bundle, fixture_stack(cases[i].bundle));
		more = cases[i].more[0] != NULL ? fixture_stack(cases[i].more)
						: NULL;
		reason = NULL;
		verdict = path_verify_below(
		    bundle.certs, cases[i].cert, more, &reason);
		cert_stack_free(more);
		cabundle_free(&bundle);
		if (verdict != cases[i].verdict)
			fixture_fail("%d, %s", (int)verdict, reason);
		if (verdict == PATH_REFUSED) {
			assert_non_null(reason);
			assert_string_not_equal(reason, "ok");
			assert_string_not_equal(reason, "out of memory");
		}
		assert_int_equal(ERR_peek_error(), 0);
	}
	X509_free(forged);
	X509_free(nameless);
}

/* A certificate of -c that issued others, and is no CA's, is called that. */
static void test_a_wrong_ca_is_explained(void **state)
{
	struct cert_spec spec = {.cn = "CA",
	    .key = fixture_rsa(0),
	    .usage = "digitalSignature,cRLSign",
	    .ca = true,
	    .ids = true};
	X509 *lacks = fixture_cert(&spec), *below, *beside;
	X509 *certs[] = {world.root, lacks, world.root_leaf, NULL};
	STACK_OF(X509) *stack = fixture_stack(certs);
	const char *text;

	(void)state;
	assert_string_equal(cert_why_no_ca(lacks),
	    "a CA certificate whose keyUsage lacks keyCertSign");
	assert_string_equal(cert_why_no_ca(world.root_leaf),
	    "not a CA certificate (no basicConstraints with cA)");
	below =
	    world_issued("Leaf", fixture_rsa(1), NULL, lacks, fixture_rsa(0));
	beside =
	    world_issued("Leaf", fixture_rsa(1), NULL, lacks, fixture_rsa(2));
	text = path_explain(stack, below);
	assert_non_null(text);
	assert_string_equal(text,
	    "its issuer's certificate is a CA certificate whose keyUsage "
	    "lacks keyCertSign");
	assert_null(path_explain(stack, beside));
	assert_null(path_explain(stack, world.sub));
	X509_free(below);
	below = world_issued(
	    "Sub leaf", fixture_rsa(2), NULL, world.root_leaf, fixture_rsa(3));
	text = path_explain(stack, below);
	assert_non_null(text);
	assert_non_null(strstr(text, "no basicConstraints"));
	cert_stack_free(stack);
	X509_free(lacks);
	X509_free(below);
	X509_free(beside);
}

/* How many intermediate CAs may be between a certificate and the root. */
static void test_the_depth_of_a_path_is_limited(void **state)
{
	STACK_OF(X509) *root = sk_X509_new_null(), *subs = sk_X509_new_null();
	X509 *issuer, *cert;
	const char *reason;
	char cn[16];
	int i;

	(void)state;
	issuer = fixture_cert(&(struct cert_spec){
	    .cn = "level 0", .key = fixture_rsa(0), .ca = true});
	sk_X509_push(root, issuer);
	for (i = 1; i < 20; i++) {
		snprintf(cn, sizeof(cn), "level %d", i);
		cert = fixture_cert(&(struct cert_spec){.cn = cn,
		    .key = fixture_rsa(0),
		    .ca = true,
		    .issuer = issuer,
		    .issuer_key = fixture_rsa(0)});
		assert_int_equal(path_verify_below(root, cert, subs, &reason),
		    i <= 17 ? PATH_VERIFIED : PATH_REFUSED);
		sk_X509_push(subs, cert);
		issuer = cert;
	}
	cert_stack_free(root);
	cert_stack_free(subs);
}

/* A certificate with basicConstraints of a CA, issued by a client. */
static void test_a_ca_that_a_client_issued_is_refused(void **state)
{
	X509 *by_leaf = world_issued(
	    "Sub leaf", fixture_rsa(2), NULL, world.root_leaf, fixture_rsa(3));
	X509 *more[] = {world.root_leaf, NULL};
	STACK_OF(X509) *stack = fixture_stack(more);
	X509 *certs[] = {world.root, NULL};
	struct cabundle bundle;
	const char *reason;

	(void)state;
	cabundle_set(&bundle, fixture_stack(certs));
	assert_int_equal(
	    path_verify_below(bundle.certs, by_leaf, stack, &reason),
	    PATH_REFUSED);
	cabundle_free(&bundle);
	cert_stack_free(stack);
	X509_free(by_leaf);
}

/*
 * A CA that changed its key and kept its name, and certificates without an
 * authorityKeyIdentifier: each verifies, with the two CA certificates in either
 * order.
 */
static void test_a_ca_with_a_new_key_verifies(void **state)
{
	EVP_PKEY *keys[] = {fixture_rsa(0), fixture_rsa(1)};
	X509 *ca[3] = {NULL}, *leaf[2];
	struct cabundle bundle;
	const char *reason;
	int i, j;

	(void)state;
	for (i = 0; i < 2; i++)
		ca[i] = fixture_cert(&(struct cert_spec){
		    .cn = "CA", .key = keys[i], .ca = true, .serial = i + 1});
	for (i = 0; i < 2; i++)
		leaf[i] = fixture_cert(&(struct cert_spec){.cn = "Leaf",
		    .key = fixture_rsa(2),
		    .issuer = ca[i],
		    .issuer_key = keys[i]});
	for (i = 0; i < 2; i++) {
		X509 *order[] = {ca[i], ca[!i], NULL};

		cabundle_set(&bundle, fixture_stack(order));
		for (j = 0; j < 2; j++)
			assert_int_equal(path_verify_below(bundle.certs,
					     leaf[j], NULL, &reason),
			    PATH_VERIFIED);
		cabundle_free(&bundle);
	}
	for (i = 0; i < 2; i++) {
		X509_free(ca[i]);
		X509_free(leaf[i]);
	}
}

/* As above, where the reply brings the new certificate, which a root issued. */
static void test_a_new_ca_certificate_in_the_reply_verifies(void **state)
{
	X509 *root = fixture_cert(&(struct cert_spec){
	    .cn = "Root", .key = fixture_rsa(0), .ca = true});
	X509 *old = fixture_cert(
	    &(struct cert_spec){.cn = "CA", .key = fixture_rsa(1), .ca = true});
	X509 *new = fixture_cert(&(struct cert_spec){.cn = "CA",
	    .key = fixture_rsa(2),
	    .ca = true,
	    .issuer = root,
	    .issuer_key = fixture_rsa(0)});
	X509 *leaf = fixture_cert(&(struct cert_spec){.cn = "Leaf",
	    .key = fixture_rsa(3),
	    .issuer = new,
	    .issuer_key = fixture_rsa(2)});
	X509 *anchors[] = {old, root, NULL}, *sent[] = {leaf, new, NULL};
	STACK_OF(X509) *trusted = fixture_stack(anchors);
	STACK_OF(X509) *more = fixture_stack(sent);
	const char *reason;

	(void)state;
	assert_int_equal(
	    path_verify_below(trusted, leaf, more, &reason), PATH_VERIFIED);
	X509_free(sk_X509_delete(trusted, 1));
	assert_int_equal(
	    path_verify_below(trusted, leaf, more, &reason), PATH_REFUSED);
	cert_stack_free(more);
	assert_int_equal(
	    path_verify_below(trusted, leaf, NULL, &reason), PATH_REFUSED);
	cert_stack_free(trusted);
	X509_free(root);
	X509_free(old);
	X509_free(new);
	X509_free(leaf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_paths_are_verified),
	    cmocka_unit_test(test_a_wrong_ca_is_explained),
	    cmocka_unit_test(test_the_depth_of_a_path_is_limited),
	    cmocka_unit_test(test_a_ca_that_a_client_issued_is_refused),
	    cmocka_unit_test(test_a_ca_with_a_new_key_verifies),
	    cmocka_unit_test(test_a_new_ca_certificate_in_the_reply_verifies),
	};

	return cmocka_run_group_tests(tests, world_make, world_free);
}
