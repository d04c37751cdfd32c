#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "compat/memory.h"
#include "compat/openssl.h"
#include "keys/key_type.h"

/* Borrowed from info, or NULL. */
static const ASN1_OBJECT *get_algorithm(const PKCS8_PRIV_KEY_INFO *info)
{
	const ASN1_OBJECT *algorithm = NULL;

	if (info != NULL)
		PKCS8_pkey_get0(&algorithm, NULL, NULL, NULL, info);
	return algorithm;
}

int key_type_find(const unsigned char *der, long len)
{
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, len);
	const ASN1_OBJECT *algorithm = get_algorithm(info);
	int type = algorithm != NULL ? OBJ_obj2nid(algorithm) : NID_undef;

	PKCS8_PRIV_KEY_INFO_free(info);
	return type;
}

/* EncryptedPrivateKeyInfo (RFC 5208, 6). */
static PKCS8_PRIV_KEY_INFO *decrypt(
    const unsigned char *der, long len, const struct pass *pass)
{
	X509_SIG *encrypted = d2i_X509_SIG(NULL, &der, len);
	PKCS8_PRIV_KEY_INFO *info = NULL;

	if (encrypted != NULL)
		info = PKCS8_decrypt(
		    encrypted, pass->text, (int)strlen(pass->text));
	X509_SIG_free(encrypted);
	return info;
}

static PKCS8_PRIV_KEY_INFO *open_der(
    const unsigned char *der, long len, const struct secret *secret)
{
	const struct pass *pass = secret_find(secret);
	const unsigned char *p = der;
	PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &p, len);

	return info == NULL && pass != NULL ? decrypt(der, len, pass) : info;
}

static PKCS8_PRIV_KEY_INFO *open_pem(
    const struct buf *file, const struct secret *secret)
{
	BIO *bio = BIO_new_mem_buf(file->data, (int)file->len);
	PKCS8_PRIV_KEY_INFO *info = NULL;
	char *label = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;

	if (bio != NULL && PEM_read_bio(bio, &label, &header, &der, &len) == 1)
		info = open_der(der, len, secret);
	OPENSSL_free(label);
	OPENSSL_free(header);
	compat_clear_free(der, (size_t)len);
	BIO_free(bio);
	return info;
}

static bool is_known(const char *type)
{
	EVP_PKEY_CTX *context = compat_new_type_context(type);
	bool known = context != NULL;

	EVP_PKEY_CTX_free(context);
	return known;
}

bool key_type_is_store(const struct buf *file)
{
	const unsigned char *p = file->data;
	PKCS12 *store;

	ERR_set_mark();
	store = d2i_PKCS12(NULL, &p, (long)file->len);
	ERR_pop_to_mark();
	PKCS12_free(store);
	return store != NULL;
}

bool key_type_is_lacking(struct key_ability *out, const struct buf *file,
    const struct secret *secret)
{
	PKCS8_PRIV_KEY_INFO *info;
	const ASN1_OBJECT *algorithm;
	bool lacking = false;

	ERR_set_mark();
	if (file->data[0] == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED))
		info = open_der(file->data, (long)file->len, secret);
	else
		info = open_pem(file, secret);
	if ((algorithm = get_algorithm(info)) != NULL) {
		*out = ability_of_algorithm(algorithm);
		lacking = !is_known(out->type);
	}
	ERR_pop_to_mark();
	PKCS8_PRIV_KEY_INFO_free(info);
	secret_wipe_stack();
	return lacking;
}
