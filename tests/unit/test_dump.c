/*
 * Unit test of src/options/dump.c and setting.c: what --dump-config prints
 * reads back as the same options, by config_parse() and by NCONF of libcrypto,
 * and has no secret in it.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/conf.h>

/* src/options/config.h, not the config.h that configure writes. */
#include "options/config.h"
#include "options/hide.h"
#include "options/options.h"
#include "options/setting.h"
#include "options/table.h"
#include "util/log.h"

/* After log.h, whose fail() it hides. */
#include <cmocka.h>

#include "rows.h"
#include "run.h"

#define SECRET "swordfish"

/* A value of each key, which is not its default; NULL: a flag. */
static const struct {
	const char *key, *value;
} values[] = {
    {.key = "URL", .value = "http://h:1/p?q=a@b#c"},
    {.key = "Proxy", .value = "h:8080"},
    {.key = "engine", .value = "pkcs11"},
    {.key = "CACertFile", .value = " dir/x\t'y'\\\"z\" # $a.crt "},
    {.key = "CAIdentifier", .value = "\n \r\t\b my \"own\" # $CA\\\n"},
    {.key = "EncAlgorithm", .value = "aes256"},
    {.key = "SigAlgorithm", .value = "sha384"},
    {.key = "Wait", .value = "7"},
    {.key = "MonitorInformation", .value = "a=\tb\n"},
    {.key = "Timeout", .value = "7"},
    {.key = "MaxReplySize", .value = "7"},
    {.key = "Legacy"},
    {.key = "Capabilities", .value = "AES,SHA-256"},
    {.key = "Verbose"},
    {.key = "Debug"},
    {.key = "Quiet"},
    {.key = "NoWarn", .value = "long-get,chain"},
    {.key = "JSON"},
    {.key = "Provider", .value = "pkcs11"},
    {.key = "ProviderPath", .value = "C:\\dir\\"},
    {.key = "TLSCAFile", .value = "x"},
    {.key = "TLSCADir", .value = "x"},
    {.key = "TLSCertFile", .value = "x"},
    {.key = "TLSKeyFile", .value = "pkcs11:token=x?pin-source=file:y"},
    {.key = "TLSKeyPassword", .value = "env:NAME"},
    {.key = "TLSInsecure"},
    {.key = "FingerPrint", .value = "sha224"},
    {.key = "CAFingerprint", .value = "00112233445566778899aabbccddeeff"},
    {.key = "ChainRootCACertFile", .value = "x"},
    {.key = "SignerCertificateFile", .value = "x"},
    {.key = "PrivateKeyFile", .value = "pkcs11:token=x"},
    {.key = "CertReqFile", .value = "x"},
    {.key = "LocalCertFile", .value = "x"},
    {.key = "SignKeyFile", .value = "x"},
    {.key = "SignCertFile", .value = "x"},
    {.key = "SelfSignedFile", .value = "x"},
    {.key = "PollInterval", .value = "7"},
    {.key = "MaxPollTime", .value = "7"},
    {.key = "MaxPollCount", .value = "7"},
    {.key = "Resume"},
    {.key = "RenewalMessage", .value = "19"},
    {.key = "ChainFile", .value = "x"},
    {.key = "SignKeyPassword", .value = "file:x y"},
    {.key = "GetCertSerial", .value = "AA:BB"},
    {.key = "GetCertFile", .value = "x"},
    {.key = "GetCrlFile", .value = "x"},
    {.key = "IfDue"},
    {.key = "RenewBefore", .value = "12h"},
    {.key = "EncCertFile", .value = "x"},
    {.key = "DumpRequestFile", .value = "x"},
    {.key = "Tolerate", .value = "clock,nonce"},
    {.key = "TransactionID", .value = "A-1"},
    {.key = "KeyPassword", .value = "fd:3"},
    {.key = "Subject", .value = "/C=FI/CN=a\\/b\\+\\\\ \"c\" #$d"},
    {.key = "NewKey", .value = "ec:P-384"},
    {.key = "NewKeyPassword", .value = "env:NAME"},
    {.key = "Challenge", .value = "file:x y"},
    {.key = "SubjectAltName", .value = "DNS:a,UPN:b\\,c@d"},
    {.key = "ExtendedKeyUsage", .value = "serverAuth,1.2.3"},
    {.key = "KeyUsage"},
    {.key = "CertTemplateName", .value = "a \"b\" #$c\\"},
    {.key = "RSAOAEP"},
    {.key = "RSAPSS"},
    {.key = "RenewWith", .value = "certificate"},
    {.key = "BundleFile", .value = "x"},
    {.key = "FullChainFile", .value = "x"},
    {.key = "KeyMode", .value = "640"},
    {.key = "CertMode", .value = "0644"},
    {.key = "Owner", .value = "x:y"},
    {.key = "WaitLock", .value = "7"},
    {.key = "Jitter", .value = "7"},
    {.key = "Hook", .value = "a 'b' \"$c\" # d\\"},
    {.key = "HookTimeout", .value = "7"},
    {.key = "HookOptional"},
};

