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
    {.args = {"enrolment"},
	.status = ST_ERROR,
	.said = "P: unknown operation enrolment (did you mean enroll?)" HINT},
    {.args = {"enrlol"},
	.status = ST_ERROR,
	.said = "P: unknown operation enrlol (did you mean enroll?)" HINT},
    {.args = {"getnext"},
	.status = ST_ERROR,
	.said = "P: unknown operation getnext (did you mean getnextca?)" HINT},
    {.args = {"getn"},
	.status = ST_ERROR,
	.said = "P: unknown operation getn (did you mean getca?)" HINT},
    {.args = {"get"},
	.status = ST_ERROR,
	.said = "P: unknown operation get (did you mean getca?)" HINT},
    {.args = {"enr"},
	.status = ST_ERROR,
	.said = "P: unknown operation enr" HINT},
    {.args = {"getc", "-uu"},
	.status = ST_ERROR,
	.said = "P: operation getc is ambiguous: getca, getcert, getcrl, "
		"getcaps" HINT},
    {.args = {"frobnicate"},
	.status = ST_ERROR,
	.said = "P: unknown operation frobnicate" HINT},
    {.args = {"versoin"},
	.status = ST_ERROR,
	.said = "P: unknown operation versoin (did you mean version?)" HINT},
    {.args = {"GETC"},
	.status = ST_ERROR,
	.said = "P: unknown operation GETC (did you mean getca?)" HINT},
    {.args = {"GETCA"},
	.status = ST_ERROR,
	.said = "P: unknown operation GETCA (did you mean getca?)" HINT},
    {.args = {"GetNextCA"},
	.status = ST_ERROR,
	.said =
	    "P: unknown operation GetNextCA (did you mean getnextca?)" HINT},
    {.args = {"GETCACERT"},
	.status = ST_ERROR,
	.said = "P: unknown operation GETCACERT (did you mean getcert?)" HINT},
    {.args = {"a\x1b\n"},
	.status = ST_ERROR,
	.said = "P: unknown operation a\\x1b\\x0a" HINT},
    {.args = {""},
	.status = ST_ERROR,
	.said = "P: unknown operation \"\"" HINT},
    {.args = {"help", "unknown"},
	.status = ST_ERROR,
	.said = "P: unknown operation unknown" HINT},
    {.args = {"help", "getc"},
	.status = ST_ERROR,
	.said = "P: operation getc is ambiguous: getca, getcert, getcrl, "
		"getcaps" HINT},
    {.args = {"-u", "x"},
	.status = ST_ERROR,
	.said = "P: the operation must come first" HINT},
    {.args = {"--", "getca"},
	.status = ST_ERROR,
	.said = "P: the operation must come first" HINT},
    {.args = {"--hepl"},
	.status = ST_ERROR,
	.said = "P: unknown option --hepl (did you mean --help?)" HINT},
    {.args = {"getca", "--foo"},
	.status = ST_ERROR,
	.said = "P: unknown option --foo" HINT},
    {.args = {"getca", "--=x"},
	.status = ST_ERROR,
	.said = "P: unknown option --" HINT},
    {.args = {"enroll", "--kye=secret"},
	.status = ST_ERROR,
	.said = "P: unknown option --kye (did you mean --key?)" HINT},
    {.args = {"getca", "-Z"},
	.status = ST_ERROR,
	.said = "P: unknown option -Z" HINT},
    {.args = {"getca", "-vZ"},
	.status = ST_ERROR,
	.said = "P: unknown option -Z" HINT},
    {.args = {"getca", "-v\x1b"},
	.status = ST_ERROR,
	.said = "P: unknown option -\\x1b" HINT},
    {.args = {"enroll", "-passin", "pass:phrase"},
	.status = ST_ERROR,
	.said = "P: unknown option -passin (did you mean --passin?)" HINT},
    {.args = {"enroll", "-passin=pass:phrase"},
	.status = ST_ERROR,
	.said = "P: unknown option -passin (did you mean --passin?)" HINT},
    {.args = {"getca", "-url", "http://h/"},
	.status = ST_ERROR,
	.said = "P: unknown option -url (did you mean --url?)" HINT},
    {.args = {"getca", "-proxy", "h:1"},
	.status = ST_ERROR,
	.said = "P: unknown option -proxy (did you mean --proxy?)" HINT},
    {.args = {"getcaps", "-key", "x"},
	.status = ST_ERROR,
	.said = "P: unknown option -key (did you mean --key?)" HINT},
    {.args = {"pass:phrase", "getca"},
	.status = ST_ERROR,
	.said = "P: unknown operation: the argument in its place looks like a "
		"pass phrase (pass:...)" HINT},
    {.args = {"help", "u:p@h"},
	.status = ST_ERROR,
	.said = "P: unknown operation: the argument in its place looks like "
		"user:password@host" HINT},
    {.args = {"getca", "--ver"},
	.status = ST_ERROR,
	.said = "P: option --ver is ambiguous: --verbose, --version" HINT},
    {.args = {"--hel"},
	.status = ST_ERROR,
	.said = "P: option --hel is ambiguous: --help, --help-all" HINT},
    {.args = {"getca", "file", "-u"},
	.status = ST_ERROR,
	.said = "P: warning: argument file is ignored: it is neither an option "
		"nor the value of one [extra-argument]\n"
		"P: option -u needs a value (url)" HINT},
    {.args = {"getca", "-u"},
	.status = ST_ERROR,
	.said = "P: option -u needs a value (url)" HINT},
    {.args = {"getca", "--url"},
	.status = ST_ERROR,
	.said = "P: option --url needs a value (url)" HINT},
    {.args = {"getca", "--verbose=1"},
	.status = ST_ERROR,
	.said = "P: option --verbose takes no value" HINT},
    {.args = {"getca", "-u", ""},
	.status = ST_ERROR,
	.said = "P: option -u: the value is empty" HINT},
    {.args = {"getca", "--ca-cert="},
	.status = ST_ERROR,
	.said = "P: option --ca-cert: the value is empty" HINT},

    {.args = {"getca", "--no-warn", ""},
	.status = ST_ERROR,
	.said = "P: option --no-warn: the value is empty" HINT},

    {.args = {"getca", "-E", "aes1"},
	.status = ST_ERROR,
	.said = "P: option -E: unknown cipher aes1 (did you mean aes?), not "
		"one of des|3des|blowfish|aes|aes128|aes192|aes256" HINT},
    {.args = {"getca", "--capabilities", "AES,\033x SHA-1"},
	.status = ST_ERROR,
	.said = "P: option --capabilities: unknown capability \\x1bx, not one "
		"of AES, DES3, GetNextCACert, POSTPKIOperation, Renewal, "
		"SHA-1, SHA-224, SHA-256, SHA-384, SHA-512, SCEPStandard" HINT},
    {.args = {"getca", "-S", "sha"},
	.status = ST_ERROR,
	.said = "P: option -S: unknown digest sha (did you mean sha1?), not "
		"one of md5|sha1|sha224|sha256|sha384|sha512" HINT},
    {.args = {"getca", "--fing", "sha2567"},
	.status = ST_ERROR,
	.said =
	    "P: option --fingerprint: unknown digest sha2567 (did you mean "
	    "sha256?), not one of md5|sha1|sha224|sha256|sha384|sha512" HINT},
    {.args = {"enroll", "-n", "-1"},
	.status = ST_ERROR,
	.said = "P: option -n: -1 is not a number from 0 to 2147483647" HINT},
    {.args = {"enroll", "-n", "2147483648"},
	.status = ST_ERROR,
	.said = "P: option -n: 2147483648 is not a number from 0 to "
		"2147483647" HINT},
    {.args = {"enroll", "-t", "5s"},
	.status = ST_ERROR,
	.said = "P: option -t: 5s is not a number from 0 to 2147483647" HINT},
    {.args = {"enroll", "-T", ""},
	.status = ST_ERROR,
	.said = "P: option -T: the value is empty" HINT},
    {.args = {"enroll", "--timeout", "0"},
	.status = ST_ERROR,
	.said =
	    "P: option --timeout: 0 is not a number from 1 to 2147483647" HINT},
    {.args = {"enroll", "-M", "a"},
	.status = ST_ERROR,
	.said = "P: option -M: a is not name=value" HINT},
    {.args = {"enroll", "-M", "=a"},
	.status = ST_ERROR,
	.said = "P: option -M: =a has no name before =" HINT},
    {.args = {"enroll", "--transaction-id", "a_b"},
	.status = ST_ERROR,
	.said = "P: option --transaction-id: a_b has characters that "
		"PrintableString does not allow" HINT},
    {.args = {"enroll", "--transaction-id", ""},
	.status = ST_ERROR,
	.said = "P: option --transaction-id: the value is empty" HINT},
    {.args = {"enroll", "--renewal", "18"},
	.status = ST_ERROR,
	.said = "P: option --renewal: unknown messageType 18, not one of "
		"auto|17|19" HINT},
    {.args = {"enroll", "--renewal", "atuo"},
	.status = ST_ERROR,
	.said = "P: option --renewal: unknown messageType atuo (did you mean "
		"auto?), not one of auto|17|19" HINT},
    {.args = {"getca", "--capabilities", "AES,SHA256"},
	.status = ST_ERROR,
	.said = "P: option --capabilities: unknown capability SHA256 (did you "
		"mean SHA-256?), not one of AES, DES3, GetNextCACert, "
		"POSTPKIOperation, Renewal, SHA-1, SHA-224, SHA-256, SHA-384, "
		"SHA-512, SCEPStandard" HINT},
    {.args = {"getca", "-E", "DES-EDE-CBC"},
	.status = ST_ERROR,
	.said = "P: option -E: unknown cipher DES-EDE-CBC, not one of "
		"des|3des|blowfish|aes|aes128|aes192|aes256" HINT},
    {.args = {"enroll", "--tolerate", "nonce,cloc"},
	.status = ST_ERROR,
	.said =
	    "P: option --tolerate: unknown check cloc (did you mean clock?), "
	    "not one of nonce,transaction-id,issuer,clock,ra,signer" HINT},
    {.args = {"enroll", "--tolerate", ""},
	.status = ST_ERROR,
	.said = "P: option --tolerate: the value is empty" HINT},

    {.args = {"getca"},
	.status = ST_ERROR,
	.said = "P: missing URL (-u, --url)" HINT},
    {.args = {"getcaps"},
	.status = ST_ERROR,
	.said = "P: missing URL (-u, --url)" HINT},
    {.args = {"getca", "-uu"},
	.status = ST_ERROR,
	.said = "P: missing CA certificate file (-c, --ca-cert)" HINT},
    {.args = {"enroll", "-uu", "-cc"},
	.status = ST_ERROR,
	.said = "P: missing private key (-k, --key)" HINT},
    {.args = {"enroll", "-uu", "-cc", "-kk"},
	.status = ST_ERROR,
	.said = "P: missing certificate request (-r, --request), or --subject "
		"to make one" HINT},
    {.args = {"enroll", "-uu", "-cc", "-kk", "-rr"},
	.status = ST_ERROR,
	.said = "P: missing file for the certificate (-l, --cert)" HINT},
    {.args = {"enroll", "-uu", "-cc", "-Kk", "-rr", "-ll"},
	.status = ST_ERROR,
	.said = "P: -K, --sign-key needs -O, --sign-cert" HINT},
    {.args = {ENROLL, "-OO"},
	.status = ST_ERROR,
	.said = "P: -O, --sign-cert needs -K, --sign-key" HINT},
    {.args = {"getnextca", "-uu", "-cc"},
	.status = ST_ERROR,
	.said = "P: missing current CA certificates (-C, --ca-chain)" HINT},
    {.args = {"getcert", "-uu", "-cc", "-kk", "-ll", "-ww"},
	.status = ST_ERROR,
	.said = "P: missing serial number (-s, --serial)" HINT},
    {.args = {"getcrl", "-uu", "-cc", "-kk", "-ll"},
	.status = ST_ERROR,
	.said = "P: missing file for the CRL (-w, --output)" HINT},
    {.file = "Verbose no\n",
	.args = {"enroll", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_ERROR,
	.said = "P: missing private key (-k, --key, PrivateKeyFile)" HINT},

    {.args = {ENROLL, "--passin", "swordfish"},
	.status = ST_ERROR,
	.said = "P: option --passin: " NO_SOURCE HINT},
    {.args = {"getca", "--tls-passin=Stdin"},
	.status = ST_ERROR,
	.said = "P: option --tls-passin: " NO_SOURCE HINT},
    {.args = {ENROLL, "--sign-passin", ""},
	.status = ST_ERROR,
	.said = "P: option --sign-passin: the value is empty" HINT},
    {.args = {"renew", "-uu", "-k-", "-ll", "-cc"},
	.status = ST_ERROR,
	.said =
	    "P: renew needs the names of files for -k, -l and -c, not -" HINT},
    {.args = {"renew", "-uu", "-kk", "-l-", "-cc"},
	.status = ST_ERROR,
	.said =
	    "P: renew needs the names of files for -k, -l and -c, not -" HINT},
    {.args = {"renew", "-uu", "-kk", "-ll", "-c-"},
	.status = ST_ERROR,
	.said =
	    "P: renew needs the names of files for -k, -l and -c, not -" HINT},
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
    {.args = {"getcr", "-uu", "-cc", "-kk", "-ll", "-ww"},
	.status = ST_OK,
	.said = TAKEN("getcr", "getcrl")},
    {.args = {"getca", "-uu", "file", "-cc"},
	.status = ST_OK,
	.said = IGNORED("file")},
    {.args = {"getca", "-uu", "-cc", "pass:phrase"},
	.status = ST_OK,
	.said = LIKE("a pass phrase (pass:...)")},
    {.args = {"getca", "-uu", "-cc", "--", "http://user:phrase@h:1"},
	.status = ST_OK,
	.said = LIKE("user:password@host")},
    {.args = {"getca", "-uu", "-cc", "name@example.org"},
	.status = ST_OK,
	.said = IGNORED("name@example.org")},
    {.args = {"getca", "-uu", "pkcs11:token=a?pin-value=1234", "-cc"},
	.status = ST_OK,
	.said = LIKE("the URI of a key with a PIN")},
    {.args = {"getca", "-uu", "-cc", "http://h/a?b", "pass", "pin:1"},
	.status = ST_OK,
	.said = IGNORED("http://h/a?b") IGNORED("pass") IGNORED("pin:1")},
    {.args = {"getca", "-uu", "-cc", ""},
	.status = ST_OK,
	.said = IGNORED("\"\"")},
    {.args = {"getca", "-uu", "-", "-cc"},
	.status = ST_OK,
	.said = IGNORED("-")},
    {.args = {"getca", "-uu", "-cc", "--", "-u", "\x1b[31m", "--"},
	.status = ST_OK,
	.said = IGNORED("-u") IGNORED("\\x1b[31m") IGNORED("--")},
    {.args = {"getca", "http://h/", "-cc"},
	.status = ST_ERROR,
	.said = IGNORED("http://h/") "P: missing URL (-u, --url)" HINT},
    {.args = {"getca", "-uu", "-cc", "-r", "x"},
	.status = ST_OK,
	.said = "P: warning: option -r has no effect with getca [no-effect]\n"},
    {.args = {"getca", "-uu", "-cc", "--poll-c=x"},
	.status = ST_OK,
	.said = "P: warning: option --poll-count has no effect with getca "
		"[no-effect]\n"},
    {.args = {"getca", "-uu", "-cc", "-R", "-m", "x"},
	.status = ST_OK,
	.said = "P: warning: option -R has no effect with getca [no-effect]\n"
		"P: warning: option -m has no effect with getca [no-effect]\n"},
    {.args = {"getcert", "-uu", "-cc", "-kk", "-ll", "-ss", "-ww",
	 "--sign-cert=x"},
	.status = ST_OK,
	.said = "P: warning: option --sign-cert has no effect with getcert "
		"[no-effect]\n"},
    {.args = {"getcaps", "-uu", "-r", "x", "--no-warn", "no-effect"},
	.status = ST_OK,
	.said = ""},
    {.args = {"getcaps", "-uu", "--no-warn", "chain, no-effect", "-r", "x"},
	.status = ST_OK,
	.said = ""},
    {.args = {"getcaps", "-uu", "--no-warn", ","}, .status = ST_OK, .said = ""},
    {.args = {"getcaps", "-uu", "--no-warn", "xyzzy"},
	.status = ST_OK,
	.said = "P: warning: option --no-warn: unknown warning xyzzy "
		"[unknown-warning]\n"},
    {.args = {"getcaps", "-uu", "--no-warn", "no-efect,no-chain"},
	.status = ST_OK,
	.said = "P: warning: option --no-warn: unknown warning no-efect (did "
		"you mean no-effect?) [unknown-warning]\n"},
    {.args = {"getcaps", "-uu", "--no-warn", "\033,unknown-warning"},
	.status = ST_OK,
	.said = ""},
    {.args = {"getcaps", "-uu", "--no-warn", "chain\033[m"},
	.status = ST_OK,
	.said = "P: warning: option --no-warn: unknown warning chain\\x1b[m "
		"(did you mean chain?) [unknown-warning]\n"},
    {.args = {"getcaps", "-uu", "--no-warn", "tls-insecure", "--no-warn=chain"},
	.status = ST_OK,
	.said = "P: warning: option --no-warn: the warning tls-insecure cannot "
		"be silenced [unknown-warning]\n"},
    /* They come before the error, whether the options are complete or not. */
    {.args = {"getca", "-uu", "-R", "--frobnicate", "--no-warn", "no-effect"},
	.status = ST_ERROR,
	.said = "P: warning: option -R has no effect with getca [no-effect]\n"
		"P: unknown option --frobnicate" HINT},
    {.args = {"getca", "-uu", "-R", "--no-warn", "no-effect"},
	.status = ST_ERROR,
	.said = "P: missing CA certificate file (-c, --ca-cert)" HINT},
    {.args = {"getcaps", "-uu", "-cx", "--ca-cert", "y"},
	.status = ST_OK,
	.said = ""},
    {.args = {"getcaps", "-uu", "-H", "-Eaes", "-Smd5", "-ii"},
	.status = ST_OK,
	.said = ""},
    {.args = {"getcaps", "-uu", "-i", ""}, .status = ST_OK, .said = ""},
    {.args = {"enroll", "-uu", "-cc", "-rr", "-mx", "-kk"},
	.status = ST_OK,
	.said = ""},
    {.args = {"enroll", "-uu", "-cc", "-rr", "-ll", "-Kk", "-Oo"},
	.status = ST_OK,
	.said = ""},
    {.args = {ENROLL, "--"}, .status = ST_OK, .said = ""},
    /* Values that follow their letter, though it begins a long name. */
    {.args = {"enroll", "-url.example", "-cert.pem", "-key.pem", "-request.csr",
	 "-local.crt"},
	.status = ST_OK,
	.said = ""},
    {.args = {ENROLL, "-M", "a=", "--wait=0", "-n0", "-t0", "-T0"},
	.status = ST_OK,
	.said = ""},
};

