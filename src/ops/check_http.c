#include <stdio.h>
#include <stdlib.h>

#include "http/date.h"
#include "ops/check_http.h"
#include "pki/clock.h"
#include "util/monotonic.h"

#define AHEAD_MAX 300 /* seconds */

struct check_start check_http_start(void)
{
	return (struct check_start){
	    .clock = clock_now(), .monotonic = monotonic_now()};
}

/* The Date is that of some moment in between (RFC 9110, 6.6.1), cut to seconds. */
static void take_date(struct check_http *h,
    const struct http_response *response, const struct check_start *start)
{
	long long date, half = (monotonic_now() - start->monotonic) / 2;
	long long uncertainty = half / 1000 + 1;

	if (!date_parse(&date, response->date, (long long)start->clock) ||
	    (h->dated && h->uncertainty < uncertainty))
		return;
	h->dated = true;
	h->uncertainty = uncertainty;
	h->ahead = date - ((long long)start->clock + half / 1000);
}

void check_http(struct check_http *h, struct findings *f,
    const struct http_response *response, const struct check_start *start)
{
	f->topic = "http";
	h->looped = response->outcome == HTTP_REDIRECT_LOOP;
	if (response->status == 0)
		return;
	h->answered = true;
	take_date(h, response, start);
	if (h->told || response->persists)
		return;
	h->told = true;
	finding_ok(f,
	    "the server closes the connection after each answer (HTTP/1.%u): "
	    "each message needs a new one",
	    response->minor);
}

void check_http_type(struct findings *f, const char *what,
    const struct http_response *response, const char *expected,
    const char *clause)
{
	const char *type = response->content_type;
	const char *blank = response->reason[0] != '\0' ? " " : "";

	f->topic = "http";
	if (response_is_type(response, expected))
		finding_ok(f, "%s: %d%s%s, %s", what, response->status, blank,
		    response->reason, type);
	else
		finding_warn(f,
		    "sscep takes it nevertheless, other clients may fail; tell "
		    "the operator of the server",
		    "%s: %d%s%s, the media type is %s, expected %s (RFC 8894, "
		    "%s)",
		    what, response->status, blank, response->reason,
		    type[0] != '\0' ? type : "missing", expected, clause);
}

/* The two largest units of it. */
static const char *add_duration(struct buf *out, long long seconds)
{
	static const struct {
		const char *name;
		long long seconds;
	} units[] = {
	    {"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
	size_t i = 0, end;
	long long n;

	while (i < COUNT_OF(units) - 1 && seconds < units[i].seconds)
		i++;
	for (end = i + 2; i < COUNT_OF(units) && i < end; i++) {
		n = seconds / units[i].seconds;
		seconds %= units[i].seconds;
		if (n > 0)
			buf_addf(out, "%s%lld %s%s", out->len > 0 ? " " : "", n,
			    units[i].name, n == 1 ? "" : "s");
	}
	return buf_string(out);
}

const char *check_http_advise_on_early(
    const struct check_http *h, char *out, size_t size)
{
	struct buf text = {0};

	if (!h->dated || h->ahead <= AHEAD_MAX + h->uncertainty)
		snprintf(out, size, "is this system's clock right?");
	else
		snprintf(out, size,
		    "set this system's clock, which is %s behind that of the "
		    "server",
		    add_duration(&text, h->ahead));
	buf_free(&text);
	return out;
}

void check_http_clock(const struct check_http *h, struct findings *f)
{
	const char *direction = h->ahead > 0 ? "behind" : "ahead of";
	long long off = llabs(h->ahead);
	struct buf text = {0};

	f->topic = "clock";
	if (!h->answered)
		return;
	if (!h->dated) {
		finding_ok(f,
		    "the server does not tell its time (Date): this system's "
		    "clock cannot be compared");
		return;
	}
	if (off <= h->uncertainty)
		finding_ok(
		    f, "this system's clock agrees with that of the server");
	else if (off <= AHEAD_MAX + h->uncertainty)
		finding_ok(f,
		    "this system's clock is %s %s that of the server: that "
		    "does no harm",
		    add_duration(&text, off), direction);
	else
		finding_warn(f,
		    "set the clock of the one that is wrong, best by NTP: "
		    "certificates may count as expired or not yet valid",
		    "this system's clock is %s %s that of the server",
		    add_duration(&text, off), direction);
	buf_free(&text);
}
