/* replies.h: a CA with an RA certificate, two clients, and replies to them. */
#ifndef REPLIES_H
#define REPLIES_H

#include <openssl/pem.h> /* before cms.h */
#include <openssl/cms.h>

#include "scep/message.h"

#define OID_TYPE      "2.16.840.1.113733.1.9.2"
#define OID_STATUS    "2.16.840.1.113733.1.9.3"
#define OID_FAIL      "2.16.840.1.113733.1.9.4"
#define OID_SENDER    "2.16.840.1.113733.1.9.5"
#define OID_RECIPIENT "2.16.840.1.113733.1.9.6"
#define OID_ID        "2.16.840.1.113733.1.9.7"
#define OID_FAIL_TEXT "1.3.6.1.5.5.7.24.1"
#define OID_MISPLACED "1.3.6.1.5.5.7.24"
#define OID_UNKNOWN   "1.2.3.4.5"

#define ID "0123456789ABCDEF"

struct world {
	X509 *ca, *ra;       /* the bundle; ca decrypts, ra signs */
	X509 *stranger;      /* not in the bundle */
	X509 *forged;        /* the RA's issuer and serial, another key */
	X509 *client, *ec;   /* self-signed */
	X509 *twin;          /* the client's name and serial, another key */
	X509 *issued, *more; /* certificates in replies */
	struct cabundle bundle;
	struct buf content; /* of the request */
	struct scep_request request;
};
extern struct world w;

#define KEY_CA       0
#define KEY_RA       1
#define KEY_CLIENT   2
#define KEY_STRANGER 3

int make_world(void **state);
int free_world(void **state);
/* A certificate by the CA of the world. */
X509 *issued(const char *cn, int key, const char *usage, long serial);
/* A CRL by the CA of the world. */
X509_CRL *make_crl(void);

/* How one attribute of a reply differs from that of a good reply. */
enum edit {
	SAME,
	WITHOUT,
	TWICE,
	NO_VALUE,
	TWO_VALUES,
	OF_TYPE,
	OF_VALUE,
	ADD
};

enum signer { BY_RA, BY_CA, BY_FORGED, BY_STRANGER, BY_NOBODY, BY_TWO };

/* The content that is signed. */
enum signed_content {
	AN_ENVELOPE,
	ABSENT,
	EMPTY,
	GARBAGE,
	NO_ENVELOPE,         /* the certificates, not encrypted */
	TRAILING,            /* an envelope and one byte */
	FOR_OTHER,           /* encrypted for someone else's certificate */
	WITH_OTHER_KEY,      /* names our certificate, but for another key */
	ENVELOPE_OF_NOTHING, /* encrypted, but empty */
	ENVELOPE_OF_GARBAGE,
	ENVELOPE_OF_TRAILING, /* certificates and one byte */
	ENVELOPE_OF_NO_CERTS, /* a degenerate SignedData without certificates */
	ENVELOPE_OF_CERT      /* a bare certificate, not in a SignedData */
};

struct recipe {
	enum edit edit;
	const char *oid;
	int type;
	const char *value;
	enum pki_status status;
	enum signer signer;
	enum signed_content content;
	unsigned int flags; /* CMS_NOCERTS, CMS_USE_KEYID */
	int content_type;   /* a NID; id-data */
	const char *digest; /* sha256 */
	const char *cipher; /* aes128 */
	bool ber, two_certs, for_ec;
	const char *password; /* use a PasswordRecipientInfo */
	bool for_both;        /* and a KeyTransRecipientInfo */
};

/* Moves the bytes of bio to out and frees bio. */
void take(struct buf *out, BIO *bio);

/* Appends a degenerate SignedData, with the CRL as often as asked. */
void add_set(struct buf *out, STACK_OF(X509) *certs, X509_CRL *crl, int crls);
void add_certs(struct buf *out, STACK_OF(X509) *certs);
void add_envelope(struct buf *out, const struct buf *inside, X509 *recipient,
    const struct recipe *r);

/* build_reply() appends add_signed_content(), signed by sign_reply(). */
void add_signed_content(struct buf *out, const struct recipe *r);
void sign_reply(
    struct buf *out, const struct buf *content, const struct recipe *r);
void build_reply(struct buf *out, const struct recipe *r);

/* How much of a reply is in memory, or 0 for the usual: the rest is in files. */
extern size_t memory_max;

/* Decodes a copy in a block of exactly this length, and frees the copy. */
enum status decode(struct scep_reply *reply, const struct scep_request *request,
    const void *bytes, size_t len);
/* Returns whether certs are exactly the ones in the recipe. */
bool has_issued(STACK_OF(X509) *certs, bool two);
void assert_refused(
    const char *what, const struct buf *message, const char *says);
void assert_crl_is(struct der crl, const unsigned char *der, int len);

#endif
