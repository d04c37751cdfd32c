/* renewing.h: checks the options about renewals; for this room only. */
#ifndef OPTIONS_RENEWING_H
#define OPTIONS_RENEWING_H

#include "options/value.h"
#include "util/status.h"

/* Keeps in mind where the hook is from, when all sources have been read. */
void renewing_note_sources(struct option_state *state);

/* Whether the options of renew go together.  ST_ERROR after reporting. */
enum status renewing_check_options(const struct options *options);

#endif
