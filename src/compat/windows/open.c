#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

#include "compat/windows/net.h"
#include "compat/windows/windows.h"

#include "compat/compat.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

HANDLE windows_handle(int fd)
{
	intptr_t handle = fd >= 0 ? _get_osfhandle(fd) : -1;

	if (handle == -1 || handle == -2) {
		errno = EBADF;
		return INVALID_HANDLE_VALUE;
	}
	return (HANDLE)handle;
}

static DWORD access_of(int flags)
{
	const DWORD add =
	    FILE_GENERIC_WRITE & ~(DWORD)(FILE_WRITE_DATA | SYNCHRONIZE);

	if ((flags & O_APPEND) != 0)
		return add | SYNCHRONIZE;
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return GENERIC_READ;
	case O_WRONLY:
		return GENERIC_WRITE;
	default:
		return GENERIC_READ | GENERIC_WRITE;
	}
}

static DWORD disposition_of(int flags)
{
	if ((flags & O_CREAT) == 0)
		return (flags & O_TRUNC) != 0 ? TRUNCATE_EXISTING
					      : OPEN_EXISTING;
	if ((flags & O_EXCL) != 0)
		return CREATE_NEW;
	return (flags & O_TRUNC) != 0 ? CREATE_ALWAYS : OPEN_ALWAYS;
}

/* A directory is opened to be read only: of it nothing can be changed. */
static HANDLE open_file(const wchar_t *path, int flags, mode_t mode)
{
	SECURITY_ATTRIBUTES security = {sizeof(security), NULL, FALSE};
	DWORD more = FILE_FLAG_BACKUP_SEMANTICS;
	SECURITY_DESCRIPTOR *lists = NULL;
	HANDLE file;

	if ((flags & O_CREAT) != 0 && !windows_find_lists(&lists, mode))
		return INVALID_HANDLE_VALUE;
	security.lpSecurityDescriptor = lists;
	if ((flags & O_NOFOLLOW) != 0)
		more |= FILE_FLAG_OPEN_REPARSE_POINT;
	file = CreateFileW(path, access_of(flags), SHARE_ALL, &security,
	    disposition_of(flags), more, NULL);
	if (file == INVALID_HANDLE_VALUE) {
		windows_fail_last();
	} else if ((flags & O_NOFOLLOW) != 0 && windows_is_link(file)) {
		CloseHandle(file);
		file = INVALID_HANDLE_VALUE;
		errno = ELOOP;
	}
	LocalFree(lists);
	return file;
}

/* The descriptor that the name stands for, -1 if it is none. */
static int find_descriptor(const char *path)
{
	static const char *const names[] = {
	    "/dev/stdin", "/dev/stdout", "/dev/stderr"};
	static const char *const directories[] = {"/dev/fd/", "/proc/self/fd/"};
	size_t i, len;

	for (i = 0; i < COUNT_OF(names); i++)
		if (strcmp(path, names[i]) == 0)
			return (int)i;
	for (i = 0; i < COUNT_OF(directories); i++) {
		len = strlen(directories[i]);
		if (strncmp(path, directories[i], len) == 0 &&
		    isdigit((unsigned char)path[len]))
			return (int)strtol(path + len, NULL, 10);
	}
	return -1;
}

int open(const char *path, int flags, ...)
{
	int fd = find_descriptor(path);
	mode_t mode = 0;
	wchar_t *wide;
	HANDLE file;
	va_list args;

	if (fd >= 0)
		return _dup(fd);
	if ((wide = windows_path(path)) == NULL)
		return -1;
	if ((flags & O_CREAT) != 0) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	file = open_file(wide, flags, mode);
	free(wide);
	if (file == INVALID_HANDLE_VALUE)
		return -1;
	fd = _open_osfhandle((intptr_t)file,
	    (flags & (O_ACCMODE | O_APPEND | O_NOINHERIT)) | O_BINARY);
	if (fd < 0)
		CloseHandle(file);
	return fd;
}

int close(int fd)
{
	return windows_is_socket(fd) ? windows_close_socket(fd) : _close(fd);
}

/* What we have opened shares everything. */
HANDLE windows_open_again(HANDLE file, DWORD access)
{
	return ReOpenFile(file, access, SHARE_ALL, FILE_FLAG_BACKUP_SEMANTICS);
}

static DWORD part_of(size_t size)
{
	return size < INT_MAX ? (DWORD)size : INT_MAX;
}

/*
 * The console has no room for large writes in one piece.  _write() has one error
 * for all that it does not know, such as a pipe that nobody reads any more.
 */
long long windows_write(int fd, const void *bytes, size_t len)
{
	const size_t max = 16 * 1024;
	HANDLE file = windows_handle(fd);
	DWORD put = 0;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	return WriteFile(
		   file, bytes, (DWORD)(len < max ? len : max), &put, NULL)
	    ? (long long)put
	    : windows_fail_last();
}

long long read(int fd, void *out, size_t size)
{
	return _read(fd, out, part_of(size));
}

/*
 * Reads into out, or writes bytes if that is NULL.  Both calls of Windows move the
 * position of the handle.
 */
static long long transfer_at(
    int fd, void *out, const void *bytes, size_t size, off_t at)
{
	const unsigned long long offset = (unsigned long long)at;
	OVERLAPPED place = {.Offset = (DWORD)(offset & 0xffffffffU),
	    .OffsetHigh = (DWORD)(offset >> 32)};
	HANDLE file = windows_handle(fd);
	off_t before = _telli64(fd);
	DWORD done = 0;
	bool ok;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	if (out != NULL)
		ok = ReadFile(file, out, part_of(size), &done, &place) ||
		    GetLastError() == ERROR_HANDLE_EOF;
	else
		ok = WriteFile(file, bytes, part_of(size), &done, &place);
	if (!ok)
		windows_fail_last();
	_lseeki64(fd, before, SEEK_SET);
	return ok ? (long long)done : -1;
}

long long pread(int fd, void *out, size_t size, off_t at)
{
	return transfer_at(fd, out, NULL, size, at);
}

long long pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	return transfer_at(fd, NULL, bytes, len, at);
}

int ftruncate(int fd, off_t len)
{
	FILE_END_OF_FILE_INFO end;
	HANDLE file = windows_handle(fd);

	end.EndOfFile.QuadPart = len;
	if (file == INVALID_HANDLE_VALUE)
		return -1;
	return SetFileInformationByHandle(
		   file, FileEndOfFileInfo, &end, sizeof(end))
	    ? 0
	    : windows_fail_last();
}

/*
 * Only a handle that may write can be flushed.  Where we may not write, nothing of
 * ours is unwritten.
 */
int fsync(int fd)
{
	HANDLE file = windows_handle(fd), other;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	if (FlushFileBuffers(file))
		return 0;
	if (GetLastError() != ERROR_ACCESS_DENIED)
		return windows_fail_last();
	other = windows_open_again(file, GENERIC_WRITE);
	if (other == INVALID_HANDLE_VALUE)
		return 0;
	FlushFileBuffers(other);
	CloseHandle(other);
	return 0;
}
