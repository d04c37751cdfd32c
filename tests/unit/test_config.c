/* Unit test of src/options/config.c: both syntaxes, and what is refused. */

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
/* src/options/config.h, not the config.h that configure writes. */
#include "options/config.h"
#include "util/log.h"

#define ENTRIES_MAX 4

/* The members of a struct config_entry that are compared. */
struct want {
	const char *section, *key;
	const char *value;
	size_t line;
	char escape;
	bool variable, absent;
};

/* A whole file and its entries; count includes the section headers. */
static const struct good {
	const char *text;
	size_t count;
	struct want entries[ENTRIES_MAX];
} good[] = {
    {.text = "",
	.count = 0,
	.entries = {{NULL, NULL, NULL, 0, 0, false, false}}},
    {.text = "\n\n",
	.count = 0,
	.entries = {{NULL, NULL, NULL, 0, 0, false, false}}},
    {.text = "# a comment\n \t# another\n",
	.count = 0,
	.entries = {{NULL, NULL, NULL, 0, 0, false, false}}},
    {.text = "   \t\n",
	.count = 0,
	.entries = {{NULL, NULL, NULL, 0, 0, false, false}}},

    /* new syntax; test_nconf.c compares it with that of libcrypto */
    {.text = "Key = Value\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key=Value",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "\t Key\t=\tValue \t\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key = Value\r\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key = two words\n",
	.count = 1,
	.entries = {{"default", "Key", "two words", 1, 0, false, false}}},
    {.text = "Key = \"two  words \"  \n",
	.count = 1,
	.entries = {{"default", "Key", "two  words ", 1, 0, false, false}}},
    {.text = "\"Key\" = \"Value\"\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key =\n",
	.count = 1,
	.entries = {{"default", "Key", "", 1, 0, false, true}}},
    {.text = "Key = \"Value\" # x\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "K = C:\\new\n",
	.count = 1,
	.entries = {{"default", "K", "C:\new", 1, 'n', false, false}}},
    {.text = "K = \\t\\r\n",
	.count = 1,
	.entries = {{"default", "K", "\t\r", 1, 't', false, false}}},
    {.text = "K = \"C:\\new\"\n",
	.count = 1,
	.entries = {{"default", "K", "C:new", 1, 0, false, false}}},
    {.text = "K = \\n\nL = a$K\n",
	.count = 2,
	.entries = {{"default", "K", "\n", 1, 'n', true, false},
	    {"default", "L", "a\n", 2, 'n', false, false}}},
    {.text = "K = a\\\nb\\\n\nL = c\n",
	.count = 2,
	.entries = {{"default", "K", "ab", 1, 0, false, false},
	    {"default", "L", "c", 4, 0, false, false}}},
    {.text = "s::K = v\n",
	.count = 1,
	.entries = {{"s", "K", "v", 1, 0, false, false}}},

    /* old syntax */
    {.text = "Key Value\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key\t \tValue\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "\"Key\" \"Value\"\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "\"Key\"   Value\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "Key \"two words\"\r\n",
	.count = 1,
	.entries = {{"default", "Key", "two words", 1, 0, false, false}}},
    {.text = "Key \"\"\n",
	.count = 1,
	.entries = {{"default", "Key", "", 1, 0, false, false}}},
    {.text = "Key a = b\n",
	.count = 1,
	.entries = {{"default", "Key", "a = b", 1, 0, false, false}}},
    {.text = "URL http://h/?x=1#y\n",
	.count = 1,
	.entries = {{"default", "URL", "http://h/?x=1#y", 1, 0, false, false}}},
    {.text = "Key\"Value\"\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "\"Key\"\"Value\"\n",
	.count = 1,
	.entries = {{"default", "Key", "Value", 1, 0, false, false}}},
    {.text = "K \"a \\\"b\\\" c\"\n",
	.count = 1,
	.entries = {{"default", "K", "a \"b\" c", 1, 0, false, false}}},
    {.text = "K a\"b\"\n",
	.count = 1,
	.entries = {{"default", "K", "a\"b\"", 1, 0, false, false}}},
    {.text = "K a\\\"b\n",
	.count = 1,
	.entries = {{"default", "K", "a\"b", 1, 0, false, false}}},
    {.text = "K C:\\dir\\new\n",
	.count = 1,
	.entries = {{"default", "K", "C:\\dir\\new", 1, 0, false, false}}},
    {.text = "K \"C:\\dir\\file\"\n",
	.count = 1,
	.entries = {{"default", "K", "C:\\dir\\file", 1, 0, false, false}}},
    {.text = "K \"C:\\\\dir\"\n",
	.count = 1,
	.entries = {{"default", "K", "C:\\\\dir", 1, 0, false, false}}},
    {.text = "K \"C:\\dir\\\\\"\n",
	.count = 1,
	.entries = {{"default", "K", "C:\\dir\\", 1, 0, false, false}}},
    {.text = "K \"\\\\\\\"\"\n",
	.count = 1,
	.entries = {{"default", "K", "\\\"", 1, 0, false, false}}},
    {.text = "K C:\\dir\\\nL V\n",
	.count = 2,
	.entries = {{"default", "K", "C:\\dir\\", 1, 0, false, false},
	    {"default", "L", "V", 2, 0, false, false}}},
    {.text = "K $HOME/${x}$\n",
	.count = 1,
	.entries = {{"default", "K", "$HOME/${x}$", 1, 0, false, false}}},
    {.text = "K a # b\n",
	.count = 1,
	.entries = {{"default", "K", "a # b", 1, 0, false, false}}},
    {.text = "K #\n",
	.count = 1,
	.entries = {{"default", "K", "#", 1, 0, false, false}}},
    {.text = "K 'a'\n",
	.count = 1,
	.entries = {{"default", "K", "'a'", 1, 0, false, false}}},
    {.text = "K \"a\\nb\"\n",
	.count = 1,
	.entries = {{"default", "K", "a\\nb", 1, 0, false, false}}},
    {.text = "K \xc3\xa4\n",
	.count = 1,
	.entries = {{"default", "K", "\xc3\xa4", 1, 0, false, false}}},

    /* one syntax after the other */
    {.text = "dir /x\nK = $dir/y # z\nL $dir/y # z\n",
	.count = 3,
	.entries = {{"default", "dir", "/x", 1, 0, true, false},
	    {"default", "K", "/x/y", 2, 0, false, false},
	    {"default", "L", "$dir/y # z", 3, 0, false, false}}},

    /* Only the new syntax is continued, be it within its key. */
    {.text = "# C:\\x\\\nK V\n",
	.count = 1,
	.entries = {{"default", "K", "V", 2, 0, false, false}}},
    {.text = "# C:\\x\\\n\"K\" \"V\"\n",
	.count = 1,
	.entries = {{"default", "K", "V", 2, 0, false, false}}},
    {.text = "#\\\n# \\\n \\\nK V\\\nL V\n",
	.count = 2,
	.entries = {{"default", "K", "V\\", 4, 0, false, false},
	    {"default", "L", "V", 5, 0, false, false}}},
    {.text = "K = V # C:\\x\\\nL V\n",
	.count = 2,
	.entries = {{"default", "K", "V", 1, 0, false, false},
	    {"default", "L", "V", 2, 0, false, false}}},
    {.text = "[a] \\\nK V\n",
	.count = 2,
	.entries = {{"a", NULL, NULL, 1, 0, false, false},
	    {"a", "K", "V", 2, 0, false, false}}},
    {.text = "[a] # \\\r\nK V\r\n",
	.count = 2,
	.entries = {{"a", NULL, NULL, 1, 0, false, false},
	    {"a", "K", "V", 2, 0, false, false}}},
    {.text = "K \\\n = V\nL \\\nM \\\n",
	.count = 3,
	.entries = {{"default", "K", "V", 1, 0, false, false},
	    {"default", "L", "\\", 3, 0, false, false},
	    {"default", "M", "\\", 4, 0, false, false}}},
    {.text = "K \\\n \\\r\n\t= V \\\n W",
	.count = 1,
	.entries = {{"default", "K", "V  W", 1, 0, false, false}}},
    {.text = "\"K\" \\\n= V\nL\\\nM = W\n",
	.count = 2,
	.entries = {{"default", "K", "V", 1, 0, false, false},
	    {"default", "LM", "W", 3, 0, false, false}}},
    {.text = "K = V \\",
	.count = 1,
	.entries = {{"default", "K", "V", 1, 0, false, false}}},
    {.text = "K = V \\\n",
	.count = 1,
	.entries = {{"default", "K", "V", 1, 0, false, false}}},

    /* CR is a blank, at the end of a line and elsewhere */
    {.text = "\rK\r=\rV\r\r\n\r\n\r# x\r\n\rL\rV \r \r\n",
	.count = 2,
	.entries = {{"default", "K", "V", 1, 0, false, false},
	    {"default", "L", "V", 4, 0, false, false}}},
    {.text = "[\ra\r]\r# x\r\nK V\r\n",
	.count = 2,
	.entries = {{"a", NULL, NULL, 1, 0, false, false},
	    {"a", "K", "V", 2, 0, false, false}}},

    /* a value that is written as an empty one is not absent */
    {.text = "K = \"\"\nL = $K\nM = # x\nN \"\"\n",
	.count = 4,
	.entries = {{"default", "K", "", 1, 0, true, false},
	    {"default", "L", "", 2, 0, false, false},
	    {"default", "M", "", 3, 0, false, true},
	    {"default", "N", "", 4, 0, false, false}}},

    /* all values of a key are those of a variable */
    {.text = "d = 1\ns::d = 1\nd = $d\nd = 3\n",
	.count = 4,
	.entries = {{"default", "d", "1", 1, 0, true, false},
	    {"s", "d", "1", 2, 0, false, false},
	    {"default", "d", "1", 3, 0, true, false},
	    {"default", "d", "3", 4, 0, true, false}}},

    /* sections, and the number of the line */
    {.text = "\xef\xbb\xbf[a]\n",
	.count = 1,
	.entries = {{"a", NULL, NULL, 1, 0, false, false}}},
    {.text = "\xef\xbb\xbfK V",
	.count = 1,
	.entries = {{"default", "K", "V", 1, 0, false, false}}},
    {.text = "[a] # b\n",
	.count = 1,
	.entries = {{"a", NULL, NULL, 1, 0, false, false}}},
    {.text = "[ a b ]  \r\n",
	.count = 1,
	.entries = {{"a b", NULL, NULL, 1, 0, false, false}}},
    {.text = "K V\n\n# c\n[a]\nK = W\n[b]",
	.count = 4,
	.entries = {{"default", "K", "V", 1, 0, false, false},
	    {"a", NULL, NULL, 4, 0, false, false},
	    {"a", "K", "W", 5, 0, false, false},
	    {"b", NULL, NULL, 6, 0, false, false}}},
    {.text = "[a]\nA B\nA = C\nA \"D\"\n",
	.count = 4,
	.entries = {{"a", NULL, NULL, 1, 0, false, false},
	    {"a", "A", "B", 2, 0, false, false},
	    {"a", "A", "C", 3, 0, false, false},
	    {"a", "A", "D", 4, 0, false, false}}},
};

