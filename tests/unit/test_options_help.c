/* Unit test of options/help.c, options/man.c and options/print.c: the texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"
#include "options/print.h"

/* Help and version. */

static void expect_action(const char *first, const char *second,
    const char *third, enum options_action action)
{
	struct run r;

	run_start(&r, first);
	if (second != NULL)
		run_add(&r, second);
	if (third != NULL)
		run_add(&r, third);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_int_equal(r.action, action);
	assert_string_equal(r.said, "");
	run_end(&r);
}

static void help_and_version(void **state)
{
	(void)state;
	expect_action("-?", NULL, NULL, OPTIONS_HELP);
	expect_action("help", NULL, NULL, OPTIONS_HELP);
	expect_action("help", "-v", NULL, OPTIONS_HELP);
	expect_action("help", "getcrl", "x", OPTIONS_HELP);
	expect_action("getca", "-?", NULL, OPTIONS_HELP);
	expect_action("getca", "-v?", NULL, OPTIONS_HELP);
	expect_action("version", NULL, NULL, OPTIONS_VERSION);
	expect_action("version", "x", NULL, OPTIONS_VERSION);
	expect_action(NULL, NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("-h", NULL, NULL, OPTIONS_HELP);
	expect_action("--help", NULL, NULL, OPTIONS_HELP);
	expect_action("--help-all", NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("--help-a", NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("getca", "-h", NULL, OPTIONS_HELP);
	expect_action("getca", "--help", "x", OPTIONS_HELP);
	expect_action("enroll", "-vh", NULL, OPTIONS_HELP);
	expect_action("getca", "-v", "--help", OPTIONS_HELP);
	expect_action("getca", "--help-all", NULL, OPTIONS_HELP_ALL);
	expect_action("--version", NULL, NULL, OPTIONS_VERSION);
	expect_action("--vers", NULL, NULL, OPTIONS_VERSION);
	expect_action("getcrl", "--version", NULL, OPTIONS_VERSION);
}

/* The help text, the version and the sample file. */

/* Closes the file; the caller frees the text. */
static char *read_back(FILE *f)
{
	char *text;
	long len = ftell(f);

	assert_true(len > 0);
	assert_non_null(text = calloc(1, (size_t)len + 1));
	rewind(f);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	fclose(f);
	return text;
}

static char *printed(void (*print)(FILE *out))
{
	FILE *f = tmpfile();

	assert_non_null(f);
	print(f);
	return read_back(f);
}

static char *printed_help_of(
    const char *program, const struct operation *operation)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	options_print_help(f, program, operation);
	return read_back(f);
}

static char *printed_help(const struct operation *operation)
{
	return printed_help_of("./P", operation);
}

/* At most 48 lines of at most 80 columns. */
static void expect_screen(const char *text)
{
	int lines = 0;
	size_t len;

	for (; *text != '\0'; text += len + 1, lines++) {
		len = strcspn(text, "\n");
		if (len > 80)
			fixture_fail("%zu columns: %.*s", len, (int)len, text);
		assert_true(text[len] == '\n');
	}
	assert_true(lines >= 1 && lines <= 48);
}

/* A line with the whole help of the row, or its name. */
static void expect_in_help(const char *help, const struct option_row *row)
{
	char want[128];
	const char *found, *text;

	table_spelling(want, sizeof(want), row, row->common ? ", " : "|");
	if ((found = strstr(help, want)) == NULL)
		fixture_fail("%s is missing", want);
	text = strstr(help, row->help);
	if (!row->common)
		assert_null(text);
	else if (text == NULL || text < found ||
	    memchr(found, '\n', (size_t)(text - found)) != NULL)
		fixture_fail("%s: not in one line", want);
}

static void help_of_an_operation_fits_on_a_screen(void **state)
{
	char *help, want[80];
	size_t i, j;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		help = printed_help(ops_all[i]);
		expect_screen(help);
		snprintf(want, sizeof(want), "Usage: ./P %s -u url",
		    ops_all[i]->name);
		assert_ptr_equal(strstr(help, want), help);
		assert_non_null(strstr(help, ops_all[i]->help));
		for (j = 0; j < table_row_count; j++)
			if (table_named_ops(&table_rows[j]) & ops_all[i]->op)
				expect_in_help(help, &table_rows[j]);
		assert_non_null(strstr(help, "--help-all"));
		free(help);
	}
}

static void help_by_a_long_path_fits_on_a_screen(void **state)
{
	static const struct {
		const char *path, *shown;
	} paths[] = {
	    {.path = "/opt/acme/firmware/usr/local/sbin/sscep",
		.shown = "/opt/acme/firmware/usr/local/sbin/sscep"},
	    {.path = "/opt/acme/firmware/releases/2026-11-28/usr/local/sbin/"
		     "sscep",
		.shown = "sscep"},
	    {.path = "/nix/store/0123456789abcdefghijklmnopqrstuv-sscep-1.0.0/"
		     "bin/s",
		.shown = "s"},
	    {.path = "/bin/0123456789abcdefghijklmnopqrstuvwxyz0123456789",
		.shown = "sscep"},
	    {.path = "0123456789abcdefghijklmnopqrstuvwxyz0123456789",
		.shown = "sscep"},
	};
	char *help, want[80];
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, paths, paths[i].path)) {
		for (j = 0; j <= OPS_COUNT; j++) {
			help = printed_help_of(
			    paths[i].path, j < OPS_COUNT ? ops_all[j] : NULL);
			expect_screen(help);
			snprintf(want, sizeof(want), "Usage: %s %s",
			    paths[i].shown,
			    j < OPS_COUNT ? ops_all[j]->name : "OPERATION");
			assert_ptr_equal(strstr(help, want), help);
			free(help);
		}
	}
}

