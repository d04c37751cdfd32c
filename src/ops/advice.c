#include <stddef.h>

#include "compat/compat.h"
#include "ops/advice.h"

/* What was sent, as far as advice depends on it; the bits of advice.about. */
enum about {
	ENROL = 1,      /* a PKCSReq without challengePassword */
	ENROL_PASS = 2, /* a PKCSReq with one */
	RENEW = 4,      /* the same two, signed with -O */
	RENEW_PASS = 8,
	POLL = 16, /* a CertPoll that begins, with -R */
	CERT = 32,
	CRL = 64,
	OLD_ALGS = 128, /* whichever it is, in 3des and sha1 */
	AGAIN = 256,    /* renew, signed with the old certificate alone */
	AGAIN_PASS = 512,
	AGAIN_EXPIRED = 1024, /* the first of them, with an expired one */
	AGAIN_POLL = 2048,
	ENROL_MADE = 4096, /* as ENROL, RENEW, POLL, of a request made here */
	RENEW_MADE = 8192,
	POLL_MADE = 16384,
	ALL = 127 | AGAIN | AGAIN_PASS | AGAIN_EXPIRED | AGAIN_POLL |
	    ENROL_MADE | RENEW_MADE | POLL_MADE
};

#define WRONG_CA "wrong CA certificate for encryption (-c, -e)"

#define WANTS_CHALLENGE \
	"the CA may want the challenge password again: --renew-with both " \
	"sends that of --challenge"
#define EXPIRED \
	"the certificate has expired: the CA's administrator has to allow " \
	"the renewal of expired ones, or to issue a challenge password, for " \
	"--challenge"

/* The first for the failInfo and one of the bits; else there is the last text. */
static const struct advice {
	enum status status;
	unsigned int about;
	const char *text;
} advices[] = {
    {ST_BAD_ALG, OLD_ALGS,
	"the server may refuse 3des and sha1: try -E aes128 -S sha256; its log "
	"may say more"},
    {ST_BAD_ALG, ALL,
	"try other algorithms with -E and -S, as -E 3des -S sha1 for old "
	"servers"},

    {ST_BAD_MESSAGE_CHECK, AGAIN_EXPIRED, EXPIRED},
    {ST_BAD_MESSAGE_CHECK, AGAIN,
	WRONG_CA ", a signer it does not know (-l), or " WANTS_CHALLENGE},
    {ST_BAD_MESSAGE_CHECK, AGAIN_PASS,
	WRONG_CA ", a signer it does not know (-l), or a wrong challenge "
		 "password (--renew-with challenge enrols anew)"},
    {ST_BAD_MESSAGE_CHECK, ENROL,
	WRONG_CA ", or the CA wants a challenge password, which the request "
		 "lacks (make one with mkrequest)"},
    {ST_BAD_MESSAGE_CHECK, ENROL_MADE,
	WRONG_CA ", or the CA wants a challenge password: give it with "
		 "--challenge"},
    {ST_BAD_MESSAGE_CHECK, ENROL_PASS,
	WRONG_CA ", or a wrong challenge password"},
    {ST_BAD_MESSAGE_CHECK, RENEW,
	WRONG_CA ", a signer it does not know (-K, -O), or it wants the "
		 "challenge password again, which the request lacks"},
    {ST_BAD_MESSAGE_CHECK, RENEW_MADE,
	WRONG_CA ", a signer it does not know (-K, -O), or it wants the "
		 "challenge password again (--challenge)"},
    {ST_BAD_MESSAGE_CHECK, RENEW_PASS,
	WRONG_CA ", a signer it does not know (-K, -O), or a wrong challenge "
		 "password"},
    {ST_BAD_MESSAGE_CHECK, POLL | POLL_MADE,
	WRONG_CA ", or another key than that of the request (-k, -K)"},
    {ST_BAD_MESSAGE_CHECK, CERT | CRL,
	WRONG_CA ", or a signer it does not know (-k, -l)"},

    {ST_BAD_REQUEST, AGAIN_EXPIRED, EXPIRED},
    {ST_BAD_REQUEST, AGAIN,
	WANTS_CHALLENGE "; or it does not renew this certificate yet, or not "
			"with these names"},
    {ST_BAD_REQUEST, AGAIN_PASS,
	"the challenge password is wrong, used or expired, or the CA does not "
	"renew this certificate yet, or not with these names"},
    {ST_BAD_REQUEST, AGAIN_POLL,
	"the operator of the CA may have rejected the request: ask why; the "
	"next run sends another one"},
    {ST_BAD_REQUEST, ENROL,
	"the request has no challenge password, which the CA may require "
	"(make one with mkrequest), or does not fit what it allows (names, "
	"key size, template)"},
    {ST_BAD_REQUEST, ENROL_MADE,
	"the request has no challenge password, which the CA may require "
	"(give it with --challenge), or does not fit what it allows (names, "
	"key size, template)"},
    {ST_BAD_REQUEST, ENROL_PASS,
	"the challenge password is wrong, used or expired, or the request "
	"does not fit what the CA allows (names, key size, template)"},
    {ST_BAD_REQUEST, RENEW,
	"the CA may not renew this certificate yet (-O), or not with these "
	"names; some servers want the challenge password again, which the "
	"request lacks"},
    {ST_BAD_REQUEST, RENEW_MADE,
	"the CA may not renew this certificate yet (-O), or not with these "
	"names; some servers want the challenge password again (--challenge)"},
    {ST_BAD_REQUEST, RENEW_PASS,
	"the challenge password is wrong, used or expired, or the CA does not "
	"renew this certificate yet (-O), or not with these names"},
    {ST_BAD_REQUEST, POLL | POLL_MADE,
	"the operator of the CA may have rejected the request: ask why, and "
	"send another one without -R"},
    {ST_BAD_REQUEST, CERT,
	"many servers have no GetCert, or not for this signer (-k, -l)"},
    {ST_BAD_REQUEST, CRL,
	"many servers have no GetCRL, or not for this signer (-k, -l): see the "
	"certificate for where its CRL is (crlDistributionPoints)"},

    {ST_BAD_TIME, ALL, "set this system's clock"},

    {ST_BAD_CERT_ID, AGAIN_EXPIRED, EXPIRED},
    {ST_BAD_CERT_ID, AGAIN | AGAIN_PASS,
	"the server does not know the certificate to renew: --renew-with "
	"challenge enrols anew"},
    {ST_FAILURE, AGAIN_EXPIRED, EXPIRED},
    {ST_BAD_CERT_ID, ENROL | ENROL_PASS | ENROL_MADE,
	"the server does not know this transaction, or the CA certificate that "
	"it names: get that again (-c), and send the request again"},
    {ST_BAD_CERT_ID, RENEW | RENEW_PASS | RENEW_MADE,
	"the server does not know this transaction, or the certificate that "
	"signs (-O): if it is no longer valid, enrol without -O"},
    {ST_BAD_CERT_ID, POLL,
	"the server does not know this transaction: check -r and "
	"--transaction-id, or start a new enrolment without -R"},
    {ST_BAD_CERT_ID, POLL_MADE,
	"the server does not know this transaction: check that --subject and "
	"-k are those of the first run, or start a new enrolment without -R"},
    {ST_BAD_CERT_ID, CERT,
	"the server has no certificate of this issuer and serial: check -s, "
	"and the issuer (-l, -O)"},
    {ST_BAD_CERT_ID, CRL,
	"the server has no CRL for this issuer and serial: check -l, -O or -s"},
};

