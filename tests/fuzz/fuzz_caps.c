/* The answer to GetCACaps (RFC 8894, 3.5).  Input: the body. */

#include <string.h>

#include "fuzz.h"
#include "pki/algs.h"
#include "scep/caps.h"
#include "util/buf.h"
#include "util/html.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	return 0;
}

/* A capability is there only if its keyword is, in some case. */
static void check_keyword(const char *keyword, void *input)
{
	const struct fuzz_input *in = input;
	size_t i, len = strlen(keyword);
	bool found = false;

	for (i = 0; i + len <= in->left && !found; i++) {
		size_t same = 0;

		while (same < len &&
		    (in->next[i + same] | 0x20) == (keyword[same] | 0x20))
			same++;
		found = same == len;
	}
	FUZZ_CHECK(found);
}

/* What is printed of a set is read back as the same set. */
static void check_text(unsigned int caps)
{
	struct buf text = {0};
	const char *bad;
	size_t bad_len;
	unsigned int again = 0;

	FUZZ_CHECK(caps_add_text(&text, caps));
	FUZZ_CHECK(fuzz_is_printable(buf_string(&text), false));
	if (caps == 0) {
		FUZZ_CHECK(strcmp(buf_string(&text), "none") == 0);
	} else {
		FUZZ_CHECK(
		    caps_parse_list(&again, buf_string(&text), &bad, &bad_len));
		FUZZ_CHECK(again == caps);
	}
	buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct buf unknown = {0};
	unsigned int caps;
	const char *name;
	bool page = html_is_page(data, size);

	fuzz_forget();
	caps = caps_parse(data, size);
	FUZZ_CHECK((caps & ~(unsigned int)CAPS_ALL) == 0);
	caps_each(caps, check_keyword, &in);
	check_text(caps);
	FUZZ_CHECK(caps_has_keyword(data, size) || caps == 0);

	FUZZ_CHECK(caps_add_unknown(&unknown, data, size));
	FUZZ_CHECK(fuzz_is_printable(buf_string(&unknown), false));
	buf_free(&unknown);

	caps_check(data, size, page);
	if ((name = caps_best_digest(caps)) != NULL)
		FUZZ_CHECK(algs_find_digest(name) != NULL);
	if ((name = caps_best_cipher(caps)) != NULL)
		FUZZ_CHECK(algs_find_cipher(name) != NULL);
	return 0;
}
