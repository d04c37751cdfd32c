/*
 * Unit test of src/options/.  contract[] repeats what the manual promises: each
 * option is tried by letter, by long name and its abbreviations, and by key in
 * each section.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options/guess.h"
#include "options/print.h"
#include "options/table.h"
#include "util/ascii.h"
#include "util/log.h"

/* After log.h, whose fail() it hides. */
#include <cmocka.h>

#include "run.h"

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))
#define HINT      ". Try 'P --help'\n"
#define NO_SOURCE \
	"not a source of a pass phrase: expected pass:, env:, file: or fd: " \
	"followed by a value, or stdin"

/* Operations that do nothing stand in for those of src/ops. */

static enum status run_nothing(struct session *session)
{
	(void)session;
	return ST_OK;
}

#define OPERATION(upper, lower) \
	const struct operation op_##lower = {.op = OP_##upper, \
	    .name = #lower, \
	    .help = "Help on " #lower, \
	    .run = run_nothing, \
	    .borrows = OP_##upper == OP_CHECK ? OP_ENROLL | OP_RENEW : 0};
OPS_LIST(OPERATION)

/* The operations that an option is for, and a value that is not its default. */

enum kind { STR, NUM, FLG, LST, TOL, REN, WRN, NONE };

struct promise {
	unsigned int ops;
	char letter;
	const char *name, *key;
	enum kind kind;
	size_t offset;
	const char *value;
};

#define ALL    TABLE_OPS_ALL
#define CA     (OP_GETCA | OP_GETNEXTCA)
#define QUERY  (OP_GETCERT | OP_GETCRL)
#define ENROLS (OP_ENROLL | OP_CHECK)
#define RENEWS (OP_RENEW | OP_CHECK)
#define MAKES  (ENROLS | RENEWS)
#define SIGNED (MAKES | QUERY)
#define O(f)   offsetof(struct options, f)

/* clang-format off */
static const struct promise contract[] = {
	{ALL, 'u', "url", "URL", STR, O(url), "http://h/p"},
	{ALL, 'p', "proxy", "Proxy", STR, O(proxy), "h:8080"},
	{ALL, 'f', "config", NULL, NONE, 0, "x"},
	{ALL & ~(unsigned int)OP_GETCAPS, 'c', "ca-cert", "CACertFile", STR,
	    O(ca_cert), "x.crt"},
	{ALL, 'i', "ca-identifier", "CAIdentifier", STR, O(ca_identifier), "x y"},
	{ALL, 'E', "enc-alg", "EncAlgorithm", STR, O(enc_alg), "aes256"},
	{ALL, 'S', "sig-alg", "SigAlgorithm", STR, O(sig_alg), "sha384"},
	{ALL, 'W', "wait", "Wait", NUM, O(wait), "7"},
	{ALL, 'M', "monitor", "MonitorInformation", LST, O(monitor), "a=b"},
	{ALL, 'v', "verbose", "Verbose", FLG, O(verbose), NULL},
	{ALL, 'd', "debug", "Debug", FLG, O(debug), NULL},
	{ALL, 0, "dump-config", NULL, NONE, 0, NULL},
	{ALL, 'H', NULL, NULL, NONE, 0, NULL},
	{ALL, 'h', "help", NULL, NONE, 0, NULL},
	{ALL, 0, "help-all", NULL, NONE, 0, NULL},
	{ALL, 0, "version", NULL, NONE, 0, NULL},
	{ALL, 0, "legacy", "Legacy", FLG, O(legacy), NULL},
	{ALL, 0, "timeout", "Timeout", NUM, O(timeout), "7"},
	{ALL, 0, "max-size", "MaxReplySize", NUM, O(max_size), "7"},
	{ALL, 0, "quiet", "Quiet", FLG, O(quiet), NULL},
	{CA, 'F', "fingerprint", "FingerPrint", STR, O(fp_alg), "sha1"},
	{OP_GETNEXTCA, 'C', "ca-chain", "ChainRootCACertFile", STR,
	    O(ca_chain), "x.crt"},
	{OP_GETNEXTCA, 'w', "signer-cert", "SignerCertificateFile", STR,
	    O(output), "x.crt"},
	{SIGNED, 'k', "key", "PrivateKeyFile", STR, O(key), "x.key"},
	{MAKES, 'r', "request", "CertReqFile", STR, O(request), "x.csr"},
	{SIGNED, 'l', "cert", "LocalCertFile", STR, O(local_cert), "x.crt"},
	{ENROLS, 'K', "sign-key", "SignKeyFile", STR, O(sign_key), "x.key"},
	{ENROLS, 'O', "sign-cert", "SignCertFile", STR, O(sign_cert), "x.crt"},
	{OP_GETCERT, 'O', "issuer-cert", "SignCertFile", STR, O(sign_cert), "x"},
	{OP_GETCRL, 'O', "target-cert", "SignCertFile", STR, O(sign_cert), "x"},
	{ENROLS, 'L', "selfsigned", "SelfSignedFile", STR, O(selfsigned), "x"},
	{MAKES, 't', "poll-interval", "PollInterval", NUM,
	    O(poll_interval), "7"},
	{MAKES, 'T', "poll-time", "MaxPollTime", NUM, O(poll_time), "7"},
	{MAKES, 'n', "poll-count", "MaxPollCount", NUM, O(poll_count), "7"},
	{ENROLS, 'R', "resume", "Resume", FLG, O(resume), NULL},
	{MAKES, 0, "renewal", "RenewalMessage", REN, O(renewal), "19"},
	{QUERY, 's', "serial", "GetCertSerial", STR, O(serial), "AA:BB"},
	{OP_GETCERT, 'w', "output", "GetCertFile", STR, O(output), "x.crt"},
	{OP_GETCRL, 'w', "output", "GetCrlFile", STR, O(output), "x.crl"},
	{OP_GETCRL, 0, "if-due", "IfDue", FLG, O(if_due), NULL},
	{RENEWS | OP_GETCRL, 0, "renew-before", "RenewBefore", STR,
	    O(renew_before), "12h"},
	{SIGNED, 'e', "enc-cert", "EncCertFile", STR, O(enc_cert), "x.crt"},
	{ENROLS | QUERY, 'm', "dump-request", "DumpRequestFile", STR, O(dump_request), "x.pem"},
	{SIGNED | CA, 0, "tolerate", "Tolerate", TOL, O(tolerate),
	    "clock"},
	{SIGNED, 0, "transaction-id", "TransactionID", STR, O(transaction_id),
	    "A-1"},

	{ALL, 'g', "engine", "engine", STR, O(engine), "pkcs11"},
	{ALL, 0, "json", "JSON", FLG, O(json), NULL},
	{ALL, 0, "no-warn", "NoWarn", WRN, O(no_warn), "long-get,chain"},
	{ALL, 0, "capabilities", "Capabilities", STR, O(capabilities), "AES"},
	{ALL, 0, "provider", "Provider", LST, O(providers), "x"},
	{ALL, 0, "provider-path", "ProviderPath", LST, O(provider_paths), "x"},
	{ALL, 0, "tls-ca-file", "TLSCAFile", STR, O(tls_ca_file), "x"},
	{ALL, 0, "tls-ca-dir", "TLSCADir", STR, O(tls_ca_dir), "x"},
	{ALL, 0, "tls-cert", "TLSCertFile", STR, O(tls_cert), "x"},
	{ALL, 0, "tls-key", "TLSKeyFile", STR, O(tls_key), "x"},
	{ALL, 0, "tls-passin", "TLSKeyPassword", STR, O(tls_passin),
	    "pass:swordfish"},
	{ALL, 0, "tls-insecure", "TLSInsecure", FLG, O(tls_insecure), NULL},
	{SIGNED | OP_GETCA, 0, "ca-fingerprint", "CAFingerprint", LST,
	    O(ca_fingerprints), "00112233445566778899aabbccddeeff"},
	{MAKES | OP_GETCERT, 0, "chain", "ChainFile", STR, O(chain), "x"},
	{SIGNED, 0, "passin", "KeyPassword", STR, O(passin), "pass:swordfish"},
	{ENROLS, 0, "sign-passin", "SignKeyPassword", STR, O(sign_passin),
	    "pass:swordfish"},
	{MAKES, 0, "new-key", "NewKey", STR, O(new_key), "ec:P-256"},
	{MAKES, 0, "key-passout", "NewKeyPassword", STR, O(key_passout),
	    "pass:swordfish"},
	{MAKES, 0, "subject", "Subject", STR, O(subject), "/C=FI/CN=x"},
	{MAKES, 0, "san", "SubjectAltName", LST, O(altnames),
	    "DNS:x,IP:192.0.2.1"},
	{MAKES, 0, "eku", "ExtendedKeyUsage", LST, O(purposes),
	    "serverAuth"},
	{MAKES, 0, "ku", "KeyUsage", FLG, O(key_usage), NULL},
	{MAKES, 0, "template", "CertTemplateName", STR, O(cert_template),
	    "x"},
	{MAKES, 0, "challenge", "Challenge", STR, O(challenge),
	    "pass:swordfish"},
	{SIGNED, 0, "rsa-oaep", "RSAOAEP", FLG, O(rsa_oaep), NULL},
	{SIGNED, 0, "rsa-pss", "RSAPSS", FLG, O(rsa_pss), NULL},

	{RENEWS, 0, "force", NULL, NONE, 0, NULL},
	{RENEWS, 0, "dry-run", NULL, NONE, 0, NULL},
	{RENEWS, 0, "forget", NULL, NONE, 0, NULL},
	{RENEWS, 0, "renew-with", "RenewWith", STR, O(renew.with),
	    "certificate"},
	{RENEWS, 0, "bundle", "BundleFile", STR, O(renew.bundle), "x"},
	{RENEWS, 0, "fullchain", "FullChainFile", STR, O(renew.fullchain), "x"},
	{RENEWS, 0, "key-mode", "KeyMode", STR, O(renew.key_mode), "640"},
	{RENEWS, 0, "cert-mode", "CertMode", STR, O(renew.cert_mode), "0644"},
	{RENEWS, 0, "owner", "Owner", STR, O(renew.owner), "x:y"},
	{RENEWS, 0, "wait-lock", "WaitLock", NUM, O(renew.wait_lock), "7"},
	{RENEWS, 0, "jitter", "Jitter", NUM, O(renew.jitter), "7"},
	{RENEWS, 0, "hook", "Hook", STR, O(renew.hook), "x"},
	{RENEWS, 0, "hook-timeout", "HookTimeout", NUM, O(renew.hook_timeout),
	    "7"},
	{RENEWS, 0, "hook-optional", "HookOptional", FLG,
	    O(renew.hook_optional), NULL},

	{OP_CHECK, 0, "local", NULL, FLG, O(check_local), NULL},
	{OP_CHECK, 0, "next", NULL, FLG, O(check_next), NULL},
};
/* clang-format on */

/* Adds the options that the operation requires, except that of letter but. */
static void add_required(struct run *r, enum op op, char but)
{
	static const struct {
		const char *letter;
		unsigned int ops;
	} required[] = {
	    {"-u", ALL},
	    {"-c", CA | SIGNED},
	    {"-C", OP_GETNEXTCA},
	    {"-k", SIGNED},
	    {"-r", OP_ENROLL},
	    {"-l", SIGNED},
	    {"-s", OP_GETCERT},
	    {"-w", QUERY},
	};
	size_t i;

	for (i = 0; i < NITEMS(required); i++) {
		if (!(required[i].ops & op) || required[i].letter[1] == but)
			continue;
		run_add(r, required[i].letter);
		run_add(r, "required");
	}
	if ((op & ENROLS) && (but == 'K' || but == 'O')) {
		run_add(r, but == 'K' ? "-O" : "-K");
		run_add(r, "required");
	}
}

/* The same for the options of a request that is made. */
static void add_required_for(struct run *r, enum op op, const struct promise *p)
{
	const char *field = (const char *)&r->options + p->offset;

	add_required(r, op, p->letter);
	if (field < (const char *)&r->options.new_key ||
	    field >= (const char *)&r->options.passin)
		return;
	if (strcmp(p->name, "subject") != 0)
		run_add(r, "--subject=/CN=x");
	if (strcmp(p->name, "new-key") != 0)
		run_add(r, "--new-key=ec:P-256");
}

