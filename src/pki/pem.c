#include <limits.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "pki/pem.h"
#include "util/file.h"
#include "util/log.h"

bool pem_add(struct buf *out, const char *label, const void *der, size_t len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = false;
	char *text;
	long text_len;

	if (bio != NULL && len <= LONG_MAX &&
	    PEM_write_bio(bio, label, "", der, (long)len)) {
		text_len = BIO_get_mem_data(bio, &text);
		ok = text_len > 0 && buf_add(out, text, (size_t)text_len);
	}
	BIO_free(bio);
	return ok;
}

enum status pem_write(
    const char *path, const char *label, const void *der, size_t len)
{
	struct buf text = {0};
	enum status st;

	if (!pem_add(&text, label, der, len))
		st = fail_crypto(ST_FILE, "%s: cannot encode", path);
	else
		st = file_write(path, text.data, text.len);
	buf_free(&text);
	return st;
}
