"""Signatures of the CA, by keys of every kind."""

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

import der
import newkeys
import oids
import rsaschemes


def is_rsa(key):
    return isinstance(key, rsa.RSAPrivateKey)


def sign_bytes(key, content, digest, pss=False):
    if newkeys.is_new(key):
        return key.sign(content)
    hasher = rsaschemes.HASHES[digest]()
    if not is_rsa(key):
        return key.sign(content, ec.ECDSA(hasher))
    scheme = padding.PKCS1v15()
    if pss:
        scheme = rsaschemes.pss_padding(rsaschemes.pss_for(digest))
    return key.sign(content, scheme, hasher)


def algorithm(key, digest):
    """The AlgorithmIdentifier of a signature, with a digest if it has one."""
    if newkeys.is_new(key):
        return der.seq(der.oid(oids.SIGNING[key.kind]))
    if is_rsa(key):
        return der.seq(der.oid(oids.DIGEST_WITH_RSA[digest]), der.NULL)
    return der.seq(der.oid(oids.DIGEST_WITH_ECDSA[digest]))


def digest_algorithm(key, digest, null=der.NULL):
    """The AlgorithmIdentifier of a digest, for a signature by the key."""
    number = dict(oids.DIGESTS, **oids.SHAKES)[digest]
    if digest == "shake256-len":
        null = der.integer(512)
    elif newkeys.is_new(key):
        null = b""
    return der.seq(der.oid(number), null)
