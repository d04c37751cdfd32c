/*
 * The command line.  Input: its words, each ended by a NUL, without the program;
 * after an empty one the contents of the file "a".
 */

#include <stdlib.h>

#include "fuzz.h"
#include "settings.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char program[] = "P", *argv[SETTINGS_WORDS_MAX + 1] = {program};
	struct fuzz_input in = {data, size};
	bool printable = true;
	int i, argc = 1;

	while (in.left > 0 && *in.next != '\0' && argc < SETTINGS_WORDS_MAX) {
		argv[argc] = fuzz_copy_string(fuzz_take_until(&in, '\0'));
		printable &= fuzz_is_printable(argv[argc++], false);
	}
	fuzz_allow_controls(!printable);
	fuzz_take_byte(&in);
	fuzz_write_file("a", in.next, in.left);
	settings_check(argc, argv);
	for (i = 1; i < argc; i++)
		free(argv[i]);
	return 0;
}
