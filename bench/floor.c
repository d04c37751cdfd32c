/*
 * The floor: what an operation of SCEP costs at least with the EVP interface of
 * libcrypto. It does the cryptography that cannot be left out, on keys of which
 * it is given the numbers, and talks to the server over one connection. What it
 * sends was recorded from the program; what it signs and encrypts has the same
 * size. It reads replies in a stream, and writes no files.
 *
 * usage: floor [OPTION...] PORT ROW [REQUEST...]
 *
 *   -c             GetCACert, and its digest
 *   -k KEY         RSAPrivateKey or ECPrivateKey in DER, which signs
 *   -a KEY         RSAPublicKey of the CA in DER
 *   -e FILE        what is encrypted: the request for a certificate
 *   -s             sign once more: the self-signed certificate
 *   -p PASSWORD    the reply is encrypted with it
 *
 * It asks for GetCACaps, and then sends each REQUEST; the reply to the last one
 * is a SUCCESS.
 */
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "floor.h"

static void sign(struct session *session, const void *data, size_t len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[1024];
	size_t size = sizeof(signature);

	ok(EVP_DigestSignInit_ex(
	       context, NULL, "SHA256", NULL, NULL, session->key, NULL),
	    "a signature");
	ok(EVP_DigestSign(context, signature, &size, data, len), "a signature");
	EVP_MD_CTX_free(context);
}

/* A request: encrypted for the CA, and signed. */
static void protect(struct session *session, struct bytes content)
{
	unsigned char random[48], key[1024], attributes[256] = {0};
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	EVP_PKEY_CTX *ca = key_use(session->ca, EVP_PKEY_encrypt_init);
	unsigned char *out = malloc(content.len + 16);
	int len = 0, end = 0;
	size_t size = sizeof(key);

	/* The key, the initialization vector, and senderNonce. */
	ok(RAND_bytes(random, sizeof(random)), "random bytes");
	ok(EVP_PKEY_encrypt(ca, key, &size, random, 16), "a key");
	ok(EVP_EncryptInit_ex2(context, cipher, random, random + 16, NULL),
	    "AES");
	ok(EVP_EncryptUpdate(
	       context, out, &len, content.data, (int)content.len),
	    "AES");
	ok(EVP_EncryptFinal_ex(context, out + len, &end), "AES");
	ok(EVP_Digest(out, (size_t)(len + end), attributes, NULL,
	       session->sha256, NULL),
	    "a digest");
	sign(session, attributes, sizeof(attributes));
	EVP_PKEY_CTX_free(ca);
	EVP_CIPHER_CTX_free(context);
	EVP_CIPHER_free(cipher);
	free(out);
}

/* Sends a request, reads the head of the reply and the beginning of its body;
 * returns the length of the body. */
static size_t exchange(struct session *session, const char *operation,
    struct bytes body, unsigned char *buffer, size_t *have)
{
	static char head[8192];
	struct bytes request = {NULL, 0, 0};
	size_t len, got;
	int n = snprintf(head, sizeof(head),
	    "%s /%s?operation=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    body.len > 0 ? "POST" : "GET", session->row, operation,
	    session->port, body.len);

	bytes_add(&request, head, (size_t)n);
	bytes_add(&request, body.data, body.len);
	write_all(session->fd, request.data, request.len);
	free(request.data);
	len = read_head(session->fd, head, sizeof(head), &got);
	need(len > 0, "no reply");
	*have = got - len;
	memcpy(buffer, head + len, *have);
	len = content_length(head);
	*have = reply_fill(
	    session, buffer, *have, len < MEMORY_STEP ? len : MEMORY_STEP);
	return len;
}

int main(int argc, char **argv)
{
	static unsigned char buffer[MEMORY_STEP], digest[DIGEST_SIZE];
	struct session session = {0};
	struct bytes none = {NULL, 0, 0}, content = none;
	bool self_signed = false, get_ca = false;
	size_t len, have;
	int option, i;

	OPENSSL_init_crypto(
	    OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | OPENSSL_INIT_NO_ATEXIT, NULL);
	while ((option = getopt(argc, argv, "ck:a:e:sp:")) != -1)
		switch (option) {
		case 'c':
			get_ca = true;
			break;
		case 'k':
			session.key = key_read(optarg, true);
			break;
		case 'a':
			session.ca = key_read(optarg, false);
			break;
		case 'e':
			content = read_file(optarg);
			break;
		case 's':
			self_signed = true;
			break;
		case 'p':
			session.password = optarg;
			break;
		default:
			die("see the beginning of floor.c");
		}
	need(argc - optind >= 2, "see the beginning of floor.c");
	session.port = atoi(argv[optind]);
	session.row = argv[optind + 1];
	session.fd = connect_to(session.port);
	exchange(&session, "GetCACaps", none, buffer, &have);
	if (get_ca || optind + 2 < argc)
		session.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (get_ca) {
		exchange(&session, "GetCACert", none, buffer, &have);
		ok(EVP_Digest(buffer, have, digest, NULL, session.sha256, NULL),
		    "SHA-256");
	}
	if (self_signed)
		sign(&session, content.data, content.len);
	for (i = optind + 2; i < argc; i++) {
		protect(&session, content);
		len = exchange(&session, "PKIOperation", read_file(argv[i]),
		    buffer, &have);
		if (i < argc - 1)
			reply_read_pending(&session, buffer);
		else
			reply_read_success(&session, buffer, have, len);
	}
	_exit(0);
}
