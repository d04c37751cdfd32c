#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "fuzz.h"
#include "pki/cabundle.h"
#include "world.h"
#include "world_pem.h"

#define CONTEXT(n) (V_ASN1_CONTEXT_SPECIFIC | V_ASN1_CONSTRUCTED | (n))
#define SEQUENCE   (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)
#define SET        (V_ASN1_SET | V_ASN1_CONSTRUCTED)
#define DIGEST_LEN 32
#define KEY_LEN    16 /* of AES-128, and its block */

struct world world;

static const unsigned char content_key[] = "key of a content";
static const unsigned char iv[] = "it is not secret";
static struct buf encrypted_key; /* content_key, for the client */

static EVP_PKEY *read_key(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	BIO_free(bio);
	if (key == NULL)
		abort();
	return key;
}

static X509 *read_cert(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	if (cert == NULL)
		abort();
	return cert;
}

static void encrypt_key(void)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(world.client_key, NULL);
	size_t len = 512;

	if (!buf_reserve(&encrypted_key, len) ||
	    EVP_PKEY_encrypt_init(context) <= 0 ||
	    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) <= 0 ||
	    EVP_PKEY_encrypt(
		context, encrypted_key.data, &len, content_key, KEY_LEN) <= 0)
		abort();
	encrypted_key.len = len;
	EVP_PKEY_CTX_free(context);
}

static void free_world(void)
{
	EVP_PKEY_free(world.ca_key);
	EVP_PKEY_free(world.client_key);
	X509_free(world.ca);
	X509_free(world.client);
	X509_free(world.issued);
	X509_free(world.next);
	X509_REQ_free(world.csr);
	cabundle_free(&world.bundle);
	ASN1_INTEGER_free(world.serial);
	buf_free(&encrypted_key);
}

void world_make(void)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *bio = BIO_new_mem_buf(world_request_pem, -1);

	world.ca_key = read_key(world_ca_key_pem);
	world.client_key = read_key(world_client_key_pem);
	world.ca = read_cert(world_ca_pem);
	world.client = read_cert(world_client_pem);
	world.issued = read_cert(world_issued_pem);
	world.next = read_cert(world_next_pem);
	world.csr = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	world.serial = ASN1_INTEGER_dup(X509_get0_serialNumber(world.issued));
	BIO_free(bio);
	if (world.csr == NULL || world.serial == NULL || certs == NULL ||
	    !X509_up_ref(world.ca) || !sk_X509_push(certs, world.ca) ||
	    atexit(free_world) != 0)
		abort();
	cabundle_set(&world.bundle, certs);
	encrypt_key();
}

struct scep_request world_request(enum message_type type)
{
	struct scep_request request = {
	    .type = type,
	    .transaction_id = WORLD_ID,
	    .bundle = &world.bundle,
	    .signer = world.client,
	    .key = world.client_key,
	    .digest = EVP_sha256(),
	    .cipher = EVP_aes_128_cbc(),
	};

	memcpy(request.nonce, WORLD_NONCE, SCEP_NONCE_LEN);
	return request;
}

enum message_type world_type(unsigned int kind)
{
	static const enum message_type types[] = {
	    MESSAGE_PKCSREQ, MESSAGE_GETCERT, MESSAGE_GETCRL, MESSAGE_CERTPOLL};

	return types[kind % COUNT_OF(types)];
}

static void add(struct buf *out, const void *bytes, size_t len)
{
	if (len > 0 && !buf_add(out, bytes, len))
		abort();
}

void world_add_der(
    struct buf *out, int tag, const void *contents, size_t contents_len)
{
	unsigned char header[8];
	size_t len = 0, shift;

	header[len++] = (unsigned char)tag;
	if (contents_len < 0x80) {
		header[len++] = (unsigned char)contents_len;
	} else {
		for (shift = 1; contents_len >> (8 * shift) > 0; shift++)
			;
		header[len++] = (unsigned char)(0x80 | shift);
		while (shift-- > 0)
			header[len++] =
			    (unsigned char)(contents_len >> (8 * shift));
	}
	add(out, header, len);
	add(out, contents, contents_len);
}

