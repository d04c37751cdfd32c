#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "compat/compat.h"
#include "compat/openssl.h"
#include "keys/key_name.h"
#include "keys/new_key.h"
#include "pki/ability.h"
#include "util/ascii.h"
#include "util/log.h"
#include "util/newfile.h"

/* Of PBKDF2: a fraction of a second, some seconds on a small router. */
#define ITERATIONS 200000
#define SALT_BYTES 16

struct new_key_type {
	const char *name;
	const char *algorithm; /* of keys, as libcrypto has it */
	int curve;             /* NID_undef: none */
	int bits;              /* 0: as the algorithm has it */
	const char *in_token;  /* as pkcs11-tool(1) has it; NULL: it does not */
	const char *others; /* what else it is called: new_key_find_meant() */
};

#define RSA "rsaEncryption"
#define EC  "id-ecPublicKey"

static const struct new_key_type types[] = {
    {"rsa:2048", RSA, NID_undef, 2048, "rsa:2048", " rsa rsa2048 2048 "},
    {"rsa:3072", RSA, NID_undef, 3072, "rsa:3072", " rsa3072 3072 "},
    {"rsa:4096", RSA, NID_undef, 4096, "rsa:4096", " rsa4096 4096 "},
    {"ec:P-256", EC, NID_X9_62_prime256v1, 256, "EC:prime256v1",
	" ec ecdsa p256 ecp256 ecdsap256 prime256v1 ecprime256v1 secp256r1 "
	"ecsecp256r1 "},
    {"ec:P-384", EC, NID_secp384r1, 384, "EC:secp384r1",
	" p384 ecp384 ecdsap384 secp384r1 ecsecp384r1 "},
    {"ed25519", "ED25519", NID_undef, 0, "EC:edwards25519",
	" eddsa edwards25519 eced25519 ecedwards25519 "},
    {"ml-dsa-44", "ML-DSA-44", NID_undef, 0, NULL, " mldsa44 dilithium2 "},
    {"ml-dsa-65", "ML-DSA-65", NID_undef, 0, NULL,
	" mldsa65 mldsa dilithium3 "},
    {"ml-dsa-87", "ML-DSA-87", NID_undef, 0, NULL, " mldsa87 dilithium5 "},
};

#define TYPES \
	"rsa:2048|rsa:3072|rsa:4096|ec:P-256|ec:P-384|ed25519|ml-dsa-44|" \
	"ml-dsa-65|ml-dsa-87"
const char new_key_types[] = TYPES;
const char new_key_types_or_same[] = TYPES "|" NEW_KEY_SAME;

const struct new_key_type *new_key_find_type(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT_OF(types); i++)
		if (ascii_is_same_word(types[i].name, name))
			return &types[i];
	return NULL;
}

const char *new_key_find_meant(const char *text)
{
	char word[32] = " ";
	size_t i, len = 1;

	for (; *text != '\0' && len < sizeof(word) - 2; text++)
		if (isalnum((unsigned char)*text))
			word[len++] = ascii_to_lower(*text);
	word[len] = ' ';
	for (i = 0; len > 1 && *text == '\0' && i < COUNT_OF(types); i++)
		if (strstr(types[i].others, word) != NULL)
			return types[i].name;
	return NULL;
}

/* The curve that the parameters of the algorithm name. */
static int find_curve(const X509_ALGOR *algorithm)
{
	const void *value;
	int type;

	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	return type == V_ASN1_OBJECT ? OBJ_obj2nid(value) : NID_undef;
}

bool new_key_is_of_type(EVP_PKEY *key, const struct new_key_type *type)
{
	X509_PUBKEY *public = NULL;
	int wanted = OBJ_txt2nid(type->algorithm);
	ASN1_OBJECT *object;
	X509_ALGOR *algorithm;
	bool yes;

	yes = wanted != NID_undef && X509_PUBKEY_set(&public, key) == 1 &&
	    X509_PUBKEY_get0_param(&object, NULL, NULL, &algorithm, public) &&
	    OBJ_obj2nid(object) == wanted &&
	    find_curve(algorithm) == type->curve &&
	    (type->bits == 0 || EVP_PKEY_bits(key) == type->bits);
	X509_PUBKEY_free(public);
	return yes;
}

const char *new_key_algorithm(const struct new_key_type *type)
{
	return type->algorithm;
}

const char *new_key_type_name(EVP_PKEY *key)
{
	size_t i;

	for (i = 0; i < COUNT_OF(types); i++)
		if (new_key_is_of_type(key, &types[i]))
			return types[i].name;
	return NULL;
}

/* NID_undef: it has none with a name. */
static int get_curve(EVP_PKEY *key)
{
	X509_PUBKEY *public = NULL;
	X509_ALGOR *algorithm;
	int curve = NID_undef;

	if (X509_PUBKEY_set(&public, key) == 1 &&
	    X509_PUBKEY_get0_param(NULL, NULL, NULL, &algorithm, public))
		curve = find_curve(algorithm);
	X509_PUBKEY_free(public);
	return curve;
}

