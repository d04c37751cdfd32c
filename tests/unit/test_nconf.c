/*
 * Unit test of src/options/config.c and expand.c: files in the new syntax are
 * read as NCONF of libcrypto reads them.
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
#include <openssl/err.h>

/* src/options/config.h, not the config.h that configure writes. */
#include "options/config.h"
#include "util/log.h"

/* After log.h, whose fail() it hides. */
#include <cmocka.h>

#include "rows.h"

#define TEXT_MAX 512

/* What may stand behind the = of a key, after the lines of before[]. */
static const char before[] = "a = 1\nb = \"x \"\n[s]\nc = 3\n";
static const char *const values[] = {
    /* blanks */
    "",
    " ",
    "\t \t",
    "v",
    "  v",
    "v  ",
    " v w\t x ",
    "v\r",
    "v\r\r",
    "\rv",
    "v\rw",
    "\fv\f",
    "\vv\v",
    "\xa0v",
    "\xc3\xa4",
    "\x01",
    "\x7f",
    /* comments */
    "#",
    "# x",
    "v # x",
    "v# x",
    "v#x",
    "#v",
    "v \\# x",
    "v \\\\# x",
    "\"v\"#x",
    "\"v\" # x",
    "'v' # x",
    "v '#' # x",
    "v \"# x",
    "v '# x",
    "http://h/?a=1#b",
    "ca.crt # mine",
    /* quotes */
    "\"\"",
    "''",
    "\"v\"",
    "'v'",
    "`v`",
    "\"  v  \"",
    "\" v \" ",
    "'v \"w\" x'",
    "\"v 'w' x\"",
    "\"v\"w",
    "v\"w\"",
    "v\"w\"'x'`y`z",
    "\"v\"\"w\"",
    "\"v\" \"w\"",
    "\"a \\\"b\\\" c\"",
    "'a \\'b\\' c'",
    "\"v",
    "'v",
    "v\"",
    "Bob's CA",
    "\"v\\",
    "'v\\'",
    "\"v\\\"",
    "\"\\n\\r\\t\\b\\\\\"",
    "'\\n\\r\\t\\b\\\\'",
    "`\\n$a`",
    "\"$a ${a} $(a) $\"",
    "'$a ${a} $'",
    "\"#\"",
    "'#'",
    "\"a\\#b\"",
    "\"'\"",
    "'\"'",
    "\"\\'\"",
    /* escapes */
    "\\n",
    "\\r",
    "\\t",
    "\\b",
    "\\\\",
    "\\a",
    "\\0",
    "\\x41",
    "\\\"",
    "\\'",
    "\\`",
    "\\$a",
    "\\${a}",
    "\\#",
    "\\ ",
    "\\ v",
    "v\\ ",
    "v\\ w",
    "v\\\t",
    "C:\\new",
    "C:\\\\new",
    "C:\\path\\x",
    "C:/new",
    "\\\\\\\\",
    "\\\\\\n",
    "\\n\\n",
    "\\N",
    "v\\n ",
    " \\n",
    /* lines that are continued */
    "v\\\nw",
    "v\\\n w",
    "v \\\n w",
    "v\\\n",
    "v\\\n\nd = 1",
    "\\\nv",
    "v\\\\\nd = 1",
    "v\\\\\\\nd = 1",
    "v\\\\\\\\\\\nd = 1",
    "v\\ \nd = 1",
    "v\\\r\nw",
    "v\\\r\r\nw",
    "v\\\n\\\nw",
    "v\\\n\\\\\nd = 1",
    "v\\",
    "\"v\\\nw\"",
    "\"v \\\n w\"",
    "'v\\\nw'",
    "v # x \\\nd = 1",
    "v\\\n# x",
    "v\\\n[t]\nd = 1",
    "v\\\n\\n",
    "v\\\nn",
    "$\\\na",
    "${a\\\n}",
    "\\\n\\\n",
    "v\\\n#x\\\ny\nd = 1",
    "v \\",
    "v \\\n",
    "v\\\n \\",
    "v # x \\\ny\\\nd = 1",
    "v # \"x \\\n=y\" \\\nd = 1",
    "\"v # x\\\n\" # y \\\nd = 1",
    "v \\# x\\\n# y\\\nd = 1",
    "v '# x\\\ny' # z\\\nd = 1",
    /* variables */
    "$a",
    "${a}",
    "$(a)",
    "v$a",
    "$a.v",
    "$a-v",
    "$a/v",
    "$a$a",
    "$a$b$a",
    "$b",
    "$b ",
    "v$b#",
    "$c",
    "${c}",
    "$s::c",
    "${s::c}",
    "$(s::c)",
    "$s::a",
    "$default::a",
    "${default::b}",
    "$default::c",
    "$t::a",
    "$t::c",
    "$::a",
    "$a::b",
    "${a::b}",
    "$::c",
    "$s::",
    "$d",
    "${d}",
    "$aa",
    "$a_",
    "$A",
    "$",
    "$ a",
    "${",
    "${a",
    "${a)",
    "$(a}",
    "${}",
    "$()",
    "$$a",
    "$a$",
    "$a:v",
    "$a::",
    "$-",
    "$1",
    "\\$",
    "$\\a",
    "$\"a\"",
    "$ENV::SSCEP_TEST",
    "${ENV::SSCEP_TEST}",
    "$ENV::SSCEP_TEST_UNSET",
    "${ENV::}",
    "$ENV::a",
    "$SSCEP_TEST",
    "${ENV::SSCEP_TEST}v",
    "${ENV:SSCEP_TEST}",
    "$K",
    "$s::K",
    /* nothing else is special */
    "=",
    "= v",
    "v = w",
    "v=w",
    ";",
    "v ; w",
    "[v]",
    "{v}",
    "!@%^&*()-+|~?<>,",
    "::v",
    ".include",
    "/",
};

