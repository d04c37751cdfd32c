#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "scep/derivation.h"
#include "util/log.h"

/* The iterationCount (RFC 8018, A.2), or left + 1 if that is less. */
static uint64_t read_iterations(struct der run, uint64_t left)
{
	struct buf room = {0};
	struct der all = octets_load(run, &room);
	PBKDF2PARAM *params = d2i_PBKDF2PARAM(NULL, &all.p, all.left);
	uint64_t iterations = left + 1;

	if (params == NULL ||
	    ASN1_INTEGER_get_uint64(&iterations, params->iter) != 1 ||
	    iterations > left)
		iterations = left + 1;
	PBKDF2PARAM_free(params);
	buf_free(&room);
	ERR_clear_error();
	return iterations;
}

enum status derivation_check(struct der run, uint64_t *left, const char *what)
{
	struct der_element e;
	uint64_t iterations;

	if (!ber_next_is(&run, &e, V_ASN1_OBJECT) ||
	    !der_is_oid(&e, NID_id_pbkdf2))
		return fail(ST_REPLY,
		    "reply: not %s: its PasswordRecipientInfo does not derive "
		    "the key by PBKDF2 (RFC 5652, 6.2.4)",
		    what);
	if ((iterations = read_iterations(run, *left)) > *left)
		return fail(ST_REPLY,
		    "reply: not %s: its PasswordRecipientInfo wants more than "
		    "%d iterations of PBKDF2, or does not say how many (RFC "
		    "8018, 5.2)",
		    what, DERIVATION_ITERATIONS_MAX);
	*left -= iterations;
	return ST_OK;
}
