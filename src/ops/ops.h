/* ops.h: the operations, what the user can ask for. */
#ifndef OPS_OPS_H
#define OPS_OPS_H

#include <stdbool.h>
#include <stddef.h>

#include "util/status.h"

struct options;
struct session;

/*
 * The operations, in the order of the usage.  A new one is a row here, a file
 * ops/WORD.c with WORD_run() and OPS_DEFINE(WORD, "help"), and the line of that
 * file in sources.mk.  Its options are rows of options/table.c.
 */
#define OPS_LIST(ROW) \
	ROW(GETCA, getca) \
	ROW(GETNEXTCA, getnextca) \
	ROW(ENROLL, enroll) \
	ROW(RENEW, renew) \
	ROW(CHECK, check) \
	ROW(GETCERT, getcert) \
	ROW(GETCRL, getcrl) \
	ROW(GETCAPS, getcaps)

/* Where it is in ops_all: OPS_INDEX_getca. */
#define OPS_ROW_INDEX(bit, word) OPS_INDEX_##word,
enum ops_index { OPS_LIST(OPS_ROW_INDEX) OPS_COUNT };

/* One bit each, so that a row of the option table can name several. */
#define OPS_ROW_BIT(bit, word) OP_##bit = 1 << OPS_INDEX_##word,
enum op { OPS_LIST(OPS_ROW_BIT) OPS_ALL = (1 << OPS_COUNT) - 1 };

/*
 * Those whose names may be abbreviated, as sscep 0.10 had them.  It stays as it
 * is: with a new operation, an abbreviation in a script could become ambiguous.
 */
#define OPS_ABBREVIABLE \
	(OP_GETCA | OP_ENROLL | OP_GETCERT | OP_GETCRL | OP_GETCAPS)

struct operation {
	enum op op;
	const char *name; /* "getca"; the section is "sscep_getca" */
	const char *help; /* one line, for usage and manual */
	/* Does it, reports what fails. */
	enum status (*run)(struct session *session);
	/*
	 * Whether the answer to GetCACaps decides about more than the
	 * algorithms of the request; NULL: it never does.
	 */
	bool (*needs_caps)(const struct options *options);
	size_t reply_max; /* bytes of a reply, unless --max-size; 0: 2 MiB */
	bool spools;      /* a large reply is kept in a file, not in memory */
	/*
	 * An operation whose section of sscep.conf is read after its own, and
	 * then that of its base, and so on: OPS_BASES_MAX of them at most.
	 */
	const struct operation *base;
	/* Operations whose options it takes, too: the manual says so once. */
	unsigned int borrows;
	/*
	 * What is wrong with its options is what it is to tell: it checks them,
	 * opens the session, and gets the warnings about them unprinted.
	 */
	bool diagnoses;
};

#define OPS_BASES_MAX 2

/* Defines op_WORD: its help, and after that the members that are not zero. */
#define OPS_DEFINE(word, ...) \
	const struct operation op_##word = {.op = 1 << OPS_INDEX_##word, \
	    .name = #word, \
	    .run = word##_run, \
	    .help = __VA_ARGS__}

#define OPS_ROW_EXTERN(bit, word) extern const struct operation op_##word;
OPS_LIST(OPS_ROW_EXTERN)

extern const struct operation *const ops_all[OPS_COUNT];

#endif