/* What is required comes first, and is in the usage and the example. */
static void help_of_an_operation_has_what_is_required(void **state)
{
	char *help = printed_help(&op_enroll);

	(void)state;
	assert_ptr_equal(
	    strstr(help,
		"Usage: ./P enroll -u url -c file -k file -r file -l file"
		" [OPTIONS]\n"),
	    help);
	assert_non_null(strstr(help,
	    "\n\nRequired (or in the file of -f; -k not with -r and -K and -O;"
	    " -l not with -m):\n  -u, --url <url> "));
	assert_true(
	    strstr(help, "-l, --cert") < strstr(help, "-K, --sign-key"));
	assert_true(
	    strstr(help, "-K, --sign-key") < strstr(help, "-p, --proxy"));
	assert_non_null(strstr(help,
	    "\n\nExample:\n  ./P enroll -u http://scep.example.com/scep"
	    " -c ./ca.crt -k ./local.key \\\n"
	    "      -r ./local.csr -l ./local.crt\n"));
	free(help);
}

static void help_alone_has_operations_and_common_options(void **state)
{
	char *help = printed_help(NULL), want[80];
	const struct option_row *row, *end = table_rows + table_row_count;
	size_t i;

	(void)state;
	expect_screen(help);
	assert_ptr_equal(
	    strstr(help, "Usage: ./P OPERATION [OPTIONS]\n"), help);
	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(want, sizeof(want), "\n  %-12s %s\n", ops_all[i]->name,
		    ops_all[i]->help);
		assert_non_null(strstr(help, want));
	}
	for (row = table_rows; row < end; row++)
		if (row->common && row->ops == ALL)
			expect_in_help(help, row);
	assert_non_null(strstr(help, "./P OPERATION --help\n"));
	assert_non_null(strstr(help, "./P --help-all"));
	assert_null(strstr(help, "--ca-cert"));
	free(help);
}

static void print_usage(FILE *out)
{
	options_print_usage(out, "./P");
}