static bool has_value(const struct options *o, const struct promise *p)
{
	const char *field = (const char *)o + p->offset;
	const struct list *list;
	const char *string;

	switch (p->kind) {
	case STR:
		string = *(char *const *)(const void *)field;
		return string != NULL && strcmp(string, p->value) == 0;
	case NUM:
		return *(const int *)(const void *)field ==
		    strtol(p->value, NULL, 10);
	case FLG:
		return *(const bool *)(const void *)field;
	case LST:
		list = (const struct list *)(const void *)field;
		return list->count == 1 && strcmp(*list->items, p->value) == 0;
	case TOL:
		return *(const unsigned int *)(const void *)field ==
		    TOLERATE_CLOCK;
	case REN:
		return *(const enum renewal *)(const void *)field ==
		    RENEWAL_PKCSREQ;
	case WRN:
		return ((const bool *)(const void *)field)[WARN_LONG_GET] &&
		    !((const bool *)(const void *)field)[WARN_NO_CHAIN];
	case NONE:
		break;
	}
	return false;
}

/* Parses the arguments and the file of r; the option must have its value. */
static void expect_kept(
    struct run *r, const struct promise *p, const char *where)
{
	run_parse(r);
	if (r->status != ST_OK || r->action != OPTIONS_RUN ||
	    !has_value(&r->options, p))
		fail_msg("%s %s: %s", p->name, where, r->said);
	run_end(r);
}

/* The ways to give an option on the command line. */
enum way { LETTER, LETTER_JOINED, LONG, LONG_EQUALS, WAYS };

static void try_argv(
    const struct operation *op, const struct promise *p, enum way way)
{
	bool letter = way == LETTER || way == LETTER_JOINED;
	bool joined = way == LETTER_JOINED || way == LONG_EQUALS;
	char arg[256];
	struct run r;

	if ((letter ? p->letter == 0 : p->name == NULL) ||
	    (joined && p->value == NULL))
		return;
	run_start(&r, op->name);
	add_required_for(&r, op->op, p);
	if (letter)
		snprintf(arg, sizeof(arg), "-%c%s", p->letter,
		    joined ? p->value : "");
	else
		snprintf(arg, sizeof(arg), "--%s%s%s", p->name,
		    joined ? "=" : "", joined ? p->value : "");
	run_add(&r, arg);
	if (!joined && p->value != NULL)
		run_add(&r, p->value);
	expect_kept(&r, p, arg);
}

static void every_option_by_letter_and_name(void **state)
{
	size_t i, j;
	enum way way;

	(void)state;
	for (i = 0; i < NITEMS(contract); i++)
		for (j = 0; j < OPS_COUNT; j++)
			for (way = LETTER; way < WAYS; way++)
				if (contract[i].kind != NONE &&
				    (contract[i].ops & ops_all[j]->op))
					try_argv(ops_all[j], &contract[i], way);
}

static size_t count_names(const char *start, size_t len, unsigned int op)
{
	size_t i, n = 0;

	for (i = 0; i < NITEMS(contract); i++)
		n += contract[i].name != NULL && (contract[i].ops & op) &&
		    strncmp(contract[i].name, start, len) == 0;
	return n;
}

static void try_prefix(
    const struct operation *op, const struct promise *p, size_t len)
{
	char arg[64], want[128];
	struct run r;

	run_start(&r, op->name);
	add_required_for(&r, op->op, p);
	snprintf(arg, sizeof(arg), "--%.*s", (int)len, p->name);
	run_add(&r, arg);
	if (p->value != NULL)
		run_add(&r, p->value);
	if (count_names(p->name, len, op->op) == 1 || p->name[len] == '\0') {
		expect_kept(&r, p, arg);
		return;
	}
	run_parse(&r);
	/* These are whole names of other options, so not ambiguous. */
	snprintf(want, sizeof(want), "option %s is ambiguous: --", arg);
	if (strstr(r.said, want) == NULL && strcmp(arg, "--provider") != 0 &&
	    strcmp(arg, "--key") != 0 && strcmp(arg, "--cert") != 0 &&
	    strcmp(arg, "--wait") != 0 && strcmp(arg, "--hook") != 0)
		fail_msg("%s %s: %s", op->name, arg, r.said);
	run_end(&r);
}

static void every_beginning_of_a_name(void **state)
{
	size_t i, j, len;

	(void)state;
	for (i = 0; i < NITEMS(contract); i++)
		for (j = 0; j < OPS_COUNT; j++)
			for (len = 1; contract[i].kind != NONE &&
			     contract[i].name != NULL &&
			     (contract[i].ops & ops_all[j]->op) &&
			     len <= strlen(contract[i].name);
			     len++)
				try_prefix(ops_all[j], &contract[i], len);
}

static void try_key(const struct operation *op, const struct promise *p,
    const char *section, const char *key, const char *format)
{
	const char *value = p->value != NULL ? p->value : "yes";
	char text[256], line[128];
	struct run r;

	snprintf(line, sizeof(line), format, key, value);
	snprintf(text, sizeof(text), "%s%s%s%s\n", section != NULL ? "[" : "",
	    section != NULL ? section : "", section != NULL ? "]\n" : "", line);
	run_write_file(text);
	run_start(&r, op->name);
	add_required_for(&r, op->op, p);
	run_add(&r, "-f" RUN_FILE);
	expect_kept(&r, p, text);
}

static void every_option_by_key_in_each_section(void **state)
{
	static const char *const spellings[] = {
	    "SignCertKey", "SIGNCERTKEY", "signkeyfile"};
	static const struct promise sign_key = {
	    OP_ENROLL, 'K', "sign-key", NULL, STR, O(sign_key), "x.key"};
	const struct operation *op;
	const struct promise *p;
	char section[64];
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(contract) * OPS_COUNT; i++) {
		p = &contract[i / OPS_COUNT];
		op = ops_all[i % OPS_COUNT];
		if (p->key == NULL || !(p->ops & op->op))
			continue;
		snprintf(section, sizeof(section), "sscep_%s", op->name);
		try_key(op, p, section, p->key, "%s = %s");
		try_key(op, p, "sscep", p->key, "%s=\"%s\"");
		try_key(op, p, NULL, p->key, "%s %s");
		try_key(op, p, NULL, p->key, "\"%s\"\t\"%s\"");
		for (j = 0; section[j] != '\0'; j++)
			if (section[j] >= 'a' && section[j] <= 'z')
				section[j] = (char)(section[j] - 'a' + 'A');
		try_key(op, p, section, p->key, "%s = %s");
	}
	for (i = 0; i < NITEMS(spellings); i++)
		try_key(
		    &op_enroll, &sign_key, "sscep", spellings[i], "%s = %s");
}

static void every_row_is_promised(void **state)
{
	const struct option_row *row;
	size_t i, j;
	unsigned int ops;

	(void)state;
	for (i = 0; i < table_row_count; i++) {
		row = &table_rows[i];
		ops = 0;
		for (j = 0; j < NITEMS(contract); j++)
			if (contract[j].letter == row->letter &&
			    (contract[j].name == NULL ||
				strcmp(contract[j].name, row->name) == 0))
				ops |= contract[j].ops;
		if ((ops & row->ops) != row->ops)
			fail_msg("row %zu, %s", i,
			    row->name != NULL ? row->name : "?");
	}
}

/* The table itself. */

/* demand.c can tell of these types only whether they are given. */
static void check_presence(const struct option_row *row)
{
	assert_non_null(row);
	if (row->type != TYPE_STRING && row->type != TYPE_FLAG)
		fail_msg("%s", row->name != NULL ? row->name : "?");
}

static void check_demands(const struct option_row *row)
{
	const char *p;
	size_t i;

	if (row->required != 0 || row->needs != 0)
		check_presence(row);
	for (p = row->unless; p != NULL && *p != '\0'; p++)
		check_presence(table_find_letter(*p, row->ops));
	if (row->needs != 0)
		check_presence(table_find_letter(row->needs, row->ops));
	if (row->serves != 0)
		check_presence(table_find_letter(row->serves, row->ops));
	for (i = 0; i < table_row_count; i++)
		if (table_names(row->instead, &table_rows[i]))
			check_presence(&table_rows[i]);
}

static void check_row(const struct option_row *row)
{
	const char *p;

	assert_true(row->ops != 0 && (row->ops | ALL) == ALL);
	assert_true(row->letter != 0 || row->name != NULL);
	assert_non_null(row->help);
	assert_true(strlen(row->help) > 10);
	assert_true(row->help[strlen(row->help) - 1] != '.');
	for (p = row->help; *p != '\0'; p++)
		assert_true(*p >= ' ' && *p < 0x7f && *p != '\\');
	assert_true((row->required & ~row->ops) == 0);
	assert_true((row->required != 0) == (row->what != NULL));
	assert_true(row->unless == NULL || row->required != 0);
	assert_true((row->idle & row->ops) == 0);
	assert_true(row->common || row->required == 0);
	if (row->type == TYPE_STRING || row->type == TYPE_NUMBER ||
	    row->type == TYPE_LIST || row->type == TYPE_TOLERATE ||
	    row->type == TYPE_RENEWAL || row->type == TYPE_NO_WARN)
		assert_non_null(row->arg);
	else
		assert_null(row->arg);
	if (row->type == TYPE_NUMBER)
		assert_true(row->def >= row->min ||
		    (row->def == 0 && row->example != NULL));
	if (row->key != NULL && row->arg != NULL)
		assert_true(row->example != NULL || row->type == TYPE_NUMBER);
	for (p = row->unless; p != NULL && *p != '\0'; p++)
		assert_true(table_find_letter(*p, row->ops)->ops & row->ops);
	if (row->needs != 0)
		assert_true(
		    table_find_letter(row->needs, row->ops)->ops & row->ops);
}

static void check_rows_differ(
    const struct option_row *a, const struct option_row *b)
{
	if (a->letter != 0 && a->letter == b->letter)
		assert_true(a->type == b->type && a->offset == b->offset);
	if (!(a->ops & b->ops))
		return;
	assert_true(a->letter == 0 || a->letter != b->letter);
	if (a->name != NULL && b->name != NULL)
		assert_string_not_equal(a->name, b->name);
	if (b->key != NULL)
		assert_false(table_has_key(a, b->key));
	if (b->alias != NULL)
		assert_false(table_has_key(a, b->alias));
}

static void the_table_is_sound(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < table_row_count; i++) {
		check_row(&table_rows[i]);
		check_demands(&table_rows[i]);
		for (j = i + 1; j < table_row_count; j++)
			check_rows_differ(&table_rows[i], &table_rows[j]);
	}
}

static void defaults_are_filled_in(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	add_required(&r, OP_ENROLL, 0);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_string_equal(r.said, "");
	assert_ptr_equal(r.options.operation, &op_enroll);
	assert_int_equal(r.options.poll_interval, 300);
	assert_int_equal(r.options.poll_time, 28800);
	assert_int_equal(r.options.poll_count, 256);
	assert_int_equal(r.options.timeout, 120);
	assert_int_equal(r.options.max_size, 0);
	assert_int_equal(r.options.wait, 0);
	assert_int_equal(r.options.renewal, RENEWAL_AUTO);
	assert_int_equal(r.options.tolerate, 0);
	assert_null(r.options.enc_alg);
	assert_null(r.options.sig_alg);
	assert_null(r.options.ca_identifier);
	assert_int_equal(r.options.monitor.count, 0);
	assert_false(r.options.verbose || r.options.debug || r.options.quiet ||
	    r.options.legacy || r.options.resume);
	run_end(&r);
}

/* Precedence. */

/* The sources of a value, as bits; the lowest bit that is set wins. */
enum {
	FROM_ARGV = 1,
	FROM_OWN = 2,
	FROM_COMMON = 4,
	FROM_DEFAULT = 8,
	FROM_OTHER = 16
};

static void try_precedence(const struct operation *op, const struct promise *p,
    unsigned int sources, const char *other)
{
	static const char *const values[] = {
	    "argv", "own", "common", "default", "other"};
	const char *want = NULL, *got;
	char text[512], arg[64];
	struct run r;
	size_t i;

	for (i = 0; i < NITEMS(values) && want == NULL; i++)
		if (sources & 1u << i)
			want = values[i];
	/* The order of the sections in the file does not matter. */
	snprintf(text, sizeof(text),
	    "%s%s%s\n[sscep_%s]\n%s%s\n[sscep]\n%s%s\n[default]\n%s%s\n", other,
	    sources & FROM_OTHER ? p->key : "",
	    sources & FROM_OTHER ? " = other" : "", op->name,
	    sources & FROM_OWN ? p->key : "",
	    sources & FROM_OWN ? " = own" : "",
	    sources & FROM_COMMON ? p->key : "",
	    sources & FROM_COMMON ? " = common" : "",
	    sources & FROM_DEFAULT ? p->key : "",
	    sources & FROM_DEFAULT ? " = default" : "");
	run_write_file(text);
	run_start(&r, op->name);
	add_required_for(&r, op->op, p);
	if (op->op == OP_ENROLL)
		run_add(&r, "-mm");
	run_add(&r, "-f" RUN_FILE);
	snprintf(arg, sizeof(arg), "-%cargv", p->letter);
	if (sources & FROM_ARGV)
		run_add(&r, arg);
	run_parse(&r);
	got = *(char **)(void *)((char *)&r.options + p->offset);
	if (r.status != ST_OK || r.said[0] != '\0' ||
	    (want == NULL) != (got == NULL) ||
	    (want != NULL && strcmp(want, got) != 0))
		fail_msg("%s %s from %u: %s %s", op->name, p->name, sources,
		    got != NULL ? got : "-", r.said);
	run_end(&r);
}

