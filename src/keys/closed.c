#include <sys/stat.h>

#include "compat/provider.h"
#include "keys/closed.h"
#include "keys/engine.h"
#include "keys/key.h"
#include "keys/secret.h"
#include "keys/store.h"
#include "util/file.h"
#include "util/log.h"

static bool has_pass(const struct key_place *place)
{
	return (place->pass != NULL && place->pass->given) ||
	    key_name_is_secret(place->name) ||
	    key_name_has_pin_source(place->name);
}

/* One that no loaded provider handles is opened by nobody. */
static bool is_in_token(const struct key_place *place, const char *path)
{
	if (has_pass(place))
		return false;
	return engine_is_open() ||
	    (key_name_is_uri(path) && store_is_built_in() &&
		compat_has_store(path));
}

bool closed_is_encrypted(const struct key_place *place)
{
	struct key_place silent = *place;
	struct log_capture unheard;
	EVP_PKEY *key = NULL;
	bool asked = false;
	enum status st;

	silent.pass = NULL;
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
		return is_in_token(place, path) ? CLOSED_TOKEN : CLOSED_NOT;
	if (!S_ISREG(sb.st_mode) && !S_ISDIR(sb.st_mode))
		return CLOSED_STREAM;
	return !has_pass(place) && secret_has_terminal() &&
		closed_is_encrypted(place)
	    ? CLOSED_ENCRYPTED
	    : CLOSED_NOT;
}
