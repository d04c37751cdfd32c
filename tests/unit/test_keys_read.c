/* Unit test of keys/key.c: private keys in files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include "fixtures.h"
#include "world.h"
#include "keys/key.h"
#include "pki/cert.h"
#include "util/buf.h"

/* The encodings of a private key in a file. */
enum key_format {
	TRADITIONAL_PEM,
	TRADITIONAL_DER,
	PKCS8_PEM,
	PKCS8_DER,
	PARAMETERS_FIRST,
	ENCRYPTED_PKCS8_PEM,
	ENCRYPTED_PKCS8_DER,
	ENCRYPTED_TRADITIONAL
};

static int write_parameters(BIO *bio, EVP_PKEY *key)
{
	return BIO_puts(bio,
		   "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
		   "-----END EC PARAMETERS-----\n") > 0 &&
	    PEM_write_bio_PrivateKey_traditional(
		bio, key, NULL, NULL, 0, NULL, NULL);
}

static void make_key_file(struct buf *out, EVP_PKEY *key, enum key_format f)
{
	static unsigned char phrase[] = "pass";
	const EVP_CIPHER *aes = EVP_aes_128_cbc();
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	int ok = 0;
	char *text;
	long len;

	switch (f) {
	case TRADITIONAL_PEM:
		ok = PEM_write_bio_PrivateKey_traditional(
		    bio, key, NULL, NULL, 0, NULL, NULL);
		break;
	case TRADITIONAL_DER:
		ok = i2d_PrivateKey_bio(bio, key);
		break;
	case PKCS8_PEM:
		ok = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info);
		break;
	case PKCS8_DER:
		ok = i2d_PKCS8_PRIV_KEY_INFO_bio(bio, info);
		break;
	case PARAMETERS_FIRST:
		ok = write_parameters(bio, key);
		break;
	case ENCRYPTED_PKCS8_PEM:
		ok = PEM_write_bio_PKCS8PrivateKey(
		    bio, key, aes, "pass", 4, NULL, NULL);
		break;
	case ENCRYPTED_PKCS8_DER:
		ok = i2d_PKCS8PrivateKey_bio(
		    bio, key, aes, "pass", 4, NULL, NULL);
		break;
	case ENCRYPTED_TRADITIONAL:
		ok = PEM_write_bio_PrivateKey_traditional(
		    bio, key, aes, phrase, 4, NULL, NULL);
		break;
	}
	assert_true(ok);
	len = BIO_get_mem_data(bio, &text);
	assert_true(buf_add(out, text, (size_t)len));
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
}

static enum status read_key(
    EVP_PKEY **out, const char *path, const struct pass *pass)
{
	const struct key_place place = {
	    .name = path,
	    .what = "private key",
	    .option = "--passin",
	    .pass = pass,
	};

	return key_read(out, &place);
}

static void test_keys_are_read_in_all_forms(void **state)
{
	const struct {
		const char *name;
		EVP_PKEY *key;
		enum key_format format;
	} keys[] = {
	    {.name = "RSA, PEM",
		.key = fixture_rsa(0),
		.format = TRADITIONAL_PEM},
	    {.name = "RSA, DER",
		.key = fixture_rsa(0),
		.format = TRADITIONAL_DER},
	    {.name = "RSA, PKCS #8 in PEM",
		.key = fixture_rsa(0),
		.format = PKCS8_PEM},
	    {.name = "RSA, PKCS #8 in DER",
		.key = fixture_rsa(0),
		.format = PKCS8_DER},
	    {.name = "EC, PEM", .key = fixture_ec(), .format = TRADITIONAL_PEM},
	    {.name = "EC, DER", .key = fixture_ec(), .format = TRADITIONAL_DER},
	    {.name = "EC, PKCS #8 in PEM",
		.key = fixture_ec(),
		.format = PKCS8_PEM},
	    {.name = "EC, PKCS #8 in DER",
		.key = fixture_ec(),
		.format = PKCS8_DER},
	    {.name = "EC, parameters first",
		.key = fixture_ec(),
		.format = PARAMETERS_FIRST},
	};
	const char *path = fixture_path("key");
	struct buf file = {0};
	EVP_PKEY *key;
	X509 *cert;
	size_t i;

	(void)state;
	for (EACH_ROW(i, keys, keys[i].name)) {
		cert = fixture_cert(
		    &(struct cert_spec){.cn = "x", .key = keys[i].key});
		file.len = 0;
		make_key_file(&file, keys[i].key, keys[i].format);
		fixture_write(path, file.data, file.len);
		key = NULL;
		assert_int_equal(read_key(&key, path, NULL), ST_OK);
		assert_int_equal(ERR_peek_error(), 0);
		assert_true(cert_has_key(cert, key));
		EVP_PKEY_free(key);
		X509_free(cert);
	}
	buf_free(&file);
}