#define PLAIN " (\\$ stands for a plain $)"
#define NAMES_NOTHING \
	"names no key above it in its section or outside of sections, and " \
	"nothing in the environment" PLAIN
#define NO_VALUE "has no value: write KEY = VALUE"
#define NO_QUOTE \
	"the quote of the value is not closed (\\\" stands for a quotation" \
	" mark, \\\\\" for a backslash at the end)"
#define TEXT_AFTER \
	"text after the closing quote (without = before the value, no comment" \
	" follows it)"
#define NO_INCLUDE \
	".include is not supported in this file: copy the lines of the other" \
	" file to this place"
#define VARIABLE_AT(n) "the variable at character " #n " of the value "

/* The whole error message about a file called F. */
static const struct bad {
	const char *text, *message;
} bad[] = {
    {.text = "Key\n", .message = "F:1: Key " NO_VALUE},
    {.text = "\n\nKey  \r\n", .message = "F:3: Key " NO_VALUE},
    {.text = "\"Key\"\n", .message = "F:1: Key " NO_VALUE},
    /* A value that is joined to its key may be a secret. */
    {.text = "KeyPassword:pass:s3cret\n",
	.message = "F:1: KeyPassword " NO_VALUE},
    {.text = "\"KeyPassword pass:s3cret\"\n",
	.message = "F:1: KeyPassword " NO_VALUE},
    {.text = "\"KeyPassword\tpass:s3cret\"\n",
	.message = "F:1: KeyPassword " NO_VALUE},
    {.text = "PIN's3cret'\n", .message = "F:1: PIN " NO_VALUE},
    {.text = "PIN:s3cret \"x\n", .message = "F:1: PIN: " NO_QUOTE},
    {.text = "PIN:s3cret = $no\n",
	.message = "F:1: PIN: " VARIABLE_AT(1) NAMES_NOTHING},
    {.text = "K V\nKeyPassword =\n pass:s3cret\n",
	.message = "F:3: pass has no value: if it is that of KeyPassword, "
		   "write it behind the = of line 2"},
    {.text = "KeyPassword =\n\nPIN:s3cret\n", .message = "F:3: PIN " NO_VALUE},
    {.text = "K\xff\n", .message = "F:1: K\\xff " NO_VALUE},
    {.text = "= Value\n", .message = "F:1: a key is missing"},
    {.text = "\"\" = Value\n", .message = "F:1: a key is missing"},
    {.text = "\"Key = Value\n",
	.message = "F:1: the quote of the key is not closed"},
    {.text = "Key \"Value\n", .message = "F:1: Key: " NO_QUOTE},
    {.text = "Key \"Value\"x\n", .message = "F:1: Key: " TEXT_AFTER},
    {.text = "[a\n", .message = "F:1: a section header without its ]"},
    {.text = "[\n", .message = "F:1: a section header without its ]"},
    {.text = "[a # b]\n", .message = "F:1: a section header without its ]"},
    {.text = "K V\nKey \"Value\n", .message = "F:2: Key: " NO_QUOTE},
    {.text = "Key \"Value\" # x\n", .message = "F:1: Key: " TEXT_AFTER},
    {.text = ".include /etc/x\n", .message = "F:1: " NO_INCLUDE},
    {.text = ".include = /etc/x\n", .message = "F:1: " NO_INCLUDE},
    {.text = ".pragma dollarid:on\n",
	.message =
	    "F:1: .pragma is not supported in this file: remove the line"},
    {.text = "K = V\nCACertFile = /x/$no/y\n",
	.message = "F:2: CACertFile: $no " NAMES_NOTHING},
    {.text = "[a]\nK = V\n[b]\nTimeout = $K\n",
	.message = "F:4: Timeout: $K " NAMES_NOTHING},
    {.text = "json = ${ENV::SSCEP_NO_SUCH}\n",
	.message = "F:1: json: ${ENV::SSCEP_NO_SUCH} " NAMES_NOTHING},
    {.text = "ChainFile = \\\n\\\n$no\nL = ${\n",
	.message = "F:1: ChainFile: $no " NAMES_NOTHING},
    {.text = "a = 1\nTLSCADir = ${a/\n",
	.message = "F:2: TLSCADir: ${a has no closing brace" PLAIN},
    /* A part of what may be a secret is not told. */
    {.text = "KeyPassword = pass:a$word\n",
	.message = "F:1: KeyPassword: " VARIABLE_AT(7) NAMES_NOTHING},
    {.text = "URL = http://u:a$word@h/\n",
	.message = "F:1: URL: " VARIABLE_AT(11) NAMES_NOTHING},
    {.text = "Proxy = a$word\n",
	.message = "F:1: Proxy: " VARIABLE_AT(2) NAMES_NOTHING},
    {.text = "PrivateKeyFile = pkcs11:pin-value=$word\n",
	.message = "F:1: PrivateKeyFile: " VARIABLE_AT(18) NAMES_NOTHING},
    {.text = "MonitorInformation = key=a$word\n",
	.message = "F:1: MonitorInformation: " VARIABLE_AT(6) NAMES_NOTHING},
    {.text = "[e]\nPIN = $word\n",
	.message = "F:2: PIN: " VARIABLE_AT(1) NAMES_NOTHING},
    {.text = "secret = 12 $word\n",
	.message = "F:1: secret: " VARIABLE_AT(4) NAMES_NOTHING},
    {.text = "secret = a${word\n",
	.message = "F:1: secret: " VARIABLE_AT(2) "has no closing brace" PLAIN},
    {.text = "K\\\nL V\n",
	.message =
	    "F:1: a backslash continues the line, but it is not Key = Value"},
    {.text = "K\\\n", .message = "F:1: K " NO_VALUE},
    {.text = "[]\n", .message = "F:1: a section header without a name"},
    {.text = "[ \t]\n", .message = "F:1: a section header without a name"},
};

