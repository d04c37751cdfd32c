/* Unit test of scep/limits.c: what a message is made of, element by element. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "scep/limits.h"
#include "util/buf.h"

#define OID            "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
#define DATA           OID "\x01"
#define SIGNED         OID "\x02"
#define ENVELOPED      OID "\x03"
#define INTEGER        "\x02\x01\x01"
#define OCTETS         "\x04\x01\x01"
#define SEQUENCE       "\x30\x02\x05\x00"
#define SET            "\x31\x00"
#define SIGNED_ATTRS   "\xa0\x02\x05\x00"
#define UNSIGNED_ATTRS "\xa1\x02\x05\x00"
#define INFO           "\x30\x0f" DATA SEQUENCE

struct part {
	const char *bytes;
	size_t len;
};
#define PART(text) \
	{ \
		text, sizeof(text) - 1 \
	}

/* Appends b to what stands before it, and puts a header before all. */
static void wrap(struct buf *b, struct part before, int tag)
{
	struct buf all = {0};

	assert_true(buf_addf(&all, "%c%c", tag, (int)(before.len + b->len)) &&
	    buf_add(&all, before.bytes, before.len) &&
	    buf_add(&all, buf_string(b), b->len));
	buf_free(b);
	*b = all;
}

/* What is in content is that of a ContentInfo. */
static void assert_structure(struct buf *content, struct part type, bool good,
    enum status (*check)(struct outline *, struct der, const char *))
{
	struct outline outline;
	const char *text;
	enum status st;

	wrap(content, (struct part)PART(""), 0xa0);
	wrap(content, type, 0x30);
	capture_start(STDERR_FILENO);
	st =
	    check(&outline, octets_in_memory(content->data, content->len), "X");
	text = capture_stop();
	if (st != (good ? ST_OK : ST_REPLY) ||
	    strcmp(text,
		good ? ""
		     : "sscep: reply: not X: its structure is wrong (RFC "
		       "5652)\n") != 0)
		fixture_fail("%d, %s", (int)st, text);
	buf_free(content);
}

static void test_the_structure_of_signed_data_is_checked(void **state)
{
	static const struct part type = PART(SIGNED), none = PART(""),
				 before = PART(INTEGER SET "\x30\x0b" DATA);
	static const struct {
		const char *name;
		struct part part;
		bool good;
	} infos[] = {
	    {.name = "good",
		.part = PART(INTEGER SEQUENCE SEQUENCE SEQUENCE OCTETS),
		.good = true},
	    {.name = "attributes",
		.part = PART(INTEGER SEQUENCE SEQUENCE SIGNED_ATTRS SEQUENCE
			OCTETS UNSIGNED_ATTRS),
		.good = true},
	    {.name = "a version that is an OCTET STRING",
		.part = PART(OCTETS SEQUENCE OCTETS)},
	    {.name = "a version only", .part = PART(INTEGER)},
	    {.name = "a digestAlgorithm that is an OCTET STRING",
		.part = PART(INTEGER SEQUENCE OCTETS SEQUENCE OCTETS)},
	    {.name = "a signatureAlgorithm that is an OCTET STRING",
		.part = PART(INTEGER SEQUENCE SEQUENCE OCTETS OCTETS)},
	    {.name = "a signature that is an INTEGER",
		.part = PART(INTEGER SEQUENCE SEQUENCE SEQUENCE INTEGER)},
	    {.name = "one element more",
		.part = PART(INTEGER SEQUENCE SEQUENCE SEQUENCE OCTETS OCTETS)},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, infos, infos[i].name)) {
		struct buf b = {0};

		wrap(&b, infos[i].part, 0x30);
		wrap(&b, none, 0x31);
		wrap(&b, before, 0x30);
		assert_structure(
		    &b, type, infos[i].good, limits_check_signed_data);
	}
}

static void test_the_structure_of_enveloped_data_is_checked(void **state)
{
	static const struct part type = PART(ENVELOPED);
	static const struct {
		const char *name;
		struct part part;
		bool good;
	} contents[] = {
	    {.name = "good", .part = PART(INTEGER SET INFO), .good = true},
	    {.name = "originatorInfo",
		.part = PART(INTEGER "\xa0\x00" SET INFO),
		.good = true},
	    {.name = "unprotectedAttrs",
		.part = PART(INTEGER SET INFO UNSIGNED_ATTRS),
		.good = true},
	    {.name = "a version that is an OCTET STRING",
		.part = PART(OCTETS SET INFO)},
	    {.name = "recipients in a SEQUENCE",
		.part = PART(INTEGER SEQUENCE INFO)},
	    {.name = "no content", .part = PART(INTEGER SET)},
	    {.name = "a contentType that is NULL",
		.part = PART(INTEGER SET SEQUENCE)},
	    {.name = "one element more", .part = PART(INTEGER SET INFO INFO)},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, contents, contents[i].name)) {
		struct buf b = {0};

		wrap(&b, contents[i].part, 0x30);
		assert_structure(
		    &b, type, contents[i].good, limits_check_enveloped_data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_structure_of_signed_data_is_checked),
	    cmocka_unit_test(test_the_structure_of_enveloped_data_is_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