static void start_dump(struct run *r, const char *operation)
{
	run_start(r, operation);
	run_add(r, "--dump-config");
}

static const char *dumped(const struct run *r)
{
	return buf_string(&r->options.dumped);
}

/* Comparing options. */

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_list(const struct list *a, const struct list *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!same_text(a->items[i], b->items[i]))
			return false;
	return true;
}

static bool same_field(const struct option_row *row, const struct options *a,
    const struct options *b)
{
	const void *x = table_field_const(a, row);
	const void *y = table_field_const(b, row);

	switch (row->type) {
	case TYPE_STRING:
		return same_text(*(char *const *)x, *(char *const *)y);
	case TYPE_NUMBER:
		return *(const int *)x == *(const int *)y;
	case TYPE_FLAG:
		return *(const bool *)x == *(const bool *)y;
	case TYPE_LIST:
		return same_list(x, y);
	case TYPE_TOLERATE:
		return *(const unsigned int *)x == *(const unsigned int *)y;
	case TYPE_RENEWAL:
		return *(const enum renewal *)x == *(const enum renewal *)y;
	case TYPE_NO_WARN:
		return memcmp(x, y, sizeof(a->no_warn)) == 0;
	case TYPE_IGNORED:
	case TYPE_ACTION:
		break;
	}
	return true;
}

