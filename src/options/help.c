#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <string.h>

#include "options/print.h"
#include "options/text.h"

#define HELP_COLUMN 31
#define PROGRAM_MAX 40 /* columns */

/* brief: without the allowed values. */
static void print_row(FILE *out, const struct option_row *row, bool brief)
{
	struct text text = {
	    .out = out, .indent = HELP_COLUMN, .width = TEXT_WIDTH};
	char spelling[64], left[128];
	int len;

	table_spelling(spelling, sizeof(spelling), row, ", ");
	snprintf(left, sizeof(left), "%s%s%s%s%s",
	    row->letter != 0 ? "  " : "      ", spelling,
	    row->arg != NULL ? " <" : "", row->arg != NULL ? row->arg : "",
	    row->arg != NULL ? ">" : "");
	len = (int)strlen(left);
	if (len < HELP_COLUMN) {
		fprintf(out, "%-*s", HELP_COLUMN - 1, left);
		text.column = HELP_COLUMN - 1;
	} else {
		fprintf(out, "%s\n", left);
	}
	if (brief)
		text_add_brief(&text, row);
	else
		text_add_help(&text, row);
	text_end(&text);
}

static void print_operations(FILE *out)
{
	size_t i;

	for (i = 0; i < OPS_COUNT; i++)
		fprintf(
		    out, "  %-12s %s\n", ops_all[i]->name, ops_all[i]->help);
}

/* "All options of enroll and renew: see their --help". */
static void print_borrowed(FILE *out, const struct operation *operation)
{
	const char *between = "      All options of ";
	size_t i;

	if (operation->borrows == 0)
		return;
	for (i = 0; i < OPS_COUNT; i++) {
		if (!(operation->borrows & ops_all[i]->op))
			continue;
		fprintf(out, "%s%s", between, ops_all[i]->name);
		between = " and ";
	}
	fputs(": see their --help\n", out);
}

/* The options that not all operations have; nothing if there are none. */
static void print_own(FILE *out, const struct operation *operation)
{
	const struct option_row *row;
	bool any = false;
	size_t i;

	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->ops == TABLE_OPS_ALL ||
		    !(table_named_ops(row) & operation->op))
			continue;
		if (!any)
			fprintf(out, "\nOPTIONS for OPERATION %s are\n",
			    operation->name);
		any = true;
		print_row(out, row, false);
	}
	print_borrowed(out, operation);
}

void options_print_usage(FILE *out, const char *program)
{
	size_t i;

	fprintf(out, "sscep version %s\n\n", PACKAGE_VERSION);
	fprintf(out, "Usage: %s OPERATION [OPTIONS]\n\n", program);
	fputs("Available OPERATIONs are\n", out);
	print_operations(out);
	fputs("\nGeneral OPTIONS\n", out);
	for (i = 0; i < table_row_count; i++)
		if (table_rows[i].ops == TABLE_OPS_ALL)
			print_row(out, &table_rows[i], false);
	for (i = 0; i < OPS_COUNT; i++)
		print_own(out, ops_all[i]);
}

/* The parts of --help. */
enum part { PART_REQUIRED, PART_OWN, PART_GENERAL, PART_RARE };

/* Whether the part has the row; ops: all that the help is on. */
static bool has_row(
    enum part part, unsigned int ops, const struct option_row *row)
{
	enum part found;

	if ((table_named_ops(row) & ops) != ops)
		return false;
	if (!row->common)
		found = PART_RARE;
	else if ((row->required & ops) == ops)
		found = PART_REQUIRED;
	else
		found = row->ops == TABLE_OPS_ALL ? PART_GENERAL : PART_OWN;
	return part == found;
}

/* The next row of the part after this one, NULL: the first; NULL: no more. */
static const struct option_row *next_row(
    enum part part, unsigned int ops, const struct option_row *row)
{
	const struct option_row *end = table_rows + table_row_count;

	for (row = row != NULL ? row + 1 : table_rows; row < end; row++)
		if (has_row(part, ops, row))
			return row;
	return NULL;
}

static void print_part(
    FILE *out, enum part part, unsigned int ops, const char *title)
{
	const struct option_row *row = next_row(part, ops, NULL);

	if (row != NULL)
		fprintf(out, "\n%s:\n", title);
	for (; row != NULL; row = next_row(part, ops, row))
		print_row(out, row, true);
}

