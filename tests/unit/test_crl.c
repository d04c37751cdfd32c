/* Unit test of src/pki/pem, crl and crlhead, in memory and in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "fixtures.h"
#include "pki/crl.h"
#include "pki/crlhead.h"
#include "pki/pem.h"
#include "util/log.h"

/* The bytes in a spool that has them in a file. */
static struct der in_file(struct spool *spool, const void *bytes, size_t len)
{
	spool->memory_max = 1;
	assert_int_equal(spool_expect(spool, 2), ST_OK);
	assert_int_equal(spool_add(spool, bytes, len), ST_OK);
	assert_int_equal(spool_end(spool), ST_OK);
	return octets_in_spool(spool);
}

static void check_pem(const unsigned char *bytes, size_t len)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct buf memory = {0}, file = {0};
	struct spool spool = {0};
	char *want;
	long size;

	assert_true(PEM_write_bio(bio, "X509 CRL", "", bytes, (long)len) > 0);
	size = BIO_get_mem_data(bio, &want);
	assert_true(pem_add(&memory, "X509 CRL", bytes, len));
	assert_true(pem_write(
	    "X509 CRL", in_file(&spool, bytes, len), pem_put_to_buf, &file));
	assert_int_equal(memory.len, size);
	assert_memory_equal(memory.data, want, memory.len);
	assert_int_equal(file.len, size);
	assert_memory_equal(file.data, want, file.len);
	BIO_free(bio);
	buf_free(&memory);
	buf_free(&file);
	spool_free(&spool);
}

/* As libcrypto writes it, whatever the length. */
static void test_pem_is_as_libcrypto_writes_it(void **state)
{
	const size_t part = SPOOL_WINDOW / 48 * 48;
	const size_t lens[] = {part - 1024, part - 1, part, part + 1, 2 * part,
	    SPOOL_WINDOW + 1, 400000};
	unsigned char *bytes = malloc(400000);
	size_t i;

	(void)state;
	assert_non_null(bytes);
	for (i = 0; i < 400000; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 251);
	for (i = 1; i < 200; i++)
		check_pem(bytes, i);
	for (EACH_ROW(i, lens, NULL))
		check_pem(bytes, lens[i]);
	free(bytes);
}

static bool put_fails(void *arg, const struct buf *part)
{
	int *left = arg;

	(void)part;
	errno = ENOSPC;
	return (*left)-- > 0;
}

/* The error of what is written, or of what is read. */
static void test_errors_of_reading_and_writing_are_told(void **state)
{
	static const unsigned char zeros[300000];
	struct spool spool = {0};
	struct buf text = {0};
	struct der der;
	int i, left;

	(void)state;
	for (i = 0; i < 3; i++) {
		left = i;
		errno = 0;
		assert_false(pem_write("X",
		    octets_in_memory(zeros, sizeof(zeros)), put_fails, &left));
		assert_int_equal(errno, ENOSPC);
	}
	der = in_file(&spool, zeros, sizeof(zeros));
	assert_int_equal(ftruncate(spool.fd, 150000), 0);
	assert_false(pem_write("X", der, pem_put_to_buf, &text));
	assert_int_equal(errno, EIO);
	buf_free(&text);
	spool_free(&spool);
}

/* A CRL of the issuer, with that many entries. */
static X509_CRL *new_crl(X509 *issuer, int entries)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = ASN1_TIME_set(NULL, 1790000000);
	X509_REVOKED *entry;
	ASN1_INTEGER *serial = ASN1_INTEGER_new();
	int i;

	assert_true(X509_CRL_set_version(crl, 1));
	assert_true(
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer)));
	assert_true(X509_CRL_set1_lastUpdate(crl, now));
	assert_true(X509_CRL_set1_nextUpdate(crl, now));
	for (i = 0; i < entries; i++) {
		entry = X509_REVOKED_new();
		assert_true(ASN1_INTEGER_set(serial, 1000 + i));
		assert_true(X509_REVOKED_set_serialNumber(entry, serial));
		assert_true(X509_REVOKED_set_revocationDate(entry, now));
		assert_true(X509_CRL_add0_revoked(crl, entry));
	}
	ASN1_TIME_free(now);
	ASN1_INTEGER_free(serial);
	return crl;
}

