#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <sys/wait.h>

#include "compat/process.h"

/* The hook; there is one at a time. */
static struct {
	HANDLE process, job, waiting;
	DWORD id;
	int killed; /* the signal that we have ended it with */
} child;

void compat_note_start(void)
{
}

/* No window asks whether to look for help, or for the disk that is missing. */
void compat_forbid_core(void)
{
	SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX |
	    SEM_NOOPENFILEERRORBOX);
}

/* NAME=VALUE, each with its NUL, and one more. */
static wchar_t *make_block(char *const environment[])
{
	wchar_t *block = NULL, *grown, *one;
	size_t used = 0, len, i;

	for (i = 0; environment[i] != NULL; i++) {
		if ((one = windows_wide(environment[i])) == NULL)
			continue;
		len = wcslen(one) + 1;
		grown = realloc(block, (used + len + 1) * sizeof(*block));
		if (grown != NULL) {
			wmemcpy(grown + used, one, len);
			used += len;
			grown[used] = L'\0';
			block = grown;
		}
		free(one);
	}
	return block;
}

#define SHELL L"\\cmd.exe"

/* By its path: one of that name in the working directory is not meant. */
static bool find_shell(wchar_t out[MAX_PATH])
{
	const UINT room = MAX_PATH - (UINT)wcslen(SHELL) - 1;
	UINT len = GetSystemDirectoryW(out, room);

	if (len == 0 || len > room)
		return false;
	wcscpy_s(out + len, MAX_PATH - len, SHELL);
	return true;
}

/* The command that was for /bin/sh. */
static wchar_t *make_command(char *const argv[])
{
	wchar_t *command = windows_wide(argv[2]), *line = NULL;
	size_t size = command != NULL ? wcslen(command) + 32 : 0;

	if (command != NULL && (line = malloc(size * sizeof(*line))) != NULL)
		swprintf(line, size, L"cmd.exe /d /s /c \"%ls\"", command);
	free(command);
	return line;
}

static HANDLE open_null(void)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};

	return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE,
	    FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited, OPEN_EXISTING, 0,
	    NULL);
}

/* Only these three are inherited: all that we open is not to be. */
static void set_streams(
    STARTUPINFOW *info, const struct compat_streams *streams, HANDLE null)
{
	HANDLE *all[] = {&info->hStdInput, &info->hStdOutput, &info->hStdError};
	size_t i;

	info->dwFlags = STARTF_USESTDHANDLES;
	info->hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	info->hStdError = GetStdHandle(STD_ERROR_HANDLE);
	info->hStdOutput = streams->to_stderr ? info->hStdError
					      : GetStdHandle(STD_OUTPUT_HANDLE);
	for (i = 0; i < streams->count; i++)
		if (streams->hidden[i] >= 0 && streams->hidden[i] < 3)
			*all[streams->hidden[i]] = null;
	for (i = 0; i < 3; i++)
		SetHandleInformation(
		    *all[i], HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
}

static void CALLBACK on_end(void *unused, BOOLEAN late)
{
	(void)unused;
	(void)late;
	windows_send_signal(SIGCHLD);
}

/* It runs once it is in the job, so that its children are, too. */
static void adopt(const PROCESS_INFORMATION *started)
{
	child.process = started->hProcess;
	child.id = started->dwProcessId;
	child.killed = 0;
	child.job = CreateJobObjectW(NULL, NULL);
	if (child.job != NULL)
		AssignProcessToJobObject(child.job, child.process);
	RegisterWaitForSingleObject(&child.waiting, child.process, on_end, NULL,
	    INFINITE, WT_EXECUTEONLYONCE);
	ResumeThread(started->hThread);
	CloseHandle(started->hThread);
}

pid_t compat_start_program(char *const argv[], char *const environment[],
    const struct compat_streams *streams)
{
	const DWORD flags = CREATE_UNICODE_ENVIRONMENT | CREATE_SUSPENDED |
	    CREATE_NEW_PROCESS_GROUP;
	STARTUPINFOW info = {.cb = sizeof(info)};
	wchar_t *block = make_block(environment), *line = make_command(argv);
	PROCESS_INFORMATION started;
	wchar_t shell[MAX_PATH];
	HANDLE null = open_null();
	bool ok;

	set_streams(&info, streams, null);
	ok = line != NULL && find_shell(shell) &&
	    CreateProcessW(shell, line, NULL, NULL, TRUE, flags, block, NULL,
		&info, &started);
	if (ok)
		adopt(&started);
	else
		windows_fail_last();
	CloseHandle(null);
	free(block);
	free(line);
	return ok ? (pid_t)child.id : -1;
}

static bool has_ended(void)
{
	return WaitForSingleObject(child.process, 0) == WAIT_OBJECT_0;
}

/*
 * Only the console can ask a program to end.  Those without one are ended when the
 * grace is over.
 */
int kill(long long pid, int number)
{
	if (pid != -(long long)child.id || child.process == NULL) {
		errno = ESRCH;
		return -1;
	}
	if (number == 0 || number == SIGCONT)
		return has_ended() ? windows_fail(ERROR_FILE_NOT_FOUND) : 0;
	if (number != SIGKILL)
		return GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, child.id)
		    ? 0
		    : windows_fail_last();
	if (!has_ended())
		child.killed = number;
	if (child.job == NULL || !TerminateJobObject(child.job, 1))
		TerminateProcess(child.process, 1);
	return 0;
}

long long waitpid(long long pid, int *status, int options)
{
	DWORD code = 0;

	(void)options;
	if (child.process == NULL || pid != child.id) {
		errno = ECHILD;
		return -1;
	}
	if (!has_ended())
		return 0;
	GetExitCodeProcess(child.process, &code);
	*status = child.killed > 0 ? child.killed << 8
				   : (int)(code <= 255 ? code : 255);
	if (child.waiting != NULL)
		UnregisterWaitEx(child.waiting, INVALID_HANDLE_VALUE);
	child.waiting = NULL;
	return pid;
}