/* Adds "; -k not with -K and -O". */
static void add_excuse(char *out, size_t size, const struct option_row *row)
{
	const char *p;
	size_t len = strlen(out);

	len += (size_t)snprintf(
	    out + len, size - len, "; -%c not with", row->letter);
	for (p = row->unless; *p != '\0' && len < size; p++)
		len += (size_t)snprintf(out + len, size - len, "%s -%c",
		    p > row->unless ? " and" : "", *p);
}

static void print_required(FILE *out, unsigned int ops)
{
	char excuses[128] = "", title[192];
	const struct option_row *row = NULL;

	while ((row = next_row(PART_REQUIRED, ops, row)) != NULL)
		if (row->unless != NULL)
			add_excuse(excuses, sizeof(excuses), row);
	snprintf(
	    title, sizeof(title), "Required (or in the file of -f%s)", excuses);
	print_part(out, PART_REQUIRED, ops, title);
}

/* The options without a line, by name. */
static void print_rare(FILE *out, unsigned int ops)
{
	struct text text = {.out = out, .indent = 2, .width = TEXT_WIDTH};
	const struct option_row *row = NULL;
	char spelling[64];

	fputs("\nMore options, see sscep(1) or --help-all:\n", out);
	while ((row = next_row(PART_RARE, ops, row)) != NULL)
		text_add(&text,
		    table_spelling(spelling, sizeof(spelling), row, "|"));
	text_end(&text);
}

/* "P enroll -u url -k file", or the command with the values of the example. */
static void add_command(struct text *t, const char *program,
    const struct operation *operation, bool example)
{
	const struct option_row *row = NULL;
	char option[128];

	text_add_whole(t, program);
	t->indent += 4;
	text_add_whole(t, operation->name);
	while ((row = next_row(PART_REQUIRED, operation->op, row)) != NULL) {
		snprintf(option, sizeof(option), "-%c %s", row->letter,
		    example ? row->example : row->arg);
		text_add_whole(t, option);
	}
}

static void print_example(
    FILE *out, const char *program, const struct operation *operation)
{
	struct text text = {
	    .out = out, .indent = 2, .width = TEXT_WIDTH - 2, .wrap = " \\"};

	add_command(&text, program, operation, true);
	text_end(&text);
}

static void print_operation_help(
    FILE *out, const char *program, const struct operation *operation)
{
	struct text text = {.out = out, .width = TEXT_WIDTH};
	char title[64];

	fputs("Usage:", out);
	text.column = (int)strlen("Usage:");
	add_command(&text, program, operation, false);
	text_add_whole(&text, "[OPTIONS]");
	text_end(&text);
	fprintf(out, "%s\n", operation->help);
	print_required(out, operation->op);
	snprintf(title, sizeof(title), "Options of %s", operation->name);
	print_part(out, PART_OWN, operation->op, title);
	print_borrowed(out, operation);
	print_part(
	    out, PART_GENERAL, operation->op, "Options of all operations");
	print_rare(out, operation->op);
	fputs("\nExample:\n", out);
	print_example(out, program, operation);
}

static void print_general_help(FILE *out, const char *program)
{
	fprintf(out, "Usage: %s OPERATION [OPTIONS]\n\nOperations:\n", program);
	print_operations(out);
	print_required(out, OPS_ALL);
	print_part(out, PART_GENERAL, OPS_ALL, "Options of all operations");
	fputs("\nExamples:\n", out);
	print_example(out, program, ops_all[OPS_INDEX_getca]);
	print_example(out, program, ops_all[OPS_INDEX_enroll]);
	fprintf(out,
	    "\nOptions of one: %s OPERATION --help\n"
	    "All options: %s --help-all\nManual: sscep(1)\n",
	    program, program);
}

/* The program as typed, or as much of it as the screen has room for. */
static const char *shorten(const char *program)
{
	const char *slash = strrchr(program, '/');

	if (strlen(program) > PROGRAM_MAX && slash != NULL)
		program = slash + 1;
	return strlen(program) <= PROGRAM_MAX ? program : "sscep";
}

void options_print_help(
    FILE *out, const char *program, const struct operation *operation)
{
	program = shorten(program);
	if (operation != NULL)
		print_operation_help(out, program, operation);
	else
		print_general_help(out, program);
}
