/*
 * Certificates, requests and CRLs, in DER and PEM.  Input: a letter, c, r or l, and
 * the bytes; with C and L they are what the CA signs of one, and with M of a CRL
 * which is made long.
 */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pki/altnames.h"
#include "pki/barecert.h"
#include "pki/cert.h"
#include "pki/crl.h"
#include "pki/csr.h"
#include "util/quote.h"
#include "world.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_start();
	world_make();
	return 0;
}

static void describe(X509 *cert)
{
	GENERAL_NAMES *names = NULL;
	struct buf text = {0};
	char name[QUOTE_SIZE];

	cert_name_quote(name, sizeof(name), X509_get_subject_name(cert));
	FUZZ_CHECK(fuzz_is_printable(name, false));
	FUZZ_CHECK(cert_add_usage(&text, cert));
	FUZZ_CHECK(cert_add_fingerprint(&text, cert, EVP_sha256()));
	if (altnames_of_cert(&names, cert) && names != NULL)
		FUZZ_CHECK(altnames_add_missing(&text, names, NULL, NULL));
	GENERAL_NAMES_free(names);
	FUZZ_CHECK(fuzz_is_printable(buf_string(&text), false));
	buf_free(&text);
	if (cert_is_issued_by(cert, world.ca))
		FUZZ_CHECK(X509_verify(cert, world.ca_key) == 1);
	cert_why_no_ca(cert);
	cert_is_marked_ra(cert);
	cert_is_self_signed(cert);
}

/* What is written of a certificate is read back as the same. */
static void check_written(X509 *cert)
{
	STACK_OF(X509) *again = sk_X509_new_null();
	struct buf pem = {0};

	FUZZ_CHECK(cert_add_pem(&pem, cert));
	if (cert_parse(again, pem.data, pem.len)) {
		FUZZ_CHECK(sk_X509_num(again) == 1);
		FUZZ_CHECK(X509_cmp(sk_X509_value(again, 0), cert) == 0);
	}
	buf_free(&pem);
	cert_stack_free(again);
}

static void try_certs(const void *bytes, size_t len)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	const bool ok = cert_parse(certs, bytes, len);
	struct cabundle bundle = {0};
	struct barecert bare;
	int i;

	if (len > 0 && *(const unsigned char *)bytes == '0')
		FUZZ_CHECK(barecert_parse(&bare, bytes, len) == ok);
	else
		memset(&bare, 0, sizeof(bare));
	barecert_free(&bare);
	for (i = 0; ok && i < sk_X509_num(certs); i++) {
		describe(sk_X509_value(certs, i));
		check_written(sk_X509_value(certs, i));
	}
	cert_stack_free(certs);

	fuzz_write_file("a", bytes, len);
	if (cabundle_read(&bundle, "a", NULL, NULL) == ST_OK) {
		FUZZ_CHECK(bundle.sign != NULL && bundle.encrypt != NULL);
		cabundle_check(&bundle, true);
	}
	cabundle_free(&bundle);
}

static void try_request(const void *bytes, size_t len)
{
	struct buf text = {0};
	X509_REQ *csr = NULL;

	fuzz_write_file("a", bytes, len);
	if (csr_read(&csr, "a") == ST_OK) {
		if (csr_check(csr, "a") == ST_OK)
			FUZZ_CHECK(X509_REQ_verify(
				       csr, X509_REQ_get0_pubkey(csr)) == 1);
		csr_warn_of_key(csr, "a");
		csr_has_key(csr, world.client_key);
		csr_add_challenge(&text, csr);
		buf_free(&text);
		if (csr_add_transaction_id(&text, csr) == ST_OK)
			FUZZ_CHECK(strspn(buf_string(&text),
				       "0123456789ABCDEF") == text.len);
		buf_free(&text);
		csr_strip(&csr);
	}
	X509_REQ_free(csr);
}

static X509_CRL *decode_crl(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	return d2i_X509_CRL(NULL, &p, (long)len);
}

/* What we accept is one for libcrypto, and it says the same of its signature. */
static bool check_crl(struct der run, const void *bytes, size_t len)
{
	struct crl crl = {0};
	const bool ok = crl_parse(&crl, run) == ST_OK;
	X509_CRL *other;

	if (ok) {
		other = decode_crl(bytes, len);
		world_check_crl(&crl, other);
		X509_CRL_free(other);
	}
	crl_free(&crl);
	return ok;
}

static void try_crl(const void *bytes, size_t len)
{
	struct spool spool = {0};
	struct crl head = {0};
	long size;
	bool ok;

	if (len == 0)
		return;
	ok = check_crl(octets_in_memory(bytes, len), bytes, len);
	fuzz_fill_spool(&spool, bytes, len, true);
	FUZZ_CHECK(check_crl(octets_in_spool(&spool), bytes, len) == ok);
	spool_free(&spool);
	if (crl_parse_head(&head, octets_in_memory(bytes, len), &size) && ok)
		FUZZ_CHECK(size == (long)len);
	crl_free(&head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct buf whole = {0}, tbs = {0};
	uint8_t kind = fuzz_take_byte(&in);

	fuzz_forget();
	switch (kind) {
	case 'c':
		try_certs(in.next, in.left);
		break;
	case 'r':
		try_request(in.next, in.left);
		break;
	case 'l':
		try_crl(in.next, in.left);
		break;
	case 'C':
		world_add_issued(&whole, in.next, in.left);
		try_certs(whole.data, whole.len);
		break;
	case 'L':
		world_add_issued(&whole, in.next, in.left);
		try_crl(whole.data, whole.len);
		break;
	case 'M':
		world_add_long_tbs(&tbs, in.next, in.left);
		world_add_issued(&whole, tbs.data, tbs.len);
		try_crl(whole.data, whole.len);
		break;
	}
	buf_free(&tbs);
	buf_free(&whole);
	return 0;
}