static void check_entry(
    const struct want *want, const struct config_entry *got, const char *text)
{
	if (want->line != got->line)
		print_error("line in: %s\n", text);
	assert_int_equal(want->line, got->line);
	assert_string_equal(want->section, got->section);
	if (want->key == NULL) {
		assert_null(got->key);
		assert_null(got->value);
		return;
	}
	assert_non_null(got->key);
	assert_string_equal(want->key, got->key);
	assert_string_equal(want->value, got->value);
	assert_int_equal(want->escape, got->escape);
	assert_int_equal(want->variable, got->variable);
}

static void reads_what_is_good(void **state)
{
	struct config c;
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, good, good[i].text)) {
		memset(&c, 0, sizeof(c));
		if (config_parse(&c, "F", good[i].text, strlen(good[i].text)) !=
			ST_OK ||
		    c.count != good[i].count)
			fixture_fail(
			    "%zu entries in: %s", c.count, good[i].text);
		for (j = 0; j < c.count; j++)
			check_entry(
			    &good[i].entries[j], &c.entries[j], good[i].text);
		config_free(&c);
		assert_null(c.entries);
		assert_int_equal(c.count, 0);
	}
}

static void refuse(const char *text, size_t len, const char *message)
{
	struct config c = {0};
	const char *said;
	char want[256];
	enum status st;

	snprintf(want, sizeof(want), "P: %s\n", message);
	capture_start(STDERR_FILENO);
	st = config_parse(&c, "F", text, len);
	said = capture_stop();
	config_free(&c);
	assert_string_equal(said, want);
	assert_int_equal(st, ST_FILE);
}