/* Whole files. */
static const char *const files[] = {
    "",
    "\n",
    "\r\n\n",
    "# x",
    " # x\nd = 1",
    "# x\\\nd = 1\ne = 2",
    "# x\\\n# y\nd = 1",
    "#\\\n\\\nd = 1\ne = 2",
    "\\\nd = 1",
    " \nd=1",
    "\\",
    "\\\n",
    "\\\n\\\n\\",
    "\\\n\n\\\n\\\nd = 1",
    " \\\n  d = 1",
    "\\\r\n\r\nd = 1",
    "\\\n[s]\nd = 1",
    "\\\n # x\nd = 1",
    "d\\\n= 1",
    "d \\\n= 1",
    "d \\\n \\\n\t= 1\\\n2",
    "d\\\ne \\\r\n = 1\ne = 2",
    "d \\\n\n= 1",
    "d\\",
    "d\\\nb e",
    "# x \\\nd \\\n= 1\ne = 2",
    "# x\\\n# y\\\nd = 1\\\ne = 2\nf = 3",
    "# x\\\n\nd = 1",
    "# x\\",
    "# x\\\n",
    "# x\\\\\nd = 1",
    "# x\\\n\\\nd = 1\ne = 2",
    "d = 1 # x\\\n[s]\ne = 2",
    "\rd\r=\r1\r\n\r# x\r\n\r[\rs\r]\r\re = 2",
    "d = 1\r\r\n[s]\r # x\r\ne = 2",
    "\xef\xbb\xbf\x64 = 1",
    "\xef\xbb\xbf[s]\nd = 1",
    "d=1",
    " d = 1",
    "\td\t=\t1\t",
    "d==1",
    "d = 1\r\n[s]\r\ne = 2\r\n",
    "d = 1\nd = 2",
    "d = 1\ne = $d\nd = 2",
    "d = 1\nd = $d$d\nd = $d$d",
    "[s]\nd = 1\n[t]\nd = 2\n[s]\ne = $d",
    "[s]\nd = 1\n[t]\ne = $d",
    "d = 1\n[t]\ne = $d",
    "d = 1\n[t]\nd = 2\ne = $d$default::d",
    "[default]\nd = 1\n[t]\ne = $d",
    "[s]\nd = 1\n[default]\ne = $s::d",
    "[s]\nd = 1\n[s]\nd = 2\ne = $d",
    "[ENV]\nSSCEP_TEST = 1\n[s]\nd = $ENV::SSCEP_TEST",
    "SSCEP_TEST_UNSET = 1\n[s]\nd = $ENV::SSCEP_TEST_UNSET",
    "[ s ]\nd = 1",
    "[\ts\t]\nd = 1",
    "[s t]\nd = 1",
    "  [s]\n d = 1",
    "[s] # x\nd = 1",
    "[s]# x\nd = 1",
    "[s] x\nd = 1",
    "[s]]\nd = 1",
    "[s]#]\nd = 1",
    "[s\nd = 1",
    "[s#]\nd = 1",
    "[# s]\nd = 1",
    "[s] \\\nd = 1\ne = 2",
    "[s] # x \\\nd = 1\ne = 2",
    "[s\\\n\\\n]\\\n\\\nd = 1\ne = 2",
    "[s]\\",
    "[\\\ns]\nd = 1",
    "[s\\\n]\nd = 1",
    "[s.t-u_v]\nd = 1",
    "s::d = 1\ne = $s::d",
    "[t]\ns::d = 1\ne = 2",
    "[t]\ns::d = 1\ne = $d",
    "[t]\nd = 1\ns::e = $d",
    "[s]\nd = 1\n[t]\ns::e = $d",
    "default::d = 1\n[t]\ne = $d",
    "a.b = 1",
    "1.OU = 1\n2.OU = 2",
    "a-b_c;d,e!f&g*h+i/j?k@l^m~n|o%p = 1",
    "D = 1\nd = 2\ne = $D$d",
};

