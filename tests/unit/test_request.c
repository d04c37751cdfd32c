/* Unit test of requests and keys that are made: request.c, usage.c, new_key.c. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/x509v3.h>

#include "fixtures.h"
#include "keys/key.h"
#include "keys/new_key.h"
#include "pki/altname_list.h"
#include "pki/csr.h"
#include "pki/reqdiff.h"
#include "pki/request.h"
#include "pki/subject.h"
#include "pki/usage.h"
#include "util/log.h"
#include "util/newfile.h"

static const struct {
	const char *list, *more, *shown; /* shown: the OIDs, or the problem */
	bool good;
} purposes[] = {
    {.list = "serverAuth, CLIENTAUTH ,1.3.6.1.5.5.7.3.17",
	.shown = "1.3.6.1.5.5.7.3.1 1.3.6.1.5.5.7.3.2 1.3.6.1.5.5.7.3.17 ",
	.good = true},
    {.list = "serverAuth,serverauth",
	.more = "1.3.6.1.5.5.7.3.2,1.3.6.1.5.5.7.3.1",
	.shown = "1.3.6.1.5.5.7.3.1 1.3.6.1.5.5.7.3.2 ",
	.good = true},
    {.list = "serverAuth,CN",
	.shown = "unknown purpose CN, neither an OID nor one of serverAuth, "
		 "clientAuth, codeSigning, emailProtection, ipsecIKE and their "
		 "like"},
    {.list = "1.2.3.",
	.shown = "unknown purpose 1.2.3., neither an OID nor one of "
		 "serverAuth, clientAuth, codeSigning, emailProtection, "
		 "ipsecIKE and their like"},
    {.list = " ", .shown = "there is no purpose in it"},
    {.list = "serverAuth clientAuth",
	.shown = "1.3.6.1.5.5.7.3.1 1.3.6.1.5.5.7.3.2 ",
	.good = true},
    {.list = "serverAuth,",
	.shown = "there is a comma, but no purpose next to it"},
    {.list = ",serverAuth",
	.shown = "there is a comma, but no purpose next to it"},
    {.list = "a,,b",
	.shown = "unknown purpose a, neither an OID nor one of serverAuth, "
		 "clientAuth, codeSigning, emailProtection, ipsecIKE and their "
		 "like"},
};

static void test_purposes_are_read_or_refused(void **state)
{
	struct problem problem;
	EXTENDED_KEY_USAGE *all;
	char oid[80], text[200];
	bool good;
	size_t i;
	int k;

	(void)state;
	for (EACH_ROW(i, purposes, purposes[i].list)) {
		all = NULL;
		text[0] = '\0';
		good = usage_add_purposes(&all, purposes[i].list, &problem) &&
		    (purposes[i].more == NULL ||
			usage_add_purposes(&all, purposes[i].more, &problem));
		for (k = 0; good && k < sk_ASN1_OBJECT_num(all); k++) {
			OBJ_obj2txt(
			    oid, sizeof(oid), sk_ASN1_OBJECT_value(all, k), 1);
			snprintf(text + strlen(text),
			    sizeof(text) - strlen(text), "%s ", oid);
		}
		assert_string_equal(
		    purposes[i].shown, good ? text : problem.text);
		assert_int_equal(good, purposes[i].good);
		EXTENDED_KEY_USAGE_free(all);
	}
}

/* The request with this challenge password, checked as one that is read. */
static X509_REQ *make_request(const char *subject, const char *challenge,
    EVP_PKEY *key, struct request_content *content)
{
	struct problem problem;
	X509_REQ *request = NULL;

	assert_true(subject_parse(&content->subject, subject, &problem));
	content->challenge = challenge;
	assert_int_equal(request_make(&request, key, content), ST_OK);
	assert_int_equal(csr_check(request, "made"), ST_OK);
	assert_true(csr_has_key(request, key));
	request_content_free(content);
	return request;
}

static int challenge_type(X509_REQ *request)
{
	int at =
	    X509_REQ_get_attr_by_NID(request, NID_pkcs9_challengePassword, -1);

	assert_int_equal(X509_REQ_get_attr_count(request), 1);
	return X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(request, at), 0)
	    ->type;
}

