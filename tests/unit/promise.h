/* promise.h: what the manual promises of each option, for tests of src/options. */
#ifndef PROMISE_H
#define PROMISE_H

#include <stddef.h>

#include "ops/ops.h"
#include "options/table.h"
#include "run.h"

/* What ends a message of misuse. */
#define HINT ". Try 'P --help'\n"

#define NO_SOURCE \
	"not a source of a pass phrase: expected pass:, env:, file: or fd: " \
	"followed by a value, or stdin"

/* Arguments that are complete: of an enrolment; of getcaps with a file. */
#define ENROLL "enroll", "-uu", "-cc", "-kk", "-rr", "-ll"
#define UFILE  "getcaps", "-uu", "-f" RUN_FILE

/* The operations that an option is for, and a value that is not its default. */

enum kind { STR, NUM, FLG, LST, TOL, REN, WRN, NONE };

struct promise {
	unsigned int ops;
	char letter;
	const char *name, *key;
	enum kind kind;
	size_t offset;
	const char *value;
};

#define ALL    TABLE_OPS_ALL
#define CA     (OP_GETCA | OP_GETNEXTCA)
#define QUERY  (OP_GETCERT | OP_GETCRL)
#define ENROLS (OP_ENROLL | OP_CHECK)
#define RENEWS (OP_RENEW | OP_CHECK)
#define MAKES  (ENROLS | RENEWS)
#define SIGNED (MAKES | QUERY)
#define O(f)   offsetof(struct options, f)

#define CONTRACT_COUNT 87
extern const struct promise contract[CONTRACT_COUNT];

/* Adds the options that the operation requires, except that of letter but. */
void promise_add_required(struct run *r, enum op op, char but);

/* The same but for that of p, and with those of a request that is made. */
void promise_add_for(struct run *r, enum op op, const struct promise *p);

#endif