/* How CRLs are signed. */
static const struct way {
	const char *what;
	int type; /* of the key */
	const EVP_MD *(*digest)(void);
	bool pss;
} ways[] = {
    {.what = "RSA", .type = EVP_PKEY_RSA, .digest = EVP_sha256},
    {.what = "RSA with SHA-1", .type = EVP_PKEY_RSA, .digest = EVP_sha1},
    {.what = "RSASSA-PSS",
	.type = EVP_PKEY_RSA,
	.digest = EVP_sha384,
	.pss = true},
    {.what = "ECDSA", .type = EVP_PKEY_EC, .digest = EVP_sha256},
    {.what = "Ed25519", .type = EVP_PKEY_ED25519},
};

static EVP_PKEY *new_key(const struct way *way)
{
	EVP_PKEY_CTX *context;
	EVP_PKEY *key = NULL;

	if (way->type == EVP_PKEY_RSA)
		key = fixture_rsa(0);
	if (way->type == EVP_PKEY_EC)
		key = fixture_ec();
	if (key != NULL) {
		assert_true(EVP_PKEY_up_ref(key));
		return key;
	}
	context = EVP_PKEY_CTX_new_id(way->type, NULL);
	assert_true(EVP_PKEY_keygen_init(context) == 1);
	assert_true(EVP_PKEY_keygen(context, &key) == 1);
	EVP_PKEY_CTX_free(context);
	return key;
}

static void sign_crl(X509_CRL *crl, EVP_PKEY *key, const struct way *way)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *parameters;

	assert_int_equal(
	    EVP_DigestSignInit(context, &parameters,
		way->digest != NULL ? way->digest() : NULL, NULL, key),
	    1);
	if (way->pss)
		assert_true(EVP_PKEY_CTX_set_rsa_padding(
				parameters, RSA_PKCS1_PSS_PADDING) > 0);
	assert_true(X509_CRL_sign_ctx(crl, context) > 0);
	EVP_MD_CTX_free(context);
}

/* Whether the bytes are a CRL that ca signed; both forms say the same. */
static bool is_signed(const unsigned char *der, size_t len, X509 *ca)
{
	struct der runs[2];
	struct spool spool = {0};
	struct crl crl;
	bool yes[2] = {false, false};
	int i;

	runs[0] = octets_in_memory(der, len);
	runs[1] = in_file(&spool, der, len);
	for (i = 0; i < 2; i++) {
		if (crl_parse(&crl, runs[i]) == ST_OK) {
			yes[i] = crl_is_signed_by(&crl, ca);
			assert_int_equal(crl.whole.left, len);
		}
		crl_free(&crl);
	}
	spool_free(&spool);
	assert_true(yes[0] == yes[1]);
	return yes[0];
}

static size_t end_of_tbs(const unsigned char *der, size_t len)
{
	struct crl crl;
	size_t end;

	assert_int_equal(crl_parse(&crl, octets_in_memory(der, len)), ST_OK);
	end = crl.tbs.at + (size_t)crl.tbs.left;
	crl_free(&crl);
	return end;
}

static void check_way(const struct way *way, int entries, size_t step)
{
	EVP_PKEY *key = new_key(way);
	X509 *ca = fixture_ca_of(key), *other = fixture_ca_of(fixture_rsa(3));
	X509_CRL *crl = new_crl(ca, entries);
	unsigned char *der = NULL;
	const ASN1_BIT_STRING *signature;
	size_t i, len, tbs_end, signature_at;

	sign_crl(crl, key, way);
	len = (size_t)i2d_X509_CRL(crl, &der);
	X509_CRL_get0_signature(crl, &signature, NULL);
	signature_at = len - (size_t)ASN1_STRING_length(signature);
	tbs_end = end_of_tbs(der, len);
	assert_true(is_signed(der, len, ca));
	assert_false(is_signed(der, len, other));
	silence_start();
	for (i = 0; i < len; i += step) {
		/* The algorithm between them is not signed. */
		if (i >= tbs_end && i < signature_at)
			continue;
		der[i] ^= 1;
		if (is_signed(der, len, ca))
			break;
		der[i] ^= 1;
	}
	silence_stop();
	if (i < len)
		fixture_fail("%s: byte %zu may change", way->what, i);
	assert_int_equal(ERR_peek_error(), 0);
	OPENSSL_free(der);
	X509_CRL_free(crl);
	X509_free(ca);
	X509_free(other);
	EVP_PKEY_free(key);
}

