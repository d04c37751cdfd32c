/*
 * What the tests on Windows need of the system.
 *
 * probe access FILE           the access control list of the file
 * probe detached COMMAND...   starts it without console and streams
 * probe inherit FILE COMMAND...
 *                             starts it with an inheritable handle of the file, whose
 *                             number is in HANDLE_OF_PROBE
 * probe inherited             the file that this is of here, or "none"
 * probe hold FILE [delete]    opens it for reading, as other programs do, until
 *                             its input ends; delete: it may be replaced
 * probe version FILE          the texts of its version
 * probe scan FILE MS          holds it for so long as soon as it is there, and does
 *                             not let it be deleted meanwhile
 * probe killed N COMMAND...   ends it, by TerminateProcess(), before its Nth call
 *                             that renames, links or removes a file
 * probe alone COMMAND...      without a console, and without standard streams
 * probe half COMMAND...       with one more argument, half of a surrogate pair
 * probe calls COMMAND...      the names of these calls, with their second arguments
 *                             where that is a number
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

static int show_access(wchar_t *path)
{
	PSECURITY_DESCRIPTOR all;
	wchar_t *text;

	if (GetNamedSecurityInfoW(path, SE_FILE_OBJECT,
		DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL,
		&all) != ERROR_SUCCESS ||
	    !ConvertSecurityDescriptorToStringSecurityDescriptorW(
		all, SDDL_REVISION_1, DACL_SECURITY_INFORMATION, &text, NULL))
		return 1;
	printf("%ls\n", text);
	return 0;
}

/* What follows the argument on the command line. */
static wchar_t *rest_of_line(const wchar_t *argument)
{
	return wcsstr(wcsstr(GetCommandLineW(), argument), L" ") + 1;
}

/* Starts what the line has, and waits for its end. */
static int run(wchar_t *line, BOOL handles, DWORD flags, STARTUPINFOW *info)
{
	PROCESS_INFORMATION started;
	DWORD code;

	if (!CreateProcessW(NULL, line, NULL, NULL, handles, flags, NULL, NULL,
		info, &started))
		return 1;
	WaitForSingleObject(started.hProcess, INFINITE);
	GetExitCodeProcess(started.hProcess, &code);
	return (int)code;
}

/* Twice: with no handles, and with such as are none. */
static int detach(wchar_t *line)
{
	STARTUPINFOW info = {
	    .cb = sizeof(info), .dwFlags = STARTF_USESTDHANDLES};
	int code = run(line, FALSE, DETACHED_PROCESS, &info);

	info.hStdInput = info.hStdOutput = info.hStdError =
	    INVALID_HANDLE_VALUE;
	return code != 0 ? code : run(line, TRUE, DETACHED_PROCESS, &info);
}

#define VARIABLE L"HANDLE_OF_PROBE"

static int inherit(const wchar_t *path)
{
	SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
	HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ,
	    &inherited, OPEN_EXISTING, 0, NULL);
	STARTUPINFOW info = {.cb = sizeof(info)};
	wchar_t number[32];

	swprintf(number, 32, L"%llu", (unsigned long long)(ULONG_PTR)file);
	SetEnvironmentVariableW(VARIABLE, number);
	return run(rest_of_line(path), TRUE, 0, &info);
}

static int show_inherited(void)
{
	wchar_t number[32] = L"", path[MAX_PATH];
	HANDLE file;

	GetEnvironmentVariableW(VARIABLE, number, 32);
	file = (HANDLE)(ULONG_PTR)wcstoull(number, NULL, 10);
	if (GetFinalPathNameByHandleW(file, path, MAX_PATH, 0) == 0)
		wcscpy(path, L"none");
	printf("%ls\n", path);
	return 0;
}

static int hold(const wchar_t *path, int deletable)
{
	HANDLE file = CreateFileW(path, GENERIC_READ,
	    FILE_SHARE_READ | FILE_SHARE_WRITE |
		(deletable ? FILE_SHARE_DELETE : 0),
	    NULL, OPEN_EXISTING, 0, NULL);
	char text[65536];
	DWORD got;

	if (file == INVALID_HANDLE_VALUE)
		return 1;
	puts("held");
	fflush(stdout);
	while (getchar() != EOF)
		;
	while (ReadFile(file, text, sizeof(text), &got, NULL) && got > 0)
		fwrite(text, 1, got, stdout);
	CloseHandle(file);
	return 0;
}

