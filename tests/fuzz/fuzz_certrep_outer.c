/*
 * CertRep as it comes: nobody signs it again (RFC 8894, 3.2).  Input: a byte for
 * what it answers, and whether it is spooled; the message.
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
	struct fuzz_input in = {data, size};
	uint8_t kind = fuzz_take_byte(&in);

	if (in.left > 0)
		world_check_reply(
		    world_type(kind), in.next, in.left, (kind & 4) != 0);
	return 0;
}