static void refuses_what_is_bad(void **state)
{
	size_t i;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].text))
		refuse(bad[i].text, strlen(bad[i].text), bad[i].message);
}

static void refuses_nul_bytes(void **state)
{
	static const char nul[] = "K V\nK\0V\n";
	static const char utf16[] = "\xff\xfeK\0 \0V\0\n";
	const char *message = "a NUL byte: not a text file, or UTF-16";
	char text[128];

	(void)state;
	snprintf(text, sizeof(text), "F:2: %s", message);
	refuse(nul, sizeof(nul) - 1, text);
	snprintf(text, sizeof(text), "F:1: %s", message);
	refuse(utf16, sizeof(utf16) - 1, text);
}

/* A line of CONFIG_LINE_MAX bytes is read, one more is not. */
static void limits_the_line(void **state)
{
	char *text = malloc(CONFIG_LINE_MAX + 8);
	struct config c = {0};

	(void)state;
	assert_non_null(text);
	memset(text, 'x', CONFIG_LINE_MAX + 8);
	memcpy(text, "Key ", 4);
	text[CONFIG_LINE_MAX] = '\n';
	assert_int_equal(
	    config_parse(&c, "F", text, CONFIG_LINE_MAX + 1), ST_OK);
	assert_int_equal(c.count, 1);
	assert_int_equal(strlen(c.entries[0].value), CONFIG_LINE_MAX - 4);
	config_free(&c);
	text[CONFIG_LINE_MAX] = 'x';
	refuse(text, CONFIG_LINE_MAX + 1, "F:1: the line is too long");
	free(text);
}

