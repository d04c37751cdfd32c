/* ops.h: the operations, what the user can ask for. */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stddef.h>

#include "util/status.h"

struct session;

/* One bit each, so that a row of the option table can name several. */
enum op {
	OP_GETCA = 1,
	OP_GETNEXTCA = 2,
	OP_ENROLL = 4,
	OP_GETCERT = 8,
	OP_GETCRL = 16,
	OP_GETCAPS = 32
};

struct operation {
	enum op op;
	const char *name; /* "getca"; the section is "sscep_getca" */
	const char *help; /* one line, for usage and manual */
	/* Does it, reports what fails. */
	enum status (*run)(struct session *session);
};

extern const struct operation op_getca, op_getnextca, op_enroll, op_getcert,
    op_getcrl, op_getcaps;

#define OPS_COUNT 6

/* All of them, in the order of the usage. */
extern const struct operation *const ops_all[OPS_COUNT];

/* The operation of that name, matched whole; NULL if there is none. */
const struct operation *ops_find(const char *name);

#endif
