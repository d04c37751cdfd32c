#include <string.h>

#include "compat/provider.h"
#include "options/dump.h"
#include "options/engineconf.h"
#include "options/options.h"
#include "options/parse.h"
#include "options/table.h"
#include "options/value.h"
#include "util/log.h"

/*
 * The warnings are printed when all options are known, since the last one, or a
 * key of the file, may silence them.  An error is printed after the warnings.
 */
enum status options_parse(
    struct options *options, enum options_action *action, int argc, char **argv)
{
	struct option_state state = {.options = options};
	struct log_capture capture;
	enum status st;

	memset(options, 0, sizeof(*options));
	*action = OPTIONS_RUN;

	log_hold_warnings();
	log_capture_begin(&capture);
	/* The value of an option may name an algorithm. */
	st = compat_start_libcrypto()
	    ? parse_options(&state, action, argc, argv)
	    : fail_memory();
	log_capture_end(&capture);
	if (st != ST_OK || *action != OPTIONS_RUN ||
	    !options->operation->diagnoses)
		log_release_warnings(options->no_warn);
	log_report(st, capture.text);

	if (st == ST_OK &&
	    (*action == OPTIONS_RUN || *action == OPTIONS_DUMP_CONFIG))
		st = dump_to_log(&state);
	return st;
}

void options_free(struct options *options)
{
	size_t i;

	for (i = 0; i < table_row_count; i++)
		value_clear(options, &table_rows[i]);
	engineconf_free(&options->engine_options);
	buf_free(&options->dumped);
	buf_free(&options->faults);
}
