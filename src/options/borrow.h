/* borrow.h: whose options check has been given. */
#ifndef OPTIONS_BORROW_H
#define OPTIONS_BORROW_H

#include "options/options.h"

struct option_state;

/*
 * Sets options->check_as, as far as the sources have been read: by an option of the
 * command line that only one operation has of those whose options are borrowed;
 * else by such a key of the file, or a section that only that one reads.
 */
void borrow_find_operation(const struct option_state *state);

/*
 * Makes out those options of in that the operation has, too; all that out has is
 * borrowed from in.
 */
void borrow_options(struct options *out, const struct options *in,
    const struct operation *operation);

#endif
