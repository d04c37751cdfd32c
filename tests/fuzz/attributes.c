#include <stdlib.h>
#include <string.h>

#include <openssl/objects.h>

#include "fuzz.h"
#include "world.h"

#define SEQUENCE   (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)
#define SET        (V_ASN1_SET | V_ASN1_CONSTRUCTED)
#define DIGEST_LEN 32

/* The value is an element of DER. */
static void add_attribute(
    struct buf *out, const char *oid, int tag, const void *bytes, size_t len)
{
	ASN1_OBJECT *object = OBJ_txt2obj(oid, 1);
	unsigned char *der = NULL;
	int der_len = i2d_ASN1_OBJECT(object, &der);
	struct buf inside = {0}, value = {0};

	FUZZ_CHECK(der_len > 0);
	FUZZ_CHECK(buf_add(&inside, der, (size_t)der_len));
	world_add_der(&value, tag, bytes, len);
	world_enclose(&inside, SET, &value);
	world_enclose(out, SEQUENCE, &inside);
	OPENSSL_free(der);
	ASN1_OBJECT_free(object);
}

#define ID_SCEP "2.16.840.1.113733.1.9."

void world_add_attributes(
    struct buf *out, int type, const char *pki_status, const char *fail_info)
{
	const ASN1_OBJECT *object = OBJ_nid2obj(type);
	static const unsigned char digest[DIGEST_LEN];
	const int text = V_ASN1_PRINTABLESTRING, octets = V_ASN1_OCTET_STRING;

	add_attribute(out, "1.2.840.113549.1.9.3", V_ASN1_OBJECT,
	    OBJ_get0_data(object), OBJ_length(object));
	add_attribute(
	    out, "1.2.840.113549.1.9.4", octets, digest, sizeof(digest));
	if (pki_status == NULL)
		return;
	add_attribute(out, ID_SCEP "2", text, "3", 1);
	add_attribute(out, ID_SCEP "3", text, pki_status, 1);
	if (fail_info != NULL)
		add_attribute(out, ID_SCEP "4", text, fail_info, 1);
	add_attribute(out, ID_SCEP "5", octets, "fedcba9876543210", 16);
	add_attribute(out, ID_SCEP "6", octets, WORLD_NONCE, SCEP_NONCE_LEN);
	add_attribute(out, ID_SCEP "7", text, WORLD_ID, strlen(WORLD_ID));
}