static bool same_engine(
    const struct engine_options *a, const struct engine_options *b)
{
	size_t i;

	if (!same_text(a->id, b->id) || !same_text(a->path, b->path) ||
	    a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (!same_text(a->commands[i].name, b->commands[i].name) ||
		    !same_text(a->commands[i].value, b->commands[i].value))
			return false;
	return true;
}

/* Parses r, reads what it prints as a file, and expects the same. */
static void expect_round(struct run *r)
{
	const struct option_row *row, *end = table_rows + table_row_count;
	struct run again;

	run_parse(r);
	if (r->status != ST_OK || r->action != OPTIONS_DUMP_CONFIG)
		fail_msg("%s", r->said);
	run_write_file(dumped(r));
	start_dump(&again, r->options.operation->name);
	run_add(&again, "-f" RUN_FILE);
	run_parse(&again);
	if (again.status != ST_OK || strstr(again.said, "warning") != NULL)
		fail_msg("%s%s", dumped(r), again.said);
	assert_int_equal(again.action, OPTIONS_DUMP_CONFIG);
	assert_string_equal(dumped(&again), dumped(r));
	for (row = table_rows; row < end; row++)
		if (row->key != NULL &&
		    !same_field(row, &r->options, &again.options))
			fail_msg("%s of %s", row->key, dumped(r));
	assert_true(same_engine(
	    &r->options.engine_options, &again.options.engine_options));
	run_end(&again);
}

/* Every key. */

static void add_option(struct run *r, const struct option_row *row)
{
	char arg[64];
	size_t i;

	for (i = 0; i < NITEMS(values); i++)
		if (strcmp(values[i].key, row->key) == 0)
			break;
	if (i == NITEMS(values))
		fail_msg("values[] has no %s", row->key);
	snprintf(arg, sizeof(arg), "--%s", row->name);
	run_add(r, arg);
	if (values[i].value != NULL)
		run_add(r, values[i].value);
}

static void every_key_reads_back(void **state)
{
	const struct option_row *row;
	char start[128];
	struct run r;
	size_t i, j;

	(void)state;
	for (i = 0; i < table_row_count * OPS_COUNT; i++) {
		row = &table_rows[i / OPS_COUNT];
		j = i % OPS_COUNT;
		if (row->key == NULL || !(row->ops & ops_all[j]->op))
			continue;
		start_dump(&r, ops_all[j]->name);
		add_option(&r, row);
		expect_round(&r);
		snprintf(start, sizeof(start),
		    "[sscep_%s]\n%s = ", ops_all[j]->name, row->key);
		assert_int_equal(strncmp(dumped(&r), start, strlen(start)), 0);
		assert_ptr_equal(strchr(dumped(&r) + strlen(start), '\n') + 1,
		    dumped(&r) + strlen(dumped(&r)));
		run_end(&r);
	}
}

static void all_keys_at_once(void **state)
{
	struct run r;
	size_t i, j;

	(void)state;
	for (j = 0; j < OPS_COUNT; j++) {
		start_dump(&r, ops_all[j]->name);
		for (i = 0; i < table_row_count; i++)
			if (table_rows[i].key != NULL &&
			    (table_rows[i].ops & ops_all[j]->op))
				add_option(&r, &table_rows[i]);
		expect_round(&r);
		run_end(&r);
	}
}

static void nothing_is_printed_that_nobody_set(void **state)
{
	char want[64];
	struct run r;
	size_t j;

	(void)state;
	for (j = 0; j < OPS_COUNT; j++) {
		start_dump(&r, ops_all[j]->name);
		expect_round(&r);
		snprintf(want, sizeof(want), "[sscep_%s]\n", ops_all[j]->name);
		assert_string_equal(dumped(&r), want);
		run_end(&r);
	}
}

static void lists_and_values_that_equal_the_default(void **state)
{
	struct run r;

	(void)state;
	run_write_file("Timeout = 120\nQuiet = off\nURL = http://file/\n"
		       "[sscep_getca]\nMonitorInformation = a=1\n"
		       "MonitorInformation = b=2\nFingerPrint = SHA2-256\n"
		       "[sscep_enroll]\nResume = yes\n");
	start_dump(&r, "getca");
	run_add(&r, "-f" RUN_FILE);
	run_add(&r, "-uhttp://argv/");
	run_add(&r, "--tolerate=signer");
	run_add(&r, "--tolerate=nonce");
	expect_round(&r);
	assert_string_equal(dumped(&r),
	    "[sscep_getca]\nURL = \"http://argv/\"\n"
	    "MonitorInformation = \"a=1\"\nMonitorInformation = \"b=2\"\n"
	    "Timeout = 120\nQuiet = no\nFingerPrint = \"sha256\"\n"
	    "Tolerate = nonce,signer\n");
	run_end(&r);
}

static void of_another_section(void **state)
{
	struct run r;

	(void)state;
	run_write_file("[sscep_enroll]\nSignCertFile = x\n[sscep_getcert]\n"
		       "GetCertSerial = 1\n");
	start_dump(&r, "getcrl");
	run_add(&r, "-f" RUN_FILE);
	expect_round(&r);
	assert_string_equal(dumped(&r),
	    "[sscep_getcrl]\nSignCertFile = \"x\"\n"
	    "GetCertSerial = \"1\"\n");
	run_end(&r);
}

static void without_what_the_command_line_overrules(void **state)
{
	struct run r;

	(void)state;
	run_write_file("Subject = /CN=a\nNewKey = ec:P-256\nKeyUsage = yes\n"
		       "SubjectAltName = DNS:a\nChallenge = pass:" SECRET "\n"
		       "CertReqFile = a.csr\n");
	start_dump(&r, "enroll");
	run_add(&r, "-f" RUN_FILE);
	run_add(&r, "-rb.csr");
	expect_round(&r);
	assert_string_equal(
	    dumped(&r), "[sscep_enroll]\nCertReqFile = \"b.csr\"\n");
	run_end(&r);
}

/* Any value. */

static unsigned int seed = 1;

static unsigned int next_random(void)
{
	seed = seed * 1103515245u + 12345u;
	return seed >> 16 & 0x7fff;
}

/* Half of the bytes are special ones. */
static void make_value(char *out, size_t len)
{
	static const char special[] = "\\\\\"'`$#{}()=:[] \t\n\r\b\f\vnrtb";
	unsigned int n;

	for (; len > 0; len--) {
		n = next_random();
		*out++ = n % 2 == 0 ? special[n / 2 % (sizeof(special) - 1)]
				    : (char)(1 + n / 2 % 255);
	}
	*out = '\0';
}

/* The value that libcrypto reads for the key. */
static void expect_nconf(
    const char *text, const char *section, const char *key, const char *value)
{
	CONF *conf = NCONF_new(NULL);
	BIO *bio = BIO_new_mem_buf(text, (int)strlen(text));
	const char *got;

	assert_non_null(conf);
	assert_non_null(bio);
	if (NCONF_load_bio(conf, bio, NULL) <= 0)
		fail_msg("NCONF: %s", text);
	assert_non_null(got = NCONF_get_string(conf, section, key));
	assert_string_equal(got, value);
	BIO_free(bio);
	NCONF_free(conf);
}

static void try_value(const char *option, const char *key, const char *value)
{
	struct run r;

	start_dump(&r, "getca");
	run_add(&r, option);
	run_add(&r, value);
	expect_round(&r);
	expect_nconf(dumped(&r), "sscep_getca", key, value);
	run_end(&r);
}

static void try_unwritable(
    const char *option, const char *value, const char *said)
{
	struct run r;

	start_dump(&r, "getca");
	run_add(&r, option);
	run_add(&r, value);
	run_parse(&r);
	assert_int_equal(r.status, ST_ERROR);
	assert_string_equal(r.said, said);
	run_end(&r);
}

static void any_value_reads_back(void **state)
{
	char text[64];
	char *value = text + 2;
	int round;

	(void)state;
	memcpy(text, "n=", 2);
	for (round = 0; round < 1000; round++) {
		make_value(value, 1 + (size_t)round % 40);
		try_value("-i", "CAIdentifier", value);
		try_value("-M", "MonitorInformation", text);
		if (strchr(value, '\n') != NULL)
			try_unwritable("-c", value,
			    "P: --dump-config: CACertFile cannot be written: "
			    "there is a line feed in the value\n");
		else
			try_value("-c", "CACertFile", value);
	}
}

static void every_byte_reads_back(void **state)
{
	char value[4];
	int c;

	(void)state;
	for (c = 1; c < 256; c++) {
		snprintf(value, sizeof(value), "%c", c);
		try_value("-i", "CAIdentifier", value);
		snprintf(value, sizeof(value), "a%c", c);
		try_value("-i", "CAIdentifier", value);
		snprintf(value, sizeof(value), "%cb", c);
		try_value("-i", "CAIdentifier", value);
		if (c != '\n')
			try_value("-c", "CACertFile", value);
	}
}

static void what_cannot_be_written(void **state)
{
	static char longest[CONFIG_LINE_MAX + 1];
	size_t room = CONFIG_LINE_MAX - strlen("CAIdentifier = \"\"");
	struct buf line = {0};
	const char *problem;

	(void)state;
	memset(longest, 'x', room);
	try_value("-i", "CAIdentifier", longest);
	try_value("-i", "CAIdentifier", "");
	longest[room] = 'x';
	try_unwritable("-i", longest,
	    "P: --dump-config: CAIdentifier cannot be written: the value is "
	    "longer than a line can be\n");
	try_unwritable("--provider", "a\nb",
	    "P: --dump-config: Provider cannot be written: there is a line "
	    "feed in the value\n");
	assert_true(setting_add(&line, "a b", "c", true, &problem));
	assert_non_null(problem);
	assert_int_equal(line.len, 0);
	assert_true(setting_is_name("a-b_c.D1"));
	assert_false(setting_is_name(".include"));
	assert_false(setting_is_name("a::b"));
	assert_false(setting_is_name("a]"));
	assert_false(setting_is_name("#"));
	assert_false(setting_is_name(""));
	longest[CONFIG_NAME_MAX] = '\0';
	assert_true(setting_is_name(longest));
	longest[CONFIG_NAME_MAX] = 'x';
	longest[CONFIG_NAME_MAX + 1] = '\0';
	assert_false(setting_is_name(longest));
}

/* Engines. */

static void engine_sections_read_back(void **state)
{
	static const char want[] =
	    "[sscep_enroll]\nengine = \"%s\"\n[%s]\nengine_id = \"pkcs11\"\n"
	    "dynamic_path = \"/lib/\be.so\"\nMODULE_PATH = \"/lib/\rm.so\"\n"
	    "LOAD =\nVERBOSE = \"a\"\\n\"b\"\nFORCE = \"1\"\n";
	static const struct {
		const char *engine, *text;
	} engines[] = {
	    {"mine",
		"engine = mine\n[mine]\nengine_id = pkcs11\n"
		"dynamic_path = \"/lib/\be.so\"\nMODULE_PATH = "
		"\"/lib/\rm.so\"\nLOAD =\n"
		"engine_usage = x\ncmds = c\n[c]\nVERBOSE = a\\nb\n"
		"[sscep_engine_pkcs11]\nFORCE = 1\n"},
	    {"pkcs11",
		"engine = pkcs11\n[other]\nengine_id = pkcs11\n"
		"dynamic_path = \"/lib/\be.so\"\nMODULE_PATH = "
		"\"/lib/\rm.so\"\nLOAD =\n"
		"VERBOSE = a\\nb\n[sscep_engine_pkcs11]\nFORCE = 1\n"},
	};
	char text[512];
	struct run r;
	size_t i;

	(void)state;
	for (EACH_ROW(i, engines, engines[i].text)) {
		run_write_file(engines[i].text);
		start_dump(&r, "enroll");
		run_add(&r, "-f" RUN_FILE);
		expect_round(&r);
		snprintf(text, sizeof(text), want, engines[i].engine,
		    engines[i].engine);
		assert_string_equal(dumped(&r), text);
		run_end(&r);
	}
	start_dump(&r, "enroll");
	run_add(&r, "-ga b]#");
	expect_round(&r);
	assert_string_equal(dumped(&r), "[sscep_enroll]\nengine = \"a b]#\"\n");
	run_end(&r);
}

static void engines_that_cannot_be_written(void **state)
{
	static const struct {
		const char *text, *key, *why;
	} engines[] = {
	    {.text = "[sscep_GETCA]\nengine = sscep_getca\nMODULE_PATH = x\n",
		.key = "engine",
		.why = "a section for an engine cannot have its name"},
	    {.text = "[sscep]\nengine = sscep\nMODULE_PATH = x\n",
		.key = "engine",
		.why = "a section for an engine cannot have its name"},
	    {.text = "engine = a b\n[a b]\nMODULE_PATH = x\n",
		.key = "engine",
		.why = "a section for an engine cannot have its name"},
	    {.text = "engine = e\n[e]\n\"a b\" \"c\"\n",
		.key = "a",
		.why =
		    "a key has letters, digits, \"_\", \"-\" and \".\" only"},
	};
	char want[256];
	struct run r;
	size_t i;

	(void)state;
	for (EACH_ROW(i, engines, engines[i].text)) {
		run_write_file(engines[i].text);
		start_dump(&r, "getca");
		run_add(&r, "-f" RUN_FILE);
		run_parse(&r);
		assert_int_equal(r.status, ST_ERROR);
		snprintf(want, sizeof(want),
		    "P: --dump-config: %s cannot be written: %s\n",
		    engines[i].key, engines[i].why);
		assert_non_null(strstr(r.said, want));
		run_end(&r);
	}
}

/* Secrets. */

static const struct secret_value {
	const char *option, *key, *value, *shown;
} secrets[] = {
    {.option = "--passin",
	.key = "KeyPassword",
	.value = "pass:" SECRET,
	.shown = "pass:"},
    {.option = "--sign-passin",
	.key = "SignKeyPassword",
	.value = "pass:" SECRET,
	.shown = "pass:"},
    {.option = "--tls-passin",
	.key = "TLSKeyPassword",
	.value = "pass:a:" SECRET "\n",
	.shown = "pass:"},
    {.option = "--key-passout",
	.key = "NewKeyPassword",
	.value = "pass:" SECRET,
	.shown = "pass:"},
    {.option = "--challenge",
	.key = "Challenge",
	.value = "pass:" SECRET,
	.shown = "pass:"},
    {.option = "-k",
	.key = "PrivateKeyFile",
	.value = "pkcs11:token=x;pin-value=" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "-k",
	.key = "PrivateKeyFile",
	.value = "pkcs11:token=x;PIN-VALUE=" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "-k",
	.key = "PrivateKeyFile",
	.value = "org.openssl.engine:pkcs11:pkcs11:token=x;pin-value=" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "-i",
	.key = "CAIdentifier",
	.value = "pkcs11:token=x;Pin-Value=" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "-K",
	.key = "SignKeyFile",
	.value = "handle:1?" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "--tls-key",
	.key = "TLSKeyFile",
	.value = "PKCS11:?pin-value=" SECRET,
	.shown = "a URI with a PIN"},
    {.option = "-p",
	.key = "Proxy",
	.value = "user:" SECRET "@h:1",
	.shown = "user:password@host"},
    {.option = "-p",
	.key = "Proxy",
	.value = "http://" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-p",
	.key = "Proxy",
	.value = "user:a/b#" SECRET "@h:1",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://user:" SECRET "@h/",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://user:a/" SECRET "@h/",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "user:" SECRET "@h/",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://[" SECRET "@::1]/",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://[user:a/" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://[::1]a/" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http:/user:" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http:///user:" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://user%3aa/" SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://:" SECRET "/@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = SECRET "@h",
	.shown = "user:password@host"},
    {.option = "-u",
	.key = "URL",
	.value = "http://h/p?Challenge=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "challengePassword=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-u",
	.key = "URL",
	.value = "http://h/p?a=b&userPwd=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-u",
	.key = "URL",
	.value = "http://h/p?p%49n=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "%63hallenge=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "x=1;access_token=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "PASSWORD=" SECRET,
	.shown = "a secret parameter"},
    /* Each of the words anywhere, and each of those in names only. */
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "a=Challenge-" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "a=passw-" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "a=PASSP-" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "a=secret-" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "p%61ssw=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "p%61ssp=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "s%65cret=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "a=b;pwd=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "PIN=" SECRET,
	.shown = "a secret parameter"},
    {.option = "-M",
	.key = "MonitorInformation",
	.value = "Token=" SECRET,
	.shown = "a secret parameter"},
};

