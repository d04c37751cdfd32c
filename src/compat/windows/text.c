#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include "compat/compat.h"

char **windows_environ;

wchar_t *windows_wide(const char *text)
{
	int len = MultiByteToWideChar(
	    CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
	wchar_t *out = NULL;

	if (len > 0)
		out = malloc((size_t)len * sizeof(*out));
	if (out != NULL)
		MultiByteToWideChar(CP_UTF8, 0, text, -1, out, len);
	else
		errno = len > 0 ? ENOMEM : EILSEQ;
	return out;
}

char *windows_narrow(const wchar_t *text)
{
	int len = WideCharToMultiByte(
	    CP_UTF8, WC_ERR_INVALID_CHARS, text, -1, NULL, 0, NULL, NULL);
	char *out = len > 0 ? malloc((size_t)len) : NULL;

	if (out != NULL)
		WideCharToMultiByte(CP_UTF8, 0, text, -1, out, len, NULL, NULL);
	return out;
}

/* The entries of the block that begin with "=" are those of drives. */
bool windows_read_environment(void)
{
	wchar_t *block = GetEnvironmentStringsW(), *entry;
	size_t count = 0;

	for (entry = block; entry != NULL && *entry != L'\0';
	     entry += wcslen(entry) + 1)
		count++;
	environ = calloc(count + 1, sizeof(*environ));
	if (environ == NULL)
		return false;
	count = 0;
	for (entry = block; entry != NULL && *entry != L'\0';
	     entry += wcslen(entry) + 1)
		if (*entry != L'=' &&
		    (environ[count] = windows_narrow(entry)) != NULL)
			count++;
	FreeEnvironmentStringsW(block);
	return true;
}

static char *find_variable(const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		if (_strnicmp(environ[i], name, len) == 0 &&
		    environ[i][len] == '=')
			return environ[i] + len + 1;
	return NULL;
}

/*
 * The directory for temporary files has another name here, and the console is
 * told to take UTF-8.
 */
char *getenv(const char *name)
{
	static char lang[] = ".UTF-8";
	char *value = find_variable(name);

	if (value == NULL && strcmp(name, "TMPDIR") == 0)
		value = find_variable("TEMP");
	if (value == NULL && strcmp(name, "LANG") == 0)
		value = lang;
	return value;
}

int setenv(const char *name, const char *value, int replace)
{
	wchar_t *n = windows_wide(name), *v = windows_wide(value);
	bool ok = n != NULL && v != NULL &&
	    ((!replace && find_variable(name) != NULL) ||
		_wputenv_s(n, v) == 0);

	free(n);
	free(v);
	return ok ? 0 : -1;
}

static bool put(FILE *out, const char *text, size_t len)
{
	long long done = 0;

	if (out != stderr)
		return fwrite(text, 1, len, out) == len;
	for (; len > 0 && done >= 0; text += done, len -= (size_t)done)
		done = write(_fileno(out), text, len);
	return done >= 0;
}

int vfprintf(FILE *out, const char *format, va_list args)
{
	va_list again;
	char *text;
	int len;
	bool ok;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0 || (text = malloc((size_t)len + 1)) == NULL)
		return -1;
	vsnprintf(text, (size_t)len + 1, format, args);
	ok = put(out, text, (size_t)len);
	free(text);
	return ok ? len : -1;
}

int fputs(const char *text, FILE *out)
{
	return put(out, text, strlen(text)) ? 0 : EOF;
}

int fputc(int c, FILE *out)
{
	const char text = (char)c;

	return put(out, &text, 1) ? (unsigned char)text : EOF;
}

int fprintf(FILE *out, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vfprintf(out, format, args);
	va_end(args);
	return len;
}

/* An error of the system that the C library has no number for. */
int fflush(FILE *out)
{
	_doserrno = 0;
#undef fflush
	if (fflush(out) == 0)
		return 0;
	if (_doserrno != 0)
		windows_fail(_doserrno);
	return EOF;
}

char *strndup(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *out = malloc(len + 1);

	if (out != NULL) {
		memcpy(out, text, len);
		out[len] = '\0';
	}
	return out;
}

