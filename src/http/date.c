#include <stdio.h>
#include <string.h>

#include "http/date.h"

#define DAY  86400
#define YEAR 31556952LL /* 365.2425 days, as they are on average */

struct moment {
	char month[4];
	int year, day, hour, minute, second;
};

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 0 to 11; -1 for no month. */
static int find_month(const char *name)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *at = strlen(name) == 3 ? strstr(names, name) : NULL;

	return at != NULL && (at - names) % 3 == 0 ? (int)(at - names) / 3 : -1;
}

static long long days_before(int year, int month)
{
	static const int before[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	long long last = year - 1;

	return last * 365 + last / 4 - last / 100 + last / 400 - 719162 +
	    before[month] + (month > 1 && is_leap(year));
}

/* *short_year: the year has its last two digits only. */
static bool scan(struct moment *m, bool *short_year, const char *text)
{
	int end = 0;

	*short_year = false;
	sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT%n", &m->day,
	    m->month, &m->year, &m->hour, &m->minute, &m->second, &end);
	if (end > 0)
		return text[end] == '\0';
	sscanf(text, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
	    &m->day, m->month, &m->year, &m->hour, &m->minute, &m->second,
	    &end);
	*short_year = end > 0;
	if (end > 0)
		return text[end] == '\0';
	sscanf(text, "%*3[A-Za-z] %3s %2d %2d:%2d:%2d %4d%n", m->month, &m->day,
	    &m->hour, &m->minute, &m->second, &m->year, &end);
	return end > 0 && text[end] == '\0';
}

static long long count_seconds(const struct moment *m, int month)
{
	return (days_before(m->year, month) + m->day - 1) * DAY +
	    m->hour * 3600 + m->minute * 60 + m->second;
}

/* The last year with these digits that is at most 50 years ahead of now. */
static void complete_year(struct moment *m, int month, long long now)
{
	m->year += (int)((1970 + now / YEAR) / 100 + 1) * 100;
	while (count_seconds(m, month) > now + 50 * YEAR)
		m->year -= 100;
}

bool date_parse(long long *out, const char *text, long long now)
{
	struct moment m = {0};
	bool short_year;
	int month;

	if (!scan(&m, &short_year, text) || (month = find_month(m.month)) < 0 ||
	    m.day < 1 || m.day > 31 || m.hour < 0 || m.hour > 23 ||
	    m.minute < 0 || m.minute > 59 || m.second < 0 || m.second > 60)
		return false;
	if (short_year && m.year >= 0)
		complete_year(&m, month, now);
	if (m.year < 1970)
		return false;
	*out = count_seconds(&m, month);
	return true;
}
