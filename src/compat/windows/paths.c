#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#include "compat/windows/windows.h"

#include "compat/files.h"

#define LONG_PREFIX L"\\\\?\\"

/* Longer ones need the prefix; so do directories near MAX_PATH. */
#define SHORT_MAX 240

void compat_unify_path(char *path)
{
	for (; *path != '\0'; path++)
		if (*path == '\\')
			*path = '/';
}

static bool has_drive(const char *path)
{
	return isalpha((unsigned char)path[0]) && path[1] == ':';
}

/* The name that Windows has for some of POSIX, or path. */
static const char *translate(const char *path)
{
	if (strcmp(path, "/dev/null") == 0)
		return "NUL";
	if (strcmp(path, "/dev/tty") == 0)
		return "CONIN$";
	return path[0] == '/' && has_drive(path + 1) ? path + 1 : path;
}

/* The whole path; the drive alone is its root. */
static wchar_t *complete(const wchar_t *wide)
{
	const bool drive =
	    wide[0] != L'\0' && wide[1] == L':' && wide[2] == L'\0';
	wchar_t root[] = {wide[0], L':', L'\\', L'\0'};
	DWORD len = GetFullPathNameW(drive ? root : wide, 0, NULL, NULL);
	wchar_t *out;

	if (len == 0) {
		windows_fail_last();
		return NULL;
	}
	if ((out = malloc((len + 1) * sizeof(*out))) != NULL)
		GetFullPathNameW(drive ? root : wide, len + 1, out, NULL);
	return out;
}

static wchar_t *add_prefix(wchar_t *path)
{
	const size_t len = wcslen(path), prefix = wcslen(LONG_PREFIX);
	wchar_t *out;

	if (len < SHORT_MAX || wcsncmp(path, L"\\\\", 2) == 0)
		return path;
	out = malloc((len + prefix + 1) * sizeof(*out));
	if (out != NULL) {
		wmemcpy(out, LONG_PREFIX, prefix);
		wmemcpy(out + prefix, path, len + 1);
	}
	free(path);
	return out;
}

wchar_t *windows_path(const char *path)
{
	wchar_t *wide, *whole = NULL;

	if (*path == '\0') {
		errno = ENOENT;
		return NULL;
	}
	if ((wide = windows_wide(translate(path))) != NULL) {
		whole = wcscmp(wide, L"CONIN$") == 0 ? _wcsdup(wide)
						     : complete(wide);
		free(wide);
	}
	return whole != NULL ? add_prefix(whole) : NULL;
}

/* The path of an open file, without the prefix that it is given with. */
static wchar_t *final_path(HANDLE file)
{
	DWORD len = GetFinalPathNameByHandleW(file, NULL, 0, 0);
	wchar_t *out = NULL;

	if (len > 0 && (out = malloc((len + 1) * sizeof(*out))) != NULL &&
	    GetFinalPathNameByHandleW(file, out, len + 1, 0) > len) {
		free(out);
		out = NULL;
	}
	if (out != NULL && wcsncmp(out, LONG_PREFIX, 4) == 0)
		wmemmove(out, out + 4, wcslen(out + 4) + 1);
	return out;
}

char *realpath(const char *path, char *unused)
{
	wchar_t *wide = windows_path(path), *whole;
	char *out = NULL;
	HANDLE file;

	(void)unused;
	if (wide == NULL)
		return NULL;
	file = CreateFileW(wide, FILE_READ_ATTRIBUTES,
	    FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
	    OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
	free(wide);
	if (file == INVALID_HANDLE_VALUE) {
		windows_fail_last();
		return NULL;
	}
	if ((whole = final_path(file)) != NULL)
		out = windows_narrow(whole);
	free(whole);
	CloseHandle(file);
	if (out != NULL)
		compat_unify_path(out);
	return out;
}
