/* lines.h: the lines of sscep.conf, and which of them belong together. */
#ifndef OPTIONS_LINES_H
#define OPTIONS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "util/status.h"

/* The text that is being read; it is changed in place. */
struct lines {
	const char *file; /* its name, for messages */
	size_t line;      /* where the text that is parsed starts; from 1 */
	size_t taken;     /* the number of the line that was taken last */
	char *next, *end; /* what has not been taken; end has a NUL */
	char *held, *held_end; /* a line that was put back; or NULL */
};

/* Of NCONF: CR is a blank anywhere. */
bool lines_is_blank(char c);
char *lines_skip_blanks(char *p);
bool lines_is_quote(char c);

/* Reports what is wrong with the line of that number: ST_FILE. */
enum status lines_refuse(
    const struct lines *lines, size_t line, const char *what);

/*
 * Takes the next line, and writes a NUL to its end, before its CR.  False if
 * there is none, or with *st not ST_OK, after reporting.
 */
bool lines_take(struct lines *lines, char **start, char **end, enum status *st);

/*
 * Whether the line from start to end, the one taken last, is Key Value: a value
 * follows its key, without '='.  Such a line is not continued, and continues
 * nothing but a value.
 */
bool lines_is_old_syntax(
    const struct lines *lines, char *start, const char *end);

/*
 * Appends to the line of a pair, or of a section header, the lines that
 * continue it: its last character is a backslash without another before it.
 * What a comment, or the text behind a header, is continued with is dropped.
 */
enum status lines_join(
    struct lines *lines, char *start, char **end, bool header);

/*
 * Takes the lines that continue the comment, or other text without effect, that
 * ends at end, and warns of those that look as if they had one.  what says
 * which text it is.
 */
enum status lines_drop(
    struct lines *lines, char *start, char *end, const char *what);

#endif
