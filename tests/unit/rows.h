/* rows.h: a test that fails says in which rows of its tables.  After cmocka.h. */
#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))

/*
 * for (EACH_ROW(i, rows, rows[i].name)): a test that fails in the loop prints
 * the row, too: its number, and its name, which may be NULL.  Loops may be in
 * one another, four deep.  The loop must not be left before its end.
 */
#define EACH_ROW(i, table, name) \
	(i) = 0; \
	(size_t)(i) < NITEMS(table) \
	    ? rows_enter(&(i), #table, (size_t)(i), (name)) \
	    : rows_leave(&(i)); \
	(i)++
bool rows_enter(
    const void *counter, const char *table, size_t number, const char *name);
bool rows_leave(const void *counter);

/* What is done before and after each test. */
int rows_forget(void **state);
int rows_print(void **state);

#undef cmocka_unit_test
#define cmocka_unit_test(test) \
	cmocka_unit_test_setup_teardown(test, rows_forget, rows_print)

#endif
