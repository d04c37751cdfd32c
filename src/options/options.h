/* options.h: what the user asked for, from argv and sscep.conf. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "keys/engine.h"
#include "options/renew_options.h"
#include "ops/ops.h"
#include "scep/scep.h"
#include "util/buf.h"
#include "util/status.h"
#include "util/warning.h"

#define POLL_INTERVAL_DEFAULT 300
#define POLL_TIME_DEFAULT     28800
#define POLL_COUNT_DEFAULT    256
#define TIMEOUT_DEFAULT       120

struct list {
	char **items;
	size_t count;
};

/*
 * The values of all options, with defaults filled in.  Owns its strings; a
 * string that was not given is NULL.  Files are named, not opened.
 */
struct options {
	const struct operation *operation;

	char *url, *proxy, *config, *ca_cert, *ca_identifier, *capabilities;
	char *engine; /* -g: an engine, or the section that describes it */
	struct engine_options engine_options;
	/* -E -S -F, names of algs.h; NULL: the best announced */
	char *enc_alg, *sig_alg, *fp_alg;
	struct list monitor; /* -M, each name=value */
	int wait, timeout;   /* -W, --timeout, seconds */
	int max_size;        /* --max-size, bytes; 0: by operation */
	bool verbose, debug, quiet, json, legacy, dump_config;
	unsigned int tolerate; /* bits of enum tolerate */
	bool no_warn[WARNING_COUNT];
	struct list ca_fingerprints; /* each accepted by pin_parse() */

	char *key, *request, *sign_key, *sign_cert;  /* -k -r -K -O */
	char *local_cert, *enc_cert, *selfsigned;    /* -l -e -L */
	char *chain, *transaction_id, *dump_request; /* the last is -m */
	enum renewal renewal;
	int poll_interval, poll_time, poll_count; /* -t -T -n */
	bool resume, if_due;                      /* -R */
	const struct operation *check_as; /* it has these options; NULL: any */
	bool check_local, check_next, check_by_file; /* the file tells that */
	char *ca_chain, *serial, *output;            /* -C -s -w */

	char *new_key, *key_passout; /* of a request that is made here */
	char *subject, *cert_template, *challenge;
	struct list altnames, purposes;
	bool key_usage;
	bool request_overrules; /* -r of the command line, what the file says */
	char *passin, *sign_passin, *tls_passin, *renew_before;
	struct list providers, provider_paths;
	char *tls_ca_file, *tls_ca_dir, *tls_cert, *tls_key;
	bool tls_insecure, rsa_oaep, rsa_pss;
	struct renew_options renew;
	struct buf dumped, faults; /* by --dump-config; for check, with NULs */
	bool faulty_file, faulty_made; /* all of it; a request to make */
};

/* What options_parse() was asked for. */
enum options_action {
	OPTIONS_RUN,
	OPTIONS_HELP, /* on options->operation, if that is not NULL */
	OPTIONS_HELP_ALL,
	OPTIONS_VERSION,
	OPTIONS_DUMP_CONFIG /* options->dumped */
};

/*
 * Fills options from argv, the configuration file and the defaults, in this
 * order, and checks that nothing is missing that the operation requires.  Sets
 * up the log by -v, -d, --quiet and --no-warn; if the operation diagnoses, the
 * warnings are still held, and errors of the file are in faults.  Overwrites
 * secrets in argv, so that ps(1) does not show them.  After reporting: ST_ERROR
 * for misuse, ST_FILE for a configuration file that cannot be used.  options
 * must be freed in any case.
 */
enum status options_parse(struct options *options, enum options_action *action,
    int argc, char **argv);
void options_free(struct options *options);

/*
 * ST_ERROR after reporting if an output of the command is also another of its
 * files, or if two of them are standard input or standard output.  Sends
 * status lines to stderr if a file goes to standard output.
 */
enum status options_check_files(const struct options *options);

#endif
