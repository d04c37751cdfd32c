#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "rows.h"

#define DEPTH 4

/* The rows that the loops are at, that of the outermost loop first. */
static struct {
	const void *counter;
	const char *table, *name;
	size_t number;
} rows[DEPTH];
static size_t depth;

/* The loop with this counter, and what is left of those inside it, end. */
static void end(const void *counter)
{
	size_t i;

	for (i = 0; i < depth; i++)
		if (rows[i].counter == counter)
			depth = i;
}

bool rows_enter(
    const void *counter, const char *table, size_t number, const char *name)
{
	end(counter);
	assert_true(depth < DEPTH);
	rows[depth].counter = counter;
	rows[depth].table = table;
	rows[depth].number = number;
	rows[depth++].name = name;
	return true;
}

bool rows_leave(const void *counter)
{
	end(counter);
	return false;
}

int rows_forget(void **state)
{
	(void)state;
	depth = 0;
	return 0;
}

/* In one line, whatever it has; what is long is cut. */
static void print_name(const char *name)
{
	char text[400];
	size_t len = 0;

	for (; *name != '\0' && len < sizeof(text) - 8; name++)
		if (*name >= ' ' && *name <= '~')
			text[len++] = *name;
		else
			len += (size_t)snprintf(text + len, sizeof(text) - len,
			    "\\x%02x", (unsigned char)*name);
	snprintf(text + len, sizeof(text) - len, *name != '\0' ? "..." : "");
	print_error(": \"%s\"", text);
}

int rows_print(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < depth; i++) {
		print_error("row %zu of %s", rows[i].number, rows[i].table);
		if (rows[i].name != NULL)
			print_name(rows[i].name);
		print_error("\n");
	}
	return 0;
}
