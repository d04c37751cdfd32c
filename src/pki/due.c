#include <stdio.h>
#include <string.h>

#include "compat/compat.h"
#include "pki/due.h"
#include "util/quote.h"

#define MINUTE 60LL
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

#define SHOWN_SIZE 40

/* The number at text; -1: it is longer than the longest time in minutes. */
static long long parse_number(const char *text, size_t digits)
{
	long long number = 0;
	size_t i;

	for (i = 0; i < digits; i++) {
		number = 10 * number + (text[i] - '0');
		if (number > DUE_DAYS_MAX * DAY / MINUTE)
			return -1;
	}
	return number;
}

/* The seconds of a unit; 0: there is no such unit. */
static long long find_unit(const char *unit)
{
	static const struct {
		const char *letters;
		long long seconds;
	} units[] = {{"dD", DAY}, {"hH", HOUR}, {"mM", MINUTE}};
	size_t i;

	if (*unit == '\0' || unit[1] != '\0')
		return 0;
	for (i = 0; i < COUNT_OF(units); i++)
		if (strchr(units[i].letters, *unit) != NULL)
			return units[i].seconds;
	return 0;
}

static bool check_length(struct problem *problem, const char *shown,
    long long number, long long limit, const char *unit)
{
	if (number == 0)
		return problem_set(problem,
		    "%s: it would be due only when it has expired: expected "
		    "1%s or more",
		    shown, unit);
	if (number < 0 || number > limit)
		return problem_set(problem,
		    "%s is too much: expected %lld%s or less", shown, limit,
		    unit);
	return true;
}

bool due_parse(struct due_when *when, const char *text, struct problem *problem)
{
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	long long number = parse_number(text, digits), seconds;
	char shown[SHOWN_SIZE];

	quote_value(shown, sizeof(shown), text);
	*when = (struct due_when){0};
	seconds = find_unit(unit);
	if (digits == 0 || (seconds == 0 && strcmp(unit, "%") != 0))
		return problem_set(problem,
		    "%s is no time: expected a whole number followed by d "
		    "(days), h (hours), m (minutes) or %% (of the whole life), "
		    "without a blank, as in 30d or 33%%",
		    shown);
	if (!check_length(problem, shown, number,
		seconds > 0 ? DUE_DAYS_MAX * DAY / seconds : 100, unit))
		return false;
	when->seconds = number * seconds;
	when->percent = seconds > 0 ? 0 : (int)number;
	return true;
}

/* Seconds from one time to the other, which a 32-bit time_t may not hold. */
static bool subtract(long long *out, const ASN1_TIME *from, const ASN1_TIME *to)
{
	int days, seconds;

	if (ASN1_TIME_diff(&days, &seconds, from, to) != 1)
		return false;
	*out = days * DAY + seconds;
	return true;
}

bool due_find(struct due *due, const struct due_when *when,
    const ASN1_TIME *from, const ASN1_TIME *to, time_t now)
{
	ASN1_TIME *at = ASN1_TIME_set(NULL, now);
	long long past = 0;
	bool ok;

	*due = (struct due){0};
	ok = at != NULL && subtract(&due->total, from, to) &&
	    subtract(&due->left, at, to) && subtract(&past, from, at);
	ASN1_TIME_free(at);
	if (!ok)
		return false;
	due->before = when->percent > 0 ? due->total * when->percent / 100
					: when->seconds;
	due->early = past < 0;
	due->expired = due->left < 0;
	due->due = due->expired || due->left < due->before;
	return true;
}

const char *due_text(char *out, size_t size, const struct due *due)
{
	static const struct {
		const char *name;
		long long seconds;
	} units[] = {{"days", DAY}, {"hours", HOUR}, {"minutes", MINUTE},
	    {"seconds", 1}};
	long long left = due->left > 0 ? due->left : 0;
	size_t i = 0;

	while (i < COUNT_OF(units) - 1 && due->total < 10 * units[i].seconds)
		i++;
	snprintf(out, size, "%lld of %lld %s", left / units[i].seconds,
	    (due->total + units[i].seconds / 2) / units[i].seconds,
	    units[i].name);
	return out;
}
