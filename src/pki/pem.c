#include <limits.h>

#include <openssl/bio.h>
#include <openssl/pem.h>

#include "pki/pem.h"

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
