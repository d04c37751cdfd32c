/*
 * Reads replies in a stream: what comes is hashed and decrypted, and not kept.
 */
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "der.h"
#include "floor.h"

#define TAIL_SIZE 16384

/* Bytes that come one after the other: those of a range are hashed, those
 * behind it kept. */
struct stream {
	EVP_MD_CTX *md;
	size_t at, from, to, tail_len;
	unsigned char tail[TAIL_SIZE];
	unsigned char digest[DIGEST_SIZE];
};

static void verify(struct session *session, const unsigned char *digest,
    const unsigned char *signature, size_t len)
{
	EVP_PKEY_CTX *context = key_use(session->ca, EVP_PKEY_verify_init);

	ok(EVP_PKEY_CTX_set_signature_md(context, session->sha256), "SHA-256");
	ok(EVP_PKEY_verify(context, signature, len, digest, DIGEST_SIZE),
	    "a signature is wrong");
	EVP_PKEY_CTX_free(context);
}

static void stream_start(
    struct session *session, struct stream *stream, size_t from, size_t len)
{
	stream->md = EVP_MD_CTX_new();
	stream->at = 0;
	stream->from = from;
	stream->to = from + len;
	stream->tail_len = 0;
	ok(EVP_DigestInit_ex2(stream->md, session->sha256, NULL), "SHA-256");
}

/* The part of the next len bytes that is in a range: its length, and where it
 * begins. */
static size_t overlap(
    size_t at, size_t len, size_t from, size_t to, const unsigned char **data)
{
	size_t first = at > from ? at : from;
	size_t last = at + len < to ? at + len : to;

	if (first >= last)
		return 0;
	*data += first - at;
	return last - first;
}

static void stream_add(
    struct stream *stream, const unsigned char *data, size_t len)
{
	const unsigned char *part = data;
	size_t n = overlap(stream->at, len, stream->from, stream->to, &part);

	if (n > 0)
		ok(EVP_DigestUpdate(stream->md, part, n), "SHA-256");
	part = data;
	n = overlap(stream->at, len, stream->to, (size_t)-1, &part);
	need(n <= TAIL_SIZE - stream->tail_len, "the end is too long");
	if (n > 0)
		memcpy(stream->tail + stream->tail_len, part, n);
	stream->tail_len += n;
	stream->at += len;
}

static void stream_end(struct stream *stream)
{
	ok(EVP_DigestFinal_ex(stream->md, stream->digest, NULL), "SHA-256");
	EVP_MD_CTX_free(stream->md);
}

/* RFC 3211, 2.3.2: the key is encrypted twice. */
static void unwrap(
    struct session *session, struct der recipient, unsigned char *key)
{
	struct der salt = der_find(recipient, "1.1.0");
	struct der count = der_find(recipient, "1.1.1");
	struct der iv = der_find(recipient, "2.1.1");
	struct der wrapped = der_find(recipient, "3");
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	unsigned char kek[16], *last, out[64];
	int i, len, iterations = 0;

	for (i = 0; i < (int)count.len; i++)
		iterations = iterations << 8 | der_in(count)[i];
	ok(PKCS5_PBKDF2_HMAC_SHA1(session->password, -1, der_in(salt),
	       (int)salt.len, iterations, sizeof(kek), kek),
	    "PBKDF2");
	need(wrapped.len >= 32 && wrapped.len <= sizeof(out), "a wrapped key");
	ok(EVP_DecryptInit_ex2(
	       context, EVP_aes_128_cbc(), kek, der_end(wrapped) - 32, NULL),
	    "AES");
	EVP_CIPHER_CTX_set_padding(context, 0);
	last = out + wrapped.len - 16;
	ok(EVP_DecryptUpdate(context, last, &len, der_end(wrapped) - 16, 16),
	    "AES");
	ok(EVP_DecryptInit_ex2(context, NULL, NULL, last, NULL), "AES");
	ok(EVP_DecryptUpdate(
	       context, out, &len, der_in(wrapped), (int)wrapped.len - 16),
	    "AES");
	ok(EVP_DecryptInit_ex2(context, NULL, NULL, der_in(iv), NULL), "AES");
	ok(EVP_DecryptUpdate(context, out, &len, out, (int)wrapped.len), "AES");
	/* Its length, three octets to check it, and the key. */
	need(out[0] == 16, "a wrapped key");
	memcpy(key, out + 4, 16);
	EVP_CIPHER_CTX_free(context);
}

