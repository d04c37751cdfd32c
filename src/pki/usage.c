#include <string.h>

#include <openssl/err.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/ability.h"
#include "pki/oid.h"
#include "pki/usage.h"
#include "util/ascii.h"
#include "util/quote.h"

#define NAME_SIZE 80 /* bytes of a name or an OID, with the NUL */

/* The numbers of bits of a KeyUsage (RFC 5280, 4.2.1.3). */
#define DIGITAL_SIGNATURE 0
#define NON_REPUDIATION   1
#define KEY_ENCIPHERMENT  2
#define DATA_ENCIPHERMENT 3
#define KEY_AGREEMENT     4
#define ENCIPHER_ONLY     7
#define DECIPHER_ONLY     8

/* libcrypto's short names. */
static const char *const purposes[] = {"serverAuth", "clientAuth",
    "codeSigning", "emailProtection", "timeStamping", "OCSPSigning",
    "ipsecEndSystem", "ipsecTunnel", "ipsecUser", "ipsecIKE",
    "msSmartcardLogin", "anyExtendedKeyUsage"};

#define PURPOSES_SHOWN \
	"serverAuth, clientAuth, codeSigning, emailProtection, ipsecIKE and " \
	"their like"

const char *usage_purpose_name(size_t i)
{
	return i < COUNT_OF(purposes) ? purposes[i] : NULL;
}

static ASN1_OBJECT *find_purpose(const char *name)
{
	ASN1_OBJECT *object = oid_parse(name);
	size_t i;

	for (i = 0; object == NULL && i < COUNT_OF(purposes); i++)
		if (ascii_is_same_word(purposes[i], name))
			object = OBJ_txt2obj(purposes[i], 0);
	ERR_clear_error();
	return object;
}

static bool has_purpose(
    const EXTENDED_KEY_USAGE *all, const ASN1_OBJECT *object)
{
	int i;

	for (i = 0; i < sk_ASN1_OBJECT_num(all); i++)
		if (OBJ_cmp(sk_ASN1_OBJECT_value(all, i), object) == 0)
			return true;
	return false;
}

static bool add_purpose(EXTENDED_KEY_USAGE *all, const char *text, size_t len,
    struct problem *problem)
{
	char name[NAME_SIZE] = "", shown[NAME_SIZE];
	ASN1_OBJECT *object;
	bool repeated;

	if (len == 0)
		return problem_set(
		    problem, "there is a comma, but no purpose next to it");
	if (len < sizeof(name))
		memcpy(name, text, len);
	if ((object = find_purpose(name)) == NULL)
		return problem_set(problem,
		    "unknown purpose %s, neither an OID nor one "
		    "of " PURPOSES_SHOWN,
		    log_escape(shown, sizeof(shown), text, len));
	repeated = has_purpose(all, object);
	if (!repeated && sk_ASN1_OBJECT_push(all, object) > 0)
		return true;
	ASN1_OBJECT_free(object);
	return repeated || problem_set(problem, "out of memory");
}

bool usage_add_purposes(
    EXTENDED_KEY_USAGE **all, const char *list, struct problem *problem)
{
	size_t len;

	if (list[strspn(list, " \t")] == '\0')
		return problem_set(problem, "there is no purpose in it");
	if (*all == NULL && (*all = sk_ASN1_OBJECT_new_null()) == NULL)
		return problem_set(problem, "out of memory");
	for (;;) {
		list += strspn(list, " \t");
		len = strcspn(list, ", \t");
		if (!add_purpose(*all, list, len, problem))
			return false;
		list += len;
		list += strspn(list, " \t");
		if (*list == '\0')
			return true;
		if (*list == ',')
			list++;
	}
}

/*
 * Whether a key of that ability, and no CA, may be used so: RFC 3279, 2.3.1 for
 * RSA, RFC 5480, 3 for EC; all others only sign (RFC 4055, 1.2, RFC 8410, 5, RFC
 * 9881, 5).
 */
static bool suits(int bit, struct key_ability ability)
{
	switch (bit) {
	case DIGITAL_SIGNATURE:
	case NON_REPUDIATION:
		return true;
	case KEY_ENCIPHERMENT:
	case DATA_ENCIPHERMENT:
		return ability.encrypts;
	case KEY_AGREEMENT:
	case ENCIPHER_ONLY:
	case DECIPHER_ONLY:
		return ability.agrees;
	default: /* keyCertSign and cRLSign are those of a CA */
		return false;
	}
}

/* What makes a key for encryption with keys of this ability; -1: nothing. */
static int find_exchange(struct key_ability ability)
{
	if (ability.encrypts)
		return KEY_ENCIPHERMENT;
	return ability.agrees ? KEY_AGREEMENT : -1;
}

ASN1_BIT_STRING *usage_of_key(EVP_PKEY *key)
{
	ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
	int exchange = find_exchange(ability_of_key(key));

	if (bits != NULL &&
	    ASN1_BIT_STRING_set_bit(bits, DIGITAL_SIGNATURE, 1) &&
	    (exchange < 0 || ASN1_BIT_STRING_set_bit(bits, exchange, 1)))
		return bits;
	ASN1_BIT_STRING_free(bits);
	return NULL;
}

bool usage_fit(ASN1_BIT_STRING *bits, EVP_PKEY *key, bool *any)
{
	struct key_ability ability = ability_of_key(key);
	int exchange = find_exchange(ability), bit;
	bool exchanges = ASN1_BIT_STRING_get_bit(bits, KEY_ENCIPHERMENT) ||
	    ASN1_BIT_STRING_get_bit(bits, KEY_AGREEMENT);

	*any = false;
	if (exchanges && exchange >= 0 &&
	    !ASN1_BIT_STRING_set_bit(bits, exchange, 1))
		return false;
	for (bit = 0; bit < 8 * ASN1_STRING_length(bits); bit++) {
		if (!ASN1_BIT_STRING_get_bit(bits, bit))
			continue;
		if (suits(bit, ability))
			*any = true;
		else if (!ASN1_BIT_STRING_set_bit(bits, bit, 0))
			return false;
	}
	return true;
}