/* Each option of each operation has its place in the usage. */
static void usage_has_all_options(void **state)
{
	char *usage = printed(print_usage), want[80], title[80];
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *place;
	size_t i;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(title, sizeof(title), "OPTIONS for OPERATION %s are",
		    ops_all[i]->name);
		for (row = table_rows; row < end; row++) {
			if (!(table_named_ops(row) & ops_all[i]->op))
				continue;
			place = strstr(
			    usage, row->ops == ALL ? "General OPTIONS" : title);
			assert_non_null(place);
			table_spelling(want, sizeof(want), row, ", ");
			assert_non_null(strstr(place, want));
		}
	}
	free(usage);
}

static void the_texts_name_everything(void **state)
{
	char *usage = printed(print_usage);
	char *options = printed(options_print_man_options);
	char *keys = printed(options_print_man_keys);
	char *sample = printed(options_print_sample);
	char want[128];
	size_t i;

	(void)state;
	assert_ptr_equal(strstr(usage, "sscep version "), usage);
	assert_non_null(strstr(usage, "\nUsage: ./P OPERATION [OPTIONS]\n"));
	for (i = 0; i < OPS_COUNT; i++)
		assert_non_null(strstr(usage, ops_all[i]->help));
	for (i = 0; i < CONTRACT_COUNT; i++) {
		snprintf(want, sizeof(want), "-%c, --%s", contract[i].letter,
		    contract[i].name);
		if (contract[i].name == NULL)
			continue;
		assert_non_null(
		    strstr(usage, contract[i].letter ? want : want + 4));
		snprintf(want, sizeof(want), "Fl -%s", contract[i].name);
		assert_non_null(strstr(options, want));
		if (contract[i].key == NULL)
			continue;
		snprintf(
		    want, sizeof(want), ".It Cm %s No = ", contract[i].key);
		assert_non_null(strstr(keys, want));
		snprintf(want, sizeof(want), "\n#%s = ", contract[i].key);
		assert_non_null(strstr(sample, want));
	}
	free(usage);
	free(options);
	free(keys);
	free(sample);
}

static void version_comes_first(void **state)
{
	char *text = printed(options_print_version);

	(void)state;
	assert_ptr_equal(strstr(text, "sscep version "), text);
	assert_non_null(strstr(text, "BSD"));
	assert_non_null(strstr(text, "SSL "));
	free(text);
}

/* Each key of the sample file, uncommented, is accepted as it is. */
static void the_sample_can_be_read(void **state)
{
	char *sample = printed(options_print_sample), *line;
	const struct option_row *row;
	char key[64];
	FILE *f = fopen(RUN_FILE, "w");
	struct run r;
	size_t i;
	int used = 0;

	(void)state;
	assert_non_null(f);
	for (line = strtok(sample, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if (*line == '[')
			fprintf(f, "%s\n", line);
		if (sscanf(line, "#%63[A-Za-z] =", key) != 1)
			continue;
		assert_non_null(row = table_find_key(key, OP_ENROLL));
		fprintf(f, "%s\n", line + 1);
		used++;
	}
	fclose(f);
	free(sample);
	assert_true(used > 30);
	for (i = 0; i < OPS_COUNT; i++) {
		run_start(&r, ops_all[i]->name);
		run_add(&r, "-f" RUN_FILE);
		run_parse(&r);
		assert_string_equal(r.said, "");
		assert_int_equal(r.status, ST_OK);
		run_end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(help_and_version),
	    cmocka_unit_test(help_of_an_operation_fits_on_a_screen),
	    cmocka_unit_test(help_by_a_long_path_fits_on_a_screen),
	    cmocka_unit_test(help_of_an_operation_has_what_is_required),
	    cmocka_unit_test(help_alone_has_operations_and_common_options),
	    cmocka_unit_test(usage_has_all_options),
	    cmocka_unit_test(the_texts_name_everything),
	    cmocka_unit_test(version_comes_first),
	    cmocka_unit_test(the_sample_can_be_read),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
