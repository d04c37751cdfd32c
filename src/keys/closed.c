#include <sys/stat.h>

#include "keys/closed.h"
#include "keys/engine.h"
#include "keys/key.h"
#include "util/file.h"
#include "util/log.h"

static bool has_pass(const struct key_place *place)
{
	return (place->pass != NULL && place->pass->given) ||
	    key_name_is_secret(place->name) ||
	    key_name_has_pin_source(place->name);
}

/* Tries it without an answer to the question for the pass phrase. */
static bool is_encrypted(const struct key_place *place)
{
	struct key_place silent = *place;
	struct log_capture unheard;
	EVP_PKEY *key = NULL;
	bool asked = false;
	enum status st;

	silent.silent = true;
	silent.encrypted = &asked;
	log_capture_begin(&unheard);
	st = key_read(&key, &silent);
	log_capture_end(&unheard);
	EVP_PKEY_free(key);
	return st != ST_OK && asked;
}

enum closed closed_find(const struct key_place *place)
{
	const char *path = key_name_get_path(place->name);
	struct stat sb;

	if (file_is_standard(path))
		return CLOSED_STREAM;
	if (stat(path, &sb) != 0)
		return (key_name_is_uri(path) || engine_is_open()) &&
			!has_pass(place)
		    ? CLOSED_TOKEN
		    : CLOSED_NOT;
	if (!S_ISREG(sb.st_mode) && !S_ISDIR(sb.st_mode))
		return CLOSED_STREAM;
	return !has_pass(place) && is_encrypted(place) ? CLOSED_ENCRYPTED
						       : CLOSED_NOT;
}
