#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "compat/resolve.h"

/* Shared by the caller and the thread; the last one to use it frees it. */
struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	char *host, *service;
	struct addrinfo hints;
	struct addrinfo *list;
	int error, system_error;
	bool done, abandoned;
};

static void free_lookup(struct lookup *lookup)
{
	if (lookup->list != NULL)
		freeaddrinfo(lookup->list);
	pthread_cond_destroy(&lookup->changed);
	pthread_mutex_destroy(&lookup->lock);
	free(lookup->host);
	free(lookup->service);
	free(lookup);
}

/* Otherwise a change of the clock changes the time limit. */
#ifdef HAVE_PTHREAD_CONDATTR_SETCLOCK
#define LOOKUP_CLOCK CLOCK_MONOTONIC
#else
#define LOOKUP_CLOCK CLOCK_REALTIME
#endif

static void init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
#ifdef HAVE_PTHREAD_CONDATTR_SETCLOCK
	pthread_condattr_setclock(&attributes, LOOKUP_CLOCK);
#endif
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

static struct lookup *new_lookup(
    const char *host, const char *service, const struct addrinfo *hints)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		return NULL;
	init_condition(&lookup->changed);
	pthread_mutex_init(&lookup->lock, NULL);
	lookup->hints = *hints;
	lookup->host = strdup(host);
	lookup->service = strdup(service);
	if (lookup->host != NULL && lookup->service != NULL)
		return lookup;
	free_lookup(lookup);
	return NULL;
}

static void *run_lookup(void *argument)
{
	struct lookup *lookup = argument;
	struct addrinfo *list = NULL;
	bool abandoned;
	int error;

	error =
	    getaddrinfo(lookup->host, lookup->service, &lookup->hints, &list);
	pthread_mutex_lock(&lookup->lock);
	lookup->system_error = errno;
	lookup->error = error;
	lookup->list = error == 0 ? list : NULL;
	lookup->done = true;
	abandoned = lookup->abandoned;
	pthread_cond_signal(&lookup->changed);
	pthread_mutex_unlock(&lookup->lock);
	if (abandoned)
		free_lookup(lookup);
	return NULL;
}

/* Blocks all signals in the thread: the main thread handles them. */
static bool start_lookup(struct lookup *lookup)
{
	sigset_t all, before;
	pthread_t thread;
	bool started;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	started = pthread_create(&thread, NULL, run_lookup, lookup) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		pthread_detach(thread);
	return started;
}

static struct timespec time_from_now(long long milliseconds)
{
	struct timespec at;

	clock_gettime(LOOKUP_CLOCK, &at);
	at.tv_sec += (time_t)(milliseconds / 1000);
	at.tv_nsec += (long)(milliseconds % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static int await_lookup(struct lookup *lookup, long long milliseconds,
    bool *late, struct addrinfo **out)
{
	struct timespec until = time_from_now(milliseconds);
	int error = 0, waited = 0;

	pthread_mutex_lock(&lookup->lock);
	while (!lookup->done && waited == 0)
		waited = pthread_cond_timedwait(
		    &lookup->changed, &lookup->lock, &until);
	*late = lookup->abandoned = !lookup->done;
	if (lookup->done) {
		error = lookup->error;
		errno = lookup->system_error;
		*out = lookup->list;
		lookup->list = NULL;
	}
	pthread_mutex_unlock(&lookup->lock);
	if (!*late)
		free_lookup(lookup);
	return error;
}

int compat_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, long long milliseconds, bool *late,
    struct addrinfo **out)
{
	struct addrinfo numeric = *hints;
	struct lookup *lookup;

	*late = false;
	numeric.ai_flags |= AI_NUMERICHOST;
	if (getaddrinfo(host, service, &numeric, out) == 0)
		return 0;
	if ((lookup = new_lookup(host, service, hints)) == NULL)
		return EAI_MEMORY;
	if (start_lookup(lookup))
		return await_lookup(lookup, milliseconds, late, out);
	free_lookup(lookup);
	return getaddrinfo(host, service, hints, out);
}

/* Where send() has no MSG_NOSIGNAL; without either, SIGPIPE must be ignored. */
static int without_signal(int fd)
{
#if !defined(HAVE_MSG_NOSIGNAL) && defined(SO_NOSIGPIPE)
	int yes = 1;

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &yes, sizeof(yes));
#endif
	return fd;
}

#ifdef HAVE_SOCK_NONBLOCK

int compat_open_socket(int family)
{
	return without_signal(
	    socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

#else

int compat_open_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0), flags, error;

	if (fd < 0)
		return -1;
	flags = fcntl(fd, F_GETFL);
	if (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
		return without_signal(fd);
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

#endif

ssize_t compat_send(int fd, const void *bytes, size_t len)
{
#ifdef HAVE_MSG_NOSIGNAL
	return send(fd, bytes, len, MSG_NOSIGNAL);
#else
	return send(fd, bytes, len, 0);
#endif
}
