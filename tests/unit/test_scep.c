/* Unit test of src/scep: what is sent, and what is accepted as a reply. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h> /* before cms.h */
#include <openssl/cms.h>
#include <openssl/pkcs7.h>
#include <openssl/rsa.h>

#include "compat/memory.h"
#include "fixtures.h"
#include "compat/provider.h"
#include "pki/algs.h"
#include "pki/cert.h"
#include "scep/attrs.h"
#include "scep/caps.h"
#include "scep/certs.h"
#include "scep/content.h"
#include "scep/message.h"
#include "util/log.h"

#define OID_TYPE      "2.16.840.1.113733.1.9.2"
#define OID_STATUS    "2.16.840.1.113733.1.9.3"
#define OID_FAIL      "2.16.840.1.113733.1.9.4"
#define OID_SENDER    "2.16.840.1.113733.1.9.5"
#define OID_RECIPIENT "2.16.840.1.113733.1.9.6"
#define OID_ID        "2.16.840.1.113733.1.9.7"
#define OID_FAIL_TEXT "1.3.6.1.5.5.7.24.1"
#define OID_MISPLACED "1.3.6.1.5.5.7.24"
#define OID_UNKNOWN   "1.2.3.4.5"

#define ID       "0123456789ABCDEF"
#define MINUTE   60
#define CAPS_ALL 2047u

/* caps.c */

static const struct {
	const char *text;
	size_t len;
	unsigned int caps;
} answers[] = {
    {"", 0, 0},
    {"AES", 3, CAP_AES},
    {"AES\n", 4, CAP_AES},
    {"aes\r\ndes3\r\n", 11, CAP_AES | CAP_DES3},
    {"aEs \t\r\n \tDES3\t \n", 16, CAP_AES | CAP_DES3},
    {"\n\n\r\nSHA-1\n\n", 11, CAP_SHA1},
    {"POSTPKIOperation\nRenewal", 24, CAP_POSTPKIOPERATION | CAP_RENEWAL},
    {"postpkioperation\nRENEWAL\n", 25, CAP_POSTPKIOPERATION | CAP_RENEWAL},
    {"SHA-1\nSHA-224\nSHA-256\nSHA-384\nSHA-512", 37,
	CAP_SHA1 | CAP_SHA224 | CAP_SHA256 | CAP_SHA384 | CAP_SHA512},
    {"GetNextCACert\nSCEPStandard\n", 27, CAP_GETNEXTCACERT | CAP_SCEPSTANDARD},
    {"AES\nAES\nAES\n", 12, CAP_AES},
    /* Unknown keywords, and ones that only resemble known ones. */
    {"AES\nUpdate\nSHA-3\n", 17, CAP_AES},
    {"AES128\nAE\nXAES\nAES,DES3\nAES DES3\n", 33, 0},
    {"SHA\nSHA-\nSHA-25\nSHA-2566\n", 25, 0},
    {"AES\0\nDES3\n", 10, CAP_DES3},
    {"\0AES\nAE\0\nSHA-1\n\0", 16, CAP_SHA1},
    {"<html>\nAES\n</html>", 18, CAP_AES},
    {"\xff\xfe\xc3\xa4\nDES3", 9, CAP_DES3},
};

static void test_caps_parse_list(void **state)
{
	static const struct {
		const char *list;
		unsigned int caps;
		const char *bad; /* or NULL */
	} rows[] = {
	    {"AES", CAP_AES, NULL},
	    {"aes,sha-256", CAP_AES | CAP_SHA256, NULL},
	    {" AES , POSTPKIOperation\tSHA-1,",
		CAP_AES | CAP_POSTPKIOPERATION | CAP_SHA1, NULL},
	    {"SCEPStandard", CAP_SCEPSTANDARD, NULL},
	    {"DES3 GetNextCACert Renewal SHA-224 SHA-384 SHA-512",
		CAP_DES3 | CAP_GETNEXTCACERT | CAP_RENEWAL | CAP_SHA224 |
		    CAP_SHA384 | CAP_SHA512,
		NULL},
	    {",", 0, NULL},
	    {"AES,SHA256,x", 0, "SHA256,x"},
	    {"AESX", 0, "AESX"},
	    {"AES;SHA-1", 0, "AES;SHA-1"},
	};
	const char *bad = NULL;
	unsigned int caps;
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (caps_parse_list(&caps, rows[i].list, &bad, &len)) {
			assert_null(rows[i].bad);
			assert_int_equal(caps, rows[i].caps);
		} else {
			assert_non_null(rows[i].bad);
			assert_string_equal(bad, rows[i].bad);
			assert_int_equal(len, strcspn(bad, ","));
		}
	}
}

static void test_caps_parse(void **state)
{
	size_t i;

	(void)state;
	assert_int_equal(caps_parse(NULL, 0), 0);
	for (i = 0; i < NITEMS(answers); i++) {
		/* Of its own length, so that reading on is found. */
		char *copy = malloc(answers[i].len + (answers[i].len == 0));
		unsigned int caps;

		memcpy(copy, answers[i].text, answers[i].len);
		caps = caps_parse(copy, answers[i].len);
		free(copy);
		if (caps != answers[i].caps)
			fixture_fail("answer %zu: %#x, expected %#x", i, caps,
			    answers[i].caps);
	}
}

static void test_caps_unknown(void **state)
{
	unsigned int caps;
	const char *text;

	(void)state;
	capture_start(STDERR_FILENO);
	caps = caps_parse("AES\n\033[31mx\n", 11);
	text = capture_stop();
	assert_int_equal(caps, CAP_AES);
	assert_string_equal(text, "");
	log_set_level(LOG_VERBOSE);
	capture_start(STDERR_FILENO);
	caps = caps_parse("AES\n\033[31mx\n", 11);
	text = capture_stop();
	log_set_level(LOG_WARNING);
	assert_int_equal(caps, CAP_AES);
	assert_string_equal(text, "sscep: unknown capability \\x1b[31mx\n");
}

static void test_caps_keyword(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} rows[] = {
	    {"", false},
	    {" \r\n", false},
	    {"Sign in", false},
	    {"<p>AES</p>\nwe like SHA-256\nAES128\n", false},
	    {"AES\n", true},
	    {"<html>\nAES\n</html>", true},
	    {"<html>\r\n \taes \r\n", true},
	    {"<html>\nSCEPStandard", true},
	};
	size_t i;

	(void)state;
	assert_false(caps_has_keyword(NULL, 0));
	for (i = 0; i < NITEMS(rows); i++) {
		/* Of its own length, so that reading on is found. */
		size_t len = strlen(rows[i].text);
		char *copy = malloc(len + (len == 0));
		bool has;

		memcpy(copy, rows[i].text, len);
		has = caps_has_keyword(copy, len);
		free(copy);
		if (has != rows[i].has)
			fixture_fail("row %zu: %d", i, has);
	}
}

/* Returns the error about an answer, or "" if it is a list. */
static const char *checked(const char *text, bool page)
{
	enum status st;
	const char *said;

	capture_start(STDERR_FILENO);
	st = caps_check(text, strlen(text), page);
	said = capture_stop();
	assert_int_equal(st, *said != '\0' ? ST_NETWORK : ST_OK);
	return said;
}

static void test_caps_check(void **state)
{
	const char *said;

	(void)state;
	assert_string_equal(checked("", false), "");
	assert_string_equal(checked("AES\r\nSHA-1", false), "");
	assert_string_equal(checked(" \n", true), "");
	assert_string_equal(checked("AES\nSHA-1", true), "");
	assert_string_equal(checked("what is this?", false), "");
	assert_string_equal(checked("AES\n\x01", false),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\\x0a\\x01\"\n");
	assert_string_equal(checked("AES\n<b>", false),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\\x0a<b>\"\n");
	assert_string_equal(checked("<html>\nAES\n</html>", true),
	    "sscep: the answer to GetCACaps is not a list of capabilities: "
	    "\"AES\"\n");
	said = checked("<html></html>", true);
	assert_non_null(strstr(said, "capabilities, a page: a captive"));
	said = checked("Sign in", true);
	assert_non_null(strstr(said, ": \"Sign in\", a page: "));
	said = checked("\n\n <title>Sign in</title>", true);
	assert_non_null(strstr(said, ": \"Sign in\", a page: "));
	assert_non_null(strstr(said, "captive portal"));
	assert_non_null(strstr(said, "--capabilities"));
}

static void test_caps_have(void **state)
{
	static const unsigned int implied =
	    CAP_AES | CAP_POSTPKIOPERATION | CAP_SHA256 | CAP_SCEPSTANDARD;
	unsigned int bit;

	(void)state;
	for (bit = 1; bit < CAPS_ALL; bit <<= 1) {
		assert_true(caps_have(bit, (enum cap)bit));
		assert_false(caps_have(0, (enum cap)bit));
		assert_false(
		    caps_have(CAPS_ALL & ~bit & ~(unsigned int)CAP_SCEPSTANDARD,
			(enum cap)bit));
		assert_int_equal(caps_have(CAP_SCEPSTANDARD, (enum cap)bit),
		    (implied & bit) != 0);
	}
}

static void test_caps_text(void **state)
{
	static const struct {
		unsigned int caps;
		const char *text;
	} texts[] = {
	    {0, "none"},
	    {CAP_SCEPSTANDARD, "SCEPStandard"},
	    {CAP_SHA256 | CAP_AES, "AES, SHA-256"},
	    {CAPS_ALL,
		"AES, DES3, GetNextCACert, POSTPKIOperation, Renewal, SHA-1, "
		"SHA-224, SHA-256, SHA-384, SHA-512, SCEPStandard"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(texts); i++) {
		struct buf b = {0};

		assert_true(caps_add_text(&b, texts[i].caps));
		assert_string_equal(buf_string(&b), texts[i].text);
		buf_free(&b);
	}
}

static void test_caps_best(void **state)
{
	static const struct {
		unsigned int caps;
		const char *digest, *cipher;
	} bests[] = {
	    {0, NULL, NULL},
	    {CAP_RENEWAL | CAP_POSTPKIOPERATION, NULL, NULL},
	    {CAP_SHA1, "sha1", NULL},
	    {CAP_SHA1 | CAP_SHA224, "sha224", NULL},
	    {CAP_SHA256 | CAP_SHA224 | CAP_SHA1, "sha256", NULL},
	    {CAP_SHA384 | CAP_SHA256, "sha384", NULL},
	    {CAPS_ALL, "sha512", "aes128"},
	    {CAP_DES3, NULL, "3des"},
	    {CAP_DES3 | CAP_AES, NULL, "aes128"},
	    {CAP_SCEPSTANDARD, "sha256", "aes128"},
	    {CAP_SCEPSTANDARD | CAP_DES3 | CAP_SHA1, "sha256", "aes128"},
	    {CAP_SCEPSTANDARD | CAP_SHA512, "sha512", "aes128"},
	};
	const char *digest, *cipher;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(bests); i++) {
		digest = caps_best_digest(bests[i].caps);
		cipher = caps_best_cipher(bests[i].caps);
		if (bests[i].digest == NULL) {
			assert_null(digest);
		} else {
			assert_string_equal(digest, bests[i].digest);
			assert_non_null(algs_find_digest(digest));
		}
		if (bests[i].cipher == NULL) {
			assert_null(cipher);
		} else {
			assert_string_equal(cipher, bests[i].cipher);
			assert_non_null(algs_find_cipher(cipher));
		}
	}
}

/* scep.c */

static void test_names(void **state)
{
	static const struct {
		int number;
		const char *name;
		enum status st;
	} infos[] = {
	    {0, "badAlg", ST_BAD_ALG},
	    {1, "badMessageCheck", ST_BAD_MESSAGE_CHECK},
	    {2, "badRequest", ST_BAD_REQUEST},
	    {3, "badTime", ST_BAD_TIME},
	    {4, "badCertId", ST_BAD_CERT_ID},
	    {5, "unknown", ST_FAILURE},
	    {-1, "unknown", ST_FAILURE},
	};
	static const struct {
		enum message_type type;
		const char *name;
	} types[] = {
	    {MESSAGE_CERTREP, "CertRep"},
	    {MESSAGE_RENEWALREQ, "RenewalReq"},
	    {MESSAGE_PKCSREQ, "PKCSReq"},
	    {MESSAGE_CERTPOLL, "CertPoll"},
	    {MESSAGE_GETCERT, "GetCert"},
	    {MESSAGE_GETCRL, "GetCRL"},
	};
	const struct fail_info *info;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(infos); i++) {
		info = scep_fail_info(infos[i].number);
		assert_string_equal(info->name, infos[i].name);
		assert_int_equal(info->status, infos[i].st);
		assert_true(strlen(info->reason) > 0);
	}
	for (i = 0; i < NITEMS(types); i++)
		assert_string_equal(
		    scep_message_name(types[i].type), types[i].name);
	assert_string_equal(scep_pki_status_name(PKI_SUCCESS), "SUCCESS");
	assert_string_equal(scep_pki_status_name(PKI_FAILURE), "FAILURE");
	assert_string_equal(scep_pki_status_name(PKI_PENDING), "PENDING");
}

