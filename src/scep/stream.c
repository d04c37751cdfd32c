#include <string.h>

#include "scep/stream.h"
#include "util/log.h"

static int stream_read(BIO *bio, char *bytes, int size)
{
	struct stream *stream = BIO_get_data(bio);
	struct der *run = &stream->run;
	const unsigned char *p;
	size_t len;

	BIO_clear_retry_flags(bio);
	if (size <= 0 || run->left == 0)
		return 0;
	if ((p = octets_peek(run, 1, &len)) == NULL) {
		stream->failed = true;
		return -1;
	}
	if (len > (size_t)size)
		len = (size_t)size;
	memcpy(bytes, p, len);
	octets_skip(run, (long)len);
	return (int)len;
}

static int stream_write(BIO *bio, const char *bytes, int len)
{
	struct stream *stream = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (len <= 0)
		return 0;
	if (stream->st == ST_OK)
		stream->st = spool_add(stream->spool, bytes, (size_t)len);
	return stream->st == ST_OK ? len : -1;
}

static long stream_ctrl(BIO *bio, int command, long number, void *pointer)
{
	const struct stream *stream = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	if (command == BIO_CTRL_EOF)
		return stream->run.left == 0;
	return command == BIO_CTRL_FLUSH;
}

static BIO *new_bio(struct stream *stream)
{
	BIO *bio = BIO_new(stream->method);

	if (bio == NULL)
		return NULL;
	BIO_set_data(bio, stream);
	BIO_set_init(bio, 1);
	return bio;
}

static void free_bios(struct stream *stream)
{
	BIO_free(stream->in);
	BIO_free(stream->out);
	BIO_meth_free(stream->method);
}

enum status stream_open(
    struct stream *stream, struct der run, struct spool *spool)
{
	*stream = (struct stream){.run = run, .spool = spool};
	stream->method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");
	if (stream->method != NULL &&
	    BIO_meth_set_read(stream->method, stream_read) &&
	    BIO_meth_set_write(stream->method, stream_write) &&
	    BIO_meth_set_ctrl(stream->method, stream_ctrl) &&
	    (stream->in = new_bio(stream)) != NULL &&
	    (stream->out = new_bio(stream)) != NULL)
		return ST_OK;
	free_bios(stream);
	return fail_memory();
}

enum status stream_close(struct stream *stream)
{
	free_bios(stream);
	if (stream->st == ST_OK && stream->failed)
		return spool_fail_read();
	return stream->st == ST_OK ? spool_end(stream->spool) : stream->st;
}
