#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "pki/crlhead.h"
#include "util/buf.h"

/* Bytes of the file that are read at once, and of the CRL that are kept. */
#define PART ((size_t)64 * 1024)

static const char begin[] = "-----BEGIN X509 CRL-----";

struct reading {
	int fd;
	bool peeks;               /* at the first part only */
	struct buf part;          /* of the file */
	struct buf decoded;       /* of that part, in PEM */
	struct buf head;          /* of the CRL */
	unsigned long long total; /* octets of the CRL */
};

/* False with errno.  At the end of the file part is empty. */
static bool read_part(struct reading *r)
{
	ssize_t got;

	r->part.len = 0;
	if (!buf_reserve(&r->part, PART)) {
		errno = ENOMEM;
		return false;
	}
	do {
		got =
		    read(r->fd, r->part.data + r->part.len, PART - r->part.len);
		if (got > 0)
			r->part.len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	r->part.data[r->part.len] = '\0';
	return got == 0;
}

static bool keep(struct reading *r, const void *octets, size_t len)
{
	size_t room = PART - r->head.len;

	r->total += len;
	errno = ENOMEM;
	return buf_add(&r->head, octets, len < room ? len : room);
}

/*
 * Decodes from text on, which is in part, up to the end of the base64.  False
 * with errno.
 */
static bool decode(struct reading *r, EVP_ENCODE_CTX *context, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t len = r->part.len - (size_t)(p - r->part.data);
	int added, state;

	errno = ENOMEM;
	if (context == NULL || !buf_reserve(&r->decoded, PART))
		return false;
	EVP_DecodeInit(context);
	do {
		state = EVP_DecodeUpdate(
		    context, r->decoded.data, &added, p, (int)len);
		if (added > 0 && !keep(r, r->decoded.data, (size_t)added))
			return false;
		if (state != 1 || r->peeks)
			return true;
		if (!read_part(r))
			return false;
		p = r->part.data;
		len = r->part.len;
	} while (len > 0);
	return true;
}

static bool read_pem(struct reading *r, const char *text)
{
	EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
	bool ok = decode(r, context, text);

	EVP_ENCODE_CTX_free(context);
	return ok;
}

static bool read_der(struct reading *r)
{
	struct stat sb;

	if (fstat(r->fd, &sb) != 0 || !keep(r, r->part.data, r->part.len))
		return false;
	r->total = (unsigned long long)sb.st_size;
	return true;
}

static enum crlhead_found parse(
    struct crl *out, const struct reading *r, bool is_pem)
{
	long size;

	if (!crl_parse_head(
		out, octets_in_memory(r->head.data, r->head.len), &size))
		return is_pem ? CRLHEAD_BROKEN : CRLHEAD_NONE;
	return r->total == (unsigned long long)size ? CRLHEAD_WHOLE
						    : CRLHEAD_BROKEN;
}

static enum crlhead_found find_head(struct crl *out, struct reading *r)
{
	const char *text;

	if (!read_part(r))
		return CRLHEAD_FAILED;
	text = strstr(buf_string(&r->part), begin);
	if (text != NULL) {
		if (!read_pem(r, text + strlen(begin)))
			return CRLHEAD_FAILED;
	} else if (!der_seems_cert(r->part.data, r->part.len)) {
		return CRLHEAD_NONE;
	} else if (!read_der(r)) {
		return CRLHEAD_FAILED;
	}
	return parse(out, r, text != NULL);
}

static enum crlhead_found read_head(struct crl *out, struct reading *r)
{
	enum crlhead_found found;
	int error;

	memset(out, 0, sizeof(*out));
	found = find_head(out, r);
	error = errno;
	buf_free(&r->part);
	buf_free(&r->decoded);
	buf_free(&r->head);
	errno = error;
	return found;
}

enum crlhead_found crlhead_read(struct crl *out, int fd)
{
	return read_head(out, &(struct reading){.fd = fd});
}

bool crlhead_peek(struct crl *out, int fd)
{
	read_head(out, &(struct reading){.fd = fd, .peeks = true});
	return out->issuer != NULL && out->this_update != NULL;
}

static bool has_higher_number(const struct crl *head, const struct crl *crl)
{
	ASN1_INTEGER *higher =
	    X509_CRL_get_ext_d2i(head->outline, NID_crl_number, NULL, NULL);
	ASN1_INTEGER *number =
	    X509_CRL_get_ext_d2i(crl->outline, NID_crl_number, NULL, NULL);
	bool yes = higher != NULL && number != NULL &&
	    ASN1_INTEGER_cmp(higher, number) > 0;

	ASN1_INTEGER_free(higher);
	ASN1_INTEGER_free(number);
	return yes;
}

bool crlhead_is_newer(const struct crl *head, const struct crl *crl)
{
	int days, seconds;
	bool yes = X509_NAME_cmp(head->issuer, crl->issuer) == 0 &&
	    ASN1_TIME_diff(
		&days, &seconds, crl->this_update, head->this_update) == 1;

	if (yes && days == 0 && seconds == 0)
		yes = has_higher_number(head, crl);
	else if (yes)
		yes = days > 0 || seconds > 0;
	ERR_clear_error();
	return yes;
}