/* content.c */

/* Names in DER: each string type, long, empty; and one in BER. */
static const struct {
	const char *bytes;
	size_t len;
} names[] = {
    {"0\0", 2},
    {"0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61", 14},
    {"0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x61", 14},
    {"0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x14\x01\xe4", 14},
    {"0\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x16\x01\x61", 14},
    {"0\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x1e\x02\x00\xe4", 15},
    {"0\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x1c\x04\x00\x01\xf6\x00", 17},
    /* Blanks and upper case, which a comparison of names would ignore. */
    {"0\x0f\x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04\x20\x41\x20\x62", 17},
    /* Two attributes in one RelativeDistinguishedName. */
    {"0\x16\x31\x14\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61"
     "\x30\x08\x06\x03\x55\x04\x0b\x13\x01\x62",
	24},
    /* A length in more octets than needed. */
    {"0\x81\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x13\x01\x61", 15},
};

static X509_NAME *parse_name(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)len);

	assert_non_null(name);
	assert_ptr_equal(p, (const unsigned char *)bytes + len);
	return name;
}

static void test_content_bytes(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(names); i++) {
		for (j = 0; j < NITEMS(names); j++) {
			X509_NAME *issuer =
			    parse_name(names[i].bytes, names[i].len);
			X509_NAME *subject =
			    parse_name(names[j].bytes, names[j].len);
			struct buf got = {0}, want = {0};

			assert_true(buf_addf(
			    &want, "x0%c", (int)(names[i].len + names[j].len)));
			assert_true(
			    buf_add(&want, names[i].bytes, names[i].len));
			assert_true(
			    buf_add(&want, names[j].bytes, names[j].len));
			assert_true(buf_add(&got, "x", 1));
			assert_int_equal(content_add_issuer_and_subject(
					     &got, issuer, subject),
			    ST_OK);
			assert_int_equal(got.len, want.len);
			assert_memory_equal(got.data, want.data, want.len);
			/* buf.h promises a NUL after the bytes. */
			assert_int_equal(got.data[got.len], 0);
			buf_free(&got);
			buf_free(&want);
			X509_NAME_free(issuer);
			X509_NAME_free(subject);
		}
	}
}

static void test_content_serial(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} serials[] = {
	    {"\x02\x01\x00", 3},
	    {"\x02\x01\x7f", 3},
	    {"\x02\x02\x00\xff", 4},
	    {"\x02\x01\x80", 3},
	    {"\x02\x14\x7f\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"
	     "\x0e"
	     "\x0f\x10\x11\x12\x13",
		22},
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(names); i++) {
		X509_NAME *issuer = parse_name(names[i].bytes, names[i].len);

		for (j = 0; j < NITEMS(serials); j++) {
			const unsigned char *p =
			    (const unsigned char *)serials[j].bytes;
			ASN1_INTEGER *serial =
			    d2i_ASN1_INTEGER(NULL, &p, (long)serials[j].len);
			struct buf got = {0}, want = {0};

			assert_non_null(serial);
			assert_true(buf_addf(&want, "0%c",
			    (int)(names[i].len + serials[j].len)));
			assert_true(
			    buf_add(&want, names[i].bytes, names[i].len));
			assert_true(
			    buf_add(&want, serials[j].bytes, serials[j].len));
			assert_int_equal(
			    content_add_issuer_and_serial(&got, issuer, serial),
			    ST_OK);
			assert_int_equal(got.len, want.len);
			assert_memory_equal(got.data, want.data, want.len);
			buf_free(&got);
			buf_free(&want);
			ASN1_INTEGER_free(serial);
		}
		X509_NAME_free(issuer);
	}
}

/* Parses the content again, at sizes around 128, 256 and 65536 bytes. */
static void test_content_sizes(void **state)
{
	static const size_t sizes[] = {
	    1, 50, 99, 100, 101, 102, 103, 220, 229, 230, 231, 232, 1000};
	X509_NAME *subject = fixture_name("b"), *again;
	static char text[66000];
	size_t i, count, j;

	(void)state;
	memset(text, 'n', sizeof(text));
	for (i = 0; i < NITEMS(sizes) + 1; i++) {
		X509_NAME *issuer = X509_NAME_new();
		const unsigned char *p;
		struct buf got = {0};
		int tag, class;
		long len;

		count = i == NITEMS(sizes) ? sizeof(text) / 1000 : 1;
		for (j = 0; j < count; j++)
			assert_true(
			    X509_NAME_add_entry_by_txt(issuer, "2.5.4.97",
				V_ASN1_UTF8STRING, (unsigned char *)text,
				(int)(count > 1 ? 1000 : sizes[i]), -1, 0));
		assert_int_equal(
		    content_add_issuer_and_subject(&got, issuer, subject),
		    ST_OK);
		p = got.data;
		assert_int_equal(
		    ASN1_get_object(&p, &len, &tag, &class, (long)got.len),
		    V_ASN1_CONSTRUCTED);
		assert_int_equal(tag, V_ASN1_SEQUENCE);
		assert_int_equal(class, V_ASN1_UNIVERSAL);
		assert_ptr_equal(p + len, got.data + got.len);
		assert_non_null(again = d2i_X509_NAME(NULL, &p, len));
		assert_int_equal(X509_NAME_cmp(again, issuer), 0);
		X509_NAME_free(again);
		len = (long)(got.data + got.len - p);
		assert_non_null(again = d2i_X509_NAME(NULL, &p, len));
		assert_int_equal(X509_NAME_cmp(again, subject), 0);
		X509_NAME_free(again);
		assert_ptr_equal(p, got.data + got.len);
		buf_free(&got);
		X509_NAME_free(issuer);
	}
	X509_NAME_free(subject);
}

static void test_content_csr(void **state)
{
	X509_REQ *csr = fixture_csr("client", fixture_rsa(2));
	unsigned char *der = NULL;
	struct buf got = {0};
	int len = i2d_X509_REQ(csr, &der);

	(void)state;
	assert_true(len > 0);
	assert_int_equal(content_add_csr(&got, csr), ST_OK);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.data, der, got.len);
	buf_free(&got);
	OPENSSL_free(der);
	X509_REQ_free(csr);
}

/* request.c, reply.c: a CA with an RA certificate, and two clients. */

static struct world {
	X509 *ca, *ra;       /* the bundle; ca decrypts, ra signs */
	X509 *stranger;      /* not in the bundle */
	X509 *forged;        /* the RA's issuer and serial, another key */
	X509 *client, *ec;   /* self-signed */
	X509 *twin;          /* the client's name and serial, another key */
	X509 *issued, *more; /* certificates in replies */
	struct cabundle bundle;
	struct buf content; /* of the request */
	struct scep_request request;
} w;

#define KEY_CA       0
#define KEY_RA       1
#define KEY_CLIENT   2
#define KEY_STRANGER 3

static X509 *issued(const char *cn, int key, const char *usage, long serial)
{
	return fixture_cert(&(struct cert_spec){.cn = cn,
	    .key = fixture_rsa(key),
	    .usage = usage,
	    .issuer = w.ca,
	    .issuer_key = fixture_rsa(KEY_CA),
	    .serial = serial});
}

static int make_world(void **state)
{
	X509 *certs[] = {NULL, NULL, NULL};
	X509_REQ *csr = fixture_csr("client", fixture_rsa(KEY_CLIENT));

	(void)state;
	w.ca = fixture_cert(&(struct cert_spec){
	    .cn = "CA", .key = fixture_rsa(KEY_CA), .ids = true, .ca = true});
	w.ra = issued("RA", KEY_RA, "digitalSignature", 2);
	w.forged = issued("RA", KEY_STRANGER, "digitalSignature", 2);
	w.stranger = issued("Stranger", KEY_STRANGER, NULL, 3);
	w.client = fixture_cert(&(struct cert_spec){
	    .cn = "client", .key = fixture_rsa(KEY_CLIENT)});
	w.twin = fixture_cert(&(struct cert_spec){
	    .cn = "client", .key = fixture_rsa(KEY_STRANGER)});
	w.ec = fixture_cert(
	    &(struct cert_spec){.cn = "client", .key = fixture_ec()});
	w.issued = issued("client", KEY_CLIENT, NULL, 4);
	w.more = issued("other", KEY_STRANGER, NULL, 5);
	certs[0] = w.ra;
	certs[1] = w.ca;
	cabundle_set(&w.bundle, fixture_stack(certs));
	w.bundle.encrypt = w.ca;
	if (content_add_csr(&w.content, csr) != ST_OK)
		return -1;
	w.request = (struct scep_request){
	    .type = MESSAGE_PKCSREQ,
	    .transaction_id = ID,
	    .nonce = "0123456789abcde",
	    .content = w.content.data,
	    .content_len = w.content.len,
	    .bundle = &w.bundle,
	    .signer = w.client,
	    .key = fixture_rsa(KEY_CLIENT),
	    .digest = EVP_sha256(),
	    .cipher = EVP_aes_128_cbc(),
	};
	X509_REQ_free(csr);
	return 0;
}

static int free_world(void **state)
{
	cabundle_free(&w.bundle);
	X509_free(w.ca);
	X509_free(w.ra);
	X509_free(w.forged);
	X509_free(w.stranger);
	X509_free(w.client);
	X509_free(w.twin);
	X509_free(w.ec);
	X509_free(w.issued);
	X509_free(w.more);
	buf_free(&w.content);
	compat_unload_providers();
	return fixture_cleanup(state);
}

/* Returns whether the bytes contain the object identifier of nid. */
static bool has_oid(const unsigned char *der, size_t len, int nid)
{
	unsigned char *oid = NULL;
	int size = i2d_ASN1_OBJECT(OBJ_nid2obj(nid), &oid);
	bool found = false;
	size_t i;

	assert_true(size > 0);
	for (i = 0; !found && i + (size_t)size <= len; i++)
		found = memcmp(der + i, oid, (size_t)size) == 0;
	OPENSSL_free(oid);
	return found;
}

static const ASN1_TYPE *get_attribute(CMS_SignerInfo *si, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int i = CMS_signed_get_attr_by_OBJ(si, object, -1);
	X509_ATTRIBUTE *attribute;

	assert_true(i >= 0);
	assert_int_equal(CMS_signed_get_attr_by_OBJ(si, object, i), -1);
	ASN1_OBJECT_free(object);
	attribute = CMS_signed_get_attr(si, i);
	assert_int_equal(X509_ATTRIBUTE_count(attribute), 1);
	return X509_ATTRIBUTE_get0_type(attribute, 0);
}

static void assert_attribute(CMS_SignerInfo *si, const char *oid, int type,
    const void *bytes, size_t len)
{
	const ASN1_TYPE *value = get_attribute(si, oid);
	const ASN1_STRING *string = value->value.asn1_string;

	assert_int_equal(value->type, type);
	assert_int_equal(ASN1_STRING_length(string), len);
	assert_memory_equal(ASN1_STRING_get0_data(string), bytes, len);
}

static void assert_signing_time(CMS_SignerInfo *si)
{
	const ASN1_TYPE *value = get_attribute(si, "1.2.840.113549.1.9.5");
	time_t now = time(NULL);

	assert_int_equal(value->type, V_ASN1_UTCTIME);
	assert_true(
	    ASN1_TIME_cmp_time_t(value->value.utctime, now - MINUTE) > 0);
	assert_true(
	    ASN1_TIME_cmp_time_t(value->value.utctime, now + MINUTE) < 0);
}

static void assert_signer(CMS_ContentInfo *cms, const struct scep_request *req)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	char type[8];
	CMS_SignerInfo *si;
	X509_ALGOR *digest;
	const ASN1_OBJECT *oid;

	assert_int_equal(sk_CMS_SignerInfo_num(infos), 1);
	si = sk_CMS_SignerInfo_value(infos, 0);
	assert_int_equal(CMS_SignerInfo_cert_cmp(si, req->signer), 0);
	assert_int_equal(sk_X509_num(certs), 1);
	assert_int_equal(X509_cmp(sk_X509_value(certs, 0), req->signer), 0);
	cert_stack_free(certs);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	assert_int_equal(OBJ_obj2nid(oid), EVP_MD_type(req->digest));
	assert_int_equal(CMS_signed_get_attr_count(si), 6);
	assert_attribute(si, OID_ID, V_ASN1_PRINTABLESTRING,
	    req->transaction_id, strlen(req->transaction_id));
	snprintf(type, sizeof(type), "%d", (int)req->type);
	assert_attribute(
	    si, OID_TYPE, V_ASN1_PRINTABLESTRING, type, strlen(type));
	assert_attribute(
	    si, OID_SENDER, V_ASN1_OCTET_STRING, req->nonce, SCEP_NONCE_LEN);
	assert_signing_time(si);
}

