#include <openssl/objects.h>

#include "compat/openssl.h"
#include "pki/ability.h"

struct key_ability ability_of_key(const EVP_PKEY *key)
{
	int type = key != NULL ? EVP_PKEY_base_id(key) : EVP_PKEY_NONE;
	struct key_ability ability = {.type = OBJ_nid2sn(type)};

	switch (type) {
	case EVP_PKEY_RSA:
		ability.signs_requests = true;
		ability.signs_messages = true;
		ability.signs_md5 = true;
		ability.signs_pss = true;
		ability.signs_sha256 = true;
		ability.encrypts = true;
		ability.decrypts = true;
		break;
	case EVP_PKEY_EC:
		ability.signs_requests = true;
		ability.signs_messages = true;
		ability.signs_sha256 = true;
		ability.agrees = true;
		break;
	case EVP_PKEY_RSA_PSS:
	case EVP_PKEY_DSA:
		ability.signs_requests = true;
		break;
	case EVP_PKEY_ED25519:
	case EVP_PKEY_ED448:
		ability.signs_requests = true;
		ability.hashes_itself = true;
		break;
	default:
		break;
	}
	return ability;
}

bool ability_has_type(const EVP_PKEY *key, int nid)
{
	return EVP_PKEY_base_id(key) == EVP_PKEY_type(nid);
}
