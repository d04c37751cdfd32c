#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "keys/key_name.h"
#include "util/ascii.h"
#include "util/log.h"

#define PKCS11 "pkcs11:"
#define PIN    "pin-value="
#define SOURCE "pin-source="
#define TOKEN  "token="

/* What may precede an attribute.  RFC 7512 has no blanks; modules skip them. */
#define SEPARATORS ";?& \t\r\n"
#define PIN_ENDS   ";?&"

#define FILE_SCHEME "file:"

/* RFC 3986, 3.1.  A single letter is the drive of a Windows path. */
bool key_name_is_uri(const char *name)
{
	size_t n = 0;

	if (!isalpha((unsigned char)name[0]))
		return false;
	while (isalnum((unsigned char)name[n]) ||
	    (name[n] != '\0' && strchr("+-.", name[n]) != NULL))
		n++;
	return n > 1 && name[n] == ':';
}

/* file:/path and file:///path of RFC 8089, and file:path. */
const char *key_name_get_path(const char *name)
{
	if (strncasecmp(name, FILE_SCHEME, strlen(FILE_SCHEME)) != 0)
		return name;
	name += strlen(FILE_SCHEME);
	return strncmp(name, "///", 3) == 0 ? name + 2 : name;
}

static bool is_pkcs11(const char *name)
{
	return strncasecmp(name, PKCS11, strlen(PKCS11)) == 0;
}

/* The first attribute of that name ("token="), in any case, in a URI, or NULL. */
static const char *find_attribute(const char *uri, const char *attribute)
{
	const char *p;

	if (*uri == '\0')
		return NULL;
	for (p = uri + 1; *p != '\0'; p++)
		if ((p[-1] == ':' || strchr(SEPARATORS, p[-1]) != NULL) &&
		    strncasecmp(p, attribute, strlen(attribute)) == 0)
			return p;
	return NULL;
}

bool key_name_needs_other_pin(const char *before, const char *name)
{
	const char *a =
	    is_pkcs11(before) ? find_attribute(before, TOKEN) : NULL;
	const char *b = is_pkcs11(name) ? find_attribute(name, TOKEN) : NULL;
	size_t len;

	if (a == NULL || b == NULL || find_attribute(name, SOURCE) != NULL)
		return false;
	len = strcspn(a, SEPARATORS);
	return len != strcspn(b, SEPARATORS) || strncmp(a, b, len) != 0;
}

bool key_name_has_pin(const char *name)
{
	return key_name_is_uri(name) && find_attribute(name, PIN) != NULL;
}

bool key_name_has_pin_source(const char *name)
{
	return key_name_is_uri(name) && find_attribute(name, SOURCE) != NULL;
}

/* In URIs of other schemes the query may be a secret: handle:0x81000000?PIN. */
bool key_name_is_secret(const char *name)
{
	return key_name_has_pin(name) ||
	    (!is_pkcs11(name) && key_name_is_uri(name) &&
		strchr(name, '?') != NULL);
}

void key_name_hide(char *name)
{
	char *query = strchr(name, '?');
	const char *at;

	if (!key_name_is_secret(name))
		return;
	if (!is_pkcs11(name) && query != NULL)
		memset(query + 1, 'x', strlen(query + 1));
	while ((at = find_attribute(name, PIN)) != NULL) {
		name += at - name + (ptrdiff_t)strlen(PIN);
		memset(name, 'x', strcspn(name, PIN_ENDS));
	}
}

bool key_name_split(struct buf *uri, struct pass *pin, const char *name)
{
	const char *at = is_pkcs11(name) ? find_attribute(name, PIN) : NULL,
		   *rest;
	size_t len, head;
	bool nul;

	if (at == NULL)
		return buf_add_string(uri, name);

	len = strcspn(at + strlen(PIN), PIN_ENDS);
	rest = at + strlen(PIN) + len;
	if (find_attribute(rest, PIN) != NULL ||
	    !ascii_decode_percent(
		pin->text, sizeof(pin->text), at + strlen(PIN), len, &nul))
		return false;
	pin->given = true;

	/* Leaves out the separator after the PIN or, if none, those before. */
	head = (size_t)(at - name);
	if (*rest == ';' || *rest == '&')
		rest++;
	else
		while (strchr(SEPARATORS, name[head - 1]) != NULL)
			head--;
	return buf_add(uri, name, head) && buf_add_string(uri, rest);
}

/* The length of what is before the secret in a URI that is not of pkcs11. */
static size_t open_length(const char *uri)
{
	const char *pin = find_attribute(uri, PIN);
	size_t len = strcspn(uri, "?");

	if (pin != NULL && pin < uri + len)
		len = (size_t)(pin - uri) - (pin[-1] != ':');
	return len;
}

const char *key_name_shown(char out[KEY_NAME_MAX], const char *name)
{
	struct buf uri = {0};
	struct pass pin = {0};

	if (!key_name_is_secret(name))
		return log_escape(out, KEY_NAME_MAX, name, strlen(name));
	if (!is_pkcs11(name))
		return log_escape(out, KEY_NAME_MAX, name, open_length(name));

	if (!key_name_split(&uri, &pin, name)) {
		buf_free(&uri);
		buf_add_string(&uri, PKCS11 "...");
	}
	log_escape(out, KEY_NAME_MAX, buf_string(&uri), uri.len);
	buf_free(&uri);
	pass_wipe(&pin);
	return out;
}
