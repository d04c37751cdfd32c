#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "compat/provider.h"
#include "options/config.h"
#include "options/print.h"
#include "options/text.h"

void options_print_version(FILE *out)
{
	fprintf(out, "sscep version %s\n", PACKAGE_VERSION);
	fputs("Licence: BSD 2-clause. There is no warranty.\n", out);
	fprintf(out, "libcrypto: %s\n", OpenSSL_version(OPENSSL_VERSION));
#ifdef HAVE_LIBSSL
	fputs("TLS: built in\n", out);
#else
	fputs("TLS: not built in (configured --without-tls)\n", out);
#endif
	fprintf(out, "Engines: %s\n",
	    engine_is_built_in() ? "built in" : "not built in");
	if (compat_static_reason() != NULL)
		fputs("Modules: none are loaded (configured "
		      "--enable-static-program)\n",
		    out);
}

void options_print_config(FILE *out, const struct options *options)
{
	fputs(buf_string(&options->dumped), out);
}

/* named: starts with the names of the operations. */
static void print_sample_help(
    FILE *out, const struct option_row *row, bool named)
{
	struct text text = {.out = out, .start = "# ", .width = TEXT_WIDTH - 1};
	size_t i;

	for (i = 0; named && i < OPS_COUNT; i++)
		if (table_named_ops(row) & ops_all[i]->op)
			text_add(&text, ops_all[i]->name);
	if (named)
		text_add(&text, "-");
	text_add_help(&text, row);
	text_end(&text);
}

static void print_sample_key(FILE *out, const struct option_row *row)
{
	char number[32];
	const char *value = row->example;

	if (value == NULL)
		value = text_default(number, sizeof(number), row);
	fprintf(out, "#%s = %s\n", row->key, value != NULL ? value : "");
}

/* The keys of all operations, each with the help of all its rows. */
static void print_sample_common(FILE *out)
{
	const struct option_row *row, *r;
	const struct option_row *end = table_rows + table_row_count;

	fputs("# All operations\n[" CONFIG_SECTION_COMMON "]\n", out);
	for (row = table_rows; row < end; row++) {
		if (row->key == NULL || table_key_is_repeated(row) ||
		    table_key_ops(row) != TABLE_OPS_ALL)
			continue;
		fputc('\n', out);
		for (r = row; r < end; r++)
			if (table_has_key(r, row->key))
				print_sample_help(
				    out, r, r->ops != TABLE_OPS_ALL);
		print_sample_key(out, row);
	}
}

static void print_sample_operation(FILE *out, const struct operation *operation)
{
	const struct option_row *row;
	size_t i;

	/* They have no key that the sections of others have not. */
	if (operation->op == OP_GETCAPS || operation->borrows != 0)
		return;
	fprintf(out, "\n# %s\n[sscep_%s]\n", operation->help, operation->name);
	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		if (row->key == NULL || !(row->ops & operation->op) ||
		    table_key_ops(row) == TABLE_OPS_ALL)
			continue;
		fputc('\n', out);
		print_sample_help(out, row, false);
		print_sample_key(out, row);
	}
}

void options_print_sample(FILE *out)
{
	size_t i;

	fputs(
	    "# sscep.conf, see sscep.conf(5).  Each key is commented out, and"
	    " has its\n"
	    "# default or an example as value; remove the # to set it.  A key"
	    " works in\n"
	    "# [sscep] and in the sections of operations that have its option."
	    "  Such a\n"
	    "# section overrides [sscep], and the command line overrides"
	    " both.\n"
	    "#\n"
	    "# A # ends a value, too, and $name stands for the value of a"
	    " key above,\n"
	    "# $ENV::NAME for a variable of the environment, but not in"
	    " quotes: \"...\" or\n"
	    "# '...'.  A \\ makes the next character plain: \\#, \\$, "
	    "\\\\; but \\n, \\r, \\t\n"
	    "# and \\b are control characters: write C:/new, not C:\\new.\n\n",
	    out);
	print_sample_common(out);
	for (i = 0; i < OPS_COUNT; i++)
		print_sample_operation(out, ops_all[i]);
}
