#include <string.h>

#include "options/dump.h"
#include "options/options.h"
#include "options/parse.h"
#include "options/value.h"
#include "util/log.h"

/* Warnings wait for the last --no-warn or NoWarn, and an error for them. */
enum status options_parse(
    struct options *options, enum options_action *action, int argc, char **argv)
{
	struct log_capture capture;
	enum status st;

	memset(options, 0, sizeof(*options));
	value_set_defaults(options);
	*action = OPTIONS_RUN;

	log_hold_warnings();
	log_capture_begin(&capture);
	st = parse_options(options, action, argc, argv);
	log_capture_end(&capture);
	log_release_warnings(options->no_warn);
	log_report(capture.text);

	if (st == ST_OK && *action == OPTIONS_RUN)
		st = dump_to_log(options);
	return st;
}
