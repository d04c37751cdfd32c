#include <openssl/asn1.h>
#include <openssl/objects.h>

#include "compat/compat.h"
#include "pki/curve.h"

/*
 * Sets *out to the content of the AlgorithmIdentifier of the key.  Certificate
 * { tbsCertificate { version [0] OPTIONAL, serialNumber, signature, issuer,
 * validity, subject, subjectPublicKeyInfo { algorithm { OID, ... (RFC 5280,
 * 4.1)
 */
static bool find_key_algorithm(struct der *out, struct der run)
{
	struct der_element cert, tbs, key, algorithm, e;
	int i;

	if (!der_next_is(&run, &cert, V_ASN1_SEQUENCE) ||
	    !der_next_is(&cert.inside, &tbs, V_ASN1_SEQUENCE))
		return false;
	ber_next_context(&tbs.inside, &e, 0);
	for (i = 0; i < 5; i++)
		if (!der_next(&tbs.inside, &e))
			return false;
	if (!der_next_is(&tbs.inside, &key, V_ASN1_SEQUENCE) ||
	    !der_next_is(&key.inside, &algorithm, V_ASN1_SEQUENCE))
		return false;
	*out = algorithm.inside;
	return true;
}

/* Parameters of a curve begin with an INTEGER and a SEQUENCE (SEC 1, C.2). */
bool curve_is_named(struct der cert)
{
	struct der_element type, parameters, e;
	struct der algorithm;

	if (!find_key_algorithm(&algorithm, cert) ||
	    !der_next_is(&algorithm, &type, V_ASN1_OBJECT))
		return false;
	return !der_next_is(&algorithm, &parameters, V_ASN1_SEQUENCE) ||
	    !der_next_is(&parameters.inside, &e, V_ASN1_INTEGER) ||
	    !der_next_is(&parameters.inside, &e, V_ASN1_SEQUENCE);
}

bool curve_is_usual(int curve)
{
	static const int usual[] = {NID_X9_62_prime256v1, NID_secp384r1,
	    NID_secp521r1, NID_brainpoolP256r1, NID_brainpoolP384r1,
	    NID_brainpoolP512r1};
	size_t i;

	for (i = 0; i < COUNT_OF(usual); i++)
		if (usual[i] == curve)
			return true;
	return false;
}
