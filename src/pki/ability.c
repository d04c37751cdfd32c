#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "compat/openssl.h"
#include "pki/ability.h"

/* RFC 8419, 3.1 and RFC 9882, 3.3: the digests that are there for all. */
#define ED25519_DIGEST .digest = "sha512", .clause = "RFC 8419, 3.1"
#define ML_DSA_DIGEST  .digest = "sha512", .clause = "RFC 9882, 3.3"

#define ML_DSA(name) \
	.type = (name), .signs_requests = true, .hashes_itself = true, \
	.signs_messages = true, ML_DSA_DIGEST, .since = "OpenSSL 3.5"
#define ML_KEM(name) \
	.type = (name), .encapsulates = true, .since = "OpenSSL 3.6"

/*
 * Types that older headers have no NID for are found by the name of the type, or
 * by their OIDs: those of NIST, and of RFC 8410.
 */
static const struct {
	int id; /* EVP_PKEY_NONE: the type has a name only */
	const char *oid;
	struct key_ability ability;
} types[] = {
    {EVP_PKEY_RSA, "1.2.840.113549.1.1.1",
	{
	    .type = "rsaEncryption",
	    .signs_requests = true,
	    .signs_messages = true,
	    .signs_md5 = true,
	    .signs_pss = true,
	    .signs_sha256 = true,
	    .encrypts = true,
	    .decrypts = true,
	}},
    {EVP_PKEY_EC, "1.2.840.10045.2.1",
	{
	    .type = "id-ecPublicKey",
	    .signs_requests = true,
	    .signs_messages = true,
	    .signs_sha256 = true,
	    .agrees = true,
	}},
    {EVP_PKEY_RSA_PSS, "1.2.840.113549.1.1.10",
	{.type = "RSASSA-PSS", .signs_requests = true}},
    {EVP_PKEY_DSA, "1.2.840.10040.4.1",
	{.type = "DSA", .signs_requests = true}},
    {EVP_PKEY_ED25519, "1.3.101.112",
	{
	    .type = "ED25519",
	    .signs_requests = true,
	    .hashes_itself = true,
	    .signs_messages = true,
	    ED25519_DIGEST,
	    .since = "OpenSSL 3.5",
	}},
    /* No libcrypto has id-shake256-len, which RFC 8419, 3.1 demands. */
    {EVP_PKEY_ED448, "1.3.101.113",
	{.type = "ED448", .signs_requests = true, .hashes_itself = true}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.3.17", {ML_DSA("ML-DSA-44")}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.3.18", {ML_DSA("ML-DSA-65")}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.3.19", {ML_DSA("ML-DSA-87")}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.4.1", {ML_KEM("ML-KEM-512")}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.4.2", {ML_KEM("ML-KEM-768")}},
    {EVP_PKEY_NONE, "2.16.840.1.101.3.4.4.3", {ML_KEM("ML-KEM-1024")}},
};

static struct key_ability unknown(const char *name)
{
	return (struct key_ability){.type = name};
}

struct key_ability ability_of_type(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(types); i++)
		if (strcmp(types[i].ability.type, name) == 0)
			return types[i].ability;
	return unknown(name);
}

struct key_ability ability_of_key(const EVP_PKEY *key)
{
	int id = key != NULL ? EVP_PKEY_base_id(key) : EVP_PKEY_NONE;
	const char *name = key != NULL ? compat_key_type(key) : NULL;
	size_t i;

	for (i = 0; i < COUNT_OF(types); i++)
		if (types[i].id != EVP_PKEY_NONE ? types[i].id == id
						 : name != NULL &&
			    strcmp(types[i].ability.type, name) == 0)
			return types[i].ability;
	return unknown(id <= 0 && name != NULL ? name : OBJ_nid2sn(id));
}

struct key_ability ability_of_algorithm(const ASN1_OBJECT *algorithm)
{
	static char oid[80];
	int nid = OBJ_obj2nid(algorithm);
	size_t i;

	oid[0] = '\0';
	OBJ_obj2txt(oid, sizeof(oid), algorithm, 1);
	for (i = 0; i < COUNT_OF(types); i++)
		if (strcmp(types[i].oid, oid) == 0)
			return types[i].ability;
	return unknown(nid != NID_undef ? OBJ_nid2sn(nid) : oid);
}

struct key_ability ability_of_public(X509_PUBKEY *public)
{
	ASN1_OBJECT *algorithm;

	X509_PUBKEY_get0_param(&algorithm, NULL, NULL, NULL, public);
	return ability_of_algorithm(algorithm);
}

struct key_ability ability_of_cert(X509 *cert)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);

	return key != NULL ? ability_of_key(key)
			   : ability_of_public(compat_own_public_key(cert));
}

bool ability_is_recipient(const struct key_ability *ability)
{
	return ability->encrypts || ability->encapsulates;
}

bool ability_only_signs(const struct key_ability *ability)
{
	return ability->signs_messages && !ability->decrypts &&
	    !ability->agrees;
}

bool ability_has_type(const EVP_PKEY *key, int nid)
{
	return EVP_PKEY_base_id(key) == EVP_PKEY_type(nid);
}

/* The version is without the date that follows it. */
const char *ability_describe_lack(
    char out[ABILITY_LACK_MAX], const struct key_ability *ability)
{
	const char *libcrypto = OpenSSL_version(OPENSSL_VERSION);
	const char *since = ability->since;
	size_t len = strcspn(libcrypto, " ");

	if (libcrypto[len] == ' ')
		len += 1 + strcspn(libcrypto + len + 1, " ");
	snprintf(out, ABILITY_LACK_MAX,
	    "%s, which this libcrypto (%.*s) cannot use in messages%s%s%s",
	    ability->type, (int)len, libcrypto, since != NULL ? " (" : "",
	    since != NULL ? since : "", since != NULL ? " can)" : "");
	return out;
}
