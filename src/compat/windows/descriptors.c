#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <unistd.h>

#include "compat/files.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* A lock keeps others from reading what it is on: it is behind any file's end. */
static OVERLAPPED place_of_lock(void)
{
	return (OVERLAPPED){.Offset = 0xfffffffe, .OffsetHigh = 0x7fffffff};
}

static int lock(HANDLE file, short type)
{
	OVERLAPPED place = place_of_lock();
	DWORD flags = LOCKFILE_FAIL_IMMEDIATELY;

	if (type == F_WRLCK)
		flags |= LOCKFILE_EXCLUSIVE_LOCK;
	return LockFileEx(file, flags, 0, 1, 0, &place) ? 0
							: windows_fail_last();
}

/* Who has the lock writes its number into the file. */
static int look_at_lock(int fd, HANDLE file, struct flock *out)
{
	OVERLAPPED place = place_of_lock();
	char text[32] = "";

	if (lock(file, out->l_type) == 0) {
		UnlockFileEx(file, 0, 1, 0, &place);
		out->l_type = F_UNLCK;
		return 0;
	}
	if (errno != EAGAIN)
		return -1;
	if (pread(fd, text, sizeof(text) - 1, 0) > 0)
		out->l_pid = strtol(text, NULL, 10);
	return 0;
}

int fcntl(int fd, int command, ...)
{
	HANDLE file = windows_handle(fd);
	struct flock *all;
	va_list args;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	if (command == F_GETFD)
		return 0;
	if (command == F_GETFL)
		return O_RDWR;
	va_start(args, command);
	all = va_arg(args, struct flock *);
	va_end(args);
	return command == F_SETLK ? lock(file, all->l_type)
				  : look_at_lock(fd, file, all);
}

int isatty(int fd)
{
	HANDLE file = windows_handle(fd);
	DWORD mode;

	return file != INVALID_HANDLE_VALUE && GetConsoleMode(file, &mode);
}

bool compat_allocate(int fd, off_t len)
{
	HANDLE file = windows_handle(fd);
	FILE_ALLOCATION_INFO room;

	room.AllocationSize.QuadPart = len;
	if (file == INVALID_HANDLE_VALUE)
		return false;
	if (!SetFileInformationByHandle(
		file, FileAllocationInfo, &room, sizeof(room)) &&
	    GetLastError() != ERROR_INVALID_PARAMETER &&
	    GetLastError() != ERROR_CALL_NOT_IMPLEMENTED) {
		windows_fail_last();
		return false;
	}
	return ftruncate(fd, len) == 0;
}

/* It has a name, but goes with its descriptor, however the process ends. */
int compat_open_unnamed(const char *directory)
{
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, FALSE};
	SECURITY_DESCRIPTOR *lists;
	size_t size = strlen(directory) + 64;
	char *path = malloc(size);
	wchar_t *wide = NULL;
	HANDLE file = INVALID_HANDLE_VALUE;
	static unsigned int number;

	if (!windows_find_lists(&lists, 0600)) {
		free(path);
		return -1;
	}
	security.lpSecurityDescriptor = lists;
	if (path != NULL) {
		snprintf(path, size, "%s/.sscep-spool-%lx-%llx-%x", directory,
		    GetCurrentProcessId(), GetTickCount64(), number++);
		wide = windows_path(path);
	}
	if (wide != NULL) {
		file = CreateFileW(wide, GENERIC_READ | GENERIC_WRITE,
		    SHARE_ALL, &security, CREATE_NEW,
		    FILE_ATTRIBUTE_TEMPORARY | FILE_FLAG_DELETE_ON_CLOSE, NULL);
		if (file == INVALID_HANDLE_VALUE)
			windows_fail_last();
	}
	LocalFree(lists);
	free(wide);
	free(path);
	return file != INVALID_HANDLE_VALUE
	    ? _open_osfhandle((intptr_t)file, O_RDWR | O_BINARY | O_NOINHERIT)
	    : -1;
}

/* A volume that is mounted on a directory does not matter to files. */
bool compat_is_fixed(const char *path, const char *directory)
{
	(void)path;
	(void)directory;
	return false;
}
