/* Unit test of options/hide.c: secrets in arguments are hidden. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"

/* Arguments, separated by blanks, before and after secrets are hidden. */
static const struct hidden {
	const char *operation, *given, *left;
} hidden[] = {
    {.operation = "enroll",
	.given = "--passin pass:phrase",
	.left = "--passin pass:xxxxxx"},
    {.operation = "enroll",
	.given = "--passin=pass:phrase",
	.left = "--passin=pass:xxxxxx"},
    {.operation = "enroll",
	.given = "--passi pass:phrase",
	.left = "--passi pass:xxxxxx"},
    {.operation = "enroll",
	.given = "--sign-p=pass:phrase",
	.left = "--sign-p=pass:xxxxxx"},
    {.operation = "enroll",
	.given = "--tls-passin pass:a=b:c",
	.left = "--tls-passin pass:xxxxx"},
    {.operation = "enroll",
	.given = "--passin pass:",
	.left = "--passin pass:"},
    {.operation = "enroll",
	.given = "--passin env:NAME",
	.left = "--passin env:NAME"},
    {.operation = "enroll",
	.given = "--passin file:name",
	.left = "--passin file:name"},
    {.operation = "enroll", .given = "--passin fd:3", .left = "--passin fd:3"},
    {.operation = "enroll",
	.given = "--passin stdin",
	.left = "--passin stdin"},
    /* Options of another operation. */
    {.operation = "getca",
	.given = "--passin pass:phrase",
	.left = "--passin pass:xxxxxx"},
    {.operation = "getca",
	.given = "-Kpkcs11:pin-value=1234",
	.left = "-Kpkcs11:pin-value=xxxx"},
    /* Secrets are hidden even if a later argument is misuse. */
    {.operation = "enroll",
	.given = "--passin pass:a --bad",
	.left = "--passin pass:x --bad"},
    {.operation = "enroll",
	.given = "--passin pass:a junk",
	.left = "--passin pass:x junk"},
    {.operation = "enroll",
	.given = "junk --passin pass:a -- -p u:p@h:1",
	.left = "junk --passin pass:x -- -p xxxxxxx"},
    /* Arguments that are neither options nor their values. */
    {.operation = "enroll", .given = "pass:phrase", .left = "pass:xxxxxx"},
    {.operation = "enroll",
	.given = "pass:phrase --bad",
	.left = "pass:xxxxxx --bad"},
    {.operation = "enroll",
	.given = "--bad pass:phrase",
	.left = "--bad pass:xxxxxx"},
    {.operation = "enroll",
	.given = "--bad --passin pass:phrase",
	.left = "--bad --passin pass:xxxxxx"},
    {.operation = "enroll",
	.given = "-passin pass:phrase",
	.left = "-passin pass:xxxxxx"},
    {.operation = "unknown",
	.given = "pass:a -p u:p@h:1",
	.left = "pass:x -p xxx@h:1"},
    {.operation = "getca",
	.given = "user:secret@host:1",
	.left = "xxxxxxxxxxxxxxxxxx"},
    {.operation = "getca",
	.given = "name@example.org http://user@h:1",
	.left = "name@example.org http://user@h:1"},
    {.operation = "getca",
	.given = "u%3as@h:1 https://u:s@h",
	.left = "xxxxxxxxx xxxxxxxxxxxxx"},
    {.operation = "getca",
	.given = "us:p?a@h pkcs11:pin-value=1",
	.left = "xxxxxxxx xxxxxxxxxxxxxxxxxx"},
    {.operation = "getca",
	.given = "env:A file:a http://h/a?b pkcs11:token=a",
	.left = "env:A file:a http://h/a?b pkcs11:token=a"},
    {.operation = "enroll",
	.given = "-p u:p@h:1 --passin pass:a -E bad",
	.left = "-p xxx@h:1 --passin pass:x -E bad"},
    {.operation = "enroll",
	.given = "--passin pass:a -n",
	.left = "--passin pass:x -n"},
    {.operation = "getca",
	.given = "-p user:secret@h:1",
	.left = "-p xxxxxxxxxxx@h:1"},
    {.operation = "getca",
	.given = "-puser:secret@h:1",
	.left = "-pxxxxxxxxxxx@h:1"},
    {.operation = "getca",
	.given = "-vpuser:secret@h:1",
	.left = "-vpxxxxxxxxxxx@h:1"},
    {.operation = "getca",
	.given = "--proxy=u:s@h:1",
	.left = "--proxy=xxx@h:1"},
    {.operation = "getca",
	.given = "--prox http://u:s@h:1",
	.left = "--prox http://xxx@h:1"},
    {.operation = "getca",
	.given = "-p HTTP://u%3As:@b@h:1",
	.left = "-p HTTP://xxxxxxxx@h:1"},
    {.operation = "getca", .given = "-p u://:s@h:1", .left = "-p xxxxxx@h:1"},
    {.operation = "getca", .given = "-p h:1", .left = "-p h:1"},
    {.operation = "getca", .given = "-p @h:1", .left = "-p @h:1"},
    {.operation = "getca", .given = "-p http://@h:1", .left = "-p http://@h:1"},
    {.operation = "enroll",
	.given = "-k pkcs11:pin-value=1234;token=a",
	.left = "-k pkcs11:pin-value=xxxx;token=a"},
    {.operation = "enroll",
	.given = "-kPKCS11:token=a?pin-value=%31&b=c",
	.left = "-kPKCS11:token=a?pin-value=xxx&b=c"},
    {.operation = "enroll",
	.given = "--sign-key=pkcs11:a=b?pin-value=1&pin-value=22&c=d",
	.left = "--sign-key=pkcs11:a=b?pin-value=x&pin-value=xx&c=d"},
    {.operation = "enroll",
	.given = "--tls-key pkcs11:pin-value=",
	.left = "--tls-key pkcs11:pin-value="},
    {.operation = "enroll",
	.given = "-k pkcs11:token=a?pin-source=b",
	.left = "-k pkcs11:token=a?pin-source=b"},
    {.operation = "enroll",
	.given = "-k handle:0x81?auth&x",
	.left = "-k handle:0x81?xxxxxx"},
    {.operation = "enroll",
	.given = "-k a.b:e:pkcs11:x;pin-value=12;y?z",
	.left = "-k a.b:e:pkcs11:x;pin-value=xx;y?x"},
    {.operation = "enroll",
	.given = "-O pkcs11:x;PIN-VALUE=12;y",
	.left = "-O pkcs11:x;PIN-VALUE=xx;y"},
    {.operation = "enroll", .given = "-k local.key?", .left = "-k local.key?"},
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
	for (EACH_ROW(i, hidden, hidden[i].given)) {
		run_start(&r, hidden[i].operation);
		add_words(&r, hidden[i].given);
		run_parse(&r);
		left[0] = '\0';
		for (j = 2; j < r.argc; j++)
			snprintf(left + strlen(left),
			    sizeof(left) - strlen(left), "%s%s",
			    j > 2 ? " " : "", r.argv[j]);
		if (strcmp(left, hidden[i].left) != 0)
			fixture_fail("%s: got %s, expected %s", hidden[i].given,
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
	for (i = 0; i < CONTRACT_COUNT; i++) {
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

/* Two options may share a string: both read it before it is hidden. */
static void hidden_values_may_be_shared(void **state)
{
	char *shared = strdup("pass:phrase");
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	promise_add_required(&r, OP_ENROLL, 0);
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
	    cmocka_unit_test(secrets_in_argv_are_hidden),
	    cmocka_unit_test(a_pin_is_only_for_a_key),
	    cmocka_unit_test(a_secret_in_place_of_the_operation_is_hidden),
	    cmocka_unit_test(hidden_values_may_be_shared),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
