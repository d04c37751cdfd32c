#include <stdbool.h>
#include <stdio.h>

#include "compat/windows/windows.h"

#include <openssl/crypto.h>

#include "compat/terminal.h"
#include "compat/ui.h"

#define COLUMNS_DEFAULT 80

#ifndef ENABLE_VIRTUAL_TERMINAL_PROCESSING
#define ENABLE_VIRTUAL_TERMINAL_PROCESSING 4
#endif

/* The sequences that erase a line are for consoles since Windows 10. */
bool compat_is_terminal(int fd)
{
	HANDLE console = windows_handle(fd);
	DWORD mode;

	return console != INVALID_HANDLE_VALUE &&
	    GetConsoleMode(console, &mode) &&
	    SetConsoleMode(console, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

bool compat_owns_terminal(int fd)
{
	(void)fd;
	return true;
}

int compat_terminal_columns(int fd)
{
	CONSOLE_SCREEN_BUFFER_INFO info;
	HANDLE console = windows_handle(fd);

	if (console == INVALID_HANDLE_VALUE ||
	    !GetConsoleScreenBufferInfo(console, &info))
		return COLUMNS_DEFAULT;
	return info.srWindow.Right - info.srWindow.Left + 1;
}

static HANDLE open_console(const wchar_t *name)
{
	return CreateFileW(name, GENERIC_READ | GENERIC_WRITE,
	    FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
}

static int write_prompt(UI *ui, UI_STRING *string)
{
	wchar_t *text = windows_wide(UI_get0_output_string(string));
	HANDLE console = open_console(L"CONOUT$");
	DWORD put;
	bool ok;

	(void)ui;
	ok = text != NULL && console != INVALID_HANDLE_VALUE &&
	    WriteConsoleW(console, text, (DWORD)wcslen(text), &put, NULL);
	if (console != INVALID_HANDLE_VALUE)
		CloseHandle(console);
	free(text);
	return ok;
}

/* Reads a line into text of size characters, without echo and its end. */
static bool read_line(HANDLE console, wchar_t *text, DWORD size)
{
	DWORD mode, got = 0;
	bool ok;

	if (!GetConsoleMode(console, &mode) ||
	    !SetConsoleMode(console,
		(mode & ~(DWORD)ENABLE_ECHO_INPUT) | ENABLE_LINE_INPUT |
		    ENABLE_PROCESSED_INPUT))
		return false;
	ok = ReadConsoleW(console, text, size - 1, &got, NULL) && got > 0;
	SetConsoleMode(console, mode);
	text[got] = L'\0';
	text[wcscspn(text, L"\r\n")] = L'\0';
	return ok;
}

static int read_answer(UI *ui, UI_STRING *string)
{
	wchar_t text[PEM_BUFSIZE + 2];
	HANDLE console = open_console(L"CONIN$");
	char *answer = NULL;
	int ok;

	if (console != INVALID_HANDLE_VALUE &&
	    read_line(console, text, PEM_BUFSIZE + 2))
		answer = windows_narrow(text);
	ok = answer != NULL && UI_set_result(ui, string, answer) == 0;
	if (answer != NULL)
		OPENSSL_cleanse(answer, strlen(answer));
	OPENSSL_cleanse(text, sizeof(text));
	free(answer);
	if (console != INVALID_HANDLE_VALUE)
		CloseHandle(console);
	return ok;
}

/* That of libcrypto turns the echo off only where stdin is the console. */
UI *compat_new_prompt(void)
{
	static UI_METHOD *method;

	if (method == NULL && (method = UI_create_method("console")) != NULL) {
		UI_method_set_writer(method, write_prompt);
		UI_method_set_reader(method, read_answer);
	}
	return method != NULL ? UI_new_method(method) : NULL;
}