/* Returns what key_read() prints when there is no terminal. */
static enum status read_alone(const char *path, const char **text)
{
	EVP_PKEY *key = NULL;
	int st = -1;
	pid_t pid;

	capture_start(STDERR_FILENO);
	if ((pid = fork()) == 0) {
		if (setsid() < 0)
			fixture_exit(99);
		st = (int)read_key(&key, path, NULL);
		fixture_exit(key != NULL ? 98 : st);
	}
	waitpid(pid, &st, 0);
	*text = capture_stop();
	assert_true(WIFEXITED(st));
	return (enum status)WEXITSTATUS(st);
}

static void test_cut_and_encrypted_keys_are_refused(void **state)
{
	static const char no_key[] = "not a private key in PEM or DER";
	static const struct {
		const char *name;
		enum key_format format;
		long change; /* bytes added or removed */
		const char *says;
	} keys[] = {
	    {.name = "PEM, cut",
		.format = TRADITIONAL_PEM,
		.change = -10,
		.says = no_key},
	    {.name = "DER, cut",
		.format = TRADITIONAL_DER,
		.change = -1,
		.says = no_key},
	    {.name = "DER, and one octet",
		.format = TRADITIONAL_DER,
		.change = 1,
		.says = no_key},
	    {.name = "PKCS #8 in DER, and one octet",
		.format = PKCS8_DER,
		.change = 1,
		.says = no_key},
	    {.name = "encrypted PKCS #8 in PEM",
		.format = ENCRYPTED_PKCS8_PEM,
		.change = 0,
		.says = "it is encrypted and there is no term"},
	    {.name = "encrypted PEM",
		.format = ENCRYPTED_TRADITIONAL,
		.change = 0,
		.says = "it is encrypted and there is no te"},
	    {.name = "encrypted PKCS #8 in DER",
		.format = ENCRYPTED_PKCS8_DER,
		.change = 0,
		.says = "it is encrypted and there is no term"},
	};
	const char *path = fixture_path("key"), *text;
	enum status st;
	size_t i;

	(void)state;
	for (EACH_ROW(i, keys, keys[i].name)) {
		struct buf file = {0};

		make_key_file(&file, fixture_rsa(0), keys[i].format);
		assert_true(buf_add(&file, "x", 1));
		fixture_write(path, file.data,
		    (size_t)((long)file.len - 1 + keys[i].change));
		buf_free(&file);
		st = read_alone(path, &text);
		assert_int_equal(st, ST_FILE);
		assert_memory_equal(text, "sscep: private key /", 20);
		if (strstr(text, keys[i].says) == NULL)
			fixture_fail("%s", text);
		/* One line. */
		assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	}
}