/* What the C library of Windows has no text for. */
static const struct {
	int error;
	const char *text;
} texts[] = {
    {ECONNREFUSED, "Connection refused"},
    {ECONNRESET, "Connection reset by peer"},
    {ECONNABORTED, "Software caused connection abort"},
    {ETIMEDOUT, "Connection timed out"},
    {EHOSTUNREACH, "No route to host"},
    {ENETUNREACH, "Network is unreachable"},
    {ENETDOWN, "Network is down"},
    {ENETRESET, "Network dropped connection on reset"},
    {EADDRINUSE, "Address already in use"},
    {EADDRNOTAVAIL, "Cannot assign requested address"},
    {EAFNOSUPPORT, "Address family not supported by protocol"},
    {ENOTCONN, "Transport endpoint is not connected"},
    {ENOBUFS, "No buffer space available"},
    {EINPROGRESS, "Operation now in progress"},
    {EISCONN, "Transport endpoint is already connected"},
    {ENOTSOCK, "Socket operation on non-socket"},
    {ELOOP, "Too many levels of symbolic links"},
    {EDQUOT, "Disk quota exceeded"},
    {ENOTSUP, "Operation not supported"},
    {ETXTBSY, "Another process has the file open"},
    {EOFSTREAM, "A colon is only for a drive, before a slash"},
    {ENOTINNAME,
	"Windows has no < > \" | ? * and no control characters in names"},
    {ENOTATEND, "Windows would leave out the dot or blank at its end"},
    {EISDEVICE, "Windows has a device of this name"},
};

char *strerror(int error)
{
	size_t i;

	for (i = 0; i < COUNT_OF(texts); i++)
		if (texts[i].error == error)
			return (char *)(uintptr_t)texts[i].text;
#undef strerror
	return strerror(error);
}

static const struct {
	unsigned long error;
	int number;
} errors[] = {
    {ERROR_FILE_NOT_FOUND, ENOENT},
    {ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_INVALID_NAME, ENOENT},
    {ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_INVALID_DRIVE, ENOENT},
    {ERROR_BAD_NETPATH, ENOENT},
    {ERROR_BAD_NET_NAME, ENOENT},
    {ERROR_DELETE_PENDING, ENOENT},
    {ERROR_TOO_MANY_OPEN_FILES, EMFILE},
    {ERROR_ACCESS_DENIED, EACCES},
    {ERROR_PRIVILEGE_NOT_HELD, EACCES},
    {ERROR_WRITE_PROTECT, EROFS},
    {ERROR_SHARING_VIOLATION, ETXTBSY},
    {ERROR_USER_MAPPED_FILE, ETXTBSY},
    {ERROR_LOCK_VIOLATION, EAGAIN},
    {ERROR_IO_PENDING, EAGAIN},
    {ERROR_INVALID_HANDLE, EBADF},
    {ERROR_NOT_ENOUGH_MEMORY, ENOMEM},
    {ERROR_OUTOFMEMORY, ENOMEM},
    {ERROR_NOT_SAME_DEVICE, EXDEV},
    {ERROR_FILE_EXISTS, EEXIST},
    {ERROR_ALREADY_EXISTS, EEXIST},
    {ERROR_DISK_FULL, ENOSPC},
    {ERROR_HANDLE_DISK_FULL, ENOSPC},
    {ERROR_DIRECTORY, ENOTDIR},
    {ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
    {ERROR_BROKEN_PIPE, EPIPE},
    {ERROR_NO_DATA, EPIPE},
    {ERROR_PIPE_NOT_CONNECTED, EPIPE},
    {ERROR_FILENAME_EXCED_RANGE, ENAMETOOLONG},
    {ERROR_CANT_RESOLVE_FILENAME, ELOOP},
    {ERROR_NOT_SUPPORTED, ENOTSUP},
    {ERROR_INVALID_FUNCTION, ENOTSUP},
    {ERROR_CALL_NOT_IMPLEMENTED, ENOSYS},
    {ERROR_INVALID_PARAMETER, EINVAL},
};

int windows_fail(unsigned long error)
{
	size_t i;

	errno = EIO;
	for (i = 0; i < COUNT_OF(errors); i++)
		if (errors[i].error == error)
			errno = errors[i].number;
	return -1;
}

int windows_fail_last(void)
{
	return windows_fail(GetLastError());
}
