#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/ability.h"
#include "pki/usage.h"
#include "util/ascii.h"
#include "util/quote.h"

#define NAME_SIZE 80 /* bytes of a name or an OID, with the NUL */

/* The numbers of bits of a KeyUsage (RFC 5280, 4.2.1.3). */
#define DIGITAL_SIGNATURE 0
#define KEY_ENCIPHERMENT  2
#define KEY_AGREEMENT     4

/* libcrypto's short names. */
static const char *const purposes[] = {"serverAuth", "clientAuth",
    "codeSigning", "emailProtection", "timeStamping", "OCSPSigning",
    "ipsecEndSystem", "ipsecTunnel", "ipsecUser", "ipsecIKE",
    "msSmartcardLogin", "anyExtendedKeyUsage"};

#define PURPOSES_SHOWN \
	"serverAuth, clientAuth, codeSigning, emailProtection, ipsecIKE and " \
	"their like"

static ASN1_OBJECT *find_purpose(const char *name)
{
	ASN1_OBJECT *object = NULL;
	size_t i;

	if (ascii_is_digit(name[0]))
		object = OBJ_txt2obj(name, 1);
	for (i = 0; object == NULL && i < COUNT_OF(purposes); i++)
		if (ascii_is_same_word(purposes[i], name))
			object = OBJ_txt2obj(purposes[i], 0);
	ERR_clear_error();
	return object;
}

static bool add_purpose(EXTENDED_KEY_USAGE *all, const char *text, size_t len,
    struct problem *problem)
{
	char name[NAME_SIZE] = "", shown[NAME_SIZE];
	ASN1_OBJECT *object;

	if (len < sizeof(name))
		memcpy(name, text, len);
	if ((object = find_purpose(name)) == NULL)
		return problem_set(problem,
		    "unknown purpose %s, neither an OID nor one "
		    "of " PURPOSES_SHOWN,
		    log_escape(shown, sizeof(shown), text, len));
	if (sk_ASN1_OBJECT_push(all, object) > 0)
		return true;
	ASN1_OBJECT_free(object);
	return problem_set(problem, "out of memory");
}

bool usage_parse_purposes(
    EXTENDED_KEY_USAGE **out, const char *list, struct problem *problem)
{
	EXTENDED_KEY_USAGE *all = sk_ASN1_OBJECT_new_null();
	bool ok = all != NULL || problem_set(problem, "out of memory");
	size_t len;

	while (ok) {
		list += strspn(list, " \t");
		len = strcspn(list, ", \t");
		ok = add_purpose(all, list, len, problem);
		list += len;
		list += strspn(list, " \t");
		if (*list == '\0')
			break;
		if (*list == ',')
			list++;
	}
	if (!ok) {
		sk_ASN1_OBJECT_pop_free(all, ASN1_OBJECT_free);
		return false;
	}
	*out = all;
	return true;
}

ASN1_BIT_STRING *usage_of_key(EVP_PKEY *key)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	const struct key_ability ability = ability_of_key(key);

	if (bits != NULL &&
	    ASN1_BIT_STRING_set_bit(bits, DIGITAL_SIGNATURE, 1) &&
	    (!ability.encrypts ||
		ASN1_BIT_STRING_set_bit(bits, KEY_ENCIPHERMENT, 1)) &&
	    (!ability.agrees ||
		ASN1_BIT_STRING_set_bit(bits, KEY_AGREEMENT, 1)))
		return bits;
	ASN1_BIT_STRING_free(bits);
	return NULL;
}