/* A good signature of each kind; and none with any octet changed. */
static void test_good_signatures_verify_and_altered_ones_do_not(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, ways, ways[i].what)) {
		check_way(&ways[i], 2, 1);
		check_way(&ways[i], 10000, 20011);
	}
}

/* A signature that says it ends within an octet, which is its last. */
static void test_a_signature_of_half_octets_is_refused(void **state)
{
	EVP_PKEY *key = new_key(&ways[0]);
	X509 *ca = fixture_ca_of(key);
	X509_CRL *crl = new_crl(ca, 0);
	unsigned char *der = NULL;
	size_t len, bits;

	(void)state;
	/* The last octet of the signature is even in one of a few. */
	do {
		X509_CRL_free(crl);
		crl = new_crl(ca, rand() % 1000);
		sign_crl(crl, key, &ways[0]);
		OPENSSL_free(der);
		der = NULL;
		len = (size_t)i2d_X509_CRL(crl, &der);
	} while ((der[len - 1] & 1) != 0);
	bits = len - 257;
	assert_int_equal(der[bits], 0);
	assert_true(is_signed(der, len, ca));
	der[bits] = 1;
	silence_start();
	assert_false(is_signed(der, len, ca));
	silence_stop();
	OPENSSL_free(der);
	X509_CRL_free(crl);
	X509_free(ca);
	EVP_PKEY_free(key);
}

/* Cut anywhere, or with a byte more, it is none. */
static void test_a_crl_that_is_cut_is_none(void **state)
{
	X509 *ca = fixture_ca_of(fixture_rsa(0));
	X509_CRL *crl = new_crl(ca, 2);
	unsigned char *der = NULL;
	size_t len, cut;

	(void)state;
	sign_crl(crl, fixture_rsa(0), &ways[0]);
	len = (size_t)i2d_X509_CRL(crl, &der);
	silence_start();
	for (cut = 0; cut < len; cut++)
		if (is_signed(der, cut, ca))
			break;
	silence_stop();
	assert_int_equal(cut, len);
	OPENSSL_free(der);
	X509_CRL_free(crl);
	X509_free(ca);
}

static enum crlhead_found read_head(
    struct crl *crl, const void *bytes, size_t len)
{
	const char *path = fixture_path("crl");
	enum crlhead_found found;
	int fd;

	fixture_write(path, bytes, len);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	found = crlhead_read(crl, fd);
	close(fd);
	return found;
}

static void expect_head(X509 *ca, const void *bytes, size_t len)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, 1790000000);
	struct crl crl;

	assert_int_equal(read_head(&crl, bytes, len), CRLHEAD_WHOLE);
	assert_int_equal(
	    X509_NAME_cmp(crl.issuer, X509_get_subject_name(ca)), 0);
	assert_int_equal(ASN1_TIME_compare(crl.this_update, time), 0);
	assert_int_equal(ASN1_TIME_compare(crl.next_update, time), 0);
	ASN1_TIME_free(time);
	crl_free(&crl);
}

static void expect_broken(
    const void *bytes, size_t len, enum crlhead_found expected)
{
	struct crl crl;

	assert_int_equal(read_head(&crl, bytes, len), expected);
	crl_free(&crl);
}

/* A CRL in a file, with so many entries, and what is left of it when cut. */
static void check_head(X509 *ca, int entries)
{
	X509_CRL *crl = new_crl(ca, entries);
	unsigned char *der = NULL;
	struct buf pem = {0};
	size_t len;

	sign_crl(crl, fixture_rsa(1), &ways[0]);
	len = (size_t)i2d_X509_CRL(crl, &der);
	assert_true(pem_add(&pem, "X509 CRL", der, len));

	expect_head(ca, der, len);
	expect_broken(der, len - 1, CRLHEAD_BROKEN);
	expect_head(ca, pem.data, pem.len);
	expect_broken(pem.data, pem.len / 2, CRLHEAD_BROKEN);
	pem.data[pem.len / 2] = '\0';
	expect_broken(pem.data, pem.len, CRLHEAD_BROKEN);

	OPENSSL_free(der);
	buf_free(&pem);
	X509_CRL_free(crl);
}

