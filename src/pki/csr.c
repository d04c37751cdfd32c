#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "compat/memory.h"
#include "compat/openssl.h"
#include "compat/provider.h"
#include "pki/ability.h"
#include "pki/algs.h"
#include "pki/csr.h"
#include "pki/curve.h"
#include "util/file.h"
#include "util/log.h"

/* Valid for a server whose clock is an hour slow, and while polling lasts. */
#define SELF_SIGNED_BEFORE (-3600)
#define SELF_SIGNED_DAYS   365

#define SERIAL_BYTES 20

#define STRENGTH_MIN 112 /* bits, NIST SP 800-57 part 1, 5.6.3 */

static X509_REQ *parse_csr(const struct buf *file)
{
	const unsigned char *p = file->data;
	X509_REQ *csr;
	BIO *bio;

	if (file->data[0] == (V_ASN1_SEQUENCE | 0x20)) {
		csr = d2i_X509_REQ(NULL, &p, (long)file->len);
		if (csr != NULL && p == file->data + file->len)
			return csr;
		X509_REQ_free(csr);
		return NULL;
	}
	if ((bio = BIO_new_mem_buf(file->data, (int)file->len)) == NULL)
		return NULL;
	csr = PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return csr;
}

/* The curve that the parameters of the key name; NULL: none. */
static const ASN1_OBJECT *get_curve(X509_REQ *csr)
{
	X509_ALGOR *algorithm;
	const void *value;
	int type;

	if (!X509_PUBKEY_get0_param(
		NULL, NULL, NULL, &algorithm, compat_get_public_key(csr)))
		return NULL;
	X509_ALGOR_get0(NULL, &type, &value, algorithm);
	return type == V_ASN1_OBJECT ? value : NULL;
}

static enum status check_curve(X509_REQ *csr, const char *path)
{
	if (!ability_of_key(X509_REQ_get0_pubkey(csr)).agrees ||
	    get_curve(csr) != NULL)
		return ST_OK;
	return fail(ST_FILE,
	    "request %s: its EC key has the parameters of a curve instead of "
	    "its name (RFC 5480, 2.1.1): make another key",
	    path);
}

static enum status fail_public_key(X509_REQ *csr, const char *path)
{
	const struct key_ability ability =
	    ability_of_public(compat_get_public_key(csr));
	char lack[ABILITY_LACK_MAX];

	return ability.since != NULL
	    ? fail(ST_FILE, "request %s: its key is %s", path,
		  ability_describe_lack(lack, &ability))
	    : fail_crypto(
		  ST_FILE, "request %s: its public key cannot be used", path);
}

/*
 * RFC 2986, 4.2: the request is signed with the private key of its subject.  If
 * the policy of libcrypto forbids the digest, the message says that.
 */
enum status csr_check(X509_REQ *csr, const char *path)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
	const X509_ALGOR *algorithm;
	const char *refused;

	if (key == NULL)
		return fail_public_key(csr, path);
	if (X509_REQ_verify(csr, key) == 1)
		return check_curve(csr, path);
	X509_REQ_get0_signature(csr, NULL, &algorithm);
	refused = algs_refused_digest(algs_signature_digest(algorithm), key);
	if (refused != NULL)
		return fail(ST_FILE,
		    "request %s: signed with %s, which the policy of this "
		    "libcrypto forbids; sign it again with another digest",
		    path, refused);
	return fail_crypto(ST_FILE,
	    "request %s: its signature does not verify with its own key", path);
}

enum status csr_read(X509_REQ **out, const char *path)
{
	struct buf file = {0};
	X509_REQ *csr = NULL;
	enum status st;

	if ((st = file_read(&file, path, "request")) != ST_OK)
		return st;

	if ((csr = parse_csr(&file)) == NULL) {
		st = fail_crypto(ST_FILE,
		    "request %s: not a certificate request (PKCS#10) in PEM "
		    "or DER",
		    path);
	} else if ((st = csr_check(csr, path)) == ST_OK) {
		*out = csr;
		csr = NULL;
	}
	X509_REQ_free(csr);
	buf_free(&file);
	return st;
}

void csr_warn_of_key(X509_REQ *csr, const char *path)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
	const ASN1_OBJECT *curve = get_curve(csr);
	int strength = EVP_PKEY_security_bits(key);

	if (strength > 0 && strength < STRENGTH_MIN)
		warn(WARN_WEAK_KEY,
		    "request %s: its key, %s of %d bits, is weak: expected RSA "
		    "of 2048 bits, or EC of 256 (NIST SP 800-57), and the CA "
		    "may refuse it",
		    path, ability_of_key(key).type, EVP_PKEY_bits(key));
	else if (curve != NULL && !curve_is_usual(OBJ_obj2nid(curve)))
		warn(WARN_WEAK_KEY,
		    "request %s: its key is on the curve %s, and the CA may "
		    "refuse it: expected P-256, P-384, P-521 or Brainpool",
		    path, OBJ_nid2sn(OBJ_obj2nid(curve)));
}