/* A name of CONFIG_NAME_MAX bytes is read, one more is not. */
static void limits_names(void **state)
{
	static const char *const formats[] = {"%s = V\n", "%s V\n",
	    "\"%s\" V\n", "[%s]\n", "[%s] # x\n", "%s::K = V\n", "s::%s = V\n"};
	char name[CONFIG_NAME_MAX + 2], text[CONFIG_NAME_MAX + 32];
	struct config c;
	size_t i;

	(void)state;
	for (EACH_ROW(i, formats, formats[i])) {
		memset(name, 'x', sizeof(name));
		name[CONFIG_NAME_MAX] = '\0';
		snprintf(text, sizeof(text), formats[i], name);
		memset(&c, 0, sizeof(c));
		assert_int_equal(
		    config_parse(&c, "F", text, strlen(text)), ST_OK);
		assert_int_equal(c.count, 1);
		config_free(&c);

		memset(name, 'x', sizeof(name));
		name[CONFIG_NAME_MAX + 1] = '\0';
		snprintf(text, sizeof(text), formats[i], name);
		refuse(text, strlen(text),
		    "F:1: the name of a key or section is longer than 256"
		    " bytes");
	}
}

/* Read, with a warning of what is ignored. */
static const struct bad odd[] = {
    {.text = "Key = \"Value # x\n",
	.message = "F:1: Key: the quote \" is not closed, and is left out "
		   "(\\\" stands for itself) [config-syntax]"},
    {.text = "Key = Bob's CA\n",
	.message = "F:1: Key: the quote ' is not closed, and is left out (\\' "
		   "stands for itself) [config-syntax]"},
    {.text = "[a] x\n",
	.message =
	    "F:1: text after the section header is ignored [config-syntax]"},
    {.text = "K V\n# x \\\nL = V\n",
	.message = "F:2: the comment ends in a backslash, so line 3 belongs to "
		   "it [config-syntax]"},
    {.text = "# x \\\n\\\n# y\\\r\nL = V\\\nM = V\nK V\n",
	.message = "F:1: the comment ends in a backslash, so lines 4 to 5 "
		   "belong to it [config-syntax]"},
    {.text = "# x \\\n# y\\\n[s]\nK = V\n",
	.message = "F:1: the comment ends in a backslash, so line 3 belongs to "
		   "it [config-syntax]"},
    {.text = "K = V # x \\\nL = V\n",
	.message = "F:1: the comment ends in a backslash, so line 2 belongs to "
		   "it [config-syntax]"},
    {.text = "K = '#' \\\nv # x\\\nL = V\n",
	.message = "F:1: the comment ends in a backslash, so line 3 belongs to "
		   "it [config-syntax]"},
    {.text = "[a] \\\nL = V\n",
	.message = "F:1: the section header ends in a backslash, so line 2 "
		   "belongs to it [config-syntax]"},
    {.text = "SignKeyFile = C:\\\\x\\\nCAFingerprint = a\\\n b=c",
	.message = "F:1: the line ends in a backslash, so line 2 belongs to it "
		   "[config-syntax]"},
    {.text = "TLSCADir = C:\\certs\\\n[sscep_enroll]\n",
	.message = "F:1: the line ends in a backslash, so line 2 belongs to it "
		   "[config-syntax]"},
    {.text = "TLSCADir = C:\\certs\\\n dir = /x\n",
	.message = "F:1: the line ends in a backslash, so line 2 belongs to it "
		   "[config-syntax]"},
    {.text = "TLSCADir = a\\\nb\\\na::dir-1=/x\n",
	.message = "F:1: the line ends in a backslash, so line 3 belongs to it "
		   "[config-syntax]"},
    {.text = "K = V\rL = W\r",
	.message = "F: lines end in CR only, which makes them one line: end "
		   "them in LF or CR LF [config-syntax]"},
    {.text = "SignKeyFile = C:\\\\x\\\n\"CAFingerprint\" a",
	.message = "F:1: the line ends in a backslash, so line 2 belongs to it "
		   "[config-syntax]"},
};

