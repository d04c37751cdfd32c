#include <stdio.h>
#include <string.h>

#include "options/print.h"
#include "options/text.h"

#define MAN_WIDTH 76

/* ".Pq enroll , getcert , getcrl"; nothing if all operations have it. */
static void print_operations(FILE *out, unsigned int ops)
{
	const char *before = ".Pq ";
	size_t i;

	if (ops == TABLE_OPS_ALL)
		return;
	for (i = 0; i < OPS_COUNT; i++) {
		if (!(ops & ops_all[i]->op))
			continue;
		fprintf(out, "%s%s", before, ops_all[i]->name);
		before = " , ";
	}
	fputc('\n', out);
}

static void print_help(FILE *out, const struct option_row *row)
{
	struct text text = {.out = out, .width = MAN_WIDTH, .mdoc = true};

	print_operations(out, table_named_ops(row));
	text_add_help(&text, row);
	if (row->more != NULL)
		text_add(&text, row->more);
	text_end(&text);
}

/* "Fl k , Fl -key" */
static void print_flags(FILE *out, const struct option_row *row)
{
	if (row->letter != 0)
		fprintf(out, "Fl %c%s", row->letter,
		    row->name != NULL ? " , " : "");
	if (row->name != NULL)
		fprintf(out, "Fl -%s", row->name);
}

/* Those of a list " name name ", by letter if they have one. */
static void print_instead(FILE *out, const char *list)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *between = "";

	fputs("Required unless\n", out);
	for (row = table_rows; row < end; row++) {
		if (!table_names(list, row))
			continue;
		fputs(between, out);
		if (row->letter != 0)
			fprintf(out, ".Fl %c\n", row->letter);
		else
			fprintf(out, ".Fl -%s\n", row->name);
		between = "or\n";
	}
	fputs("is given.\n", out);
}

static void print_required(FILE *out, const struct option_row *row)
{
	const char *p;

	if (row->required == 0)
		return;
	if (row->instead != NULL) {
		print_instead(out, row->instead);
		return;
	}
	if (row->unless == NULL) {
		fputs("Required.\n", out);
		return;
	}
	fputs("Required unless\n", out);
	for (p = row->unless; *p != '\0'; p++)
		fprintf(out, ".Fl %c\n%s", *p, p[1] != '\0' ? "and\n" : "");
	fprintf(out, "%s given.\n", p - row->unless > 1 ? "are" : "is");
}

static void print_option(FILE *out, const struct option_row *row)
{
	fputs(".It ", out);
	print_flags(out, row);
	if (row->arg != NULL)
		fprintf(out, " Ar %s", row->arg);
	fputc('\n', out);
	print_help(out, row);
	print_required(out, row);
	if (row->key != NULL)
		fprintf(out, "Key:\n.Cm %s .\n", row->key);
}

static void print_option_list(FILE *out, const char *title, bool all)
{
	size_t i;

	fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", title);
	for (i = 0; i < table_row_count; i++)
		if ((table_rows[i].ops == TABLE_OPS_ALL) == all)
			print_option(out, &table_rows[i]);
	fputs(".El\n", out);
}

void options_print_man_options(FILE *out)
{
	print_option_list(out, "Options of all operations", true);
	print_option_list(out, "Options of individual operations", false);
}

static const char *type_name(const struct option_row *row)
{
	switch (row->type) {
	case TYPE_NUMBER:
		return "number";
	case TYPE_FLAG:
		return "yes or no";
	case TYPE_LIST:
		return "text; the key may be repeated";
	case TYPE_TOLERATE:
		return "names, separated by commas";
	case TYPE_RENEWAL:
		return "one of the names";
	case TYPE_NO_WARN:
		return "ids of warnings, separated by commas";
	default:
		break;
	}
	if (row->check == CHECK_FILE || row->check == CHECK_OUTPUT ||
	    row->check == CHECK_DIR)
		return "file name";
	if (row->check == CHECK_DIGEST || row->check == CHECK_CIPHER)
		return "one of the names";
	return "text";
}

/* The spellings of all rows that have the key, each once. */
static void print_key_flags(FILE *out, const struct option_row *row)
{
	const struct option_row *r, *end = table_rows + table_row_count;

	fputs("Option:\n.", out);
	print_flags(out, row);
	for (r = row + 1; r < end; r++)
		if (table_has_key(r, row->key) && r->name != NULL &&
		    strcmp(r->name, row->name) != 0)
			fprintf(out, " , Fl -%s", r->name);
	fputs(" .\n", out);
}

/* A key and the help of each row that has it. */
static void print_key(FILE *out, const struct option_row *row)
{
	const struct option_row *r, *end = table_rows + table_row_count;

	fprintf(out, ".It Cm %s No = Ar %s\n", row->key,
	    row->arg != NULL ? row->arg : "yes|no");
	for (r = row; r < end; r++) {
		if (!table_has_key(r, row->key))
			continue;
		print_help(out, r);
		print_required(out, r);
	}
	fprintf(out, "Type: %s.\n", type_name(row));
	if (row->type == TYPE_FLAG)
		fputs("Default: no.\n", out);
	if (row->alias != NULL)
		fprintf(out, "Also spelled\n.Cm %s .\n", row->alias);
	print_key_flags(out, row);
}

void options_print_man_keys(FILE *out)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	fputs(".Bl -tag -width Ds\n", out);
	for (row = table_rows; row < end; row++)
		if (row->key != NULL && !table_key_is_repeated(row))
			print_key(out, row);
	fputs(".El\n", out);
}