static void test_the_challenge_password_is_encoded(void **state)
{
	static const struct {
		const char *text;
		int type;
	} rows[] = {
	    {.text = "Secret-1 '()+,./:=?", .type = V_ASN1_PRINTABLESTRING},
	    {.text = "a*b", .type = V_ASN1_UTF8STRING},
	    {.text = "a@b", .type = V_ASN1_UTF8STRING},
	    {.text = "\xc3\xa4", .type = V_ASN1_UTF8STRING},
	};
	struct request_content content = {0};
	struct buf found = {0};
	X509_REQ *request;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].text)) {
		request =
		    make_request("/CN=a", rows[i].text, fixture_ec(), &content);
		assert_int_equal(challenge_type(request), rows[i].type);
		found.len = 0;
		assert_int_equal(csr_add_challenge(&found, request), ST_OK);
		assert_string_equal(rows[i].text, buf_string(&found));
		X509_REQ_free(request);
	}
	buf_free(&found);
}

static void test_a_bad_challenge_password_is_refused(void **state)
{
	char text[600];
	struct problem problem;
	int i;

	(void)state;
	assert_false(request_check_challenge("", &problem));
	assert_string_equal(problem.text, "the challenge password is empty");
	assert_false(request_check_challenge("a\tb", &problem));
	assert_false(request_check_challenge("a\xff", &problem));
	assert_string_equal(problem.text,
	    "the challenge password is not valid UTF-8 (character 2)");
	for (i = 0; i < 255; i++)
		memcpy(text + 2 * i, "\xc3\xa4", 3);
	assert_true(request_check_challenge(text, &problem));
	memcpy(text + 2 * 255, "a", 2);
	assert_false(request_check_challenge(text, &problem));
	assert_string_equal(problem.text,
	    "the challenge password has 256 characters, and may have 255 (RFC "
	    "2985, 5.4.1)");
}

/* The extension of that type: 1 critical, 0 not, -1 not there. */
static int find_extension(X509_REQ *request, int nid)
{
	STACK_OF(X509_EXTENSION) *all = X509_REQ_get_extensions(request);
	int at = X509v3_get_ext_by_NID(all, nid, -1), critical = -1;

	if (at >= 0)
		critical = X509_EXTENSION_get_critical(
		    sk_X509_EXTENSION_value(all, at));
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return critical;
}

static void test_the_extensions_are_those_asked_for(void **state)
{
	static const char *const subjects_of[] = {"/CN=a", "/"};
	struct request_content content = {0};
	struct problem problem;
	X509_REQ *request;
	int i;

	(void)state;
	request = make_request("/CN=a", NULL, fixture_ec(), &content);
	assert_int_equal(X509_REQ_get_attr_count(request), 0);
	assert_int_equal(
	    X509_REQ_get_signature_nid(request), NID_ecdsa_with_SHA256);
	X509_REQ_free(request);
	for (i = 0; i < 2; i++) {
		content.names = GENERAL_NAMES_new();
		assert_true(altname_list_add(content.names, "DNS:a", &problem));
		content.usage = usage_of_key(fixture_rsa(0));
		assert_true(usage_add_purposes(
		    &content.purposes, "clientAuth", &problem));
		assert_true(request_add_template(&content, "t", &problem));
		request =
		    make_request(subjects_of[i], "c", fixture_rsa(0), &content);
		assert_int_equal(
		    find_extension(request, NID_subject_alt_name), i);
		assert_int_equal(find_extension(request, NID_key_usage), 1);
		assert_int_equal(find_extension(request, NID_ext_key_usage), 0);
		assert_int_equal(X509_REQ_get_attr_count(request), 2);
		X509_REQ_free(request);
	}
}

