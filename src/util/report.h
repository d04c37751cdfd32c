/* report.h: collects what --json prints. */
#ifndef UTIL_REPORT_H
#define UTIL_REPORT_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/status.h"

/* Each is one text; a later one replaces an earlier one. */
enum report_field {
	REPORT_OPERATION,
	REPORT_STATUS,
	REPORT_FAIL_INFO,
	REPORT_FAIL_INFO_TEXT,
	REPORT_TRANSACTION_ID,
	REPORT_PEM, /* files that would have gone to standard output */
	REPORT_ERROR,
	REPORT_FIELDS
};

/* Each is any number of strings or objects. */
enum report_list {
	REPORT_CAPABILITIES,
	REPORT_CERTIFICATES,
	REPORT_CRLS,
	REPORT_FILES,
	REPORT_WARNINGS,
	REPORT_LISTS
};

/* Owns its members; all zero is empty. */
struct report {
	char *fields[REPORT_FIELDS];
	struct buf lists[REPORT_LISTS];
	bool failed; /* out of memory: the report is incomplete */
};

void report_set(struct report *r, enum report_field field, const char *text);
void report_add_string(
    struct report *r, enum report_list list, const char *text);

/* object is members made by json_add_member(), without the braces. */
void report_add_object(
    struct report *r, enum report_list list, const struct buf *object);

/*
 * Adds the report as a JSON object on one line: the fields that are set, the
 * lists that are not empty, and exitCode.  False if memory ran out, now or
 * earlier.
 */
bool report_add_json(struct buf *out, const struct report *r, enum status st);
void report_free(struct report *r);

#endif