static void precedence(void **state)
{
	static const struct promise local = {
	    OP_ENROLL, 'l', "cert", "LocalCertFile", STR, O(local_cert), NULL};
	static const struct promise issuer = {OP_GETCERT, 'O', "issuer-cert",
	    "SignCertFile", STR, O(sign_cert), NULL};
	static const struct promise serial = {
	    OP_GETCRL, 's', "serial", "GetCertSerial", STR, O(serial), NULL};
	unsigned int sources;

	(void)state;
	for (sources = 0; sources < FROM_OTHER; sources++)
		try_precedence(&op_enroll, &local, sources, "");
	for (sources = 0; sources < 2 * FROM_OTHER; sources++) {
		try_precedence(
		    &op_getcert, &issuer, sources, "[sscep_enroll]\n");
		try_precedence(
		    &op_getcrl, &issuer, sources, "[sscep_enroll]\n");
		try_precedence(
		    &op_getcrl, &serial, sources, "[sscep_getcert]\n");
	}
}

/* Messages: the file, the arguments, the status and the whole text. */

struct saying {
	const char *file; /* NULL: none */
	const char *args[12];
	enum status status;
	const char *said;
};

#define ENROLL "enroll", "-uu", "-cc", "-kk", "-rr", "-ll"

static const struct saying misuse[] = {
    {NULL, {"enrolment"}, ST_ERROR,
	"P: unknown operation enrolment (did you mean enroll?)" HINT},
    {NULL, {"enrlol"}, ST_ERROR,
	"P: unknown operation enrlol (did you mean enroll?)" HINT},
    {NULL, {"getnext"}, ST_ERROR,
	"P: unknown operation getnext (did you mean getnextca?)" HINT},
    {NULL, {"getn"}, ST_ERROR,
	"P: unknown operation getn (did you mean getca?)" HINT},
    {NULL, {"get"}, ST_ERROR,
	"P: unknown operation get (did you mean getca?)" HINT},
    {NULL, {"enr"}, ST_ERROR, "P: unknown operation enr" HINT},
    {NULL, {"getc", "-uu"}, ST_ERROR,
	"P: operation getc is ambiguous: getca, getcert, getcrl, "
	"getcaps" HINT},
    {NULL, {"frobnicate"}, ST_ERROR, "P: unknown operation frobnicate" HINT},
    {NULL, {"versoin"}, ST_ERROR,
	"P: unknown operation versoin (did you mean version?)" HINT},
    {NULL, {"GETC"}, ST_ERROR,
	"P: unknown operation GETC (did you mean getca?)" HINT},
    {NULL, {"GETCA"}, ST_ERROR,
	"P: unknown operation GETCA (did you mean getca?)" HINT},
    {NULL, {"GetNextCA"}, ST_ERROR,
	"P: unknown operation GetNextCA (did you mean getnextca?)" HINT},
    {NULL, {"GETCACERT"}, ST_ERROR,
	"P: unknown operation GETCACERT (did you mean getcert?)" HINT},
    {NULL, {"a\x1b\n"}, ST_ERROR, "P: unknown operation a\\x1b\\x0a" HINT},
    {NULL, {""}, ST_ERROR, "P: unknown operation \"\"" HINT},
    {NULL, {"help", "unknown"}, ST_ERROR, "P: unknown operation unknown" HINT},
    {NULL, {"help", "getc"}, ST_ERROR,
	"P: operation getc is ambiguous: getca, getcert, getcrl, "
	"getcaps" HINT},
    {NULL, {"-u", "x"}, ST_ERROR, "P: the operation must come first" HINT},
    {NULL, {"--", "getca"}, ST_ERROR, "P: the operation must come first" HINT},
    {NULL, {"--hepl"}, ST_ERROR,
	"P: unknown option --hepl (did you mean --help?)" HINT},
    {NULL, {"getca", "--foo"}, ST_ERROR, "P: unknown option --foo" HINT},
    {NULL, {"getca", "--=x"}, ST_ERROR, "P: unknown option --" HINT},
    {NULL, {"enroll", "--kye=secret"}, ST_ERROR,
	"P: unknown option --kye (did you mean --key?)" HINT},
    {NULL, {"getca", "-Z"}, ST_ERROR, "P: unknown option -Z" HINT},
    {NULL, {"getca", "-vZ"}, ST_ERROR, "P: unknown option -Z" HINT},
    {NULL, {"getca", "-v\x1b"}, ST_ERROR, "P: unknown option -\\x1b" HINT},
    {NULL, {"enroll", "-passin", "pass:phrase"}, ST_ERROR,
	"P: unknown option -passin (did you mean --passin?)" HINT},
    {NULL, {"enroll", "-passin=pass:phrase"}, ST_ERROR,
	"P: unknown option -passin (did you mean --passin?)" HINT},
    {NULL, {"getca", "-url", "http://h/"}, ST_ERROR,
	"P: unknown option -url (did you mean --url?)" HINT},
    {NULL, {"getca", "-proxy", "h:1"}, ST_ERROR,
	"P: unknown option -proxy (did you mean --proxy?)" HINT},
    {NULL, {"getcaps", "-key", "x"}, ST_ERROR,
	"P: unknown option -key (did you mean --key?)" HINT},
    {NULL, {"pass:phrase", "getca"}, ST_ERROR,
	"P: unknown operation: the argument in its place looks like a pass "
	"phrase (pass:...)" HINT},
    {NULL, {"help", "u:p@h"}, ST_ERROR,
	"P: unknown operation: the argument in its place looks like "
	"user:password@host" HINT},
    {NULL, {"getca", "--ver"}, ST_ERROR,
	"P: option --ver is ambiguous: --verbose, --version" HINT},
    {NULL, {"--hel"}, ST_ERROR,
	"P: option --hel is ambiguous: --help, --help-all" HINT},
    {NULL, {"getca", "file", "-u"}, ST_ERROR,
	"P: warning: argument file is ignored: it is neither an option nor the "
	"value of one [extra-argument]\n"
	"P: option -u needs a value (url)" HINT},
    {NULL, {"getca", "-u"}, ST_ERROR, "P: option -u needs a value (url)" HINT},
    {NULL, {"getca", "--url"}, ST_ERROR,
	"P: option --url needs a value (url)" HINT},
    {NULL, {"getca", "--verbose=1"}, ST_ERROR,
	"P: option --verbose takes no value" HINT},
    {NULL, {"getca", "-u", ""}, ST_ERROR,
	"P: option -u: the value is empty" HINT},
    {NULL, {"getca", "--ca-cert="}, ST_ERROR,
	"P: option --ca-cert: the value is empty" HINT},

    {NULL, {"getca", "--no-warn", ""}, ST_ERROR,
	"P: option --no-warn: the value is empty" HINT},

    {NULL, {"getca", "-E", "aes1"}, ST_ERROR,
	"P: option -E: unknown cipher aes1 (did you mean aes?), not one of "
	"des|3des|blowfish|aes|aes128|aes192|aes256" HINT},
    {NULL, {"getca", "--capabilities", "AES,\033x SHA-1"}, ST_ERROR,
	"P: option --capabilities: unknown capability \\x1bx, not one of "
	"AES, DES3, GetNextCACert, POSTPKIOperation, Renewal, SHA-1, SHA-224, "
	"SHA-256, SHA-384, SHA-512, SCEPStandard" HINT},
    {NULL, {"getca", "-S", "sha"}, ST_ERROR,
	"P: option -S: unknown digest sha (did you mean sha1?), not one of "
	"md5|sha1|sha224|sha256|sha384|sha512" HINT},
    {NULL, {"getca", "--fing", "sha2567"}, ST_ERROR,
	"P: option --fingerprint: unknown digest sha2567 (did you mean "
	"sha256?), not one of "
	"md5|sha1|sha224|sha256|sha384|sha512" HINT},
    {NULL, {"enroll", "-n", "-1"}, ST_ERROR,
	"P: option -n: -1 is not a number from 0 to 2147483647" HINT},
    {NULL, {"enroll", "-n", "2147483648"}, ST_ERROR,
	"P: option -n: 2147483648 is not a number from 0 to 2147483647" HINT},
    {NULL, {"enroll", "-t", "5s"}, ST_ERROR,
	"P: option -t: 5s is not a number from 0 to 2147483647" HINT},
    {NULL, {"enroll", "-T", ""}, ST_ERROR,
	"P: option -T: the value is empty" HINT},
    {NULL, {"enroll", "--timeout", "0"}, ST_ERROR,
	"P: option --timeout: 0 is not a number from 1 to 2147483647" HINT},
    {NULL, {"enroll", "-M", "a"}, ST_ERROR,
	"P: option -M: a is not name=value" HINT},
    {NULL, {"enroll", "-M", "=a"}, ST_ERROR,
	"P: option -M: =a has no name before =" HINT},
    {NULL, {"enroll", "--transaction-id", "a_b"}, ST_ERROR,
	"P: option --transaction-id: a_b has characters that PrintableString "
	"does not allow" HINT},
    {NULL, {"enroll", "--transaction-id", ""}, ST_ERROR,
	"P: option --transaction-id: the value is empty" HINT},
    {NULL, {"enroll", "--renewal", "18"}, ST_ERROR,
	"P: option --renewal: unknown messageType 18, not one of "
	"auto|17|19" HINT},
    {NULL, {"enroll", "--renewal", "atuo"}, ST_ERROR,
	"P: option --renewal: unknown messageType atuo (did you mean auto?), "
	"not one of auto|17|19" HINT},
    {NULL, {"getca", "--capabilities", "AES,SHA256"}, ST_ERROR,
	"P: option --capabilities: unknown capability SHA256 (did you mean "
	"SHA-256?), not one of AES, DES3, GetNextCACert, POSTPKIOperation, "
	"Renewal, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, "
	"SCEPStandard" HINT},
    {NULL, {"getca", "-E", "DES-EDE-CBC"}, ST_ERROR,
	"P: option -E: unknown cipher DES-EDE-CBC, not one of "
	"des|3des|blowfish|aes|aes128|aes192|aes256" HINT},
    {NULL, {"enroll", "--tolerate", "nonce,cloc"}, ST_ERROR,
	"P: option --tolerate: unknown check cloc (did you mean clock?), not "
	"one of "
	"nonce,transaction-id,issuer,clock,ra,signer" HINT},
    {NULL, {"enroll", "--tolerate", ""}, ST_ERROR,
	"P: option --tolerate: the value is empty" HINT},

    {NULL, {"getca"}, ST_ERROR, "P: missing URL (-u, --url)" HINT},
    {NULL, {"getcaps"}, ST_ERROR, "P: missing URL (-u, --url)" HINT},
    {NULL, {"getca", "-uu"}, ST_ERROR,
	"P: missing CA certificate file (-c, --ca-cert)" HINT},
    {NULL, {"enroll", "-uu", "-cc"}, ST_ERROR,
	"P: missing private key (-k, --key)" HINT},
    {NULL, {"enroll", "-uu", "-cc", "-kk"}, ST_ERROR,
	"P: missing certificate request (-r, --request), or --subject to "
	"make one" HINT},
    {NULL, {"enroll", "-uu", "-cc", "-kk", "-rr"}, ST_ERROR,
	"P: missing file for the certificate (-l, --cert)" HINT},
    {NULL, {"enroll", "-uu", "-cc", "-Kk", "-rr", "-ll"}, ST_ERROR,
	"P: -K, --sign-key needs -O, --sign-cert" HINT},
    {NULL, {ENROLL, "-OO"}, ST_ERROR,
	"P: -O, --sign-cert needs -K, --sign-key" HINT},
    {NULL, {"getnextca", "-uu", "-cc"}, ST_ERROR,
	"P: missing current CA certificates (-C, --ca-chain)" HINT},
    {NULL, {"getcert", "-uu", "-cc", "-kk", "-ll", "-ww"}, ST_ERROR,
	"P: missing serial number (-s, --serial)" HINT},
    {NULL, {"getcrl", "-uu", "-cc", "-kk", "-ll"}, ST_ERROR,
	"P: missing file for the CRL (-w, --output)" HINT},
    {"Verbose no\n", {"enroll", "-uu", "-cc", "-f" RUN_FILE}, ST_ERROR,
	"P: missing private key (-k, --key, PrivateKeyFile)" HINT},

    {NULL, {ENROLL, "--passin", "swordfish"}, ST_ERROR,
	"P: option --passin: " NO_SOURCE HINT},
    {NULL, {"getca", "--tls-passin=Stdin"}, ST_ERROR,
	"P: option --tls-passin: " NO_SOURCE HINT},
    {NULL, {ENROLL, "--sign-passin", ""}, ST_ERROR,
	"P: option --sign-passin: the value is empty" HINT},
};

