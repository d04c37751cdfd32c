/*
 * The signed attributes of a CertRep, and its content, which the CA signs (RFC
 * 8894, 3.2.1).  Input: a byte for what it answers, and whether it is spooled; the
 * attributes, with their length before them; the content.
 */

#include "fuzz.h"
#include "world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	world_make();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size}, part;
	struct buf attributes = {0}, content = {0}, message = {0};
	uint8_t kind = fuzz_take_byte(&in);

	part = fuzz_take_part(&in);
	FUZZ_CHECK(
	    part.left == 0 || buf_add(&attributes, part.next, part.left));
	FUZZ_CHECK(in.left == 0 || buf_add(&content, in.next, in.left));
	world_add_signed(&message, NID_pkcs7_data, &attributes, &content, NULL);
	world_check_reply(
	    world_type(kind), message.data, message.len, (kind & 4) != 0);
	buf_free(&attributes);
	buf_free(&content);
	buf_free(&message);
	return 0;
}