static void warns_of_what_is_odd(void **state)
{
	struct config c;
	const char *said;
	char want[256];
	enum status st;
	size_t i;

	(void)state;
	for (EACH_ROW(i, odd, odd[i].text)) {
		memset(&c, 0, sizeof(c));
		snprintf(
		    want, sizeof(want), "P: warning: %s\n", odd[i].message);
		capture_start(STDERR_FILENO);
		st = config_parse(&c, "F", odd[i].text, strlen(odd[i].text));
		said = capture_stop();
		assert_string_equal(said, want);
		assert_int_equal(st, ST_OK);
		assert_int_equal(c.count, 1);
		config_free(&c);
	}
}

/* Nor is a value that no line of its own could be. */
static void values_are_continued(void **state)
{
	static const char *const texts[] = {"K = a\\\n[b", "K = a\\\n&b=c",
	    "K = a\\\nb c=d", "K = a\\\n1=2", "K = a\\\n=", "K = a\\\nb",
	    "K = a\r", "K = a \r\r"};
	struct config c;
	const char *said;
	size_t i;

	(void)state;
	for (EACH_ROW(i, texts, texts[i])) {
		memset(&c, 0, sizeof(c));
		capture_start(STDERR_FILENO);
		assert_int_equal(
		    config_parse(&c, "F", texts[i], strlen(texts[i])), ST_OK);
		said = capture_stop();
		assert_string_equal(said, "");
		config_free(&c);
	}
}

