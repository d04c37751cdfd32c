/* sscep: a SCEP client (RFC 8894). */

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>

#include "compat/process.h"
#include "options/options.h"
#include "options/print.h"
#include "ops/ops.h"
#include "ops/poll.h"
#include "session.h"
#include "util/file.h"
#include "util/live.h"
#include "util/log.h"
#include "util/report.h"
#include "util/screen.h"
#include "util/special.h"
#include "util/standard.h"

static enum status open_session(struct session *session)
{
	enum status st = options_check_files(session->options);

	if (st == ST_OK)
		st = session_open_keys(session);
	return st == ST_OK ? session_open_server(session) : st;
}

static enum status run_operation(
    const struct options *options, struct report *report)
{
	const struct operation *operation = options->operation;
	struct session session;
	enum status st = ST_OK;

	if (!options->quiet && !options->json && !log_enabled(LOG_VERBOSE))
		live_enable();
	file_set_cleaning(!operation->diagnoses);
	special_set_limit(options->timeout);
	session_start(&session, options, report);
	if (!operation->diagnoses)
		st = open_session(&session);
	if (st == ST_OK)
		st = operation->run(&session);
	session_close(&session);
	return st;
}

static enum status do_action(const struct options *options,
    enum options_action action, struct report *report)
{
	switch (action) {
	case OPTIONS_RUN:
		return run_operation(options, report);
	case OPTIONS_HELP:
		options_print_help(stdout, log_program(), options->operation);
		break;
	case OPTIONS_HELP_ALL:
		options_print_usage(stdout, log_program());
		break;
	case OPTIONS_VERSION:
		options_print_version(stdout);
		break;
	case OPTIONS_DUMP_CONFIG:
		options_print_config(stdout, options);
		break;
	}
	return ST_OK;
}

/* Where standard output fails, it is on stderr with the status of that. */
static enum status print_report(
    const struct options *options, struct report *report, enum status st)
{
	struct buf line = {0};
	enum status printed = ST_OK;
	bool ok;

	report_set(report, REPORT_VERSION, PACKAGE_VERSION);
	if (options->operation != NULL)
		report_set(report, REPORT_OPERATION, options->operation->name);
	ok = report_add_json(&line, report, st);
	if (ok && (printed = log_print_json(buf_string(&line))) != ST_OK) {
		st = st == ST_OK ? printed : st;
		line.len = 0;
		if ((ok = report_add_json(&line, report, st)))
			screen_put_json(stderr, buf_string(&line));
	}
	if (!ok)
		printed = fail_memory();
	buf_free(&line);
	return st == ST_OK ? printed : st;
}

int main(int argc, char **argv)
{
	enum options_action action;
	struct options options;
	struct report report = {0};
	enum status st;

	/* What a hook is to find: only renew has one. */
	if (argc > 1 && strncmp(argv[1], "renew", strlen("renew")) == 0)
		compat_note_start();
	compat_wipe_freed();
	compat_skip_cleanup();
	compat_forbid_core();
	standard_reserve();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc > 0)
		log_set_program(argv[0]);
	log_set_report(&report);
	st = options_parse(&options, &action, argc, argv);
	report.wanted = options.json;
	if (st == ST_OK)
		st = do_action(&options, action, &report);
	if (options.json && (st != ST_OK || action == OPTIONS_RUN))
		st = print_report(&options, &report, st);
	if (st == ST_OK)
		st = log_flush();
	options_free(&options);
	log_set_report(NULL);
	report_free(&report);
	if (session_needs_cleanup())
		OPENSSL_cleanup();
	if (poll_interrupted() != 0) {
		fflush(stdout);
		raise(poll_interrupted());
	}
	return (int)st;
}