static void expect_hidden(
    struct run *r, const struct secret_value *s, const char *where)
{
	char want[256];

	run_parse(r);
	if (r->status != ST_OK)
		fail_msg("%s", r->said);
	snprintf(want, sizeof(want), "\n# %s: from %s %s, not shown\n", s->key,
	    s->shown, where);
	if (strstr(dumped(r), want) == NULL)
		fail_msg("%s", dumped(r));
	assert_null(strstr(dumped(r), SECRET));
	assert_null(strstr(r->said, SECRET));
	want[strlen(want) - 1] = '\0';
	assert_non_null(strstr(r->said, want + 1));
	run_write_file(dumped(r));
	run_end(r);
	start_dump(r, "enroll");
	run_add(r, "-f" RUN_FILE);
	run_parse(r);
	assert_int_equal(r->status, ST_OK);
	run_end(r);
}

static void secrets_are_comments(void **state)
{
	const struct secret_value *s;
	struct buf line = {0};
	const char *problem;
	struct run r;
	size_t i;

	(void)state;
	for (EACH_ROW(i, secrets, secrets[i].value)) {
		s = &secrets[i];
		start_dump(&r, "enroll");
		run_add(&r, s->option);
		run_add(&r, s->value);
		run_add(&r, "-v");
		expect_hidden(&r, s, "on the command line");

		assert_true(
		    setting_add(&line, s->key, s->value, true, &problem));
		run_write_file(buf_string(&line));
		buf_free(&line);
		start_dump(&r, "enroll");
		run_add(&r, "-vf" RUN_FILE);
		expect_hidden(&r, s, "in " RUN_FILE);
	}
}

