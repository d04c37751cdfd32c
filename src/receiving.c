#include <stdio.h>

#include "receiving.h"
#include "util/live.h"
#include "util/monotonic.h"

/* Milliseconds: when the first line is shown, and between two. */
#define PATIENCE 1000
#define PAUSE    200

static long long since, last_shown; /* by monotonic_now(); 0: not */

static void show(size_t bytes, size_t total, void *arg)
{
	char text[LIVE_TEXT_MAX], got[32], all[32];
	long long now = monotonic_now();

	(void)arg;
	if (since == 0)
		since = now;
	if (now - since < PATIENCE || now - last_shown < PAUSE)
		return;
	last_shown = now;
	live_format_size(got, sizeof(got), bytes);
	live_format_size(all, sizeof(all), total);
	snprintf(text, sizeof(text), "receiving the answer: %s%s%s", got,
	    total > 0 ? " of " : "", total > 0 ? all : "");
	live_show(text);
}

struct http_observer receiving_observer(void)
{
	return (struct http_observer){
	    .received = live_is_enabled() ? show : NULL};
}

void receiving_end(void)
{
	since = 0;
	live_erase();
}