/* Verifies the signature, opens the envelope, checks its cipher and content. */
static void assert_opens(CMS_ContentInfo *cms, const struct scep_request *req)
{
	static const int all[] = {NID_des_cbc, NID_des_ede3_cbc, NID_bf_cbc,
	    NID_aes_128_cbc, NID_aes_192_cbc, NID_aes_256_cbc};
	BIO *envelope = BIO_new(BIO_s_mem()), *content = BIO_new(BIO_s_mem());
	CMS_ContentInfo *inner;
	const unsigned char *p;
	unsigned char *bytes;
	size_t i;
	long len;

	/* Verify with the certificate in the message. */
	assert_int_equal(
	    OBJ_obj2nid(CMS_get0_eContentType(cms)), NID_pkcs7_data);
	assert_int_equal(CMS_verify(cms, NULL, NULL, NULL, envelope,
			     CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY),
	    1);
	len = BIO_get_mem_data(envelope, &bytes);
	for (i = 0; i < NITEMS(all); i++)
		assert_int_equal(has_oid(bytes, (size_t)len, all[i]),
		    EVP_CIPHER_nid(req->cipher) == all[i]);
	p = bytes;
	assert_non_null(inner = d2i_CMS_ContentInfo(NULL, &p, len));
	assert_ptr_equal(p, bytes + len);
	assert_int_equal(
	    OBJ_obj2nid(CMS_get0_type(inner)), NID_pkcs7_enveloped);
	assert_int_equal(CMS_decrypt(inner, fixture_rsa(KEY_CA), w.ca, NULL,
			     content, CMS_BINARY),
	    1);
	len = BIO_get_mem_data(content, &bytes);
	assert_int_equal(len, req->content_len);
	assert_memory_equal(bytes, req->content, req->content_len);
	CMS_ContentInfo_free(inner);
	BIO_free(envelope);
	BIO_free(content);
}

static void assert_encodes(struct scep_request *req)
{
	unsigned char before[SCEP_NONCE_LEN];
	const unsigned char *p;
	CMS_ContentInfo *cms;
	struct buf out = {0};

	memcpy(before, req->nonce, sizeof(before));
	assert_true(buf_add_string(&out, "before"));
	assert_int_equal(scep_request_encode(&out, req), ST_OK);
	assert_memory_not_equal(before, req->nonce, sizeof(before));
	assert_int_equal(ERR_peek_error(), 0);
	assert_memory_equal(out.data, "before", 6);
	p = out.data + 6;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len - 6);
	assert_non_null(cms);
	assert_ptr_equal(p, out.data + out.len);
	assert_signer(cms, req);
	assert_opens(cms, req);
	CMS_ContentInfo_free(cms);
	buf_free(&out);
}

static void test_encode_algorithms(void **state)
{
	static const char *const digests[] = {
	    "md5", "sha1", "sha224", "sha256", "sha384", "sha512"};
	static const char *const ciphers[] = {
	    "3des", "aes128", "aes192", "aes256", "des", "blowfish"};
	struct scep_request req = w.request;
	size_t i, count = NITEMS(ciphers);

	(void)state;
	if (!compat_load_legacy())
		count -= 2;
	for (i = 0; i < NITEMS(digests); i++) {
		assert_int_equal(
		    algs_get_digest(&req.digest, digests[i]), ST_OK);
		assert_encodes(&req);
	}
	req.digest = EVP_sha256();
	for (i = 0; i < count; i++) {
		assert_int_equal(
		    algs_get_cipher(&req.cipher, ciphers[i]), ST_OK);
		assert_encodes(&req);
	}
}

static void test_encode_types(void **state)
{
	static const enum message_type types[] = {MESSAGE_RENEWALREQ,
	    MESSAGE_PKCSREQ, MESSAGE_CERTPOLL, MESSAGE_GETCERT, MESSAGE_GETCRL};
	static char large[1 << 20];
	struct scep_request req = w.request;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(types); i++) {
		req.type = types[i];
		assert_encodes(&req);
	}
	req.transaction_id = "a b'()+,-./:=?z";
	assert_encodes(&req);
	req.signer = w.ec;
	req.key = fixture_ec();
	assert_encodes(&req);
	/* Binary content with line ends, then large content. */
	req.content = "\r\n\n\0\r";
	req.content_len = 5;
	assert_encodes(&req);
	req.content = large;
	req.content_len = sizeof(large);
	assert_encodes(&req);
}

/* The digest that parameters name, or their MGF1; the default is SHA-1. */
static int digest_of(const X509_ALGOR *algor)
{
	const ASN1_OBJECT *oid;

	if (algor == NULL)
		return NID_sha1;
	X509_ALGOR_get0(&oid, NULL, NULL, algor);
	return OBJ_obj2nid(oid);
}

static int mgf1_digest_of(const X509_ALGOR *algor)
{
	X509_ALGOR *digest;
	int nid;

	if (algor == NULL)
		return NID_sha1;
	assert_int_equal(digest_of(algor), NID_mgf1);
	digest = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(X509_ALGOR), algor->parameter);
	assert_non_null(digest);
	nid = digest_of(digest);
	X509_ALGOR_free(digest);
	return nid;
}

/* RFC 4056, 3: the same digest everywhere, and a salt of its length. */
static void assert_pss(const X509_ALGOR *algor, const EVP_MD *md)
{
	RSA_PSS_PARAMS *pss;
	long salt;

	assert_int_equal(digest_of(algor), NID_rsassaPss);
	pss = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_PSS_PARAMS), algor->parameter);
	assert_non_null(pss);
	assert_int_equal(digest_of(pss->hashAlgorithm), EVP_MD_type(md));
	assert_int_equal(
	    mgf1_digest_of(pss->maskGenAlgorithm), EVP_MD_type(md));
	salt = pss->saltLength != NULL ? ASN1_INTEGER_get(pss->saltLength) : 20;
	assert_int_equal(salt, EVP_MD_size(md));
	assert_null(pss->trailerField);
	RSA_PSS_PARAMS_free(pss);
}

/* RFC 4055, 4.1: parameters of RSAES-OAEP. */
static void assert_oaep(const X509_ALGOR *algor, const EVP_MD *md)
{
	RSA_OAEP_PARAMS *oaep;

	assert_int_equal(digest_of(algor), NID_rsaesOaep);
	oaep = ASN1_TYPE_unpack_sequence(
	    ASN1_ITEM_rptr(RSA_OAEP_PARAMS), algor->parameter);
	assert_non_null(oaep);
	assert_int_equal(digest_of(oaep->hashFunc), EVP_MD_type(md));
	assert_int_equal(mgf1_digest_of(oaep->maskGenFunc), EVP_MD_type(md));
	assert_null(oaep->pSourceFunc);
	RSA_OAEP_PARAMS_free(oaep);
}

/* Checks the fields of the pkiMessage that is sent. */
static CMS_ContentInfo *encode(struct scep_request *req)
{
	struct buf out = {0};
	const unsigned char *p;
	CMS_ContentInfo *cms;

	assert_int_equal(scep_request_encode(&out, req), ST_OK);
	p = out.data;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len);
	assert_non_null(cms);
	buf_free(&out);
	return cms;
}

static CMS_ContentInfo *envelope_of(CMS_ContentInfo *cms)
{
	ASN1_OCTET_STRING *content = *CMS_get0_content(cms);
	const unsigned char *p = ASN1_STRING_get0_data(content);
	CMS_ContentInfo *inner =
	    d2i_CMS_ContentInfo(NULL, &p, ASN1_STRING_length(content));

	assert_non_null(inner);
	return inner;
}

static CMS_RecipientInfo *recipient_of(CMS_ContentInfo *envelope)
{
	STACK_OF(CMS_RecipientInfo) *infos = CMS_get0_RecipientInfos(envelope);

	assert_int_equal(sk_CMS_RecipientInfo_num(infos), 1);
	return sk_CMS_RecipientInfo_value(infos, 0);
}

static void assert_paddings(struct scep_request *req)
{
	CMS_ContentInfo *cms = encode(req), *envelope = envelope_of(cms);
	CMS_SignerInfo *si =
	    sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	X509_ALGOR *signature, *transport;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, NULL, &signature);
	if (req->pss)
		assert_pss(signature, req->digest);
	else
		assert_int_equal(digest_of(signature), NID_rsaEncryption);
	assert_int_equal(CMS_RecipientInfo_ktri_get0_algs(
			     recipient_of(envelope), NULL, NULL, &transport),
	    1);
	if (req->oaep)
		assert_oaep(transport, req->digest);
	else
		assert_int_equal(digest_of(transport), NID_rsaEncryption);
	CMS_ContentInfo_free(envelope);
	CMS_ContentInfo_free(cms);
}

static void test_encode_paddings(void **state)
{
	const EVP_MD *digests[] = {
	    EVP_sha1(), EVP_sha256(), EVP_sha384(), EVP_sha512()};
	struct scep_request req = w.request;
	size_t i, both;

	(void)state;
	for (i = 0; i < NITEMS(digests); i++) {
		req.digest = digests[i];
		for (both = 0; both < 4; both++) {
			req.oaep = (both & 1) != 0;
			req.pss = (both & 2) != 0;
			assert_encodes(&req);
			assert_paddings(&req);
		}
	}
}

/* A CA whose key cannot encrypt: PasswordRecipientInfo (RFC 8894, 3.1). */
static void test_encode_password(void **state)
{
	static unsigned char right[] = "secret", wrong[] = "secres";
	struct scep_request req = w.request;
	struct cabundle bundle = w.bundle;
	struct buf password = {0}, out = {0};
	CMS_ContentInfo *cms, *envelope;
	BIO *content = BIO_new(BIO_s_mem());
	enum status st;
	const char *text;
	char *bytes;

	(void)state;
	bundle.encrypt = w.ec;
	req.bundle = &bundle;
	req.password = &password;
	capture_start(STDERR_FILENO);
	st = scep_request_encode(&out, &req);
	text = capture_stop();
	assert_int_equal(st, ST_ERROR);
	assert_non_null(strstr(text, "cannot encrypt the PKCSReq"));
	assert_int_equal(out.len, 0);

	assert_true(buf_add_string(&password, "secret"));
	cms = encode(&req);
	envelope = envelope_of(cms);
	assert_int_equal(
	    CMS_RecipientInfo_type(recipient_of(envelope)), CMS_RECIPINFO_PASS);
	assert_int_equal(CMS_decrypt_set1_password(envelope, wrong, 6), 0);
	assert_int_equal(CMS_decrypt_set1_password(envelope, right, 6), 1);
	assert_int_equal(
	    CMS_decrypt(envelope, NULL, NULL, NULL, content, CMS_BINARY), 1);
	assert_int_equal(BIO_get_mem_data(content, &bytes), req.content_len);
	assert_memory_equal(bytes, req.content, req.content_len);
	CMS_ContentInfo_free(envelope);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	buf_free(&password);
	ERR_clear_error();
}

static void test_encode_bad(void **state)
{
	struct scep_request req = w.request;
	struct buf out = {0};
	enum status st[2];
	const char *text;

	(void)state;
	assert_true(buf_add_string(&out, "before"));
	capture_start(STDERR_FILENO);
	req.key = fixture_rsa(KEY_STRANGER);
	st[0] = scep_request_encode(&out, &req);
	req = w.request;
	req.content_len = (size_t)INT_MAX + 1;
	st[1] = scep_request_encode(&out, &req);
	text = capture_stop();
	assert_int_equal(st[0], ST_ERROR);
	assert_int_equal(st[1], ST_ERROR);
	assert_non_null(strstr(text, "cannot sign the PKCSReq: "));
	assert_non_null(strstr(text, "cannot encrypt the PKCSReq"));
	assert_int_equal(ERR_peek_error(), 0);
	assert_string_equal(buf_string(&out), "before");
	buf_free(&out);
}

/* How one attribute of a reply differs from that of a good reply. */
enum edit {
	SAME,
	WITHOUT,
	TWICE,
	NO_VALUE,
	TWO_VALUES,
	OF_TYPE,
	OF_VALUE,
	ADD
};

enum signer { BY_RA, BY_CA, BY_FORGED, BY_STRANGER, BY_NOBODY, BY_TWO };