static const char *const sections[] = {
    "default", "s", "t", "s t", "s.t-u_v", "ENV"};

/* The number of keys that the files have in common, all values equal. */
static int same_values(const CONF *conf, const struct config *c)
{
	const struct config_entry *e;
	const STACK_OF(CONF_VALUE) *all;
	const CONF_VALUE *v;
	const char *got;
	int i, n = 0;
	size_t j, s;

	for (s = 0; s < NITEMS(sections); s++) {
		all = NCONF_get_section(conf, sections[s]);
		for (i = 0; i < sk_CONF_VALUE_num(all); i++, n++) {
			v = sk_CONF_VALUE_value(all, i);
			got = NULL;
			for (j = 0; j < c->count; j++) {
				e = &c->entries[j];
				if (e->key != NULL &&
				    strcmp(e->section, v->section) == 0 &&
				    strcmp(e->key, v->name) == 0)
					got = e->value;
			}
			if (got == NULL || strcmp(got, v->value) != 0)
				return -1;
		}
	}
	return n;
}

/* The number of different keys in c. */
static int count_keys(const struct config *c)
{
	const struct config_entry *a, *b;
	size_t i, j;
	int n = 0;

	for (i = 0; i < c->count; i++) {
		a = &c->entries[i];
		if (a->key == NULL)
			continue;
		for (j = i + 1; j < c->count; j++) {
			b = &c->entries[j];
			if (b->key != NULL && strcmp(a->key, b->key) == 0 &&
			    strcmp(a->section, b->section) == 0)
				break;
		}
		n += j == c->count;
	}
	return n;
}

/*
 * Whether both read the text, and the same in it, or both refuse it.  lenient:
 * what NCONF refuses may be read.
 */
static bool is_read_alike(const char *text, bool lenient)
{
	CONF *conf = NCONF_new(NULL);
	BIO *bio = BIO_new_mem_buf(text, (int)strlen(text));
	struct config c = {0};
	struct log_capture unheard;
	bool theirs, ours, alike;

	assert_non_null(conf);
	assert_non_null(bio);
	theirs = NCONF_load_bio(conf, bio, NULL) > 0;
	log_capture_begin(&unheard);
	ours = config_parse(&c, "F", text, strlen(text)) == ST_OK;
	log_capture_end(&unheard);
	alike = theirs == ours &&
	    (!ours || same_values(conf, &c) == count_keys(&c));
	if (lenient && !theirs)
		alike = true;
	if (!alike)
		print_error("%s, but %s: %s\n", theirs ? "read" : "refused",
		    ours ? "read" : unheard.text, text);
	config_free(&c);
	BIO_free(bio);
	NCONF_free(conf);
	ERR_clear_error();
	return alike;
}