static int scan(const wchar_t *path, DWORD milliseconds)
{
	HANDLE file;
	int i;

	puts("ready");
	fflush(stdout);
	for (i = 0; i < 60000; i++) {
		file = CreateFileW(path, GENERIC_READ,
		    FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0,
		    NULL);
		if (file != INVALID_HANDLE_VALUE) {
			puts("scanned");
			Sleep(milliseconds);
			CloseHandle(file);
			return 0;
		}
		Sleep(1);
	}
	return 1;
}

static int show_version(const wchar_t *path)
{
	static const wchar_t *const names[] = {
	    L"ProductName", L"ProductVersion", L"LegalCopyright"};
	static char all[65536];
	wchar_t block[100], *text;
	UINT len;
	size_t i;

	if (!GetFileVersionInfoW(path, 0, sizeof(all), all))
		return 1;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		swprintf(
		    block, 100, L"\\StringFileInfo\\040904b0\\%ls", names[i]);
		if (!VerQueryValueW(all, block, (void **)&text, &len))
			return 1;
		printf("%ls: %ls\n", names[i], text);
	}
	return 0;
}

#define CALLS 4

/* What is at the beginning of each function, and where it is: in all processes. */
static struct {
	const char *name;
	unsigned char *at, byte;
} calls[CALLS] = {{.name = "MoveFileExW"}, {.name = "CreateHardLinkW"},
    {.name = "DeleteFileW"}, {.name = "SetFileInformationByHandle"}};

static void put(HANDLE process, int i, unsigned char byte)
{
	WriteProcessMemory(process, calls[i].at, &byte, 1, NULL);
	FlushInstructionCache(process, calls[i].at, 1);
}

static void plant(HANDLE process)
{
	HMODULE library = GetModuleHandleW(L"kernel32.dll");
	int i;

	for (i = 0; i < CALLS; i++) {
		calls[i].at = (void *)GetProcAddress(library, calls[i].name);
		ReadProcessMemory(
		    process, calls[i].at, &calls[i].byte, 1, NULL);
		put(process, i, 0xcc);
	}
}

/* Lets the thread do its next instruction alone; returns its second argument. */
static DWORD step(DWORD id, int back, int alone)
{
	HANDLE thread = OpenThread(THREAD_ALL_ACCESS, FALSE, id);
	CONTEXT context = {.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER};

	GetThreadContext(thread, &context);
	context.Rip -= back;
	context.EFlags =
	    alone ? context.EFlags | 0x100 : context.EFlags & ~0x100U;
	SetThreadContext(thread, &context);
	CloseHandle(thread);
	return (DWORD)context.Rdx;
}

static int find_call(const void *at)
{
	int i;

	for (i = 0; i < CALLS; i++)
		if (calls[i].at == at)
			return i;
	return -1;
}

static int planted, passed, left, shown;

/* By SetFileInformationByHandle() that is what it sets. */
static void show_call(int call, DWORD argument)
{
	if (call == CALLS - 1)
		printf("%s %lu\n", calls[call].name, argument);
	else
		printf("%s\n", calls[call].name);
}

/* Of SetFileInformationByHandle() only what removes and renames. */
static int counts(int call, DWORD argument)
{
	return call < CALLS - 1 || argument == 21 || argument == 22;
}

static void on_call(HANDLE process, DWORD thread, int call)
{
	DWORD argument;

	passed = call;
	put(process, call, calls[call].byte);
	argument = step(thread, 1, 1);
	if (!counts(call, argument))
		return;
	if (shown)
		show_call(call, argument);
	if (--left == 0)
		TerminateProcess(process, 137);
}