/* The content that is signed. */
enum signed_content {
	AN_ENVELOPE,
	ABSENT,
	EMPTY,
	GARBAGE,
	NO_ENVELOPE,         /* the certificates, not encrypted */
	TRAILING,            /* an envelope and one byte */
	FOR_OTHER,           /* encrypted for someone else's certificate */
	WITH_OTHER_KEY,      /* names our certificate, but for another key */
	ENVELOPE_OF_NOTHING, /* encrypted, but empty */
	ENVELOPE_OF_GARBAGE,
	ENVELOPE_OF_TRAILING, /* certificates and one byte */
	ENVELOPE_OF_NO_CERTS, /* a degenerate SignedData without certificates */
	ENVELOPE_OF_CERT      /* a bare certificate, not in a SignedData */
};

struct recipe {
	enum edit edit;
	const char *oid;
	int type;
	const char *value;
	enum pki_status status;
	enum signer signer;
	enum signed_content content;
	unsigned int flags; /* CMS_NOCERTS, CMS_USE_KEYID */
	int content_type;   /* a NID; id-data */
	const char *digest; /* sha256 */
	const char *cipher; /* aes128 */
	bool ber, two_certs, for_ec;
	const char *password; /* use a PasswordRecipientInfo */
	bool for_both;        /* and a KeyTransRecipientInfo */
};

/* Moves the bytes of bio to out and frees bio. */
static void take(struct buf *out, BIO *bio)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	if (!buf_add(out, bytes, (size_t)len))
		abort();
	BIO_free(bio);
}

static void add_cms(struct buf *out, CMS_ContentInfo *cms, BIO *in, bool ber)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (cms == NULL ||
	    (ber ? i2d_CMS_bio_stream(bio, cms, in, CMS_STREAM | CMS_BINARY)
		 : i2d_CMS_bio(bio, cms)) != 1)
		abort();
	take(out, bio);
	CMS_ContentInfo_free(cms);
}

/*
 * A degenerate SignedData made with the PKCS7 API, because CMS_sign() would
 * sort the certificates.  The CRL is added as often as asked.
 */
static void add_set(
    struct buf *out, STACK_OF(X509) *certs, X509_CRL *crl, int crls)
{
	BIO *bio = BIO_new(BIO_s_mem());
	PKCS7 *set = PKCS7_new();
	int i;

	if (!PKCS7_set_type(set, NID_pkcs7_signed) ||
	    !PKCS7_content_new(set, NID_pkcs7_data) ||
	    !PKCS7_set_detached(set, 1))
		abort();
	for (i = 0; certs != NULL && i < sk_X509_num(certs); i++)
		if (!PKCS7_add_certificate(set, sk_X509_value(certs, i)))
			abort();
	for (i = 0; i < crls; i++)
		if (!PKCS7_add_crl(set, crl))
			abort();
	if (!i2d_PKCS7_bio(bio, set))
		abort();
	take(out, bio);
	PKCS7_free(set);
}

static void add_certs(struct buf *out, STACK_OF(X509) *certs)
{
	add_set(out, certs, NULL, 0);
}

static void add_inside(struct buf *out, const struct recipe *r)
{
	X509 *certs[FIXTURE_STACK] = {
	    r->two_certs ? w.more : w.issued, r->two_certs ? w.issued : NULL};
	STACK_OF(X509) *stack = fixture_stack(certs);
	unsigned char *der = NULL;
	int len;

	switch (r->content) {
	case ENVELOPE_OF_NOTHING:
		break;
	case ENVELOPE_OF_GARBAGE:
		buf_add_string(out, "garbage");
		break;
	case ENVELOPE_OF_CERT:
		len = i2d_X509(w.issued, &der);
		buf_add(out, der, (size_t)len);
		OPENSSL_free(der);
		break;
	case ENVELOPE_OF_NO_CERTS:
		add_certs(out, NULL);
		break;
	default:
		add_certs(out, stack);
	}
	if (r->content == ENVELOPE_OF_TRAILING)
		buf_add(out, "", 1);
	cert_stack_free(stack);
}

static void add_password(CMS_ContentInfo *cms, const char *password)
{
	size_t len = strlen(password);
	unsigned char *copy = compat_memdup(password, len);

	if (copy == NULL ||
	    CMS_add0_recipient_password(
		cms, -1, NID_undef, NID_undef, copy, (int)len, NULL) == NULL)
		abort();
}

static void add_envelope(struct buf *out, const struct buf *inside,
    X509 *recipient, const struct recipe *r)
{
	STACK_OF(X509) *recipients = sk_X509_new_null();
	unsigned int flags = CMS_BINARY | (r->ber ? CMS_STREAM : 0);
	const EVP_CIPHER *cipher = EVP_aes_128_cbc();
	BIO *in = BIO_new_mem_buf(buf_string(inside), (int)inside->len);
	CMS_ContentInfo *cms;

	if ((r->password == NULL || r->for_both) &&
	    !sk_X509_push(recipients, recipient))
		abort();
	if (r->cipher != NULL && algs_get_cipher(&cipher, r->cipher) != ST_OK)
		abort();
	cms = CMS_encrypt(recipients, in, cipher,
	    flags | (r->password != NULL ? CMS_PARTIAL : 0));
	if (r->password != NULL) {
		add_password(cms, r->password);
		if (!r->ber && CMS_final(cms, in, NULL, flags) != 1)
			abort();
	}
	add_cms(out, cms, in, r->ber);
	BIO_free(in);
	sk_X509_free(recipients);
}

static void add_signed_content(struct buf *out, const struct recipe *r)
{
	X509 *recipient = r->for_ec ? w.ec : w.client;
	struct buf inside = {0};

	add_inside(&inside, r);
	if (r->content == FOR_OTHER)
		recipient = w.stranger;
	if (r->content == WITH_OTHER_KEY)
		recipient = w.twin;
	if (r->content == GARBAGE)
		buf_add_string(out, "garbage");
	else if (r->content == NO_ENVELOPE)
		buf_add(out, inside.data, inside.len);
	else if (r->content != ABSENT && r->content != EMPTY)
		add_envelope(out, &inside, recipient, r);
	if (r->content == TRAILING)
		buf_add(out, "", 1);
	buf_free(&inside);
}

static void add_value(
    CMS_SignerInfo *si, const char *oid, int type, const void *bytes, int len)
{
	if (CMS_signed_add1_attr_by_txt(si, oid, type, bytes, len) != 1)
		abort();
}

/* Added under another OID first: libcrypto may refuse to add one twice. */
static void add_twice(
    CMS_SignerInfo *si, const char *oid, int type, const void *bytes, int len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OBJECT *other = OBJ_txt2obj("1.2.3.4.5.6.7.8", 1);
	int i;

	add_value(si, oid, type, bytes, len);
	add_value(si, "1.2.3.4.5.6.7.8", type, bytes, len);
	i = CMS_signed_get_attr_by_OBJ(si, other, -1);
	if (!X509_ATTRIBUTE_set1_object(CMS_signed_get_attr(si, i), object))
		abort();
	ASN1_OBJECT_free(object);
	ASN1_OBJECT_free(other);
}

static void add_many(CMS_SignerInfo *si, const char *oid, int type, int count,
    const void *bytes, int len)
{
	X509_ATTRIBUTE *attribute = X509_ATTRIBUTE_new();
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int i;

	if (!X509_ATTRIBUTE_set1_object(attribute, object))
		abort();
	for (i = 0; i < count; i++)
		if (!X509_ATTRIBUTE_set1_data(attribute, type, bytes, len - i))
			abort();
	if (CMS_signed_add1_attr(si, attribute) != 1)
		abort();
	X509_ATTRIBUTE_free(attribute);
	ASN1_OBJECT_free(object);
}

/* Adds one attribute of a good reply, changed if the recipe says so. */
static void add_attribute(CMS_SignerInfo *si, const struct recipe *r,
    const char *oid, int type, const void *bytes, int len)
{
	if (r->edit == SAME || strcmp(r->oid, oid) != 0) {
		add_value(si, oid, type, bytes, len);
		return;
	}
	switch (r->edit) {
	case SAME:
	case WITHOUT:
	case ADD:
		break;
	case TWICE:
		add_twice(si, oid, type, bytes, len);
		break;
	case NO_VALUE:
		add_many(si, oid, type, 0, bytes, len);
		break;
	case TWO_VALUES:
		add_many(si, oid, type, 2, bytes, len);
		break;
	case OF_TYPE:
		add_value(si, oid, r->type, bytes, len);
		break;
	case OF_VALUE:
		add_value(si, oid, type, r->value, (int)strlen(r->value));
		break;
	}
}

static void add_attributes(CMS_SignerInfo *si, const struct recipe *r)
{
	const int text = V_ASN1_PRINTABLESTRING, octets = V_ASN1_OCTET_STRING;
	char status[] = {(char)('0' + (int)r->status), '\0'};

	add_attribute(si, r, OID_TYPE, text, "3", 1);
	add_attribute(si, r, OID_STATUS, text, status, 1);
	add_attribute(si, r, OID_ID, text, ID, (int)strlen(ID));
	add_attribute(si, r, OID_SENDER, octets, "fedcba9876543210", 16);
	add_attribute(
	    si, r, OID_RECIPIENT, octets, w.request.nonce, SCEP_NONCE_LEN);
	if (r->status == PKI_FAILURE)
		add_attribute(si, r, OID_FAIL, text, "2", 1);
	if (r->edit == ADD)
		add_value(si, r->oid, r->type, r->value, (int)strlen(r->value));
}

static void add_signers(CMS_ContentInfo *cms, const struct recipe *r)
{
	static const int keys[] = {[BY_RA] = KEY_RA,
	    [BY_CA] = KEY_CA,
	    [BY_FORGED] = KEY_STRANGER,
	    [BY_STRANGER] = KEY_STRANGER,
	    [BY_TWO] = KEY_RA};
	X509 *const certs[] = {[BY_RA] = w.ra,
	    [BY_CA] = w.ca,
	    [BY_FORGED] = w.forged,
	    [BY_STRANGER] = w.stranger,
	    [BY_TWO] = w.ra};
	const unsigned int flags = CMS_BINARY | CMS_NOSMIMECAP | r->flags;
	const EVP_MD *md = EVP_sha256();
	CMS_SignerInfo *si;

	if (r->signer == BY_NOBODY)
		return;
	if (r->digest != NULL && algs_get_digest(&md, r->digest) != ST_OK)
		abort();
	si = CMS_add1_signer(
	    cms, certs[r->signer], fixture_rsa(keys[r->signer]), md, flags);
	if (si == NULL)
		abort();
	add_attributes(si, r);
	if (r->signer != BY_TWO)
		return;
	si = CMS_add1_signer(cms, w.ca, fixture_rsa(KEY_CA), md, flags);
	if (si == NULL)
		abort();
	add_attributes(si, r);
}

/* Signs the content as the recipe says. */
static void sign_reply(
    struct buf *out, const struct buf *content, const struct recipe *r)
{
	unsigned int flags = CMS_BINARY | CMS_PARTIAL;
	BIO *in = BIO_new_mem_buf(buf_string(content), (int)content->len);
	CMS_ContentInfo *cms;

	if (r->content == ABSENT || r->signer == BY_NOBODY)
		flags |= CMS_DETACHED;
	if (r->ber)
		flags |= CMS_STREAM;
	cms = CMS_sign(NULL, NULL, NULL, in, flags);
	if (cms == NULL)
		abort();
	if (r->content_type != 0 &&
	    !CMS_set1_eContentType(cms, OBJ_nid2obj(r->content_type)))
		abort();
	add_signers(cms, r);
	if (!r->ber && r->signer != BY_NOBODY &&
	    CMS_final(cms, in, NULL, flags) != 1)
		abort();
	add_cms(out, cms, in, r->ber);
	BIO_free(in);
}

static void build_reply(struct buf *out, const struct recipe *r)
{
	struct buf content = {0};

	add_signed_content(&content, r);
	sign_reply(out, &content, r);
	buf_free(&content);
	ERR_clear_error();
}

/* Returns whether certs are exactly the ones in the recipe. */
static bool has_issued(STACK_OF(X509) *certs, bool two)
{
	X509 *want[] = {two ? w.more : w.issued, w.issued};
	int i, count = two ? 2 : 1;

	if (certs == NULL || sk_X509_num(certs) != count)
		return false;
	for (i = 0; i < count; i++)
		if (X509_cmp(sk_X509_value(certs, i), want[i]) != 0)
			return false;
	return true;
}

/* How much of a reply is in memory, or 0 for the usual: the rest is in files. */
static size_t memory_max;

