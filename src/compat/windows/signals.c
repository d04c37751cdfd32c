#include <errno.h>
#include <stdbool.h>

#include "compat/windows/windows.h"

#define SIGNALS 32

/* Between 1601 and 1970, in units of 100 ns. */
#define EPOCH 116444736000000000ULL

static struct sigaction actions[SIGNALS];
static volatile sigset_t blocked, pending;
static CRITICAL_SECTION guard;
static HANDLE wake; /* an event: there is a new signal */

static sigset_t bit(int number)
{
	return 1U << number;
}

/* As a program is ended by Ctrl-C. */
static void end_process(int number)
{
	(void)number;
	fflush(NULL);
	windows_leave_console();
	TerminateProcess(GetCurrentProcess(), (UINT)STATUS_CONTROL_C_EXIT);
}

/* Without the guard: a handler raises other signals. */
static void take(int number)
{
	void (*handler)(int);

	EnterCriticalSection(&guard);
	handler = actions[number].sa_handler;
	if (actions[number].sa_flags & SA_RESETHAND)
		actions[number].sa_handler = SIG_DFL;
	LeaveCriticalSection(&guard);
	if (handler == SIG_IGN)
		return;
	if (handler != SIG_DFL)
		handler(number);
	else if (number != SIGCHLD && number != SIGCONT)
		end_process(number);
}

static void take_pending(void)
{
	sigset_t ready;
	int i;

	for (i = 1; i < SIGNALS; i++) {
		EnterCriticalSection(&guard);
		ready = pending & ~blocked & bit(i);
		pending &= ~ready;
		LeaveCriticalSection(&guard);
		if (ready != 0)
			take(i);
	}
}

void windows_send_signal(int number)
{
	bool now;

	EnterCriticalSection(&guard);
	now = (blocked & bit(number)) == 0;
	if (!now)
		pending |= bit(number);
	LeaveCriticalSection(&guard);
	if (now)
		take(number);
	SetEvent(wake);
}

int raise(int number)
{
	windows_send_signal(number);
	return 0;
}

int sigaction(
    int number, const struct sigaction *action, struct sigaction *before)
{
	EnterCriticalSection(&guard);
	if (before != NULL)
		*before = actions[number];
	if (action != NULL)
		actions[number] = *action;
	LeaveCriticalSection(&guard);
	return 0;
}

void signal(int number, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler};

	sigaction(number, &action, NULL);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
	EnterCriticalSection(&guard);
	if (before != NULL)
		*before = blocked;
	if (set != NULL && how == SIG_BLOCK)
		blocked |= *set;
	else if (set != NULL)
		blocked = how == SIG_SETMASK ? *set : blocked & ~*set;
	LeaveCriticalSection(&guard);
	take_pending();
	return 0;
}

int sigpending(sigset_t *out)
{
	*out = pending;
	return 0;
}

int sigemptyset(sigset_t *set)
{
	*set = 0;
	return 0;
}

int sigfillset(sigset_t *set)
{
	*set = ~0U;
	return 0;
}

int sigaddset(sigset_t *set, int number)
{
	*set |= bit(number);
	return 0;
}

int sigdelset(sigset_t *set, int number)
{
	*set &= ~bit(number);
	return 0;
}

int sigismember(const sigset_t *set, int number)
{
	return (*set & bit(number)) != 0;
}

static DWORD milliseconds_of(const struct timespec *time)
{
	return (DWORD)(time->tv_sec * 1000 + time->tv_nsec / 1000000);
}

int pselect(int count, void *reading, void *writing, void *failing,
    const struct timespec *time, const sigset_t *mask)
{
	sigset_t before;
	bool ready;

	(void)count;
	(void)reading;
	(void)writing;
	(void)failing;
	ready = (pending & ~*mask) != 0;
	sigprocmask(SIG_SETMASK, mask, &before);
	if (!ready)
		ready = WaitForSingleObject(wake, milliseconds_of(time)) ==
		    WAIT_OBJECT_0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	errno = EINTR;
	return ready ? -1 : 0;
}

/* The system ends the process when this returns, or after some seconds. */
static void wait_for_end(void)
{
	Sleep(INFINITE);
}

/* Session 0 has services and tasks, which hear of the end of any user's session. */
static bool concerns_others(DWORD event)
{
	DWORD session;

	return event == CTRL_LOGOFF_EVENT &&
	    ProcessIdToSessionId(GetCurrentProcessId(), &session) &&
	    session == 0;
}

/*
 * In a thread of its own.  Where nothing handles Ctrl-C or holds it back, the
 * system ends the process.
 */
static BOOL WINAPI on_console(DWORD event)
{
	const bool closes = event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT;

	if (concerns_others(event))
		return TRUE;
	windows_send_signal(closes ? SIGTERM : SIGINT);
	if (closes)
		wait_for_end();
	return TRUE;
}

void windows_catch_console(void)
{
	InitializeCriticalSection(&guard);
	wake = CreateEventW(NULL, FALSE, FALSE, NULL);
	SetConsoleCtrlHandler(on_console, TRUE);
}

int clock_gettime(int clock, struct timespec *out)
{
	unsigned long long now;
	FILETIME time;

	if (clock == CLOCK_MONOTONIC) {
		now = GetTickCount64();
		out->tv_sec = (time_t)(now / 1000);
		out->tv_nsec = (long)(now % 1000) * 1000000;
		return 0;
	}
	GetSystemTimeAsFileTime(&time);
	now = ((unsigned long long)time.dwHighDateTime << 32 |
		  time.dwLowDateTime) -
	    EPOCH;
	out->tv_sec = (time_t)(now / 10000000);
	out->tv_nsec = (long)(now % 10000000) * 100;
	return 0;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	Sleep(milliseconds_of(time));
	return 0;
}