const char *new_key_describe(char out[NEW_KEY_DESCRIPTION_MAX], EVP_PKEY *key)
{
	const char *type = new_key_type_name(key);
	const struct key_ability ability = ability_of_key(key);
	int curve = ability.agrees ? get_curve(key) : NID_undef;

	if (type != NULL)
		snprintf(out, NEW_KEY_DESCRIPTION_MAX, "of type %s", type);
	else if (curve != NID_undef)
		snprintf(out, NEW_KEY_DESCRIPTION_MAX, "of the curve %s",
		    OBJ_nid2sn(curve));
	else
		snprintf(out, NEW_KEY_DESCRIPTION_MAX, "%s with %d bits%s",
		    ability.type, EVP_PKEY_bits(key),
		    ability.agrees ? ", of a curve without a name" : "");
	return out;
}

static bool set_parameters(EVP_PKEY_CTX *ctx, const struct new_key_type *type)
{
	if (type->bits == 0)
		return true;
	if (type->curve == NID_undef)
		return EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, type->bits) > 0;
	return EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx, type->curve) > 0 &&
	    EVP_PKEY_CTX_set_ec_param_enc(ctx, OPENSSL_EC_NAMED_CURVE) > 0;
}

enum status new_key_generate(
    EVP_PKEY **out, const struct new_key_type *type, const char *name)
{
	EVP_PKEY_CTX *ctx = compat_new_type_context(type->algorithm);
	bool ok;

	*out = NULL;
	ok = ctx != NULL && EVP_PKEY_keygen_init(ctx) > 0 &&
	    set_parameters(ctx, type) && EVP_PKEY_keygen(ctx, out) > 0;
	EVP_PKEY_CTX_free(ctx);
	return ok ? ST_OK
		  : fail_crypto(ST_ERROR,
			"private key %s: this libcrypto or its policy makes "
			"no key of type %s",
			name, type->name);
}

static bool write_encrypted(BIO *bio, EVP_PKEY *key, const struct pass *pass)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	X509_SIG *sealed = NULL;
	bool ok;

	if (info != NULL)
		sealed = PKCS8_encrypt(-1, EVP_aes_256_cbc(), pass->text,
		    (int)strlen(pass->text), NULL, SALT_BYTES, ITERATIONS,
		    info);
	ok = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed);
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	return ok;
}

static bool add_pem(struct buf *out, EVP_PKEY *key, const struct pass *pass)
{
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = false;
	char *text;
	long len;

	if (bio != NULL &&
	    (pass->given ? write_encrypted(bio, key, pass)
			 : PEM_write_bio_PKCS8PrivateKey(
			       bio, key, NULL, NULL, 0, NULL, NULL) == 1)) {
		len = BIO_get_mem_data(bio, &text);
		ok = len > 0 && buf_add(out, text, (size_t)len);
	}
	BIO_free(bio);
	return ok;
}

enum status new_key_make(EVP_PKEY **out, const struct new_key_type *type,
    const char *name, const struct pass *pass)
{
	struct buf text = {0};
	EVP_PKEY *key;
	bool taken = false;
	enum status st = new_key_generate(&key, type, name);

	*out = NULL;
	if (st == ST_OK && !add_pem(&text, key, pass))
		st = fail_crypto(
		    ST_ERROR, "private key %s: cannot encode it", name);
	if (st == ST_OK)
		st = newfile_write(&taken, name, "private key", &text);
	if (st == ST_OK && !taken) {
		say("private key written as %s", name);
		*out = key;
		key = NULL;
	}
	EVP_PKEY_free(key);
	buf_free(&text);
	return st;
}

static bool has_scheme(const char *name, const char *scheme)
{
	return strncasecmp(name, scheme, strlen(scheme)) == 0;
}

enum status new_key_refuse_token(
    const char *name, const struct new_key_type *type, const char *engine)
{
	char shown[KEY_NAME_MAX];

	key_name_shown(shown, name);
	if (engine == NULL && !has_scheme(name, "handle:") &&
	    !has_scheme(name, "pkcs11:"))
		return fail(ST_ERROR,
		    "--new-key makes a key in a file, and %s begins as the URI "
		    "of a key in a token does (for a file of that name: ./%s)",
		    shown, shown);
	if (has_scheme(name, "handle:"))
		return fail(ST_ERROR,
		    "--new-key makes a key in a file, and %s is in a TPM: "
		    "tpm2_create and tpm2_evictcontrol make one there (see "
		    "KEYS in sscep(1))",
		    shown);
	if (type->in_token == NULL)
		return fail(ST_ERROR,
		    "--new-key makes a key in a file, and %s is in %s, whose "
		    "own tool makes a key of type %s",
		    shown, engine != NULL ? "an engine" : "a token",
		    type->name);
	return fail(ST_ERROR,
	    "--new-key makes a key in a file, and %s is in %s: pkcs11-tool "
	    "--module MODULE --login --keypairgen --key-type %s --label NAME "
	    "makes one there (see KEYS in sscep(1))",
	    shown, engine != NULL ? "an engine" : "a token", type->in_token);
}