/* Decodes a copy in a block of exactly this length, and frees the copy. */
static enum status decode(struct scep_reply *reply,
    const struct scep_request *request, const void *bytes, size_t len)
{
	static struct spool_budget budget;
	struct spool body = {.memory_max = memory_max, .budget = &budget};
	enum status st;

	budget = (struct spool_budget){.max = 2 * len};
	assert_int_equal(spool_expect(&body, len), ST_OK);
	assert_int_equal(spool_add(&body, bytes, len), ST_OK);
	assert_int_equal(spool_end(&body), ST_OK);
	if (!body.in_file && len > 0) {
		compat_clear_free(body.bytes.data, body.bytes.size);
		body.bytes.data = compat_memdup(bytes, len);
		body.bytes.size = len;
	}
	memset(reply, 0xaa, sizeof(*reply));
	st = scep_reply_decode(reply, request, &body);
	/* Nothing else of the message is kept than what is found in it. */
	if (st == ST_OK && reply->status == PKI_SUCCESS)
		assert_int_equal(budget.used, reply->inside.len);
	spool_free(&body);
	if (st != ST_OK)
		assert_int_equal(budget.used, 0);
	return st;
}

static void assert_refused(
    const char *what, const struct buf *message, const char *says)
{
	struct scep_reply reply;
	enum status st;
	const char *text;

	capture_start(STDERR_FILENO);
	st = decode(&reply, &w.request, message->data, message->len);
	text = capture_stop();
	if (st != ST_REPLY || strstr(text, says) == NULL)
		fixture_fail("%s: %d, %s", what, (int)st, text);
	assert_memory_equal(text, "sscep: reply: ", 14);
	/* One error line, and an empty reply. */
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	assert_null(reply.certs);
	assert_null(reply.fail_info);
	assert_null(reply.fail_info_text);
	assert_int_equal(ERR_peek_error(), 0);
}

static const struct good_reply {
	const char *what;
	struct recipe recipe;
	const char *says;
	bool legacy;
} good_replies[] = {
    {"plain", {.status = PKI_SUCCESS}, "", false},
    {"two certificates", {.two_certs = true}, "", false},
    {"CA signs", {.signer = BY_CA}, "", false},
    {"no certificates", {.flags = CMS_NOCERTS}, "", false},
    {"CA by key identifier", {.signer = BY_CA, .flags = CMS_USE_KEYID}, "",
	false},
    {"BER", {.ber = true}, "", false},
    {"BER, two", {.ber = true, .two_certs = true}, "", false},
    {"id-envelopedData", {.content_type = NID_pkcs7_enveloped}, "", false},
    {"id-envelopedData in BER",
	{.content_type = NID_pkcs7_enveloped, .ber = true}, "", false},
    {"sha1", {.digest = "sha1"}, "", false},
    {"sha512", {.digest = "sha512"}, "", false},
    {"3des", {.cipher = "3des"}, "", false},
    {"aes256", {.cipher = "aes256"}, "", false},
    {"des", {.cipher = "des"}, "encrypted with des-cbc, an obsolete", true},
    {"des in BER", {.cipher = "des", .ber = true}, "encrypted with des-cbc",
	true},
    {"blowfish", {.cipher = "blowfish"}, "with bf-cbc, an obsolete", true},
    {"no senderNonce", {.edit = WITHOUT, .oid = OID_SENDER}, "", false},
    {"extra attribute",
	{.edit = ADD, .oid = OID_UNKNOWN, .type = V_ASN1_INTEGER, .value = "1"},
	"", false},
    {"messageType in UTF8String",
	{.edit = OF_TYPE, .oid = OID_TYPE, .type = V_ASN1_UTF8STRING}, "",
	false},
    {"pkiStatus in IA5String",
	{.edit = OF_TYPE, .oid = OID_STATUS, .type = V_ASN1_IA5STRING}, "",
	false},
    {"transactionID in UTF8String",
	{.edit = OF_TYPE, .oid = OID_ID, .type = V_ASN1_UTF8STRING}, "", false},
    {"failInfo with SUCCESS",
	{.edit = ADD,
	    .oid = OID_FAIL,
	    .type = V_ASN1_PRINTABLESTRING,
	    .value = "2"},
	"", false},
};

static void test_good(void **state)
{
	bool has_legacy = compat_load_legacy();
	size_t i;

	(void)state;
	compat_unload_providers();
	for (i = 0; i < NITEMS(good_replies); i++) {
		const struct good_reply *g = &good_replies[i];
		struct scep_reply reply;
		struct buf message = {0};
		enum status st;
		const char *text;

		if (g->legacy && !has_legacy)
			continue;
		build_reply(&message, &g->recipe);
		compat_unload_providers();
		capture_start(STDERR_FILENO);
		st = decode(&reply, &w.request, message.data, message.len);
		text = capture_stop();
		if (st != ST_OK || strstr(text, g->says) == NULL)
			fixture_fail("%s: %d, %s", g->what, (int)st, text);
		if (g->says[0] == '\0')
			assert_string_equal(text, "");
		assert_int_equal(reply.status, PKI_SUCCESS);
		assert_true(has_issued(reply.certs, g->recipe.two_certs));
		assert_null(reply.fail_info);
		assert_null(reply.fail_info_text);
		assert_int_equal(ERR_peek_error(), 0);
		scep_reply_free(&reply);
		assert_null(reply.certs);
		scep_reply_free(&reply);
		buf_free(&message);
	}
}

/* The recipient is an EC key: KeyAgreeRecipientInfo (RFC 5652, 6.2.2). */
static void test_good_ec(void **state)
{
	struct scep_request request = w.request;
	struct recipe r = {.for_ec = true};
	struct scep_reply reply;
	struct buf message = {0};

	(void)state;
	request.signer = w.ec;
	request.key = fixture_ec();
	build_reply(&message, &r);
	assert_int_equal(
	    decode(&reply, &request, message.data, message.len), ST_OK);
	assert_true(has_issued(reply.certs, false));
	scep_reply_free(&reply);
	assert_refused("not for us", &message, "it cannot be decrypted");
	buf_free(&message);
}

/* Replies with a PasswordRecipientInfo, and the password of the request. */
static const struct password_case {
	const char *password, *known;
	bool for_both, ber;
	enum status st;
	const char *says;
} password_cases[] = {
    {"secret", "secret", false, false, ST_OK, ""},
    {"secret", "secret", false, true, ST_OK, ""},
    {"secret", "secret", true, false, ST_OK, ""},
    /* The key opens it, so the password does not matter. */
    {"secret", "other", true, false, ST_OK, ""},
    {"secret", NULL, true, true, ST_OK, ""},
    {NULL, "secret", false, false, ST_OK, ""},
    {"secret", "secres", false, false, ST_REPLY,
	"the challengePassword of the request does not open it"},
    {"secret", "secret ", false, false, ST_REPLY, "does not open it"},
    {"secret", "secre", false, false, ST_REPLY, "does not open it"},
    {"secret", NULL, false, false, ST_REPLY,
	"the request has no challengePassword to open it with"},
    {"secret", "", false, false, ST_REPLY,
	"the request has no challengePassword"},
};

static void decode_by_password(const struct password_case *c, bool ec)
{
	const struct recipe r = {.password = c->password,
	    .for_both = c->for_both,
	    .ber = c->ber,
	    .for_ec = ec};
	struct scep_request request = w.request;
	struct buf password = {0}, message = {0};
	struct scep_reply reply;
	enum status st;
	const char *text;

	build_reply(&message, &r);
	request.signer = ec ? w.ec : w.client;
	request.key = ec ? fixture_ec() : fixture_rsa(KEY_CLIENT);
	if (c->known != NULL) {
		assert_true(buf_add_string(&password, c->known));
		request.password = &password;
	}
	capture_start(STDERR_FILENO);
	st = decode(&reply, &request, message.data, message.len);
	text = capture_stop();
	if (st != c->st || strstr(text, c->says) == NULL ||
	    strstr(text, "secre") != NULL || (st == ST_OK && text[0] != '\0'))
		fixture_fail("%s, EC %d: %d, %s",
		    c->known != NULL ? c->known : "none", ec, (int)st, text);
	if (st == ST_OK)
		assert_true(has_issued(reply.certs, false));
	assert_int_equal(ERR_peek_error(), 0);
	scep_reply_free(&reply);
	buf_free(&password);
	buf_free(&message);
}

static void test_password(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(password_cases); i++) {
		decode_by_password(&password_cases[i], false);
		decode_by_password(&password_cases[i], true);
	}
}

static void test_pending(void **state)
{
	static const struct recipe recipes[] = {
	    {.status = PKI_PENDING, .content = ABSENT},
	    {.status = PKI_PENDING, .content = EMPTY},
	    {.status = PKI_PENDING, .content = GARBAGE},
	    {.status = PKI_PENDING, .content = AN_ENVELOPE},
	    {.status = PKI_PENDING,
		.content = ABSENT,
		.content_type = NID_pkcs7_enveloped},
	};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(recipes); i++) {
		struct scep_reply reply;
		struct buf message = {0};

		build_reply(&message, &recipes[i]);
		assert_int_equal(
		    decode(&reply, &w.request, message.data, message.len),
		    ST_OK);
		assert_int_equal(reply.status, PKI_PENDING);
		assert_null(reply.certs);
		assert_null(reply.fail_info);
		assert_null(reply.fail_info_text);
		scep_reply_free(&reply);
		buf_free(&message);
	}
}

#define FAILED(e, o, t, v) \
	{ \
		.status = PKI_FAILURE, .content = ABSENT, .edit = e, .oid = o, \
		.type = t, .value = v \
	}

static const struct failure {
	struct recipe recipe;
	const char *name, *text, *says;
} failures[] = {
    {FAILED(SAME, NULL, 0, NULL), "badRequest", NULL, ""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "0"), "badAlg", NULL, ""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "1"), "badMessageCheck", NULL, ""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "3"), "badTime", NULL, ""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "4"), "badCertId", NULL, ""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "5"), "unknown", NULL, "failInfo is \"5\""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "22"), "unknown", NULL, "fo is \"22\""},
    {FAILED(OF_VALUE, OID_FAIL, 0, ""), "unknown", NULL, "failInfo is \"\""},
    {FAILED(OF_VALUE, OID_FAIL, 0, "\033"), "unknown", NULL, "is \"\\x1b\""},
    {FAILED(WITHOUT, OID_FAIL, 0, NULL), "unknown", NULL, "without failInfo"},
    {FAILED(OF_TYPE, OID_FAIL, V_ASN1_UTF8STRING, NULL), "badRequest", NULL,
	""},
    {FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, "no \xc3\xa4"), "badRequest",
	"no \xc3\xa4", ""},
    {FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, ""), "badRequest", "", ""},
    {FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, "a\nb\033[2J\xff"),
	"badRequest", "a\nb\033[2J\xff", ""},
    {FAILED(ADD, OID_FAIL_TEXT, V_ASN1_PRINTABLESTRING, "words"), "badRequest",
	"words", ""},
    {FAILED(ADD, OID_MISPLACED, V_ASN1_PRINTABLESTRING, "words"), "badRequest",
	"words", ""},
};

static void test_failure(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(failures); i++) {
		const struct failure *f = &failures[i];
		struct scep_reply reply;
		struct buf message = {0};
		enum status st;
		const char *text;

		build_reply(&message, &f->recipe);
		capture_start(STDERR_FILENO);
		st = decode(&reply, &w.request, message.data, message.len);
		text = capture_stop();
		if (st != ST_OK || strstr(text, f->says) == NULL)
			fixture_fail("failure %zu: %d, %s", i, (int)st, text);
		if (f->says[0] == '\0')
			assert_string_equal(text, "");
		assert_int_equal(reply.status, PKI_FAILURE);
		assert_string_equal(reply.fail_info->name, f->name);
		assert_null(reply.certs);
		if (f->text == NULL)
			assert_null(reply.fail_info_text);
		else
			assert_string_equal(reply.fail_info_text, f->text);
		scep_reply_free(&reply);
		buf_free(&message);
	}
}

/* A long failInfoText is cut, not refused, and stays within the line. */
static void test_failure_long(void **state)
{
	struct recipe r = FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, NULL);
	static char words[20000];
	struct scep_reply reply;
	struct buf message = {0};
	size_t len;

	(void)state;
	memset(words, '\1', sizeof(words) - 1);
	r.value = words;
	build_reply(&message, &r);
	assert_int_equal(
	    decode(&reply, &w.request, message.data, message.len), ST_OK);
	len = strlen(reply.fail_info_text);
	assert_within(len, 100, 1024);
	assert_string_equal(reply.fail_info_text + len - 3, "...");
	scep_reply_free(&reply);
	buf_free(&message);
}

#define EDIT(e, o) \
	{ \
		.edit = e, .oid = o \
	}
#define TYPE(o, t) \
	{ \
		.edit = OF_TYPE, .oid = o, .type = t \
	}
