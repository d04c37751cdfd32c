#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "der.h"

_Noreturn void die(const char *what)
{
	fprintf(stderr, "bench: %s%s%s\n", what, errno != 0 ? ": " : "",
	    errno != 0 ? strerror(errno) : "");
	exit(1);
}

unsigned char *bytes_extend(struct bytes *bytes, size_t len)
{
	if (bytes->room - bytes->len < len) {
		bytes->room = bytes->room * 2 + len + MEMORY_STEP;
		bytes->data = realloc(bytes->data, bytes->room);
		need(bytes->data != NULL, "no memory");
	}
	bytes->len += len;
	return bytes->data + bytes->len - len;
}

void bytes_add(struct bytes *bytes, const void *data, size_t len)
{
	if (len > 0)
		memcpy(bytes_extend(bytes, len), data, len);
}

struct bytes read_file(const char *name)
{
	struct bytes bytes = {NULL, 0, 0};
	FILE *file = fopen(name, "rb");
	long size;

	need(file != NULL && fseek(file, 0, SEEK_END) == 0, name);
	size = ftell(file);
	rewind(file);
	need(size >= 0 &&
		fread(bytes_extend(&bytes, (size_t)size), 1, (size_t)size,
		    file) == (size_t)size,
	    name);
	fclose(file);
	return bytes;
}

static struct sockaddr_in local(int port)
{
	struct sockaddr_in address;

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_port = htons((unsigned short)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

int listen_on(int port)
{
	struct sockaddr_in address = local(port);
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	signal(SIGPIPE, SIG_IGN);
	need(fd >= 0 &&
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ==
		    0 &&
		bind(fd, (struct sockaddr *)&address, len) == 0 &&
		listen(fd, 16) == 0 &&
		getsockname(fd, (struct sockaddr *)&address, &len) == 0,
	    "listen");
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

int connect_to(int port)
{
	struct sockaddr_in address = local(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	need(fd >= 0 &&
		connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0,
	    "connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

void write_all(int fd, const void *data, size_t len)
{
	const unsigned char *p = data;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n <= 0)
			return; /* the reader has gone, and will tell */
		p += n;
		len -= (size_t)n;
	}
}

size_t read_head(int fd, char *text, size_t size, size_t *got)
{
	char *end;
	ssize_t n;

	*got = 0;
	for (;;) {
		n = read(fd, text + *got, size - 1 - *got);
		if (n <= 0)
			return 0;
		*got += (size_t)n;
		text[*got] = '\0';
		end = strstr(text, "\r\n\r\n");
		if (end != NULL)
			return (size_t)(end - text) + 4;
		need(
		    *got < size - 1, "the head of an HTTP message is too long");
	}
}

size_t content_length(const char *head)
{
	static const char name[] = "\nContent-Length:";
	const char *p;

	for (p = head; (p = strchr(p, '\n')) != NULL && p[1] != '\r'; p++)
		if (strncasecmp(p, name, sizeof(name) - 1) == 0)
			return strtoul(p + sizeof(name) - 1, NULL, 10);
	return 0;
}

struct der der_at(const unsigned char *p)
{
	struct der der = {p, 2, p[1], p[0]};
	size_t i, count = p[1] & 0x7f;

	if (p[1] & 0x80) {
		need(count >= 1 && count <= 4, "a length in DER");
		der.head += count;
		for (der.len = 0, i = 0; i < count; i++)
			der.len = der.len << 8 | p[2 + i];
	}
	return der;
}

struct der der_find(struct der der, const char *path)
{
	const unsigned char *end = der_end(der);
	char *next;
	long n;

	for (;;) {
		n = strtol(path, &next, 10);
		for (der = der_at(der_in(der)); n > 0; n--) {
			need(
			    der_end(der) < end, "an element in DER is missing");
			der = der_at(der_end(der));
		}
		if (*next == '\0')
			return der;
		path = next + 1;
		end = der_end(der);
	}
}
