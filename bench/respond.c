/*
 * A SCEP server for measurements: one process, which has all answers ready,
 * serves one connection after the other and decides nothing.
 *
 * usage: respond DIRECTORY CA-CERTIFICATE CA-KEY
 *
 * It prints its port. The first part of the path of a URL is the name of a
 * directory in DIRECTORY with the files
 *
 *   caps        the answer to GetCACaps
 *   ca          the answer to GetCACert, a certificate in DER
 *   payload     what is in the envelope of a SUCCESS, in DER
 *   cipher      the name of the cipher of the envelope; default: aes-128-cbc
 *   password    encrypt with it, not to the certificate of the requester
 *   pending     how often PENDING is the answer after a new request
 *   record      if it is there, requests are kept, as request-MESSAGETYPE
 */
#include <errno.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"

#define NONCE_SIZE 16
#define HEAD_SIZE  (1 << 20)

struct server {
	const char *top;
	X509 *cert;
	EVP_PKEY *key;
	int pending;
};

/* What is used of a request. */
struct request {
	CMS_ContentInfo *cms;
	CMS_SignerInfo *signer;
	X509 *cert;
	int type;
};

/* RFC 8894, 3.2.1. */
#define ATTRIBUTES "2.16.840.1.113733.1.9."
static const char message_type[] = ATTRIBUTES "2";
static const char pki_status[] = ATTRIBUTES "3";
static const char sender_nonce[] = ATTRIBUTES "5";
static const char recipient_nonce[] = ATTRIBUTES "6";
static const char transaction_id[] = ATTRIBUTES "7";

static bool path_of(char *path, size_t size, const struct server *server,
    const char *row, const char *name)
{
	snprintf(path, size, "%s/%s/%s", server->top, row, name);
	return access(path, R_OK) == 0;
}

/* A file of the row; empty if it is not there. */
static struct bytes row_file(
    const struct server *server, const char *row, const char *name)
{
	struct bytes none = {NULL, 0, 0};
	char path[512];

	return path_of(path, sizeof(path), server, row, name) ? read_file(path)
							      : none;
}

/* A file with one word, as text. */
static void row_word(char *word, size_t size, const struct server *server,
    const char *row, const char *name)
{
	struct bytes text = row_file(server, row, name);

	snprintf(word, size, "%.*s",
	    (int)(text.len > 0 ? strcspn((char *)text.data, "\n") : 0),
	    text.len > 0 ? (char *)text.data : "");
	free(text.data);
}

static ASN1_STRING *attribute(CMS_SignerInfo *signer, const char *oid, int type)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_STRING *value =
	    CMS_signed_get0_data_by_OBJ(signer, object, -3, type);

	ASN1_OBJECT_free(object);
	need(value != NULL, oid);
	return value;
}

static void add_attribute(CMS_SignerInfo *signer, const char *oid, int type,
    const void *data, int len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);

	need(CMS_signed_add1_attr_by_OBJ(signer, object, type, data, len) == 1,
	    "an attribute");
	ASN1_OBJECT_free(object);
}

static struct request read_request(struct bytes body)
{
	struct request request = {NULL, NULL, NULL, 0};
	const unsigned char *p = body.data;
	STACK_OF(X509) *certs;
	ASN1_STRING *type;

	request.cms = d2i_CMS_ContentInfo(NULL, &p, (long)body.len);
	need(request.cms != NULL, "a pkiMessage");
	request.signer =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(request.cms), 0);
	certs = CMS_get1_certs(request.cms);
	need(sk_X509_num(certs) > 0, "the certificate of the requester");
	request.cert = sk_X509_shift(certs);
	sk_X509_pop_free(certs, X509_free);
	type = attribute(request.signer, message_type, V_ASN1_PRINTABLESTRING);
	request.type = atoi((const char *)ASN1_STRING_get0_data(type));
	return request;
}