static void test_what_is_no_key_is_refused(void **state)
{
	static const char *const garbage[] = {"garbage", "0", "-----BEGIN",
	    "-----BEGIN X-----\nAA==\n-----END X-----",
	    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"};
	const char *path = fixture_path("key"), *text;
	X509 *other = world_simple("x", 0, NULL);
	struct buf cert = {0};
	size_t i;

	(void)state;
	for (EACH_ROW(i, garbage, garbage[i])) {
		fixture_write(path, garbage[i], strlen(garbage[i]));
		assert_int_equal(read_alone(path, &text), ST_FILE);
		assert_non_null(strstr(text, "not a private key"));
	}
	world_add_pem(&cert, other);
	X509_free(other);
	fixture_write(path, cert.data, cert.len);
	buf_free(&cert);
	assert_int_equal(read_alone(path, &text), ST_FILE);
	assert_non_null(strstr(text, "not a private key"));
	assert_int_equal(read_alone(fixture_path("missing"), &text), ST_FILE);
	assert_non_null(strstr(text, "cannot open"));
}

static void test_a_store_is_named(void **state)
{
	X509 *cert = world_simple("x", 0, NULL);
	PKCS12 *store = PKCS12_create(
	    "pass", "x", fixture_rsa(0), cert, NULL, 0, 0, 0, 0, 0);
	const struct pass pass = {.given = true, .text = "pass"};
	const char *path = fixture_path("key"), *text;
	unsigned char *der = NULL;
	EVP_PKEY *key = NULL;
	int len = i2d_PKCS12(store, &der);

	(void)state;
	assert_true(len > 0);
	fixture_write(path, der, (size_t)len);
	capture_start(STDERR_FILENO);
	assert_int_equal(read_key(&key, path, &pass), ST_FILE);
	text = capture_stop();
	assert_non_null(strstr(text, "it is PKCS#12, expected a private key"));
	OPENSSL_free(der);
	PKCS12_free(store);
	X509_free(cert);
}

/* A key in PKCS#8 of the type with that OID, of which the rest is wrong. */
static void write_type(const char *path, const char *oid, bool locked, bool pem)
{
	static const unsigned char octets[] = {V_ASN1_OCTET_STRING, 1, 0};
	PKCS8_PRIV_KEY_INFO *info = PKCS8_PRIV_KEY_INFO_new();
	BIO *bio = BIO_new(BIO_s_mem());
	X509_SIG *sig = NULL;
	char *text;
	int ok;

	assert_true(PKCS8_pkey_set0(info, OBJ_txt2obj(oid, 1), 0, V_ASN1_UNDEF,
	    NULL, OPENSSL_memdup(octets, sizeof(octets)), sizeof(octets)));
	if (locked)
		sig = PKCS8_encrypt(-1, EVP_aes_128_cbc(), "pass", 4, NULL, 0,
		    PKCS12_DEFAULT_ITER, info);
	if (locked)
		ok = pem ? PEM_write_bio_PKCS8(bio, sig)
			 : i2d_PKCS8_bio(bio, sig);
	else
		ok = pem ? PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info)
			 : i2d_PKCS8_PRIV_KEY_INFO_bio(bio, info);
	assert_int_equal(ok, 1);
	ok = (int)BIO_get_mem_data(bio, &text);
	fixture_write(path, text, (size_t)ok);
	X509_SIG_free(sig);
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
}

/* A type that libcrypto lacks is named; a key of another one is no such key. */
static void test_types_that_are_lacking(void **state)
{
	static const struct {
		const char *oid, *plain, *locked;
	} types[] = {
	    {"1.2.3.4.5", "its type is 1.2.3.4.5, which this libcrypto (",
		"its type is 1.2.3.4.5, which this libcrypto ("},
	    {"1.3.101.112", "not a private key in PEM or DER",
		"cannot decrypt"},
	};
	const struct pass right = {.given = true, .text = "pass"};
	const struct pass wrong = {.given = true, .text = "other"};
	const char *path = fixture_path("key"), *text, *says;
	EVP_PKEY *key = NULL;
	enum status st;
	size_t i;
	int form;

	(void)state;
	for (i = 0; i < NITEMS(types); i++)
		for (form = 0; form < 4; form++) {
			bool locked = (form & 1) != 0;

			write_type(path, types[i].oid, locked, (form & 2) != 0);
			capture_start(STDERR_FILENO);
			st = read_key(&key, path, &right);
			text = capture_stop();
			says = locked ? types[i].locked : types[i].plain;
			assert_int_equal(st, ST_FILE);
			if (strstr(text, says) == NULL)
				fixture_fail("%s, form %d: %s", types[i].oid,
				    form, text);
			if (i == 0)
				assert_int_equal(ERR_peek_error(), 0);
			ERR_clear_error();
		}
	write_type(path, types[0].oid, true, true);
	capture_start(STDERR_FILENO);
	assert_int_equal(read_key(&key, path, &wrong), ST_FILE);
	assert_non_null(strstr(capture_stop(), "the pass phrase is wrong"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys_are_read_in_all_forms),
	    cmocka_unit_test(test_cut_and_encrypted_keys_are_refused),
	    cmocka_unit_test(test_what_is_no_key_is_refused),
	    cmocka_unit_test(test_types_that_are_lacking),
	    cmocka_unit_test(test_a_store_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