static void test_the_head_has_what_the_whole_crl_has(void **state)
{
	struct cert_spec spec = {
	    .cn = "CA of CRLs", .key = fixture_rsa(1), .ca = true};
	X509 *ca = fixture_cert(&spec);
	int entries;

	(void)state;
	for (entries = 0; entries < 60; entries++)
		check_head(ca, entries);
	check_head(ca, 2000);
	check_head(ca, 60000);
	X509_free(ca);
}

static void test_a_head_that_is_cut_is_never_whole(void **state)
{
	struct cert_spec spec = {
	    .cn = "CA of CRLs", .key = fixture_rsa(1), .ca = true};
	X509 *ca = fixture_cert(&spec);
	X509_CRL *made = new_crl(ca, 3);
	unsigned char *der = NULL;
	struct crl crl;
	size_t i, len;

	(void)state;
	sign_crl(made, fixture_rsa(1), &ways[0]);
	len = (size_t)i2d_X509_CRL(made, &der);
	for (i = 0; i < len; i++) {
		assert_int_not_equal(read_head(&crl, der, i), CRLHEAD_WHOLE);
		crl_free(&crl);
		der[i] ^= 0x80;
		read_head(&crl, der, len);
		crl_free(&crl);
		der[i] ^= 0x80;
	}
	OPENSSL_free(der);
	X509_CRL_free(made);
	X509_free(ca);
}

/* A CRL with that thisUpdate and, unless it is negative, cRLNumber; in PEM. */
static void write_numbered(
    const char *path, X509 *ca, long time, long number, int entries)
{
	X509_CRL *crl = new_crl(ca, entries);
	ASN1_TIME *at = ASN1_TIME_set(NULL, time);
	ASN1_INTEGER *integer = ASN1_INTEGER_new();
	unsigned char *der = NULL;
	struct buf pem = {0};
	int len;

	assert_int_equal(X509_CRL_set1_lastUpdate(crl, at), 1);
	assert_int_equal(ASN1_INTEGER_set(integer, number), 1);
	if (number >= 0)
		assert_int_equal(X509_CRL_add1_ext_i2d(crl, NID_crl_number,
				     integer, 0, X509V3_ADD_DEFAULT),
		    1);
	sign_crl(crl, fixture_rsa(1), &ways[0]);
	len = i2d_X509_CRL(crl, &der);
	assert_true(pem_add(&pem, "X509 CRL", der, (size_t)len));
	fixture_write(path, pem.data, pem.len);
	OPENSSL_free(der);
	buf_free(&pem);
	ASN1_INTEGER_free(integer);
	ASN1_TIME_free(at);
	X509_CRL_free(crl);
}

static void peek(struct crl *crl, const char *path)
{
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(crlhead_peek(crl, fd));
	assert_true(lseek(fd, 0, SEEK_CUR) <= 64 * 1024);
	close(fd);
}