#define TAKEN(word, name) \
	"P: warning: operation " word " is taken for " name \
	"; write the whole name [abbreviated-operation]\n"
#define IGNORED(shown) \
	"P: warning: argument " shown \
	" is ignored: it is neither an option nor the value of one " \
	"[extra-argument]\n"

#define LIKE(what) \
	"P: warning: an argument that looks like " what \
	" is ignored: it is not the value of an option [extra-argument]\n"

static const struct saying warnings[] = {
    {NULL, {"getcr", "-uu", "-cc", "-kk", "-ll", "-ww"}, ST_OK,
	TAKEN("getcr", "getcrl")},
    {NULL, {"getca", "-uu", "file", "-cc"}, ST_OK, IGNORED("file")},
    {NULL, {"getca", "-uu", "-cc", "pass:phrase"}, ST_OK,
	LIKE("a pass phrase (pass:...)")},
    {NULL, {"getca", "-uu", "-cc", "--", "http://user:phrase@h:1"}, ST_OK,
	LIKE("user:password@host")},
    {NULL, {"getca", "-uu", "-cc", "name@example.org"}, ST_OK,
	IGNORED("name@example.org")},
    {NULL, {"getca", "-uu", "pkcs11:token=a?pin-value=1234", "-cc"}, ST_OK,
	LIKE("the URI of a key with a PIN")},
    {NULL, {"getca", "-uu", "-cc", "http://h/a?b", "pass", "pin:1"}, ST_OK,
	IGNORED("http://h/a?b") IGNORED("pass") IGNORED("pin:1")},
    {NULL, {"getca", "-uu", "-cc", ""}, ST_OK, IGNORED("\"\"")},
    {NULL, {"getca", "-uu", "-", "-cc"}, ST_OK, IGNORED("-")},
    {NULL, {"getca", "-uu", "-cc", "--", "-u", "\x1b[31m", "--"}, ST_OK,
	IGNORED("-u") IGNORED("\\x1b[31m") IGNORED("--")},
    {NULL, {"getca", "http://h/", "-cc"}, ST_ERROR,
	IGNORED("http://h/") "P: missing URL (-u, --url)" HINT},
    {NULL, {"getca", "-uu", "-cc", "-r", "x"}, ST_OK,
	"P: warning: option -r has no effect with getca [no-effect]\n"},
    {NULL, {"getca", "-uu", "-cc", "--poll-c=x"}, ST_OK,
	"P: warning: option --poll-count has no effect with getca "
	"[no-effect]\n"},
    {NULL, {"getca", "-uu", "-cc", "-R", "-m", "x"}, ST_OK,
	"P: warning: option -R has no effect with getca [no-effect]\n"
	"P: warning: option -m has no effect with getca [no-effect]\n"},
    {NULL,
	{"getcert", "-uu", "-cc", "-kk", "-ll", "-ss", "-ww", "--sign-cert=x"},
	ST_OK,
	"P: warning: option --sign-cert has no effect with getcert "
	"[no-effect]\n"},
    {NULL, {"getcaps", "-uu", "-r", "x", "--no-warn", "no-effect"}, ST_OK, ""},
    {NULL, {"getcaps", "-uu", "--no-warn", "chain, no-effect", "-r", "x"},
	ST_OK, ""},
    {NULL, {"getcaps", "-uu", "--no-warn", ","}, ST_OK, ""},
    {NULL, {"getcaps", "-uu", "--no-warn", "xyzzy"}, ST_OK,
	"P: warning: option --no-warn: unknown warning xyzzy "
	"[unknown-warning]\n"},
    {NULL, {"getcaps", "-uu", "--no-warn", "no-efect,no-chain"}, ST_OK,
	"P: warning: option --no-warn: unknown warning no-efect (did you mean "
	"no-effect?) [unknown-warning]\n"},
    {NULL, {"getcaps", "-uu", "--no-warn", "\033,unknown-warning"}, ST_OK, ""},
    {NULL, {"getcaps", "-uu", "--no-warn", "chain\033[m"}, ST_OK,
	"P: warning: option --no-warn: unknown warning chain\\x1b[m (did you "
	"mean chain?) [unknown-warning]\n"},
    {NULL, {"getcaps", "-uu", "--no-warn", "tls-insecure", "--no-warn=chain"},
	ST_OK,
	"P: warning: option --no-warn: the warning tls-insecure cannot be "
	"silenced [unknown-warning]\n"},
    /* They come before the error, whether the options are complete or not. */
    {NULL, {"getca", "-uu", "-R", "--frobnicate", "--no-warn", "no-effect"},
	ST_ERROR,
	"P: warning: option -R has no effect with getca [no-effect]\n"
	"P: unknown option --frobnicate" HINT},
    {NULL, {"getca", "-uu", "-R", "--no-warn", "no-effect"}, ST_ERROR,
	"P: missing CA certificate file (-c, --ca-cert)" HINT},
    {NULL, {"getcaps", "-uu", "-cx", "--ca-cert", "y"}, ST_OK, ""},
    {NULL, {"getcaps", "-uu", "-H", "-Eaes", "-Smd5", "-ii"}, ST_OK, ""},
    {NULL, {"getcaps", "-uu", "-i", ""}, ST_OK, ""},
    {NULL, {"enroll", "-uu", "-cc", "-rr", "-mx", "-kk"}, ST_OK, ""},
    {NULL, {"enroll", "-uu", "-cc", "-rr", "-ll", "-Kk", "-Oo"}, ST_OK, ""},
    {NULL, {ENROLL, "--"}, ST_OK, ""},
    /* Values that follow their letter, though it begins a long name. */
    {NULL,
	{"enroll", "-url.example", "-cert.pem", "-key.pem", "-request.csr",
	    "-local.crt"},
	ST_OK, ""},
    {NULL, {ENROLL, "-M", "a=", "--wait=0", "-n0", "-t0", "-T0"}, ST_OK, ""},
};

#define UFILE "getcaps", "-uu", "-f" RUN_FILE
#define AN_ESCAPE \
	" is an escape, for a control character; write / or \\\\ if a " \
	"backslash is meant\n"

#define DROPPED(c) \
	"the backslash before " c " is left out; write / or \\\\ " \
	"[config-syntax]\n"
#define EMPTY "the value is empty, and counts as absent [no-effect]\n"
#define CUT \
	"the # ends the value; quote it if the # belongs to it " \
	"[config-syntax]\n"
#define PIN_TEXT "00112233445566778899aabbccddeeff"
#define CUT_AT   "a # ends the value before an @: quote the value\n"

