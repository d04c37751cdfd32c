/* signed.h: parses and verifies SignedData (RFC 5652, 5). */
#ifndef SCEP_SIGNED_H
#define SCEP_SIGNED_H

#include <stdbool.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "pki/cabundle.h"
#include "pki/der.h"
#include "scep/scep.h"
#include "util/spool.h"
#include "util/status.h"

/* Owns what it points to; all zero is empty.  It must stay where it is. */
struct signed_data {
	CMS_ContentInfo *cms; /* without its eContent */
	struct der content;   /* the eContent; left is 0 if absent or empty */
	struct spool joined;  /* where content is if it came in segments */
};

/* Whether the certificates and CRLs of a message count. */
enum signed_part { SIGNED_WITHOUT_CERTS, SIGNED_WITH_CERTS };

/*
 * Parses a ContentInfo with a SignedData, in DER or BER, within the limits of
 * limits.h; other bytes must not follow.  what names it in messages: "a
 * pkiMessage (RFC 8894, 3.2)".  The content is a part of run, except where it
 * came in segments: then out->joined, which the caller may have set up, has it.
 * ST_REPLY after reporting.  out is to be freed in any case.
 */
enum status signed_parse(struct signed_data *out, struct der run,
    enum signed_part certs, const char *what);
void signed_free(struct signed_data *data);

/* The signer and what is signed.  Borrows everything. */
struct signed_by {
	CMS_SignerInfo *si;
	X509 *signer; /* NULL with a si: it is not among the certificates */
	struct der content;
	bool no_content_type; /* signed attributes, but not contentType */
};

/*
 * Verifies data, which signed_parse() made.  It has to have one SignerInfo; the
 * signer's certificate has to be among certs, and is found by its issuer and
 * serial number or its key identifier (RFC 5652, 5.3).  Certificates in it
 * are not used.  where names the option that certs are from, and bundle says what
 * helps if the signer's is not there.  *out has to be zero before, and borrows
 * from data and certs.  ST_REPLY after reporting, also for a digest that policy
 * does not allow.  The contentType attribute may be absent, of which the first
 * call warns.
 */
enum status signed_verify(struct signed_by *out, const struct signed_data *data,
    STACK_OF(X509) *certs, const char *where, const struct cabundle *bundle,
    const struct digest_policy *policy);

/* Warns of MD5 and SHA-1 when the server announced a better digest. */
void signed_warn(
    const struct signed_by *by, const struct digest_policy *policy);

#endif
