#include <stddef.h>

#include "compat/compat.h"
#include "scep/scep.h"

static const struct fail_info fail_infos[] = {
    {0, "badAlg", "Unrecognized or unsupported algorithm ident", ST_BAD_ALG},
    {1, "badMessageCheck", "Integrity check failed", ST_BAD_MESSAGE_CHECK},
    {2, "badRequest", "Transaction not permitted or supported", ST_BAD_REQUEST},
    {3, "badTime",
	"Message time field was not sufficiently close to the system time",
	ST_BAD_TIME},
    {4, "badCertId", "No certificate could be identified matching",
	ST_BAD_CERT_ID},
};

static const struct fail_info unknown_fail_info = {
    -1, "unknown", "the server gave no reason that RFC 8894 knows", ST_FAILURE};

const struct fail_info *scep_fail_info(int number)
{
	size_t i;

	for (i = 0; i < COUNT_OF(fail_infos); i++)
		if (fail_infos[i].number == number)
			return &fail_infos[i];
	return &unknown_fail_info;
}

const char *scep_message_name(enum message_type type)
{
	switch (type) {
	case MESSAGE_CERTREP:
		return "CertRep";
	case MESSAGE_RENEWALREQ:
		return "RenewalReq";
	case MESSAGE_PKCSREQ:
		return "PKCSReq";
	case MESSAGE_CERTPOLL:
		return "CertPoll";
	case MESSAGE_GETCERT:
		return "GetCert";
	case MESSAGE_GETCRL:
		return "GetCRL";
	}
	return "unknown";
}

const char *scep_pki_status_name(enum pki_status status)
{
	switch (status) {
	case PKI_SUCCESS:
		return "SUCCESS";
	case PKI_FAILURE:
		return "FAILURE";
	case PKI_PENDING:
		return "PENDING";
	}
	return "unknown";
}