static void keep_request(const struct server *server, const char *row,
    const struct request *request, struct bytes body)
{
	char name[32], path[512];
	FILE *file;

	if (!path_of(path, sizeof(path), server, row, "record"))
		return;
	snprintf(name, sizeof(name), "request-%d", request->type);
	path_of(path, sizeof(path), server, row, name);
	file = fopen(path, "wb");
	need(file != NULL && fwrite(body.data, 1, body.len, file) == body.len &&
		fclose(file) == 0,
	    path);
}

/* The EnvelopedData of a SUCCESS, in DER. */
static struct bytes envelope(
    const struct server *server, const char *row, const struct request *request)
{
	struct bytes payload = row_file(server, row, "payload");
	struct bytes der = {NULL, 0, 0};
	char cipher[64], password[64];
	const EVP_CIPHER *algorithm;
	CMS_ContentInfo *cms;
	BIO *in = BIO_new_mem_buf(payload.data, (int)payload.len);
	int len;

	row_word(cipher, sizeof(cipher), server, row, "cipher");
	row_word(password, sizeof(password), server, row, "password");
	algorithm =
	    EVP_get_cipherbyname(*cipher != '\0' ? cipher : "aes-128-cbc");
	cms = CMS_encrypt(NULL, NULL, algorithm, CMS_BINARY | CMS_PARTIAL);
	need(cms != NULL, "CMS_encrypt");
	if (*password != '\0')
		need(CMS_add0_recipient_password(cms, -1, NID_id_alg_PWRI_KEK,
			 -1, (unsigned char *)strdup(password), -1,
			 NULL) != NULL,
		    "a recipient with a password");
	else
		need(CMS_add1_recipient_cert(cms, request->cert, 0) != NULL,
		    "a recipient");
	need(CMS_final(cms, in, NULL, CMS_BINARY) == 1, "an envelope");
	len = i2d_CMS_ContentInfo(cms, &der.data);
	need(len > 0, "an envelope");
	der.len = (size_t)len;
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	free(payload.data);
	return der;
}

/* RFC 8894, 3.3.2. */
static struct bytes cert_rep(const struct server *server,
    const struct request *request, const char *status, struct bytes content)
{
	unsigned int flags = CMS_BINARY | CMS_NOSMIMECAP;
	struct bytes der = {NULL, 0, 0};
	BIO *in = BIO_new(BIO_s_mem());
	unsigned char nonce[NONCE_SIZE];
	CMS_ContentInfo *cms;
	CMS_SignerInfo *signer;
	ASN1_STRING *value;
	int len;

	if (content.len == 0)
		flags |= CMS_DETACHED;
	BIO_write(in, content.data, (int)content.len);
	RAND_bytes(nonce, sizeof(nonce));
	cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);
	signer = CMS_add1_signer(
	    cms, server->cert, server->key, EVP_sha256(), flags | CMS_PARTIAL);
	need(signer != NULL, "CMS_sign");
	add_attribute(signer, message_type, V_ASN1_PRINTABLESTRING, "3", 1);
	add_attribute(signer, pki_status, V_ASN1_PRINTABLESTRING, status, 1);
	add_attribute(
	    signer, sender_nonce, V_ASN1_OCTET_STRING, nonce, NONCE_SIZE);
	value =
	    attribute(request->signer, transaction_id, V_ASN1_PRINTABLESTRING);
	add_attribute(signer, transaction_id, V_ASN1_PRINTABLESTRING,
	    ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
	value = attribute(request->signer, sender_nonce, V_ASN1_OCTET_STRING);
	add_attribute(signer, recipient_nonce, V_ASN1_OCTET_STRING,
	    ASN1_STRING_get0_data(value), ASN1_STRING_length(value));
	need(CMS_final(cms, in, NULL, flags) == 1, "a signature");
	len = i2d_CMS_ContentInfo(cms, &der.data);
	need(len > 0, "a CertRep");
	der.len = (size_t)len;
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	return der;
}

static struct bytes answer_message(
    struct server *server, const char *row, struct bytes body)
{
	struct request request = read_request(body);
	struct bytes reply, content = {NULL, 0, 0};
	char pending[16];

