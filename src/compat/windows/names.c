#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <dirent.h>

#include "compat/files.h"

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

/* Of FILE_RENAME_INFORMATION_EX and FILE_DISPOSITION_INFORMATION_EX. */
#define RENAME_POSIX 3 /* replaces, and another may have the old file open */
#define DELETE_POSIX 3 /* the name is free at once */

/* Another process may have the file open for a moment, such as a scanner. */
#define TRIES 20
#define PAUSE 100 /* milliseconds */

struct paths {
	wchar_t *from, *to;
};

static bool find_paths(struct paths *paths, const char *from, const char *to)
{
	paths->from = windows_path(from);
	paths->to = windows_path(to);
	return paths->from != NULL && paths->to != NULL;
}

static void free_paths(struct paths *paths)
{
	free(paths->from);
	free(paths->to);
}

static HANDLE open_to_delete(const wchar_t *path)
{
	return CreateFileW(path, DELETE | SYNCHRONIZE, SHARE_ALL, NULL,
	    OPEN_EXISTING, FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

/* As rename() of POSIX does it, since Windows 10. */
static bool rename_posix(const struct paths *paths)
{
	const size_t len = wcslen(paths->to) * sizeof(wchar_t);
	const size_t size = sizeof(FILE_RENAME_INFO) + len;
	FILE_RENAME_INFO *info = calloc(1, size);
	HANDLE file = open_to_delete(paths->from);
	bool ok = false;

	if (info != NULL && file != INVALID_HANDLE_VALUE) {
		info->Flags = RENAME_POSIX;
		info->FileNameLength = (DWORD)len;
		memcpy(info->FileName, paths->to, len);
		ok = SetFileInformationByHandle(file,
		    (FILE_INFO_BY_HANDLE_CLASS)22 /* FileRenameInfoEx */, info,
		    (DWORD)size);
	}
	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	free(info);
	return ok;
}

/*
 * Only the first way replaces a file that others have open, who go on to read the
 * old one; not all file systems and servers have it.  ReplaceFileW() does so
 * elsewhere, but leaves the old access control list, which may let others read.
 */
static bool replace(const struct paths *paths)
{
	return rename_posix(paths) ||
	    MoveFileExW(paths->from, paths->to,
		MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH);
}

static bool move(const struct paths *paths)
{
	return MoveFileExW(paths->from, paths->to, MOVEFILE_WRITE_THROUGH);
}

/* Whether another process has the file open, and does not let it be replaced. */
static bool is_held(const wchar_t *path)
{
	HANDLE file = open_to_delete(path);
	bool held = file == INVALID_HANDLE_VALUE &&
	    GetLastError() == ERROR_SHARING_VIOLATION;

	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	return held;
}

/* While another process holds one of the files, again. */
static bool try_often(const char *from, const char *to,
    bool (*try_once)(const struct paths *paths))
{
	struct paths paths;
	bool ok = false, held = find_paths(&paths, from, to);
	DWORD error = 0;
	int tries;

	for (tries = 0; !ok && held && tries < TRIES; tries++) {
		if (tries > 0)
			Sleep(PAUSE);
		ok = try_once(&paths);
		error = GetLastError();
		held = !ok && error != ERROR_ALREADY_EXISTS &&
		    (is_held(paths.to) || is_held(paths.from));
	}
	if (tries > 0 && !ok)
		windows_fail(held ? ERROR_SHARING_VIOLATION : error);
	free_paths(&paths);
	return ok;
}

int rename(const char *from, const char *to)
{
	return try_often(from, to, replace) ? 0 : -1;
}

bool compat_rename_new(const char *from, const char *to)
{
	return try_often(from, to, move);
}

int link(const char *from, const char *to)
{
	struct paths paths;
	bool found = find_paths(&paths, from, to);
	bool ok = found && CreateHardLinkW(paths.to, paths.from, NULL);

	if (found && !ok)
		windows_fail_last();
	free_paths(&paths);
	return ok ? 0 : -1;
}

int linkat(int d1, const char *from, int d2, const char *to, int flags)
{
	(void)d1;
	(void)d2;
	(void)flags;
	return link(from, to);
}

/* The name is free at once, even if the file is open. */
static bool delete_posix(const wchar_t *path)
{
	ULONG flags = DELETE_POSIX;
	HANDLE file = open_to_delete(path);
	bool ok;

	if (file == INVALID_HANDLE_VALUE)
		return false;
	ok = SetFileInformationByHandle(file,
	    (FILE_INFO_BY_HANDLE_CLASS)21 /* FileDispositionInfoEx */, &flags,
	    sizeof(flags));
	CloseHandle(file);
	return ok;
}

int unlink(const char *path)
{
	wchar_t *wide = windows_path(path);
	bool ok = false;
	int tries;

	if (wide == NULL)
		return -1;
	for (tries = 0; !ok && tries < TRIES; tries++) {
		if (tries > 0)
			Sleep(PAUSE);
		ok = delete_posix(wide) || DeleteFileW(wide);
		if (!ok && GetLastError() != ERROR_SHARING_VIOLATION)
			break;
	}
	if (!ok)
		windows_fail_last();
	free(wide);
	return ok ? 0 : -1;
}

/* Where all links end, as an absolute path. */
long long readlink(const char *path, char *out, size_t size)
{
	char *whole = realpath(path, NULL);
	int len;

	if (whole == NULL)
		return -1;
	len = snprintf(out, size, "%s", whole);
	free(whole);
	return (size_t)len < size ? len : (long long)size;
}

struct windows_directory {
	HANDLE search;
	WIN32_FIND_DATAW found;
	bool fresh; /* found is still to be told of */
	struct dirent entry;
};

DIR *opendir(const char *path)
{
	DIR *directory = calloc(1, sizeof(*directory));
	wchar_t *wide = windows_path(path), *pattern = NULL;
	size_t size = wide != NULL ? wcslen(wide) + 3 : 0;

	if (directory != NULL && wide != NULL)
		pattern = malloc(size * sizeof(*pattern));
	if (pattern != NULL) {
		swprintf(pattern, size, L"%ls\\*", wide);
		directory->search = FindFirstFileW(pattern, &directory->found);
		directory->fresh = true;
		if (directory->search == INVALID_HANDLE_VALUE)
			windows_fail_last();
	}
	if (pattern == NULL || directory->search == INVALID_HANDLE_VALUE) {
		free(directory);
		directory = NULL;
	}
	free(pattern);
	free(wide);
	return directory;
}

struct dirent *readdir(DIR *directory)
{
	char *name;

	if (!directory->fresh &&
	    !FindNextFileW(directory->search, &directory->found))
		return NULL;
	directory->fresh = false;
	name = windows_narrow(directory->found.cFileName);
	snprintf(directory->entry.d_name, sizeof(directory->entry.d_name), "%s",
	    name != NULL ? name : "");
	free(name);
	return &directory->entry;
}

int closedir(DIR *directory)
{
	FindClose(directory->search);
	free(directory);
	return 0;
}
