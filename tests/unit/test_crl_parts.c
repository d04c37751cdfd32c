/* Unit test of src/pki/crl.c and src/pki/revoked.c: parts that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/x509.h>

#include "fixtures.h"
#include "pki/crl.h"
#include "util/log.h"

/* The fields of a CRL, in their order; ENTRY is between two good ones. */
enum field {
	VERSION,
	ALGORITHM,
	ISSUER,
	THIS_UPDATE,
	NEXT_UPDATE,
	ENTRY,
	REVOKED, /* in place of all entries */
	EXTENSIONS,
	AFTER_TBS, /* the last in tbsCertList */
	OUTER,
	SIGNATURE,
	AFTER_CRL, /* the last in CertificateList */
	FIELDS
};

struct text {
	const char *bytes;
	size_t len;
};

#define T(bytes) \
	{ \
		bytes, sizeof(bytes) - 1 \
	}

#define UTC \
	"\x17\x0d" \
	"260101000000Z"
#define UTC_TIME \
	"\x18\x0f" \
	"20500101000000Z"
#define REASON  "\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01"
#define PLAIN   "\x30\x12\x02\x01\x01" UTC
#define RSA_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"

/* clang-format off */
static const struct text good[FIELDS] = {
	[VERSION]     = T("\x02\x01\x01"),
	[ALGORITHM]   = T("\x30\x0d" RSA_OID "\x05\x00"),
	[ISSUER]      = T("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03"
			  "\x0c\x01" "A"),
	[THIS_UPDATE] = T(UTC),
	[NEXT_UPDATE] = T(UTC),
	[ENTRY]       = T("\x30\x21\x02\x02\x00\x80" UTC "\x30\x0c" REASON),
	[EXTENSIONS]  = T("\xa0\x0e\x30\x0c\x30\x0a\x06\x03\x55\x1d\x14"
			  "\x04\x03\x02\x01\x01"),
	[OUTER]       = T("\x30\x0d" RSA_OID "\x05\x00"),
	[SIGNATURE]   = T("\x03\x03\x00\x01\x02"),
};

