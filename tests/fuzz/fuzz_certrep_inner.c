/*
 * What is in the envelope of a CertRep, which is encrypted and signed by the CA
 * (RFC 8894, 3.3.2.1).  Input: a byte for what it answers, whether it is spooled,
 * and what follows: a SignedData, or parts that become one: certificates and
 * CRLs, or what of one the CA signs as well.
 */

#include "fuzz.h"
#include "world.h"

#define SPOOLED 4
#define PARTS   8  /* what follows are certificates, or CRLs */
#define ISSUED  16 /* and the first of them has no signature yet */
#define LONG    32 /* and is a CRL with many entries */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	world_make();
	return 0;
}

static void add_first(
    struct buf *out, struct fuzz_input first, unsigned int kind)
{
	struct buf tbs = {0};

	if ((kind & ISSUED) == 0) {
		FUZZ_CHECK(
		    first.left == 0 || buf_add(out, first.next, first.left));
	} else if ((kind & LONG) == 0) {
		world_add_issued(out, first.next, first.left);
	} else {
		world_add_long_tbs(&tbs, first.next, first.left);
		world_add_issued(out, tbs.data, tbs.len);
		buf_free(&tbs);
	}
}

/* The parts: the first one with its length before it, then the others. */
static void add_parts(struct buf *out, struct fuzz_input in, unsigned int kind)
{
	struct buf parts = {0}, none = {0};

	add_first(&parts, fuzz_take_part(&in), kind);
	FUZZ_CHECK(in.left == 0 || buf_add(&parts, in.next, in.left));
	if (world_type(kind) == MESSAGE_GETCRL)
		world_add_set(out, &none, &parts);
	else
		world_add_set(out, &parts, &none);
	buf_free(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct buf inside = {0}, content = {0}, attributes = {0}, message = {0};
	uint8_t kind = fuzz_take_byte(&in);
	enum message_type type = world_type(kind);

	if ((kind & PARTS) != 0)
		add_parts(&inside, in, kind);
	else
		FUZZ_CHECK(in.left == 0 || buf_add(&inside, in.next, in.left));
	world_add_envelope(&content, inside.data, inside.len);
	world_add_attributes(&attributes, NID_pkcs7_data, "0", NULL);
	world_add_signed(&message, NID_pkcs7_data, &attributes, &content, NULL);
	world_check_reply(
	    type, message.data, message.len, (kind & SPOOLED) != 0);
	buf_free(&inside);
	buf_free(&content);
	buf_free(&attributes);
	buf_free(&message);
	return 0;
}
