#include <openssl/bn.h>
#include <openssl/err.h>

#include "ops/describe.h"
#include "pki/cert.h"
#include "util/file.h"
#include "util/json.h"

static bool add_name(struct buf *out, const char *member, const X509_NAME *name)
{
	struct buf text = {0};
	bool ok = json_add_member(out, member, cert_name_text(&text, name));

	buf_free(&text);
	return ok;
}

bool describe_add_time(struct buf *out, const ASN1_TIME *time)
{
	struct tm tm;

	if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
		return true;
	return buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
}

bool describe_add_serial(struct buf *out, X509 *cert)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(cert), NULL);
	char *hex = number != NULL ? BN_bn2hex(number) : NULL;
	bool ok = hex != NULL && buf_add_string(out, hex);

	OPENSSL_free(hex);
	BN_free(number);
	return ok;
}

static bool add_time(struct buf *out, const char *member, const ASN1_TIME *time)
{
	struct buf text = {0};
	bool ok = describe_add_time(&text, time) &&
	    (text.len == 0 || json_add_member(out, member, buf_string(&text)));

	buf_free(&text);
	return ok;
}

static bool add_serial(struct buf *out, X509 *cert)
{
	struct buf text = {0};
	bool ok = describe_add_serial(&text, cert) &&
	    json_add_member(out, "serial", buf_string(&text));

	buf_free(&text);
	return ok;
}

static bool add_sha256(struct buf *out, const X509 *cert)
{
	struct buf text = {0};
	bool ok = cert_add_fingerprint(&text, cert, EVP_sha256()) &&
	    json_add_member(out, "sha256", buf_string(&text));

	buf_free(&text);
	return ok;
}

static bool add_file(struct buf *out, const char *file)
{
	return file == NULL || file_is_standard(file) ||
	    json_add_member(out, "file", file);
}

static void add_object(
    struct report *report, enum report_list list, struct buf *object, bool ok)
{
	if (ok)
		report_add_object(report, list, object);
	else
		report->failed = true;
	ERR_clear_error();
	buf_free(object);
}

void describe_cert(struct report *report, X509 *cert, const char *file)
{
	struct buf object = {0};
	bool ok;

	if (!report->wanted)
		return;
	ok = add_name(&object, "subject", X509_get_subject_name(cert)) &&
	    add_name(&object, "issuer", X509_get_issuer_name(cert)) &&
	    add_serial(&object, cert) &&
	    add_time(&object, "notBefore", X509_get0_notBefore(cert)) &&
	    add_time(&object, "notAfter", X509_get0_notAfter(cert)) &&
	    add_sha256(&object, cert) && add_file(&object, file);

	add_object(report, REPORT_CERTIFICATES, &object, ok);
}

void describe_crl(
    struct report *report, const struct crl *crl, const char *file)
{
	struct buf object = {0};
	bool ok;

	if (!report->wanted)
		return;
	ok = add_name(&object, "issuer", crl->issuer) &&
	    add_time(&object, "thisUpdate", crl->this_update) &&
	    add_time(&object, "nextUpdate", crl->next_update) &&
	    add_file(&object, file);

	add_object(report, REPORT_CRLS, &object, ok);
}
