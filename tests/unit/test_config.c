/* Unit test of src/options/config.c: both syntaxes, and what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* src/options/config.h, not the config.h that configure writes. */
#include "options/config.h"
#include "util/log.h"

/* After log.h, whose fail() it hides. */
#include <cmocka.h>

#define ENTRIES_MAX 4
#define NITEMS(a)   (sizeof(a) / sizeof((a)[0]))

/* A whole file and its entries; count includes the section headers. */
static const struct good {
	const char *text;
	size_t count;
	struct config_entry entries[ENTRIES_MAX];
} good[] = {
    {"", 0, {{0}}},
    {"\n\n", 0, {{0}}},
    {"# a comment\n \t# another\n", 0, {{0}}},
    {"   \t\n", 0, {{0}}},

    /* new syntax */
    {"Key = Value\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key=Value", 1, {{"sscep", "Key", "Value", 1}}},
    {"\t Key\t=\tValue \t\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key = Value\r\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key = two words\n", 1, {{"sscep", "Key", "two words", 1}}},
    {"Key = \"two  words \"  \n", 1, {{"sscep", "Key", "two  words ", 1}}},
    {"\"Key\" = \"Value\"\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key = =\n", 1, {{"sscep", "Key", "=", 1}}},
    {"Key == x\n", 1, {{"sscep", "Key", "= x", 1}}},
    {"Key =\n", 1, {{"sscep", "Key", "", 1}}},
    {"Key = \"\"\n", 1, {{"sscep", "Key", "", 1}}},
    {"Key = a=b\n", 1, {{"sscep", "Key", "a=b", 1}}},

    /* old syntax */
    {"Key Value\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key\t \tValue\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"\"Key\" \"Value\"\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"\"Key\"   Value\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"Key \"two words\"\r\n", 1, {{"sscep", "Key", "two words", 1}}},
    {"Key \"\"\n", 1, {{"sscep", "Key", "", 1}}},
    {"Key a = b\n", 1, {{"sscep", "Key", "a = b", 1}}},
    {"URL http://h/?x=1#y\n", 1, {{"sscep", "URL", "http://h/?x=1#y", 1}}},
    {"Key\"Value\"\n", 1, {{"sscep", "Key", "Value", 1}}},
    {"\"Key\"\"Value\"\n", 1, {{"sscep", "Key", "Value", 1}}},

    /* quotes and backslashes */
    {"K = \"a \\\"b\\\" c\"\n", 1, {{"sscep", "K", "a \"b\" c", 1}}},
    {"K \"a \\\"b\\\" c\"\n", 1, {{"sscep", "K", "a \"b\" c", 1}}},
    {"K = a\"b\"\n", 1, {{"sscep", "K", "a\"b\"", 1}}},
    {"K = a\\\"b\n", 1, {{"sscep", "K", "a\"b", 1}}},
    {"K = C:\\dir\\file\n", 1, {{"sscep", "K", "C:\\dir\\file", 1}}},
    {"K = \"C:\\dir\\file\"\n", 1, {{"sscep", "K", "C:\\dir\\file", 1}}},
    {"K = \"C:\\\\dir\"\n", 1, {{"sscep", "K", "C:\\\\dir", 1}}},
    {"K = \"C:\\dir\\\\\"\n", 1, {{"sscep", "K", "C:\\dir\\", 1}}},
    {"K = C:\\dir\\\n", 1, {{"sscep", "K", "C:\\dir\\", 1}}},
    {"K = \"\\\\\\\"\"\n", 1, {{"sscep", "K", "\\\"", 1}}},

    /* nothing else is special */
    {"K = $HOME/${x}$\n", 1, {{"sscep", "K", "$HOME/${x}$", 1}}},
    {"K = a # b\n", 1, {{"sscep", "K", "a # b", 1}}},
    {"K = #\n", 1, {{"sscep", "K", "#", 1}}},
    {"K = 'a'\n", 1, {{"sscep", "K", "'a'", 1}}},
    {"K = \"a\\nb\"\n", 1, {{"sscep", "K", "a\\nb", 1}}},
    {"K = \xc3\xa4\n", 1, {{"sscep", "K", "\xc3\xa4", 1}}},

    /* sections, and the number of the line */
    {"\xef\xbb\xbf[a]\n", 1, {{"a", NULL, NULL, 1}}},
    {"\xef\xbb\xbfK V", 1, {{"sscep", "K", "V", 1}}},
    {"[ a b ]  \r\n", 1, {{"a b", NULL, NULL, 1}}},
    {"K V\n\n# c\n[a]\nK = W\n[b]", 4,
	{{"sscep", "K", "V", 1}, {"a", NULL, NULL, 4}, {"a", "K", "W", 5},
	    {"b", NULL, NULL, 6}}},
    {"[a]\nA B\nA = C\nA \"D\"\n", 4,
	{{"a", NULL, NULL, 1}, {"a", "A", "B", 2}, {"a", "A", "C", 3},
	    {"a", "A", "D", 4}}},
};