static void what_is_no_secret(void **state)
{
	static const struct {
		const char *option, *value, *line;
	} plain[] = {
	    {.option = "--passin",
		.value = "env:PASS",
		.line = "KeyPassword = \"env:PASS\""},
	    {.option = "--passin",
		.value = "file:a b",
		.line = "KeyPassword = \"file:a b\""},
	    {.option = "--passin",
		.value = "fd:3",
		.line = "KeyPassword = \"fd:3\""},
	    {.option = "--passin",
		.value = "stdin",
		.line = "KeyPassword = \"stdin\""},
	    {.option = "--key-passout",
		.value = "file:a b",
		.line = "NewKeyPassword = \"file:a b\""},
	    {.option = "--challenge",
		.value = "env:PASS",
		.line = "Challenge = \"env:PASS\""},
	    {.option = "-u",
		.value = "http://h/?m=a@b",
		.line = "URL = \"http://h/?m=a@b\""},
	    {.option = "-u",
		.value = "http://h/pin?m=token;a=pwd",
		.line = "URL = \"http://h/pin?m=token;a=pwd\""},
	    {.option = "-u",
		.value = "http://h:80/a@b",
		.line = "URL = \"http://h:80/a@b\""},
	    {.option = "-u",
		.value = "http://[::1]:8/a@b",
		.line = "URL = \"http://[::1]:8/a@b\""},
	    {.option = "-u",
		.value = "http://[::1]/a@b",
		.line = "URL = \"http://[::1]/a@b\""},
	    {.option = "-k",
		.value = "a?b",
		.line = "PrivateKeyFile = \"a?b\""},
	    {.option = "-k",
		.value = "pkcs11:a?pin-source=b",
		.line = "PrivateKeyFile = \"pkcs11:a?pin-source=b\""},
	};
	struct run r;
	size_t i;

	(void)state;
	for (EACH_ROW(i, plain, plain[i].line)) {
		start_dump(&r, "enroll");
		run_add(&r, plain[i].option);
		run_add(&r, plain[i].value);
		expect_round(&r);
		assert_non_null(strstr(dumped(&r), plain[i].line));
		run_end(&r);
	}
}