	keep_request(server, row, &request, body);
	if (request.type != 20) { /* CertPoll */
		row_word(pending, sizeof(pending), server, row, "pending");
		server->pending = atoi(pending);
	}
	if (server->pending-- > 0) {
		reply = cert_rep(server, &request, "3", content);
	} else {
		content = envelope(server, row, &request);
		reply = cert_rep(server, &request, "0", content);
		OPENSSL_free(content.data);
	}
	X509_free(request.cert);
	CMS_ContentInfo_free(request.cms);
	return reply;
}

static int hex(char c)
{
	return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
}

/* The message parameter of a GET: percent-encoded base64. */
static struct bytes message_of(const char *query)
{
	const char *p = strstr(query, "&message=");
	struct bytes text = {NULL, 0, 0}, body = {NULL, 0, 0};
	char c;
	int len;

	if (p == NULL)
		return body;
	for (p += strlen("&message="); *p != ' ' && *p != '&'; p++) {
		c = *p;
		if (c == '%') {
			c = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
		}
		if (c != '\n')
			bytes_add(&text, &c, 1);
	}
	len = EVP_DecodeBlock(
	    bytes_extend(&body, text.len), text.data, (int)text.len);
	need(len > 0, "base64");
	body.len = (size_t)len;
	while (text.len > 0 && text.data[--text.len] == '=')
		body.len--;
	free(text.data);
	return body;
}

static void send_answer(int fd, const char *type, struct bytes body)
{
	char head[256];
	int len = snprintf(head, sizeof(head),
	    "HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    type, body.len);

	write_all(fd, head, (size_t)len);
	write_all(fd, body.data, body.len);
}

static void answer(
    struct server *server, int fd, const char *head, struct bytes body)
{
	struct bytes reply;
	char row[64] = "";

	need(sscanf(head, "%*s /%63[^/?]", row) == 1, "the path of a URL");
	if (strstr(head, "operation=GetCACaps") != NULL) {
		reply = row_file(server, row, "caps");
		send_answer(fd, "text/plain", reply);
		free(reply.data);
	} else if (strstr(head, "operation=GetCACert") != NULL) {
		reply = row_file(server, row, "ca");
		send_answer(fd, "application/x-x509-ca-cert", reply);
		free(reply.data);
	} else {
		if (body.len == 0)
			body = message_of(head);
		reply = answer_message(server, row, body);
		send_answer(fd, "application/x-pki-message", reply);
		OPENSSL_free(reply.data);
	}
}

static void serve(struct server *server, int fd)
{
	static char head[HEAD_SIZE];
	struct bytes body;
	size_t len, got, wanted;
	bool last;
	ssize_t n;

	do {
		len = read_head(fd, head, sizeof(head), &got);
		if (len == 0)
			return;
		memset(&body, 0, sizeof(body));
		bytes_add(&body, head + len, got - len);
		wanted = content_length(head);
		while (body.len < wanted) {
			got = wanted - body.len;
			n = read(fd, bytes_extend(&body, got), got);
			need(n > 0, "the body of a request");
			body.len -= got - (size_t)n;
		}
		head[len] = '\0';
		last = strstr(head, " HTTP/1.0\r\n") != NULL ||
		    strstr(head, "\r\nConnection: close\r\n") != NULL;
		answer(server, fd, head, body);
		free(body.data);
	} while (!last);
}

int main(int argc, char **argv)
{
	struct server server = {NULL, NULL, NULL, 0};
	int listener, fd;
	FILE *file;

	need(argc == 4, "usage: respond DIRECTORY CA-CERTIFICATE CA-KEY");
	server.top = argv[1];
	file = fopen(argv[2], "r");
	need(file != NULL, argv[2]);
	server.cert = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	file = fopen(argv[3], "r");
	need(file != NULL, argv[3]);
	server.key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	need(server.cert != NULL && server.key != NULL &&
		OSSL_PROVIDER_load(NULL, "default") != NULL,
	    "certificate and key of the CA");
	if (OSSL_PROVIDER_load(NULL, "legacy") == NULL)
		fprintf(
		    stderr, "respond: no DES without the legacy provider\n");
	ERR_clear_error();
	listener = listen_on(0);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		need(fd >= 0, "accept");
		serve(&server, fd);
		close(fd);
	}
}