#define VALUE(o, v) \
	{ \
		.edit = OF_VALUE, .oid = o, .value = v \
	}
#define CONTENT(c) \
	{ \
		.content = c \
	}
#define TEXT_ADDED(o, t) \
	{ \
		.edit = ADD, .oid = o, .type = t, .value = "words", \
		.status = PKI_FAILURE \
	}

static const struct bad_reply {
	const char *what;
	struct recipe recipe;
	const char *says;
} bad_replies[] = {
    /* Each attribute: absent, twice, without value, two values, other type. */
    {"no messageType", EDIT(WITHOUT, OID_TYPE), "no messageType (RFC 8894"},
    {"no pkiStatus", EDIT(WITHOUT, OID_STATUS), "no pkiStatus (RFC 8894"},
    {"no transactionID", EDIT(WITHOUT, OID_ID), "no transactionID (RFC"},
    {"no nonce", EDIT(WITHOUT, OID_RECIPIENT), "no recipientNonce (RFC"},
    {"messageType twice", EDIT(TWICE, OID_TYPE),
	"messageType occurs more than once"},
    {"pkiStatus twice", EDIT(TWICE, OID_STATUS),
	"pkiStatus occurs more than once"},
    {"transactionID twice", EDIT(TWICE, OID_ID),
	"transactionID occurs more than once"},
    {"nonce twice", EDIT(TWICE, OID_RECIPIENT),
	"recipientNonce occurs more than once"},
    {"empty messageType", EDIT(NO_VALUE, OID_TYPE), "messageType has 0 val"},
    {"empty pkiStatus", EDIT(NO_VALUE, OID_STATUS), "pkiStatus has 0 values"},
    {"empty transactionID", EDIT(NO_VALUE, OID_ID), "transactionID has 0 va"},
    {"empty nonce", EDIT(NO_VALUE, OID_RECIPIENT), "recipientNonce has 0 va"},
    {"two types", EDIT(TWO_VALUES, OID_TYPE), "messageType has 2 values"},
    {"two states", EDIT(TWO_VALUES, OID_STATUS), "pkiStatus has 2 values"},
    {"two ids", EDIT(TWO_VALUES, OID_ID), "transactionID has 2 values"},
    {"two nonces", EDIT(TWO_VALUES, OID_RECIPIENT), "recipientNonce has 2 v"},
    {"messageType octets", TYPE(OID_TYPE, V_ASN1_OCTET_STRING),
	"messageType is of ASN.1 type 4, expected a string"},
    {"messageType number", TYPE(OID_TYPE, V_ASN1_INTEGER),
	"messageType is of ASN.1 type 2, expected a string"},
    {"pkiStatus octets", TYPE(OID_STATUS, V_ASN1_OCTET_STRING),
	"pkiStatus is of ASN.1 type 4"},
    {"pkiStatus in T61String", TYPE(OID_STATUS, V_ASN1_T61STRING),
	"pkiStatus is of ASN.1 type 20"},
    {"transactionID octets", TYPE(OID_ID, V_ASN1_OCTET_STRING),
	"transactionID is of ASN.1 type 4"},
    {"transactionID bits", TYPE(OID_ID, V_ASN1_BIT_STRING),
	"transactionID is of ASN.1 type 3"},
    {"nonce printable", TYPE(OID_RECIPIENT, V_ASN1_PRINTABLESTRING),
	"recipientNonce is of ASN.1 type 19, expected OCTET STRING"},
    /* Wrong values. */
    {"messageType 19", VALUE(OID_TYPE, "19"), "messageType is \"19\""},
    {"messageType 33", VALUE(OID_TYPE, "33"), "messageType is \"33\""},
    {"messageType 03", VALUE(OID_TYPE, "03"), "messageType is \"03\""},
    {"messageType none", VALUE(OID_TYPE, ""), "messageType is \"\""},
    {"messageType \\x1b", VALUE(OID_TYPE, "\033"), "is \"\\x1b\", expected 3"},
    {"pkiStatus 1", VALUE(OID_STATUS, "1"), "pkiStatus is \"1\", expected 0"},
    {"pkiStatus 4", VALUE(OID_STATUS, "4"), "pkiStatus is \"4\""},
    {"pkiStatus 00", VALUE(OID_STATUS, "00"), "pkiStatus is \"00\""},
    {"pkiStatus none", VALUE(OID_STATUS, ""), "pkiStatus is \"\""},
    {"other id", VALUE(OID_ID, "1123456789ABCDEF"),
	"transactionID is \"1123456789ABCDEF\", ours is " ID},
    {"id cut", VALUE(OID_ID, "0123456789ABCDE"), "transactionID is \"01"},
    {"id longer", VALUE(OID_ID, ID "0"), "transactionID is \"" ID "0\""},
    {"id in other case", VALUE(OID_ID, "0123456789abcdef"), "ours is " ID},
    {"id none", VALUE(OID_ID, ""), "transactionID is \"\""},
    {"other nonce", VALUE(OID_RECIPIENT, "1123456789abcdef"),
	"recipientNonce does not match our senderNonce"},
    {"nonce cut", VALUE(OID_RECIPIENT, "0123456789abcde"),
	"recipientNonce has 15 bytes, expected 16"},
    {"nonce longer", VALUE(OID_RECIPIENT, "0123456789abcdef0"),
	"recipientNonce has 17 bytes"},
    {"nonce none", VALUE(OID_RECIPIENT, ""), "recipientNonce has 0 bytes"},
    /* The additional attributes of FAILURE. */
    {"failInfo twice", {.edit = TWICE, .oid = OID_FAIL, .status = PKI_FAILURE},
	"failInfo occurs more than once"},
    {"two failInfos",
	{.edit = TWO_VALUES, .oid = OID_FAIL, .status = PKI_FAILURE},
	"failInfo has 2 values"},
    {"failInfo number",
	{.edit = OF_TYPE,
	    .oid = OID_FAIL,
	    .type = V_ASN1_INTEGER,
	    .status = PKI_FAILURE},
	"failInfo is of ASN.1 type 2"},
    {"failInfoText octets", TEXT_ADDED(OID_FAIL_TEXT, V_ASN1_OCTET_STRING),
	"failInfoText is of ASN.1 type 4"},
    {"misplaced failInfoText octets",
	TEXT_ADDED(OID_MISPLACED, V_ASN1_OCTET_STRING),
	"failInfoText is of ASN.1 type 4"},
    /* Wrong signers. */
    {"forged", {.signer = BY_FORGED}, "its signature does not verify"},
    {"forged, without certificate", {.signer = BY_FORGED, .flags = CMS_NOCERTS},
	"its signature does not verify"},
    {"stranger", {.signer = BY_STRANGER},
	"signed by a certificate that is not among those of -c (issuer /O"},
    {"nobody", {.signer = BY_NOBODY}, "signed by 0 signers, expected exac"},
    {"two signers", {.signer = BY_TWO}, "signed by 2 signers"},
    /* Wrong signed content. */
    {"absent", CONTENT(ABSENT), "SUCCESS without a content"},
    {"empty", CONTENT(EMPTY), "SUCCESS without a content"},
    {"garbage", CONTENT(GARBAGE), "not a pkcsPKIEnvelope (RFC 8894, 3.2.2)"},
    {"no envelope", CONTENT(NO_ENVELOPE),
	"not a pkcsPKIEnvelope (RFC 8894, 3.2.2): its contentType is not"},
    {"trailing", CONTENT(TRAILING), "1 bytes follow the EnvelopedData"},
    {"for another", CONTENT(FOR_OTHER), "it cannot be decrypted with our"},
    {"nothing inside", CONTENT(ENVELOPE_OF_NOTHING),
	"SUCCESS with an empty envelope"},
    {"garbage inside", CONTENT(ENVELOPE_OF_GARBAGE),
	"not a certificates-only message"},
    {"trailing inside", CONTENT(ENVELOPE_OF_TRAILING),
	"1 bytes follow the SignedData"},
    {"no certificates inside", CONTENT(ENVELOPE_OF_NO_CERTS),
	"there is no certificate in it"},
    {"a certificate inside", CONTENT(ENVELOPE_OF_CERT),
	"not a certificates-only message"},
};

static void test_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(bad_replies); i++) {
		struct buf message = {0};

		build_reply(&message, &bad_replies[i].recipe);
		assert_refused(
		    bad_replies[i].what, &message, bad_replies[i].says);
		buf_free(&message);
	}
}

/*
 * Decryption with the wrong key may succeed and give random bytes; these must
 * never be taken for certificates.
 */
static void test_wrong_key(void **state)
{
	struct recipe r = CONTENT(WITH_OTHER_KEY);
	int i;

	(void)state;
	for (i = 0; i < 300; i++) {
		struct scep_reply reply;
		struct buf message = {0};
		enum status st;

		build_reply(&message, &r);
		silence_start();
		st = decode(&reply, &w.request, message.data, message.len);
		silence_stop();
		assert_int_equal(st, ST_REPLY);
		assert_null(reply.certs);
		buf_free(&message);
	}
}

/* What the reply has, even if it is not ours; no byte of it acts on a line. */
static void test_transaction_id(void **state)
{
	static const struct {
		struct recipe recipe;
		const char *id;
	} cases[] = {
	    {VALUE(OID_ID, "X"), "X"},
	    {VALUE(OID_ID, "X\n\033: "), "X\\x0a\\x1b: "},
	    {EDIT(WITHOUT, OID_ID), NULL},
	    {EDIT(SAME, NULL), "ours"},
	};
	struct scep_request request = w.request;
	const char *want;
	size_t i;

	(void)state;
	request.tolerate = TOLERATE_TRANSACTION_ID;
	for (i = 0; i < NITEMS(cases); i++) {
		struct scep_reply reply;
		struct buf message = {0};
		enum status st;

		build_reply(&message, &cases[i].recipe);
		silence_start();
		st = decode(&reply, &request, message.data, message.len);
		silence_stop();
		assert_int_equal(st, ST_OK);
		want = i < 3 ? cases[i].id : request.transaction_id;
		if (want == NULL)
			assert_null(reply.transaction_id);
		else
			assert_string_equal(reply.transaction_id, want);
		scep_reply_free(&reply);
		buf_free(&message);
	}
}

/* --tolerate skips the named check only, with a warning. */
static void test_tolerate(void **state)
{
	static const struct {
		struct recipe recipe;
		unsigned int tolerate;
		enum status st;
		const char *says;
	} cases[] = {
	    {VALUE(OID_RECIPIENT, "1123456789abcdef"), TOLERATE_NONCE, ST_OK,
		"warning: recipientNonce is missing or does not match"},
	    {EDIT(WITHOUT, OID_RECIPIENT), TOLERATE_NONCE, ST_OK,
		"warning: recipientNonce"},
	    {VALUE(OID_ID, "X"), TOLERATE_TRANSACTION_ID, ST_OK,
		"warning: transactionID is missing or does not match"},
	    {EDIT(WITHOUT, OID_ID), TOLERATE_TRANSACTION_ID, ST_OK,
		"warning: transactionID"},
	    {EDIT(SAME, NULL), 15, ST_OK, ""},
	    {VALUE(OID_RECIPIENT, "1123456789abcdef"),
		15u & ~(unsigned int)TOLERATE_NONCE, ST_REPLY,
		"recipientNonce does not match our"},
	    {VALUE(OID_ID, "X"), 15u & ~(unsigned int)TOLERATE_TRANSACTION_ID,
		ST_REPLY, "transactionID is \"X\""},
	    {{.signer = BY_FORGED}, 15, ST_REPLY, "signature does not verify"},
	    {{.signer = BY_STRANGER}, 15, ST_REPLY, "not among those of -c"},
	    {VALUE(OID_TYPE, "19"), 15, ST_REPLY, "messageType"},
	    {VALUE(OID_STATUS, "9"), 15, ST_REPLY, "pkiStatus"},
	};
	struct scep_request request = w.request;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		struct scep_reply reply;
		struct buf message = {0};
		enum status st;
		const char *text;

		build_reply(&message, &cases[i].recipe);
		request.tolerate = cases[i].tolerate;
		capture_start(STDERR_FILENO);
		st = decode(&reply, &request, message.data, message.len);
		text = capture_stop();
		if (st != cases[i].st || strstr(text, cases[i].says) == NULL)
			fixture_fail("case %zu: %d, %s", i, (int)st, text);
		assert_int_equal(reply.verified,
		    cases[i].recipe.signer != BY_FORGED &&
			cases[i].recipe.signer != BY_STRANGER);
		assert_int_equal(reply.unknown_signer,
		    cases[i].recipe.signer == BY_STRANGER);
		if (st == ST_OK)
			assert_true(has_issued(reply.certs, false));
		if (cases[i].says[0] == '\0')
			assert_string_equal(text, "");
		scep_reply_free(&reply);
		buf_free(&message);
	}
}