/* How the exception is gone on with. */
static DWORD on_exception(HANDLE process, const DEBUG_EVENT *event)
{
	const EXCEPTION_RECORD *record = &event->u.Exception.ExceptionRecord;
	int call = find_call(record->ExceptionAddress);

	if (record->ExceptionCode == EXCEPTION_SINGLE_STEP) {
		put(process, passed, 0xcc);
		return DBG_CONTINUE;
	}
	if (record->ExceptionCode != EXCEPTION_BREAKPOINT)
		return DBG_EXCEPTION_NOT_HANDLED;
	if (!planted)
		plant(process);
	else if (call >= 0)
		on_call(process, event->dwThreadId, call);
	planted = 1;
	return DBG_CONTINUE;
}

static int kill_at(int number, wchar_t *line)
{
	STARTUPINFOW info = {.cb = sizeof(info)};
	PROCESS_INFORMATION started;
	DEBUG_EVENT event;
	DWORD how;

	left = number;
	if (!CreateProcessW(NULL, line, NULL, NULL, TRUE,
		DEBUG_ONLY_THIS_PROCESS, NULL, NULL, &info, &started))
		return 1;
	while (WaitForDebugEvent(&event, 60000)) {
		how = DBG_CONTINUE;
		if (event.dwDebugEventCode == EXCEPTION_DEBUG_EVENT)
			how = on_exception(started.hProcess, &event);
		ContinueDebugEvent(event.dwProcessId, event.dwThreadId, how);
		if (event.dwDebugEventCode != EXIT_PROCESS_DEBUG_EVENT)
			continue;
		printf("%s %lu\n", left > 0 ? "ended" : "killed",
		    event.u.ExitProcess.dwExitCode);
		return 0;
	}
	return 1;
}

static int run_with_half(const wchar_t *line)
{
	static wchar_t all[32768];

	swprintf(all, 32768, L"%ls %lc", line, (wint_t)0xd800);
	return kill_at(INT_MAX, all);
}

static int run_alone(wchar_t *line)
{
	STARTUPINFOW info = {
	    .cb = sizeof(info), .dwFlags = STARTF_USESTDHANDLES};
	PROCESS_INFORMATION started;
	DWORD code;

	if (!CreateProcessW(NULL, line, NULL, NULL, FALSE, DETACHED_PROCESS,
		NULL, NULL, &info, &started) ||
	    WaitForSingleObject(started.hProcess, 60000) != WAIT_OBJECT_0 ||
	    !GetExitCodeProcess(started.hProcess, &code))
		return 1;
	printf("ended %lu\n", code);
	return 0;
}

int wmain(int argc, wchar_t **argv)
{
	if (argc >= 3 && wcscmp(argv[1], L"access") == 0)
		return show_access(argv[2]);
	if (argc >= 3 && wcscmp(argv[1], L"detached") == 0)
		return detach(rest_of_line(argv[1]));
	if (argc >= 4 && wcscmp(argv[1], L"inherit") == 0)
		return inherit(argv[2]);
	if (argc >= 2 && wcscmp(argv[1], L"inherited") == 0)
		return show_inherited();
	if (argc >= 3 && wcscmp(argv[1], L"hold") == 0)
		return hold(argv[2], argc > 3);
	if (argc >= 4 && wcscmp(argv[1], L"scan") == 0)
		return scan(argv[2], (DWORD)_wtoi(argv[3]));
	if (argc >= 3 && wcscmp(argv[1], L"version") == 0)
		return show_version(argv[2]);
	if (argc >= 3 && wcscmp(argv[1], L"alone") == 0)
		return run_alone(wcsstr(GetCommandLineW(), L"alone") + 6);
	if (argc >= 3 && wcscmp(argv[1], L"half") == 0)
		return run_with_half(wcsstr(GetCommandLineW(), L"half") + 5);
	if (argc >= 3 && wcscmp(argv[1], L"calls") == 0) {
		shown = 1;
		return kill_at(
		    INT_MAX, wcsstr(GetCommandLineW(), L"calls") + 6);
	}
	if (argc >= 4 && wcscmp(argv[1], L"killed") == 0)
		return kill_at(_wtoi(argv[2]),
		    wcsstr(wcsstr(GetCommandLineW(), L"killed") + 7, L" ") + 1);
	return 2;
}
