/* Unit test of scep/signed.c and scep/stream.c: messages that are damaged. */
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
#include "pki/algs.h"
#include "replies.h"
#include "scep/certs.h"
#include "util/log.h"

/* The headers of a good message, with one that says it is primitive. */
static void test_primitive_headers_are_refused(void **state)
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

static void test_what_is_no_message_is_refused(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		const char *says;
	} messages[] = {
	    {.name = "nothing",
		.bytes = "",
		.len = 0,
		.says = "it is empty, expected a pkiMessage"},
	    {.name = "a 0", .bytes = "0", .len = 1, .says = "not a pkiMessage"},
	    {.name = "HTML",
		.bytes = "<html>No</html>",
		.len = 15,
		.says = "not a pkiMessage"},
	    {.name = "a SEQUENCE without contents",
		.bytes = "0\0",
		.len = 2,
		.says = "not a pkiMessage"},
	    {.name = "an indefinite length",
		.bytes = "0\x80\0\0",
		.len = 4,
		.says = "not a pkiMessage"},
	    {.name = "a length of 4 GiB",
		.bytes = "0\x84\xff\xff\xff\xff\x06\x01\x01",
		.len = 9,
		.says = "not a pkiMessage"},
	    /* id-data, and id-signedData without content. */
	    {.name = "id-data",
		.bytes =
		    "0\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\0",
		.len = 15,
		.says = "not a pkiMessage"},
	    {.name = "a SignedData that is an OCTET STRING",
		.bytes = "0\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0"
			 "\x02\x04\0",
		.len = 17,
		.says = "contentType is not that of SignedData"},
	    {.name = "a SignedData without contents",
		.bytes = "0\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
		.len = 13,
		.says = "not a pkiMessage"},
	};
	struct buf message = {0};
	size_t i;

	(void)state;
	for (EACH_ROW(i, messages, messages[i].says)) {
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

/* RFC 5652, 11.1 and 11.2: each of the two is refused, also alone. */
static void test_unsigned_messages_are_refused(void **state)
{
	static const int nids[] = {
	    NID_pkcs9_contentType, NID_pkcs9_messageDigest};
	size_t i;

	(void)state;
	for (EACH_ROW(i, nids, NULL)) {
		struct buf message = {0};
		const unsigned char *p;
		unsigned char *der = NULL;
		CMS_ContentInfo *cms;
		CMS_SignerInfo *si;
		int len;

		build_reply(&message, &(struct recipe){.status = PKI_SUCCESS});
		p = message.data;
		cms = d2i_CMS_ContentInfo(NULL, &p, (long)message.len);
		assert_non_null(cms);
		si = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
		assert_true(CMS_unsigned_add1_attr_by_NID(
		    si, nids[i], V_ASN1_OCTET_STRING, "x", 1));
		len = i2d_CMS_ContentInfo(cms, &der);
		message.len = 0;
		assert_true(buf_add(&message, der, (size_t)len));
		assert_refused(OBJ_nid2sn(nids[i]), &message,
		    "contentType or messageDigest is an unsigned attribute");
		OPENSSL_free(der);
		CMS_ContentInfo_free(cms);
		buf_free(&message);
	}
}

/* A signed attribute of 40 SEQUENCEs, each in the one before. */
static void test_deep_attributes_are_refused(void **state)
{
	char value[2 * 40 + 4];
	struct recipe r = {.edit = ADD,
	    .oid = OID_UNKNOWN,
	    .type = V_ASN1_SEQUENCE,
	    .value = value};
	struct buf message = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 40; i++) {
		value[2 * i] = 0x30;
		value[2 * i + 1] = (char)(2 * (40 - i) + 1);
	}
	memcpy(value + 2 * i, "\x02\x01\x01", 4);
	build_reply(&message, &r);
	assert_refused("nested", &message, "nested more than 32 deep");
	buf_free(&message);
}

/* Puts last where the OID of a digest ends; returns how often. */
static int rename_digest(
    struct buf *message, const unsigned char *oid, size_t len, int last)
{
	size_t i;
	int count = 0;

	for (i = 0; i + len <= message->len; i++)
		if (memcmp(message->data + i, oid, len) == 0) {
			message->data[i + len - 1] = (unsigned char)last;
			count++;
		}
	return count;
}

static int name_md4(struct buf *message)
{
	static const unsigned char md5[] = {
	    0x06, 0x08, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x05};

	return rename_digest(message, md5, sizeof(md5), 0x04);
}

