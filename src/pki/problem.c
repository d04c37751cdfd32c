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

int problem_count_characters(
    struct problem *problem, const char *what, const void *text, size_t len)
{
	const unsigned char *p = text;
	size_t length;
	int count = 0;

	for (; len > 0; len -= length, p += length, count++) {
		if ((length = utf8_length(p, len)) == 0) {
			problem_set(problem, "%s is not valid UTF-8", what);
			return -1;
		}
		if (*p < 0x20 || *p == 0x7f) {
			problem_set(
			    problem, "%s has a control character", what);
			return -1;
		}
	}
	return count;
}
