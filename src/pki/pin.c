#include <string.h>

#include <openssl/crypto.h>

#include "pki/algs.h"
#include "pki/cert.h"
#include "pki/path.h"
#include "pki/pin.h"
#include "util/log.h"

/* What is left of a pin, in bytes, and the digest that has so many. */
struct pin {
	unsigned char bytes[EVP_MAX_MD_SIZE];
	size_t len;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *digest_name(size_t len)
{
	switch (len) {
	case 16:
		return "md5";
	case 20:
		return "sha1";
	case 32:
		return "sha256";
	case 64:
		return "sha512";
	default:
		return NULL;
	}
}

static bool parse(struct pin *pin, const char *text)
{
	size_t digits = 0;
	int digit;

	memset(pin, 0, sizeof(*pin));
	for (; *text != '\0'; text++) {
		if (strchr(": \t", *text) != NULL)
			continue;
		digit = hex_digit(*text);
		if (digit < 0 || digits / 2 == sizeof(pin->bytes))
			return false;
		pin->bytes[digits / 2] =
		    (unsigned char)(pin->bytes[digits / 2] << 4 | digit);
		digits++;
	}
	pin->len = digits / 2;
	return digits % 2 == 0 && digest_name(pin->len) != NULL;
}

bool pin_is_valid(const char *text)
{
	struct pin pin;

	return parse(&pin, text);
}

static bool matches(X509 *cert, const struct pin *pin, const EVP_MD *md)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int len;

	return X509_digest(cert, md, digest, &len) && len == pin->len &&
	    CRYPTO_memcmp(digest, pin->bytes, len) == 0;
}

static STACK_OF(X509) *find_pinned(
    STACK_OF(X509) *certs, const struct pin *pin, const EVP_MD *md)
{
	STACK_OF(X509) *pinned = sk_X509_new_null();
	X509 *cert;
	int i;

	for (i = 0; pinned != NULL && i < sk_X509_num(certs); i++) {
		cert = sk_X509_value(certs, i);
		if (matches(cert, pin, md) && !cert_push(pinned, cert)) {
			cert_stack_free(pinned);
			return NULL;
		}
	}
	return pinned;
}

/* Whether cert is one of pinned, or verifies against them. */
static bool is_vouched_for(
    X509 *cert, STACK_OF(X509) *pinned, STACK_OF(X509) *certs)
{
	const char *reason;
	int i;

	for (i = 0; i < sk_X509_num(pinned); i++)
		if (X509_cmp(sk_X509_value(pinned, i), cert) == 0)
			return true;
	return path_verify_below(pinned, cert, certs, &reason) == PATH_VERIFIED;
}

static void take_out_others(STACK_OF(X509) *certs, STACK_OF(X509) *pinned)
{
	struct buf name = {0};
	X509 *cert;
	int i;

	for (i = sk_X509_num(certs) - 1; i >= 0; i--) {
		cert = sk_X509_value(certs, i);
		if (is_vouched_for(cert, pinned, certs))
			continue;
		warn("not-pinned",
		    "CA certificate %s is left out: --ca-fingerprint does not "
		    "vouch for it (pin the root)",
		    cert_name_text(&name, X509_get_subject_name(cert)));
		X509_free(sk_X509_delete(certs, i));
	}
	buf_free(&name);
}

static enum status apply(
    STACK_OF(X509) *certs, X509 *extra, STACK_OF(X509) *pinned)
{
	if (extra != NULL && !is_vouched_for(extra, pinned, certs))
		return fail(ST_REPLY,
		    "encryption certificate: --ca-fingerprint does not vouch "
		    "for it");
	take_out_others(certs, pinned);
	return ST_OK;
}

enum status pin_apply(STACK_OF(X509) *certs, X509 *extra, const char *text)
{
	STACK_OF(X509) *pinned = NULL;
	const EVP_MD *md;
	struct pin pin;
	enum status st;

	if (!parse(&pin, text))
		return fail(ST_ERROR, "--ca-fingerprint: not a fingerprint");
	if (!algs_digest_works(digest_name(pin.len)))
		return fail(ST_ERROR,
		    "--ca-fingerprint: it is made with %s, which the policy of "
		    "this libcrypto forbids; give the one made with sha256",
		    digest_name(pin.len));
	if ((st = algs_get_digest(&md, digest_name(pin.len))) != ST_OK)
		return st;
	if ((pinned = find_pinned(certs, &pin, md)) == NULL)
		st = fail_memory();
	else if (sk_X509_num(pinned) == 0)
		st = fail(ST_REPLY,
		    "none of the %d CA certificate(s) has the %s fingerprint "
		    "of --ca-fingerprint",
		    sk_X509_num(certs), digest_name(pin.len));
	else
		st = apply(certs, extra, pinned);
	cert_stack_free(pinned);
	return st;
}
