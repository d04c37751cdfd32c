#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "compat/resolve.h"

#include "compat/compat.h"

/* Shared by the caller and the thread; the last one to use it frees it. */
struct lookup {
	char *host, *service;
	struct addrinfo hints, *list;
	int error;
	HANDLE done;
	volatile LONG users;
};

static void leave(struct lookup *lookup)
{
	if (InterlockedDecrement(&lookup->users) > 0)
		return;
	if (lookup->list != NULL)
		freeaddrinfo(lookup->list);
	if (lookup->done != NULL)
		CloseHandle(lookup->done);
	free(lookup->host);
	free(lookup->service);
	free(lookup);
}

static struct lookup *new_lookup(
    const char *host, const char *service, const struct addrinfo *hints)
{
	struct lookup *lookup = calloc(1, sizeof(*lookup));

	if (lookup == NULL)
		return NULL;
	lookup->users = 1;
	lookup->hints = *hints;
	lookup->host = _strdup(host);
	lookup->service = _strdup(service);
	lookup->done = CreateEventW(NULL, TRUE, FALSE, NULL);
	if (lookup->host != NULL && lookup->service != NULL &&
	    lookup->done != NULL)
		return lookup;
	leave(lookup);
	return NULL;
}

static DWORD WINAPI run_lookup(void *argument)
{
	struct lookup *lookup = argument;

	lookup->error = getaddrinfo(
	    lookup->host, lookup->service, &lookup->hints, &lookup->list);
	SetEvent(lookup->done);
	leave(lookup);
	return 0;
}

int compat_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, long long milliseconds, bool *late,
    struct addrinfo **out)
{
	struct addrinfo numeric = *hints;
	struct lookup *lookup;
	HANDLE thread;
	int error;

	*late = false;
	numeric.ai_flags |= AI_NUMERICHOST;
	if (getaddrinfo(host, service, &numeric, out) == 0)
		return 0;
	if ((lookup = new_lookup(host, service, hints)) == NULL)
		return EAI_MEMORY;
	lookup->users++;
	thread = CreateThread(NULL, 0, run_lookup, lookup, 0, NULL);
	if (thread != NULL)
		CloseHandle(thread);
	else
		run_lookup(lookup);
	*late = WaitForSingleObject(lookup->done, (DWORD)milliseconds) !=
	    WAIT_OBJECT_0;
	error = *late ? 0 : lookup->error;
	if (!*late && error == 0) {
		*out = lookup->list;
		lookup->list = NULL;
	}
	leave(lookup);
	return error;
}

static const struct {
	int error;
	const char *text;
} texts[] = {
    {WSAHOST_NOT_FOUND, "Name or service not known"},
    {WSANO_DATA, "No address associated with hostname"},
    {WSATRY_AGAIN, "Temporary failure in name resolution"},
    {WSANO_RECOVERY, "Non-recoverable failure in name resolution"},
    {WSA_NOT_ENOUGH_MEMORY, "Memory allocation failure"},
};

const char *gai_strerror(int error)
{
	size_t i;

	for (i = 0; i < COUNT_OF(texts); i++)
		if (texts[i].error == error)
			return texts[i].text;
	return "Name or service not known";
}