/* A reply with an unknown signer is decoded again, when that is known. */
static void test_again(void **state)
{
	static const struct recipe recipes[] = {
	    {.signer = BY_STRANGER}, {.signer = BY_STRANGER, .ber = true}};
	X509 *certs[] = {w.stranger, NULL};
	struct scep_request request = w.request;
	struct spool_budget budget;
	struct cabundle other;
	size_t i;

	(void)state;
	cabundle_set(&other, fixture_stack(certs));
	for (i = 0; i < NITEMS(recipes); i++) {
		struct spool body = {.budget = &budget};
		struct scep_reply reply;
		struct buf message = {0};

		build_reply(&message, &recipes[i]);
		budget = (struct spool_budget){.max = 2 * message.len};
		assert_int_equal(
		    spool_add(&body, message.data, message.len), ST_OK);
		assert_int_equal(spool_end(&body), ST_OK);
		silence_start();
		assert_int_equal(
		    scep_reply_decode(&reply, &w.request, &body), ST_REPLY);
		silence_stop();
		assert_true(reply.unknown_signer);
		request.bundle = &other;
		assert_int_equal(
		    scep_reply_decode(&reply, &request, &body), ST_OK);
		assert_true(reply.verified && !reply.unknown_signer);
		assert_true(has_issued(reply.certs, false));
		scep_reply_free(&reply);
		spool_free(&body);
		assert_int_equal(budget.used, 0);
		buf_free(&message);
	}
	cabundle_free(&other);
}

/* The headers of a good message, with one that says it is primitive. */
static void test_primitive_headers(void **state)
{
	/* ContentInfo, [0] EXPLICIT, SignedData, its digestAlgorithms. */
	static const size_t at[] = {0, 15, 19, 26};
	static const struct recipe recipe = {.status = PKI_SUCCESS};
	struct buf message = {0};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(at); i++) {
		message.len = 0;
		build_reply(&message, &recipe);
		assert_true((message.data[at[i]] & 0x20) != 0);
		message.data[at[i]] ^= 0x20;
		assert_refused("header", &message, "its structure is wrong");
	}
	buf_free(&message);
}

static void test_not_a_message(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *says;
	} messages[] = {
	    {"", 0, "it is empty, expected a pkiMessage"},
	    {"0", 1, "not a pkiMessage"},
	    {"<html>No</html>", 15, "not a pkiMessage"},
	    {"0\0", 2, "not a pkiMessage"},
	    {"0\x80\0\0", 4, "not a pkiMessage"},
	    {"0\x84\xff\xff\xff\xff\x06\x01\x01", 9, "not a pkiMessage"},
	    /* id-data, and id-signedData without content. */
	    {"0\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\0", 15,
		"not a pkiMessage"},
	    {"0\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x02\x04\0",
		17, "contentType is not that of SignedData"},
	    {"0\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 13,
		"not a pkiMessage"},
	};
	struct buf message = {0};
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(messages); i++) {
		message.len = 0;
		assert_true(
		    buf_add(&message, messages[i].bytes, messages[i].len));
		assert_refused("message", &message, messages[i].says);
	}
	message.len = 0;
	build_reply(&message, &(struct recipe){.status = PKI_SUCCESS});
	assert_true(buf_add(&message, "\n\0", 2));
	assert_refused("trailing", &message, "2 bytes follow the SignedData");
	message.len = 0;
	add_envelope(
	    &message, &w.content, w.client, &(struct recipe){.type = 0});
	assert_refused(
	    "an envelope", &message, "contentType is not that of SignedData");
	buf_free(&message);
}

/*
 * Decodes a valid reply with one byte changed.  It must be refused, or give the
 * same certificates if the byte is neither signed nor read.
 */
static void assert_harmless(const void *bytes, size_t len, size_t at, int *ok)
{
	struct scep_reply reply;
	enum status st = decode(&reply, &w.request, bytes, len);

	if (st == ST_OK && reply.status == PKI_SUCCESS &&
	    has_issued(reply.certs, false)) {
		++*ok;
		scep_reply_free(&reply);
		return;
	}
	if (st != ST_REPLY || reply.certs != NULL) {
		silence_stop();
		fixture_fail(
		    "changed at byte %zu of %zu: %d", at, len, (int)st);
	}
	ERR_clear_error();
}

static void test_truncated(void **state)
{
	static const struct recipe recipes[] = {
	    {.status = PKI_SUCCESS}, {.ber = true}};
	struct buf message = {0};
	size_t i, len;
	int ok = 0;

	(void)state;
	for (i = 0; i < NITEMS(recipes); i++) {
		message.len = 0;
		build_reply(&message, &recipes[i]);
		silence_start();
		for (len = 0; len < message.len; len++)
			assert_harmless(message.data, len, len, &ok);
		silence_stop();
		assert_int_equal(ok, 0);
	}
	buf_free(&message);
}

static void test_flipped(void **state)
{
	static const unsigned char masks[] = {0xff, 0x01};
	struct buf message = {0};
	int ok = 0, bag;
	size_t i, m;

	(void)state;
	build_reply(&message, &(struct recipe){.status = PKI_SUCCESS});
	bag = i2d_X509(w.ra, NULL);
	silence_start();
	for (i = 0; i < message.len; i++) {
		for (m = 0; m < NITEMS(masks); m++) {
			message.data[i] ^= masks[m];
			assert_harmless(message.data, message.len, i, &ok);
			message.data[i] ^= masks[m];
		}
	}
	silence_stop();
	/* These bytes are in the certificates, versions and algorithms. */
	assert_within(ok, 1, 2 * (bag + 32));
	ok = 0;
	assert_harmless(message.data, message.len, 0, &ok);
	assert_int_equal(ok, 1);
	buf_free(&message);
}

/* A bad envelope with a good signature, which only the CA could make. */
static void test_flipped_envelope(void **state)
{
	struct recipe r = {.status = PKI_SUCCESS};
	struct buf content = {0}, message = {0};
	struct scep_reply reply;
	enum status st;
	size_t i;

	(void)state;
	add_signed_content(&content, &r);
	silence_start();
	for (i = 0; i < content.len; i += 5) {
		message.len = 0;
		content.data[i] ^= 0xff;
		sign_reply(&message, &content, &r);
		ERR_clear_error();
		content.data[i] ^= 0xff;
		st = decode(&reply, &w.request, message.data, message.len);
		if (st != ST_REPLY &&
		    (st != ST_OK || sk_X509_num(reply.certs) < 1))
			break;
		scep_reply_free(&reply);
	}
	silence_stop();
	assert_true(i >= content.len);
	buf_free(&content);
	buf_free(&message);
}

static void test_cut_envelope(void **state)
{
	struct recipe r = {.status = PKI_SUCCESS};
	struct buf content = {0}, message = {0};
	struct scep_reply reply;
	enum status st;
	size_t whole;

	(void)state;
	add_signed_content(&content, &r);
	whole = content.len;
	silence_start();
	for (content.len = 1; content.len < whole; content.len += 7) {
		message.len = 0;
		sign_reply(&message, &content, &r);
		ERR_clear_error();
		st = decode(&reply, &w.request, message.data, message.len);
		if (st != ST_REPLY || reply.certs != NULL)
			break;
	}
	silence_stop();
	assert_true(content.len >= whole);
	buf_free(&content);
	buf_free(&message);
}

/* Pseudo-random, the same in every run. */
static unsigned char next_byte(void)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (unsigned char)(seed >> 24);
}

static void test_random(void **state)
{
	unsigned char bytes[300];
	struct scep_reply reply;
	STACK_OF(X509) *certs;
	enum status st, body;
	size_t i, len;
	int round;
	bool bare;

	(void)state;
	silence_start();
	for (round = 0; round < 20000; round++) {
		len = next_byte() + 1u;
		for (i = 0; i < len; i++)
			bytes[i] = next_byte();
		/* Half of them begin like DER. */
		if (round % 2 == 0)
			bytes[0] = 0x30;
		st = decode(&reply, &w.request, bytes, len);
		body = certs_from_body(&certs, &bare, bytes, len);
		if (st != ST_REPLY || body != ST_REPLY)
			break;
	}
	silence_stop();
	assert_int_equal(round, 20000);
}

/* certs.c */

static void add_pem(struct buf *out, const char *name, const struct buf *der)
{
	BIO *bio = BIO_new(BIO_s_mem());

	assert_true(PEM_write_bio(bio, name, "", der->data, (long)der->len));
	take(out, bio);
}

static void assert_body(const struct buf *body, int count, bool bare)
{
	STACK_OF(X509) *certs = NULL;
	unsigned char *copy = malloc(body->len + 1);
	X509 *const want[] = {w.ca, w.ra};
	enum status st;
	bool is_bare;
	int i;

	memcpy(copy, body->data, body->len);
	st = certs_from_body(&certs, &is_bare, copy, body->len);
	free(copy);
	assert_int_equal(st, ST_OK);
	assert_true(is_bare == bare);
	assert_int_equal(sk_X509_num(certs), count);
	for (i = 0; i < count; i++)
		assert_int_equal(X509_cmp(sk_X509_value(certs, i), want[i]), 0);
	assert_int_equal(ERR_peek_error(), 0);
	cert_stack_free(certs);
}

static void assert_bad_body(const struct buf *body, const char *says)
{
	STACK_OF(X509) *certs = NULL;
	enum status st;
	const char *text;
	bool bare;

	capture_start(STDERR_FILENO);
	st = certs_from_body(&certs, &bare, body->data, body->len);
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	assert_null(certs);
	if (strstr(text, says) == NULL)
		fixture_fail("%s", text);
	assert_int_equal(ERR_peek_error(), 0);
}

/* A SignedData is never a bare certificate, however many it has. */
static void assert_signed_body(STACK_OF(X509) *certs, int count)
{
	const char *const labels[] = {"PKCS7", "CMS"};
	struct buf set = {0}, pem = {0};
	int i;

	add_certs(&set, certs);
	assert_body(&set, count, false);
	for (i = 0; i < 2; i++) {
		pem.len = 0;
		add_pem(&pem, labels[i], &set);
		assert_body(&pem, count, false);
	}
	buf_free(&set);
	buf_free(&pem);
}

static void test_body(void **state)
{
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	struct buf der = {0}, other = {0}, set = {0}, pem = {0};
	unsigned char *bytes = NULL;
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	assert_body(&der, 1, true);
	add_pem(&pem, "CERTIFICATE", &der);
	assert_body(&pem, 1, true);
	bytes = NULL;
	len = i2d_X509(w.ra, &bytes);
	assert_true(buf_add(&other, bytes, (size_t)len));
	OPENSSL_free(bytes);
	add_pem(&pem, "CERTIFICATE", &other);
	assert_body(&pem, 2, false);
	assert_signed_body(stack, 2);
	X509_free(sk_X509_pop(stack));
	assert_signed_body(stack, 1);
	add_certs(&set, stack);

	assert_true(buf_add(&set, "x", 1));
	assert_bad_body(&set, "1 bytes follow the SignedData");
	set.len -= 2;
	assert_bad_body(&set, "not a certificates-only message");
	set.len = 0;
	add_certs(&set, NULL);
	assert_bad_body(&set, "there is no certificate in it");
	set.len = 0;
	add_envelope(&set, &der, w.client, &(struct recipe){.type = 0});
	assert_bad_body(&set, "neither a certificate nor a certificates-only");
	set.len = 0;
	assert_bad_body(&set, "it is empty, expected CA certificates");
	assert_true(buf_add_string(&set, "<html>Not found</html>\n"));
	assert_bad_body(&set, "neither a certificate nor a SignedData");
	buf_free(&der);
	buf_free(&other);
	buf_free(&set);
	buf_free(&pem);
	cert_stack_free(stack);
}

static X509_CRL *make_crl(void)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *now = ASN1_TIME_adj(NULL, time(NULL), 0, 0);

	if (now == NULL || !X509_CRL_set_version(crl, 1) ||
	    !X509_CRL_set_issuer_name(crl, X509_get_subject_name(w.ca)) ||
	    !X509_CRL_set1_lastUpdate(crl, now) ||
	    !X509_CRL_sign(crl, fixture_rsa(KEY_CA), EVP_sha256()))
		abort();
	ASN1_TIME_free(now);
	return crl;
}