/* A SET OF in DER is sorted (X.690, 11.6): the shorter attribute is first. */
static void test_attributes_are_sorted(void **state)
{
	struct request_content content = {0};
	struct problem problem;
	unsigned char *der = NULL;
	X509_REQ *request;
	const unsigned char *p;
	X509_REQ *again;
	int len;

	(void)state;
	content.names = GENERAL_NAMES_new();
	assert_true(
	    altname_list_add(content.names, "DNS:long.name.example", &problem));
	request = make_request("/CN=a", "c", fixture_ec(), &content);
	len = i2d_X509_REQ(request, &der);
	assert_true(len > 0);
	p = der;
	again = d2i_X509_REQ(NULL, &p, len);
	assert_int_equal(OBJ_obj2nid(X509_ATTRIBUTE_get0_object(
			     X509_REQ_get_attr(again, 0))),
	    NID_pkcs9_challengePassword);
	OPENSSL_free(der);
	X509_REQ_free(again);
	X509_REQ_free(request);
}

static void test_equal_requests_are_the_same(void **state)
{
	struct request_content content = {0};
	X509_REQ *a = make_request("/CN=a", "c", fixture_ec(), &content);
	X509_REQ *b = make_request("/CN=a", "c", fixture_ec(), &content);
	X509_REQ *other = make_request("/CN=a", "d", fixture_ec(), &content);

	(void)state;
	assert_true(request_is_same(a, b));
	assert_false(request_is_same(a, other));
	X509_REQ_free(a);
	X509_REQ_free(b);
	X509_REQ_free(other);
}

/* What a request that is there has otherwise than the one for "/CN=a", "c". */
static void test_the_difference_of_requests_is_told(void **state)
{
	const struct {
		const char *name;
		const char *subject, *challenge;
		EVP_PKEY *key;
		bool has_usage;
		enum reqdiff difference;
		const char *text;
	} rows[] = {
	    {.name = "the same",
		.subject = "/CN=a",
		.challenge = "c",
		.key = fixture_ec(),
		.difference = REQDIFF_NONE},
	    {.name = "another key",
		.subject = "/CN=a",
		.challenge = "c",
		.key = fixture_rsa(1),
		.difference = REQDIFF_OTHER,
		.text = "another key"},
	    {.name = "another subject",
		.subject = "/CN=b",
		.challenge = "c",
		.key = fixture_ec(),
		.difference = REQDIFF_OTHER,
		.text = "CN=b, not"},
	    {.name = "another usage",
		.subject = "/CN=a",
		.challenge = "c",
		.key = fixture_ec(),
		.has_usage = true,
		.difference = REQDIFF_OTHER,
		.text = "Key Usage"},
	    {.name = "no challengePassword",
		.subject = "/CN=a",
		.key = fixture_ec(),
		.difference = REQDIFF_OTHER,
		.text = "it has no challengePassword"},
	    {.name = "another challengePassword",
		.subject = "/CN=a",
		.challenge = "d",
		.key = fixture_ec(),
		.difference = REQDIFF_CHALLENGE,
		.text = "its challengePassword is another one"},
	};
	struct request_content content = {0};
	X509_REQ *wanted = make_request("/CN=a", "c", fixture_ec(), &content);
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].text)) {
		struct problem problem = {0};
		X509_REQ *there;

		content = (struct request_content){0};
		if (rows[i].has_usage)
			assert_true(usage_add_purposes(
			    &content.purposes, "clientAuth", &problem));
		there = make_request(
		    rows[i].subject, rows[i].challenge, rows[i].key, &content);
		assert_int_equal(
		    reqdiff_find(&problem, there, wanted), rows[i].difference);
		if (rows[i].text != NULL &&
		    strstr(problem.text, rows[i].text) == NULL)
			fixture_fail("%s: %s", rows[i].text, problem.text);
		X509_REQ_free(there);
	}
	X509_REQ_free(wanted);
}

