#include "http/bio.h"

static int bio_read(BIO *bio, char *bytes, int size)
{
	struct bio_conn *below = BIO_get_data(bio);
	size_t got = 0;

	BIO_clear_retry_flags(bio);
	switch (below->conn->take(below->conn, bytes, (size_t)size, &got)) {
	case CONN_OK:
		below->ended = got == 0;
		return (int)got;
	case CONN_AGAIN:
		BIO_set_retry_read(bio);
		return -1;
	default:
		below->failed = true;
		return -1;
	}
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
	struct bio_conn *below = BIO_get_data(bio);
	size_t sent = 0;

	BIO_clear_retry_flags(bio);
	switch (below->conn->give(below->conn, bytes, (size_t)len, &sent)) {
	case CONN_OK:
		return (int)sent;
	case CONN_AGAIN:
		BIO_set_retry_write(bio);
		return -1;
	default:
		below->failed = true;
		return -1;
	}
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	const struct bio_conn *below = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	if (command == BIO_CTRL_EOF)
		return below != NULL && below->ended;
	return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *bio_new_method(void)
{
	BIO_METHOD *method =
	    BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "conn");

	if (method != NULL && BIO_meth_set_read(method, bio_read) &&
	    BIO_meth_set_write(method, bio_write) &&
	    BIO_meth_set_ctrl(method, bio_ctrl))
		return method;
	BIO_meth_free(method);
	return NULL;
}

BIO *bio_new(const BIO_METHOD *method, struct bio_conn *below)
{
	BIO *bio = BIO_new(method);

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, below);
	BIO_set_init(bio, 1);
	return bio;
}