/* thisUpdate decides, then cRLNumber where both have one; the issuer is one. */
static void test_the_newer_crl_is_found(void **state)
{
	static const struct {
		const char *name;
		long time, number, other_time, other_number;
		bool newer;
		int entries;
		bool other_issuer;
	} cases[] = {
	    {.name = "later, of a lower number",
		.time = 1790000001,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 2,
		.newer = true,
		.entries = 3},
	    {.name = "later, with many entries",
		.time = 1790000001,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 2,
		.newer = true,
		.entries = 20000},
	    {.name = "later, without numbers",
		.time = 1790090000,
		.number = -1,
		.other_time = 1790000000,
		.other_number = -1,
		.newer = true,
		.entries = 3},
	    /* Whole days. */
	    {.name = "a day later",
		.time = 1790086400,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 2,
		.newer = true,
		.entries = 3},
	    {.name = "a day earlier, of a higher number",
		.time = 1790000000,
		.number = 2,
		.other_time = 1790086400,
		.other_number = 1,
		.entries = 3},
	    {.name = "a second earlier, of a higher number",
		.time = 1790000000,
		.number = 2,
		.other_time = 1790000001,
		.other_number = 1,
		.entries = 3},
	    {.name = "as late, of the next number",
		.time = 1790000000,
		.number = 2,
		.other_time = 1790000000,
		.other_number = 1,
		.newer = true,
		.entries = 3},
	    {.name = "as late, of the next number, which has one octet more",
		.time = 1790000000,
		.number = 256,
		.other_time = 1790000000,
		.other_number = 255,
		.newer = true,
		.entries = 0},
	    {.name = "the same",
		.time = 1790000000,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 1,
		.entries = 3},
	    {.name = "as late, of a lower number",
		.time = 1790000000,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 2,
		.entries = 3},
	    {.name = "as late, only this one has a number",
		.time = 1790000000,
		.number = 1,
		.other_time = 1790000000,
		.other_number = -1,
		.entries = 3},
	    {.name = "as late, only the other one has a number",
		.time = 1790000000,
		.number = -1,
		.other_time = 1790000000,
		.other_number = 1,
		.entries = 3},
	    {.name = "as late, its number is behind many entries",
		.time = 1790000000,
		.number = 2,
		.other_time = 1790000000,
		.other_number = 1,
		.entries = 20000},
	    {.name = "later, of another issuer",
		.time = 1790000001,
		.number = 1,
		.other_time = 1790000000,
		.other_number = 1,
		.entries = 3,
		.other_issuer = true},
	};
	struct cert_spec spec = {
	    .cn = "CA of CRLs", .key = fixture_rsa(1), .ca = true};
	X509 *ca = fixture_cert(&spec), *other_ca;
	struct crl crl, other;
	size_t i;

	(void)state;
	spec.cn = "Another CA";
	other_ca = fixture_cert(&spec);
	for (EACH_ROW(i, cases, cases[i].name)) {
		write_numbered(fixture_path("crl"), ca, cases[i].time,
		    cases[i].number, cases[i].entries);
		peek(&crl, fixture_path("crl"));
		write_numbered(fixture_path("crl"),
		    cases[i].other_issuer ? other_ca : ca, cases[i].other_time,
		    cases[i].other_number, 2);
		peek(&other, fixture_path("crl"));
		if (crlhead_is_newer(&crl, &other) != cases[i].newer)
			fixture_fail("newer: not %d", cases[i].newer);
		crl_free(&crl);
		crl_free(&other);
	}
	X509_free(ca);
	X509_free(other_ca);
}

static void test_what_is_no_crl_has_no_head(void **state)
{
	struct cert_spec spec = {.cn = "No CRL", .key = fixture_rsa(1)};
	X509 *cert = fixture_cert(&spec);
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	struct crl crl;
	int fd = open(fixture_directory(), O_RDONLY);

	(void)state;
	expect_broken("", 0, CRLHEAD_NONE);
	expect_broken("0", 1, CRLHEAD_NONE);
	expect_broken("text\n", 5, CRLHEAD_NONE);
	expect_broken(der, (size_t)len, CRLHEAD_NONE);
	expect_broken("-----BEGIN X509 CRL-----", 24, CRLHEAD_BROKEN);
	expect_broken("-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n", 48,
	    CRLHEAD_BROKEN);
	assert_int_equal(crlhead_read(&crl, fd), CRLHEAD_FAILED);
	assert_int_equal(errno, EISDIR);
	close(fd);
	OPENSSL_free(der);
	X509_free(cert);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pem_is_as_libcrypto_writes_it),
	    cmocka_unit_test(test_errors_of_reading_and_writing_are_told),
	    cmocka_unit_test(
		test_good_signatures_verify_and_altered_ones_do_not),
	    cmocka_unit_test(test_a_signature_of_half_octets_is_refused),
	    cmocka_unit_test(test_a_crl_that_is_cut_is_none),
	    cmocka_unit_test(test_the_head_has_what_the_whole_crl_has),
	    cmocka_unit_test(test_a_head_that_is_cut_is_never_whole),
	    cmocka_unit_test(test_the_newer_crl_is_found),
	    cmocka_unit_test(test_what_is_no_crl_has_no_head),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
