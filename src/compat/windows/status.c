#include <errno.h>
#include <stdbool.h>

#include "compat/windows/windows.h"

#include <sys/statvfs.h>
#include <unistd.h>

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* Between 1601 and 1970, in units of 100 ns. */
#define EPOCH 116444736000000000ULL

static unsigned long long join(DWORD high, DWORD low)
{
	return (unsigned long long)high << 32 | low;
}

static time_t seconds_of(const FILETIME *time)
{
	return (
	    time_t)((join(time->dwHighDateTime, time->dwLowDateTime) - EPOCH) /
	    10000000);
}

/* Other reparse points are files and directories of which the rest is elsewhere. */
bool windows_is_link(HANDLE file)
{
	FILE_ATTRIBUTE_TAG_INFO tag;

	return GetFileInformationByHandleEx(
		   file, FileAttributeTagInfo, &tag, sizeof(tag)) &&
	    (tag.FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
	    (tag.ReparseTag == IO_REPARSE_TAG_SYMLINK ||
		tag.ReparseTag == IO_REPARSE_TAG_MOUNT_POINT);
}

static mode_t type_of(HANDLE file, const BY_HANDLE_FILE_INFORMATION *info)
{
	if (windows_is_link(file))
		return S_IFLNK;
	return (info->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0
	    ? S_IFDIR
	    : S_IFREG;
}

static int stat_file(HANDLE file, struct stat *out)
{
	BY_HANDLE_FILE_INFORMATION info;
	mode_t type;

	if (!GetFileInformationByHandle(file, &info))
		return windows_fail_last();
	type = type_of(file, &info);
	out->st_dev = info.dwVolumeSerialNumber;
	out->st_ino = join(info.nFileIndexHigh, info.nFileIndexLow);
	out->st_mode = type;
	windows_find_access(file, type == S_IFDIR, out);
	if ((info.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0 &&
	    type == S_IFREG)
		out->st_mode &= ~(mode_t)0222;
	out->st_nlink = info.nNumberOfLinks;
	out->st_size = (off_t)join(info.nFileSizeHigh, info.nFileSizeLow);
	out->st_blocks = (out->st_size + 511) / 512;
	out->st_mtime = seconds_of(&info.ftLastWriteTime);
	out->st_ctime = out->st_mtime;
	return 0;
}

/* Anything else than a file: a console, a pipe, NUL. */
static int stat_other(DWORD type, struct stat *out)
{
	out->st_mode = (type == FILE_TYPE_PIPE ? S_IFIFO : S_IFCHR) | 0600;
	out->st_nlink = 1;
	out->st_uid = geteuid();
	return 0;
}

int fstat(int fd, struct stat *out)
{
	HANDLE file = windows_handle(fd);
	DWORD type;

	memset(out, 0, sizeof(*out));
	if (file == INVALID_HANDLE_VALUE)
		return -1;
	type = GetFileType(file);
	return type == FILE_TYPE_DISK ? stat_file(file, out)
				      : stat_other(type, out);
}

static int stat_path(const char *path, struct stat *out, DWORD flags)
{
	wchar_t *wide = windows_path(path);
	HANDLE file;
	DWORD type;
	int result;

	memset(out, 0, sizeof(*out));
	if (wide == NULL)
		return -1;
	file = CreateFileW(wide, FILE_READ_ATTRIBUTES | READ_CONTROL, SHARE_ALL,
	    NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
	if (file == INVALID_HANDLE_VALUE &&
	    GetLastError() == ERROR_ACCESS_DENIED)
		file = CreateFileW(wide, FILE_READ_ATTRIBUTES, SHARE_ALL, NULL,
		    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags, NULL);
	free(wide);
	if (file == INVALID_HANDLE_VALUE)
		return windows_fail_last();
	type = GetFileType(file);
	result = type == FILE_TYPE_DISK ? stat_file(file, out)
					: stat_other(type, out);
	CloseHandle(file);
	return result;
}

int stat(const char *path, struct stat *out)
{
	return stat_path(path, out, 0);
}

int lstat(const char *path, struct stat *out)
{
	return stat_path(path, out, FILE_FLAG_OPEN_REPARSE_POINT);
}

/* Asks the system: what the list says is not all that decides. */
static bool may_open(const char *path, DWORD access)
{
	wchar_t *wide = windows_path(path);
	HANDLE file = INVALID_HANDLE_VALUE;

	if (wide == NULL)
		return false;
	file = CreateFileW(wide, access, SHARE_ALL, NULL, OPEN_EXISTING,
	    FILE_FLAG_BACKUP_SEMANTICS, NULL);
	if (file == INVALID_HANDLE_VALUE)
		windows_fail_last();
	else
		CloseHandle(file);
	free(wide);
	return file != INVALID_HANDLE_VALUE;
}

/* To write to a directory is to add a file there, FILE_ADD_FILE. */
int access(const char *path, int mode)
{
	DWORD wanted = FILE_READ_ATTRIBUTES;

	if ((mode & R_OK) != 0)
		wanted |= FILE_READ_DATA;
	if ((mode & W_OK) != 0)
		wanted |= FILE_WRITE_DATA;
	return may_open(path, wanted) ? 0 : -1;
}

int faccessat(int directory, const char *path, int mode, int flags)
{
	(void)directory;
	(void)flags;
	return access(path, mode);
}

uid_t geteuid(void)
{
	return 1;
}

/* statvfs() takes any file, GetDiskFreeSpaceExW() directories only. */
int statvfs(const char *path, struct statvfs *out)
{
	ULARGE_INTEGER ours, all, left;
	wchar_t volume[MAX_PATH + 1], *wide = windows_path(path);
	bool ok;

	if (wide == NULL)
		return -1;
	ok = GetVolumePathNameW(wide, volume, MAX_PATH) &&
	    GetDiskFreeSpaceExW(volume, &ours, &all, &left);
	if (!ok)
		windows_fail_last();
	else
		*out = (struct statvfs){
		    all.QuadPart, left.QuadPart, ours.QuadPart, 1};
	free(wide);
	return ok ? 0 : -1;
}