static const struct sample {
	const char *what;
	enum field field;
	struct text text;
} samples[] = {
	{.what = "all is good", .field = AFTER_CRL, .text = T("")},
	{.what = "no version", .field = VERSION, .text = T("")},
	{.what = "version 1", .field = VERSION, .text = T("\x02\x01\x00")},
	{.what = "version 7", .field = VERSION, .text = T("\x02\x01\x06")},
	{.what = "a version below 0", .field = VERSION,
	 .text = T("\x02\x01\xff")},
	{.what = "an empty version", .field = VERSION, .text = T("\x02\x00")},
	{.what = "a version with a padding", .field = VERSION,
	 .text = T("\x02\x02\x00\x01")},
	{.what = "a version that is ENUMERATED", .field = VERSION,
	 .text = T("\x0a\x01\x01")},
	{.what = "two versions", .field = VERSION,
	 .text = T("\x02\x01\x01\x02\x01\x01")},
	{.what = "no algorithm", .field = ALGORITHM, .text = T("")},
	{.what = "an empty algorithm", .field = ALGORITHM,
	 .text = T("\x30\x00")},
	{.what = "an algorithm that is a SET", .field = ALGORITHM,
	 .text = T("\x31\x0d" RSA_OID "\x05\x00")},
	{.what = "an algorithm with two parameters", .field = ALGORITHM,
	 .text = T("\x30\x0f" RSA_OID "\x05\x00\x05\x00")},
	{.what = "an algorithm that is primitive", .field = ALGORITHM,
	 .text = T("\x10\x0d" RSA_OID "\x05\x00")},
	{.what = "no issuer", .field = ISSUER, .text = T("")},
	{.what = "an empty issuer", .field = ISSUER, .text = T("\x30\x00")},
	{.what = "an issuer of something else", .field = ISSUER,
	 .text = T("\x30\x02\x05\x00")},
	{.what = "an issuer without a value", .field = ISSUER,
	 .text = T("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03")},
	{.what = "no time", .field = THIS_UPDATE, .text = T("")},
	{.what = "two more times", .field = THIS_UPDATE, .text = T(UTC UTC)},
	{.what = "a GeneralizedTime", .field = THIS_UPDATE,
	 .text = T(UTC_TIME)},
	{.what = "an empty time", .field = THIS_UPDATE, .text = T("\x17\x00")},
	{.what = "a time without seconds", .field = THIS_UPDATE,
	 .text = T("\x17\x0b" "2601010000Z")},
	{.what = "a time that is constructed", .field = THIS_UPDATE,
	 .text = T("\x37\x0f\x04\x0d" "260101000000Z")},
	{.what = "a time that is a string", .field = THIS_UPDATE,
	 .text = T("\x13\x0d" "260101000000Z")},
	{.what = "no nextUpdate", .field = NEXT_UPDATE, .text = T("")},
	{.what = "nextUpdate that is NULL", .field = NEXT_UPDATE,
	 .text = T("\x05\x00")},

	{.what = "no revokedCertificates", .field = REVOKED, .text = T("")},
	{.what = "no entries", .field = REVOKED, .text = T("\x30\x00")},
	{.what = "revokedCertificates twice", .field = REVOKED,
	 .text = T("\x30\x00\x30\x00")},
	{.what = "revokedCertificates that is a SET", .field = REVOKED,
	 .text = T("\x31\x14" PLAIN)},
	{.what = "revokedCertificates that is an OCTET STRING",
	 .field = REVOKED, .text = T("\x04\x14" PLAIN)},
	{.what = "revokedCertificates that is an entry", .field = REVOKED,
	 .text = T(PLAIN)},
	{.what = "revokedCertificates that is primitive", .field = REVOKED,
	 .text = T("\x10\x14" PLAIN)},
	{.what = "revokedCertificates with a long length", .field = REVOKED,
	 .text = T("\x30\x84\x00\x00\x00\x14" PLAIN)},
	{.what = "revokedCertificates without an end", .field = REVOKED,
	 .text = T("\x30\x80" PLAIN "\x00\x00")},

	{.what = "an entry like others", .field = ENTRY, .text = T(PLAIN)},
	{.what = "an entry of a later time", .field = ENTRY,
	 .text = T("\x30\x14\x02\x01\x01" UTC_TIME)},
	{.what = "an entry that is NULL", .field = ENTRY,
	 .text = T("\x05\x00")},
	{.what = "an entry that is a SET", .field = ENTRY,
	 .text = T("\x31\x12\x02\x01\x01" UTC)},
	{.what = "an entry that is primitive", .field = ENTRY,
	 .text = T("\x10\x12\x02\x01\x01" UTC)},
	{.what = "an entry without an end", .field = ENTRY,
	 .text = T("\x30\x80\x02\x01\x01" UTC "\x00\x00")},
	{.what = "an entry with a long length", .field = ENTRY,
	 .text = T("\x30\x81\x12\x02\x01\x01" UTC)},
	{.what = "an entry with a longer length", .field = ENTRY,
	 .text = T("\x30\x85\x00\x00\x00\x00\x12\x02\x01\x01" UTC)},
	{.what = "an entry that ends too late", .field = ENTRY,
	 .text = T("\x30\x7f\x02\x01\x01" UTC)},
	{.what = "an entry that ends too early", .field = ENTRY,
	 .text = T("\x30\x11\x02\x01\x01" UTC)},
	{.what = "a lone octet", .field = ENTRY, .text = T("\x30")},
	{.what = "end-of-contents", .field = ENTRY, .text = T("\x00\x00")},
	{.what = "an empty entry", .field = ENTRY, .text = T("\x30\x00")},
	{.what = "an entry without a date", .field = ENTRY,
	 .text = T("\x30\x03\x02\x01\x01")},
	{.what = "an entry without a serial number", .field = ENTRY,
	 .text = T("\x30\x0f" UTC)},
	{.what = "an entry the wrong way round", .field = ENTRY,
	 .text = T("\x30\x12" UTC "\x02\x01\x01")},
	{.what = "an entry with two dates", .field = ENTRY,
	 .text = T("\x30\x21\x02\x01\x01" UTC UTC)},
	{.what = "an entry with NULL at its end", .field = ENTRY,
	 .text = T("\x30\x14\x02\x01\x01" UTC "\x05\x00")},

	/* The last four octets would be those of the next entry. */
	{.what = "an entry whose extensions do not end with it", .field = ENTRY,
	 .text = T("\x30\x4c\x02\x01\x05" UTC "\x30\x3c\x30\x3a\x06\x01\x2a\x04\x35" "0123456789" "0123456789" "0123456789" "0123456789" "012345678")},

	{.what = "an empty serial number", .field = ENTRY,
	 .text = T("\x30\x11\x02\x00" UTC)},
	{.what = "a serial number of 0", .field = ENTRY,
	 .text = T("\x30\x12\x02\x01\x00" UTC)},
	{.what = "a serial number of -1", .field = ENTRY,
	 .text = T("\x30\x12\x02\x01\xff" UTC)},
	{.what = "a serial number with a padding", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\x00\x7f" UTC)},
	{.what = "a serial number of 128", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\x00\x80" UTC)},
	{.what = "a serial number of 0, padded", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\x00\x00" UTC)},
	{.what = "a serial number of -128, padded", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\xff\x80" UTC)},
	{.what = "a serial number of -129", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\xff\x7f" UTC)},
	{.what = "a serial number of -256", .field = ENTRY,
	 .text = T("\x30\x13\x02\x02\xff\x00" UTC)},
	{.what = "a serial number that is constructed", .field = ENTRY,
	 .text = T("\x30\x14\x22\x03\x02\x01\x01" UTC)},
	{.what = "a serial number with a long length", .field = ENTRY,
	 .text = T("\x30\x13\x02\x81\x01\x01" UTC)},
	{.what = "a serial number in context", .field = ENTRY,
	 .text = T("\x30\x12\x82\x01\x01" UTC)},
	{.what = "a serial number that is a string", .field = ENTRY,
	 .text = T("\x30\x12\x04\x01\x01" UTC)},

	{.what = "an empty date", .field = ENTRY,
	 .text = T("\x30\x05\x02\x01\x01\x17\x00")},
	{.what = "a date without seconds", .field = ENTRY,
	 .text = T("\x30\x10\x02\x01\x01\x17\x0b" "2601010000Z")},
	{.what = "a date in another zone", .field = ENTRY,
	 .text = T("\x30\x16\x02\x01\x01\x17\x11" "260101000000+0100")},
	{.what = "a date with fractions", .field = ENTRY,
	 .text = T("\x30\x16\x02\x01\x01\x18\x11" "20260101000000.5Z")},
	{.what = "a date that is none", .field = ENTRY,
	 .text = T("\x30\x12\x02\x01\x01\x17\x0d" "XXXXXXXXXXXXX")},
	{.what = "a date that is constructed", .field = ENTRY,
	 .text = T("\x30\x14\x02\x01\x01\x37\x0f\x04\x0d" "260101000000Z")},
	{.what = "a date that is a string", .field = ENTRY,
	 .text = T("\x30\x12\x02\x01\x01\x0c\x0d" "260101000000Z")},

	{.what = "no extension", .field = ENTRY,
	 .text = T("\x30\x14\x02\x01\x01" UTC "\x30\x00")},
	{.what = "two extensions", .field = ENTRY,
	 .text = T("\x30\x2c\x02\x01\x01" UTC "\x30\x18" REASON REASON)},
	{.what = "extensions twice", .field = ENTRY,
	 .text = T("\x30\x2e\x02\x01\x01" UTC "\x30\x0c" REASON "\x30\x0c" REASON)},
	{.what = "extensions that are a SET", .field = ENTRY,
	 .text = T("\x30\x20\x02\x01\x01" UTC "\x31\x0c" REASON)},
	{.what = "extensions in context", .field = ENTRY,
	 .text = T("\x30\x20\x02\x01\x01" UTC "\xa0\x0c" REASON)},
	{.what = "extensions that are one", .field = ENTRY,
	 .text = T("\x30\x1e\x02\x01\x01" UTC REASON)},
	{.what = "an extension that is NULL", .field = ENTRY,
	 .text = T("\x30\x16\x02\x01\x01" UTC "\x30\x02\x05\x00")},
	{.what = "an empty extension", .field = ENTRY,
	 .text = T("\x30\x16\x02\x01\x01" UTC "\x30\x02\x30\x00")},
	{.what = "an extension without a value", .field = ENTRY,
	 .text = T("\x30\x1b\x02\x01\x01" UTC "\x30\x07\x30\x05\x06\x03\x55\x1d\x15")},
	{.what = "a critical extension", .field = ENTRY,
	 .text = T("\x30\x23\x02\x01\x01" UTC "\x30\x0f\x30\x0d\x06\x03\x55\x1d\x15" "\x01\x01\xff\x04\x03\x0a\x01\x01")},
	{.what = "an extension that is critical by 1", .field = ENTRY,
	 .text = T("\x30\x23\x02\x01\x01" UTC "\x30\x0f\x30\x0d\x06\x03\x55\x1d\x15" "\x01\x01\x01\x04\x03\x0a\x01\x01")},
	{.what = "an extension that is not critical", .field = ENTRY,
	 .text = T("\x30\x23\x02\x01\x01" UTC "\x30\x0f\x30\x0d\x06\x03\x55\x1d\x15" "\x01\x01\x00\x04\x03\x0a\x01\x01")},
	{.what = "an extension with an empty BOOLEAN", .field = ENTRY,
	 .text = T("\x30\x22\x02\x01\x01" UTC "\x30\x0e\x30\x0c\x06\x03\x55\x1d\x15" "\x01\x00\x04\x03\x0a\x01\x01")},
	{.what = "an extension with a BOOLEAN of two octets", .field = ENTRY,
	 .text = T("\x30\x24\x02\x01\x01" UTC "\x30\x10\x30\x0e\x06\x03\x55\x1d\x15" "\x01\x02\xff\xff\x04\x03\x0a\x01\x01")},
	{.what = "an extension with two BOOLEANs", .field = ENTRY,
	 .text = T("\x30\x26\x02\x01\x01" UTC "\x30\x12\x30\x10\x06\x03\x55\x1d\x15" "\x01\x01\xff\x01\x01\xff\x04\x03\x0a\x01\x01")},
	{.what = "an extension whose value is no OCTET STRING", .field = ENTRY,
	 .text = T("\x30\x20\x02\x01\x01" UTC "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15" "\x0c\x03\x0a\x01\x01")},
	{.what = "an extension with an empty value", .field = ENTRY,
	 .text = T("\x30\x1d\x02\x01\x01" UTC "\x30\x09\x30\x07\x06\x03\x55\x1d\x15" "\x04\x00")},
	{.what = "an extension with a wrong reason", .field = ENTRY,
	 .text = T("\x30\x20\x02\x01\x01" UTC "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15" "\x04\x03\x05\x01\x01")},
	{.what = "an extension with NULL at its end", .field = ENTRY,
	 .text = T("\x30\x22\x02\x01\x01" UTC "\x30\x0e\x30\x0c\x06\x03\x55\x1d\x15" "\x04\x03\x0a\x01\x01\x05\x00")},
	{.what = "an extension of an empty OBJECT IDENTIFIER", .field = ENTRY,
	 .text = T("\x30\x1d\x02\x01\x01" UTC "\x30\x09\x30\x07\x06\x00" "\x04\x03\x0a\x01\x01")},
	{.what = "an extension of a long component", .field = ENTRY,
	 .text = T("\x30\x21\x02\x01\x01" UTC "\x30\x0d\x30\x0b\x06\x04\x2a\x86\x48\x01" "\x04\x03\x0a\x01\x01")},
	{.what = "an extension of a component that has no end", .field = ENTRY,
	 .text = T("\x30\x20\x02\x01\x01" UTC "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x95" "\x04\x03\x0a\x01\x01")},
	{.what = "an extension of a component with a padding", .field = ENTRY,
	 .text = T("\x30\x21\x02\x01\x01" UTC "\x30\x0d\x30\x0b\x06\x04\x55\x1d\x80\x15" "\x04\x03\x0a\x01\x01")},

	{.what = "no crlExtensions", .field = EXTENSIONS, .text = T("")},
	{.what = "empty crlExtensions", .field = EXTENSIONS,
	 .text = T("\xa0\x02\x30\x00")},
	{.what = "crlExtensions of nothing", .field = EXTENSIONS,
	 .text = T("\xa0\x00")},
	{.what = "crlExtensions that are NULL", .field = EXTENSIONS,
	 .text = T("\xa0\x02\x05\x00")},
	{.what = "crlExtensions that are primitive", .field = EXTENSIONS,
	 .text = T("\x80\x02\x30\x00")},
	{.what = "crlExtensions without a tag", .field = EXTENSIONS,
	 .text = T("\x30\x00")},
	{.what = "crlExtensions with another tag", .field = EXTENSIONS,
	 .text = T("\xa1\x02\x30\x00")},
	{.what = "crlExtensions twice", .field = EXTENSIONS,
	 .text = T("\xa0\x02\x30\x00\xa0\x02\x30\x00")},
	{.what = "crlExtensions of two", .field = EXTENSIONS,
	 .text = T("\xa0\x04\x30\x00\x30\x00")},
	{.what = "crlExtensions with a wrong number", .field = EXTENSIONS,
	 .text = T("\xa0\x0e\x30\x0c\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x05\x01\x01")},
	{.what = "crlExtensions with an extension that is NULL",
	 .field = EXTENSIONS, .text = T("\xa0\x04\x30\x02\x05\x00")},
	{.what = "NULL behind tbsCertList", .field = AFTER_TBS,
	 .text = T("\x05\x00")},
	{.what = "a lone octet behind tbsCertList", .field = AFTER_TBS,
	 .text = T("\x05")},
	{.what = "end-of-contents behind tbsCertList", .field = AFTER_TBS,
	 .text = T("\x00\x00")},

	{.what = "no signatureAlgorithm", .field = OUTER, .text = T("")},
	{.what = "another signatureAlgorithm", .field = OUTER,
	 .text = T("\x30\x05\x06\x03\x2b\x65\x70")},
	{.what = "an empty signatureAlgorithm", .field = OUTER,
	 .text = T("\x30\x00")},
	{.what = "no signatureValue", .field = SIGNATURE, .text = T("")},
	{.what = "an empty signatureValue", .field = SIGNATURE,
	 .text = T("\x03\x00")},
	{.what = "a signatureValue of no bits", .field = SIGNATURE,
	 .text = T("\x03\x01\x00")},
	{.what = "a signatureValue with 8 unused bits", .field = SIGNATURE,
	 .text = T("\x03\x02\x08\x01")},
	{.what = "a signatureValue with 7 unused bits", .field = SIGNATURE,
	 .text = T("\x03\x02\x07\x80")},
	{.what = "a signatureValue that is an OCTET STRING", .field = SIGNATURE,
	 .text = T("\x04\x03\x00\x01\x02")},
	{.what = "a signatureValue that is constructed", .field = SIGNATURE,
	 .text = T("\x23\x05\x03\x03\x00\x01\x02")},
	{.what = "NULL behind signatureValue", .field = AFTER_CRL,
	 .text = T("\x05\x00")},
};
/* clang-format on */

static void add(struct buf *out, const struct text *text)
{
	assert_true(buf_add(out, text->bytes, text->len));
}

/* Puts a header before all that was added since the length was from. */
static void enclose(struct buf *b, size_t from, unsigned char tag)
{
	unsigned char header[16], *p = header;
	size_t len = b->len - from, header_len;

	ASN1_put_object(&p, 1, (int)len, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL);
	header[0] = tag;
	header_len = (size_t)(p - header);
	assert_true(buf_reserve(b, header_len));
	memmove(b->data + from + header_len, b->data + from, len);
	memcpy(b->data + from, header, header_len);
	b->len += header_len;
}

/* A CRL with that text in its field. */
static void make(struct buf *out, enum field field, const struct text *text)
{
	static const struct text plain = T(PLAIN);
	struct text fields[FIELDS];
	size_t revoked;
	int i;

	memcpy(fields, good, sizeof(fields));
	fields[field] = *text;
	out->len = 0;
	for (i = VERSION; i < ENTRY; i++)
		add(out, &fields[i]);
	if (field == REVOKED) {
		add(out, text);
	} else {
		revoked = out->len;
		add(out, &plain);
		add(out, &fields[ENTRY]);
		add(out, &plain);
		enclose(out, revoked, 0x30);
	}
	add(out, &fields[EXTENSIONS]);
	add(out, &fields[AFTER_TBS]);
	enclose(out, 0, 0x30);
	for (i = OUTER; i < FIELDS; i++)
		add(out, &fields[i]);
	enclose(out, 0, 0x30);
}

static bool libcrypto_parses(const struct buf *der)
{
	const unsigned char *p = der->data;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der->len);
	bool yes = crl != NULL && p == der->data + der->len;

	X509_CRL_free(crl);
	ERR_clear_error();
	return yes;
}

static struct der in_file(struct spool *spool, const struct buf *der)
{
	spool->memory_max = 1;
	assert_int_equal(spool_expect(spool, 2), ST_OK);
	assert_int_equal(spool_add(spool, der->data, der->len), ST_OK);
	assert_int_equal(spool_end(spool), ST_OK);
	return octets_in_spool(spool);
}

static bool run_parses(struct der run)
{
	struct crl crl;
	bool yes = crl_parse(&crl, run) == ST_OK;

	crl_free(&crl);
	return yes;
}

/* In memory and in a file. */
static bool parses(const struct buf *der)
{
	struct spool spool = {0};
	bool yes;

	silence_start();
	yes = run_parses(octets_in_memory(der->data, der->len));
	if (yes != run_parses(in_file(&spool, der)))
		yes = !yes;
	silence_stop();
	assert_int_equal(ERR_peek_error(), 0);
	spool_free(&spool);
	return yes;
}

/* Refused by libcrypto, or not in DER (X.690, 10): lengths, SEQUENCEs. */
static bool may_be_refused(const struct buf *der)
{
	long left = der_budget((long)der->len);

	return !libcrypto_parses(der) ||
	    der_check(octets_in_memory(der->data, der->len), true, &left) !=
	    DER_FINE;
}

/* libcrypto 4.0 also looks into the value of this extension (RFC 5280, 5.3.2). */
static bool has_invalidity_date(const struct buf *der)
{
	static const char oid[] = "\x06\x03\x55\x1d\x18";
	size_t i, len = sizeof(oid) - 1;

	for (i = 0; i + len <= der->len; i++)
		if (memcmp(der->data + i, oid, len) == 0)
			return true;
	return false;
}

/* Accepts only what libcrypto does, and all of that which is in DER. */
static void check(const char *what, const struct buf *der)
{
	bool ours = parses(der);

	if (ours && !libcrypto_parses(der) && !has_invalidity_date(der))
		fixture_fail("%s: accepted", what);
	if (!ours && !may_be_refused(der))
		fixture_fail("%s: refused", what);
}

static void test_samples(void **state)
{
	size_t i, refused = 0;
	struct buf der = {0};

	(void)state;
	for (EACH_ROW(i, samples, samples[i].what)) {
		make(&der, samples[i].field, &samples[i].text);
		check(samples[i].what, &der);
		refused += !libcrypto_parses(&der);
	}
	make(&der, AFTER_CRL, &samples[0].text);
	assert_true(parses(&der));
	assert_within(refused, NITEMS(samples) / 3, NITEMS(samples));
	buf_free(&der);
}

/* Any octet another one, or missing, or twice. */
static void test_any_octet_changed_is_judged_as_by_libcrypto(void **state)
{
	const struct text none = T("");
	struct buf whole = {0}, der = {0};
	size_t i, value;

	(void)state;
	make(&whole, AFTER_CRL, &none);
	for (i = 0; i < whole.len; i++) {
		for (value = 0; value < 256; value++) {
			der.len = 0;
			assert_true(buf_add(&der, whole.data, whole.len));
			der.data[i] = (unsigned char)value;
			check("another octet", &der);
		}
		der.len = 0;
		assert_true(buf_add(&der, whole.data, i) &&
		    buf_add(&der, whole.data + i + 1, whole.len - i - 1));
		check("an octet less", &der);
		der.len = 0;
		assert_true(buf_add(&der, whole.data, i + 1) &&
		    buf_add(&der, whole.data + i, whole.len - i));
		check("an octet more", &der);
	}
	buf_free(&whole);
	buf_free(&der);
}

/* A field with a part of any size in the middle of elements. */
static const struct part {
	enum field field;
	const char *name; /* in the message */
	size_t max;
	const char *clause;
	struct {
		unsigned char
		    tag;          /* of an element, from the outermost one on */
		struct text text; /* the first contents of it */
	} levels[6];
} parts[] = {
    {.field = VERSION,
	.name = "version",
	.max = 256,
	.clause = "5.1.2.1",
	.levels = {{0x02, T("")}}},
    {.field = ALGORITHM,
	.name = "AlgorithmIdentifier",
	.max = 4096,
	.clause = "5.1.1.2",
	.levels = {{0x30, T(RSA_OID)}, {0x04, T("")}}},
    {.field = ISSUER,
	.name = "issuer",
	.max = 65536,
	.clause = "5.1.2.3",
	.levels = {{0x30, T("")}, {0x31, T("")},
	    {0x30, T("\x06\x03\x55\x04\x03")}, {0x0c, T("")}}},
    {.field = THIS_UPDATE,
	.name = "time",
	.max = 256,
	.clause = "5.1.2.4",
	.levels = {{0x18, T("20500101000000")}}},
    {.field = NEXT_UPDATE,
	.name = "time",
	.max = 256,
	.clause = "5.1.2.4",
	.levels = {{0x18, T("20500101000000")}}},
    {.field = EXTENSIONS,
	.name = "crlExtensions",
	.max = 65536,
	.clause = "5.1.2.7",
	.levels = {{0xa0, T("")}, {0x30, T("")},
	    {0x30, T("\x06\x03\x55\x1d\x7f")}, {0x04, T("")}}},
    {.field = OUTER,
	.name = "AlgorithmIdentifier",
	.max = 4096,
	.clause = "5.1.1.2",
	.levels = {{0x30, T(RSA_OID)}, {0x04, T("")}}},
    {.field = SIGNATURE,
	.name = "signatureValue",
	.max = 65536,
	.clause = "5.1.1.3",
	.levels = {{0x03, T("\0")}}},
    {.field = ENTRY,
	.name = "entry at byte 97",
	.max = 65536,
	.clause = "5.1.2.6",
	.levels = {{0x30, T("\x02\x01\x01" UTC)}, {0x30, T("")},
	    {0x30, T("\x06\x03\x55\x1d\x7f")}, {0x04, T("")}}},
};

static void add_filler(struct buf *out, size_t len)
{
	char ones[1024];
	size_t part;

	memset(ones, '1', sizeof(ones));
	for (; len > 0; len -= part) {
		part = len < sizeof(ones) ? len : sizeof(ones);
		assert_true(buf_add(out, ones, part));
	}
}

static void add_level(
    struct buf *out, const struct part *part, int level, size_t filler)
{
	size_t from = out->len;

	add(out, &part->levels[level].text);
	if (part->levels[level + 1].tag != 0)
		add_level(out, part, level + 1, filler);
	else
		add_filler(out, filler);
	enclose(out, from, part->levels[level].tag);
}

/* A CRL with a part of size octets. */
static void make_sized(struct buf *out, const struct part *part, size_t size)
{
	struct buf field = {0};
	size_t filler = size;
	struct text text;

	do {
		field.len = 0;
		add_level(&field, part, 0, --filler);
	} while (field.len > size);
	assert_int_equal(field.len, size);
	text = (struct text){(const char *)field.data, field.len};
	make(out, part->field, &text);
	buf_free(&field);
}

/* That it is too large is known from its header. */
static void check_refused(const struct part *part, struct der run, size_t size)
{
	char want[200];
	const char *said;

	snprintf(want, sizeof(want),
	    "reply: not a CRL: its %s has %zu bytes, the limit is %zu (RFC "
	    "5280, %s)\n",
	    part->name, size, part->max, part->clause);
	capture_start(2);
	run_parses(run);
	said = capture_stop();
	if (strstr(said, want) == NULL)
		fixture_fail("%s, not %s", said, want);
}

static void test_parts_may_be_as_large_as_their_limit(void **state)
{
	struct buf der = {0};
	const struct part *part;
	struct spool spool;
	size_t i;

	(void)state;
	for (EACH_ROW(i, parts, parts[i].name)) {
		part = &parts[i];
		make_sized(&der, part, part->max);
		if (!parses(&der))
			fixture_fail("%s: refused", part->name);
		assert_true(libcrypto_parses(&der));
		make_sized(&der, part, part->max + 1);
		assert_false(parses(&der));
		check_refused(
		    part, octets_in_memory(der.data, der.len), part->max + 1);
		memset(&spool, 0, sizeof(spool));
		make_sized(&der, part, 1000000);
		in_file(&spool, &der);
		/* Whoever reads the part finds an error in the file. */
		if (part->field != ENTRY)
			assert_int_equal(ftruncate(spool.fd, 300000), 0);
		check_refused(part, octets_in_spool(&spool), 1000000);
		assert_false(spool.failed);
		spool_free(&spool);
	}
	buf_free(&der);
}

/* Good ones before it, in more than one window of the file. */
static void test_what_is_wrong_in_the_last_entry_is_found(void **state)
{
	static const struct text none = T(""), good_entry = T(PLAIN);
	struct buf entries = {0}, der = {0};
	struct text text;
	size_t i, from;

	(void)state;
	for (EACH_ROW(i, samples, samples[i].what)) {
		if (samples[i].field != ENTRY)
			continue;
		entries.len = 0;
		while (entries.len < 2 * SPOOL_WINDOW)
			add(&entries, &good_entry);
		from = entries.len - 2 * SPOOL_WINDOW;
		assert_within(from, 0, 20);
		add(&entries, &samples[i].text);
		enclose(&entries, 0, 0x30);
		text = (struct text){(const char *)entries.data, entries.len};
		make(&der, REVOKED, &text);
		check(samples[i].what, &der);
	}
	make(&der, REVOKED, &none);
	check("no entries", &der);
	buf_free(&entries);
	buf_free(&der);
}

/* What is wrong, and where. */
static void test_the_message_says_what_is_wrong_and_where(void **state)
{
	static const struct text bad = T("\x30\x03\x02\x01\x01");
	struct buf der = {0};
	char want[200];
	const char *said;
	size_t at = 0;

	(void)state;
	make(&der, ENTRY, &bad);
	while (memcmp(der.data + at, bad.bytes, bad.len) != 0)
		at++;
	snprintf(want, sizeof(want),
	    "reply: not a CRL: its entry at byte %zu is malformed (RFC 5280, "
	    "5.1.2.6)",
	    at);
	capture_start(2);
	run_parses(octets_in_memory(der.data, der.len));
	said = capture_stop();
	if (strstr(said, want) == NULL)
		fixture_fail("%s, not %s", said, want);
	buf_free(&der);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_samples),
	    cmocka_unit_test(test_any_octet_changed_is_judged_as_by_libcrypto),
	    cmocka_unit_test(test_parts_may_be_as_large_as_their_limit),
	    cmocka_unit_test(test_what_is_wrong_in_the_last_entry_is_found),
	    cmocka_unit_test(test_the_message_says_what_is_wrong_and_where),
	};

	return cmocka_run_group_tests(tests, NULL, fixture_cleanup);
}