static const struct saying files[] = {
    {"x\n", {UFILE}, ST_FILE,
	"P: t.conf:1: x has no value: write KEY = VALUE\n"},
    {"\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Verbose = maybe\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Verbose: maybe is neither yes nor no\n"},
    /* Nothing behind = counts as absent, be it the last value. */
    {"Verbose =\nNoWarn = # none\nTimeout = \\\n\nengine =\n", {UFILE}, ST_OK,
	""},
    {"Timeout = x\nTimeout =\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: Timeout is given twice, this value is used "
	"[given-twice]\n"},
    {"Timeout = 1\nTimeout =\nTimeout 0\n", {UFILE}, ST_FILE,
	"P: warning: t.conf:3: Timeout is given twice, this value is used "
	"[given-twice]\n"
	"P: t.conf:3: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"[sscep_getcaps]\nTimeout = 3\nTimeout =\n[sscep]\nTimeout = 0\n", {UFILE},
	ST_FILE,
	"P: warning: t.conf:3: Timeout is given twice, this value is used "
	"[given-twice]\n"
	"P: t.conf:5: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Timeout = \" 10 \"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Timeout: \" 10 \" is not a number from 1 to "
	"2147483647\n"},
    {"Verbose = \"yes \"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Verbose: \"yes \" is neither yes nor no\n"},
    {"dri = /x\nurk = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key dri [unknown-key]\n"
	"P: warning: t.conf:2: unknown key urk (did you mean URL?) "
	"[unknown-key]\n"},
    /* So does one that is written as empty, or becomes so, with a warning. */
    {"[sscep_getcaps]\nTimeout ''\n[sscep]\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Timeout: '' is not a number from 1 to 2147483647\n"},
    {"[sscep_getcaps]\nTimeout = ''\n[sscep]\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: warning: t.conf:2: Timeout: " EMPTY
	"P: t.conf:4: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Proxy = ${ENV::SSCEP_EMPTY}\nResume \"\"\nKeyPassword = ''\n",
	{ENROLL, "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: Proxy: " EMPTY
	"P: warning: t.conf:2: Resume: " EMPTY
	"P: warning: t.conf:3: KeyPassword: " EMPTY},
    {"MonitorInformation = ''\nMonitorInformation = a=b\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: MonitorInformation: " EMPTY},
    /* A # that a name may have in it, unless a blank is before it. */
    {"[sscep_enroll]\nSubject = /CN=a#1\nSubjectAltName = URI:http://a/#1\n"
     "CertTemplateName = t#1\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:2: Subject: " CUT
	"P: warning: t.conf:3: SubjectAltName: " CUT
	"P: warning: t.conf:4: CertTemplateName: " CUT},
    {"[sscep_enroll]\nSubject = /CN=a #1\nSubjectAltName = 'DNS:a'\n"
     "CertTemplateName = \"t#1\"\nCertReqFile = a#1\n",
	{UFILE}, ST_OK, ""},
    /* Not where a check would be lost. */
    {"TLSCAFile = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSCAFile: the value is empty\n"},
    {"TLSCADir \"\"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSCADir: the value is empty\n"},
    {"EncAlgorithm = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: EncAlgorithm: the value is empty\n"},
    {"SigAlgorithm = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: SigAlgorithm: the value is empty\n"},
    {"Capabilities = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Capabilities: the value is empty\n"},
    {"NoWarn = ''\n", {UFILE}, ST_OK, "P: warning: t.conf:1: NoWarn: " EMPTY},
    {"Proxy \"\"\n", {UFILE}, ST_OK, "P: warning: t.conf:1: Proxy: " EMPTY},
    {"d =\nTLSCADir = $d\n", {UFILE}, ST_FILE,
	"P: t.conf:2: TLSCADir: the value is empty\n"},
    {"d =\nTimeout = $d\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: Timeout: " EMPTY},
    {"Verbose \"\"\n", {UFILE}, ST_OK, "P: warning: t.conf:1: Verbose: " EMPTY},
    {"CAIdentifier = ''\n", {UFILE}, ST_OK, ""},
    {"CAFingerprint = \"\"\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CAFingerprint: the value is empty\n"},
    {"CAFingerprint \"\"\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CAFingerprint: the value is empty\n"},
    {"pin = # later\nCAFingerprint = ${pin}\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:2: CAFingerprint: the value is empty\n"},
    {"CAFingerprint = # later\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: CAFingerprint has no value, and pins no CA "
	"[no-effect]\n"},
    {"CAFingerprint = " PIN_TEXT "\n[sscep_getca]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:3: CAFingerprint has no value; that of line 1 "
	"holds [no-effect]\n"},
    {"CAFingerprint =\nCAFingerprint = " PIN_TEXT "\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: CAFingerprint has no value; that of line 2 "
	"holds [no-effect]\n"},
    {"[sscep_enroll]\nCAFingerprint = " PIN_TEXT "\n[sscep]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:4: CAFingerprint has no value, and pins no CA "
	"[no-effect]\n"},
    {"[sscep_getca]\nCAFingerprint = " PIN_TEXT "\n[sscep]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK, ""},
    {"engine = e\n[e]\nengine_id = a\nENGINE_ID = b\nPIN = 1\nPIN = 2\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:4: ENGINE_ID is given twice, this value is used "
	"[given-twice]\n"},
    {"engine = e\n[e]\ndynamic_path = ''\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: dynamic_path: " EMPTY},
    {"d =\nengine = e\n[e]\nPIN = $d\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: PIN: " EMPTY},
    {"Xyzzy =\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    /* Escapes in paths and URLs, also by a variable. */
    {"CACertFile = C:\\new\\ca.crt\n", {"getca", "-uu", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CACertFile: \\n" AN_ESCAPE},
    {"d = C:\\temp\nTLSCADir = $d/x\n", {UFILE}, ST_FILE,
	"P: t.conf:2: TLSCADir: \\t" AN_ESCAPE},
    {"TLSKeyFile = \\root\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyFile: \\r" AN_ESCAPE},
    {"URL = http://h\\b\n", {UFILE}, ST_OK, ""},
    {"URL = http://h\\b\n", {"getcaps", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: URL: \\b" AN_ESCAPE},
    {"TLSKeyPassword = file:C:\\new\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: \\n" AN_ESCAPE},
    {"TLSKeyPassword = pass:a\\tb\nCAIdentifier = a\\tb\n"
     "TLSKeyFile = C:\\\\new\nTLSCADir C:\\new\nTLSCAFile = 'C:\\\\new'\n",
	{UFILE}, ST_OK, ""},
    {"TLSCADir = C:\\scep\\ca\nTLSCAFile = 'C:\\new'\n"
     "d = \"C:\\d\"\nTLSCertFile = $d/x\nCAIdentifier = a\\b\\c\n"
     "engine = e\n[e]\nMODULE_PATH = C:\\p11\nX = a\\c\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: TLSCADir: " DROPPED(
	    "s") "P: warning: t.conf:2: "
		 "TLSCAFile: " DROPPED("n") "P: warning: t.conf:4: "
					    "TLSCertFile: " DROPPED(
						"d") "P: warning: "
						     "t.conf:8: "
						     "MODULE_PATH:"
						     " " DROPPED("p")},
    {"URL = http://h\\x\nTLSKeyPassword = file:C:\\p\n"
     "SignKeyPassword = pass:\\p\nTLSKeyFile = a\\ \\#\\$\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: URL: " DROPPED(
	    "x") "P: warning: t.conf:2: TLSKeyPassword: " DROPPED("p")},
    /* What an unquoted # cuts off a secret. */
    {"KeyPassword = pass:a#b\nTLSKeyPassword = pass:a #b\n"
     "SignKeyPassword = \"pass:a#b\" # c\n",
	{UFILE}, ST_OK, "P: warning: t.conf:1: KeyPassword: " CUT},
    {"KeyPassword = file:a#b\n[e]\nPIN = 12#34\n[f]\nb = 1#2\nc = $b\n"
     "PIN = $c\n[sscep]\nengine = e\nCAIdentifier = a#b\n"
     "TLSKeyFile = pkcs11:?pin-value=1#2\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: KeyPassword: " CUT
	"P: warning: t.conf:3: PIN: " CUT "P: warning: t.conf:5: b: " CUT
	"P: warning: t.conf:6: c: " CUT "P: warning: t.conf:7: PIN: " CUT
	"P: warning: t.conf:11: TLSKeyFile: " CUT},
    {"Proxy = user:s3c#ret@h:80\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Proxy: " CUT_AT},
    {"URL = http://user:s3c#ret@h/\n", {"getcaps", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: URL: " CUT_AT},
    {"p = user:s3c#ret@h:80\nProxy = $p\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Proxy: " CUT_AT},
    {"Proxy = h:80#mine\nURL = http://u:p@h/ #a@b\n", {UFILE}, ST_OK, ""},
    /* A key that is used as a variable is known, and so is its section. */
    {"dir = /d\nTLSCADir = $dir/x\n", {UFILE}, ST_OK, ""},
    {"[p]\ndir = /d\n[sscep]\nTLSCADir = $p::dir/x\n", {UFILE}, ST_OK, ""},
    {"dir = /d\ndir = /e\nTLSCADir = $dir/x\ndir = /f\n", {UFILE}, ST_OK, ""},
    {"p::dir = /d\nTLSCADir = $p::dir/x\n", {UFILE}, ST_OK, ""},
    {"sscep_getcap::Timeout = 5\nTimeout = 6\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_getcap] (did you mean "
	"sscep_getca?) [unknown-section]\n"},
    {"[sscep_enroll]\nsscep::Timeout = 6\nssecp::Timeout = 5\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: unknown section [ssecp] (did you mean "
	"sscep?) [unknown-section]\n"},
    {"dir = /d\nTLSCADir $dir/x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key dir [unknown-key]\n"},
    {"[default]\nTimeout = 5\n", {UFILE}, ST_OK, ""},
    {"sscep_getcaps::Timeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {".include /etc/sscep.conf\n", {UFILE}, ST_FILE,
	"P: t.conf:1: .include is not supported in this file: copy the lines "
	"of "
	"the other file to this place\n"},
    {"", {UFILE}, ST_OK, ""},
    {"Xyzzy = 1\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    {"sigalgorithm SHA-512\nEncAlgorithm AES-256-CBC\n", {UFILE}, ST_OK, ""},
    {"sigalgorithm SHA2566\n", {UFILE}, ST_FILE,
	"P: t.conf:1: sigalgorithm: unknown digest SHA2566 (did you mean "
	"sha256?), not one of md5|sha1|sha224|sha256|sha384|sha512\n"},
    {"Proxy =\nCAIdentifier =\n", {UFILE}, ST_OK, ""},
    {"TLSKeyPassword = swordfish\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = env:\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = file:\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = pass:\n", {UFILE}, ST_OK, ""},
    {"KeyPassword:pass:my s3cret\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key KeyPassword [unknown-key]\n"},
    {"engine = e\n[e]\nPIN = 1\n", {UFILE}, ST_OK, ""},
    {"engine = e\n[e]\ncmds = f\n[f]\nPIN = 1\n", {UFILE}, ST_OK, ""},
    {"engine = e\n[e]\ndynamic_path = C:\\new.so\n", {UFILE}, ST_FILE,
	"P: t.conf:3: dynamic_path: \\n" AN_ESCAPE},
    {"engine = e\n[e]\nMODULE_PATH = C:\\new.so\n", {UFILE}, ST_FILE,
	"P: t.conf:3: MODULE_PATH: \\n" AN_ESCAPE},
    {"engine = e\n[e]\ncmds = f\n", {UFILE}, ST_FILE,
	"P: t.conf: there is no section [f] (cmds of [e])\n"},
    {"engine = e\033\n[e\033]\ncmds = f\\n\n", {UFILE}, ST_FILE,
	"P: t.conf: there is no section [f\\x0a] (cmds of [e\\x1b])\n"},
    {"engine = e\n[e]\nengine_id = \"\"\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: engine_id: " EMPTY},
    {"empty = ''\nengine = e\n[e]\nengine_id = $empty\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: engine_id: " EMPTY},
    {"engine = e\n[e]\nA\033 = ''\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: A\\x1b: " EMPTY},
    {"[sscep_engine]\nengine_id = x\n[sscep_engine_pkcs11]\nPIN = 1\n", {UFILE},
	ST_OK, ""},
    {"[sscep_enginex]\nPIN = 1\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_enginex] (did you mean "
	"sscep_engine?) [unknown-section]\n"},
    {"[sscep_enrol]\nKey = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_enrol] (did you mean "
	"sscep_enroll?) [unknown-section]\n"},
    {"PrivateKey = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key PrivateKey (did you mean "
	"PrivateKeyFile?) [unknown-key]\n"},
    {"[sscep_enroll]\nMaxPollCont = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: unknown key MaxPollCont (did you mean "
	"MaxPollCount?) [unknown-key]\n"},
    {"[sscep_getcaps]\nPrivateKeyFile = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: PrivateKeyFile has no effect in "
	"[sscep_getcaps] [no-effect]\n"},
    {"PrivateKeyFile = x\n[sscep_enroll]\nPollInterval = x\n", {UFILE}, ST_OK,
	""},
    {"[sscep]\nProxy a\n[sscep]\nproxy b\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: proxy is given twice, this value is used "
	"[given-twice]\n"},
    {"Proxy a\n[sscep]\nproxy b\n", {UFILE}, ST_OK, ""},
    {"Proxy a\n[sscep_getcaps]\nProxy b\n", {UFILE}, ST_OK, ""},
    {"MonitorInformation a=b\nMonitorInformation c=d\n", {UFILE}, ST_OK, ""},
    {"SignKeyFile a\nSignCertKey b\nSignCertFile c\n", {ENROLL, "-f" RUN_FILE},
	ST_OK,
	"P: warning: t.conf:2: SignCertKey is given twice, this value is "
	"used [given-twice]\n"},
    {"Timeout = x\n", {UFILE, "--timeout=5"}, ST_OK, ""},
    {"Frob = x\n[frob]\nx = y\n[sscep_getcaps]\n"
     "NoWarn = unknown-key\nNoWarn = no-effect\n",
	{UFILE, "-R"}, ST_OK,
	"P: warning: t.conf:2: unknown section [frob] [unknown-section]\n"},
    {"NoWarn no-effect\n", {UFILE, "-R", "--no-warn", "chain"}, ST_OK,
	"P: warning: option -R has no effect with getcaps [no-effect]\n"},
    {"\nnowarn = nochain\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: nowarn: unknown warning nochain (did you mean "
	"no-chain?) [unknown-warning]\n"},
};

static void expect(const struct saying *s)
{
	struct run r;
	size_t i;

	if (s->file != NULL)
		run_write_file(s->file);
	run_start(&r, s->args[0]);
	for (i = 1; i < NITEMS(s->args) && s->args[i] != NULL; i++)
		run_add(&r, s->args[i]);
	run_parse(&r);
	if (r.status != s->status || strcmp(r.said, s->said) != 0)
		fail_msg("%s %s: %d, \"%s\", not \"%s\"", s->args[0],
		    s->file != NULL ? s->file : s->args[1], (int)r.status,
		    r.said, s->said);
	run_end(&r);
}

static void misuse_is_said(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(misuse); i++)
		expect(&misuse[i]);
}

static void warnings_are_said(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(warnings); i++)
		expect(&warnings[i]);
}

static void file_errors_are_said(void **state)
{
	struct run r;
	size_t i;

	(void)state;
	assert_int_equal(setenv("SSCEP_EMPTY", "", 1), 0);
	for (i = 0; i < NITEMS(files); i++)
		expect(&files[i]);
	unlink(RUN_FILE);
	run_start(&r, "getcaps");
	run_add(&r, "-uu");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_FILE);
	assert_non_null(strstr(r.said, RUN_FILE));
	run_end(&r);
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Sections of engines and the commands that follow, as "NAME=VALUE;". */
static const struct {
	const char *file;
	const char *chosen; /* by -g */
	const char *id, *path, *commands;
} engines[] = {
    {"\n", NULL, NULL, NULL, ""},
    {"[e]\nengine_id = x\nPIN = 1\n", NULL, NULL, NULL, ""},
    {"\n", "pkcs11", "pkcs11", NULL, ""},
    {"engine = pkcs11\n", NULL, "pkcs11", NULL, ""},
    {"engine = e\n[e]\nPIN = 1\n", NULL, "e", NULL, "PIN=1;"},
    {"engine = e\n[e]\nengine_id = x\ndynamic_path = /x.so\n"
     "MODULE_PATH = /m.so\nPIN =\n",
	NULL, "x", "/x.so", "MODULE_PATH=/m.so;PIN=;"},
    /* The order: section, cmds, section of the engine, not that of the file. */
    {"[sscep_engine_x]\nC = 5\nA = 6\n[f]\nB = 3\nA = 4\n"
     "[e]\ncmds = f\nA = 1\nengine_id = x\nZ = 2\n"
     "[sscep]\nengine = e\n",
	NULL, "x", NULL, "A=1;Z=2;B=3;A=4;C=5;A=6;"},
    {"engine = e\n[e]\nengine_id = x\n[sscep_engine_y]\nPIN = 1\n", NULL, "x",
	NULL, ""},
    {"[sscep_engine_pkcs11]\nPIN = 1\n", "pkcs11", "pkcs11", NULL, "PIN=1;"},
    {"[sscep_engine_pkcs11]\nPIN = 1\n", "PKCS11", "PKCS11", NULL, "PIN=1;"},
    /* The section of the engine is not read twice. */
    {"engine = sscep_engine_x\n[sscep_engine_x]\nengine_id = x\nPIN = 1\n",
	NULL, "x", NULL, "PIN=1;"},
    {"engine = sscep_engine\n[sscep_engine]\nengine_id = x\nPIN = 1\n"
     "[sscep_engine_x]\nPIN = 2\n",
	NULL, "x", NULL, "PIN=1;PIN=2;"},
    /* -g wins over the file; it names a section or an engine id. */
    {"engine = e\n[e]\nengine_id = x\nA = 1\n"
     "[g]\nengine_id = y\nB = 2\n",
	"g", "y", NULL, "B=2;"},
    {"engine = e\n[e]\nengine_id = x\nA = 1\n"
     "[g]\nengine_id = y\nB = 2\ndynamic_path = p\n",
	"y", "y", "p", "B=2;"},
    {"[g]\nengine_id = y\ncmds = h\n[h]\nB = 2\n[sscep_engine_y]\nC = 3\n", "y",
	"y", NULL, "B=2;C=3;"},
    {"engine = e\n[e]\nengine_id = x\nA = 1\n", "z", "z", NULL, ""},
    /* Keys and sections ignore case; commands and ids keep it. */
    {"ENGINE = E\n[e]\nEngine_ID = xY\nDYNAMIC_path = p\nCmds = F\n"
     "mixedCase = aB\n[f]\nLOAD_cert = cD\n[SSCEP_Engine_Xy]\npin = eF\n",
	NULL, "xY", "p", "mixedCase=aB;LOAD_cert=cD;pin=eF;"},
    {"[g]\nengine_id = Y\nB = 2\n", "y", "y", NULL, ""},
    /* Keys of libcrypto's own files are no commands; empty ones are absent. */
    {"engine = e\n[e]\nengine_id =\ndynamic_path = x\ndynamic_path =\ncmds = # "
     "\n"
     "engine_usage = default\ninit = 0\nDefault_Algorithms = ALL\nA = 1\n",
	NULL, "e", NULL, "A=1;"},
    {"engine = e\n[e]\nengine_id = \"\"\nA = 1\n", NULL, "e", NULL, "A=1;"},
    {"empty = ''\nengine = e\n[e]\nengine_id = $empty\nA = 1\n", NULL, "e",
	NULL, "A=1;"},
    {"lib = /l\nengine = e\n[e]\ndynamic_path = $lib/x.so\n"
     "MODULE_PATH = $lib/m.so # mine\n[f]\nPIN=1\n",
	NULL, "e", "/l/x.so", "MODULE_PATH=/l/m.so;"},
    /* A command is run as often as it is given, also in the old syntax. */
    {"engine e\n[e]\nA 1\n\"A\" \"2 3\"\nA = 1\n", NULL, "e", NULL,
	"A=1;A=2 3;A=1;"},
};

static void engines_are_read(void **state)
{
	const struct engine_options *engine;
	char commands[256];
	struct run r;
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(engines); i++) {
		run_write_file(engines[i].file);
		run_start(&r, "getcaps");
		run_add(&r, "-uu");
		run_add(&r, "-f" RUN_FILE);
		if (engines[i].chosen != NULL) {
			run_add(&r, "-g");
			run_add(&r, engines[i].chosen);
		}
		run_parse(&r);
		engine = &r.options.engine_options;
		commands[0] = '\0';
		for (j = 0; j < engine->count; j++)
			snprintf(commands + strlen(commands),
			    sizeof(commands) - strlen(commands), "%s=%s;",
			    engine->commands[j].name,
			    engine->commands[j].value);
		if (r.status != ST_OK || !is_same(engine->id, engines[i].id) ||
		    !is_same(engine->path, engines[i].path) ||
		    strcmp(commands, engines[i].commands) != 0)
			fail_msg("case %zu: %s, %s, %s %s", i,
			    engine->id != NULL ? engine->id : "none",
			    engine->path != NULL ? engine->path : "none",
			    commands, r.said);
		run_end(&r);
	}
}

static void booleans_in_any_case(void **state)
{
	static const char *const words[] = {
	    "yes", "YES", "True", "oN", "1", "no", "No", "FALSE", "Off", "0"};
	char text[64];
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(words); i++) {
		snprintf(text, sizeof(text), "Legacy %s\n", words[i]);
		run_write_file(text);
		run_start(&r, "getcaps");
		run_add(&r, "-uu");
		run_add(&r, "-f" RUN_FILE);
		run_parse(&r);
		assert_int_equal(r.status, ST_OK);
		assert_true(r.options.legacy == (i < 5));
		run_end(&r);
	}
}

static void lists_and_repetition(void **state)
{
	struct run r;

	(void)state;
	run_write_file("MonitorInformation f=1\nTolerate = issuer\nProxy p1\n");
	run_start(&r, "enroll");
	add_required(&r, OP_ENROLL, 0);
	run_add(&r, "-f" RUN_FILE);
	run_add(&r, "-vdMa=1"); /* joined letters, the last with a value */
	run_add(&r, "--monitor=b=2 3");
	run_add(&r, "--tolerate=nonce, clock");
	run_add(&r, "--tolerate");
	run_add(&r, "transaction-id");
	run_add(&r, "-pp2");
	run_add(&r, "-pp3");
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_int_equal(r.options.monitor.count, 2);
	assert_string_equal(r.options.monitor.items[0], "a=1");
	assert_string_equal(r.options.monitor.items[1], "b=2 3");
	assert_int_equal(r.options.tolerate,
	    TOLERATE_NONCE | TOLERATE_CLOCK | TOLERATE_TRANSACTION_ID);
	assert_string_equal(r.options.proxy, "p3");
	assert_true(r.options.verbose && r.options.debug);
	assert_true(log_enabled(LOG_DEBUG));
	run_end(&r);

	run_write_file("MonitorInformation c=1\nMonitorInformation c=2\n"
		       "[sscep_getcaps]\nMonitorInformation o=1\n");
	run_start(&r, "getcaps");
	run_add(&r, "-uu");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.options.monitor.count, 1);
	assert_string_equal(r.options.monitor.items[0], "o=1");
	run_end(&r);
}

static void long_values_arrive_whole(void **state)
{
	char id[256 + 1];
	struct run r;

	(void)state;
	memset(id, 'A', sizeof(id));
	id[255] = '\0';
	run_start(&r, "enroll");
	add_required(&r, OP_ENROLL, 0);
	run_add(&r, "--transaction-id");
	run_add(&r, id);
	run_add(&r, "-i");
	run_add(&r, id);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_string_equal(r.options.transaction_id, id);
	assert_string_equal(r.options.ca_identifier, id);
	run_end(&r);

	id[255] = 'A';
	id[256] = '\0';
	run_start(&r, "enroll");
	run_add(&r, "--transaction-id");
	run_add(&r, id);
	run_parse(&r);
	assert_string_equal(r.said,
	    "P: option --transaction-id: longer than 255 characters" HINT);
	run_end(&r);
}

static void verbose_shows_what_is_in_force(void **state)
{
	struct run r;

	(void)state;
	run_write_file("Verbose yes\nProxy \"user:swordfish@h:1\"\n"
		       "[sscep_engine_x]\nPIN swordfish\n");
	run_start(&r, "getcaps");
	run_add(&r, "-uu");
	run_add(&r, "-H");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_true(log_enabled(LOG_VERBOSE) && !log_enabled(LOG_DEBUG));
	assert_non_null(strstr(r.said, "P: configuration: URL = \"u\"\n"));
	assert_non_null(strstr(r.said, "P: configuration: Timeout = 120\n"));
	assert_non_null(strstr(r.said, "P: option -H is ignored\n"));
	assert_null(strstr(r.said, "swordfish"));
	assert_string_equal(r.options.proxy, "user:swordfish@h:1");
	run_end(&r);
}

/* Spellings of algorithms; the code compares the names of algs.h. */
static void algorithms_get_their_names(void **state)
{
	struct run r;

	(void)state;
	run_write_file("FingerPrint = SHA2-384\n");
	run_start(&r, "getca");
	add_required(&r, OP_GETCA, 0);
	run_add(&r, "-EDES-EDE3-CBC");
	run_add(&r, "--sig-alg=RSA-MD5");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_string_equal(r.options.enc_alg, "3des");
	assert_string_equal(r.options.sig_alg, "md5");
	assert_string_equal(r.options.fp_alg, "sha384");
	run_end(&r);
}

static void level_is_set_at_once(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "getcaps");
	run_add(&r, "-uu");
	run_add(&r, "-v");
	run_add(&r, "--nonsense");
	run_parse(&r);
	assert_int_equal(r.status, ST_ERROR);
	assert_true(log_enabled(LOG_VERBOSE));
	run_end(&r);
}

/* Help and version. */

static void expect_action(const char *first, const char *second,
    const char *third, enum options_action action)
{
	struct run r;

	run_start(&r, first);
	if (second != NULL)
		run_add(&r, second);
	if (third != NULL)
		run_add(&r, third);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_int_equal(r.action, action);
	assert_string_equal(r.said, "");
	run_end(&r);
}

static void help_and_version(void **state)
{
	(void)state;
	expect_action("-?", NULL, NULL, OPTIONS_HELP);
	expect_action("help", NULL, NULL, OPTIONS_HELP);
	expect_action("help", "-v", NULL, OPTIONS_HELP);
	expect_action("help", "getcrl", "x", OPTIONS_HELP);
	expect_action("getca", "-?", NULL, OPTIONS_HELP);
	expect_action("getca", "-v?", NULL, OPTIONS_HELP);
	expect_action("version", NULL, NULL, OPTIONS_VERSION);
	expect_action("version", "x", NULL, OPTIONS_VERSION);
	expect_action(NULL, NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("-h", NULL, NULL, OPTIONS_HELP);
	expect_action("--help", NULL, NULL, OPTIONS_HELP);
	expect_action("--help-all", NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("--help-a", NULL, NULL, OPTIONS_HELP_ALL);
	expect_action("getca", "-h", NULL, OPTIONS_HELP);
	expect_action("getca", "--help", "x", OPTIONS_HELP);
	expect_action("enroll", "-vh", NULL, OPTIONS_HELP);
	expect_action("getca", "-v", "--help", OPTIONS_HELP);
	expect_action("getca", "--help-all", NULL, OPTIONS_HELP_ALL);
	expect_action("--version", NULL, NULL, OPTIONS_VERSION);
	expect_action("--vers", NULL, NULL, OPTIONS_VERSION);
	expect_action("getcrl", "--version", NULL, OPTIONS_VERSION);
}

/* Words for operations, and whether they are warned of. */
static const struct word {
	const char *word;
	const struct operation *operation;
	bool loose;
} op_words[] = {
    {"getca", &op_getca, false},
    {"getcacert", &op_getca, false},
    {"getcax", &op_getca, false},
    {"getca\x1b", &op_getca, false},
    {"getcap", &op_getca, false},
    {"getcapx", &op_getca, false},
    {"getcaps", &op_getcaps, false},
    {"getcapsfoo", &op_getcaps, false},
    {"getnextca", &op_getnextca, false},
    {"getnextcacert", &op_getnextca, false},
    {"enroll", &op_enroll, false},
    {"enrollment", &op_enroll, false},
    {"enrol", &op_enroll, false},
    {"enro", &op_enroll, true},
    {"getcertificate", &op_getcert, false},
    {"getcer", &op_getcert, true},
    {"getce", &op_getcert, true},
    {"getcrls", &op_getcrl, false},
    {"getcr", &op_getcrl, true},
};

static void operations_by_their_words(void **state)
{
	struct run r;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(op_words); i++) {
		run_start(&r, op_words[i].word);
		add_required(&r, op_words[i].operation->op, 0);
		run_parse(&r);
		assert_int_equal(r.status, ST_OK);
		if (r.options.operation != op_words[i].operation ||
		    (strstr(r.said, "is taken for") != NULL) !=
			op_words[i].loose)
			fail_msg("%s: %s, %s", op_words[i].word,
			    r.options.operation->name, r.said);
		run_end(&r);
		run_start(&r, "help");
		run_add(&r, op_words[i].word);
		run_parse(&r);
		assert_int_equal(r.action, OPTIONS_HELP);
		assert_ptr_equal(r.options.operation, op_words[i].operation);
		assert_int_equal(r.said[0] != '\0', op_words[i].loose);
		run_end(&r);
	}
}

/* Only these; with a new one, "getn" would be another's, too. */
static void what_may_be_abbreviated(void **state)
{
	(void)state;
	assert_int_equal(OPS_ABBREVIABLE,
	    OP_GETCA | OP_ENROLL | OP_GETCERT | OP_GETCRL | OP_GETCAPS);
}

/* Misuse, and whether the report of it is to be in JSON. */
static const struct {
	const char *file, *args[6];
	bool json;
} misused[] = {
    {NULL, {"getca", "--json", "--jsn"}, true},
    {NULL, {"getca", "--jsn", "--json"}, true},
    {NULL, {"getca", "-Z", "--js"}, true},
    {NULL, {"getca", "-E", "nonsense", "--json"}, true},
    {NULL, {"getca", "--json"}, true},
    {NULL, {"getca", "--json=yes"}, true},
    {NULL, {"getca", "--bad"}, false},
    {NULL, {"getca", "--bad", "json", "-json"}, false},
    {NULL, {"nonsense", "-v", "--json"}, true},
    {NULL, {"getc", "--json"}, true},
    {NULL, {"help", "nonsense", "--json"}, true},
    {NULL, {"--json"}, true},
    {NULL, {"-u", "u", "--json"}, true},
    {NULL, {"-u"}, false},
    /* The value of an option, and what follows --, are no option. */
    {NULL, {"enroll", "--bad", "-k", "--json"}, false},
    {NULL, {"enroll", "--bad", "--key", "--json"}, false},
    {NULL, {"enroll", "-k", "--json", "--bad"}, false},
    {NULL, {"enroll", "--bad", "-k", "--json", "--json"}, true},
    {NULL, {"enroll", "--bad", "-vk--", "--json"}, true},
    {NULL, {"enroll", "--bad", "--", "--json"}, false},
    {NULL, {"enroll", "-l", "--json"}, false},
    {NULL, {"nonsense", "-k", "--json"}, false},
    {NULL, {"nonsense", "--", "--json"}, false},
    {NULL, {"-u", "--json"}, false},
    {NULL, {"--", "--json"}, false},
    {NULL, {"getca", "-url", "--json"}, true},
    {"JSON = yes\n", {UFILE, "--bad"}, true},
    {"JSON = yes\n", {"getcaps", "-uu", "--bad", "-f", RUN_FILE}, false},
    {"JSON = yes\nnonsense\n", {UFILE}, true},
    {"nonsense\n[\nJSON yes\n", {UFILE}, true},
    {"Timeout = soon\njson = on\n", {UFILE}, true},
    {"Timeout = soon\nJSON = no\n", {UFILE}, false},
    {"Timeout = soon\nJSON = no\n", {UFILE, "--json"}, true},
    {"[sscep_getca]\nJSON = yes\n[sscep]\nTimeout = soon\n", {UFILE}, false},
    {"[sscep_getcaps]\nTimeout = soon\nJSON = yes\n[sscep]\nJSON = no\n",
	{UFILE}, true},
    {"[sscep]\nJSON = yes\n[sscep_getcaps]\nTimeout = soon\nJSON = no\n",
	{UFILE}, false},
    {"Timeout = soon\nJSON = yes\nJSON = maybe\n", {UFILE}, true},
    {"Timeout = soon\nJSON = yes\nJSON =\n", {UFILE}, false},
    {"[sscep_getcaps]\nTimeout = soon\nJSON = no\nJSON =\n[sscep]\n"
     "JSON = yes\n",
	{UFILE}, true},
};

static void misuse_asks_for_json(void **state)
{
	struct run r;
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(misused); i++) {
		if (misused[i].file != NULL)
			run_write_file(misused[i].file);
		run_start(&r, misused[i].args[0]);
		for (j = 1; j < NITEMS(misused[i].args); j++)
			if (misused[i].args[j] != NULL)
				run_add(&r, misused[i].args[j]);
		run_parse(&r);
		assert_int_not_equal(r.status, ST_OK);
		if (r.options.json != misused[i].json)
			fail_msg("row %zu: %s", i, r.said);
		/* One line, of the first error. */
		assert_ptr_equal(
		    strchr(r.said, '\n'), r.said + strlen(r.said) - 1);
		run_end(&r);
	}
}

/* The help text, the version and the sample file. */

/* Closes the file; the caller frees the text. */
static char *read_back(FILE *f)
{
	char *text;
	long len = ftell(f);

	assert_true(len > 0);
	assert_non_null(text = calloc(1, (size_t)len + 1));
	rewind(f);
	assert_int_equal(fread(text, 1, (size_t)len, f), len);
	fclose(f);
	return text;
}

static char *printed(void (*print)(FILE *out))
{
	FILE *f = tmpfile();

	assert_non_null(f);
	print(f);
	return read_back(f);
}

static char *printed_help_of(
    const char *program, const struct operation *operation)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	options_print_help(f, program, operation);
	return read_back(f);
}

static char *printed_help(const struct operation *operation)
{
	return printed_help_of("./P", operation);
}

/* At most 48 lines of at most 80 columns. */
static void expect_screen(const char *text)
{
	int lines = 0;
	size_t len;

	for (; *text != '\0'; text += len + 1, lines++) {
		len = strcspn(text, "\n");
		if (len > 80)
			fail_msg("%zu columns: %.*s", len, (int)len, text);
		assert_true(text[len] == '\n');
	}
	assert_true(lines >= 1 && lines <= 48);
}

/* A line with the whole help of the row, or its name. */
static void expect_in_help(const char *help, const struct option_row *row)
{
	char want[128];
	const char *found, *text;

	table_spelling(want, sizeof(want), row, row->common ? ", " : "|");
	if ((found = strstr(help, want)) == NULL)
		fail_msg("%s is missing", want);
	text = strstr(help, row->help);
	if (!row->common)
		assert_null(text);
	else if (text == NULL || text < found ||
	    memchr(found, '\n', (size_t)(text - found)) != NULL)
		fail_msg("%s: not in one line", want);
}

static void help_of_an_operation_fits_on_a_screen(void **state)
{
	char *help, want[80];
	size_t i, j;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		help = printed_help(ops_all[i]);
		expect_screen(help);
		snprintf(want, sizeof(want), "Usage: ./P %s -u url",
		    ops_all[i]->name);
		assert_ptr_equal(strstr(help, want), help);
		assert_non_null(strstr(help, ops_all[i]->help));
		for (j = 0; j < table_row_count; j++)
			if (table_named_ops(&table_rows[j]) & ops_all[i]->op)
				expect_in_help(help, &table_rows[j]);
		assert_non_null(strstr(help, "--help-all"));
		free(help);
	}
}

static void help_by_a_long_path_fits_on_a_screen(void **state)
{
	static const struct {
		const char *path, *shown;
	} paths[] = {
	    {"/opt/acme/firmware/usr/local/sbin/sscep",
		"/opt/acme/firmware/usr/local/sbin/sscep"},
	    {"/opt/acme/firmware/releases/2026-11-28/usr/local/sbin/sscep",
		"sscep"},
	    {"/nix/store/0123456789abcdefghijklmnopqrstuv-sscep-1.0.0/bin/s",
		"s"},
	    {"/bin/0123456789abcdefghijklmnopqrstuvwxyz0123456789", "sscep"},
	    {"0123456789abcdefghijklmnopqrstuvwxyz0123456789", "sscep"},
	};
	char *help, want[80];
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(paths); i++) {
		for (j = 0; j <= OPS_COUNT; j++) {
			help = printed_help_of(
			    paths[i].path, j < OPS_COUNT ? ops_all[j] : NULL);
			expect_screen(help);
			snprintf(want, sizeof(want), "Usage: %s %s",
			    paths[i].shown,
			    j < OPS_COUNT ? ops_all[j]->name : "OPERATION");
			assert_ptr_equal(strstr(help, want), help);
			free(help);
		}
	}
}

/* What is required comes first, and is in the usage and the example. */
static void help_of_an_operation_has_what_is_required(void **state)
{
	char *help = printed_help(&op_enroll);

	(void)state;
	assert_ptr_equal(
	    strstr(help,
		"Usage: ./P enroll -u url -c file -k file -r file -l file"
		" [OPTIONS]\n"),
	    help);
	assert_non_null(strstr(help,
	    "\n\nRequired (or in the file of -f; -k not with -r and -K and -O;"
	    " -l not with -m):\n  -u, --url <url> "));
	assert_true(
	    strstr(help, "-l, --cert") < strstr(help, "-K, --sign-key"));
	assert_true(
	    strstr(help, "-K, --sign-key") < strstr(help, "-p, --proxy"));
	assert_non_null(strstr(help,
	    "\n\nExample:\n  ./P enroll -u http://scep.example.com/scep"
	    " -c ./ca.crt -k ./local.key \\\n"
	    "      -r ./local.csr -l ./local.crt\n"));
	free(help);
}

static void help_alone_has_operations_and_common_options(void **state)
{
	char *help = printed_help(NULL), want[80];
	const struct option_row *row, *end = table_rows + table_row_count;
	size_t i;

	(void)state;
	expect_screen(help);
	assert_ptr_equal(
	    strstr(help, "Usage: ./P OPERATION [OPTIONS]\n"), help);
	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(want, sizeof(want), "\n  %-12s %s\n", ops_all[i]->name,
		    ops_all[i]->help);
		assert_non_null(strstr(help, want));
	}
	for (row = table_rows; row < end; row++)
		if (row->common && row->ops == ALL)
			expect_in_help(help, row);
	assert_non_null(strstr(help, "./P OPERATION --help\n"));
	assert_non_null(strstr(help, "./P --help-all"));
	assert_null(strstr(help, "--ca-cert"));
	free(help);
}