static void test_another_attribute_is_a_difference(void **state)
{
	struct request_content content = {0};
	X509_REQ *wanted = make_request("/CN=a", "c", fixture_ec(), &content);
	X509_REQ *there = make_request("/CN=a", "c", fixture_ec(), &content);
	struct problem problem = {0};

	(void)state;
	assert_int_equal(
	    X509_REQ_add1_attr_by_NID(there, NID_pkcs9_unstructuredName,
		MBSTRING_ASC, (const unsigned char *)"n", 1),
	    1);
	assert_true(X509_REQ_sign(there, fixture_ec(), EVP_sha256()) > 0);
	assert_int_equal(reqdiff_find(&problem, there, wanted), REQDIFF_OTHER);
	assert_string_equal(
	    problem.text, "it has other attributes, or another order");
	X509_REQ_free(there);
	X509_REQ_free(wanted);
}

static EVP_PKEY *make_key(int type, int curve)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type, NULL);
	EVP_PKEY *key = NULL;

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	if (type == EVP_PKEY_RSA)
		EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, 1024);
	if (curve != NID_undef)
		EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, curve);
	assert_int_equal(EVP_PKEY_keygen(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* Of each key: the digest it wants, and what is said of a weak one. */
static void test_keys_have_their_digest_and_warning(void **state)
{
	static const struct {
		const char *name;
		int type, curve, signature;
		const char *warning;
	} rows[] = {
	    {.name = "P-256",
		.type = EVP_PKEY_EC,
		.curve = NID_X9_62_prime256v1,
		.signature = NID_ecdsa_with_SHA256,
		.warning = ""},
	    {.name = "P-384",
		.type = EVP_PKEY_EC,
		.curve = NID_secp384r1,
		.signature = NID_ecdsa_with_SHA384,
		.warning = ""},
	    {.name = "P-521",
		.type = EVP_PKEY_EC,
		.curve = NID_secp521r1,
		.signature = NID_ecdsa_with_SHA512,
		.warning = ""},
	    {.name = "Ed25519",
		.type = EVP_PKEY_ED25519,
		.curve = NID_undef,
		.signature = NID_ED25519,
		.warning = ""},
	    {.name = "secp256k1",
		.type = EVP_PKEY_EC,
		.curve = NID_secp256k1,
		.signature = NID_ecdsa_with_SHA256,
		.warning = "sscep: warning: request r: its key is on the curve "
			   "secp256k1, and the CA may refuse it: expected "
			   "P-256, P-384, P-521 or Brainpool [weak-key]\n"},
	    {.name = "brainpoolP256r1",
		.type = EVP_PKEY_EC,
		.curve = NID_brainpoolP256r1,
		.signature = NID_ecdsa_with_SHA256,
		.warning = ""},
	    {.name = "P-192",
		.type = EVP_PKEY_EC,
		.curve = NID_X9_62_prime192v1,
		.signature = NID_ecdsa_with_SHA256,
		.warning =
		    "sscep: warning: request r: its key, id-ecPublicKey of 192 "
		    "bits, is weak: expected RSA of 2048 bits, or EC of 256 "
		    "(NIST SP 800-57), and the CA may refuse it [weak-key]\n"},
	    {.name = "RSA of 1024 bits",
		.type = EVP_PKEY_RSA,
		.curve = NID_undef,
		.signature = NID_sha256WithRSAEncryption,
		.warning =
		    "sscep: warning: request r: its key, rsaEncryption of 1024 "
		    "bits, is weak: expected RSA of 2048 bits, or EC of 256 "
		    "(NIST SP 800-57), and the CA may refuse it [weak-key]\n"},
	};
	struct request_content content = {0};
	X509_REQ *request;
	EVP_PKEY *key;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].warning)) {
		key = make_key(rows[i].type, rows[i].curve);
		request = make_request("/CN=a", NULL, key, &content);
		assert_int_equal(
		    X509_REQ_get_signature_nid(request), rows[i].signature);
		capture_start(2);
		csr_warn_of_key(request, "r");
		assert_string_equal(capture_stop(), rows[i].warning);
		X509_REQ_free(request);
		EVP_PKEY_free(key);
	}
}

