/*
 * Runs a fuzzer over files that are there already: what is named on the command
 * line, or the corpus of the fuzzer.  libFuzzer and AFL++ have a main of their
 * own; this one is for every compiler.
 */

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define PATH_SIZE  4096
#define INPUT_SIZE (1024 * 1024)

static int replayed;

/* In a block of its own, so that a sanitizer sees what is read beyond it. */
static int replay_file(const char *path)
{
	static uint8_t input[INPUT_SIZE];
	FILE *file = fopen(path, "rb");
	uint8_t *copy;
	size_t len;

	if (file == NULL) {
		perror(path);
		return 1;
	}
	len = fread(input, 1, sizeof(input), file);
	fclose(file);
	copy = malloc(len > 0 ? len : 1);
	if (copy == NULL)
		abort();
	memcpy(copy, input, len);
	fprintf(stderr, "%s\n", path); /* the last one is that of a crash */
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	replayed++;
	return 0;
}

static int replay(const char *path)
{
	struct dirent **entries;
	char name[PATH_SIZE];
	struct stat sb;
	int i, count, failed = 0;

	if (stat(path, &sb) != 0 || !S_ISDIR(sb.st_mode))
		return replay_file(path);
	if ((count = scandir(path, &entries, NULL, alphasort)) < 0) {
		perror(path);
		return 1;
	}
	for (i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(name, sizeof(name), "%s/%s", path,
			    entries[i]->d_name);
			failed |= replay(name);
		}
		free(entries[i]);
	}
	free(entries);
	return failed;
}

/* The corpus of build/tests/fuzz/fuzz_url is $srcdir/tests/fuzz/corpus/url. */
static int replay_corpus(const char *program)
{
	const char *srcdir = getenv("srcdir"), *name = strrchr(program, '/');
	char path[PATH_SIZE];

	name = name != NULL ? name + 1 : program;
	if (strncmp(name, "fuzz_", strlen("fuzz_")) == 0)
		name += strlen("fuzz_");
	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
	    srcdir != NULL ? srcdir : ".", name);
	return replay(path);
}

/* Paths are those from where it was started: the fuzzer goes elsewhere. */
static char *absolute(const char *path)
{
	char *whole = realpath(path, NULL);

	if (whole == NULL) {
		perror(path);
		exit(1);
	}
	return whole;
}

int main(int argc, char **argv)
{
	char *srcdir =
	    absolute(getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	int i, failed = 0;

	setenv("srcdir", srcdir, 1);
	free(srcdir);
	for (i = 1; i < argc; i++)
		argv[i] = absolute(argv[i]);
	LLVMFuzzerInitialize(&argc, &argv);
	if (argc < 2)
		failed = replay_corpus(argv[0]);
	for (i = 1; i < argc; i++) {
		failed |= replay(argv[i]);
		free(argv[i]);
	}
	fprintf(stderr, "%d inputs\n", replayed);
	return failed != 0 || replayed == 0;
}