/* That a comment continues a comment is not worth a warning. */
static void comments_continue_comments(void **state)
{
	static const char text[] = "# a\\\n  # b\\\n\nK = V\n";
	struct config c = {0};
	const char *said;

	(void)state;
	capture_start(STDERR_FILENO);
	assert_int_equal(config_parse(&c, "F", text, strlen(text)), ST_OK);
	said = capture_stop();
	assert_string_equal(said, "");
	assert_int_equal(c.count, 1);
	assert_int_equal(c.entries[0].line, 4);
	config_free(&c);
}

/* A file of len bytes that repeats a text, after another. */
static enum status parse_repeated(
    const char *first, const char *again, size_t len, const char *message)
{
	struct buf text = {0};
	struct config c = {0};
	const char *said;
	enum status st;

	assert_true(buf_add_string(&text, first));
	while (text.len < len)
		assert_true(buf_add_string(&text, again));
	capture_start(STDERR_FILENO);
	st = config_parse(&c, "F", text.data, text.len);
	said = capture_stop();
	assert_non_null(strstr(said, message));
	config_free(&c);
	buf_free(&text);
	return st;
}

/* Values that double, and files that are made to take long. */
static void bounds_work_and_memory(void **state)
{
	(void)state;
	assert_int_equal(parse_repeated("", "K = V\n", 1 << 20,
			     "F:10001: more than 10000 keys and sections"),
	    ST_FILE);
	assert_int_equal(parse_repeated("K=V\n", "L = $K$K$K$K\n", 1 << 16,
			     "L: more than 1000 variables in the file"),
	    ST_FILE);
	assert_int_equal(parse_repeated("K = 0123456789\n", "K = $K$K\n", 400,
			     "K: the value is longer than 16384 bytes"),
	    ST_FILE);
	assert_int_equal(parse_repeated("b = 01234567890123456789\na = ", "$b",
			     2500, "a: the value is longer than 16384 bytes"),
	    ST_FILE);
	assert_int_equal(parse_repeated("K = ", "0123456\\\n", 1 << 20,
			     "F:1: the line is too long"),
	    ST_FILE);
	assert_int_equal(parse_repeated("", "\\\n", 1 << 20, ""), ST_OK);
	assert_int_equal(parse_repeated("K \\\n", "\\\n", 1 << 20, ""), ST_OK);
	assert_int_equal(
	    parse_repeated("K=V\n# \\\n", "#\\\n", 1 << 20, ""), ST_OK);
}