/* An OID of 1000 octets has no text in libcrypto. */
static void test_long_content_type(void **state)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL);
	CMS_SignerInfo *si = CMS_add1_signer(
	    cms, w.ra, fixture_rsa(KEY_RA), EVP_sha256(), CMS_PARTIAL);
	unsigned char der[1004] = {6, 0x82, 0x03, 0xe8};
	const unsigned char *p = der;
	ASN1_OBJECT *type;
	const char *text;

	(void)state;
	memset(der + 4, 0x81, 999);
	der[1003] = 1;
	type = d2i_ASN1_OBJECT(NULL, &p, sizeof(der));
	assert_non_null(type);
	assert_true(CMS_signed_add1_attr_by_NID(
	    si, NID_pkcs9_contentType, V_ASN1_OBJECT, type, -1));
	capture_start(STDERR_FILENO);
	assert_int_equal(attrs_check_content_type(si,
			     OBJ_nid2obj(NID_pkcs7_data), NID_pkcs7_enveloped),
	    ST_REPLY);
	text = capture_stop();
	if (strstr(text, "contentType is an OID that is too long, expected") ==
	    NULL)
		fixture_fail("%s", text);
	assert_int_equal(ERR_peek_error(), 0);
	ASN1_OBJECT_free(type);
	CMS_ContentInfo_free(cms);
}

/* What is nearly a certificate is not called a wrong SignedData. */
static void test_damaged_cert(void **state)
{
	static const char says[] = "neither a certificate nor a "
				   "certificates-only message";
	struct buf der = {0}, twice = {0}, crl = {0}, pem = {0};
	unsigned char *bytes = NULL;
	X509_CRL *made = make_crl();
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	assert_true(buf_add(&twice, der.data, der.len));
	assert_true(buf_add(&twice, der.data, der.len));
	assert_bad_body(&twice, says);
	twice.len = der.len + 1;
	assert_bad_body(&twice, says);
	twice.len = der.len - 1;
	assert_bad_body(&twice, says);
	bytes = NULL;
	len = i2d_X509_CRL(made, &bytes);
	assert_true(buf_add(&crl, bytes, (size_t)len));
	OPENSSL_free(bytes);
	X509_CRL_free(made);
	assert_bad_body(&crl, says);

	add_pem(&pem, "CERTIFICATE", &der);
	add_pem(&pem, "CERTIFICATE", &twice);
	assert_bad_body(&pem, "a CERTIFICATE in PEM cannot be decoded");
	buf_free(&der);
	buf_free(&twice);
	buf_free(&crl);
	buf_free(&pem);
}

/* Nothing in a body is dropped without a word. */
static void test_mixed_pem(void **state)
{
	static const char mixes[] = "it mixes CERTIFICATE and PKCS7";
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	struct buf der = {0}, set = {0}, pem = {0};
	unsigned char *bytes = NULL;
	int len = i2d_X509(w.ca, &bytes);

	(void)state;
	assert_true(buf_add(&der, bytes, (size_t)len));
	OPENSSL_free(bytes);
	add_certs(&set, stack);
	add_pem(&pem, "CERTIFICATE", &der);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	add_pem(&pem, "CMS", &set);
	add_pem(&pem, "CERTIFICATE", &der);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	assert_true(buf_add_string(&pem, "0 is text\n"));
	add_pem(&pem, "CERTIFICATE", &der);
	assert_body(&pem, 1, true);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, mixes);
	pem.len = 0;
	add_pem(&pem, "PKCS7", &set);
	add_pem(&pem, "PKCS7", &set);
	assert_bad_body(&pem, "it has 2 PKCS7 in PEM");
	cert_stack_free(stack);
	buf_free(&der);
	buf_free(&set);
	buf_free(&pem);
}

static void test_body_count(void **state)
{
	X509 *none[] = {NULL};
	STACK_OF(X509) *stack = fixture_stack(none), *certs = NULL;
	X509 *made[CERT_COUNT_MAX + 1];
	struct buf set = {0};
	bool bare;
	int i;

	(void)state;
	/* Different ones, because a set must not have an element twice. */
	for (i = 0; i <= CERT_COUNT_MAX; i++) {
		made[i] = issued("one of many", KEY_RA, NULL, 1000 + i);
		assert_true(sk_X509_push(stack, made[i]) > 0);
	}
	add_certs(&set, stack);
	assert_bad_body(&set, "it has 101 certificates, the limit is 100");
	X509_free(sk_X509_pop(stack));
	set.len = 0;
	add_certs(&set, stack);
	assert_int_equal(
	    certs_from_body(&certs, &bare, set.data, set.len), ST_OK);
	assert_int_equal(sk_X509_num(certs), CERT_COUNT_MAX);
	cert_stack_free(certs);
	cert_stack_free(stack);
	buf_free(&set);
}

static void assert_no_crl(const struct buf *set, const char *says)
{
	struct der out = {0};
	enum status st;
	const char *text;

	capture_start(STDERR_FILENO);
	st = certs_find_crl(&out, octets_in_memory(set->data, set->len));
	text = capture_stop();
	assert_int_equal(st, ST_REPLY);
	if (strstr(text, says) == NULL)
		fixture_fail("%s", text);
	assert_int_equal(out.left, 0);
	assert_int_equal(ERR_peek_error(), 0);
}

static enum status find_crl(struct der *out, const struct buf *set)
{
	return certs_find_crl(out, octets_in_memory(set->data, set->len));
}

static void assert_crl_is(struct der crl, const unsigned char *der, int len)
{
	struct buf bytes = {0};

	assert_true(octets_add(&bytes, crl));
	assert_int_equal(bytes.len, len);
	assert_memory_equal(bytes.data, der, bytes.len);
	buf_free(&bytes);
}

/* The CRL must be found byte for byte, with or without certificates. */
static void test_crl(void **state)
{
	X509 *both[] = {w.ca, w.ra, NULL};
	STACK_OF(X509) *stack = fixture_stack(both);
	STACK_OF(X509) *sets[] = {stack, NULL};
	X509_CRL *crl = make_crl();
	unsigned char *der = NULL;
	struct buf set = {0};
	struct der out;
	int len = i2d_X509_CRL(crl, &der);
	size_t i, whole;

	(void)state;
	for (i = 0; i < NITEMS(sets); i++) {
		set.len = 0;
		add_set(&set, sets[i], crl, 1);
		assert_int_equal(find_crl(&out, &set), ST_OK);
		assert_crl_is(out, der, len);
	}
	whole = set.len;
	assert_true(buf_add(&set, "x", 1));
	assert_no_crl(&set, "1 bytes follow the SignedData");
	silence_start();
	for (set.len = 0; set.len < whole; set.len++)
		if (find_crl(&out, &set) != ST_REPLY)
			break;
	silence_stop();
	assert_int_equal(set.len, whole);
	set.len = 0;
	add_set(&set, NULL, crl, 2);
	assert_no_crl(&set, "not a SignedData with one CRL, in DER");
	set.len = 0;
	add_set(&set, stack, NULL, 0);
	assert_no_crl(&set, "with one CRL");
	set.len = 0;
	assert_no_crl(&set, "with one CRL");
	assert_true(buf_add_string(&set, "garbage"));
	assert_no_crl(&set, "with one CRL");
	buf_free(&set);
	OPENSSL_free(der);
	X509_CRL_free(crl);
	cert_stack_free(stack);
}

/* The same in BER. */
static void test_crl_ber(void **state)
{
	X509_CRL *crl = make_crl();
	unsigned char *der = NULL;
	struct buf set = {0}, ber = {0};
	struct der out;
	int len = i2d_X509_CRL(crl, &der);
	struct der_head {
		const unsigned char *p;
		long left;
		int tag, class;
	} head;

	(void)state;
	add_set(&set, NULL, crl, 1);
	head.p = set.data;
	assert_int_equal(ASN1_get_object(&head.p, &head.left, &head.tag,
			     &head.class, (long)set.len),
	    V_ASN1_CONSTRUCTED);
	assert_true(buf_add(&ber, "0\x80", 2));
	assert_true(buf_add(&ber, head.p, (size_t)head.left));
	assert_true(buf_add(&ber, "\0\0", 2));
	assert_int_equal(find_crl(&out, &ber), ST_OK);
	assert_crl_is(out, der, len);
	buf_free(&set);
	buf_free(&ber);
	OPENSSL_free(der);
	X509_CRL_free(crl);
}

/* A CRL is accepted in a reply to GetCRL only. */
static void test_crl_reply(void **state)
{
	struct scep_request request = w.request;
	struct recipe r = {.status = PKI_SUCCESS};
	X509_CRL *crl = make_crl();
	unsigned char *der = NULL;
	struct buf set = {0}, envelope = {0}, message = {0};
	int len = i2d_X509_CRL(crl, &der);
	struct scep_reply reply;
	enum status st;

	(void)state;
	request.type = MESSAGE_GETCRL;
	add_set(&set, NULL, crl, 1);
	add_envelope(&envelope, &set, w.client, &r);
	sign_reply(&message, &envelope, &r);
	ERR_clear_error();
	assert_int_equal(
	    decode(&reply, &request, message.data, message.len), ST_OK);
	assert_null(reply.certs);
	assert_crl_is(reply.crl, der, len);
	scep_reply_free(&reply);
	assert_int_equal(reply.crl.left, 0);
	assert_refused("a CRL", &message, "there is no certificate in it");
	message.len = 0;
	build_reply(&message, &r);
	silence_start();
	st = decode(&reply, &request, message.data, message.len);
	silence_stop();
	assert_int_equal(st, ST_REPLY);
	assert_int_equal(reply.crl.left, 0);
	buf_free(&set);
	buf_free(&envelope);
	buf_free(&message);
	OPENSSL_free(der);
	X509_CRL_free(crl);
}

/* A file that ends too early is no fault of the reply. */
static void test_unreadable(void **state)
{
	static const struct recipe recipe = {.status = PKI_SUCCESS};
	struct buf message = {0};
	struct scep_reply reply;
	size_t len;

	(void)state;
	build_reply(&message, &recipe);
	for (len = 0; len < message.len; len += message.len / 10) {
		struct spool body = {.memory_max = 1};

		assert_int_equal(
		    spool_add(&body, message.data, message.len), ST_OK);
		assert_int_equal(spool_end(&body), ST_OK);
		body.bytes.len = 0;
		assert_int_equal(ftruncate(body.fd, (off_t)len), 0);
		capture_start(STDERR_FILENO);
		assert_int_equal(
		    scep_reply_decode(&reply, &w.request, &body), ST_FILE);
		assert_string_equal(capture_stop(),
		    "sscep: cannot read the temporary file of the answer\n");
		spool_free(&body);
	}
	buf_free(&message);
}

/* With all that is in replies in files. */
static void test_in_file(void **state)
{
	memory_max = 1;
	test_good(state);
	test_good_ec(state);
	test_password(state);
	test_pending(state);
	test_failure(state);
	test_bad(state);
	test_wrong_key(state);
	test_transaction_id(state);
	test_tolerate(state);
	test_not_a_message(state);
	test_truncated(state);
	test_flipped_envelope(state);
	test_cut_envelope(state);
	test_crl_reply(state);
	memory_max = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_caps_parse),
	    cmocka_unit_test(test_caps_parse_list),
	    cmocka_unit_test(test_caps_unknown),
	    cmocka_unit_test(test_caps_keyword),
	    cmocka_unit_test(test_caps_check),
	    cmocka_unit_test(test_caps_have),
	    cmocka_unit_test(test_caps_text),
	    cmocka_unit_test(test_caps_best),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_content_bytes),
	    cmocka_unit_test(test_content_serial),
	    cmocka_unit_test(test_content_sizes),
	    cmocka_unit_test(test_content_csr),
	    cmocka_unit_test(test_encode_algorithms),
	    cmocka_unit_test(test_encode_types),
	    cmocka_unit_test(test_encode_paddings),
	    cmocka_unit_test(test_encode_password),
	    cmocka_unit_test(test_encode_bad),
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_good_ec),
	    cmocka_unit_test(test_password),
	    cmocka_unit_test(test_pending),
	    cmocka_unit_test(test_failure),
	    cmocka_unit_test(test_failure_long),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_wrong_key),
	    cmocka_unit_test(test_transaction_id),
	    cmocka_unit_test(test_tolerate),
	    cmocka_unit_test(test_again),
	    cmocka_unit_test(test_primitive_headers),
	    cmocka_unit_test(test_not_a_message),
	    cmocka_unit_test(test_truncated),
	    cmocka_unit_test(test_flipped),
	    cmocka_unit_test(test_flipped_envelope),
	    cmocka_unit_test(test_cut_envelope),
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_body),
	    cmocka_unit_test(test_long_content_type),
	    cmocka_unit_test(test_damaged_cert),
	    cmocka_unit_test(test_mixed_pem),
	    cmocka_unit_test(test_body_count),
	    cmocka_unit_test(test_crl),
	    cmocka_unit_test(test_crl_ber),
	    cmocka_unit_test(test_crl_reply),
	    cmocka_unit_test(test_unreadable),
	    cmocka_unit_test(test_in_file),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
