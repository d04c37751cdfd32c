/* signals.h: signals, from Ctrl-C and the end of the console; time. */
#ifndef COMPAT_WINDOWS_SIGNALS_H
#define COMPAT_WINDOWS_SIGNALS_H

#include <signal.h>
#include <time.h>

#define SIGHUP  1
#define SIGQUIT 3
#define SIGKILL 9
#define SIGPIPE 13
#define SIGCHLD 17
#define SIGCONT 18
#define SIGTSTP 20
#define SIGTTIN 24
#define SIGTTOU 25
#define SIGXFSZ 26

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_RESTART   1
#define SA_RESETHAND 2

#define sigset_t    unsigned int
#define sigaction   windows_sigaction
#define sigprocmask windows_sigprocmask
#define sigpending  windows_sigpending
#define sigemptyset windows_sigemptyset
#define sigfillset  windows_sigfillset
#define sigaddset   windows_sigaddset
#define sigdelset   windows_sigdelset
#define sigismember windows_sigismember
#define raise       windows_raise
#define kill        windows_kill
#define pselect     windows_pselect
#undef signal
#define signal windows_signal

/* sa_mask is not looked at: a handler runs in the thread of the console. */
struct sigaction {
	void (*sa_handler)(int);
	sigset_t sa_mask;
	int sa_flags;
};

int sigaction(
    int number, const struct sigaction *action, struct sigaction *before);
int sigprocmask(int how, const sigset_t *set, sigset_t *before);
int sigpending(sigset_t *out);
int sigemptyset(sigset_t *set);
int sigfillset(sigset_t *set);
int sigaddset(sigset_t *set, int number);
int sigdelset(sigset_t *set, int number);
int sigismember(const sigset_t *set, int number);
void signal(int number, void (*handler)(int));
int raise(int number);

/* Of a process group that compat_start_program() has made. */
int kill(long long pid, int number);

/* Waits for a signal or for the time only: the three sets are NULL. */
int pselect(int count, void *reading, void *writing, void *failing,
    const struct timespec *time, const sigset_t *mask);

/* Ctrl-C and its like become signals. */
void windows_catch_console(void);

/* Gives it back the page that it had before. */
void windows_leave_console(void);

/* What another thread notices. */
void windows_send_signal(int number);

#define clock_gettime windows_clock_gettime
#define nanosleep     windows_nanosleep
#undef CLOCK_MONOTONIC
#undef CLOCK_REALTIME
#define CLOCK_REALTIME  0
#define CLOCK_MONOTONIC 1

int clock_gettime(int clock, struct timespec *out);
int nanosleep(const struct timespec *time, struct timespec *left);

#endif
