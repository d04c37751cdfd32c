/*
 * Unit test of options/parse.c: each option of the contract is tried by letter,
 * by long name and its abbreviations, and by key in each section.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"
#include "util/log.h"

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
		fixture_fail("%s %s: %s", p->name, where, r->said);
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
	promise_add_for(&r, op->op, p);
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
	for (i = 0; i < CONTRACT_COUNT; i++)
		for (j = 0; j < OPS_COUNT; j++)
			for (way = LETTER; way < WAYS; way++)
				if (contract[i].kind != NONE &&
				    (contract[i].ops & ops_all[j]->op))
					try_argv(ops_all[j], &contract[i], way);
}

static size_t count_names(const char *start, size_t len, unsigned int op)
{
	size_t i, n = 0;

	for (i = 0; i < CONTRACT_COUNT; i++)
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
	promise_add_for(&r, op->op, p);
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
		fixture_fail("%s %s: %s", op->name, arg, r.said);
	run_end(&r);
}

static void every_beginning_of_a_name(void **state)
{
	size_t i, j, len;

	(void)state;
	for (i = 0; i < CONTRACT_COUNT; i++)
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
	promise_add_for(&r, op->op, p);
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
	for (i = 0; i < CONTRACT_COUNT * OPS_COUNT; i++) {
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
	for (EACH_ROW(i, spellings, spellings[i]))
		try_key(
		    &op_enroll, &sign_key, "sscep", spellings[i], "%s = %s");
}

static void defaults_are_filled_in(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	promise_add_required(&r, OP_ENROLL, 0);
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
	promise_add_for(&r, op->op, p);
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
		fixture_fail("%s %s from %u: %s %s", op->name, p->name, sources,
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

static void booleans_in_any_case(void **state)
{
	static const char *const words[] = {
	    "yes", "YES", "True", "oN", "1", "no", "No", "FALSE", "Off", "0"};
	char text[64];
	struct run r;
	size_t i;

	(void)state;
	for (EACH_ROW(i, words, words[i])) {
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
	promise_add_required(&r, OP_ENROLL, 0);
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
	promise_add_required(&r, OP_ENROLL, 0);
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
	promise_add_required(&r, OP_GETCA, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_option_by_letter_and_name),
	    cmocka_unit_test(every_beginning_of_a_name),
	    cmocka_unit_test(every_option_by_key_in_each_section),
	    cmocka_unit_test(defaults_are_filled_in),
	    cmocka_unit_test(precedence),
	    cmocka_unit_test(booleans_in_any_case),
	    cmocka_unit_test(lists_and_repetition),
	    cmocka_unit_test(long_values_arrive_whole),
	    cmocka_unit_test(verbose_shows_what_is_in_force),
	    cmocka_unit_test(algorithms_get_their_names),
	    cmocka_unit_test(level_is_set_at_once),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
