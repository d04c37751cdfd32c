#include <errno.h>
#include <limits.h>
#include <stdbool.h>

#include "compat/windows/net.h"

#include "compat/compat.h"
#include "compat/resolve.h"

/* Above all descriptors of the C library. */
#define FIRST       0x10000
#define SOCKETS_MAX 16

static SOCKET sockets[SOCKETS_MAX];
static bool used[SOCKETS_MAX];

static const struct {
	int error, number;
} errors[] = {
    {WSAEWOULDBLOCK, EAGAIN},
    {WSAEINPROGRESS, EINPROGRESS},
    {WSAEINTR, EINTR},
    {WSAECONNREFUSED, ECONNREFUSED},
    {WSAECONNRESET, ECONNRESET},
    {WSAECONNABORTED, ECONNABORTED},
    {WSAESHUTDOWN, EPIPE},
    {WSAETIMEDOUT, ETIMEDOUT},
    {WSAEHOSTUNREACH, EHOSTUNREACH},
    {WSAENETUNREACH, ENETUNREACH},
    {WSAENETDOWN, ENETDOWN},
    {WSAENETRESET, ENETRESET},
    {WSAEADDRINUSE, EADDRINUSE},
    {WSAEADDRNOTAVAIL, EADDRNOTAVAIL},
    {WSAEAFNOSUPPORT, EAFNOSUPPORT},
    {WSAENOTCONN, ENOTCONN},
    {WSAENOBUFS, ENOBUFS},
    {WSAEISCONN, EISCONN},
    {WSAENOTSOCK, ENOTSOCK},
    {WSAEMFILE, EMFILE},
    {WSAEACCES, EACCES},
    {WSAEINVAL, EINVAL},
};

static int number_of(int error)
{
	size_t i;

	for (i = 0; i < COUNT_OF(errors); i++)
		if (errors[i].error == error)
			return errors[i].number;
	return EIO;
}

static int fail_socket(void)
{
	errno = number_of(WSAGetLastError());
	return -1;
}

bool windows_start_sockets(void)
{
	WSADATA data;

	return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}

bool windows_is_socket(int fd)
{
	return fd >= FIRST && fd < FIRST + SOCKETS_MAX && used[fd - FIRST];
}

static SOCKET socket_of(int fd)
{
	return windows_is_socket(fd) ? sockets[fd - FIRST] : INVALID_SOCKET;
}

int windows_close_socket(int fd)
{
	used[fd - FIRST] = false;
	return closesocket(sockets[fd - FIRST]) == 0 ? 0 : fail_socket();
}

int compat_open_socket(int family)
{
	u_long yes = 1;
	SOCKET one;
	int i = 0;

	while (i < SOCKETS_MAX && used[i])
		i++;
	if (i == SOCKETS_MAX) {
		errno = EMFILE;
		return -1;
	}
	one = WSASocketW(family, SOCK_STREAM, 0, NULL, 0,
	    WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
	if (one == INVALID_SOCKET)
		return fail_socket();
	if (ioctlsocket(one, (long)FIONBIO, &yes) != 0) {
		fail_socket();
		closesocket(one);
		return -1;
	}
	sockets[i] = one;
	used[i] = true;
	return FIRST + i;
}

static int part_of(size_t size)
{
	return size < INT_MAX ? (int)size : INT_MAX;
}

ssize_t compat_send(int fd, const void *bytes, size_t len)
{
	int sent = send(socket_of(fd), bytes, part_of(len), 0);

	return sent >= 0 ? sent : fail_socket();
}

/* Everything that follows calls the functions of Windows. */
#undef connect
#undef recv
#undef setsockopt
#undef getsockopt

int windows_connect(int fd, const struct sockaddr *address, size_t len)
{
	if (connect(socket_of(fd), address, part_of(len)) == 0)
		return 0;
	fail_socket();
	if (errno == EAGAIN)
		errno = EINPROGRESS;
	return -1;
}

long long windows_recv(int fd, void *out, size_t size, int flags)
{
	int got = recv(socket_of(fd), out, part_of(size), flags);

	return got >= 0 ? got : fail_socket();
}

int windows_setsockopt(
    int fd, int level, int name, const void *value, size_t len)
{
	return setsockopt(socket_of(fd), level, name, value, part_of(len)) == 0
	    ? 0
	    : fail_socket();
}

int windows_getsockopt(int fd, int level, int name, void *value, int *len)
{
	if (getsockopt(socket_of(fd), level, name, value, len) != 0)
		return fail_socket();
	if (level == SOL_SOCKET && name == SO_ERROR && *(int *)value != 0)
		*(int *)value = number_of(*(int *)value);
	return 0;
}

/* WSAPoll() of older systems does not tell of a connection that fails. */
static int wait_for_socket(struct pollfd *one, int milliseconds)
{
	struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
	SOCKET socket = socket_of(one->fd);
	fd_set reading, writing, failing;
	int count;

	FD_ZERO(&reading);
	FD_ZERO(&writing);
	FD_ZERO(&failing);
	if (one->events & POLLIN)
		FD_SET(socket, &reading);
	if (one->events & POLLOUT)
		FD_SET(socket, &writing);
	FD_SET(socket, &failing);
	count = select(0, &reading, &writing, &failing, &time);
	if (count < 0)
		return fail_socket();
	one->revents = (FD_ISSET(socket, &reading) ? POLLIN : 0U) |
	    (FD_ISSET(socket, &writing) ? POLLOUT : 0U);
	return count > 0 ? 1 : 0;
}

/* How many of them are closed. */
static int count_closed(const struct pollfd *all, unsigned int count)
{
	unsigned int i;
	int closed = 0;

	for (i = 0; i < count; i++)
		if (windows_handle(all[i].fd) == INVALID_HANDLE_VALUE)
			closed++;
	return closed;
}

/* Devices but the console, and files, are always ready. */
static bool is_ready(HANDLE file, bool reading)
{
	DWORD type = GetFileType(file), left, mode;

	if (!reading)
		return true;
	if (type == FILE_TYPE_PIPE)
		return !PeekNamedPipe(file, NULL, 0, NULL, &left, NULL) ||
		    left > 0;
	return type != FILE_TYPE_CHAR || !GetConsoleMode(file, &mode) ||
	    WaitForSingleObject(file, 0) == WAIT_OBJECT_0;
}

#define STEP 10 /* milliseconds between looks at a pipe */

static int wait_for_file(struct pollfd *one, int milliseconds)
{
	HANDLE file = windows_handle(one->fd);

	while (file != INVALID_HANDLE_VALUE &&
	    !is_ready(file, (one->events & POLLIN) != 0)) {
		if (milliseconds <= 0)
			return 0;
		Sleep(STEP);
		milliseconds -= STEP;
	}
	one->revents = one->events;
	return 1;
}

int poll(struct pollfd *all, unsigned int count, int milliseconds)
{
	if (count == 1 && windows_is_socket(all->fd))
		return wait_for_socket(all, milliseconds);
	if (count == 1 && all->fd >= 0)
		return wait_for_file(all, milliseconds);
	if (count == 0 || milliseconds > 0)
		Sleep((DWORD)milliseconds);
	return count_closed(all, count);
}
