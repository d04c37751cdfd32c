"""EnvelopedData: decrypt that of the client, make that of the reply."""

import os
import warnings

from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import der
import newkeys
import oids
import recipients
import rsaschemes


def blowfish(key):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")     # deprecated, but needed
        return algorithms.Blowfish(key)


# name -> (key octets, block octets, constructor). DES is 3DES with three equal
# keys.
CIPHERS = {
    "des": (8, 8, lambda key: algorithms.TripleDES(key * 3)),
    "des3": (24, 8, algorithms.TripleDES),
    "blowfish": (16, 8, blowfish),
    "aes128": (16, 16, algorithms.AES),
    "aes192": (24, 16, algorithms.AES),
    "aes256": (32, 16, algorithms.AES),
}


class EnvelopeError(Exception):
    """The envelope cannot be decrypted, with the reason."""


def pad(content, block):
    count = block - len(content) % block
    return content + bytes([count]) * count


def unpad(content, block):
    count = content[-1] if content else 0
    if not 1 <= count <= block or content[-count:] != bytes([count]) * count:
        raise EnvelopeError("the padding of the content is wrong")
    return content[:-count]


def encrypt(cipher, key, iv, padded):
    engine = Cipher(CIPHERS[cipher][2](key), modes.CBC(iv)).encryptor()
    return engine.update(padded) + engine.finalize()


def decrypt(cipher, key, iv, encrypted):
    size, block, maker = CIPHERS[cipher]
    if len(key) != size and cipher != "blowfish":
        raise EnvelopeError("the content key has %d octets" % len(key))
    if not encrypted or len(encrypted) % block:
        raise EnvelopeError("the content has %d octets" % len(encrypted))
    engine = Cipher(maker(key), modes.CBC(iv)).decryptor()
    return unpad(engine.update(encrypted) + engine.finalize(), block)


def issuer_and_serial(certificate):
    """IssuerAndSerialNumber of a cryptography certificate."""
    return der.seq(certificate.issuer.public_bytes(),
                   der.integer(certificate.serial_number))


def key_padding(algorithm):
    """The RSA padding that a keyEncryptionAlgorithm names."""
    dotted = algorithm["algorithm"].dotted
    if dotted == oids.RSA:
        return padding.PKCS1v15()
    if dotted != oids.RSA_OAEP:
        raise EnvelopeError("unknown keyEncryptionAlgorithm " + dotted)
    return rsaschemes.oaep_padding(rsaschemes.read_oaep(algorithm))