static void test_a_template_is_named(void **state)
{
	struct request_content content = {0};
	const unsigned char *p;
	struct problem problem;
	const ASN1_UTF8STRING *value;
	char name[300] = "";
	int len;

	(void)state;
	assert_true(
	    request_add_template(&content, "\xf0\x9f\x98\x80", &problem));
	value =
	    X509_EXTENSION_get_data(sk_X509_EXTENSION_value(content.others, 0));
	p = ASN1_STRING_get0_data(value);
	len = ASN1_STRING_length(value);
	assert_int_equal(len, 6);
	assert_memory_equal(p, "\x0c\x04\xf0\x9f\x98\x80", 6);
	request_content_free(&content);
	memset(name, 'a', 255);
	assert_true(request_check_template(name, &problem));
	name[255] = 'a';
	assert_false(request_check_template(name, &problem));
	assert_string_equal(
	    problem.text, "the name has 256 characters, and may have 255");
	assert_false(request_add_template(&content, name, &problem));
	assert_null(content.others);
	assert_false(request_check_template("a\xe2\x80\xae", &problem));
	assert_string_equal(problem.text,
	    "the name has a character that changes the direction of text "
	    "(U+202E, character 2)");
}

/* The numbers of the usages that are asked for, "-" without keyUsage. */
static const char *show_usage(X509 *cert, EVP_PKEY *key)
{
	static char text[40];
	struct request_content content = {0};
	int bit;

	text[0] = '\0';
	assert_int_equal(
	    request_take_from_cert(&content, cert, key, "c"), ST_OK);
	for (bit = 0; content.usage != NULL && bit < 9; bit++)
		if (ASN1_BIT_STRING_get_bit(content.usage, bit))
			snprintf(text + strlen(text),
			    sizeof(text) - strlen(text), "%d", bit);
	if (content.usage == NULL)
		snprintf(text, sizeof(text), "-");
	request_content_free(&content);
	return text;
}

/* RFC 5280, 4.2.1.3: the usages by their numbers. */
static void test_the_usage_is_taken_from_a_certificate(void **state)
{
	static const struct {
		const char *name;
		const char *usage, *rsa, *ec, *ed25519;
	} rows[] = {
	    {.name = "no keyUsage", .rsa = "-", .ec = "-", .ed25519 = "-"},
	    {.name = "signature",
		.usage = "digitalSignature",
		.rsa = "0",
		.ec = "0",
		.ed25519 = "0"},
	    {.name = "signature and nonRepudiation",
		.usage = "digitalSignature,nonRepudiation",
		.rsa = "01",
		.ec = "01",
		.ed25519 = "01"},
	    {.name = "signature and encipherment",
		.usage = "digitalSignature,keyEncipherment,dataEncipherment",
		.rsa = "023",
		.ec = "04",
		.ed25519 = "0"},
	    {.name = "signature and agreement",
		.usage = "digitalSignature,keyAgreement,encipherOnly",
		.rsa = "02",
		.ec = "047",
		.ed25519 = "0"},
	    {.name = "agreement",
		.usage = "keyAgreement",
		.rsa = "2",
		.ec = "4",
		.ed25519 = "-"},
	    {.name = "CA",
		.usage = "keyCertSign,cRLSign",
		.rsa = "-",
		.ec = "-",
		.ed25519 = "-"},
	    {.name = "signature and CA",
		.usage = "digitalSignature,keyCertSign,cRLSign",
		.rsa = "0",
		.ec = "0",
		.ed25519 = "0"},
	};
	EVP_PKEY *ed25519 = make_key(EVP_PKEY_ED25519, NID_undef);
	struct cert_spec spec = {.cn = "old", .key = fixture_rsa(0)};
	X509 *cert;
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].usage)) {
		spec.usage = rows[i].usage;
		cert = fixture_cert(&spec);
		assert_string_equal(
		    rows[i].rsa, show_usage(cert, fixture_rsa(1)));
		assert_string_equal(rows[i].ec, show_usage(cert, fixture_ec()));
		assert_string_equal(rows[i].ed25519, show_usage(cert, ed25519));
		X509_free(cert);
	}
	EVP_PKEY_free(ed25519);
}