static void print_usage(FILE *out)
{
	options_print_usage(out, "./P");
}

/* Each option of each operation has its place in the usage. */
static void usage_has_all_options(void **state)
{
	char *usage = printed(print_usage), want[80], title[80];
	const struct option_row *row, *end = table_rows + table_row_count;
	const char *place;
	size_t i;

	(void)state;
	for (i = 0; i < OPS_COUNT; i++) {
		snprintf(title, sizeof(title), "OPTIONS for OPERATION %s are",
		    ops_all[i]->name);
		for (row = table_rows; row < end; row++) {
			if (!(table_named_ops(row) & ops_all[i]->op))
				continue;
			place = strstr(
			    usage, row->ops == ALL ? "General OPTIONS" : title);
			assert_non_null(place);
			table_spelling(want, sizeof(want), row, ", ");
			assert_non_null(strstr(place, want));
		}
	}
	free(usage);
}

static void the_texts_name_everything(void **state)
{
	char *usage = printed(print_usage);
	char *options = printed(options_print_man_options);
	char *keys = printed(options_print_man_keys);
	char *sample = printed(options_print_sample);
	char want[128];
	size_t i;

	(void)state;
	assert_ptr_equal(strstr(usage, "sscep version "), usage);
	assert_non_null(strstr(usage, "\nUsage: ./P OPERATION [OPTIONS]\n"));
	for (i = 0; i < OPS_COUNT; i++)
		assert_non_null(strstr(usage, ops_all[i]->help));
	for (i = 0; i < NITEMS(contract); i++) {
		snprintf(want, sizeof(want), "-%c, --%s", contract[i].letter,
		    contract[i].name);
		if (contract[i].name == NULL)
			continue;
		assert_non_null(
		    strstr(usage, contract[i].letter ? want : want + 4));
		snprintf(want, sizeof(want), "Fl -%s", contract[i].name);
		assert_non_null(strstr(options, want));
		if (contract[i].key == NULL)
			continue;
		snprintf(
		    want, sizeof(want), ".It Cm %s No = ", contract[i].key);
		assert_non_null(strstr(keys, want));
		snprintf(want, sizeof(want), "\n#%s = ", contract[i].key);
		assert_non_null(strstr(sample, want));
	}
	free(usage);
	free(options);
	free(keys);
	free(sample);
}