void world_enclose(struct buf *out, int tag, struct buf *contents)
{
	world_add_der(out, tag, contents->data, contents->len);
	buf_free(contents);
}

static void add_number(struct buf *out, unsigned char number)
{
	world_add_der(out, V_ASN1_INTEGER, &number, 1);
}

static void add_oid(struct buf *out, int nid)
{
	unsigned char *der = NULL;
	int len = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &der);

	if (len <= 0)
		abort();
	add(out, der, (size_t)len);
	OPENSSL_free(der);
}

/* An AlgorithmIdentifier, with the parameters in DER. */
static void add_algorithm(
    struct buf *out, int nid, const void *parameters, size_t len)
{
	struct buf inside = {0};

	add_oid(&inside, nid);
	add(&inside, parameters, len);
	world_enclose(out, SEQUENCE, &inside);
}

static void add_signature(
    struct buf *out, int tag, const void *bytes, size_t len)
{
	unsigned char signature[129] = {0}; /* in a BIT STRING: 0 first */
	size_t signature_len = sizeof(signature) - 1, first;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (context == NULL ||
	    EVP_DigestSignInit(
		context, NULL, EVP_sha256(), NULL, world.ca_key) != 1 ||
	    EVP_DigestSign(
		context, signature + 1, &signature_len, bytes, len) != 1)
		abort();
	EVP_MD_CTX_free(context);
	first = tag == V_ASN1_BIT_STRING ? 0 : 1;
	world_add_der(out, tag, signature + first, signature_len + 1 - first);
}

void world_add_issued(struct buf *out, const void *tbs, size_t len)
{
	struct buf inside = {0};

	add(&inside, tbs, len);
	add_algorithm(&inside, NID_ecdsa_with_SHA256, NULL, 0);
	add_signature(&inside, V_ASN1_BIT_STRING, tbs, len);
	world_enclose(out, SEQUENCE, &inside);
}

/* A ContentInfo, of what becomes a SEQUENCE. */
static void add_content_info(struct buf *out, int type, struct buf *contents)
{
	struct buf explicit = {0}, inside = {0};

	world_enclose(&explicit, SEQUENCE, contents);
	add_oid(&inside, type);
	world_enclose(&inside, CONTEXT(0), &explicit);
	world_enclose(out, SEQUENCE, &inside);
}

void world_add_set(
    struct buf *out, const struct buf *certs, const struct buf *crls)
{
	struct buf inside = {0}, type = {0};

	add_number(&inside, 1);
	world_add_der(&inside, SET, NULL, 0);
	add_oid(&type, NID_pkcs7_data);
	world_enclose(&inside, SEQUENCE, &type);
	if (certs->len > 0)
		world_add_der(&inside, CONTEXT(0), certs->data, certs->len);
	if (crls->len > 0)
		world_add_der(&inside, CONTEXT(1), crls->data, crls->len);
	world_add_der(&inside, SET, NULL, 0);
	add_content_info(out, NID_pkcs7_signed, &inside);
}

/* An IssuerAndSerialNumber. */
static void add_id(struct buf *out, X509 *cert)
{
	unsigned char *name = NULL, *serial = NULL;
	int name_len = i2d_X509_NAME(X509_get_issuer_name(cert), &name);
	int serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(cert), &serial);
	struct buf inside = {0};

	if (name_len <= 0 || serial_len <= 0)
		abort();
	add(&inside, name, (size_t)name_len);
	add(&inside, serial, (size_t)serial_len);
	world_enclose(out, SEQUENCE, &inside);
	OPENSSL_free(name);
	OPENSSL_free(serial);
}

static void add_recipient(struct buf *out)
{
	static const unsigned char null[] = {V_ASN1_NULL, 0};
	struct buf inside = {0}, info = {0};

	add_number(&inside, 0);
	add_id(&inside, world.client);
	add_algorithm(&inside, NID_rsaEncryption, null, sizeof(null));
	world_add_der(&inside, V_ASN1_OCTET_STRING, encrypted_key.data,
	    encrypted_key.len);
	world_enclose(&info, SEQUENCE, &inside);
	world_enclose(out, SET, &info);
}