static void misuse_is_said(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, misuse, misuse[i].args[0]))
		run_expect(&misuse[i]);
}

static void warnings_are_said(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, warnings, warnings[i].args[0]))
		run_expect(&warnings[i]);
}

/* Words for operations, and whether they are warned of. */
static const struct word {
	const char *word;
	const struct operation *operation;
	bool loose;
} op_words[] = {
    {.word = "getca", .operation = &op_getca},
    {.word = "getcacert", .operation = &op_getca},
    {.word = "getcax", .operation = &op_getca},
    {.word = "getca\x1b", .operation = &op_getca},
    {.word = "getcap", .operation = &op_getca},
    {.word = "getcapx", .operation = &op_getca},
    {.word = "getcaps", .operation = &op_getcaps},
    {.word = "getcapsfoo", .operation = &op_getcaps},
    {.word = "getnextca", .operation = &op_getnextca},
    {.word = "getnextcacert", .operation = &op_getnextca},
    {.word = "enroll", .operation = &op_enroll},
    {.word = "enrollment", .operation = &op_enroll},
    {.word = "enrol", .operation = &op_enroll},
    {.word = "enro", .operation = &op_enroll, .loose = true},
    {.word = "getcertificate", .operation = &op_getcert},
    {.word = "getcer", .operation = &op_getcert, .loose = true},
    {.word = "getce", .operation = &op_getcert, .loose = true},
    {.word = "getcrls", .operation = &op_getcrl},
    {.word = "getcr", .operation = &op_getcrl, .loose = true},
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
    {.args = {"getca", "--json", "--jsn"}, .json = true},
    {.args = {"getca", "--jsn", "--json"}, .json = true},
    {.args = {"getca", "-Z", "--js"}, .json = true},
    {.args = {"getca", "-E", "nonsense", "--json"}, .json = true},
    {.args = {"getca", "--json"}, .json = true},
    {.args = {"getca", "--json=yes"}, .json = true},
    {.args = {"getca", "--bad"}},
    {.args = {"getca", "--bad", "json", "-json"}},
    {.args = {"nonsense", "-v", "--json"}, .json = true},
    {.args = {"getc", "--json"}, .json = true},
    {.args = {"help", "nonsense", "--json"}, .json = true},
    {.args = {"--json"}, .json = true},
    {.args = {"-u", "u", "--json"}, .json = true},
    {.args = {"-u"}},
    /* The value of an option, and what follows --, are no option. */
    {.args = {"enroll", "--bad", "-k", "--json"}},
    {.args = {"enroll", "--bad", "--key", "--json"}},
    {.args = {"enroll", "-k", "--json", "--bad"}},
    {.args = {"enroll", "--bad", "-k", "--json", "--json"}, .json = true},
    {.args = {"enroll", "--bad", "-vk--", "--json"}, .json = true},
    {.args = {"enroll", "--bad", "--", "--json"}},
    {.args = {"enroll", "-l", "--json"}},
    {.args = {"nonsense", "-k", "--json"}},
    {.args = {"nonsense", "--", "--json"}},
    {.args = {"-u", "--json"}},
    {.args = {"--", "--json"}},
    {.args = {"getca", "-url", "--json"}, .json = true},
    {.file = "JSON = yes\n", .args = {UFILE, "--bad"}, .json = true},
    {.file = "JSON = yes\n",
	.args = {"getcaps", "-uu", "--bad", "-f", RUN_FILE}},
    {.file = "JSON = yes\nnonsense\n", .args = {UFILE}, .json = true},
    {.file = "nonsense\n[\nJSON yes\n", .args = {UFILE}, .json = true},
    {.file = "Timeout = soon\njson = on\n", .args = {UFILE}, .json = true},
    {.file = "Timeout = soon\nJSON = no\n", .args = {UFILE}},
    {.file = "Timeout = soon\nJSON = no\n",
	.args = {UFILE, "--json"},
	.json = true},
    {.file = "[sscep_getca]\nJSON = yes\n[sscep]\nTimeout = soon\n",
	.args = {UFILE}},
    {.file = "[sscep_getcaps]\nTimeout = soon\nJSON = yes\n[sscep]\n"
	     "JSON = no\n",
	.args = {UFILE},
	.json = true},
    {.file = "[sscep]\nJSON = yes\n[sscep_getcaps]\nTimeout = soon\n"
	     "JSON = no\n",
	.args = {UFILE}},
    {.file = "Timeout = soon\nJSON = yes\nJSON = maybe\n",
	.args = {UFILE},
	.json = true},
    {.file = "Timeout = soon\nJSON = yes\nJSON =\n", .args = {UFILE}},
    {.file = "[sscep_getcaps]\nTimeout = soon\nJSON = no\nJSON =\n"
	     "[sscep]\n"
	     "JSON = yes\n",
	.args = {UFILE},
	.json = true},
};

static void misuse_asks_for_json(void **state)
{
	struct run r;
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, misused,
		 run_show(misused[i].file, misused[i].args,
		     NITEMS(misused[i].args)))) {
		if (misused[i].file != NULL)
			run_write_file(misused[i].file);
		run_start(&r, misused[i].args[0]);
		for (j = 1; j < NITEMS(misused[i].args); j++)
			if (misused[i].args[j] != NULL)
				run_add(&r, misused[i].args[j]);
		run_parse(&r);
		assert_int_not_equal(r.status, ST_OK);
		if (r.options.json != misused[i].json)
			fixture_fail("%s", r.said);
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