static void version_comes_first(void **state)
{
	char *text = printed(options_print_version);

	(void)state;
	assert_ptr_equal(strstr(text, "sscep version "), text);
	assert_non_null(strstr(text, "BSD"));
	assert_non_null(strstr(text, "SSL "));
	free(text);
}

/* Each key of the sample file, uncommented, is accepted as it is. */
static void the_sample_can_be_read(void **state)
{
	char *sample = printed(options_print_sample), *line;
	const struct option_row *row;
	char key[64];
	FILE *f = fopen(RUN_FILE, "w");
	struct run r;
	size_t i;
	int used = 0;

	(void)state;
	assert_non_null(f);
	for (line = strtok(sample, "\n"); line != NULL;
	     line = strtok(NULL, "\n")) {
		if (*line == '[')
			fprintf(f, "%s\n", line);
		if (sscanf(line, "#%63[A-Za-z] =", key) != 1)
			continue;
		assert_non_null(row = table_find_key(key, OP_ENROLL));
		fprintf(f, "%s\n", line + 1);
		used++;
	}
	fclose(f);
	free(sample);
	assert_true(used > 30);
	for (i = 0; i < OPS_COUNT; i++) {
		run_start(&r, ops_all[i]->name);
		run_add(&r, "-f" RUN_FILE);
		run_parse(&r);
		assert_string_equal(r.said, "");
		assert_int_equal(r.status, ST_OK);
		run_end(&r);
	}
}

