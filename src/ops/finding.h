/* finding.h: what check has found, a line for each. */
#ifndef OPS_FINDING_H
#define OPS_FINDING_H

#include "compat/compat.h"
#include "session.h"
#include "util/buf.h"
#include "util/log.h"
#include "util/status.h"

enum finding_state {
	FINDING_OK,
	FINDING_WARNING,
	FINDING_PROBLEM,
	FINDING_STATES
};

/* Borrows session. */
struct findings {
	struct session *session;
	const char *topic;  /* of what comes now, static: "key", "tls", ... */
	enum status status; /* of the first problem; ST_OK: there was none */
	bool colour;
	struct buf told; /* strings: each finding, as it is printed */
	struct log_sink sink;
};

/*
 * From begin to end, what fail() and warn() say are findings of the topic: a
 * problem with the status that fail() was given, or a warning.  The end reports
 * that they could not be printed: then the status is ST_FILE.
 */
void findings_begin(struct findings *f, struct session *session);
void findings_end(struct findings *f);

/*
 * Print one finding to stdout, "ok       text", "warning  text: advice" or
 * "problem  text: advice", and add it to the report.  advice may be NULL if
 * the text has it.  What has been found before, with the same words, is not found
 * again.  With --quiet those that are ok are not printed, with --json
 * none are.
 */
void finding_ok(struct findings *f, const char *format, ...) PRINTF_LIKE(2, 3);
void finding_warn(struct findings *f, const char *advice, const char *format,
    ...) PRINTF_LIKE(3, 4);
void finding_fail(struct findings *f, enum status st, const char *advice,
    const char *format, ...) PRINTF_LIKE(4, 5);

#endif
