"""RecipientInfo without RSA: PasswordRecipientInfo, and EC key agreement.

RFC 8894, 3.1 uses the challengePassword if a key cannot encrypt; RFC 5753
specifies key agreement for EC keys.
"""

import os

from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)

import der
import oids

PBKDF2 = "1.2.840.113549.1.5.12"
HMAC_SHA256 = "1.2.840.113549.2.9"
PWRI_KEK = "1.2.840.113549.1.9.16.3.9"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
ECDH_SHA256 = "1.3.132.1.11.1"
PRF = {"sha1": hashes.SHA1, "sha224": hashes.SHA224, "sha256": hashes.SHA256,
       "sha384": hashes.SHA384, "sha512": hashes.SHA512}
KEK_SIZES = {oids.CIPHERS["des3"]: (24, algorithms.TripleDES),
             oids.CIPHERS["aes128"]: (16, algorithms.AES),
             oids.CIPHERS["aes192"]: (24, algorithms.AES),
             oids.CIPHERS["aes256"]: (32, algorithms.AES)}


def derive(password, salt, rounds, size, digest):
    return PBKDF2HMAC(digest(), size, salt, rounds).derive(password.encode())


def kek_wrap(maker, kek, iv, content_key):
    """Wrap the key: encrypt it twice in CBC (RFC 3211, 2.3.1)."""
    block = maker(kek).block_size // 8
    text = bytes([len(content_key)]) + bytes(
        octet ^ 0xFF for octet in content_key[:3]) + content_key
    text += os.urandom(max(-len(text) % block, 2 * block - len(text)))
    engine = Cipher(maker(kek), modes.CBC(iv)).encryptor()
    return engine.update(engine.update(text))


def kek_unwrap(maker, kek, iv, wrapped):
    """Unwrap the key (RFC 3211, 2.3.2); ValueError if it is wrong."""
    block = maker(kek).block_size // 8
    if len(wrapped) < 2 * block or len(wrapped) % block:
        raise ValueError("the wrapped key has %d octets" % len(wrapped))

    def decrypt(start, text):
        return Cipher(maker(kek), modes.CBC(start)).decryptor().update(text)

    last = decrypt(wrapped[-2 * block:-block], wrapped[-block:])
    text = decrypt(iv, decrypt(last, wrapped))
    check = bytes(octet ^ 0xFF for octet in text[4:7])
    if text[1:4] != check or text[0] > len(text) - 4:
        raise ValueError("the password does not open the envelope")
    return text[4:4 + text[0]]


def open_password(info, password):
    """The content key of a PasswordRecipientInfo (asn1crypto's)."""
    derivation = info["key_derivation_algorithm"]["parameters"]
    wrap = der.inner(info["key_encryption_algorithm"].dump())[1][2]
    (_, _, cipher), (_, iv, _) = der.inner(wrap)
    size, maker = KEK_SIZES[der.dotted(cipher)]
    kek = derive(password, derivation["salt"].native,
                 derivation["iteration_count"].native, size,
                 PRF[derivation["prf"]["algorithm"].native])
    return kek_unwrap(maker, kek, iv, info["encrypted_key"].native)


def for_password(password, rounds):
    """A function from the content key to a PasswordRecipientInfo."""
    def protect(content_key):
        salt, iv = os.urandom(16), os.urandom(16)
        kek = derive(password, salt, rounds, 16, hashes.SHA256)
        return der.explicit(
            3, der.integer(0),
            der.explicit(0, der.oid(PBKDF2), der.seq(
                der.octets(salt), der.integer(rounds),
                der.seq(der.oid(HMAC_SHA256), der.NULL))),
            der.seq(der.oid(PWRI_KEK), der.seq(
                der.oid(oids.CIPHERS["aes128"]), der.octets(iv))),
            der.octets(kek_wrap(algorithms.AES, kek, iv, content_key)))
    return protect


def for_agreement(public_key, recipient):
    """A function from the content key to a KeyAgreeRecipientInfo.

    `recipient` is the IssuerAndSerialNumber of the key's certificate.
    """
    def protect(content_key):
        mine = ec.generate_private_key(public_key.curve)
        wrap = der.seq(der.oid(oids.WRAPS["aes128-wrap"]))
        shared = der.seq(wrap, der.explicit(2, der.octets(
            (128).to_bytes(4, "big"))))
        kek = X963KDF(hashes.SHA256(), 16, shared).derive(
            mine.exchange(ec.ECDH(), public_key))
        point = mine.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint)
        originator = der.explicit(1, der.seq(der.oid(EC_PUBLIC_KEY)),
                                  der.tlv(0x03, b"\0" + point))
        return der.explicit(
            1, der.integer(3), der.explicit(0, originator),
            der.seq(der.oid(ECDH_SHA256), wrap),
            der.seq(der.seq(recipient, der.octets(
                keywrap.aes_key_wrap(kek, content_key)))))
    return protect