static void reads_many_entries(void **state)
{
	struct config c = {0};
	struct buf text = {0};
	char value[32];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_true(buf_addf(&text, "Key%d = %d\n", i, i));
	assert_int_equal(config_parse(&c, "F", text.data, text.len), ST_OK);
	assert_int_equal(c.count, 1000);
	for (i = 0; i < 1000; i++) {
		snprintf(value, sizeof(value), "%d", i);
		assert_string_equal(c.entries[i].value, value);
		assert_int_equal(c.entries[i].line, i + 1);
	}
	config_free(&c);
	buf_free(&text);
}

static void reads_a_file(void **state)
{
	char path[] = "/tmp/test_config.XXXXXX";
	struct config c = {0};
	const char *said;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "K V", 3), 3);
	close(fd);
	assert_int_equal(config_read(&c, path), ST_OK);
	assert_int_equal(c.count, 1);
	assert_string_equal(c.entries[0].value, "V");
	config_free(&c);
	unlink(path);

	assert_int_equal(config_read(&c, "/dev/null"), ST_OK);
	assert_int_equal(c.count, 0);
	config_free(&c);

	capture_start(STDERR_FILENO);
	assert_int_equal(config_read(&c, path), ST_FILE);
	said = capture_stop();
	assert_non_null(strstr(said, path));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
	config_free(&c);
}

/* Random bytes must not crash, and a failure must print exactly one line. */
static void survives_any_bytes(void **state)
{
	static const char alphabet[] = "K=\"\\ \t[]#\r\n\xffxy'$:{}";
	struct config c = {0};
	const char *said;
	unsigned int seed = 1;
	char text[64];
	enum status st;
	size_t len, i;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		seed = seed * 1103515245u + 12345u;
		len = (seed >> 16) % sizeof(text);
		for (i = 0; i < len; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = alphabet[(seed >> 16) % sizeof(alphabet)];
		}
		memset(&c, 0, sizeof(c));
		capture_start(STDERR_FILENO);
		st = config_parse(&c, "F", text, len);
		said = capture_stop();
		assert_true(st == ST_OK || strstr(said, "P: F:") != NULL);
		for (i = 0; i < c.count; i++) {
			assert_true(c.entries[i].section[0] != '\0');
			if (c.entries[i].key != NULL)
				assert_true(c.entries[i].key[0] != '\0');
		}
		config_free(&c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_what_is_good),
	    cmocka_unit_test(refuses_what_is_bad),
	    cmocka_unit_test(refuses_nul_bytes),
	    cmocka_unit_test(limits_the_line),
	    cmocka_unit_test(limits_names),
	    cmocka_unit_test(warns_of_what_is_odd),
	    cmocka_unit_test(comments_continue_comments),
	    cmocka_unit_test(values_are_continued),
	    cmocka_unit_test(bounds_work_and_memory),
	    cmocka_unit_test(reads_many_entries),
	    cmocka_unit_test(reads_a_file),
	    cmocka_unit_test(survives_any_bytes),
	};

	log_set_program("P");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
