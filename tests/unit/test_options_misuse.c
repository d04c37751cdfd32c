/* Unit test of src/options: what is said of wrong arguments, in which words. */
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

static void misuse_is_said(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(misuse); i++)
		run_expect(&misuse[i]);
}

static void warnings_are_said(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(warnings); i++)
		run_expect(&warnings[i]);
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
	for (EACH_ROW(i, op_words, op_words[i].word)) {
		run_start(&r, op_words[i].word);
		promise_add_required(&r, op_words[i].operation->op, 0);
		run_parse(&r);
		assert_int_equal(r.status, ST_OK);
		if (r.options.operation != op_words[i].operation ||
		    (strstr(r.said, "is taken for") != NULL) !=
			op_words[i].loose)
			fixture_fail("%s: %s, %s", op_words[i].word,
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
	for (EACH_ROW(i, misused, misused[i].args[0])) {
		if (misused[i].file != NULL)
			run_write_file(misused[i].file);
		run_start(&r, misused[i].args[0]);
		for (j = 1; j < NITEMS(misused[i].args); j++)
			if (misused[i].args[j] != NULL)
				run_add(&r, misused[i].args[j]);
		run_parse(&r);
		assert_int_not_equal(r.status, ST_OK);
		if (r.options.json != misused[i].json)
			fixture_fail("row %zu: %s", i, r.said);
		/* One line, of the first error. */
		assert_ptr_equal(
		    strchr(r.said, '\n'), r.said + strlen(r.said) - 1);
		run_end(&r);
	}
}

/* As in sscep 0.10, but for the names of options that take a value. */
static void long_names_without_a_value_are_letters(void **state)
{
	struct run r;

	(void)state;
	run_start(&r, "enroll");
	promise_add_required(&r, OP_ENROLL, 0);
	run_add(&r, "-debug");
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_true(r.options.debug);
	assert_string_equal(r.options.enc_cert, "bug");
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(misuse_is_said),
	    cmocka_unit_test(warnings_are_said),
	    cmocka_unit_test(operations_by_their_words),
	    cmocka_unit_test(what_may_be_abbreviated),
	    cmocka_unit_test(misuse_asks_for_json),
	    cmocka_unit_test(long_names_without_a_value_are_letters),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
