#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <sys/wait.h>

#include "compat/environment.h"
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
struct block {
	wchar_t *text;
	size_t used; /* without that one */
};

static void add_entry(struct block *block, const char *entry)
{
	wchar_t *one = windows_wide(entry), *grown = NULL;
	const size_t len = one != NULL ? wcslen(one) + 1 : 0;

	if (one != NULL)
		grown = realloc(
		    block->text, (block->used + len + 1) * sizeof(*grown));
	if (grown != NULL) {
		wmemcpy(grown + block->used, one, len);
		block->used += len;
		grown[block->used] = L'\0';
		block->text = grown;
	}
	free(one);
}

/* With it, cmd.exe takes no program from the working directory by its name alone. */
#define PATH_ONLY "NoDefaultCurrentDirectoryInExePath"

static wchar_t *make_block(char *const environment[])
{
	struct block block = {0};
	size_t i;

	for (i = 0; environment[i] != NULL; i++)
		if (!compat_is_variable(environment[i], PATH_ONLY))
			add_entry(&block, environment[i]);
	add_entry(&block, PATH_ONLY "=1");
	return block.text;
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

/* The three streams of the program, which inherits nothing else. */
struct streams {
	STARTUPINFOEXW info;
	HANDLE list[3]; /* each once */
	size_t count;
};

static void add_to_list(struct streams *out, HANDLE handle)
{
	size_t i;

	if (handle == NULL ||
	    !SetHandleInformation(
		handle, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT))
		return;
	for (i = 0; i < out->count; i++)
		if (out->list[i] == handle)
			return;
	out->list[out->count++] = handle;
}

static void find_streams(
    struct streams *out, const struct compat_streams *streams, HANDLE null)
{
	STARTUPINFOW *info = &out->info.StartupInfo;
	HANDLE *all[] = {&info->hStdInput, &info->hStdOutput, &info->hStdError};
	size_t i;

	*out = (struct streams){.info.StartupInfo = {
				    .cb = sizeof(out->info),
				    .dwFlags = STARTF_USESTDHANDLES,
				}};
	info->hStdInput = GetStdHandle(STD_INPUT_HANDLE);
	info->hStdError = GetStdHandle(STD_ERROR_HANDLE);
	info->hStdOutput = streams->to_stderr ? info->hStdError
					      : GetStdHandle(STD_OUTPUT_HANDLE);
	for (i = 0; i < streams->count; i++)
		if (streams->hidden[i] >= 0 && streams->hidden[i] < 3)
			*all[streams->hidden[i]] = null;
	for (i = 0; i < 3; i++)
		add_to_list(out, *all[i]);
}

/* Names the handles that are inherited: others may be, such as that of a secret. */
static bool limit_inheritance(struct streams *streams)
{
	LPPROC_THREAD_ATTRIBUTE_LIST list;
	SIZE_T size = 0;

	InitializeProcThreadAttributeList(NULL, 1, 0, &size);
	if ((list = malloc(size)) == NULL)
		return false;
	if (!InitializeProcThreadAttributeList(list, 1, 0, &size)) {
		free(list);
		return false;
	}
	streams->info.lpAttributeList = list;
	return streams->count == 0 ||
	    UpdateProcThreadAttribute(list, 0,
		PROC_THREAD_ATTRIBUTE_HANDLE_LIST, streams->list,
		streams->count * sizeof(*streams->list), NULL, NULL);
}

static void free_streams(struct streams *streams)
{
	if (streams->info.lpAttributeList != NULL)
		DeleteProcThreadAttributeList(streams->info.lpAttributeList);
	free(streams->info.lpAttributeList);
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

/* With the error of Windows. */
static bool create(PROCESS_INFORMATION *started, wchar_t *line, wchar_t *block,
    struct streams *streams)
{
	const DWORD flags = CREATE_UNICODE_ENVIRONMENT | CREATE_SUSPENDED |
	    CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT;
	wchar_t shell[MAX_PATH];

	return limit_inheritance(streams) && find_shell(shell) &&
	    CreateProcessW(shell, line, NULL, NULL, streams->count > 0, flags,
		block, NULL, &streams->info.StartupInfo, started);
}

pid_t compat_start_program(char *const argv[], char *const environment[],
    const struct compat_streams *streams)
{
	wchar_t *block = make_block(environment), *line = make_command(argv);
	PROCESS_INFORMATION started;
	HANDLE null = open_null();
	struct streams found;
	bool ok;

	find_streams(&found, streams, null);
	ok = line != NULL && block != NULL &&
	    create(&started, line, block, &found);
	if (ok)
		adopt(&started);
	else
		windows_fail_last();
	free_streams(&found);
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
