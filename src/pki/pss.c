#include <limits.h>

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "pki/pss.h"

/* The defaults of RFC 4055, 3.1. */
#define SALT_LENGTH_DEFAULT 20
#define TRAILER_FIELD       1

/* NULL if the parameters of the algorithm are absent, or something else. */
static RSA_PSS_PARAMS *parse_parameters(const X509_ALGOR *algorithm)
{
	const void *value;
	int type;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	if (type != V_ASN1_SEQUENCE)
		return NULL;
	return ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
}

/* The default of each hash function is SHA-1. */
static int get_hash(const X509_ALGOR *algorithm)
{
	const ASN1_OBJECT *name;

	if (algorithm == NULL)
		return NID_sha1;
	X509_ALGOR_get0(&name, NULL, NULL, algorithm);
	return OBJ_obj2nid(name);
}

/* The hash function of MGF1, which is the only known mask generation function. */
static int get_mask_hash(const X509_ALGOR *mask)
{
	const ASN1_OBJECT *name;
	X509_ALGOR *hash = NULL;
	const void *value;
	int type, nid = NID_undef;

	if (mask == NULL)
		return NID_sha1;
	X509_ALGOR_get0(&name, &type, &value, mask);
	if (OBJ_obj2nid(name) == NID_mgf1 && type == V_ASN1_SEQUENCE)
		hash = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
	if (hash != NULL)
		nid = get_hash(hash);
	X509_ALGOR_free(hash);
	return nid;
}

/* -1 if it is below 0 or does not fit. */
static int get_number(const ASN1_INTEGER *number, int if_absent)
{
	long value;

	if (number == NULL)
		return if_absent;
	value = ASN1_INTEGER_get(number);
	return value < 0 || value > INT_MAX ? -1 : (int)value;
}

int pss_get_digest(const X509_ALGOR *algorithm)
{
	RSA_PSS_PARAMS *parameters;
	int nid = NID_undef;

	ERR_set_mark();
	parameters = parse_parameters(algorithm);
	ERR_pop_to_mark();
	if (parameters != NULL)
		nid = get_hash(parameters->hashAlgorithm);
	RSA_PSS_PARAMS_free(parameters);
	return nid;
}

bool pss_init_verify(
    EVP_MD_CTX *context, const X509_ALGOR *algorithm, EVP_PKEY *key)
{
	RSA_PSS_PARAMS *parameters = parse_parameters(algorithm);
	const EVP_MD *digest, *mask;
	EVP_PKEY_CTX *settings;
	int salt_len;
	bool ok;

	if (parameters == NULL)
		return false;
	digest = EVP_get_digestbynid(get_hash(parameters->hashAlgorithm));
	mask = EVP_get_digestbynid(get_mask_hash(parameters->maskGenAlgorithm));
	salt_len = get_number(parameters->saltLength, SALT_LENGTH_DEFAULT);
	ok = digest != NULL && mask != NULL && salt_len >= 0 &&
	    get_number(parameters->trailerField, TRAILER_FIELD) ==
		TRAILER_FIELD &&
	    EVP_DigestVerifyInit(context, &settings, digest, NULL, key) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt_len) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(settings, mask) > 0;
	RSA_PSS_PARAMS_free(parameters);
	return ok;
}
