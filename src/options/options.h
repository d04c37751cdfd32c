/* options.h: the option table, and all that is derived from it. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "keys/engine.h"
#include "ops/ops.h"
#include "scep/scep.h"
#include "util/status.h"

#define POLL_INTERVAL_DEFAULT 300
#define POLL_TIME_DEFAULT     28800
#define POLL_COUNT_DEFAULT    256
#define TIMEOUT_DEFAULT       120

struct list {
	char **items;
	size_t count;
};

/* P3 */
enum renewal {
	RENEWAL_AUTO = 0,
	RENEWAL_RENEWALREQ = 17,
	RENEWAL_PKCSREQ = 19
};

/*
 * What the user asked for, defaults filled in.  Owns its strings; a string
 * that was not given is NULL.  Files are named, not opened.
 */
struct options {
	const struct operation *operation;

	char *url, *proxy, *config, *ca_identifier;
	char *engine; /* -g: an engine, or the section that describes it */
	struct engine_options engine_options;
	char *ca_cert; /* -c */
	/* -E -S -F, names of algs.h; NULL: the best announced */
	char *enc_alg, *sig_alg, *fp_alg;
	struct list monitor; /* -M, each name=value */
	int wait;            /* -W, seconds */
	int timeout;         /* --timeout, seconds */
	int max_size;        /* --max-size, bytes; 0: by operation */
	bool verbose, debug, quiet, json, legacy;
	unsigned int tolerate; /* bits of enum tolerate */
	char *capabilities;
	struct list ca_fingerprints; /* each taken by pin_parse() */

	char *key, *request, *sign_key, *sign_cert; /* -k -r -K -O */
	char *local_cert, *enc_cert, *selfsigned;   /* -l -e -L */
	char *dump_request;                         /* -m */
	char *chain, *transaction_id;
	enum renewal renewal;
	int poll_interval, poll_time, poll_count; /* -t -T -n */
	bool resume;                              /* -R */
	char *ca_chain, *serial, *output;         /* -C -s -w */

	char *passin, *sign_passin, *tls_passin;
	struct list providers, provider_paths;
	bool rsa_oaep, rsa_pss;
	char *tls_ca_file, *tls_ca_dir, *tls_cert, *tls_key;
	bool tls_insecure;
};

/* What options_parse() found to do. */
enum options_action { OPTIONS_RUN, OPTIONS_HELP, OPTIONS_VERSION };

/*
 * Fills options from argv, then the configuration file, then defaults, and
 * checks that all that the operation needs is there.  Sets the log's level
 * as soon as -v, -d or --quiet is known.  Secrets in argv are overwritten once
 * they are copied, so that ps(1) does not show them.  After reporting: ST_ERROR
 * for misuse, ST_FILE for a configuration file that cannot be used.
 * options is valid, to be freed, whatever is returned.
 */
enum status options_parse(struct options *options, enum options_action *action,
    int argc, char **argv);
void options_free(struct options *options);

/*
 * The texts made from the table: --help, --version, the option list of
 * sscep(1), the key list of sscep.conf(5), and the sample sscep.conf.
 */
void options_print_usage(FILE *out, const char *program);
void options_print_version(FILE *out);
void options_print_man_options(FILE *out);
void options_print_man_keys(FILE *out);
void options_print_sample(FILE *out);
/* The effective configuration in the new syntax, read back unchanged. */
void options_print_effective(FILE *out, const struct options *options);

#endif