bool csr_has_key(X509_REQ *csr, EVP_PKEY *key)
{
	bool yes = X509_REQ_check_private_key(csr, key) == 1;

	ERR_clear_error();
	return yes;
}

enum status csr_add_challenge(struct buf *out, X509_REQ *csr)
{
	int at = X509_REQ_get_attr_by_NID(csr, NID_pkcs9_challengePassword, -1);
	const ASN1_TYPE *value;
	const ASN1_STRING *text;

	if (at < 0)
		return ST_OK;
	value = X509_ATTRIBUTE_get0_type(X509_REQ_get_attr(csr, at), 0);
	if (value == NULL ||
	    (value->type != V_ASN1_PRINTABLESTRING &&
		value->type != V_ASN1_UTF8STRING &&
		value->type != V_ASN1_IA5STRING &&
		value->type != V_ASN1_T61STRING))
		return ST_OK;
	text = value->value.asn1_string;
	if (!buf_add(out, ASN1_STRING_get0_data(text),
		(size_t)ASN1_STRING_length(text)))
		return fail_memory();
	return ST_OK;
}

static bool copy_altnames(X509_REQ *to, X509_REQ *from)
{
	STACK_OF(X509_EXTENSION) *all = X509_REQ_get_extensions(from);
	STACK_OF(X509_EXTENSION) *some = sk_X509_EXTENSION_new_null();
	int at = X509v3_get_ext_by_NID(all, NID_subject_alt_name, -1);
	bool ok = some != NULL;

	if (ok && at >= 0)
		ok = sk_X509_EXTENSION_push(
			 some, sk_X509_EXTENSION_value(all, at)) &&
		    X509_REQ_add_extensions(to, some);
	sk_X509_EXTENSION_free(some);
	sk_X509_EXTENSION_pop_free(all, X509_EXTENSION_free);
	return ok;
}

enum status csr_strip(X509_REQ **csr)
{
	X509_REQ *bare = X509_REQ_new();

	if (bare == NULL ||
	    !X509_REQ_set_subject_name(bare, X509_REQ_get_subject_name(*csr)) ||
	    !copy_altnames(bare, *csr)) {
		X509_REQ_free(bare);
		return fail_crypto(ST_ERROR, "cannot copy the request");
	}
	X509_REQ_free(*csr);
	*csr = bare;
	ERR_clear_error();
	return ST_OK;
}

static bool digest_public_key(unsigned char digest[EVP_MAX_MD_SIZE],
    unsigned int *len, X509_REQ *csr, const EVP_MD *md)
{
	unsigned char *der = NULL;
	int der_len = compat_i2d_public_key(compat_get_public_key(csr), &der);
	bool ok = der_len > 0 &&
	    EVP_Digest(der, (size_t)der_len, digest, len, md, NULL);

	OPENSSL_free(der);
	return ok;
}

enum status csr_add_transaction_id(struct buf *out, X509_REQ *csr)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int i, len;
	const EVP_MD *md;
	enum status st;

	if ((st = algs_get_id_digest(&md)) != ST_OK)
		return st;
	if (!digest_public_key(digest, &len, csr, md))
		return fail_crypto(ST_ERROR, "cannot make the transactionID");
	for (i = 0; i < len; i++)
		if (!buf_addf(out, "%02X", digest[i]))
			return fail_memory();
	return ST_OK;
}

/*
 * RFC 5280, 4.1.2.2: a positive number of at most 20 octets.  It is made from
 * the public key: a process that resumes then signs with the same issuer and
 * serial number, which the server may have stored.
 */
static bool set_serial(X509 *cert, X509_REQ *csr)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;
	BIGNUM *number;
	bool ok;

	if (!digest_public_key(digest, &len, csr, EVP_sha256()))
		return false;
	digest[0] = (unsigned char)((digest[0] & 0x7f) | 0x40);
	number = BN_bin2bn(digest, SERIAL_BYTES, NULL);
	ok = number != NULL &&
	    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL;
	BN_free(number);
	return ok;
}

/* RFC 8894, 2.3: digitalSignature, and keyEncipherment if available. */
static bool add_key_usage(X509 *cert, EVP_PKEY *key)
{
	const char *usage = ability_of_key(key).encrypts
	    ? "critical,digitalSignature,keyEncipherment"
	    : "critical,digitalSignature";
	X509_EXTENSION *extension =
	    X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);
	bool ok = extension != NULL && X509_add_ext(cert, extension, -1);

	X509_EXTENSION_free(extension);
	return ok;
}

