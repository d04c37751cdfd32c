#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>

#include "compat/windows/net.h"
#include "compat/windows/windows.h"

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
	HANDLE file;

	if ((flags & O_CREAT) != 0)
		security.lpSecurityDescriptor = windows_owner_only(mode);
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
	LocalFree(security.lpSecurityDescriptor);
	return file;
}

int open(const char *path, int flags, ...)
{
	wchar_t *wide = windows_path(path);
	mode_t mode = 0;
	HANDLE file;
	va_list args;
	int fd;

	if (wide == NULL)
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

/* The console has no room for large writes in one piece. */
long long windows_write(int fd, const void *bytes, size_t len)
{
	const size_t max = 16 * 1024;

	return _write(fd, bytes, (unsigned int)(len < max ? len : max));
}

static DWORD part_of(size_t size)
{
	return size < INT_MAX ? (DWORD)size : INT_MAX;
}

long long read(int fd, void *out, size_t size)
{
	return _read(fd, out, part_of(size));
}

static OVERLAPPED place_of(off_t at)
{
	OVERLAPPED place = {0};

	place.Offset = (DWORD)((unsigned long long)at & 0xffffffffU);
	place.OffsetHigh = (DWORD)((unsigned long long)at >> 32);
	return place;
}

/* Both calls of Windows move the position of the handle. */
long long pread(int fd, void *out, size_t size, off_t at)
{
	HANDLE file = windows_handle(fd);
	OVERLAPPED place = place_of(at);
	off_t before = _telli64(fd);
	DWORD got = 0;
	bool ok;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	ok = ReadFile(file, out, part_of(size), &got, &place) ||
	    GetLastError() == ERROR_HANDLE_EOF;
	if (!ok)
		windows_fail_last();
	_lseeki64(fd, before, SEEK_SET);
	return ok ? (long long)got : -1;
}

long long pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	HANDLE file = windows_handle(fd);
	OVERLAPPED place = place_of(at);
	off_t before = _telli64(fd);
	DWORD put = 0;
	bool ok;

	if (file == INVALID_HANDLE_VALUE)
		return -1;
	ok = WriteFile(file, bytes, part_of(len), &put, &place);
	if (!ok)
		windows_fail_last();
	_lseeki64(fd, before, SEEK_SET);
	return ok ? (long long)put : -1;
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
