/* terminal.h: what a terminal is, and how wide. */
#ifndef COMPAT_TERMINAL_H
#define COMPAT_TERMINAL_H

#include <stdbool.h>

/* Whether fd is a terminal that can erase a line and has colours, by the variable TERM. */
bool compat_is_terminal(int fd);

/* Whether this process may write to the terminal: a shell is not at its prompt. */
bool compat_owns_terminal(int fd);

/* The columns of the terminal; 80 if it does not say. */
int compat_terminal_columns(int fd);

#endif