/* An extension with a NULL as its value. */
static void add_extension(X509 *cert, const char *oid)
{
	static const unsigned char null[] = {0x05, 0x00};
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;

	assert_true(ASN1_OCTET_STRING_set(value, null, sizeof(null)));
	extension = X509_EXTENSION_create_by_OBJ(NULL, object, 0, value);
	assert_true(X509_add_ext(cert, extension, -1));
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(object);
}

static bool has_other(const struct request_content *content, const char *oid)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	int at = X509v3_get_ext_by_OBJ(content->others, object, -1);

	ASN1_OBJECT_free(object);
	return at >= 0;
}

#define TEMPLATE_NAME "1.3.6.1.4.1.311.20.2"
#define TEMPLATE_OID  "1.3.6.1.4.1.311.21.7"
#define SECURITY_ID   "1.3.6.1.4.1.311.25.2"

/* What a certificate has goes into the request for its renewal, or does not. */
static void test_a_renewal_takes_what_the_certificate_has(void **state)
{
	static const char *const others[] = {"2.5.29.31", "2.5.29.32",
	    "1.3.6.1.5.5.7.1.1", "1.3.6.1.4.1.11129.2.4.2", "1.2.3.4",
	    TEMPLATE_NAME, TEMPLATE_OID, SECURITY_ID};
	const struct cert_spec spec = {.cn = "old",
	    .key = fixture_rsa(0),
	    .ca = true,
	    .ids = true,
	    .purpose = "clientAuth"};
	X509 *cert = fixture_cert(&spec);
	struct request_content content = {0};
	struct problem problem;
	size_t i;

	(void)state;
	for (EACH_ROW(i, others, others[i]))
		add_extension(cert, others[i]);
	assert_int_equal(
	    request_take_from_cert(&content, cert, fixture_rsa(1), "c"), ST_OK);
	assert_int_equal(
	    X509_NAME_cmp(content.subject, X509_get_subject_name(cert)), 0);
	assert_int_equal(sk_ASN1_OBJECT_num(content.purposes), 1);
	assert_int_equal(sk_X509_EXTENSION_num(content.others), 3);
	assert_true(has_other(&content, TEMPLATE_NAME));
	assert_true(has_other(&content, TEMPLATE_OID));
	assert_true(has_other(&content, SECURITY_ID));
	request_content_free(&content);

	/* What is there stays, and takes the place of its own part only. */
	content.subject = fixture_name("new");
	assert_true(request_add_template(&content, "t", &problem));
	assert_int_equal(
	    request_take_from_cert(&content, cert, fixture_rsa(1), "c"), ST_OK);
	assert_int_not_equal(
	    X509_NAME_cmp(content.subject, X509_get_subject_name(cert)), 0);
	assert_int_equal(sk_ASN1_OBJECT_num(content.purposes), 1);
	assert_int_equal(sk_X509_EXTENSION_num(content.others), 2);
	assert_true(has_other(&content, TEMPLATE_NAME));
	assert_true(has_other(&content, SECURITY_ID));
	request_content_free(&content);
	X509_free(cert);
}

static EVP_PKEY *read_back(const char *path, const struct pass *pass)
{
	const struct key_place place = {.name = path,
	    .what = "private key",
	    .option = "--passin",
	    .pass = pass};
	EVP_PKEY *key = NULL;

	assert_int_equal(key_read(&key, &place), ST_OK);
	return key;
}

static void test_a_new_key_is_made(void **state)
{
	static const char *const names[] = {"rsa:2048", "EC:p-256", "ec:P-384"};
	const char *path = fixture_path("new.key");
	struct pass pass = {0};
	EVP_PKEY *key, *again;
	struct stat sb;
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, names, names[i])) {
		pass.given = i == 1;
		snprintf(pass.text, sizeof(pass.text), "phrase");
		capture_start(1);
		assert_int_equal(new_key_make(&key, new_key_find_type(names[i]),
				     path, &pass),
		    ST_OK);
		capture_stop();
		assert_int_equal(stat(path, &sb), 0);
		assert_int_equal(sb.st_mode & 07777, 0600);
		again = read_back(path, &pass);
		for (EACH_ROW(j, names, names[j]))
			assert_int_equal(i == j,
			    new_key_is_of_type(
				again, new_key_find_type(names[j])));
		EVP_PKEY_free(key);
		EVP_PKEY_free(again);
		fixture_remove(path);
	}
	assert_null(new_key_find_type("rsa:1024"));
	assert_null(new_key_find_type("rsa"));
}

