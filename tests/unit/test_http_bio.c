/* Unit test of src/http/bio.c: what TLS is told of the connection below it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/bio.h"

/* The next results of take() and give(), and what take() has for the reader. */
static struct fake {
	struct conn conn;
	enum conn_result result;
	const char *bytes;
} fake;

static enum conn_result take(
    struct conn *conn, void *bytes, size_t size, size_t *got)
{
	(void)conn;
	*got = strlen(fake.bytes);
	assert_true(*got <= size);
	memcpy(bytes, fake.bytes, *got);
	return fake.result;
}

static enum conn_result give(
    struct conn *conn, const void *bytes, size_t len, size_t *sent)
{
	(void)conn;
	(void)bytes;
	*sent = len - 1;
	return fake.result;
}

static struct bio_conn below;
static BIO_METHOD *method;
static BIO *bio;

static int open_bio(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.conn.take = take;
	fake.conn.give = give;
	fake.result = CONN_OK;
	fake.bytes = "";
	memset(&below, 0, sizeof(below));
	below.conn = &fake.conn;
	method = bio_new_method();
	return method == NULL || (bio = bio_new(method, &below)) == NULL;
}

static int close_bio(void **state)
{
	(void)state;
	BIO_free(bio);
	BIO_meth_free(method);
	return 0;
}

static void test_what_was_received_is_read(void **state)
{
	char bytes[8];

	(void)state;
	fake.bytes = "abc";
	assert_int_equal(BIO_read(bio, bytes, sizeof(bytes)), 3);
	assert_memory_equal(bytes, "abc", 3);
	assert_false(BIO_should_retry(bio));
	assert_false(below.ended);
	assert_false(below.failed);
}

/* A peer may have cut the stream: TLS asks whether this was the end of it. */
static void test_the_end_of_the_stream_is_told(void **state)
{
	char bytes[8];

	(void)state;
	assert_int_equal(BIO_eof(bio), 0);
	assert_int_equal(BIO_read(bio, bytes, sizeof(bytes)), 0);
	assert_false(BIO_should_retry(bio));
	assert_true(below.ended);
	assert_int_equal(BIO_eof(bio), 1);
	assert_int_equal(BIO_flush(bio), 1);
	assert_int_equal(BIO_pending(bio), 0);
}

static void test_would_block_is_a_retry(void **state)
{
	char bytes[8];

	(void)state;
	fake.result = CONN_AGAIN;
	assert_int_equal(BIO_read(bio, bytes, sizeof(bytes)), -1);
	assert_true(BIO_should_retry(bio));
	assert_true(BIO_should_read(bio));
	assert_int_equal(BIO_write(bio, "abc", 3), -1);
	assert_true(BIO_should_retry(bio));
	assert_true(BIO_should_write(bio));
	assert_false(below.failed);
	assert_false(below.ended);
}

static void test_failure_is_no_retry(void **state)
{
	char bytes[8];

	(void)state;
	fake.result = CONN_FAILED;
	assert_int_equal(BIO_read(bio, bytes, sizeof(bytes)), -1);
	assert_false(BIO_should_retry(bio));
	assert_true(below.failed);
	below.failed = false;
	assert_int_equal(BIO_write(bio, "abc", 3), -1);
	assert_false(BIO_should_retry(bio));
	assert_true(below.failed);
	assert_false(below.ended);
}

static void test_what_is_written_is_sent(void **state)
{
	(void)state;
	assert_int_equal(BIO_write(bio, "abc", 3), 2);
	assert_false(BIO_should_retry(bio));
	assert_false(below.failed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		test_what_was_received_is_read, open_bio, close_bio),
	    cmocka_unit_test_setup_teardown(
		test_the_end_of_the_stream_is_told, open_bio, close_bio),
	    cmocka_unit_test_setup_teardown(
		test_would_block_is_a_retry, open_bio, close_bio),
	    cmocka_unit_test_setup_teardown(
		test_failure_is_no_retry, open_bio, close_bio),
	    cmocka_unit_test_setup_teardown(
		test_what_is_written_is_sent, open_bio, close_bio),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
