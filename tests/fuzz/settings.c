#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "options/options.h"
#include "settings.h"

#define DUMPED_FILE "b" /* in the working directory */

/* As the parser may change its words, it gets copies of them. */
static enum status parse(struct options *options, enum options_action *action,
    int argc, char *const *argv)
{
	char *copy[SETTINGS_WORDS_MAX + 2] = {NULL};
	enum status st;
	int i;

	fuzz_reset_log();
	fuzz_forget();
	for (i = 0; i < argc; i++)
		copy[i] = strdup(argv[i]);
	st = options_parse(options, action, argc, copy);
	for (i = 0; i < argc; i++)
		free(copy[i]);
	fuzz_reset_log();
	FUZZ_CHECK(st == ST_OK || *fuzz_last_failure() != '\0');
	return st;
}

/* Takes comments out, which tell of secrets. */
static void drop_comments(char *text)
{
	char *to = text, *line = text, *end;

	for (; *line != '\0'; line = end) {
		end = strchr(line, '\n');
		end = end != NULL ? end + 1 : line + strlen(line);
		if (*line == '#')
			continue;
		memmove(to, line, (size_t)(end - line));
		to += end - line;
	}
	*to = '\0';
}

/*
 * Of an engine nothing is printed if nothing but a secret is known of it, which
 * is not printed: so its section is not compared.
 */
static void drop_engine(char *text)
{
	char *section = strstr(text, "\n[");

	if (section != NULL)
		section[1] = '\0';
}

static void read_back(const struct options *options)
{
	char program[] = "P", file[] = "-f" DUMPED_FILE;
	char dump[] = "--dump-config";
	char *name = strdup(options->operation->name);
	char *argv[] = {program, name, file, dump};
	char *first = strdup(buf_string(&options->dumped)), *second;
	enum options_action action;
	struct options again;

	fuzz_write_file(DUMPED_FILE, first, strlen(first));
	FUZZ_CHECK(parse(&again, &action, 4, argv) == ST_OK);
	FUZZ_CHECK(action == OPTIONS_DUMP_CONFIG);
	second = strdup(buf_string(&again.dumped));
	if (strstr(first, ", not shown\n") != NULL) {
		drop_engine(first);
		drop_engine(second);
	}
	drop_comments(first);
	drop_comments(second);
	FUZZ_CHECK(strcmp(first, second) == 0);
	options_free(&again);
	free(name);
	free(first);
	free(second);
}

void settings_check(int argc, char *const *argv)
{
	char dump[] = "--dump-config";
	char *with_dump[SETTINGS_WORDS_MAX + 2];
	enum options_action action;
	struct options options;
	int i, n = 0;

	if (parse(&options, &action, argc, argv) == ST_OK &&
	    action == OPTIONS_RUN) {
		FUZZ_CHECK(options.operation != NULL);
		options_check_files(&options);
	}
	options_free(&options);
	if (argc < 2)
		return;

	for (i = 0; i < argc; i++) {
		with_dump[n++] = argv[i];
		if (i == 1)
			with_dump[n++] = dump;
	}
	if (parse(&options, &action, n, with_dump) == ST_OK &&
	    action == OPTIONS_DUMP_CONFIG)
		read_back(&options);
	options_free(&options);
}