static void secrets_of_engines_are_comments(void **state)
{
	struct run r;

	(void)state;
	run_write_file(
	    "engine = e\nVerbose = yes\n[e]\nengine_id = e\n"
	    "user_pw = " SECRET "\npwd = " SECRET "\nPW = " SECRET
	    "\nrawpw = x\nPIN = " SECRET "\nKeyStorePass = " SECRET "\n"
	    "KEY = pkcs11:pin-value=" SECRET "\nMODULE_PATH = x\n"
	    "SET_OWNERAUTH = " SECRET "\nSet_ParentAuth = " SECRET
	    "\nClient_Secret = " SECRET "\n"
	    "XPWD = " SECRET "\nChallenge = " SECRET "\nKEYWORD = pass:" SECRET
	    "\n");
	start_dump(&r, "enroll");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_string_equal(dumped(&r),
	    "[sscep_enroll]\nengine = \"e\"\nVerbose = yes\n[e]\n"
	    "engine_id = \"e\"\n# user_pw: from t.conf:5, not shown\n"
	    "# pwd: from t.conf:6, not shown\n# PW: from t.conf:7, not shown\n"
	    "rawpw = \"x\"\n# PIN: from t.conf:9, not shown\n"
	    "# KeyStorePass: from t.conf:10, not shown\n"
	    "# KEY: from t.conf:11, not shown\nMODULE_PATH = \"x\"\n"
	    "# SET_OWNERAUTH: from t.conf:13, not shown\n"
	    "# Set_ParentAuth: from t.conf:14, not shown\n"
	    "# Client_Secret: from t.conf:15, not shown\n"
	    "# XPWD: from t.conf:16, not shown\n"
	    "# Challenge: from t.conf:17, not shown\n"
	    "# KEYWORD: from t.conf:18, not shown\n");
	assert_non_null(strstr(r.said, "# PIN: from t.conf:9, not shown\n"));
	assert_null(strstr(r.said, SECRET));
	run_end(&r);
}

