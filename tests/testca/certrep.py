"""Build a CertRep: certificates, envelope, attributes, signature."""

import os

from asn1crypto import core
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

import ber
import clock
import der
import envelope
import newkeys
import oids
import pki
import recipients
import rsaschemes
import signing
from signing import is_rsa, sign_bytes

SUCCESS, FAILURE, PENDING = "0", "2", "3"
FAIL_INFO = {"badAlg": "0", "badMessageCheck": "1", "badRequest": "2",
             "badTime": "3", "badCertId": "4"}
EMPTY = {"absent": b"", "empty": der.explicit(0, der.octets(b"")),
         "null-length": der.explicit(0, b"\x24\x80\x00\x00")}


def degenerate(certificates, crls=()):
    """A degenerate SignedData with these certificates and CRLs, in DER."""
    inner = [der.integer(1), der.tlv(0x31), der.seq(der.oid(oids.DATA))]
    if certificates:
        inner.append(der.explicit(0, *certificates))
    if crls:
        inner.append(der.explicit(1, *crls))
    inner.append(der.tlv(0x31))
    return der.seq(der.oid(oids.SIGNED_DATA),
                   der.explicit(0, der.seq(*inner)))


def encode_attributes(attributes):
    return [der.seq(der.oid(kind), der.set_of(*values))
            for kind, values in attributes]


def sign_plain(content, signer, certificates, digest="sha256", pss=False,
               digest_attribute=False):
    """A SignedData; `content` b"" means none.

    It has no signed attributes, or messageDigest as the only one; of a key
    whose signature has no digest, openssl verifies only what has them.
    """
    block, signed = b"", content
    attributes = [[oids.MESSAGE_DIGEST, [
        der.octets(newkeys.hashed(digest, content))]]]
    if newkeys.is_new(signer.key) and not digest_attribute:
        attributes.append([oids.CONTENT_TYPE, [der.oid(oids.DATA)]])
    if newkeys.is_new(signer.key) or digest_attribute:
        encoded = sorted(encode_attributes(attributes))
        block = der.explicit(0, *encoded)
        signed = der.set_of(*encoded)
    algorithm = signing.digest_algorithm(signer.key, digest)
    signature = sign_bytes(signer.key, signed, digest, pss)
    kind = signing.algorithm(signer.key, digest)
    if is_rsa(signer.key):
        kind = der.seq(der.oid(oids.RSA), der.NULL)
    if pss:
        kind = rsaschemes.pss_identifier(rsaschemes.pss_for(digest))
    info = der.seq(der.integer(1),
                   envelope.issuer_and_serial(signer.certificate), algorithm,
                   block, kind, der.octets(signature))
    return der.seq(der.oid(oids.SIGNED_DATA), der.explicit(0, der.seq(
        der.integer(1), der.set_of(algorithm),
        der.seq(der.oid(oids.DATA),
                der.explicit(0, der.octets(content)) if content else b""),
        der.explicit(0, *certificates) if certificates else b"",
        der.set_of(info))))


def encode(certificate):
    return certificate.public_bytes(Encoding.DER)


