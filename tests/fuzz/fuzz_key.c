/*
 * Private keys in files.  Input: a byte, odd if the pass phrase is given; the file.
 */

#include <string.h>

#include <openssl/pem.h>

#include "fuzz.h"
#include "keys/key.h"
#include "pki/ability.h"
#include "world.h"

static struct pass pass = {.given = true, .text = WORLD_PASS};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

/*
 * Whether there may be a number of iterations in it that takes long: an INTEGER of
 * three bytes or more behind an OID of PKCS #5 or #12, or of a PKCS #12 at all.
 */
static bool is_costly(const unsigned char *der, size_t len)
{
	static const unsigned char oids[] = {
	    0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1};
	bool encrypted = false;
	size_t i, n = sizeof(oids);

	for (i = 0; i + n < len; i++) {
		if (memcmp(der + i, oids, n) == 0 &&
		    (der[i + n] == 5 || der[i + n] == 7 || der[i + n] == 12))
			encrypted = true;
		if (encrypted && der[i] == V_ASN1_INTEGER && der[i + 1] > 2 &&
		    der[i + 1] <= 8)
			return true;
	}
	return false;
}

static bool has_costly_block(const void *text, size_t len)
{
	BIO *bio = BIO_new_mem_buf(text, (int)len);
	char *name, *header;
	unsigned char *der;
	bool found = false;
	long der_len;

	while (
	    !found && PEM_read_bio(bio, &name, &header, &der, &der_len) == 1) {
		found = is_costly(der, (size_t)der_len);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(der);
	}
	BIO_free(bio);
	return found;
}

/* What was read is a private key, and is read again as the same. */
static void check_key(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	EVP_PKEY *again;
	int len;

	FUZZ_CHECK(ability_of_key(key).type == NULL || EVP_PKEY_bits(key) > 0);
	len = i2d_PrivateKey(key, &der);
	if (len > 0) {
		p = der;
		again = d2i_AutoPrivateKey(NULL, &p, len);
		FUZZ_CHECK(again != NULL);
		EVP_PKEY_free(again);
	}
	OPENSSL_free(der);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	bool encrypted = false, in_token = false;
	struct key_place place = {
	    .name = "a",
	    .what = "private key",
	    .option = "--passin",
	    .pass = (fuzz_take_byte(&in) & 1) != 0 ? &pass : NULL,
	    .encrypted = &encrypted,
	    .in_token = &in_token,
	    .silent = true,
	};
	EVP_PKEY *key = NULL;

	if (in.left == 0 || is_costly(in.next, in.left) ||
	    has_costly_block(in.next, in.left))
		return 0;
	fuzz_forget();
	fuzz_write_file("a", in.next, in.left);
	if (key_read(&key, &place) == ST_OK)
		check_key(key);
	else
		FUZZ_CHECK(strstr(fuzz_last_failure(), WORLD_PASS) == NULL);
	EVP_PKEY_free(key);
	return 0;
}
