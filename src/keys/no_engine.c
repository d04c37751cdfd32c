/* no_engine.c: engine.h in a build without engines. */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "keys/engine.h"
#include "util/log.h"

#ifndef HAVE_ENGINES

enum status engine_open(const struct engine_options *options)
{
	if (options->id == NULL)
		return ST_OK;
	return fail(ST_ERROR,
	    "engine %s: this sscep is built without engines (load a provider "
	    "with --provider)",
	    options->id);
}

void engine_close(void)
{
}

bool engine_is_open(void)
{
	return false;
}

EVP_PKEY *engine_load_key(const char *name, struct secret *secret)
{
	(void)name;
	(void)secret;
	return NULL;
}

bool engine_is_built_in(void)
{
	return false;
}

#endif
