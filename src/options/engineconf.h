/* engineconf.h: sections of sscep.conf about engines; for this room only. */
#ifndef OPTIONS_ENGINECONF_H
#define OPTIONS_ENGINECONF_H

#include <stdbool.h>

#include "options/config.h"
#include "options/options.h"

/* Whether section is [sscep_engine] or [sscep_engine_...]. */
bool engineconf_is_section(const char *section);

/* Whether the value of the key in such a section is a path. */
bool engineconf_is_path(const char *key);

/*
 * The section of the engine of -g: the one of that name, else the one whose
 * engine_id it is.  NULL: there is none.
 */
const char *engineconf_find(const struct config *config, const char *engine);

/*
 * Fills engine_options for the engine of -g, if any, from the sections of the
 * file, whose path is for messages.
 */
enum status engineconf_read(
    struct options *options, const struct config *config, const char *path);

/* Takes -g for the id of the engine if no file has been read. */
enum status engineconf_set_default(struct options *options);
void engineconf_free(struct engine_options *engine);

#endif
