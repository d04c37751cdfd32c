/*
 * sscep.conf in both syntaxes.  Input: a byte for the operation, and the file.
 */

#include <string.h>

#include "fuzz.h"
#include "ops/ops.h"
/* src/options/config.h, not the config.h that configure writes. */
#include "options/config.h"
#include "settings.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

static void check_entries(const void *text, size_t len)
{
	const struct config_entry *entry;
	struct config config = {0};
	size_t i;

	if (config_parse(&config, "a", text, len) == ST_OK) {
		for (i = 0; i < config.count; i++) {
			entry = &config.entries[i];
			FUZZ_CHECK(entry->section != NULL);
			FUZZ_CHECK(strlen(entry->section) <= CONFIG_NAME_MAX);
			FUZZ_CHECK(
			    (entry->key == NULL) == (entry->value == NULL));
			if (entry->key == NULL)
				continue;
			FUZZ_CHECK(*entry->key != '\0');
			FUZZ_CHECK(strlen(entry->key) <= CONFIG_NAME_MAX);
			FUZZ_CHECK(strlen(entry->value) <= CONFIG_LINE_MAX);
		}
	}
	config_free(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char program[] = "P", file[] = "-fa", name[32];
	char *argv[] = {program, name, file};
	struct fuzz_input in = {data, size};
	const char *operation = ops_all[fuzz_take_byte(&in) % OPS_COUNT]->name;

	memset(name, 0, sizeof(name));
	memcpy(name, operation, strlen(operation));
	fuzz_forget();
	check_entries(in.next, in.left);
	fuzz_write_file("a", in.next, in.left);
	settings_check(3, argv);
	return 0;
}