/* The whole error message about a file called F. */
static const struct bad {
	const char *text, *message;
} bad[] = {
    {"Key\n", "F:1: Key has no value"},
    {"\n\nKey  \r\n", "F:3: Key has no value"},
    {"\"Key\"\n", "F:1: Key has no value"},
    {"K\xff\n", "F:1: K\\xff has no value"},
    {"= Value\n", "F:1: a key is missing"},
    {"\"\" = Value\n", "F:1: a key is missing"},
    {"\"Key = Value\n", "F:1: the quote of the key is not closed"},
    {"K V\nKey = \"Value\n", "F:2: the quote of the value is not closed"},
    {"Key \"Value\n", "F:1: the quote of the value is not closed"},
    {"Key = \"Value\\\"\n", "F:1: the quote of the value is not closed"},
    {"Key = \"Value\" x\n", "F:1: text after the closing quote"},
    {"Key \"Value\"x\n", "F:1: text after the closing quote"},
    {"Key = \"Value\" # x\n", "F:1: text after the closing quote"},
    {"[a\n", "F:1: a section header without its ]"},
    {"[\n", "F:1: a section header without its ]"},
    {"[]\n", "F:1: a section header without a name"},
    {"[ \t]\n", "F:1: a section header without a name"},
    {"[a] x\n", "F:1: text after the section header"},
    {"[a]\nK V\n[b]]\n", "F:3: text after the section header"},
};

struct captured {
	char text[4096];
};

static FILE *capture_file;
static int capture_saved;

static void capture_start(void)
{
	fflush(stderr);
	assert_non_null(capture_file = tmpfile());
	assert_true((capture_saved = dup(STDERR_FILENO)) >= 0);
	assert_true(dup2(fileno(capture_file), STDERR_FILENO) >= 0);
}

static void capture_end(struct captured *c)
{
	size_t n;

	fflush(stderr);
	dup2(capture_saved, STDERR_FILENO);
	close(capture_saved);
	rewind(capture_file);
	n = fread(c->text, 1, sizeof(c->text) - 1, capture_file);
	c->text[n] = '\0';
	fclose(capture_file);
}

static void check_entry(const struct config_entry *want,
    const struct config_entry *got, const char *text)
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
}

static void reads_what_is_good(void **state)
{
	struct config c;
	size_t i, j;

	(void)state;
	for (i = 0; i < NITEMS(good); i++) {
		memset(&c, 0, sizeof(c));
		if (config_parse(&c, "F", good[i].text, strlen(good[i].text)) !=
			ST_OK ||
		    c.count != good[i].count)
			fail_msg("%zu entries in: %s", c.count, good[i].text);
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
	struct captured said;
	char want[256];
	enum status st;

	snprintf(want, sizeof(want), "P: %s\n", message);
	capture_start();
	st = config_parse(&c, "F", text, len);
	capture_end(&said);
	config_free(&c);
	assert_string_equal(said.text, want);
	assert_int_equal(st, ST_FILE);
}

static void refuses_what_is_bad(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(bad); i++)
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
	struct captured said;
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

	capture_start();
	assert_int_equal(config_read(&c, path), ST_FILE);
	capture_end(&said);
	assert_non_null(strstr(said.text, path));
	assert_ptr_equal(
	    strchr(said.text, '\n'), said.text + strlen(said.text) - 1);
	config_free(&c);
}

/* Random bytes must not crash, and a failure must print exactly one line. */
static void survives_any_bytes(void **state)
{
	static const char alphabet[] = "K=\"\\ \t[]#\r\n\xffxy";
	struct config c = {0};
	struct captured said;
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
		capture_start();
		st = config_parse(&c, "F", text, len);
		capture_end(&said);
		assert_true((st == ST_OK) == (said.text[0] == '\0'));
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
	    cmocka_unit_test(reads_many_entries),
	    cmocka_unit_test(reads_a_file),
	    cmocka_unit_test(survives_any_bytes),
	};

	log_set_program("P");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