class Envelope:
    """A parsed EnvelopedData with one recipient: ktri by RSA, pwri or kem."""

    def __init__(self, content_info):
        info = cms.ContentInfo.load(content_info, strict=True)
        if info["content_type"].dotted != oids.ENVELOPED_DATA:
            raise EnvelopeError("the content is no EnvelopedData")
        data = info["content"]
        if len(data["recipient_infos"]) != 1:
            raise EnvelopeError("not exactly one recipient")
        self.recipient = data["recipient_infos"][0].chosen
        self.kind = data["recipient_infos"][0].name
        self.encoding = content_info
        if self.kind == "ori":
            self.kem = newkeys.read_kem(self.recipient)
            self.kind = "kem" if self.kem else "ori"
        self.body = data["encrypted_content_info"]
        algorithm = self.body["content_encryption_algorithm"]
        self.cipher_oid = algorithm["algorithm"].dotted
        self.iv = der.inner(algorithm.dump())[1][1]

    def describe(self):
        entry = {"contentEncryption": self.cipher_oid,
                 "contentEncryptionName": oids.name(self.cipher_oid),
                 "recipientKind": self.kind}
        if self.kind == "kem":
            self._describe_kem(entry)
        elif self.kind != "ori":
            self._describe_others(entry)
        rid = self._rid()
        if rid and rid.name == "issuer_and_serial_number":
            rid = rid.chosen
            entry["recipientIssuer"] = rid["issuer"].human_friendly
            entry["recipientSerial"] = "%x" % rid["serial_number"].native
        return entry

    def _describe_others(self, entry):
        algorithm = self.recipient["key_encryption_algorithm"]
        number = algorithm["algorithm"].dotted
        entry["keyEncryption"] = number
        entry["keyEncryptionName"] = oids.name(number)
        if number == oids.RSA_OAEP:
            oaep = rsaschemes.read_oaep(algorithm)
            entry["keyEncryptionHash"] = oaep.digest
            entry["keyEncryptionMask"] = oaep.mask

    def _describe_kem(self, entry):
        for field, algorithm in (("keyEncryption", self.kem.kem),
                                 ("keyDerivation", self.kem.kdf),
                                 ("keyWrap", self.kem.wrap)):
            number = der.dotted(der.inner(algorithm)[0][2])
            entry[field] = number
            entry[field + "Name"] = oids.name(number)

    def _rid(self):
        """The RecipientIdentifier, if there is one."""
        if self.kind == "kem":
            return cms.RecipientIdentifier.load(self.kem.rid)
        return self.recipient["rid"] if self.kind == "ktri" else None

    def is_for(self, certificate):
        rid = self._rid()
        return bool(rid) and (rid.chosen.dump() ==
                              issuer_and_serial(certificate))

    def open(self, key, password):
        """Decrypt the content; a PasswordRecipientInfo needs `password`."""
        cipher = oids.NAMES.get(self.cipher_oid)
        if cipher not in CIPHERS:
            raise EnvelopeError("unknown content cipher " + self.cipher_oid)
        if self.kind == "pwri":
            content_key = recipients.open_password(self.recipient, password)
        elif newkeys.is_new(key):
            return key.open(self.encoding)
        else:
            content_key = key.decrypt(
                self.recipient["encrypted_key"].native,
                key_padding(self.recipient["key_encryption_algorithm"]))
        encrypted = self.body["encrypted_content"].native
        return decrypt(cipher, content_key, self.iv, encrypted)


def for_certificate(certificate, key=None, null_params=True, oaep=None):
    """A function from the content key to a KeyTransRecipientInfo.

    With `key` it is encrypted for that key, whatever the certificate's is.
    """
    key = key or certificate.public_key()
    algorithm = der.seq(der.oid(oids.RSA), der.NULL if null_params else b"")
    scheme = padding.PKCS1v15()
    if oaep:
        algorithm = rsaschemes.oaep_identifier(oaep)
        scheme = rsaschemes.oaep_padding(oaep)

    def protect(content_key):
        return der.seq(
            der.integer(0), issuer_and_serial(certificate), algorithm,
            der.octets(key.encrypt(content_key, scheme)))
    return protect


def seal(content, cipher, protect):
    """A ContentInfo with an EnvelopedData.

    `protect` makes the RecipientInfo.  `content` is bytes; or a list with
    bytes that are already padded; or None to omit encryptedContent.
    """
    size, block, _ = CIPHERS[cipher]
    content_key, iv = os.urandom(size), os.urandom(block)
    encrypted = None
    if content is not None:
        padded = (content[0] if isinstance(content, list)
                  else pad(content, block))
        encrypted = encrypt(cipher, content_key, iv, padded)
    return wrap(protect(content_key), cipher, iv, encrypted)


def wrap(recipient_info, cipher, iv, encrypted):
    """A ContentInfo with an EnvelopedData; `encrypted` may be None."""
    body = b"" if encrypted is None else der.tlv(0x80, encrypted)
    # RFC 5652, 6.1: version 3 with pwri, 2 with kari, else 0
    version = {0xA3: 3, 0xA1: 2}.get(recipient_info[0], 0)
    return der.seq(der.oid(oids.ENVELOPED_DATA), der.explicit(0, der.seq(
        der.integer(version), der.set_of(recipient_info),
        der.seq(der.oid(oids.DATA),
                der.seq(der.oid(oids.CIPHERS[cipher]), der.octets(iv)),
                body))))