static void add_encrypted(struct buf *out, const void *bytes, size_t len)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	struct buf inside = {0}, parameters = {0};
	unsigned char *cipher = malloc(len + 32);
	int some = 0, more = 0;

	if (context == NULL || cipher == NULL ||
	    EVP_EncryptInit_ex(
		context, EVP_aes_128_cbc(), NULL, content_key, iv) != 1 ||
	    EVP_EncryptUpdate(context, cipher, &some,
		len > 0 ? bytes : (const void *)"", (int)len) != 1 ||
	    EVP_EncryptFinal_ex(context, cipher + some, &more) != 1)
		abort();
	EVP_CIPHER_CTX_free(context);
	add_oid(&inside, NID_pkcs7_data);
	world_add_der(&parameters, V_ASN1_OCTET_STRING, iv, KEY_LEN);
	add_algorithm(
	    &inside, NID_aes_128_cbc, parameters.data, parameters.len);
	world_add_der(&inside, V_ASN1_CONTEXT_SPECIFIC, cipher,
	    (size_t)some + (size_t)more);
	world_enclose(out, SEQUENCE, &inside);
	buf_free(&parameters);
	free(cipher);
}

void world_add_envelope(struct buf *out, const void *inside, size_t len)
{
	struct buf data = {0};

	add_number(&data, 0);
	add_recipient(&data);
	add_encrypted(&data, inside, len);
	add_content_info(out, NID_pkcs7_enveloped, &data);
}

/* Replaces the value of messageDigest, wherever it is. */
static void set_digest(struct buf *attributes, const struct buf *content)
{
	static const unsigned char head[] = {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7,
	    0x0d, 1, 9, 4, SET, 2 + DIGEST_LEN, V_ASN1_OCTET_STRING,
	    DIGEST_LEN};
	size_t i;

	for (i = 0; i + sizeof(head) + DIGEST_LEN <= attributes->len; i++)
		if (memcmp(attributes->data + i, head, sizeof(head)) == 0 &&
		    EVP_Digest(buf_string(content), content->len,
			attributes->data + i + sizeof(head), NULL, EVP_sha256(),
			NULL) != 1)
			abort();
}

static void add_signer(struct buf *out, const struct buf *attributes)
{
	struct buf inside = {0}, info = {0}, set = {0};

	add_number(&inside, 1);
	add_id(&inside, world.ca);
	add_algorithm(&inside, NID_sha256, NULL, 0);
	world_add_der(&inside, CONTEXT(0), attributes->data, attributes->len);
	add_algorithm(&inside, NID_ecdsa_with_SHA256, NULL, 0);
	world_add_der(&set, SET, attributes->data, attributes->len);
	add_signature(&inside, V_ASN1_OCTET_STRING, set.data, set.len);
	buf_free(&set);
	world_enclose(&info, SEQUENCE, &inside);
	world_enclose(out, SET, &info);
}

void world_add_signed(struct buf *out, int type, const struct buf *attributes,
    const struct buf *content, const struct buf *certs)
{
	struct buf data = {0}, part = {0}, algorithms = {0}, changed = {0};

	add(&changed, attributes->data, attributes->len);
	set_digest(&changed, content);
	add_number(&data, 1);
	add_algorithm(&algorithms, NID_sha256, NULL, 0);
	world_enclose(&data, SET, &algorithms);
	add_oid(&part, type);
	if (content->len > 0) {
		struct buf octets = {0};

		world_add_der(
		    &octets, V_ASN1_OCTET_STRING, content->data, content->len);
		world_enclose(&part, CONTEXT(0), &octets);
	}
	world_enclose(&data, SEQUENCE, &part);
	if (certs != NULL)
		world_add_der(&data, CONTEXT(0), certs->data, certs->len);
	add_signer(&data, &changed);
	buf_free(&changed);
	add_content_info(out, NID_pkcs7_signed, &data);
}