/* Opens an EnvelopedData: what decrypts its content. */
static EVP_CIPHER_CTX *open_envelope(struct session *session, struct der data)
{
	struct der recipient = der_find(data, "1.0");
	struct der encrypted_key = der_find(recipient, "3");
	struct der iv = der_find(data, "2.1.1");
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_CIPHER *cipher;
	unsigned char key[1024];
	size_t len = sizeof(key);
	EVP_PKEY_CTX *decrypt;

	if (session->password != NULL) {
		unwrap(session, recipient, key);
	} else {
		decrypt = key_use(session->key, EVP_PKEY_decrypt_init);
		ok(EVP_PKEY_decrypt(decrypt, key, &len, der_in(encrypted_key),
		       encrypted_key.len),
		    "a key");
		EVP_PKEY_CTX_free(decrypt);
	}
	if (iv.len == 8)
		need(OSSL_PROVIDER_load(NULL, "legacy") != NULL &&
			OSSL_PROVIDER_load(NULL, "default") != NULL,
		    "the legacy provider");
	cipher = EVP_CIPHER_fetch(
	    NULL, iv.len == 8 ? "DES-CBC" : "AES-128-CBC", NULL);
	ok(EVP_DecryptInit_ex2(context, cipher, key, der_in(iv), NULL),
	    "a cipher");
	EVP_CIPHER_free(cipher);
	return context;
}

size_t reply_fill(
    struct session *session, unsigned char *data, size_t have, size_t len)
{
	ssize_t n;

	while (have < len) {
		n = read(session->fd, data + have, len - have);
		need(n > 0, "the body of a reply");
		have += (size_t)n;
	}
	return have;
}

/* The signature of the whole message. */
static void verify_message(struct session *session, struct stream *stream)
{
	struct der part = der_at(stream->tail), signer, attributes, signature;
	unsigned char digest[DIGEST_SIZE], *set;

	if (part.tag == 0xa0) /* certificates */
		part = der_at(der_end(part));
	signer = der_find(part, "0");
	attributes = der_find(signer, "3");
	signature = der_find(signer, "5");
	set = stream->tail + (attributes.start - stream->tail);
	set[0] = 0x31; /* RFC 5652, 5.4 */
	ok(EVP_Digest(set, attributes.head + attributes.len, digest, NULL,
	       session->sha256, NULL),
	    "SHA-256");
	verify(session, digest, der_in(signature), signature.len);
}

/* Decrypts, and hashes what the CA has signed: a certificate or a CRL. */
static void add_encrypted(struct session *session, EVP_CIPHER_CTX *context,
    struct stream *stream, const unsigned char *data, size_t len)
{
	static unsigned char plain[MEMORY_STEP + 64];
	struct der tbs;
	int n = 0;

	ok(EVP_DecryptUpdate(context, plain, &n, data, (int)len), "a cipher");
	if (stream->md == NULL) {
		tbs = der_find(der_at(plain), "1.0.3.0.0");
		stream_start(session, stream, (size_t)(tbs.start - plain),
		    tbs.head + tbs.len);
	}
	stream_add(stream, plain, (size_t)n);
}

void reply_read_success(
    struct session *session, unsigned char *buffer, size_t have, size_t len)
{
	static struct stream message, content;
	struct der data = der_find(der_at(buffer), "1.0.2.1.0");
	struct der envelope = der_find(der_at(der_in(data)), "1.0");
	struct der encrypted = der_find(envelope, "2.2");
	EVP_CIPHER_CTX *context = open_envelope(session, envelope);
	size_t from = (size_t)(der_in(encrypted) - buffer), n;
	size_t to = from + encrypted.len, left = len;
	struct der signature;
	unsigned char end[64];
	const unsigned char *part;
	int end_len = 0;

	stream_start(
	    session, &message, (size_t)(der_in(data) - buffer), data.len);
	for (; have > 0; have = reply_fill(session, buffer, 0,
			     left < MEMORY_STEP ? left : MEMORY_STEP)) {
		part = buffer;
		n = overlap(message.at, have, from, to, &part);
		if (n > 0)
			add_encrypted(session, context, &content, part, n);
		stream_add(&message, buffer, have);
		left -= have;
	}
	ok(EVP_DecryptFinal_ex(context, end, &end_len), "padding");
	stream_add(&content, end, (size_t)end_len);
	stream_end(&message);
	stream_end(&content);
	verify_message(session, &message);
	signature = der_at(der_end(der_at(content.tail)));
	verify(
	    session, content.digest, der_in(signature) + 1, signature.len - 1);
	EVP_CIPHER_CTX_free(context);
}

void reply_read_pending(struct session *session, unsigned char *buffer)
{
	static struct stream message;
	struct der data = der_find(der_at(buffer), "1.0.2");
	struct der all = der_find(der_at(buffer), "1.0");

	message.tail_len = (size_t)(der_end(all) - der_end(data));
	need(message.tail_len <= TAIL_SIZE, "the end is too long");
	memcpy(message.tail, der_end(data), message.tail_len);
	verify_message(session, &message);
}
