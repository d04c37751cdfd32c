#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "common.h"
#include "der.h"
#include "floor.h"

static EVP_PKEY *make_key(
    const char *type, int selection, OSSL_PARAM_BLD *numbers)
{
	OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(numbers);
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	ok(EVP_PKEY_fromdata_init(context), type);
	ok(EVP_PKEY_fromdata(context, &key, selection, params), type);
	EVP_PKEY_CTX_free(context);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(numbers);
	return key;
}

static BIGNUM *number(struct der der)
{
	BIGNUM *bn = BN_bin2bn(der_in(der), (int)der.len, NULL);

	need(bn != NULL, "a number");
	return bn;
}

static EVP_PKEY *make_ec_key(struct der der)
{
	OSSL_PARAM_BLD *numbers = OSSL_PARAM_BLD_new();
	struct der point = der_find(der, "3.0");

	OSSL_PARAM_BLD_push_utf8_string(
	    numbers, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
	OSSL_PARAM_BLD_push_BN(
	    numbers, OSSL_PKEY_PARAM_PRIV_KEY, number(der_find(der, "1")));
	OSSL_PARAM_BLD_push_octet_string(
	    numbers, OSSL_PKEY_PARAM_PUB_KEY, der_in(point) + 1, point.len - 1);
	return make_key("EC", EVP_PKEY_KEYPAIR, numbers);
}

EVP_PKEY *key_read(const char *name, bool is_private)
{
	static const char *const names[] = {OSSL_PKEY_PARAM_RSA_N,
	    OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
	    OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
	    OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
	    OSSL_PKEY_PARAM_RSA_COEFFICIENT1};
	struct der der = der_at(read_file(name).data), part;
	OSSL_PARAM_BLD *numbers;
	size_t i, count = is_private ? 8 : 2;

	if (is_private && der_find(der, "1").tag == 0x04)
		return make_ec_key(der);
	numbers = OSSL_PARAM_BLD_new();
	part = der_at(der_in(der));
	if (is_private)
		part = der_at(der_end(part));
	for (i = 0; i < count; i++, part = der_at(der_end(part)))
		OSSL_PARAM_BLD_push_BN(numbers, names[i], number(part));
	return make_key("RSA",
	    is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, numbers);
}

EVP_PKEY_CTX *key_use(EVP_PKEY *key, int (*init)(EVP_PKEY_CTX *context))
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);

	ok(init(context), "a key");
	return context;
}