static enum about find_about(const struct sent *sent)
{
	switch (sent->first) {
	case MESSAGE_CERTPOLL:
		if (sent->renew)
			return AGAIN_POLL;
		return sent->made ? POLL_MADE : POLL;
	case MESSAGE_GETCERT:
		return CERT;
	case MESSAGE_GETCRL:
		return CRL;
	default:
		break;
	}
	if (sent->renewal && sent->renew && sent->expired && !sent->password)
		return AGAIN_EXPIRED;
	if (sent->renewal && sent->renew)
		return sent->password ? AGAIN_PASS : AGAIN;
	if (sent->password)
		return sent->renewal ? RENEW_PASS : ENROL_PASS;
	if (sent->renewal)
		return sent->made ? RENEW_MADE : RENEW;
	return sent->made ? ENROL_MADE : ENROL;
}

const char *advice_on_failure(enum status status, const struct sent *sent)
{
	unsigned int about =
	    (unsigned int)find_about(sent) | (sent->old_algs ? OLD_ALGS : 0);
	size_t i;

	for (i = 0; i < COUNT_OF(advices); i++)
		if (advices[i].status == status &&
		    (advices[i].about & about) != 0)
			return advices[i].text;
	return "the server's log may say more";
}

const char *advice_on_renewal(enum status status, const struct sent *sent)
{
	if (sent->first == MESSAGE_RENEWALREQ &&
	    (status == ST_BAD_REQUEST || status == ST_BAD_MESSAGE_CHECK))
		return "; if the server does not know RenewalReq, use "
		       "--renewal 19";
	return "";
}

const char *advice_on_http_error(const struct sent *sent)
{
	switch (find_about(sent)) {
	case AGAIN:
		return WANTS_CHALLENGE;
	case AGAIN_EXPIRED:
		return EXPIRED;
	default:
		return NULL;
	}
}

const char *advice_on_no_content(enum message_type type, bool renew)
{
	switch (type) {
	case MESSAGE_GETCERT:
		return "the server may not have this certificate, or no "
		       "GetCert: check -s, and the issuer (-l, -O)";
	case MESSAGE_GETCRL:
		return "the CA may have issued no CRL, or the server has no "
		       "GetCRL";
	default:
		if (renew)
			return "some servers answer so while a request is "
			       "pending: the next run polls";
		return "some servers answer so while a request is pending: try "
		       "again later with -R";
	}
}
