/*
 * complete.c: the tables in the scripts that complete command lines; the rest of
 * them is in scripts/completion.
 */

#include <stdio.h>
#include <string.h>

#include "options/print.h"
#include "options/table.h"
#include "options/values.h"
#include "util/log.h"

/* As the scripts call them; by enum values_kind. */
static const char *const kinds[] = {
    "none", "any", "file", "dir", "word", "list", "source"};

/* What the scripts get of a row. */
struct entry {
	const struct option_row *row;
	enum values_kind kind;
	struct buf words; /* a blank before each */
};

static void each_row(FILE *out, void (*print)(FILE *, const struct entry *))
{
	size_t i;

	for (i = 0; i < table_row_count; i++) {
		struct entry entry = {.row = &table_rows[i]};

		if (values_describe(&entry.kind, &entry.words, entry.row))
			print(out, &entry);
		else
			fail_memory();
		buf_free(&entry.words);
	}
}

static void print_operations(FILE *out, unsigned int ops, const char *between)
{
	const char *before = "";
	size_t i;

	for (i = 0; i < OPS_COUNT; i++) {
		if (!(ops & ops_all[i]->op))
			continue;
		fprintf(out, "%s%s", before, ops_all[i]->name);
		before = between;
	}
}

/* Between single quotes; a backslash goes before those of special. */
static void print_within(
    FILE *out, const char *text, const char *special, const char *apostrophe)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'') {
			fputs(apostrophe, out);
			continue;
		}
		if (strchr(special, *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
}

/* OPERATIONS|SPELLINGS|KIND|WORDS */
static void print_bash_row(FILE *out, const struct entry *entry)
{
	char spelling[64];

	fputs("\t'", out);
	if (entry->row->ops == TABLE_OPS_ALL)
		fputs("all", out);
	else
		print_operations(out, entry->row->ops, " ");
	fprintf(out, "|%s|%s|%s'\n",
	    table_spelling(spelling, sizeof(spelling), entry->row, " "),
	    kinds[entry->kind],
	    entry->words.len > 0 ? buf_string(&entry->words) + 1 : "");
}

static void print_bash_alone(FILE *out)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *before = "__sscep_alone='";
	char spelling[64];

	for (row = table_rows; row < end; row++) {
		if (row->type != TYPE_ACTION)
			continue;
		fprintf(out, "%s%s", before,
		    table_spelling(spelling, sizeof(spelling), row, " "));
		before = " ";
	}
	fputs("'\n", out);
}

void options_print_bash(FILE *out)
{
	fputs("__sscep_operations='", out);
	print_operations(out, OPS_ALL, " ");
	fputs("'\n", out);
	print_bash_alone(out);
	fputs("__sscep_rows=(\n", out);
	each_row(out, print_bash_row);
	fputs(")\n", out);
}

/*
 * "'(-k --key)'{-k+,--key=}", as the first part of what _arguments takes; the
 * action that follows starts with a blank to be called as it is.
 */
static void print_zsh_spelling(FILE *out, const struct option_row *row)
{
	const bool valued = row->arg != NULL, repeated = row->type == TYPE_LIST;

	if (row->letter == 0)
		fprintf(out, "'%s--%s%s", repeated ? "*" : "", row->name,
		    valued ? "=" : "");
	else if (row->name == NULL)
		fprintf(out, "'%s-%c%s", repeated ? "*" : "", row->letter,
		    valued ? "+" : "");
	else if (repeated)
		fprintf(out, "'*'{-%c%s,--%s%s}'", row->letter,
		    valued ? "+" : "", row->name, valued ? "=" : "");
	else
		fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", row->letter,
		    row->name, row->letter, valued ? "+" : "", row->name,
		    valued ? "=" : "");
}

static void print_zsh_row(FILE *out, const struct entry *entry)
{
	const struct option_row *row = entry->row;

	fputc('\t', out);
	if (row->ops != TABLE_OPS_ALL) {
		fputs("[[ $operation == (", out);
		print_operations(out, row->ops, "|");
		fputs(") ]] && ", out);
	}
	fputs("options+=(", out);
	print_zsh_spelling(out, row);
	fputc('[', out);
	print_within(out, row->help, "[]\\", "'\\''");
	fputc(']', out);
	if (row->arg != NULL) {
		fputc(':', out);
		print_within(out, row->arg, ":[]\\", "'\\''");
		fprintf(out, ": _sscep_value %s", kinds[entry->kind]);
		print_within(out, buf_string(&entry->words), ":\\", "'\\''");
	}
	fputs("')\n", out);
}

static void print_zsh_alone(FILE *out, const struct entry *entry)
{
	if (entry->row->type == TYPE_ACTION)
		print_zsh_row(out, entry);
}

void options_print_zsh(FILE *out)
{
	size_t i;

	fputs("__sscep_operations() {\n\toperations=(\n", out);
	for (i = 0; i < OPS_COUNT; i++) {
		fprintf(out, "\t\t'%s:", ops_all[i]->name);
		print_within(out, ops_all[i]->help, "\\", "'\\''");
		fputs("'\n", out);
	}
	fputs("\t)\n}\n\n__sscep_alone() {\n", out);
	each_row(out, print_zsh_alone);
	fputs("}\n\n__sscep_options() {\n", out);
	each_row(out, print_zsh_row);
	fputs("}\n", out);
}

static void print_fish_values(FILE *out, const struct entry *entry)
{
	switch (entry->kind) {
	case VALUES_NONE:
		break;
	case VALUES_FILE:
		fputs(" -r -F", out);
		break;
	case VALUES_ANY:
		fputs(" -x", out);
		break;
	case VALUES_DIR:
		fputs(" -x -a '(__fish_complete_directories)'", out);
		break;
	case VALUES_WORD:
		fprintf(out, " -x -a '%s'", buf_string(&entry->words) + 1);
		break;
	case VALUES_LIST:
	case VALUES_SOURCE:
		fprintf(out, " -x -a '(__sscep_%s%s)'", kinds[entry->kind],
		    buf_string(&entry->words));
		break;
	}
}

static void print_fish_row(FILE *out, const struct entry *entry)
{
	const struct option_row *row = entry->row;

	fprintf(out, "complete -c sscep -n '__sscep_%s",
	    row->type == TYPE_ACTION ? "asks" : "is");
	if (row->ops != TABLE_OPS_ALL) {
		fputc(' ', out);
		print_operations(out, row->ops, " ");
	}
	fputc('\'', out);
	if (row->letter != 0)
		fprintf(out, " -s %c", row->letter);
	if (row->name != NULL)
		fprintf(out, " -l %s", row->name);
	print_fish_values(out, entry);
	fputs(" -d '", out);
	print_within(out, row->help, "\\", "\\'");
	fputs("'\n", out);
}

void options_print_fish(FILE *out)
{
	const char *name;
	size_t i;

	for (i = 0; i < OPS_COUNT; i++) {
		name = ops_all[i]->name;
		fprintf(
		    out, "complete -c sscep -n __sscep_names -a %s -d '", name);
		print_within(out, ops_all[i]->help, "\\", "\\'");
		fputs("'\n", out);
	}
	each_row(out, print_fish_row);
}
