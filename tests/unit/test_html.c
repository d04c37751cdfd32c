/* Unit test of src/util/html.c: the words of a page in messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "fixtures.h"
#include "util/html.h"

#define MIB (1u << 20)

/* The bytes are at the end of their memory, for the sanitizers. */
static const char *words_of(const char *text, size_t len)
{
	static char out[200];
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, text, len);
	html_words(out, sizeof(out), copy, len);
	free(copy);
	return out;
}

static void test_the_words_of_a_page_are_found(void **state)
{
	static const struct {
		const char *page, *words;
	} pages[] = {
	    {.page = "<!DOCTYPE html>\n"
		     "<html><head><title>Sign "
		     "in</title></head><body><h1>Welcome</h1></body></html>",
		.words = "Sign in"},
	    {.page = "<TITLE lang=\"x>y\"> \r\n 404 \t Not\n Found </Title>x",
		.words = "y\\\"> 404 Not Found"},
	    {.page = "<title></title><p>a<br>b", .words = "a b"},
	    {.page = "<title> </title>", .words = ""},
	    {.page = "<title>a <b>c</title>", .words = "a <b>c"},
	    {.page = "<titles>a</titles>b", .words = "a b"},
	    {.page = "<p>first<title>late</title>", .words = "first late"},
	    {.page = "<html><body>\n<h1>It works!</h1>\n",
		.words = "It works!"},
	    {.page = "<script>var a = '<p>no</p>';</script><p>yes",
		.words = "yes"},
	    {.page = "<SCRIPT src='>'>no</p></SCRIPT >yes", .words = "yes"},
	    {.page = "<style>p { color: red }</style>yes", .words = "yes"},
	    {.page = "<!-- <p>no</p> > -->yes<!--no", .words = "yes"},
	    {.page = "<!-->yes", .words = "yes"},
	    {.page = "<!-- <p>no</p> --!>no", .words = ""},
	    {.page = "<?xml version=\"1.0\"?><e>bad &lt;x></e>",
		.words = "bad <x>"},
	    {.page = "1 < 2 and 3 <4", .words = "1 < 2 and 3 <4"},
	    {.page = "<a title=\"a > b\">link</a>", .words = "b\\\">link"},
	    {.page = "<html><body class=it's><p>Words", .words = "Words"},
	    {.page = "<p it's \"><b title = \"a > b\">Words",
		.words = "b\\\">Words"},
	    {.page = "a&nbsp;&amp;&#228;&#xE4;&quot;&apos;&lt;&gt;",
		.words = "a &\xc3\xa4\xc3\xa4\\\"'<>"},
	    {.page = "500\xc2\xa0Internal&#160; Error",
		.words = "500 Internal Error"},
	    {.page =
		    "&; &#; &#x; &#xg; &unknown; &amp &#1114112; &#0; &#xd800;",
		.words = "&; &#; &#x; &#xg; &unknown; &amp ? ? ?"},
	    {.page = "&#27;[31m\x1b[1m&#x202e;\xff",
		.words = "\\x1b[31m\\x1b[1m\\xe2\\x80\\xae\\xff"},
	    {.page = "\xef\xbb\xbf<p>bom", .words = "bom"},
	    {.page = "<", .words = "<"},
	    {.page = "<p", .words = ""},
	    {.page = "<p class=\"x>yes", .words = "yes"},
	    {.page = "<script>no", .words = ""},
	    {.page = "<title>unclosed", .words = "unclosed"},
	    {.page = "<title", .words = ""},
	    {.page = "", .words = ""},
	};
	size_t i;

	(void)state;
	for (EACH_ROW(i, pages, pages[i].page))
		assert_string_equal(
		    words_of(pages[i].page, strlen(pages[i].page)),
		    pages[i].words);
	assert_string_equal(words_of("<p>a\0b\0", 7), "a");
}

static void test_pages_are_told_from_other_texts(void **state)
{
	static const char *const pages[] = {"<!DOCTYPE html>", " \r\n<html>",
	    "<?xml?>", "\xef\xbb\xbf\n<P>", "</p>"};
	static const char *const others[] = {
	    "", " ", "<", "< a", "text <b>", "0\x82", "\xef\xbb", "<\x01"};
	size_t i;

	(void)state;
	for (EACH_ROW(i, pages, pages[i]))
		assert_true(html_is_page(pages[i], strlen(pages[i])));
	for (EACH_ROW(i, others, others[i]))
		assert_false(html_is_page(others[i], strlen(others[i])));
	assert_false(html_is_page("\0<p>", 4));
}

static void test_pages_and_texts_are_quoted(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		bool page;
		const char *quote;
	} rows[] = {
	    {.name = "text",
		.bytes = "b<p>a",
		.len = 5,
		.quote = ": \"b<p>a\""},
	    {.name = "a page",
		.bytes = "b<p>a",
		.len = 5,
		.page = true,
		.quote = ": \"b a\""},
	    {.name = "characters that are escaped",
		.bytes = " b\x01z\n",
		.len = 5,
		.quote = ": \"b\\x01z\""},
	    {.name = "DER", .bytes = "0\x82\0", .len = 3, .quote = ""},
	    {.name = "UTF-16",
		.bytes = "\xff\xfe<\0p\0>\0a\0",
		.len = 10,
		.page = true,
		.quote = ""},
	    {.name = "a long line",
		.bytes = "a long line of text",
		.len = 19,
		.quote = ": \"a long l...\""},
	    {.name = "a page without text",
		.bytes = "<html></html>",
		.len = 13,
		.page = true,
		.quote = ""},
	    {.name = "nothing", .bytes = "", .len = 0, .quote = ""},
	    {.name = "NULL", .len = 0, .page = true, .quote = ""},
	};
	char out[16];
	size_t i;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].quote))
		assert_string_equal(html_quote(out, sizeof(out), rows[i].bytes,
					rows[i].len, rows[i].page),
		    rows[i].quote);
}

/* Pages of 1 MiB: the words are bounded, and so is the time. */
static void test_hostile_pages_take_little_time(void **state)
{
	static const char *const parts[] = {"a", "<", "<p ", "<!--", "<script>",
	    "<style>a</style", "&", "&#", "&amp;", "<title>", "</title>",
	    "<title></title>", "<p a=\"", "<b>", "\xe2", "\xc2", "</", "-->"};
	static const char *const starts[] = {"", "<title>", "<p>", "<script>"};
	clock_t start = clock();
	char *page = malloc(MIB);
	char out[200];
	size_t i, j, len;

	(void)state;
	assert_non_null(page);
	for (EACH_ROW(j, starts, starts[j])) {
		for (EACH_ROW(i, parts, parts[i])) {
			memcpy(page, starts[j], strlen(starts[j]));
			for (len = strlen(starts[j]); len < MIB; len++)
				page[len] = parts[i][len % strlen(parts[i])];
			html_words(out, sizeof(out), page, MIB);
			assert_true(strlen(out) < sizeof(out));
		}
	}
	memset(page, 'a', MIB);
	memcpy(page, "<title>", 7);
	html_words(out, sizeof(out), page, MIB);
	assert_memory_equal(out + sizeof(out) - 5, "a...", 5);
	memset(page, 0, MIB);
	assert_string_equal(html_words(out, sizeof(out), page, MIB), "");
	free(page);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_words_of_a_page_are_found),
	    cmocka_unit_test(test_pages_are_told_from_other_texts),
	    cmocka_unit_test(test_pages_and_texts_are_quoted),
	    cmocka_unit_test(test_hostile_pages_take_little_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
