#include <openssl/asn1.h>
#include <openssl/err.h>

#include "pki/der.h"

#define FAILED     0x80 /* ASN1_get_object() */
#define INDEFINITE 0x01

bool der_next(struct der *run, struct der_element *out)
{
	const unsigned char *p = run->p;
	int result;
	long len;

	if (run->left <= 0)
		return false;
	result = ASN1_get_object(&p, &len, &out->tag, &out->class, run->left);
	if ((result & FAILED) != 0) {
		ERR_clear_error();
		return false;
	}
	if ((result & INDEFINITE) != 0)
		return false;
	out->whole.p = run->p;
	out->whole.left = (p - run->p) + len;
	out->inside.p = p;
	out->inside.left = len;
	run->p += out->whole.left;
	run->left -= out->whole.left;
	return true;
}

bool der_next_is(struct der *run, struct der_element *out, int tag)
{
	return der_next(run, out) && out->class == V_ASN1_UNIVERSAL &&
	    out->tag == tag;
}
