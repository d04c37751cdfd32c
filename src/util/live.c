#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "compat/compat.h"
#include "compat/terminal.h"
#include "util/live.h"

#define ERASE "\r\033[K"

static bool enabled;
static volatile sig_atomic_t shown;

/* Those that end or stop the process, and their actions before the line. */
static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
static struct sigaction before[COUNT_OF(numbers)];

static void write_all(const char *text, size_t len)
{
	ssize_t ignored = write(STDERR_FILENO, text, len);

	(void)ignored;
}

/* Erases the line, and leaves the rest to the action that was there before. */
static void live_on_signal(int number)
{
	size_t i;

	if (shown)
		write_all(ERASE, strlen(ERASE));
	shown = 0;
	for (i = 0; i < COUNT_OF(numbers); i++)
		if (numbers[i] == number)
			sigaction(number, &before[i], NULL);
	raise(number);
}

/*
 * Whether one has been raised again above, or came, while it is blocked: its own
 * action is to take it first.
 */
static bool is_pending(void)
{
	sigset_t pending;
	size_t i;

	sigpending(&pending);
	for (i = 0; i < COUNT_OF(numbers); i++)
		if (sigismember(&pending, numbers[i]) == 1)
			return true;
	return false;
}

static bool is_caught(int number, struct sigaction *now)
{
	return sigaction(number, NULL, now) == 0 &&
	    now->sa_handler == live_on_signal;
}

/* Again after each signal: one that stops the process comes more than once. */
static void catch_signals(void)
{
	struct sigaction action, now;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = live_on_signal;
	action.sa_flags = (int)SA_RESTART;
	sigfillset(&action.sa_mask);
	for (i = 0; i < COUNT_OF(numbers); i++) {
		if (is_caught(numbers[i], &now) || now.sa_handler == SIG_IGN)
			continue;
		before[i] = now;
		sigaction(numbers[i], &action, NULL);
	}
}

static void release_signals(void)
{
	struct sigaction now;
	size_t i;

	for (i = 0; i < COUNT_OF(numbers); i++)
		if (is_caught(numbers[i], &now))
			sigaction(numbers[i], &before[i], NULL);
}

void live_enable(void)
{
	enabled = compat_is_terminal(STDERR_FILENO);
}

bool live_is_enabled(void)
{
	return enabled;
}

/* The cursor stays on the line: the last column is left free. */
void live_show(const char *text)
{
	char line[LIVE_TEXT_MAX + sizeof(ERASE)];
	int columns, len;

	if (!enabled || !compat_owns_terminal(STDERR_FILENO) || is_pending())
		return;
	columns = compat_terminal_columns(STDERR_FILENO);
	len = snprintf(line, sizeof(line), "\r%.*s\033[K",
	    columns < LIVE_TEXT_MAX ? columns - 1 : LIVE_TEXT_MAX - 1, text);
	catch_signals();
	shown = 1;
	write_all(line, (size_t)len);
}

void live_erase(void)
{
	if (!enabled)
		return;
	if (shown)
		write_all(ERASE, strlen(ERASE));
	shown = 0;
	release_signals();
}

void live_format_time(char *out, size_t size, long long seconds)
{
	int hours, minutes;

	if (seconds < 0)
		seconds = 0;
	hours = (int)(seconds / 3600);
	minutes = (int)(seconds / 60 % 60);
	if (hours > 0)
		snprintf(out, size, "%d:%02d:%02d", hours, minutes,
		    (int)(seconds % 60));
	else
		snprintf(out, size, "%02d:%02d", minutes, (int)(seconds % 60));
}

void live_format_size(char *out, size_t size, size_t bytes)
{
	const bool large = bytes >= 1024u * 1024;
	const size_t unit = large ? 1024u * 1024 : 1024;

	snprintf(out, size, "%zu.%zu %s", bytes / unit,
	    bytes % unit * 10 / unit, large ? "MiB" : "KiB");
}
