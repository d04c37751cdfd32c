#include <string.h>

#include "options/renew_value.h"
#include "util/quote.h"

const char renew_value_ways[] = "certificate,challenge,both";

/* Three digits, or four of which the first is 0: no more than permissions. */
static bool check_mode(const char *text, struct problem *problem)
{
	const char *digits = text + (strlen(text) == 4 && *text == '0');
	char shown[80];

	if (strlen(digits) == 3 && strspn(digits, "01234567") == 3)
		return true;
	return problem_set(problem,
	    "%s is not the mode of a file: three octal digits",
	    log_escape(shown, sizeof(shown), text, strlen(text)));
}

static bool check_with(const char *text, struct problem *problem)
{
	size_t len = strlen(text), part;
	const char *p = renew_value_ways;
	char shown[80];

	for (;; p += part + 1) {
		part = strcspn(p, ",");
		if (part == len && strncmp(p, text, len) == 0)
			return true;
		if (p[part] == '\0')
			break;
	}
	return problem_set(problem, "unknown way to renew %s, not one of %s",
	    log_escape(shown, sizeof(shown), text, len), renew_value_ways);
}

bool renew_value_is_good(
    enum option_check check, const char *text, struct problem *problem)
{
	switch (check) {
	case CHECK_RENEW_WITH:
		return check_with(text, problem);
	case CHECK_MODE:
		return check_mode(text, problem);
	default:
		return true;
	}
}
