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
    {.what = "plain", .recipe = {.status = PKI_SUCCESS}, .says = ""},
    {.what = "two certificates", .recipe = {.two_certs = true}, .says = ""},
    {.what = "CA signs", .recipe = {.signer = BY_CA}, .says = ""},
    {.what = "no certificates", .recipe = {.flags = CMS_NOCERTS}, .says = ""},
    {.what = "CA by key identifier",
	.recipe = {.signer = BY_CA, .flags = CMS_USE_KEYID},
	.says = ""},
    {.what = "BER", .recipe = {.ber = true}, .says = ""},
    {.what = "BER, two",
	.recipe = {.ber = true, .two_certs = true},
	.says = ""},
    {.what = "id-envelopedData",
	.recipe = {.content_type = NID_pkcs7_enveloped},
	.says = ""},
    {.what = "id-envelopedData in BER",
	.recipe = {.content_type = NID_pkcs7_enveloped, .ber = true},
	.says = ""},
    {.what = "sha1", .recipe = {.digest = "sha1"}, .says = ""},
    {.what = "sha512", .recipe = {.digest = "sha512"}, .says = ""},
    {.what = "3des", .recipe = {.cipher = "3des"}, .says = ""},
    {.what = "aes256", .recipe = {.cipher = "aes256"}, .says = ""},
    {.what = "des",
	.recipe = {.cipher = "des"},
	.says = "encrypted with des-cbc, an obsolete",
	.legacy = true},
    {.what = "des in BER",
	.recipe = {.cipher = "des", .ber = true},
	.says = "encrypted with des-cbc",
	.legacy = true},
    {.what = "blowfish",
	.recipe = {.cipher = "blowfish"},
	.says = "with bf-cbc, an obsolete",
	.legacy = true},
    {.what = "no senderNonce",
	.recipe = {.edit = WITHOUT, .oid = OID_SENDER},
	.says = ""},
    {.what = "extra attribute",
	.recipe = {.edit = ADD,
	    .oid = OID_UNKNOWN,
	    .type = V_ASN1_INTEGER,
	    .value = "1"},
	.says = ""},
    {.what = "messageType in UTF8String",
	.recipe = {.edit = OF_TYPE, .oid = OID_TYPE, .type = V_ASN1_UTF8STRING},
	.says = ""},
    {.what = "pkiStatus in IA5String",
	.recipe = {.edit = OF_TYPE,
	    .oid = OID_STATUS,
	    .type = V_ASN1_IA5STRING},
	.says = ""},
    {.what = "transactionID in UTF8String",
	.recipe = {.edit = OF_TYPE, .oid = OID_ID, .type = V_ASN1_UTF8STRING},
	.says = ""},
    {.what = "failInfo with SUCCESS",
	.recipe = {.edit = ADD,
	    .oid = OID_FAIL,
	    .type = V_ASN1_PRINTABLESTRING,
	    .value = "2"},
	.says = ""},
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
	const char *name;
	const char *password, *known;
	bool for_both, ber;
	enum status st;
	const char *says;
} password_cases[] = {
    {.name = "the password opens it",
	.password = "secret",
	.known = "secret",
	.st = ST_OK,
	.says = ""},
    {.name = "the password opens it, in BER",
	.password = "secret",
	.known = "secret",
	.ber = true,
	.st = ST_OK,
	.says = ""},
    {.name = "the key opens it, too",
	.password = "secret",
	.known = "secret",
	.for_both = true,
	.st = ST_OK,
	.says = ""},
    /* The key opens it, so the password does not matter. */
    {.name = "the key opens it, the password is another one",
	.password = "secret",
	.known = "other",
	.for_both = true,
	.st = ST_OK,
	.says = ""},
    {.name = "the key opens it, there is no password",
	.password = "secret",
	.for_both = true,
	.ber = true,
	.st = ST_OK,
	.says = ""},
    {.name = "there is a password, the key opens it",
	.known = "secret",
	.st = ST_OK,
	.says = ""},
    {.name = "the last character is another one",
	.password = "secret",
	.known = "secres",
	.st = ST_REPLY,
	.says = "the challengePassword of the request does not open it"},
    {.name = "one more character",
	.password = "secret",
	.known = "secret ",
	.st = ST_REPLY,
	.says = "does not open it"},
    {.name = "one less character",
	.password = "secret",
	.known = "secre",
	.st = ST_REPLY,
	.says = "does not open it"},
    {.name = "there is no password",
	.password = "secret",
	.st = ST_REPLY,
	.says = "the request has no challengePassword to open it with"},
    {.name = "an empty password",
	.password = "secret",
	.known = "",
	.st = ST_REPLY,
	.says = "the request has no challengePassword"},
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

static void test_the_challenge_password_opens_a_reply(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, password_cases, password_cases[i].says)) {
		decode_by_password(&password_cases[i], false);
		decode_by_password(&password_cases[i], true);
	}
}

