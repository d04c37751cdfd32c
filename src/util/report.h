/* report.h: collects what --json prints. */
#ifndef UTIL_REPORT_H
#define UTIL_REPORT_H

#include <stdbool.h>

#include "util/buf.h"
#include "util/status.h"

/*
 * The members, with their names in JSON.  A field is one text, a later one
 * replaces an earlier one; PEM is what would have gone to standard output.  A
 * list is any number of strings or objects.
 */
/* clang-format off */
#define REPORT_FIELD_LIST(X) \
	X(REPORT_VERSION, "version") \
	X(REPORT_OPERATION, "operation") \
	X(REPORT_STATUS, "status") \
	X(REPORT_FAIL_INFO, "failInfo") \
	X(REPORT_FAIL_INFO_TEXT, "failInfoText") \
	X(REPORT_TRANSACTION_ID, "transactionID") \
	X(REPORT_ACTION, "action") \
	X(REPORT_REASON, "reason") \
	X(REPORT_WOULD, "would") \
	X(REPORT_SERIAL, "serial") \
	X(REPORT_NOT_AFTER, "notAfter") \
	X(REPORT_DAYS_LEFT, "daysLeft") \
	X(REPORT_PEM, "pem") \
	X(REPORT_ERROR, "error")
#define REPORT_LIST_LIST(X) \
	X(REPORT_CAPABILITIES, "capabilities") \
	X(REPORT_CERTIFICATES, "certificates") \
	X(REPORT_CRLS, "crls") \
	X(REPORT_FILES, "files") \
	X(REPORT_FINDINGS, "findings") \
	X(REPORT_WARNINGS, "warnings")
/* clang-format on */

#define REPORT_CONSTANT(constant, name) constant,
enum report_field { REPORT_FIELD_LIST(REPORT_CONSTANT) REPORT_FIELDS };
enum report_list { REPORT_LIST_LIST(REPORT_CONSTANT) REPORT_LISTS };
#undef REPORT_CONSTANT

/* Owns its members; all zero is empty. */
struct report {
	char *fields[REPORT_FIELDS];
	bool numbers[REPORT_FIELDS]; /* is written without quotes */
	struct buf lists[REPORT_LISTS];
	bool wanted; /* --json: otherwise objects need not be added */
	bool failed; /* out of memory: the report is incomplete */
};

void report_set(struct report *r, enum report_field field, const char *text);
void report_set_number(
    struct report *r, enum report_field field, long long number);
void report_add_string(
    struct report *r, enum report_list list, const char *text);

/* Does nothing if the text is not in the list. */
void report_remove_string(
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