/* What is there by then is left alone. */
static void test_a_key_that_is_there_is_left_alone(void **state)
{
	const char *path = fixture_path("taken.key");
	const struct pass pass = {0};
	EVP_PKEY *key = NULL;
	struct stat sb;

	(void)state;
	fixture_write(path, "old", 3);
	capture_start(1);
	assert_int_equal(
	    new_key_make(&key, new_key_find_type("ec:P-256"), path, &pass),
	    ST_OK);
	assert_string_equal(capture_stop(), "");
	assert_null(key);
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_size, 3);
	fixture_remove(path);
}

/* Ed25519 signs without a digest, and agrees on no key (RFC 8410, 5). */
static void test_ed25519_signs_without_a_digest(void **state)
{
	struct request_content content = {0};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, NULL);
	EVP_PKEY *key = NULL;
	X509_REQ *request;

	(void)state;
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_keygen(ctx, &key), 1);
	content.subject = X509_NAME_new();
	content.usage = usage_of_key(key);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 0), 1);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 2), 0);
	assert_int_equal(ASN1_BIT_STRING_get_bit(content.usage, 4), 0);
	assert_int_equal(request_make(&request, key, &content), ST_OK);
	assert_int_equal(X509_REQ_verify(request, key), 1);
	X509_REQ_free(request);
	request_content_free(&content);
	EVP_PKEY_free(key);
	EVP_PKEY_CTX_free(ctx);
}

/* Another file of that name stays, and nothing is left beside it. */
static void test_a_new_file_replaces_nothing(void **state)
{
	const char *path = fixture_path("taken"), *made = fixture_path("made");
	struct buf text = {0};
	bool taken = false;
	struct stat sb;
	mode_t mask;
	int before;

	(void)state;
	fixture_write(path, "old", 3);
	before = fixture_count_files(fixture_directory());
	assert_true(buf_add_string(&text, "newer"));
	silence_start();
	assert_int_equal(newfile_write(&taken, path, "key", &text), ST_OK);
	assert_true(taken);
	assert_int_equal(
	    newfile_write(&taken, fixture_path("no/such"), "key", &text),
	    ST_FILE);
	assert_false(taken);
	silence_stop();
	assert_int_equal(stat(path, &sb), 0);
	assert_int_equal(sb.st_size, 3);
	assert_int_equal(fixture_count_files(fixture_directory()), before);
	mask = umask(0777);
	assert_int_equal(newfile_write(&taken, made, "key", &text), ST_OK);
	umask(mask);
	assert_false(taken);
	assert_int_equal(stat(made, &sb), 0);
	assert_int_equal(sb.st_mode & 07777, 0600);
	fixture_remove(made);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_purposes_are_read_or_refused),
	    cmocka_unit_test(test_the_challenge_password_is_encoded),
	    cmocka_unit_test(test_a_bad_challenge_password_is_refused),
	    cmocka_unit_test(test_the_extensions_are_those_asked_for),
	    cmocka_unit_test(test_attributes_are_sorted),
	    cmocka_unit_test(test_equal_requests_are_the_same),
	    cmocka_unit_test(test_the_difference_of_requests_is_told),
	    cmocka_unit_test(test_another_attribute_is_a_difference),
	    cmocka_unit_test(test_keys_have_their_digest_and_warning),
	    cmocka_unit_test(test_a_template_is_named),
	    cmocka_unit_test(test_the_usage_is_taken_from_a_certificate),
	    cmocka_unit_test(test_a_renewal_takes_what_the_certificate_has),
	    cmocka_unit_test(test_a_new_key_is_made),
	    cmocka_unit_test(test_a_key_that_is_there_is_left_alone),
	    cmocka_unit_test(test_ed25519_signs_without_a_digest),
	    cmocka_unit_test(test_a_new_file_replaces_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
