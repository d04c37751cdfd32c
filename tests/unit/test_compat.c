/* What stands in for functions that some libcrypto lack does the same as they. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "compat/files.h"
#include "compat/memory.h"
#include "compat/openssl.h"
#include "compat/ui.h"
#include "fixtures.h"

static void test_blocks_are_copied_and_wiped(void **state)
{
	static const char zeros[16] = {0};
	char *block = compat_zalloc(sizeof(zeros)), *copy;

	(void)state;
	assert_memory_equal(block, zeros, sizeof(zeros));
	memcpy(block, "0123456789abcdef", sizeof(zeros));
	assert_non_null(copy = compat_memdup(block, sizeof(zeros)));
	assert_ptr_not_equal(copy, block);
	assert_non_null(copy = compat_clear_realloc(copy, 16, 4096));
	assert_memory_equal(copy, block, sizeof(zeros));
	compat_clear_free(copy, 4096);
	compat_clear_free(NULL, 0);
	assert_non_null(copy = compat_clear_realloc(NULL, 0, 1));
	OPENSSL_free(copy);
	OPENSSL_free(block);
}

static void test_keys_are_compared(void **state)
{
	(void)state;
	assert_true(compat_same_key(fixture_rsa(0), fixture_rsa(0)));
	assert_false(compat_same_key(fixture_rsa(0), fixture_rsa(1)));
	assert_false(compat_same_key(fixture_rsa(0), fixture_ec()));
}

/* Byte by byte that of the request. */
static void test_a_public_key_is_encoded_as_in_the_request(void **state)
{
	EVP_PKEY *keys[] = {fixture_rsa(0), fixture_ec(), fixture_rsa(1)};
	unsigned char *wanted, *got;
	X509_REQ *csr;
	int len;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(keys); i++) {
		csr = fixture_csr("client", keys[i]);
		wanted = got = NULL;
		assert_true((len = i2d_PUBKEY(keys[i], &wanted)) > 0);
		assert_int_equal(
		    compat_i2d_public_key(compat_get_public_key(csr), &got),
		    len);
		assert_memory_equal(got, wanted, (size_t)len);
		OPENSSL_free(wanted);
		OPENSSL_free(got);
		X509_REQ_free(csr);
	}
}

static int give(char *out, int size, int writing, void *text)
{
	int len = (int)strlen(text);

	(void)writing;
	if (len > size)
		return -1;
	memcpy(out, text, (size_t)len);
	return len;
}

static void assert_answer(char *text, int ok)
{
	UI_METHOD *method = compat_new_ui(give);
	UI *ui = UI_new_method(method);
	char got[64] = "";

	UI_add_user_data(ui, text);
	assert_true(UI_add_input_string(ui, "PIN: ", 0, got, 1, 63) > 0);
	assert_int_equal(UI_process(ui) == 0, ok);
	if (ok)
		assert_string_equal(got, text);
	UI_free(ui);
	UI_destroy_method(method);
	ERR_clear_error();
}

static void test_an_answer_that_is_too_long_is_refused(void **state)
{
	char pin[] = "1234", too_long[2 * PEM_BUFSIZE];

	(void)state;
	memset(too_long, '1', sizeof(too_long));
	too_long[sizeof(too_long) - 1] = '\0';
	assert_answer(pin, 1);
	assert_answer(too_long, 0);
}

static void test_the_error_of_libcrypto_has_its_text(void **state)
{
	(void)state;
	ERR_clear_error();
	assert_null(compat_error_text());
	assert_null(BIO_new_file("/nonexistent/file", "r"));
	assert_non_null(strstr(compat_error_text(), "/nonexistent/file"));
	ERR_clear_error();
}

/* Where it separates no directories, it is part of a name. */
static void test_a_backslash_is_part_of_a_name(void **state)
{
	char path[] = "a\\b/c";

	(void)state;
	compat_unify_path(path);
	assert_string_equal(path, "a\\b/c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocks_are_copied_and_wiped),
	    cmocka_unit_test(test_keys_are_compared),
	    cmocka_unit_test(test_a_public_key_is_encoded_as_in_the_request),
	    cmocka_unit_test(test_an_answer_that_is_too_long_is_refused),
	    cmocka_unit_test(test_the_error_of_libcrypto_has_its_text),
	    cmocka_unit_test(test_a_backslash_is_part_of_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
