/* Unit test of src/ops/chain.c: the CA certificates above an issued one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "ops/chain.h"
#include "pki/cabundle.h"
#include "pki/cert.h"

/* ra has no CA certificate above it in -c; client issued what it must not. */
static struct world {
	X509 *root, *sub, *ra, *client;
	X509 *by_sub, *by_client;
} w;

static X509 *issued(
    const char *cn, int key, bool ca, X509 *issuer, int issuer_key)
{
	static long serial = 100;

	return fixture_cert(&(struct cert_spec){.cn = cn,
	    .key = fixture_rsa(key),
	    .ca = ca,
	    .issuer = issuer,
	    .issuer_key = fixture_rsa(issuer_key),
	    .serial = serial++});
}

static int make_world(void **state)
{
	(void)state;
	w.root = fixture_cert(&(struct cert_spec){
	    .cn = "Root", .key = fixture_rsa(0), .ca = true});
	w.sub = issued("Sub", 1, true, w.root, 0);
	w.ra = issued("RA", 2, false, w.root, 0);
	w.client = issued("Client", 3, false, w.root, 0);
	w.by_sub = issued("New", 4, false, w.sub, 1);
	w.by_client = issued("New", 4, false, w.client, 3);
	return 0;
}

static int free_world(void **state)
{
	X509_free(w.root);
	X509_free(w.sub);
	X509_free(w.ra);
	X509_free(w.client);
	X509_free(w.by_sub);
	X509_free(w.by_client);
	return fixture_cleanup(state);
}

/* Of the reply, with that certificate in -c, want are above cert. */
static void assert_chain(
    X509 *cert, X509 *known, X509 *const *reply, X509 *const *want)
{
	X509 *of_c[] = {known, NULL};
	STACK_OF(X509) *certs = fixture_stack(reply);
	STACK_OF(X509) *chain = sk_X509_new_null();
	struct cabundle bundle;
	int i;

	cabundle_set(&bundle, fixture_stack(of_c));
	assert_int_equal(chain_find_certs(chain, cert, certs, &bundle), ST_OK);
	for (i = 0; want[i] != NULL; i++)
		assert_ptr_equal(sk_X509_value(chain, i), want[i]);
	assert_int_equal(sk_X509_num(chain), i);
	sk_X509_free(chain);
	cabundle_free(&bundle);
	cert_stack_free(certs);
}

static void test_the_nearest_ca_comes_first(void **state)
{
	X509 *reply[] = {w.root, w.client, w.by_sub, w.sub, NULL};
	X509 *want[] = {w.sub, w.root, NULL};

	(void)state;
	assert_chain(w.by_sub, w.root, reply, want);
	assert_chain(w.by_sub, w.ra, reply, want);
}

/* An end entity is no CA, though it has issued a certificate (RFC 5280, 6.1). */
static void test_an_end_entity_is_no_ca_of_the_chain(void **state)
{
	X509 *reply[] = {w.by_client, w.client, w.root, w.sub, NULL};
	X509 *none[] = {NULL};

	(void)state;
	assert_chain(w.by_client, w.root, reply, none);
	assert_chain(w.by_client, w.ra, reply, none);
	assert_chain(w.by_client, w.client, reply, none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_nearest_ca_comes_first),
	    cmocka_unit_test(test_an_end_entity_is_no_ca_of_the_chain),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
