"""Object identifiers and the short names used for them in options and logs."""

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
ENVELOPED_DATA = "1.2.840.113549.1.7.3"

CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
CHALLENGE_PASSWORD = "1.2.840.113549.1.9.7"
ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"
UNKNOWN_ATTRIBUTE = "1.3.6.1.4.1.55555.1.2.3"

MESSAGE_TYPE = "2.16.840.1.113733.1.9.2"
PKI_STATUS = "2.16.840.1.113733.1.9.3"
FAIL_INFO = "2.16.840.1.113733.1.9.4"
SENDER_NONCE = "2.16.840.1.113733.1.9.5"
RECIPIENT_NONCE = "2.16.840.1.113733.1.9.6"
TRANSACTION_ID = "2.16.840.1.113733.1.9.7"
FAIL_INFO_TEXT = {"rfc": "1.3.6.1.5.5.7.24.1", "stepca": "1.3.6.1.5.5.7.24"}

RSA = "1.2.840.113549.1.1.1"
RSA_OAEP = "1.2.840.113549.1.1.7"
RSA_PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"
P_SPECIFIED = "1.2.840.113549.1.1.9"
ORI_KEM = "1.2.840.113549.1.9.16.13.3"

DIGESTS = {
    "md5": "1.2.840.113549.2.5",
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
SHAKES = {
    "shake128": "2.16.840.1.101.3.4.2.11",
    "shake256": "2.16.840.1.101.3.4.2.12",
    "shake256-len": "2.16.840.1.101.3.4.2.18",
}
DIGEST_WITH_RSA = {
    "md5": "1.2.840.113549.1.1.4",
    "sha1": "1.2.840.113549.1.1.5",
    "sha224": "1.2.840.113549.1.1.14",
    "sha256": "1.2.840.113549.1.1.11",
    "sha384": "1.2.840.113549.1.1.12",
    "sha512": "1.2.840.113549.1.1.13",
}
DIGEST_WITH_ECDSA = {
    "sha1": "1.2.840.10045.4.1", "sha224": "1.2.840.10045.4.3.1",
    "sha256": "1.2.840.10045.4.3.2", "sha384": "1.2.840.10045.4.3.3",
    "sha512": "1.2.840.10045.4.3.4",
}
# Signatures without a digest of their own; the names are openssl's.
SIGNING = {
    "ed25519": "1.3.101.112",
    "ed448": "1.3.101.113",
    "ml-dsa-44": "2.16.840.1.101.3.4.3.17",
    "ml-dsa-65": "2.16.840.1.101.3.4.3.18",
    "ml-dsa-87": "2.16.840.1.101.3.4.3.19",
}
SIGNING.update(
    ("slh-dsa-%s-%d%s" % (family, bits, form),
     "2.16.840.1.101.3.4.3.%d" % (20 + 6 * one + 2 * two + three))
    for one, family in enumerate(("sha2", "shake"))
    for two, bits in enumerate((128, 192, 256))
    for three, form in enumerate("sf"))
KEMS = {
    "ml-kem-512": "2.16.840.1.101.3.4.4.1",
    "ml-kem-768": "2.16.840.1.101.3.4.4.2",
    "ml-kem-1024": "2.16.840.1.101.3.4.4.3",
}
KDFS = {
    "hkdf-sha256": "1.2.840.113549.1.9.16.3.28",
    "hkdf-sha384": "1.2.840.113549.1.9.16.3.29",
    "hkdf-sha512": "1.2.840.113549.1.9.16.3.30",
}
WRAPS = {
    "aes128-wrap": "2.16.840.1.101.3.4.1.5",
    "aes192-wrap": "2.16.840.1.101.3.4.1.25",
    "aes256-wrap": "2.16.840.1.101.3.4.1.45",
}
CIPHERS = {
    "des": "1.3.14.3.2.7",
    "des3": "1.2.840.113549.3.7",
    "blowfish": "1.3.6.1.4.1.3029.1.2",
    "aes128": "2.16.840.1.101.3.4.1.2",
    "aes192": "2.16.840.1.101.3.4.1.22",
    "aes256": "2.16.840.1.101.3.4.1.42",
}

NAMES = {number: name
         for table in (DIGESTS, SHAKES, SIGNING, KEMS, KDFS, WRAPS, CIPHERS)
         for name, number in table.items()}
NAMES.update({number: name + "WithRSAEncryption"
              for name, number in DIGEST_WITH_RSA.items()})
NAMES.update({number: "ecdsa-with-" + name
              for name, number in DIGEST_WITH_ECDSA.items()})
NAMES.update({RSA: "rsaEncryption", RSA_OAEP: "rsaesOaep",
              RSA_PSS: "rsassaPss"})


def name(number):
    return NAMES.get(number, number)
