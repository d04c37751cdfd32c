/*
 * A line of a long delay before a server on 127.0.0.1: 50 ms for a connection,
 * and 25 ms each time that the direction turns. It counts what the delays stand
 * for.
 *
 * usage: proxy SERVER-PORT LOG
 *
 * It prints its port. After each connection, LOG has a line with the number of
 * its round trips, of which the one to connect is the first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

#define ROUND_TRIP 50 /* ms */

static void wait_ms(long ms)
{
	struct timespec time = {0, ms * 1000000};

	while (nanosleep(&time, &time) != 0 && errno == EINTR)
		;
}

/* Forwards until both have ended; returns the number of turns. */
static int forward(int client, int server)
{
	struct pollfd fds[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
	static unsigned char buffer[MEMORY_STEP];
	int from, turns = 0, last = 1, open = 2;
	ssize_t n;

	while (open > 0 && poll(fds, 2, -1) > 0) {
		/* What is under way arrives before an answer to it. */
		from = fds[last].revents != 0 ? last : !last;
		n = read(fds[from].fd, buffer, sizeof(buffer));
		if (n <= 0) {
			shutdown(fds[!from].fd, SHUT_WR);
			fds[from].fd = -1;
			/* Who does not write waits for nothing more. */
			open = from == 0 ? 0 : open - 1;
			continue;
		}
		if (from != last) {
			wait_ms(ROUND_TRIP / 2);
			last = from;
			turns++;
		}
		write_all(from == 0 ? server : client, buffer, (size_t)n);
	}
	return turns;
}

int main(int argc, char **argv)
{
	int listener, client, server, turns;
	FILE *log;

	need(argc == 3, "usage: proxy SERVER-PORT LOG");
	listener = listen_on(0);
	for (;;) {
		client = accept(listener, NULL, NULL);
		need(client >= 0, "accept");
		wait_ms(ROUND_TRIP);
		server = connect_to(atoi(argv[1]));
		turns = forward(client, server);
		log = fopen(argv[2], "a");
		need(log != NULL && fprintf(log, "%d\n", 1 + turns / 2) > 0 &&
			fclose(log) == 0,
		    argv[2]);
		close(client);
		close(server);
	}
}