/* Variables that secrets are made of are secrets. */
static void variables_of_secrets_are_comments(void **state)
{
	struct run r;

	(void)state;
	run_write_file("engine = e\nVerbose = yes\n[e]\nengine_id = e\n"
		       "a = " SECRET "\nb = x$a\nPIN = $b\nc = " SECRET "\n"
		       "d = /lib\nMODULE_PATH = $d/x\na = 1\n[sscep]\n"
		       "KeyPassword = pass:$e::c\nProxy = u:$e::c@h\n");
	start_dump(&r, "enroll");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_non_null(strstr(dumped(&r),
	    "# a: from t.conf:5, not shown\n# b: from t.conf:6, not shown\n"
	    "# PIN: from t.conf:7, not shown\n"
	    "# c: from t.conf:8, not shown\nd = \"/lib\"\n"
	    "MODULE_PATH = \"/lib/x\"\n# a: from t.conf:11, not shown\n"));
	assert_null(strstr(dumped(&r), SECRET));
	assert_null(strstr(r.said, SECRET));
	run_end(&r);
}

/* The log of -v. */

static void verbose_has_the_defaults_too(void **state)
{
	struct run r;

	(void)state;
	start_dump(&r, "getcaps");
	run_add(&r, "-v");
	run_add(&r, "-i\na");
	run_add(&r, "--provider=a\nb");
	run_parse(&r);
	assert_int_equal(r.status, ST_ERROR);
	run_end(&r);

	run_write_file("Verbose = yes\nCAIdentifier = a\\nb\n");
	start_dump(&r, "getcaps");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_string_equal(r.said,
	    "P: configuration: [sscep_getcaps]\n"
	    "P: configuration: CAIdentifier = \"a\"\\n\"b\"\n"
	    "P: configuration: Wait = 0\nP: configuration: Timeout = 120\n"
	    "P: configuration: Legacy = no\nP: configuration: Verbose = yes\n"
	    "P: configuration: Debug = no\nP: configuration: Quiet = no\n"
	    "P: configuration: JSON = no\n"
	    "P: configuration: TLSInsecure = no\n");
	run_end(&r);
}

