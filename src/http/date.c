#include <stdio.h>
#include <string.h>

#include "http/date.h"

#define DAY 86400

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

/* A year of two digits is the last one that is not far in the future. */
static bool scan(struct moment *m, const char *text)
{
	int end = 0;

	sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT%n", &m->day,
	    m->month, &m->year, &m->hour, &m->minute, &m->second, &end);
	if (end > 0)
		return text[end] == '\0';
	sscanf(text, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n",
	    &m->day, m->month, &m->year, &m->hour, &m->minute, &m->second,
	    &end);
	m->year += end == 0 ? 0 : m->year < 70 ? 2000 : 1900;
	if (end > 0)
		return text[end] == '\0';
	sscanf(text, "%*3[A-Za-z] %3s %2d %2d:%2d:%2d %4d%n", m->month, &m->day,
	    &m->hour, &m->minute, &m->second, &m->year, &end);
	return end > 0 && text[end] == '\0';
}

bool date_parse(long long *out, const char *text)
{
	struct moment m = {0};
	int month;

	if (!scan(&m, text) || (month = find_month(m.month)) < 0 ||
	    m.year < 1970 || m.day < 1 || m.day > 31 || m.hour < 0 ||
	    m.hour > 23 || m.minute < 0 || m.minute > 59 || m.second < 0 ||
	    m.second > 60)
		return false;
	*out = (days_before(m.year, month) + m.day - 1) * DAY + m.hour * 3600 +
	    m.minute * 60 + m.second;
	return true;
}
