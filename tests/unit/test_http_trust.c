/* Unit test of src/http/trust.c: for which hosts a certificate is. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "http/trust.h"

/* A certificate that is its own CA, and has no other names than these. */
static X509 *named(const char *names)
{
	const struct cert_spec spec = {
	    .cn = "scep.example.org", .key = fixture_ec()};
	X509 *cert = fixture_cert(&spec);
	X509_EXTENSION *extension =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);

	assert_non_null(extension);
	assert_true(X509_add_ext(cert, extension, -1));
	assert_true(X509_sign(cert, fixture_ec(), EVP_sha256()));
	X509_EXTENSION_free(extension);
	return cert;
}

/* The X509_V_ERR_* of a certificate, which is trusted, as that of host. */
static int judge(X509 *cert, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	char name[TRUST_NAME_SIZE];
	int error;

	assert_non_null(store);
	assert_non_null(context);
	assert_true(X509_STORE_add_cert(store, cert));
	assert_true(X509_STORE_CTX_init(context, store, cert, NULL));
	assert_true(
	    trust_set_host(X509_STORE_CTX_get0_param(context), name, host));
	error = X509_verify_cert(context) == 1
	    ? X509_V_OK
	    : X509_STORE_CTX_get_error(context);
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return error;
}

static void check_host(const char *names, const char *host, int want)
{
	X509 *cert = named(names);
	int error = judge(cert, host);

	if (error != want)
		fixture_fail("%s for %s: %s", names, host,
		    X509_verify_cert_error_string(error));
	X509_free(cert);
}

/* RFC 9525, 6.3: a wildcard is a whole label, the left-most one. */
static void test_names(void **state)
{
	static const struct {
		const char *names, *host;
		bool same;
	} rows[] = {
	    {.names = "DNS:scep.example.org",
		.host = "scep.example.org",
		.same = true},
	    {.names = "DNS:scep.example.org",
		.host = "SCEP.Example.ORG",
		.same = true},
	    {.names = "DNS:scep.example.org",
		.host = "scep.example.org.",
		.same = true},
	    {.names = "DNS:scep.example.org", .host = "scep.example.org.evil"},
	    {.names = "DNS:scep.example.org", .host = "example.org"},
	    {.names = "DNS:scep.example.org", .host = "x.scep.example.org"},
	    {.names = "DNS:scep.example.org", .host = "xscep.example.org"},
	    {.names = "DNS:.example.org", .host = "scep.example.org"},
	    {.names = "DNS:a.example,DNS:scep.example.org",
		.host = "scep.example.org",
		.same = true},
	    {.names = "DNS:*.example.org",
		.host = "scep.example.org",
		.same = true},
	    {.names = "DNS:*.example.org",
		.host = "scep.example.org.",
		.same = true},
	    {.names = "DNS:*.example.org", .host = "example.org"},
	    {.names = "DNS:*.example.org", .host = "a.scep.example.org"},
	    {.names = "DNS:*", .host = "localhost"},
	    {.names = "DNS:*", .host = "scep.example.org"},
	    {.names = "DNS:*.", .host = "localhost"},
	    {.names = "DNS:*.org", .host = "example.org"},
	    {.names = "DNS:*.org", .host = "scep.example.org"},
	    {.names = "DNS:*.*.org", .host = "scep.example.org"},
	    {.names = "DNS:*.*", .host = "example.org"},
	    {.names = "DNS:scep.*.org", .host = "scep.example.org"},
	    {.names = "DNS:a.*.example.org", .host = "a.scep.example.org"},
	    {.names = "DNS:sc*.example.org", .host = "scep.example.org"},
	    {.names = "DNS:*ep.example.org", .host = "scep.example.org"},
	    {.names = "DNS:s*p.example.org", .host = "scep.example.org"},
	    {.names = "DNS:scep*.example.org", .host = "scep.example.org"},
	    {.names = "DNS:*scep.example.org", .host = "scep.example.org"},
	    {.names = "DNS:loc*", .host = "localhost"},
	    {.names = "DNS:*host", .host = "localhost"},
	    /* Another kind of name, and the common name. */
	    {.names = "URI:https://scep.example.org",
		.host = "scep.example.org"},
	    {.names = "email:a@scep.example.org", .host = "scep.example.org"},
	    {.names = "IP:192.0.2.1", .host = "scep.example.org"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].names))
		check_host(rows[i].names, rows[i].host,
		    rows[i].same ? X509_V_OK : X509_V_ERR_HOSTNAME_MISMATCH);
}

static void test_certificates_of_addresses_are_compared(void **state)
{
	static const struct {
		const char *names, *host;
		bool same;
	} rows[] = {
	    {.names = "IP:192.0.2.1", .host = "192.0.2.1", .same = true},
	    {.names = "IP:192.0.2.1", .host = "192.0.2.10"},
	    {.names = "DNS:192.0.2.1", .host = "192.0.2.1"},
	    {.names = "DNS:*.0.2.1", .host = "192.0.2.1"},
	    {.names = "IP:2001:db8::1", .host = "2001:db8::1", .same = true},
	    {.names = "IP:2001:db8::1",
		.host = "2001:0DB8:0:0:0:0:0:1",
		.same = true},
	    {.names = "IP:2001:db8::1", .host = "2001:db8::2"},
	    {.names = "IP:192.0.2.1", .host = "::ffff:192.0.2.1"},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].names))
		check_host(rows[i].names, rows[i].host,
		    rows[i].same ? X509_V_OK : X509_V_ERR_IP_ADDRESS_MISMATCH);
}

/* RFC 6066, 3: SNI has a name without its final dot, and no address. */
static void test_sni_has_no_final_dot_and_no_address(void **state)
{
	static const char *const rows[][2] = {
	    {"scep.example.org", "scep.example.org"},
	    {"scep.example.org.", "scep.example.org"},
	    {"localhost.", "localhost"},
	    {"192.0.2.1", ""},
	    {"2001:db8::1", ""},
	};
	char name[TRUST_NAME_SIZE], text[TRUST_NAME_SIZE + 1];
	X509_VERIFY_PARAM *param;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i][0])) {
		param = X509_VERIFY_PARAM_new();
		assert_true(trust_set_host(param, name, rows[i][0]));
		assert_string_equal(name, rows[i][1]);
		X509_VERIFY_PARAM_free(param);
	}
	/* Labels of 63 (RFC 1035, 2.3.4): OpenSSL 4.0 refuses longer ones. */
	memset(text, 'x', sizeof(text));
	for (i = 63; i < sizeof(text); i += 64)
		text[i] = '.';
	text[TRUST_NAME_SIZE] = '\0';
	param = X509_VERIFY_PARAM_new();
	assert_false(trust_set_host(param, name, text));
	text[TRUST_NAME_SIZE - 1] = '\0';
	assert_true(trust_set_host(param, name, text));
	X509_VERIFY_PARAM_free(param);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_certificates_of_addresses_are_compared),
	    cmocka_unit_test(test_sni_has_no_final_dot_and_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
