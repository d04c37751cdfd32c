#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "pki/key.h"
#include "util/file.h"
#include "util/log.h"

static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* pem_password_cb; asked says whether a pass phrase was wanted at all. */
static int ask_pass_phrase(char *out, int size, int writing, void *asked)
{
	*(bool *)asked = true;
	if (!has_terminal())
		return -1;
	return PEM_def_callback(out, size, writing, NULL);
}

/* PKCS#8 with a pass phrase, in DER. */
static EVP_PKEY *parse_encrypted(const struct buf *file, bool *asked)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key =
		    d2i_PKCS8PrivateKey_bio(bio, NULL, ask_pass_phrase, asked);
	BIO_free(bio);
	return key;
}

static EVP_PKEY *parse_der(const struct buf *file, bool *asked)
{
	const unsigned char *p = file->data;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &p, (long)file->len);

	if (key == NULL)
		return parse_encrypted(file, asked);
	if (p == file->data + file->len)
		return key;
	EVP_PKEY_free(key);
	return NULL;
}

static EVP_PKEY *parse_pem(const struct buf *file, bool *asked)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	EVP_PKEY *key;

	if (bio == NULL)
		return NULL;
	key = PEM_read_bio_PrivateKey(bio, NULL, ask_pass_phrase, asked);
	BIO_free(bio);
	return key;
}

enum status key_read(EVP_PKEY **out, const char *path, const char *what)
{
	struct buf file = {0};
	bool asked = false;
	enum status st;

	if ((st = file_read(&file, path, what)) != ST_OK)
		return st;
	if (file.data[0] == (V_ASN1_SEQUENCE | 0x20))
		*out = parse_der(&file, &asked);
	else
		*out = parse_pem(&file, &asked);
	buf_free(&file);
	if (*out != NULL)
		return ST_OK;
	if (!asked)
		return fail_crypto(ST_FILE,
		    "%s %s: not a private key in PEM or DER", what, path);
	ERR_clear_error();
	if (!has_terminal())
		return fail(ST_FILE,
		    "%s %s: it is encrypted, and there is no terminal to ask "
		    "for the pass phrase",
		    what, path);
	return fail(ST_FILE,
	    "%s %s: cannot decrypt it, the pass phrase is wrong", what, path);
}