/* Not even a policy that allows MD5 allows a digest as short as that. */
static void test_a_short_digest_is_refused(void **state)
{
	struct buf message = {0};

	(void)state;
	if (!algs_digest_works("md5") || !compat_load_legacy())
		skip();
	build_reply(&message, &(struct recipe){.digest = "md5"});
	assert_int_equal(name_md4(&message), 2);
	assert_refused("md4", &message,
	    "signed with md4, which anybody can forge; expected sha1 or "
	    "better");
	compat_unload_providers();
	buf_free(&message);
}

static int name_shake128(struct buf *message)
{
	static const unsigned char sha256[] = {
	    0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01};

	return rename_digest(message, sha256, sizeof(sha256), 0x0b);
}

/* The RA has an EC key, which may sign the 16 octets of SHAKE128. */
static void test_a_short_shake_is_refused(void **state)
{
	const EVP_MD *shake = EVP_get_digestbyname("shake128");
	X509 *certs[] = {w.ca, NULL, NULL};
	struct buf message = {0};
	struct cabundle bundle = {0};

	(void)state;
	certs[1] = fixture_cert(&(struct cert_spec){.cn = "RA",
	    .key = fixture_ec(),
	    .issuer = w.ca,
	    .issuer_key = fixture_rsa(KEY_CA),
	    .usage = "digitalSignature",
	    .serial = 2});
	cabundle_set(&bundle, fixture_stack(certs));
	w.request.bundle = &bundle;
	build_reply(&message, &(struct recipe){.digest = "sha256"});
	assert_true(name_shake128(&message) >= 2);
	if (shake == NULL)
		assert_refused("none", &message, "does not know");
	else
		assert_refused(
		    "shake128", &message, "signed with shake128, which ");
	w.request.bundle = &w.bundle;
	buf_free(&message);
	cabundle_free(&bundle);
	X509_free(certs[1]);
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

static void test_cut_messages_are_refused(void **state)
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

static void test_messages_with_a_flipped_byte_are_refused(void **state)
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
		for (EACH_ROW(m, masks, NULL)) {
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
static void test_flipped_envelopes_are_refused(void **state)
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

static void test_cut_envelopes_are_refused(void **state)
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

static void test_random_bytes_are_refused(void **state)
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

static void test_an_unreadable_file_is_an_error(void **state)
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
static void test_messages_in_files_are_judged_alike(void **state)
{
	memory_max = 1;
	test_what_is_no_message_is_refused(state);
	test_cut_messages_are_refused(state);
	test_flipped_envelopes_are_refused(state);
	test_cut_envelopes_are_refused(state);
	memory_max = 0;
}

/* The content of the envelope needs a file of its own, and there is no room. */
static void test_a_file_without_room_is_an_error(void **state)
{
	static const struct recipe recipe = {.status = PKI_SUCCESS};
	struct spool body = {.memory_max = 1};
	struct buf message = {0};
	struct scep_reply reply;
	const char *said;

	(void)state;
	build_reply(&message, &recipe);
	assert_int_equal(spool_add(&body, message.data, message.len), ST_OK);
	assert_int_equal(spool_end(&body), ST_OK);
	assert_int_equal(setenv("TMPDIR", "/nonexistent/tmp", 1), 0);
	capture_start(STDERR_FILENO);
	assert_int_equal(scep_reply_decode(&reply, &w.request, &body), ST_FILE);
	said = capture_stop();
	assert_non_null(strstr(said, "sscep: /nonexistent/tmp: cannot keep"));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	assert_int_equal(unsetenv("TMPDIR"), 0);
	spool_free(&body);
	buf_free(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_primitive_headers_are_refused),
	    cmocka_unit_test(test_what_is_no_message_is_refused),
	    cmocka_unit_test(test_unsigned_messages_are_refused),
	    cmocka_unit_test(test_deep_attributes_are_refused),
	    cmocka_unit_test(test_a_short_digest_is_refused),
	    cmocka_unit_test(test_a_short_shake_is_refused),
	    cmocka_unit_test(test_cut_messages_are_refused),
	    cmocka_unit_test(test_messages_with_a_flipped_byte_are_refused),
	    cmocka_unit_test(test_flipped_envelopes_are_refused),
	    cmocka_unit_test(test_cut_envelopes_are_refused),
	    cmocka_unit_test(test_random_bytes_are_refused),
	    cmocka_unit_test(test_an_unreadable_file_is_an_error),
	    cmocka_unit_test(test_a_file_without_room_is_an_error),
	    cmocka_unit_test(test_messages_in_files_are_judged_alike),
	};

	return cmocka_run_group_tests(tests, make_world, free_world);
}
