/*
 * Makes CRLs of any size: a degenerate SignedData with one CRL in it (RFC 8894,
 * 3.4), in DER, as it is in the envelope of a reply to GetCRL.
 *
 * usage: crl CA-CERTIFICATE CA-KEY ENTRIES OUTPUT
 */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common.h"

#define DAY 86400

static const unsigned char id_signed_data[] = {
    0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2};
static const unsigned char id_data[] = {
    0x30, 11, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1};
static const unsigned char rsa_with_sha256[] = {
    0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 0x05, 0};
/* [0] { extensions: crlNumber 1 } */
static const unsigned char extensions[] = {
    0xa0, 14, 0x30, 12, 0x30, 10, 0x06, 3, 0x55, 0x1d, 20, 0x04, 3, 2, 1, 1};
static const unsigned char version[] = {2, 1, 1};
static const unsigned char empty_set[] = {0x31, 0};

static void add_header(struct bytes *out, unsigned char tag, size_t len)
{
	unsigned char header[6] = {tag, 0x84, (unsigned char)(len >> 24),
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8),
	    (unsigned char)len};
	size_t skip = 0;

	if (len < 0x80) {
		header[1] = (unsigned char)len;
		bytes_add(out, header, 2);
		return;
	}
	while (header[2 + skip] == 0)
		skip++;
	header[1] = (unsigned char)(0x84 - skip);
	bytes_add(out, header, 2);
	bytes_add(out, header + 2 + skip, 4 - skip);
}

static void add(struct bytes *out, unsigned char tag, struct bytes in)
{
	add_header(out, tag, in.len);
	bytes_add(out, in.data, in.len);
}

/* A UTCTime. */
static void add_time(struct bytes *out, time_t when)
{
	char text[16];

	strftime(text, sizeof(text), "\x17\x0d%y%m%d%H%M%SZ", gmtime(&when));
	bytes_add(out, text, 15);
}

/* 38.5 bytes for each entry on average: serial numbers of 19 and 20 octets, as
 * large CAs have them. They look random, but are always the same. */
static void add_entries(struct bytes *out, unsigned long count, time_t now)
{
	unsigned long long state = 1;
	unsigned char serial[20];
	unsigned long i;
	size_t j, len;

	for (i = 0; i < count; i++) {
		len = i % 2 == 0 ? 19 : 20;
		for (j = 0; j < len; j++) {
			state = state * 6364136223846793005ULL + 1;
			serial[j] = (unsigned char)(state >> 56);
		}
		serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40);
		add_header(out, 0x30, 2 + len + 15);
		add_header(out, 0x02, len);
		bytes_add(out, serial, len);
		add_time(out, now);
	}
}

static struct bytes make_tbs(X509 *ca, unsigned long count)
{
	struct bytes name = {NULL, 0, 0}, entries = name, in = name, tbs = name;
	time_t now = time(NULL) - DAY;
	int len = i2d_X509_NAME(X509_get_subject_name(ca), &name.data);

	need(len > 0, "subject");
	add_entries(&entries, count, now);
	bytes_add(&in, version, sizeof(version));
	bytes_add(&in, rsa_with_sha256, sizeof(rsa_with_sha256));
	bytes_add(&in, name.data, (size_t)len);
	add_time(&in, now);
	add_time(&in, now + 30 * DAY);
	add(&in, 0x30, entries);
	bytes_add(&in, extensions, sizeof(extensions));
	add(&tbs, 0x30, in);
	OPENSSL_free(name.data);
	free(entries.data);
	free(in.data);
	return tbs;
}

static struct bytes make_crl(struct bytes tbs, EVP_PKEY *key)
{
	struct bytes crl = {NULL, 0, 0};
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[1024];
	size_t len = sizeof(signature);

	need(context != NULL &&
		EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) ==
		    1 &&
		EVP_DigestSign(context, signature, &len, tbs.data, tbs.len) ==
		    1,
	    "signature");
	EVP_MD_CTX_free(context);
	bytes_add(&crl, tbs.data, tbs.len);
	bytes_add(&crl, rsa_with_sha256, sizeof(rsa_with_sha256));
	add_header(&crl, 0x03, len + 1);
	bytes_add(&crl, "", 1);
	bytes_add(&crl, signature, len);
	return crl;
}

/* Puts an element around what is in it. */
static void wrap(struct bytes *in, unsigned char tag)
{
	struct bytes out = {NULL, 0, 0};

	add(&out, tag, *in);
	free(in->data);
	*in = out;
}

int main(int argc, char **argv)
{
	struct bytes tbs, crl, in = {NULL, 0, 0}, out = in;
	EVP_PKEY *key;
	FILE *file;
	X509 *ca;

	need(argc == 5, "usage: crl CA-CERTIFICATE CA-KEY ENTRIES OUTPUT");
	file = fopen(argv[1], "r");
	need(file != NULL, argv[1]);
	ca = PEM_read_X509(file, NULL, NULL, NULL);
	fclose(file);
	file = fopen(argv[2], "r");
	need(file != NULL, argv[2]);
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);
	need(ca != NULL && key != NULL, "certificate and key of the CA");
	tbs = make_tbs(ca, strtoul(argv[3], NULL, 10));
	crl = make_crl(tbs, key);
	free(tbs.data);
	wrap(&crl, 0x30);
	bytes_add(&in, version, sizeof(version));
	bytes_add(&in, empty_set, sizeof(empty_set));
	bytes_add(&in, id_data, sizeof(id_data));
	add(&in, 0xa1, crl);
	bytes_add(&in, empty_set, sizeof(empty_set));
	wrap(&in, 0x30);
	bytes_add(&out, id_signed_data, sizeof(id_signed_data));
	add(&out, 0xa0, in);
	wrap(&out, 0x30);
	errno = 0;
	file = fopen(argv[4], "wb");
	need(file != NULL && fwrite(out.data, 1, out.len, file) == out.len &&
		fclose(file) == 0,
	    argv[4]);
	free(in.data);
	free(out.data);
	free(crl.data);
	X509_free(ca);
	EVP_PKEY_free(key);
	return 0;
}
