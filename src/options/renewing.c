#include <stddef.h>
#include <string.h>

#include "options/renewing.h"
#include "options/table.h"
#include "util/file.h"
#include "util/log.h"

void renewing_note_sources(struct option_state *state)
{
	const struct option_row *row, *end = table_rows + table_row_count;

	for (row = table_rows; row < end; row++)
		if (row->offset == offsetof(struct options, renew.hook) &&
		    state->given[table_index(row)] > RANK_ARGV)
			state->options->renew.hook_of_file = true;
}

static bool is_standard(const char *name)
{
	return name != NULL && file_is_standard(name);
}

enum status renewing_check_options(const struct options *o)
{
	const char *with = o->renew.with;

	if (o->operation->op != OP_RENEW)
		return ST_OK;
	if (with != NULL && strcmp(with, "certificate") != 0 &&
	    o->challenge == NULL)
		return fail_misuse("--renew-with %s needs --challenge", with);
	if (o->passin != NULL && o->key_passout != NULL &&
	    strcmp(o->passin, o->key_passout) != 0)
		return fail_misuse("--passin and --key-passout are both given: "
				   "a new key has the pass phrase of the old "
				   "one");
	if (file_is_standard(o->local_cert) || file_is_standard(o->key) ||
	    file_is_standard(o->ca_cert))
		return fail_misuse(
		    "renew needs the names of files for -k, -l and -c, not -");
	if (is_standard(o->chain) || is_standard(o->renew.fullchain) ||
	    is_standard(o->renew.bundle))
		return fail_misuse("renew needs the names of files for "
				   "--chain, --fullchain and --bundle, not -");
	return ST_OK;
}
