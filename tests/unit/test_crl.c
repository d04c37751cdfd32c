/* Unit test of src/pki/pem.c and src/pki/crl.c, in memory and in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "fixtures.h"
#include "pki/pem.h"
#include "util/log.h"

/* The bytes in a spool that has them in a file. */
static struct der in_file(struct spool *spool, const void *bytes, size_t len)
{
	spool->memory_max = 1;
	assert_int_equal(spool_expect(spool, 2), ST_OK);
	assert_int_equal(spool_add(spool, bytes, len), ST_OK);
	assert_int_equal(spool_end(spool), ST_OK);
	return octets_in_spool(spool);
}

static void check_pem(const unsigned char *bytes, size_t len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf memory = {0}, file = {0};
	struct spool spool = {0};
	char *want;
	long size;

	assert_true(PEM_write_bio(bio, "X509 CRL", "", bytes, (long)len) > 0);
	size = BIO_get_mem_data(bio, &want);
	assert_true(pem_add(&memory, "X509 CRL", bytes, len));
	assert_true(pem_write(
	    "X509 CRL", in_file(&spool, bytes, len), pem_put_to_buf, &file));
	assert_int_equal(memory.len, size);
	assert_memory_equal(memory.data, want, memory.len);
	assert_int_equal(file.len, size);
	assert_memory_equal(file.data, want, file.len);
	BIO_free(bio);
	buf_free(&memory);
	buf_free(&file);
	spool_free(&spool);
}

/* As libcrypto writes it, whatever the length. */
static void test_pem(void **state)
{
	static const size_t lens[] = {47 * 1024, 48 * 1024 - 1, 48 * 1024,
	    48 * 1024 + 1, 2 * 48 * 1024, SPOOL_WINDOW + 1, 400000};
	unsigned char *bytes = malloc(400000);
	size_t i;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < 400000; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	for (i = 1; i < 200; i++)
		check_pem(bytes, i);
	for (i = 0; i < NITEMS(lens); i++)
		check_pem(bytes, lens[i]);
	free(bytes);
}

static bool put_fails(void *arg, const struct buf *part)
{
	int *left = arg;

	(void)part;
	errno = ENOSPC;
	return (*left)-- > 0;
}

/* The error of what is written, or of what is read. */
static void test_pem_errors(void **state)
{
	static const unsigned char zeros[200000];
	struct spool spool = {0};
	struct buf text = {0};
	struct der der;
	int i, left;

	(void)state;
	for (i = 0; i < 3; i++) {
		left = i;
		errno = 0;
		assert_false(pem_write("X",
		    octets_in_memory(zeros, sizeof(zeros)), put_fails, &left));
		assert_int_equal(errno, ENOSPC);
	}
	der = in_file(&spool, zeros, sizeof(zeros));
	assert_int_equal(ftruncate(spool.fd, 150000), 0);
	assert_false(pem_write("X", der, pem_put_to_buf, &text));
	assert_int_equal(errno, EIO);
	buf_free(&text);
	spool_free(&spool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pem),
	    cmocka_unit_test(test_pem_errors),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
