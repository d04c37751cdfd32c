#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/net.h"
#include "compat/windows/windows.h"

#include <shellapi.h>

#undef main

/* So much that fflush() is what fails where nobody reads it. */
#define STDOUT_ROOM (256 * 1024)

/* The page of the console before, which belongs to whoever started us. */
static UINT page;

/* The C library has taken the descriptor from a stream without a handle. */
static void give_descriptor(FILE *stream, int fd)
{
#if defined(_UCRT) || defined(_MSC_VER)
	(void)freopen("NUL", fd == 0 ? "rb" : "wb", stream);
#else
	stream->_file = fd;
#endif
}

/*
 * Streams that were not given go to NUL.  Their descriptors are closed, as they are
 * elsewhere, but free to be opened, which some that the C library makes are not.
 */
static void replace_missing_streams(void)
{
	FILE *const streams[] = {stdin, stdout, stderr};
	int fd, null;

	for (fd = 0; fd < 3; fd++) {
		if (GetFileType(windows_handle(fd)) != FILE_TYPE_UNKNOWN)
			continue;
		null = _wopen(L"NUL", O_RDWR | O_BINARY | O_NOINHERIT);
		if (null < 0)
			continue;
		if (null != fd)
			_dup2(null, fd);
		if (_fileno(streams[fd]) < 0)
			give_descriptor(streams[fd], fd);
		if (null != fd)
			_close(null);
		_close(fd);
	}
}

/* Lines end as they are written; "-" takes any bytes. */
static void set_streams(void)
{
	int fd;

	replace_missing_streams();
	for (fd = 0; fd < 3; fd++)
		_setmode(fd, O_BINARY);
	setvbuf(stderr, NULL, _IONBF, 0);
	setvbuf(stdout, NULL, _IOFBF, STDOUT_ROOM);
	page = GetConsoleOutputCP();
	if (page != 0)
		SetConsoleOutputCP(CP_UTF8);
}

void windows_leave_console(void)
{
	if (page != 0)
		SetConsoleOutputCP(page);
}

/* Messages begin with the name alone. */
static char *name_program(char *path)
{
	char *name = path, *p, *end;

	for (p = path; *p != '\0'; p++)
		if (*p == '\\' || *p == '/')
			name = p + 1;
	end = strrchr(name, '.');
	if (end != NULL && _stricmp(end, ".exe") == 0)
		*end = '\0';
	return name;
}

/* NULL: no memory, or one has half of a surrogate pair, which is no character. */
static char **read_arguments(int *count)
{
	wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), count);
	char **out = NULL;
	int i;

	if (wide != NULL)
		out = calloc((size_t)*count + 1, sizeof(*out));
	for (i = 0; out != NULL && i < *count; i++)
		if ((out[i] = windows_narrow(wide[i])) == NULL)
			out = NULL;
	LocalFree(wide);
	return out;
}

/*
 * Libraries are those of the system, and openssl.cnf is only the one that the user
 * names: on any drive anybody may create what libcrypto looks for,
 * \usr\local\ssl.
 */
static bool trust_system_only(void)
{
	SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
	return setenv("OPENSSL_CONF", "NUL", 0) == 0;
}

/* A descriptor that is not open is an error, and not the end of the process. */
static void ignore_parameter(const wchar_t *expression, const wchar_t *function,
    const wchar_t *file, unsigned int line, uintptr_t unused)
{
	(void)expression;
	(void)function;
	(void)file;
	(void)line;
	(void)unused;
}

static int fail_start(const char *what)
{
	fprintf(stderr, "sscep: cannot start: %s (error %lu)\n", what,
	    GetLastError());
	return 1;
}

int main(void)
{
	int count, result;
	char **arguments = read_arguments(&count);

	if (arguments == NULL)
		return fail_start("an argument is no text in UTF-16");
	if (!windows_read_environment() || !trust_system_only())
		return fail_start("no environment");
	if (count > 0)
		arguments[0] = name_program(arguments[0]);
	_set_invalid_parameter_handler(ignore_parameter);
	windows_catch_console();
	set_streams();
	if (!windows_start_sockets())
		return fail_start("no sockets");
	result = windows_main(count, arguments);
	fflush(NULL);
	windows_leave_console();
	return result;
}
