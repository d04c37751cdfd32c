/* Unit test of scep/reply.c: what is accepted as a reply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>

#include "compat/provider.h"
#include "fixtures.h"
#include "pki/cert.h"
#include "replies.h"
#include "scep/derivation.h"
#include "util/log.h"

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

static void test_good_replies_are_read(void **state)
{
	bool has_legacy = compat_load_legacy();
	size_t i;

	(void)state;
	compat_unload_providers();
	for (EACH_ROW(i, good_replies, good_replies[i].what)) {
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
	for (EACH_ROW(i, password_cases, password_cases[i].says)) {
		decode_by_password(&password_cases[i], false);
		decode_by_password(&password_cases[i], true);
	}
}

/* Of a keyDerivationAlgorithm that is no PBKDF2, the cost is not known. */
static void test_derivation(void **state)
{
	static unsigned char salt[] = "salt";
	X509_ALGOR *derivation =
	    PKCS5_pbkdf2_set(600, salt, 4, NID_hmacWithSHA256, -1);
	unsigned char *der = NULL;
	uint64_t left = 1000;
	struct der_element e;
	struct der run;
	int i, len;

	(void)state;
	len = i2d_X509_ALGOR(derivation, &der);
	run = octets_in_memory(der, (size_t)len);
	assert_true(der_next_is(&run, &e, V_ASN1_SEQUENCE));
	assert_int_equal(derivation_check(e.inside, &left, "X"), ST_OK);
	assert_int_equal(left, 400);
	for (i = 0; i < 2; i++) {
		capture_start(STDERR_FILENO);
		assert_int_equal(
		    derivation_check(e.inside, &left, "X"), ST_REPLY);
		assert_non_null(strstr(
		    capture_stop(), i == 0 ? "iterations" : "by PBKDF2"));
		assert_int_equal(left, 400);
		der[len - e.inside.left + 10]++; /* the end of the OID */
	}
	OPENSSL_free(der);
	X509_ALGOR_free(derivation);
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
	for (EACH_ROW(i, recipes, NULL)) {
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

static void test_failures_are_named(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, failures, failures[i].name)) {
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
#define ANSWER(s, e, o, v) \
	{ \
		.status = PKI_##s, .content = ABSENT, .edit = e, .oid = o, \
		.value = v \
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
    /* The same is demanded of a FAILURE and of PENDING (RFC 8894, 3.2.1). */
    {"FAILURE, other nonce",
	ANSWER(FAILURE, OF_VALUE, OID_RECIPIENT, "1123456789abcdef"),
	"recipientNonce does not match"},
    {"FAILURE, no nonce", ANSWER(FAILURE, WITHOUT, OID_RECIPIENT, NULL),
	"no recipientNonce (RFC"},
    {"FAILURE, other id", ANSWER(FAILURE, OF_VALUE, OID_ID, "1123456789ABCDEF"),
	"transactionID is \"1123456789ABCDEF\""},
    {"FAILURE, no id", ANSWER(FAILURE, WITHOUT, OID_ID, NULL),
	"no transactionID (RFC"},
    {"PENDING, other nonce",
	ANSWER(PENDING, OF_VALUE, OID_RECIPIENT, "1123456789abcdef"),
	"recipientNonce does not match"},
    {"PENDING, no nonce", ANSWER(PENDING, WITHOUT, OID_RECIPIENT, NULL),
	"no recipientNonce (RFC"},
    {"PENDING, other id", ANSWER(PENDING, OF_VALUE, OID_ID, "1123456789ABCDEF"),
	"transactionID is \"1123456789ABCDEF\""},
    {"PENDING, no id", ANSWER(PENDING, WITHOUT, OID_ID, NULL),
	"no transactionID (RFC"},
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

static void test_bad_replies_are_refused(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad_replies, bad_replies[i].what)) {
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
	for (EACH_ROW(i, cases, cases[i].id)) {
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
	for (EACH_ROW(i, cases, cases[i].says)) {
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
static void test_a_reply_is_decoded_again(void **state)
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
	for (EACH_ROW(i, recipes, NULL)) {
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

/* With all that is in replies in files. */
static void test_in_file(void **state)
{
	memory_max = 1;
	test_good_replies_are_read(state);
	test_good_ec(state);
	test_password(state);
	test_pending(state);
	test_failures_are_named(state);
	test_bad_replies_are_refused(state);
	test_wrong_key(state);
	test_transaction_id(state);
	test_tolerate(state);
	test_crl_reply(state);
	memory_max = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_replies_are_read),
	    cmocka_unit_test(test_good_ec),
	    cmocka_unit_test(test_password),
	    cmocka_unit_test(test_derivation),
	    cmocka_unit_test(test_pending),
	    cmocka_unit_test(test_failures_are_named),
	    cmocka_unit_test(test_failure_long),
	    cmocka_unit_test(test_bad_replies_are_refused),
	    cmocka_unit_test(test_wrong_key),
	    cmocka_unit_test(test_transaction_id),
	    cmocka_unit_test(test_tolerate),
	    cmocka_unit_test(test_a_reply_is_decoded_again),
	    cmocka_unit_test(test_crl_reply),
	    cmocka_unit_test(test_in_file),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