static void words_and_guesses(void **state)
{
	struct guess guess = {0};
	char out[GUESS_TEXT_MAX], many[301] = "";

	(void)state;
	assert_true(ascii_is_same_word("Key", "kEY"));
	assert_false(ascii_is_same_word("Key", "Keys"));
	assert_false(ascii_is_same_word("Keys", "Key"));
	assert_string_equal(
	    guess_suggest(out, sizeof(out), &guess, "x", "", ""), "");
	guess_offer(&guess, "kitten", "sitting");
	assert_int_equal(guess.distance, 3);
	guess_offer(&guess, "kitten", "mittens");
	assert_string_equal(guess.name, "mittens");
	assert_int_equal(guess.distance, 2);
	guess_offer(&guess, "kitten", "");
	assert_int_equal(guess.distance, 2);
	assert_string_equal(
	    guess_suggest(out, sizeof(out), &guess, "kitten", "[", "]"),
	    " (did you mean [mittens]?)");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "b1", "a|b,c d"),
	    " (did you mean b?)");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "dx", "a, d"),
	    " (did you mean d?)");
	assert_string_equal(
	    guess_suggest_of(out, sizeof(out), "18", "17|19"), "");
	assert_string_equal(guess_suggest_of(out, sizeof(out), "x", ""), "");
	/* The rest of a long text does not make it nearer to a name. */
	memset(many, 'x', sizeof(many) - 1);
	assert_string_equal(
	    guess_suggest_of(out, sizeof(out), many, "no-chain"), "");
}

/* Arguments, separated by blanks, before and after secrets are hidden. */
static const struct hidden {
	const char *operation, *given, *left;
} hidden[] = {
    {"enroll", "--passin pass:phrase", "--passin pass:xxxxxx"},
    {"enroll", "--passin=pass:phrase", "--passin=pass:xxxxxx"},
    {"enroll", "--passi pass:phrase", "--passi pass:xxxxxx"},
    {"enroll", "--sign-p=pass:phrase", "--sign-p=pass:xxxxxx"},
    {"enroll", "--tls-passin pass:a=b:c", "--tls-passin pass:xxxxx"},
    {"enroll", "--passin pass:", "--passin pass:"},
    {"enroll", "--passin env:NAME", "--passin env:NAME"},
    {"enroll", "--passin file:name", "--passin file:name"},
    {"enroll", "--passin fd:3", "--passin fd:3"},
    {"enroll", "--passin stdin", "--passin stdin"},
    /* Options of another operation. */
    {"getca", "--passin pass:phrase", "--passin pass:xxxxxx"},
    {"getca", "-Kpkcs11:pin-value=1234", "-Kpkcs11:pin-value=xxxx"},
    /* Secrets are hidden even if a later argument is misuse. */
    {"enroll", "--passin pass:a --bad", "--passin pass:x --bad"},
    {"enroll", "--passin pass:a junk", "--passin pass:x junk"},
    {"enroll", "junk --passin pass:a -- -p u:p@h:1",
	"junk --passin pass:x -- -p xxxxxxx"},
    /* Arguments that are neither options nor their values. */
    {"enroll", "pass:phrase", "pass:xxxxxx"},
    {"enroll", "pass:phrase --bad", "pass:xxxxxx --bad"},
    {"enroll", "--bad pass:phrase", "--bad pass:xxxxxx"},
    {"enroll", "--bad --passin pass:phrase", "--bad --passin pass:xxxxxx"},
    {"enroll", "-passin pass:phrase", "-passin pass:xxxxxx"},
    {"unknown", "pass:a -p u:p@h:1", "pass:x -p xxx@h:1"},
    {"getca", "user:secret@host:1", "xxxxxxxxxxxxxxxxxx"},
    {"getca", "name@example.org http://user@h:1",
	"name@example.org "
	"http://user@h:1"},
    {"getca", "u%3as@h:1 https://u:s@h", "xxxxxxxxx xxxxxxxxxxxxx"},
    {"getca", "us:p?a@h pkcs11:pin-value=1", "xxxxxxxx xxxxxxxxxxxxxxxxxx"},
    {"getca", "env:A file:a http://h/a?b pkcs11:token=a",
	"env:A file:a http://h/a?b pkcs11:token=a"},
    {"enroll", "-p u:p@h:1 --passin pass:a -E bad",
	"-p xxx@h:1 --passin pass:x -E bad"},
    {"enroll", "--passin pass:a -n", "--passin pass:x -n"},
    {"getca", "-p user:secret@h:1", "-p xxxxxxxxxxx@h:1"},
    {"getca", "-puser:secret@h:1", "-pxxxxxxxxxxx@h:1"},
    {"getca", "-vpuser:secret@h:1", "-vpxxxxxxxxxxx@h:1"},
    {"getca", "--proxy=u:s@h:1", "--proxy=xxx@h:1"},
    {"getca", "--prox http://u:s@h:1", "--prox http://xxx@h:1"},
    {"getca", "-p HTTP://u%3As:@b@h:1", "-p HTTP://xxxxxxxx@h:1"},
    {"getca", "-p u://:s@h:1", "-p xxxxxx@h:1"},
    {"getca", "-p h:1", "-p h:1"},
    {"getca", "-p @h:1", "-p @h:1"},
    {"getca", "-p http://@h:1", "-p http://@h:1"},
    {"enroll", "-k pkcs11:pin-value=1234;token=a",
	"-k pkcs11:pin-value=xxxx;token=a"},
    {"enroll", "-kPKCS11:token=a?pin-value=%31&b=c",
	"-kPKCS11:token=a?pin-value=xxx&b=c"},
    {"enroll", "--sign-key=pkcs11:a=b?pin-value=1&pin-value=22&c=d",
	"--sign-key=pkcs11:a=b?pin-value=x&pin-value=xx&c=d"},
    {"enroll", "--tls-key pkcs11:pin-value=", "--tls-key pkcs11:pin-value="},
    {"enroll", "-k pkcs11:token=a?pin-source=b",
	"-k pkcs11:token=a?pin-source=b"},
    {"enroll", "-k handle:0x81?auth&x", "-k handle:0x81?xxxxxx"},
    {"enroll", "-k a.b:e:pkcs11:x;pin-value=12;y?z",
	"-k a.b:e:pkcs11:x;pin-value=xx;y?x"},
    {"enroll", "-O pkcs11:x;PIN-VALUE=12;y", "-O pkcs11:x;PIN-VALUE=xx;y"},
    {"enroll", "-k local.key?", "-k local.key?"},
};

static void add_words(struct run *r, const char *words)
{
	char text[128], *p, *rest = text;

	snprintf(text, sizeof(text), "%s", words);
	while ((p = strtok_r(rest, " ", &rest)) != NULL)
		run_add(r, p);
}

static void secrets_in_argv_are_hidden(void **state)
{
	char left[256];
	struct run r;
	size_t i;
	int j;

	(void)state;
	for (i = 0; i < NITEMS(hidden); i++) {
		run_start(&r, hidden[i].operation);
		add_words(&r, hidden[i].given);
		run_parse(&r);
		left[0] = '\0';
		for (j = 2; j < r.argc; j++)
			snprintf(left + strlen(left),
			    sizeof(left) - strlen(left), "%s%s",
			    j > 2 ? " " : "", r.argv[j]);
		if (strcmp(left, hidden[i].left) != 0)
			fail_msg("%s: got %s, expected %s", hidden[i].given,
			    left, hidden[i].left);
		run_end(&r);
	}
}

#define NOT_A_KEY \
	"pkcs11:token=a;object=b is the URI of a key, which had a PIN; only " \
	"-k, -K and --tls-key take URIs (RFC 7512)"

/* Whatever the option takes, unless it is text, or a key. */
static void expect_no_pin(const struct promise *p)
{
	static const char uri[] = "pkcs11:token=a;object=b?pin-value=4711";
	bool pass = strstr(p->name, "passin") != NULL;
	char name[64], text[256], want[512];
	const struct operation *op;
	struct run r;
	size_t i;

	for (i = 0; !(ops_all[i]->op & p->ops); i++)
		;
	op = ops_all[i];
	run_start(&r, op->name);
	snprintf(name, sizeof(name), "--%s", p->name);
	snprintf(text, sizeof(text), "%s%s", pass ? "file:" : "", uri);
	run_add(&r, name);
	run_add(&r, text);
	run_parse(&r);
	snprintf(want, sizeof(want), "P: option %s: %s%s" HINT, name,
	    pass ? "file:" : "", NOT_A_KEY);
	assert_string_equal(r.said, want);
	assert_int_equal(r.status, ST_ERROR);
	assert_null(strstr(r.argv[3], "4711"));
	run_end(&r);
	if (p->key == NULL)
		return;

	snprintf(text, sizeof(text), "%s = \"%s%s\"\n", p->key,
	    pass ? "file:" : "", uri);
	run_write_file(text);
	run_start(&r, op->name);
	run_add(&r, "-vf" RUN_FILE);
	run_parse(&r);
	snprintf(want, sizeof(want), "P: " RUN_FILE ":1: %s: %s%s\n", p->key,
	    pass ? "file:" : "", NOT_A_KEY);
	assert_non_null(strstr(r.said, want));
	assert_null(strstr(r.said, "4711"));
	assert_int_equal(r.status, ST_FILE);
	run_end(&r);
}

static void a_pin_is_only_for_a_key(void **state)
{
	static const char *const others[] = {
	    "key", "sign-key", "tls-key", "ca-identifier", "monitor"};
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(contract); i++) {
		for (j = 0; j < NITEMS(others); j++)
			if (contract[i].name != NULL &&
			    strcmp(contract[i].name, others[j]) == 0)
				break;
		if (j == NITEMS(others) && contract[i].name != NULL &&
		    contract[i].value != NULL)
			expect_no_pin(&contract[i]);
	}
}

static void a_secret_in_place_of_the_operation_is_hidden(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "pass:phrase");
	run_add(&r, "getca");
	run_parse(&r);
	assert_int_equal(r.status, ST_ERROR);
	assert_string_equal(r.argv[1], "pass:xxxxxx");
	run_end(&r);
}

/* As in sscep 0.10, but for the names of options that take a value. */
static void long_names_without_a_value_are_letters(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	add_required(&r, OP_ENROLL, 0);
	run_add(&r, "-debug");
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_true(r.options.debug);
	assert_string_equal(r.options.enc_cert, "bug");
	run_end(&r);
}

/* Two options may share a string: both read it before it is hidden. */
static void hidden_values_may_be_shared(void **state)
{
	char *shared = strdup("pass:phrase");
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	add_required(&r, OP_ENROLL, 0);
	run_add(&r, "--passin");
	r.argv[r.argc++] = shared;
	run_add(&r, "--sign-passin");
	r.argv[r.argc++] = shared;
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_string_equal(r.options.passin, "pass:phrase");
	assert_string_equal(r.options.sign_passin, "pass:phrase");
	assert_string_equal(shared, "pass:xxxxxx");
	r.argv[--r.argc] = NULL;
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_table_is_sound),
	    cmocka_unit_test(every_row_is_promised),
	    cmocka_unit_test(every_option_by_letter_and_name),
	    cmocka_unit_test(every_beginning_of_a_name),
	    cmocka_unit_test(every_option_by_key_in_each_section),
	    cmocka_unit_test(defaults_are_filled_in),
	    cmocka_unit_test(precedence),
	    cmocka_unit_test(misuse_is_said),
	    cmocka_unit_test(warnings_are_said),
	    cmocka_unit_test(file_errors_are_said),
	    cmocka_unit_test(engines_are_read),
	    cmocka_unit_test(booleans_in_any_case),
	    cmocka_unit_test(lists_and_repetition),
	    cmocka_unit_test(long_values_arrive_whole),
	    cmocka_unit_test(verbose_shows_what_is_in_force),
	    cmocka_unit_test(algorithms_get_their_names),
	    cmocka_unit_test(level_is_set_at_once),
	    cmocka_unit_test(help_and_version),
	    cmocka_unit_test(help_of_an_operation_fits_on_a_screen),
	    cmocka_unit_test(help_by_a_long_path_fits_on_a_screen),
	    cmocka_unit_test(help_of_an_operation_has_what_is_required),
	    cmocka_unit_test(help_alone_has_operations_and_common_options),
	    cmocka_unit_test(usage_has_all_options),
	    cmocka_unit_test(operations_by_their_words),
	    cmocka_unit_test(what_may_be_abbreviated),
	    cmocka_unit_test(misuse_asks_for_json),
	    cmocka_unit_test(the_texts_name_everything),
	    cmocka_unit_test(version_comes_first),
	    cmocka_unit_test(the_sample_can_be_read),
	    cmocka_unit_test(secrets_in_argv_are_hidden),
	    cmocka_unit_test(a_pin_is_only_for_a_key),
	    cmocka_unit_test(a_secret_in_place_of_the_operation_is_hidden),
	    cmocka_unit_test(long_names_without_a_value_are_letters),
	    cmocka_unit_test(hidden_values_may_be_shared),
	    cmocka_unit_test(words_and_guesses),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