static X509 *copy_by_der(X509 *cert)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int len = i2d_X509(cert, &der);
	X509 *again = NULL;

	if (len > 0) {
		p = der;
		again = d2i_X509(NULL, &p, len);
	}
	OPENSSL_free(der);
	return again;
}

/*
 * Copies the SubjectPublicKeyInfo as it is.  X509_set_pubkey() encodes the key
 * and decodes it again, which costs as much as a signature; it is needed only
 * where the parameters are neither absent nor NULL nor the name of a curve.
 */
static bool copy_public_key(X509 *cert, X509_REQ *csr)
{
	const ASN1_OBJECT *type;
	ASN1_OBJECT *type_copy, *curve = NULL;
	const unsigned char *bits;
	unsigned char *bits_copy;
	X509_ALGOR *algor;
	const void *value;
	int len, kind;

	if (!X509_PUBKEY_get0_param(
		NULL, &bits, &len, &algor, compat_get_public_key(csr)))
		return false;
	X509_ALGOR_get0(&type, &kind, &value, algor);
	if (kind != V_ASN1_UNDEF && kind != V_ASN1_NULL &&
	    kind != V_ASN1_OBJECT)
		return X509_set_pubkey(cert, X509_REQ_get0_pubkey(csr)) == 1;

	type_copy = OBJ_dup(type);
	bits_copy = compat_memdup(bits, (size_t)len);
	if (kind == V_ASN1_OBJECT)
		curve = OBJ_dup(value);
	if (type_copy != NULL && bits_copy != NULL &&
	    (curve != NULL || kind != V_ASN1_OBJECT) &&
	    X509_PUBKEY_set0_param(compat_own_public_key(cert), type_copy, kind,
		curve, bits_copy, len))
		return true;
	ASN1_OBJECT_free(type_copy);
	ASN1_OBJECT_free(curve);
	OPENSSL_free(bits_copy);
	return false;
}

/*
 * An RSA key that is made of the bytes, and not by a decoder, is encoded at
 * once; the certificate then has its public key without being decoded again.
 */
static void attach_rsa_key(X509 *cert, X509_REQ *csr)
{
	EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
	const ASN1_OBJECT *type;
	const unsigned char *bits;
	X509_ALGOR *algor;
	int len;

	if (!ability_of_key(key).encrypts ||
	    !X509_PUBKEY_get0_param(
		NULL, &bits, &len, &algor, compat_get_public_key(csr)))
		return;
	X509_ALGOR_get0(&type, NULL, NULL, algor);
	key = d2i_PublicKey(OBJ_obj2nid(type), NULL, &bits, len);
	if (key != NULL)
		X509_set_pubkey(cert, key);
	EVP_PKEY_free(key);
}

/*
 * The certificate as others are that are read: with its public key, and
 * independent of the provider of a token.
 */
static X509 *finish_cert(X509 *cert, const char *query)
{
	bool ready = query == NULL && X509_get0_pubkey(cert) != NULL;

	ERR_clear_error();
	if (!ready)
		return copy_by_der(cert);
	X509_up_ref(cert);
	return cert;
}

enum status csr_make_self_signed(
    X509 **out, X509_REQ *csr, EVP_PKEY *key, const EVP_MD *md)
{
	char buf[COMPAT_QUERY_MAX];
	const char *query = compat_key_query(buf, key);
	X509 *cert = compat_new_x509(query);
	bool whole = ability_of_key(key).hashes_itself;
	enum status st = ST_OK;

	if (cert != NULL)
		attach_rsa_key(cert, csr);
	if (cert == NULL || !X509_set_version(cert, 2) ||
	    !set_serial(cert, csr) ||
	    !X509_set_subject_name(cert, X509_REQ_get_subject_name(csr)) ||
	    !X509_set_issuer_name(cert, X509_REQ_get_subject_name(csr)) ||
	    !copy_public_key(cert, csr) ||
	    !X509_gmtime_adj(X509_getm_notBefore(cert), SELF_SIGNED_BEFORE) ||
	    !X509_time_adj_ex(
		X509_getm_notAfter(cert), SELF_SIGNED_DAYS, 0, NULL) ||
	    !add_key_usage(cert, key))
		st = fail_crypto(
		    ST_SELFSIGNED, "cannot make the self-signed certificate");
	else if (!X509_sign(cert, key, whole ? NULL : md))
		st = fail_crypto(ST_SELFSIGNED,
		    "cannot make the self-signed certificate with %s (-S "
		    "chooses)",
		    OBJ_nid2ln(EVP_MD_type(md)));
	else if ((*out = finish_cert(cert, query)) == NULL)
		st = fail_memory();
	X509_free(cert);
	return st;
}
