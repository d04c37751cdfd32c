#include <stdarg.h>
#include <stdio.h>

#include <openssl/err.h>

#include "pki/problem.h"
#include "util/utf8.h"

bool problem_set(struct problem *problem, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(problem->text, sizeof(problem->text), format, ap);
	va_end(ap);
	return false;
}

bool problem_set_crypto(struct problem *problem, const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	ERR_clear_error();
	return problem_set(
	    problem, "%s: %s", what, reason != NULL ? reason : "out of memory");
}

/* Characters that a reader does not see, or that change what is seen. */
static const struct {
	unsigned long first, last;
	const char *what;
} refused[] = {
    {0x0, 0x1f, "a control character"},
    {0x7f, 0x9f, "a control character"},
    {0x2028, 0x2029, "a separator of lines"},
    {0x202a, 0x202e, "a character that changes the direction of text"},
    {0x2066, 0x2069, "a character that changes the direction of text"},
    {0xfeff, 0xfeff, "a byte order mark"},
};

/* NULL: the character is good. */
static const char *find_fault(unsigned long code)
{
	size_t i;

	for (i = 0; i < COUNT_OF(refused); i++)
		if (code >= refused[i].first && code <= refused[i].last)
			return refused[i].what;
	return NULL;
}

int problem_count_characters(
    struct problem *problem, const char *what, const void *text, size_t len)
{
	const unsigned char *p = text;
	const char *fault;
	unsigned long code;
	size_t length;
	int count = 0;

	for (; len > 0; len -= length, p += length, count++) {
		if ((length = utf8_length(p, len)) == 0) {
			problem_set(problem,
			    "%s is not valid UTF-8 (character %d)", what,
			    count + 1);
			return -1;
		}
		code = utf8_code(p, length);
		if ((fault = find_fault(code)) != NULL) {
			problem_set(problem,
			    "%s has %s (U+%04lX, character %d)", what, fault,
			    code, count + 1);
			return -1;
		}
	}
	return count;
}