/* Of a keyDerivationAlgorithm that is no PBKDF2, the cost is not known. */
static void test_the_cost_of_a_password_is_limited(void **state)
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

static void test_pending_has_no_certificates(void **state)
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
	const char *name;
	struct recipe recipe;
	const char *info, *text, *says;
} failures[] = {
    {.name = "badRequest",
	.recipe = FAILED(SAME, NULL, 0, NULL),
	.info = "badRequest",
	.says = ""},
    {.name = "badAlg",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "0"),
	.info = "badAlg",
	.says = ""},
    {.name = "badMessageCheck",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "1"),
	.info = "badMessageCheck",
	.says = ""},
    {.name = "badTime",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "3"),
	.info = "badTime",
	.says = ""},
    {.name = "badCertId",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "4"),
	.info = "badCertId",
	.says = ""},
    {.name = "an unknown number",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "5"),
	.info = "unknown",
	.says = "failInfo is \"5\""},
    {.name = "two digits",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "22"),
	.info = "unknown",
	.says = "fo is \"22\""},
    {.name = "an empty failInfo",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, ""),
	.info = "unknown",
	.says = "failInfo is \"\""},
    {.name = "a control character",
	.recipe = FAILED(OF_VALUE, OID_FAIL, 0, "\033"),
	.info = "unknown",
	.says = "is \"\\x1b\""},
    {.name = "no failInfo",
	.recipe = FAILED(WITHOUT, OID_FAIL, 0, NULL),
	.info = "unknown",
	.says = "without failInfo"},
    {.name = "failInfo in UTF8String",
	.recipe = FAILED(OF_TYPE, OID_FAIL, V_ASN1_UTF8STRING, NULL),
	.info = "badRequest",
	.says = ""},
    {.name = "failInfoText",
	.recipe = FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, "no \xc3\xa4"),
	.info = "badRequest",
	.text = "no \xc3\xa4",
	.says = ""},
    {.name = "an empty failInfoText",
	.recipe = FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, ""),
	.info = "badRequest",
	.text = "",
	.says = ""},
    {.name = "control characters in failInfoText",
	.recipe =
	    FAILED(ADD, OID_FAIL_TEXT, V_ASN1_UTF8STRING, "a\nb\033[2J\xff"),
	.info = "badRequest",
	.text = "a\nb\033[2J\xff",
	.says = ""},
    {.name = "failInfoText in PrintableString",
	.recipe = FAILED(ADD, OID_FAIL_TEXT, V_ASN1_PRINTABLESTRING, "words"),
	.info = "badRequest",
	.text = "words",
	.says = ""},
    {.name = "failInfoText with another OID",
	.recipe = FAILED(ADD, OID_MISPLACED, V_ASN1_PRINTABLESTRING, "words"),
	.info = "badRequest",
	.text = "words",
	.says = ""},
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
			fixture_fail("%d, %s", (int)st, text);
		if (f->says[0] == '\0')
			assert_string_equal(text, "");
		assert_int_equal(reply.status, PKI_FAILURE);
		assert_string_equal(reply.fail_info->name, f->info);
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
static void test_a_long_fail_info_text_is_cut(void **state)
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
    {.what = "no messageType",
	.recipe = EDIT(WITHOUT, OID_TYPE),
	.says = "no messageType (RFC 8894"},
    {.what = "no pkiStatus",
	.recipe = EDIT(WITHOUT, OID_STATUS),
	.says = "no pkiStatus (RFC 8894"},
    {.what = "no transactionID",
	.recipe = EDIT(WITHOUT, OID_ID),
	.says = "no transactionID (RFC"},
    {.what = "no nonce",
	.recipe = EDIT(WITHOUT, OID_RECIPIENT),
	.says = "no recipientNonce (RFC"},
    {.what = "messageType twice",
	.recipe = EDIT(TWICE, OID_TYPE),
	.says = "messageType occurs more than once"},
    {.what = "pkiStatus twice",
	.recipe = EDIT(TWICE, OID_STATUS),
	.says = "pkiStatus occurs more than once"},
    {.what = "transactionID twice",
	.recipe = EDIT(TWICE, OID_ID),
	.says = "transactionID occurs more than once"},
    {.what = "nonce twice",
	.recipe = EDIT(TWICE, OID_RECIPIENT),
	.says = "recipientNonce occurs more than once"},
    {.what = "empty messageType",
	.recipe = EDIT(NO_VALUE, OID_TYPE),
	.says = "messageType has 0 val"},
    {.what = "empty pkiStatus",
	.recipe = EDIT(NO_VALUE, OID_STATUS),
	.says = "pkiStatus has 0 values"},
    {.what = "empty transactionID",
	.recipe = EDIT(NO_VALUE, OID_ID),
	.says = "transactionID has 0 va"},
    {.what = "empty nonce",
	.recipe = EDIT(NO_VALUE, OID_RECIPIENT),
	.says = "recipientNonce has 0 va"},
    {.what = "two types",
	.recipe = EDIT(TWO_VALUES, OID_TYPE),
	.says = "messageType has 2 values"},
    {.what = "two states",
	.recipe = EDIT(TWO_VALUES, OID_STATUS),
	.says = "pkiStatus has 2 values"},
    {.what = "two ids",
	.recipe = EDIT(TWO_VALUES, OID_ID),
	.says = "transactionID has 2 values"},
    {.what = "two nonces",
	.recipe = EDIT(TWO_VALUES, OID_RECIPIENT),
	.says = "recipientNonce has 2 v"},
    {.what = "messageType octets",
	.recipe = TYPE(OID_TYPE, V_ASN1_OCTET_STRING),
	.says = "messageType is of ASN.1 type 4, expected a string"},
    {.what = "messageType number",
	.recipe = TYPE(OID_TYPE, V_ASN1_INTEGER),
	.says = "messageType is of ASN.1 type 2, expected a string"},
    {.what = "pkiStatus octets",
	.recipe = TYPE(OID_STATUS, V_ASN1_OCTET_STRING),
	.says = "pkiStatus is of ASN.1 type 4"},
    {.what = "pkiStatus in T61String",
	.recipe = TYPE(OID_STATUS, V_ASN1_T61STRING),
	.says = "pkiStatus is of ASN.1 type 20"},
    {.what = "transactionID octets",
	.recipe = TYPE(OID_ID, V_ASN1_OCTET_STRING),
	.says = "transactionID is of ASN.1 type 4"},
    {.what = "transactionID bits",
	.recipe = TYPE(OID_ID, V_ASN1_BIT_STRING),
	.says = "transactionID is of ASN.1 type 3"},
    {.what = "nonce printable",
	.recipe = TYPE(OID_RECIPIENT, V_ASN1_PRINTABLESTRING),
	.says = "recipientNonce is of ASN.1 type 19, expected OCTET STRING"},
    /* Wrong values. */
    {.what = "messageType 19",
	.recipe = VALUE(OID_TYPE, "19"),
	.says = "messageType is \"19\""},
    {.what = "messageType 33",
	.recipe = VALUE(OID_TYPE, "33"),
	.says = "messageType is \"33\""},
    {.what = "messageType 03",
	.recipe = VALUE(OID_TYPE, "03"),
	.says = "messageType is \"03\""},
    {.what = "messageType none",
	.recipe = VALUE(OID_TYPE, ""),
	.says = "messageType is \"\""},
    {.what = "messageType \\x1b",
	.recipe = VALUE(OID_TYPE, "\033"),
	.says = "is \"\\x1b\", expected 3"},
    {.what = "pkiStatus 1",
	.recipe = VALUE(OID_STATUS, "1"),
	.says = "pkiStatus is \"1\", expected 0"},
    {.what = "pkiStatus 4",
	.recipe = VALUE(OID_STATUS, "4"),
	.says = "pkiStatus is \"4\""},
    {.what = "pkiStatus 00",
	.recipe = VALUE(OID_STATUS, "00"),
	.says = "pkiStatus is \"00\""},
    {.what = "pkiStatus none",
	.recipe = VALUE(OID_STATUS, ""),
	.says = "pkiStatus is \"\""},
    {.what = "other id",
	.recipe = VALUE(OID_ID, "1123456789ABCDEF"),
	.says = "transactionID is \"1123456789ABCDEF\", ours is " ID},
    {.what = "id cut",
	.recipe = VALUE(OID_ID, "0123456789ABCDE"),
	.says = "transactionID is \"01"},
    {.what = "id longer",
	.recipe = VALUE(OID_ID, ID "0"),
	.says = "transactionID is \"" ID "0\""},
    {.what = "id in other case",
	.recipe = VALUE(OID_ID, "0123456789abcdef"),
	.says = "ours is " ID},
    {.what = "id none",
	.recipe = VALUE(OID_ID, ""),
	.says = "transactionID is \"\""},
    {.what = "other nonce",
	.recipe = VALUE(OID_RECIPIENT, "1123456789abcdef"),
	.says = "recipientNonce does not match our senderNonce"},
    {.what = "nonce cut",
	.recipe = VALUE(OID_RECIPIENT, "0123456789abcde"),
	.says = "recipientNonce has 15 bytes, expected 16"},
    {.what = "nonce longer",
	.recipe = VALUE(OID_RECIPIENT, "0123456789abcdef0"),
	.says = "recipientNonce has 17 bytes"},
    {.what = "nonce none",
	.recipe = VALUE(OID_RECIPIENT, ""),
	.says = "recipientNonce has 0 bytes"},
    /* The same is demanded of a FAILURE and of PENDING (RFC 8894, 3.2.1). */
    {.what = "FAILURE, other nonce",
	.recipe = ANSWER(FAILURE, OF_VALUE, OID_RECIPIENT, "1123456789abcdef"),
	.says = "recipientNonce does not match"},
    {.what = "FAILURE, no nonce",
	.recipe = ANSWER(FAILURE, WITHOUT, OID_RECIPIENT, NULL),
	.says = "no recipientNonce (RFC"},
    {.what = "FAILURE, other id",
	.recipe = ANSWER(FAILURE, OF_VALUE, OID_ID, "1123456789ABCDEF"),
	.says = "transactionID is \"1123456789ABCDEF\""},
    {.what = "FAILURE, no id",
	.recipe = ANSWER(FAILURE, WITHOUT, OID_ID, NULL),
	.says = "no transactionID (RFC"},
    {.what = "PENDING, other nonce",
	.recipe = ANSWER(PENDING, OF_VALUE, OID_RECIPIENT, "1123456789abcdef"),
	.says = "recipientNonce does not match"},
    {.what = "PENDING, no nonce",
	.recipe = ANSWER(PENDING, WITHOUT, OID_RECIPIENT, NULL),
	.says = "no recipientNonce (RFC"},
    {.what = "PENDING, other id",
	.recipe = ANSWER(PENDING, OF_VALUE, OID_ID, "1123456789ABCDEF"),
	.says = "transactionID is \"1123456789ABCDEF\""},
    {.what = "PENDING, no id",
	.recipe = ANSWER(PENDING, WITHOUT, OID_ID, NULL),
	.says = "no transactionID (RFC"},
    /* The additional attributes of FAILURE. */
    {.what = "failInfo twice",
	.recipe = {.edit = TWICE, .oid = OID_FAIL, .status = PKI_FAILURE},
	.says = "failInfo occurs more than once"},
    {.what = "two failInfos",
	.recipe = {.edit = TWO_VALUES, .oid = OID_FAIL, .status = PKI_FAILURE},
	.says = "failInfo has 2 values"},
    {.what = "failInfo number",
	.recipe = {.edit = OF_TYPE,
	    .oid = OID_FAIL,
	    .type = V_ASN1_INTEGER,
	    .status = PKI_FAILURE},
	.says = "failInfo is of ASN.1 type 2"},
    {.what = "failInfoText octets",
	.recipe = TEXT_ADDED(OID_FAIL_TEXT, V_ASN1_OCTET_STRING),
	.says = "failInfoText is of ASN.1 type 4"},
    {.what = "misplaced failInfoText octets",
	.recipe = TEXT_ADDED(OID_MISPLACED, V_ASN1_OCTET_STRING),
	.says = "failInfoText is of ASN.1 type 4"},
    /* Wrong signers. */
    {.what = "forged",
	.recipe = {.signer = BY_FORGED},
	.says = "its signature does not verify"},
    {.what = "forged, without certificate",
	.recipe = {.signer = BY_FORGED, .flags = CMS_NOCERTS},
	.says = "its signature does not verify"},
    {.what = "stranger",
	.recipe = {.signer = BY_STRANGER},
	.says =
	    "signed by a certificate that is not among those of -c (issuer /O"},
    {.what = "nobody",
	.recipe = {.signer = BY_NOBODY},
	.says = "signed by 0 signers, expected exac"},
    {.what = "two signers",
	.recipe = {.signer = BY_TWO},
	.says = "signed by 2 signers"},
    /* Wrong signed content. */
    {.what = "absent",
	.recipe = CONTENT(ABSENT),
	.says = "SUCCESS without a content"},
    {.what = "empty",
	.recipe = CONTENT(EMPTY),
	.says = "SUCCESS without a content"},
    {.what = "garbage",
	.recipe = CONTENT(GARBAGE),
	.says = "not a pkcsPKIEnvelope (RFC 8894, 3.2.2)"},
    {.what = "no envelope",
	.recipe = CONTENT(NO_ENVELOPE),
	.says =
	    "not a pkcsPKIEnvelope (RFC 8894, 3.2.2): its contentType is not"},
    {.what = "trailing",
	.recipe = CONTENT(TRAILING),
	.says = "1 bytes follow the EnvelopedData"},
    {.what = "for another",
	.recipe = CONTENT(FOR_OTHER),
	.says = "it cannot be decrypted with our"},
    {.what = "nothing inside",
	.recipe = CONTENT(ENVELOPE_OF_NOTHING),
	.says = "SUCCESS with an empty envelope"},
    {.what = "garbage inside",
	.recipe = CONTENT(ENVELOPE_OF_GARBAGE),
	.says = "not a certificates-only message"},
    {.what = "trailing inside",
	.recipe = CONTENT(ENVELOPE_OF_TRAILING),
	.says = "1 bytes follow the SignedData"},
    {.what = "no certificates inside",
	.recipe = CONTENT(ENVELOPE_OF_NO_CERTS),
	.says = "there is no certificate in it"},
    {.what = "a certificate inside",
	.recipe = CONTENT(ENVELOPE_OF_CERT),
	.says = "not a certificates-only message"},
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
static void test_a_wrong_key_opens_nothing(void **state)
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
static void test_the_transaction_id_of_a_reply_is_kept(void **state)
{
	static const struct {
		const char *name;
		struct recipe recipe;
		const char *id;
	} cases[] = {
	    {.name = "another one", .recipe = VALUE(OID_ID, "X"), .id = "X"},
	    {.name = "control characters",
		.recipe = VALUE(OID_ID, "X\n\033: "),
		.id = "X\\x0a\\x1b: "},
	    {.name = "none", .recipe = EDIT(WITHOUT, OID_ID)},
	    {.name = "ours", .recipe = EDIT(SAME, NULL), .id = "ours"},
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
static void test_tolerated_checks_are_warnings(void **state)
{
	static const struct {
		const char *name;
		struct recipe recipe;
		unsigned int tolerate;
		enum status st;
		const char *says;
	} cases[] = {
	    {.name = "another recipientNonce",
		.recipe = VALUE(OID_RECIPIENT, "1123456789abcdef"),
		.tolerate = TOLERATE_NONCE,
		.st = ST_OK,
		.says = "warning: recipientNonce is missing or does not match"},
	    {.name = "no recipientNonce",
		.recipe = EDIT(WITHOUT, OID_RECIPIENT),
		.tolerate = TOLERATE_NONCE,
		.st = ST_OK,
		.says = "warning: recipientNonce"},
	    {.name = "another transactionID",
		.recipe = VALUE(OID_ID, "X"),
		.tolerate = TOLERATE_TRANSACTION_ID,
		.st = ST_OK,
		.says = "warning: transactionID is missing or does not match"},
	    {.name = "no transactionID",
		.recipe = EDIT(WITHOUT, OID_ID),
		.tolerate = TOLERATE_TRANSACTION_ID,
		.st = ST_OK,
		.says = "warning: transactionID"},
	    {.name = "nothing is wrong",
		.recipe = EDIT(SAME, NULL),
		.tolerate = 15,
		.st = ST_OK,
		.says = ""},
	    {.name = "another recipientNonce, all but it is tolerated",
		.recipe = VALUE(OID_RECIPIENT, "1123456789abcdef"),
		.tolerate = 15u & ~(unsigned int)TOLERATE_NONCE,
		.st = ST_REPLY,
		.says = "recipientNonce does not match our"},
	    {.name = "another transactionID, all but it is tolerated",
		.recipe = VALUE(OID_ID, "X"),
		.tolerate = 15u & ~(unsigned int)TOLERATE_TRANSACTION_ID,
		.st = ST_REPLY,
		.says = "transactionID is \"X\""},
	    {.name = "a forged signature",
		.recipe = {.signer = BY_FORGED},
		.tolerate = 15,
		.st = ST_REPLY,
		.says = "signature does not verify"},
	    {.name = "another signer",
		.recipe = {.signer = BY_STRANGER},
		.tolerate = 15,
		.st = ST_REPLY,
		.says = "not among those of -c"},
	    {.name = "another messageType",
		.recipe = VALUE(OID_TYPE, "19"),
		.tolerate = 15,
		.st = ST_REPLY,
		.says = "messageType"},
	    {.name = "another pkiStatus",
		.recipe = VALUE(OID_STATUS, "9"),
		.tolerate = 15,
		.st = ST_REPLY,
		.says = "pkiStatus"},
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
			fixture_fail("%d, %s", (int)st, text);
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
static void test_a_crl_is_accepted_for_getcrl_only(void **state)
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
static void test_replies_in_files_are_read_alike(void **state)
{
	memory_max = 1;
	test_good_replies_are_read(state);
	test_good_ec(state);
	test_the_challenge_password_opens_a_reply(state);
	test_pending_has_no_certificates(state);
	test_failures_are_named(state);
	test_bad_replies_are_refused(state);
	test_a_wrong_key_opens_nothing(state);
	test_the_transaction_id_of_a_reply_is_kept(state);
	test_tolerated_checks_are_warnings(state);
	test_a_crl_is_accepted_for_getcrl_only(state);
	memory_max = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_replies_are_read),
	    cmocka_unit_test(test_good_ec),
	    cmocka_unit_test(test_the_challenge_password_opens_a_reply),
	    cmocka_unit_test(test_the_cost_of_a_password_is_limited),
	    cmocka_unit_test(test_pending_has_no_certificates),
	    cmocka_unit_test(test_failures_are_named),
	    cmocka_unit_test(test_a_long_fail_info_text_is_cut),
	    cmocka_unit_test(test_bad_replies_are_refused),
	    cmocka_unit_test(test_a_wrong_key_opens_nothing),
	    cmocka_unit_test(test_the_transaction_id_of_a_reply_is_kept),
	    cmocka_unit_test(test_tolerated_checks_are_warnings),
	    cmocka_unit_test(test_a_reply_is_decoded_again),
	    cmocka_unit_test(test_a_crl_is_accepted_for_getcrl_only),
	    cmocka_unit_test(test_replies_in_files_are_read_alike),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
