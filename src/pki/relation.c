#include "pki/cert.h"
#include "pki/relation.h"

int relation_max_tries(STACK_OF(X509) *certs)
{
	return 16 + sk_X509_num(certs);
}

bool relation_try_issuer(X509 *cert, X509 *issuer, int *tries)
{
	if (X509_NAME_cmp(X509_get_issuer_name(cert),
		X509_get_subject_name(issuer)) != 0 ||
	    *tries == 0)
		return false;
	--*tries;
	return cert_seems_issued_by(cert, issuer);
}

bool relation_signs_another(X509 *cert, STACK_OF(X509) *certs, int *tries)
{
	X509 *other;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		other = sk_X509_value(certs, i);
		if (X509_cmp(other, cert) != 0 &&
		    relation_try_issuer(other, cert, tries))
			return true;
	}
	return false;
}

static bool are_related(X509 *a, X509 *b)
{
	const X509_NAME *issuer = X509_get_issuer_name(a);

	return X509_NAME_cmp(issuer, X509_get_issuer_name(b)) == 0 ||
	    X509_NAME_cmp(issuer, X509_get_subject_name(b)) == 0 ||
	    X509_NAME_cmp(X509_get_subject_name(a), X509_get_issuer_name(b)) ==
	    0;
}

bool relation_is_alone(X509 *cert, STACK_OF(X509) *certs)
{
	X509 *other;
	int i;

	for (i = 0; i < sk_X509_num(certs); i++) {
		other = sk_X509_value(certs, i);
		if (X509_cmp(other, cert) != 0 && are_related(other, cert))
			return false;
	}
	return true;
}
