#include <ctype.h>
#include <errno.h>
#include <stdbool.h>

#include "compat/windows/windows.h"

#include "compat/files.h"

#define LONG_PREFIX L"\\\\?\\"
#define LONG_UNC    L"\\\\?\\UNC"
#define DEVICE      L"\\\\.\\"

/* Longer ones need the prefix; so do directories near MAX_PATH. */
#define SHORT_MAX 240

static bool has_drive(const char *path)
{
	return isalpha((unsigned char)path[0]) && path[1] == ':';
}

/* The names with a prefix are others of "C:/x" and "//server/share/x". */
static void remove_prefix(char *path)
{
	const size_t prefix = strlen("//?/"), unc = strlen("//?/UNC/");

	if (_strnicmp(path, "//?/UNC/", unc) == 0)
		memmove(path + 2, path + unc, strlen(path + unc) + 1);
	else if (strncmp(path, "//?/", prefix) == 0 && has_drive(path + prefix))
		memmove(path, path + prefix, strlen(path + prefix) + 1);
}

void compat_unify_path(char *path)
{
	char *p;

	for (p = path; *p != '\0'; p++)
		if (*p == '\\')
			*p = '/';
	remove_prefix(path);
}

/* "//server/share" has a root of its own, and so has a volume. */
size_t compat_root_length(const char *path)
{
	size_t len;

	if (has_drive(path))
		return path[2] == '/' || path[2] == '\0' ? 2 : 0;
	if (strncmp(path, "//", 2) != 0)
		return *path == '/' ? 1 : 0;
	len = 2 + strcspn(path + 2, "/");
	return path[len] == '/' ? len + 1 + strcspn(path + len + 1, "/") : len;
}

bool compat_is_same_name(const char *a, const char *b)
{
	wchar_t *wide_a = windows_wide(a), *wide_b = windows_wide(b);
	bool same = wide_a != NULL && wide_b != NULL &&
	    CompareStringOrdinal(wide_a, -1, wide_b, -1, TRUE) == CSTR_EQUAL;

	free(wide_a);
	free(wide_b);
	return same;
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

#define COMPONENT_MAX 255 /* units of UTF-16 */

/* Characters of four bytes are two units. */
static size_t count_units(const char *name, size_t len)
{
	size_t count = 0, i;

	for (i = 0; i < len; i++)
		if (((unsigned char)name[i] & 0xc0) != 0x80)
			count += (unsigned char)name[i] >= 0xf0 ? 2 : 1;
	return count;
}

/* What Windows would not take, or take for another name; 0, or an errno. */
static int check_component(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] == ':')
			return EOFSTREAM;
		else if ((unsigned char)name[i] < ' ' ||
		    strchr("<>\"|?*", name[i]) != NULL)
			return ENOTINNAME;
	if (count_units(name, len) > COMPONENT_MAX)
		return ENAMETOOLONG;
	if (len == 0 || (len == 1 && *name == '.') ||
	    (len == 2 && strncmp(name, "..", 2) == 0))
		return 0;
	return name[len - 1] == '.' || name[len - 1] == ' ' ? ENOTATEND : 0;
}

/* The working directory of a drive ("C:x") is not meant: it is one of cmd.exe. */
static bool check_name(const char *path)
{
	size_t len = compat_root_length(path);
	int error = 0;

	for (path += len; *path != '\0' && error == 0;
	     path += strspn(path, "/")) {
		len = strcspn(path, "/");
		error = check_component(path, len);
		path += len;
	}
	if (error != 0)
		errno = error;
	return error == 0;
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
	const bool shared = wcsncmp(path, L"\\\\", 2) == 0;
	const wchar_t *prefix = shared ? LONG_UNC : LONG_PREFIX;
	const size_t len = wcslen(path), more = wcslen(prefix), skip = shared;
	wchar_t *out;

	if (len < SHORT_MAX || wcsncmp(path, LONG_PREFIX, 4) == 0)
		return path;
	out = malloc((len + more + 1) * sizeof(*out));
	if (out != NULL) {
		wmemcpy(out, prefix, more);
		wmemcpy(out + more, path + skip, len - skip + 1);
	}
	free(path);
	return out;
}

/* A name such as "aux.crt" becomes that of a device, by versions before 11. */
static wchar_t *refuse_device(wchar_t *whole)
{
	if (wcsncmp(whole, DEVICE, wcslen(DEVICE)) != 0 ||
	    _wcsicmp(whole, DEVICE L"NUL") == 0)
		return whole;
	free(whole);
	errno = EISDEVICE;
	return NULL;
}

static wchar_t *find_path(const char *path)
{
	wchar_t *wide, *whole = NULL;

	if (!check_name(path) || (wide = windows_wide(path)) == NULL)
		return NULL;
	if (_wcsicmp(wide, L"CONIN$") == 0)
		return wide;
	if ((whole = complete(wide)) != NULL)
		whole = refuse_device(whole);
	free(wide);
	return whole != NULL ? add_prefix(whole) : NULL;
}

wchar_t *windows_path(const char *path)
{
	char *copy = _strdup(path);
	wchar_t *out = NULL;

	if (*path == '\0')
		errno = ENOENT;
	else if (copy != NULL) {
		compat_unify_path(copy);
		out = find_path(translate(copy));
	}
	free(copy);
	return out;
}

/* The path of an open file, with a prefix. */
static wchar_t *final_path(HANDLE file)
{
	DWORD len = GetFinalPathNameByHandleW(file, NULL, 0, 0);
	wchar_t *out = NULL;

	if (len > 0 && (out = malloc((len + 1) * sizeof(*out))) != NULL &&
	    GetFinalPathNameByHandleW(file, out, len + 1, 0) > len) {
		free(out);
		out = NULL;
	}
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
