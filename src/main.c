/* sscep: a SCEP client (RFC 8894). */

#include <stdio.h>

#include "options/options.h"
#include "ops/ops.h"
#include "pki/algs.h"
#include "session.h"
#include "util/log.h"

static enum status run(const struct options *options)
{
	struct session session;
	enum status st;

	if ((st = session_open(&session, options)) == ST_OK)
		st = options->operation->run(&session);
	session_close(&session);
	algs_cleanup();
	return st;
}

int main(int argc, char **argv)
{
	enum options_action action;
	struct options options;
	enum status st;

	if (argc > 0)
		log_set_program(argv[0]);
	st = options_parse(&options, &action, argc, argv);
	if (st == ST_OK) {
		switch (action) {
		case OPTIONS_RUN:
			st = run(&options);
			break;
		case OPTIONS_HELP:
			options_print_usage(stdout, log_program());
			break;
		case OPTIONS_VERSION:
			options_print_version(stdout);
			break;
		}
	}
	options_free(&options);
	if (st == ST_OK)
		st = log_flush();
	return (int)st;
}
