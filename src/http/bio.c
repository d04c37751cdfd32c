#include "http/bio.h"

static int bio_read(BIO *bio, char *bytes, int size)
{
	struct conn_bio *over = BIO_get_data(bio);
	size_t got = 0;

	BIO_clear_retry_flags(bio);
	switch (over->conn->take(over->conn, bytes, (size_t)size, &got)) {
	case CONN_OK:
		over->ended = got == 0;
		return (int)got;
	case CONN_AGAIN:
		BIO_set_retry_read(bio);
		return -1;
	default:
		over->cut = true;
		return -1;
	}
}

static int bio_write(BIO *bio, const char *bytes, int len)
{
	struct conn_bio *over = BIO_get_data(bio);
	size_t sent = 0;

	BIO_clear_retry_flags(bio);
	switch (over->conn->give(over->conn, bytes, (size_t)len, &sent)) {
	case CONN_OK:
		return (int)sent;
	case CONN_AGAIN:
		BIO_set_retry_write(bio);
		return -1;
	default:
		over->cut = true;
		return -1;
	}
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	const struct conn_bio *over = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	if (command == BIO_CTRL_EOF)
		return over != NULL && over->ended;
	return command == BIO_CTRL_FLUSH;
}

BIO_METHOD *conn_bio_method(void)
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

BIO *conn_bio_new(const BIO_METHOD *method, struct conn_bio *over)
{
	BIO *bio = BIO_new(method);

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, over);
	BIO_set_init(bio, 1);
	return bio;
}
