/*
 * owners.h: tells gcc -fanalyzer which function frees what a function of libcrypto
 * returns, as __attribute__((malloc)) does, so that what is never freed is found.
 * For the headers of OpenSSL 3.0.
 */
#ifndef OWNERS_H
#define OWNERS_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define OWNER_FREES(function) __attribute__((malloc(function, 1)))
#define OWNER_DECODED(type) \
	type *d2i_##type(type **, const unsigned char **, long) \
	    OWNER_FREES(type##_free)
#define OWNER_MADE(type) type *type##_new(void) OWNER_FREES(type##_free)
#define OWNER_COPIED(type) type *type##_dup(const type *) OWNER_FREES(type##_free)

BIO *BIO_new(const BIO_METHOD *) OWNER_FREES(BIO_free) OWNER_FREES(BIO_free_all);
BIO *BIO_new_mem_buf(const void *, int) OWNER_FREES(BIO_free)
    OWNER_FREES(BIO_free_all);
BIGNUM *BN_bin2bn(const unsigned char *, int, BIGNUM *) OWNER_FREES(BN_free);
CMS_ContentInfo *CMS_sign(X509 *, EVP_PKEY *, STACK_OF(X509) *, BIO *,
    unsigned int) OWNER_FREES(CMS_ContentInfo_free);
EVP_PKEY *PEM_read_bio_PrivateKey(BIO *, EVP_PKEY **, pem_password_cb *, void *)
    OWNER_FREES(EVP_PKEY_free);
EVP_PKEY *d2i_AutoPrivateKey(EVP_PKEY **, const unsigned char **, long)
    OWNER_FREES(EVP_PKEY_free);
EVP_PKEY *d2i_PrivateKey(int, EVP_PKEY **, const unsigned char **, long)
    OWNER_FREES(EVP_PKEY_free);
EVP_PKEY *X509_get_pubkey(X509 *) OWNER_FREES(EVP_PKEY_free);
EVP_PKEY *X509_REQ_get_pubkey(X509_REQ *) OWNER_FREES(EVP_PKEY_free);
EVP_PKEY_CTX *EVP_PKEY_CTX_new(EVP_PKEY *, ENGINE *) OWNER_FREES(EVP_PKEY_CTX_free);
X509_REQ *PEM_read_bio_X509_REQ(BIO *, X509_REQ **, pem_password_cb *, void *)
    OWNER_FREES(X509_REQ_free);

OWNER_DECODED(ASN1_TYPE);
OWNER_DECODED(CMS_ContentInfo);
OWNER_DECODED(PKCS12);
OWNER_DECODED(X509);
OWNER_DECODED(X509_ALGOR);
OWNER_DECODED(X509_CRL);
OWNER_DECODED(X509_REQ);
OWNER_DECODED(X509_REVOKED);
OWNER_MADE(ASN1_TYPE);
OWNER_MADE(EVP_MD_CTX);
OWNER_MADE(EVP_CIPHER_CTX);
OWNER_MADE(GENERAL_NAME);
OWNER_MADE(X509);
OWNER_MADE(X509_NAME);
OWNER_MADE(X509_REQ);
OWNER_MADE(X509_STORE);
OWNER_MADE(X509_STORE_CTX);
OWNER_COPIED(X509);
OWNER_COPIED(X509_NAME);

#endif