class Draft:
    """A reply under construction; faults change its fields between steps."""

    def __init__(self, options, authority, message, due):
        self.options = options
        self.authority = authority
        self.message = message
        self.due = due
        self.status = SUCCESS
        self.fail_info = None
        self.fail_text = None
        self.certificate = None         # the issued one
        self.crl = None
        self.content = None             # bytes inside the envelope
        self.envelope = None            # ContentInfo of the EnvelopedData
        self.recipient = message.signer
        self.recipient_kind = None      # ktri, pwri, kari or kem
        self.password = None            # the challengePassword
        self.econtent = None            # bytes, or None when absent
        self.econtent_type = oids.DATA
        self.attributes = []            # [OID, [encoded values]]
        self.unsigned = []              # likewise
        self.signer = authority.signer
        self.included = [authority.signer.certificate]
        self.signer_infos = []
        self.raw = None                 # if set, replaces the reply
        self.digest_by_signature = False
        self.algorithm = None           # signatureAlgorithm, if not the usual
        self.signature_table = None     # of signatureAlgorithms, by digest
        self.signature_digest = None    # its digest, if it is another
        self.digest = options.digest
        if self.digest == "same":
            self.digest = newkeys.fit_digest(self.signer.key, message.digest)
        self.cipher = options.cipher
        if self.cipher == "same":
            self.cipher = self._cipher_of_request()

    def _cipher_of_request(self):
        opened = self.message.envelope
        name = oids.NAMES.get(opened.cipher_oid) if opened else None
        return name if name in envelope.CIPHERS else "aes128"

    def refuse(self, fail_info, text=None):
        self.status = FAILURE
        self.fail_info = FAIL_INFO[fail_info]
        self.fail_text = text

    # The steps, in order.

    def build(self):
        """The DER (or BER) of the whole reply."""
        if self.status == SUCCESS and self._lacks_password():
            self.refuse("badRequest", "no password for the reply")
        if self.status == SUCCESS:
            self.content = self.make_content()
        self.due.spoil("content", self)
        if self.content is not None:
            self.envelope = self.seal(self.content)
        self.due.spoil("envelope", self)
        self.econtent = self.make_econtent()
        self.attributes = self.make_attributes()
        self.due.spoil("attributes", self)
        if self.options.attr_order == "shuffle":
            self.attributes.reverse()
        self.due.spoil("signer", self)
        self.signer_infos.append(self.sign())
        self.due.spoil("signed", self)
        return self.make_signed_data() if self.raw is None else self.raw

    def make_content(self):
        if self.crl is not None:
            content = degenerate([], [encode(self.crl)])
        else:
            content = degenerate([encode(one)
                                  for one in self.certificates()])
        return ber.content(content) if self.options.ber_content else content

    def certificates(self):
        """The issued certificate and the others, in --cert-order."""
        chain = self.authority.chain()
        order = self.options.cert_order
        if order == "leaf-first":
            return [self.certificate] + chain
        if order == "leaf-last":
            return chain[::-1] + [self.certificate]
        if order == "signer-first":
            return [self.message.signer, self.certificate] + chain
        stranger = self.authority.stranger()
        twin = pki.certify(tuple(stranger), self.certificate.subject,
                           stranger.key.public_key(), [])
        return [stranger.certificate, twin] + chain + [self.certificate]

    def _lacks_password(self):
        """The client's key only signs, and nothing else can be used."""
        return not (self.options.reply_kem or self._password()) and (
            newkeys.is_new(newkeys.public_key(self.recipient)))

    def _password(self):
        """That of the request, or else the one that client and CA share."""
        if self.password is None and newkeys.is_new(
                newkeys.public_key(self.recipient)):
            return self.options.challenge
        return self.password

    def seal(self, content):
        """The EnvelopedData around `content`, for the client."""
        if self.options.reply_kem:
            self.recipient_kind = "kem"
            sealed = newkeys.seal(content, self.cipher,
                                  self.options.reply_kem)
        else:
            sealed = envelope.seal(content, self.cipher, self._protection())
        return ber.envelope(sealed) if self.options.ber_envelope else sealed

    def _protection(self):
        """The RecipientInfo of the kind that --recipient chooses."""
        kind = self.options.recipient
        key = newkeys.public_key(self.recipient)
        if kind == "auto":
            kind = "ktri" if isinstance(key, rsa.RSAPublicKey) else "kari"
            if kind == "kari" and self._password() is not None:
                kind = "pwri"
        self.recipient_kind = kind
        if kind == "pwri":
            return recipients.for_password(
                self.options.pwri_password or self._password() or "",
                self.options.pwri_rounds)
        if kind == "kari":
            return recipients.for_agreement(
                key, envelope.issuer_and_serial(self.recipient))
        oaep = self.options.oaep and rsaschemes.Oaep(
            self.options.oaep, self.options.oaep_mask or self.options.oaep,
            b"")
        return envelope.for_certificate(
            self.recipient, null_params=self.options.null_params, oaep=oaep)

    def make_econtent(self):
        form = self.options.econtent
        if form != "data":
            self.econtent_type = oids.ENVELOPED_DATA
        if self.envelope is None:
            return None
        if form == "enveloped-bare":
            return der.inner(der.inner(self.envelope)[1][2])[0][2]
        return self.envelope

    def text(self, value):
        """A text attribute, in the string type of --attr-string."""
        tag = der.STRING_TAGS[self.options.attr_string]
        return der.tlv(tag, value.encode("latin-1"))

    def make_attributes(self):
        digest = newkeys.hashed(self.digest, self.econtent or b"")
        message = self.message
        attributes = [
            [oids.SIGNING_TIME, [core.UTCTime(clock.now()).dump()]],
            [oids.MESSAGE_DIGEST, [der.octets(digest)]],
            [oids.MESSAGE_TYPE, [self.text("3")]],
            [oids.PKI_STATUS, [self.text(self.status)]],
            [oids.RECIPIENT_NONCE, [der.octets(message.sender_nonce)]],
            [oids.TRANSACTION_ID, [self.text(message.transaction_id)]]]
        if self.options.content_type:
            attributes.insert(0, [oids.CONTENT_TYPE,
                                  [der.oid(self.econtent_type)]])
        nonce = {"none": None, "same": message.sender_nonce,
                 "random": os.urandom(16)}[self.options.sender_nonce]
        if nonce is not None:
            attributes.append([oids.SENDER_NONCE, [der.octets(nonce)]])
        if self.status == FAILURE:
            attributes += self._failure_attributes()
        if self.options.extra_attr:
            attributes += self._extra_attributes()
        return attributes

    def _failure_attributes(self):
        attributes = []
        if self.fail_info is not None:
            attributes.append([oids.FAIL_INFO, [self.text(self.fail_info)]])
        if self.fail_text is not None:
            form = self.options.fail_text_form
            tag = der.UTF8 if form == "rfc" else der.PRINTABLE
            attributes.append([oids.FAIL_INFO_TEXT[form],
                               [der.tlv(tag, self.fail_text.encode())]])
        return attributes

    def _extra_attributes(self):
        protection = der.seq(self._digest_algorithm(),
                             der.tlv(0xA1, *[whole for _, _, whole in
                                             der.inner(self._algorithm())]))
        return [[oids.UNKNOWN_ATTRIBUTE, [der.tlv(der.UTF8, b"extra")]],
                [oids.ALGORITHM_PROTECTION, [protection]]]

    def set(self, kind, *values):
        """Give an attribute other values; without values, remove it."""
        self.attributes = [[have, list(values) if have == kind else old]
                           for have, old in self.attributes
                           if have != kind or values]

    def put(self, kind, *values):
        """The same, also for an attribute that is not there."""
        self.set(kind)
        self.attributes.append([kind, list(values)])

    def value(self, kind):
        """The value of an attribute, which has to be there."""
        return dict(self.attributes)[kind][0]

    def unsign(self, kind):
        """Move an attribute, if it is there, to the unsigned ones."""
        self.unsigned += [one for one in self.attributes if one[0] == kind]
        self.set(kind)

    def _null(self):
        return der.NULL if self.options.null_params else b""

    def _digest_algorithm(self):
        if self.digest_by_signature:
            return der.seq(der.oid(oids.DIGEST_WITH_RSA[self.digest]),
                           self._null())
        return signing.digest_algorithm(self.signer.key, self.digest,
                                        self._null())

    def _pss(self):
        return self.options.sigalg == "pss"

    def _algorithm(self):
        number = oids.RSA
        if self.algorithm is not None:
            return self.algorithm
        if self.signature_table:
            return der.seq(der.oid(
                self.signature_table[self.signature_digest or self.digest]))
        if not is_rsa(self.signer.key):
            return signing.algorithm(self.signer.key, self.digest)
        if self._pss():
            return rsaschemes.pss_identifier(rsaschemes.pss_for(self.digest))
        if self.options.sigalg == "shaWithRSA":
            number = oids.DIGEST_WITH_RSA[self.digest]
        return der.seq(der.oid(number), self._null())

    def sign(self, signed_attributes=True):
        """A SignerInfo of self.signer.

        It ends with the signature, unless there are unsigned attributes.
        """
        encoded = encode_attributes(self.attributes)
        if self.options.attr_order == "sorted":
            encoded.sort()
        block, signed = b"", self.econtent or b""
        if signed_attributes:
            block = der.explicit(0, *encoded)
            signed = der.tlv(0x31, *encoded)
        signature = sign_bytes(self.signer.key, signed, self.digest,
                               self._pss())
        return der.seq(
            der.integer(1),
            envelope.issuer_and_serial(self.signer.certificate),
            self._digest_algorithm(), block, self._algorithm(),
            der.octets(signature), self._unsigned_attributes())

    def _unsigned_attributes(self):
        encoded = encode_attributes(self.unsigned)
        return der.explicit(1, *encoded) if encoded else b""

    def make_signed_data(self):
        certificates = b""
        if self.included and self.options.signer_cert:
            certificates = der.explicit(
                0, *[encode(one) for one in self.included])
        content = der.oid(self.econtent_type)
        if self.econtent is None:
            content += EMPTY[self.options.econtent_empty]
        else:
            content += der.explicit(0, der.octets(self.econtent))
        data = der.seq(
            der.integer(1 if self.econtent_type == oids.DATA else 3),
            der.set_of(self._digest_algorithm()), der.seq(content),
            certificates, der.tlv(0x31, *self.signer_infos))
        signed = der.seq(der.oid(oids.SIGNED_DATA), der.explicit(0, data))
        return ber.signed_data(signed) if self.options.ber else signed