static void verbose_escapes_control_characters(void **state)
{
	struct run r;

	(void)state;
	start_dump(&r, "getcaps");
	run_add(&r, "-v");
	run_add(&r, "-uhttp://h/\033[2J\rX\\\xc3\xa4\x9b");
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_non_null(strstr(r.said,
	    "P: configuration: URL = \"http://h/\\x1b[2J\\x0dX\\\\"
	    "\xc3\xa4\\x9b\"\n"));
	assert_null(strchr(r.said, '\033'));
	assert_null(strchr(r.said, '\r'));
	/* What is read back has them as they are. */
	assert_non_null(strstr(dumped(&r), "\033[2J"));
	run_end(&r);
}

static void verbose_goes_on_where_a_value_cannot_be_written(void **state)
{
	struct run r;

	(void)state;
	start_dump(&r, "getcaps");
	free(r.argv[2]);
	r.argc = 2;
	run_add(&r, "-v");
	run_add(&r, "-ua\nb");
	run_parse(&r);
	assert_int_equal(r.status, ST_OK);
	assert_non_null(strstr(r.said,
	    "P: configuration: # URL cannot be written: there is a line feed "
	    "in the value.\n"));
	run_end(&r);
}

/* The command line. */

static void other_actions_and_misuse(void **state)
{
	struct run r;

	(void)state;
	start_dump(&r, "enroll");
	run_add(&r, "--help");
	run_parse(&r);
	assert_int_equal(r.action, OPTIONS_HELP);
	run_end(&r);

	start_dump(&r, "enroll");
	run_add(&r, "-Erot13");
	run_parse(&r);
	assert_int_equal(r.status, ST_ERROR);
	assert_non_null(strstr(r.said, "unknown cipher rot13"));
	run_end(&r);

	start_dump(&r, "enroll");
	run_add(&r, "-Kx");
	expect_round(&r);
	run_end(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_reads_back),
	    cmocka_unit_test(all_keys_at_once),
	    cmocka_unit_test(nothing_is_printed_that_nobody_set),
	    cmocka_unit_test(lists_and_values_that_equal_the_default),
	    cmocka_unit_test(of_another_section),
	    cmocka_unit_test(without_what_the_command_line_overrules),
	    cmocka_unit_test(any_value_reads_back),
	    cmocka_unit_test(every_byte_reads_back),
	    cmocka_unit_test(what_cannot_be_written),
	    cmocka_unit_test(engine_sections_read_back),
	    cmocka_unit_test(engines_that_cannot_be_written),
	    cmocka_unit_test(secrets_are_comments),
	    cmocka_unit_test(what_is_no_secret),
	    cmocka_unit_test(secrets_of_engines_are_comments),
	    cmocka_unit_test(variables_of_secrets_are_comments),
	    cmocka_unit_test(verbose_has_the_defaults_too),
	    cmocka_unit_test(verbose_escapes_control_characters),
	    cmocka_unit_test(verbose_goes_on_where_a_value_cannot_be_written),
	    cmocka_unit_test(other_actions_and_misuse),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