static void values_are_read_alike(void **state)
{
	char text[TEXT_MAX];
	int different = 0;
	size_t i;

	(void)state;
	for (EACH_ROW(i, values, values[i])) {
		snprintf(text, sizeof(text), "%sK =%s", before, values[i]);
		different += !is_read_alike(text, false);
		snprintf(text, sizeof(text), "%sK = %s\nL = 1\nM = $K\n",
		    before, values[i]);
		different += !is_read_alike(text, false);
	}
	assert_int_equal(different, 0);
}

static void files_are_read_alike(void **state)
{
	int different = 0;
	size_t i;

	(void)state;
	for (EACH_ROW(i, files, files[i]))
		different += !is_read_alike(files[i], false);
	assert_int_equal(different, 0);
}

/* Appends one of the parts, by chance. */
static void add_part(char text[TEXT_MAX], size_t *used,
    const char *const *parts, size_t count, unsigned int *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	*used += (size_t)snprintf(
	    text + *used, TEXT_MAX - *used, "%s", parts[(*seed >> 16) % count]);
}

static void any_value_is_read_alike(void **state)
{
	static const char *const parts[] = {"\"", "'", "`", "\\", "\\", "#",
	    "$", "${", "}", "(", ")", "::", " ", "\t", "\r", "-\\\n=", "-\\\n#",
	    "a", "b", "c", "n", "s", "$a", "${s::c}", "\xff", "default", "="};
	unsigned int seed = 1;
	char text[TEXT_MAX];
	int round, different = 0;
	size_t used, n;

	(void)state;
	for (round = 0; round < 40000; round++) {
		used = (size_t)snprintf(text, sizeof(text), "%sK = ", before);
		for (n = (size_t)round % 16; n > 0; n--)
			add_part(text, &used, parts, NITEMS(parts), &seed);
		/* Every other file ends without LF. */
		if (round % 2 == 0)
			snprintf(text + used, sizeof(text) - used, "\nL = 1\n");
		different += !is_read_alike(text, false);
	}
	assert_int_equal(different, 0);
}

/*
 * Lines of any kind but Key Value, which has another meaning here.  Only what
 * NCONF reads must be read: it has fewer names for keys and sections.
 */
static void any_file_is_read_alike(void **state)
{
	static const char *const starts[] = {"d = ", "\td=", "e=", "s::d =",
	    "$d = ", "[s]", "[ t ]", "\r[default]", "# ", " #",
	    "d\\\n= ", "d \\\n =", "\\\nd = ", "d = 1 # ", "[s] # ", "d = '",
	    "e = \"$d", "e = `#`"};
	/* Lines without a name. */
	static const char *const empty[] = {"", " ", "\r", "\t\r ", "\\\n"};
	static const char *const middles[] = {"v", "#", "=", "$d", "${s::d}",
	    "\\", "\"", "'", "`", "]", "\\#", "\\\\", "\\n"};
	static const char *const ends[] = {"\n", "\n", "\r\n", "\\\n", "\\\n",
	    "\\\r\n", "\\\\\n", " \\\n", "\t\\\r\r\n", " \n", ""};
	unsigned int seed = 1;
	char text[TEXT_MAX];
	int round, different = 0;
	size_t used, n, m;

	(void)state;
	for (round = 0; round < 30000; round++) {
		used = 0;
		text[0] = '\0';
		for (n = (size_t)round % 8 + 1; n > 0; n--) {
			m = ((size_t)round / 8 + n) % 4;
			if (m == 3)
				add_part(
				    text, &used, empty, NITEMS(empty), &seed);
			else
				add_part(
				    text, &used, starts, NITEMS(starts), &seed);
			for (; m > 0 && m < 3; m--)
				add_part(text, &used, middles, NITEMS(middles),
				    &seed);
			add_part(text, &used, ends, NITEMS(ends), &seed);
		}
		different += !is_read_alike(text, true);
	}
	assert_int_equal(different, 0);
}

int main(void)
{
	static const bool silence[WARNING_COUNT] = {
	    [WARN_CONFIG_SYNTAX] = true};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_read_alike),
	    cmocka_unit_test(files_are_read_alike),
	    cmocka_unit_test(any_value_is_read_alike),
	    cmocka_unit_test(any_file_is_read_alike),
	};

	log_set_program("P");
	log_release_warnings(silence);
	setenv("SSCEP_TEST", " of $a # b ", 1);
	unsetenv("SSCEP_TEST_UNSET");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
