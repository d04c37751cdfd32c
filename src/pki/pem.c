#include <errno.h>
#include <string.h>

#include <openssl/evp.h>

#include "pki/pem.h"
#include "util/spool.h"

/* Bytes of DER that are encoded at once: the whole lines of what is read at once. */
#define PART ((size_t)SPOOL_WINDOW / 48 * 48)

/* The room for the text of a part, and for the lines before and after it. */
#define TEXT_OF(len) ((len) / 48 * 65 + 256)

/* Encodes what there is in run into text, all but the last of its parts. */
static bool encode_part(
    struct buf *text, EVP_ENCODE_CTX *context, struct der *run, int *added)
{
	const unsigned char *p;
	size_t len;

	if ((p = octets_peek(run, PART, &len)) == NULL)
		return false;
	if (len > PART)
		len = PART;
	octets_skip(run, (long)len);
	return EVP_EncodeUpdate(
		   context, text->data + text->len, added, p, (int)len) == 1;
}

static bool add_body(struct buf *text, EVP_ENCODE_CTX *context, struct der run,
    bool (*put)(void *arg, const struct buf *part), void *arg)
{
	int added;

	EVP_EncodeInit(context);
	while (run.left > 0) {
		if (!encode_part(text, context, &run, &added))
			return false;
		text->len += (size_t)added;
		if (run.left > 0 && !put(arg, text))
			return false;
		if (run.left > 0)
			text->len = 0;
	}
	EVP_EncodeFinal(context, text->data + text->len, &added);
	text->len += (size_t)added;
	return true;
}

bool pem_write(const char *label, struct der der,
    bool (*put)(void *arg, const struct buf *part), void *arg)
{
	EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
	size_t part = der.left < (long)PART ? (size_t)der.left : PART;
	struct buf text = {0};
	bool ok;

	errno = ENOMEM;
	ok = context != NULL &&
	    buf_reserve(&text, TEXT_OF(part) + strlen(label)) &&
	    buf_addf(&text, "-----BEGIN %s-----\n", label) &&
	    add_body(&text, context, der, put, arg) &&
	    buf_addf(&text, "-----END %s-----\n", label) && put(arg, &text);
	EVP_ENCODE_CTX_free(context);
	buf_free(&text);
	return ok;
}

bool pem_put_to_buf(void *arg, const struct buf *part)
{
	return buf_add(arg, part->data, part->len);
}

bool pem_add(struct buf *out, const char *label, const void *der, size_t len)
{
	return pem_write(
	    label, octets_in_memory(der, len), pem_put_to_buf, out);
}
