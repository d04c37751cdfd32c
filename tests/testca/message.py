"""Parse and check a pkiMessage of a client."""

from asn1crypto import algos, cms, csr as asn1_csr, x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

import der
import envelope
import newkeys
import oids
import rsaschemes

PKCS_REQ, RENEWAL_REQ, CERT_POLL = "19", "17", "20"
GET_CERT, GET_CRL = "21", "22"


class BadMessage(Exception):
    """The bytes are no pkiMessage at all."""


def signed_hash(public_key, algorithm, signature):
    """The hash in the signature itself or in its algorithm, or None."""
    number = algorithm["algorithm"].dotted
    if newkeys.is_new(public_key):
        return None
    if number == oids.RSA_PSS:
        return rsaschemes.read_pss(algorithm).digest
    if isinstance(public_key, rsa.RSAPublicKey):
        found = public_key.recover_data_from_signature(
            signature, padding.PKCS1v15(), None)
        identifier = algos.DigestInfo.load(found)["digest_algorithm"]
        return oids.name(identifier["algorithm"].dotted)
    return {other: name for name, other in
            oids.DIGEST_WITH_ECDSA.items()}.get(number)


def verify(public_key, algorithm, digest, signature, content):
    """Check a signature; `algorithm` is a SignedDigestAlgorithm."""
    if newkeys.is_new(public_key):
        if algorithm["algorithm"].dotted != public_key.oid:
            raise ValueError("signatureAlgorithm %s, but a key of %s" % (
                oids.name(algorithm["algorithm"].dotted), public_key.kind))
        public_key.verify(signature, content)
        return
    hasher = rsaschemes.HASHES[digest]()
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        public_key.verify(signature, content, ec.ECDSA(hasher))
    elif algorithm["algorithm"].dotted == oids.RSA_PSS:
        pss = rsaschemes.read_pss(algorithm)
        public_key.verify(signature, content, rsaschemes.pss_padding(pss),
                          rsaschemes.HASHES[pss.digest]())
    else:
        public_key.verify(signature, content, padding.PKCS1v15(), hasher)


def request_verifies(request, algorithm):
    """Check a PKCS#10; new versions of cryptography refuse MD5 and SHA-1."""
    old = (x509.SignatureAlgorithmOID.RSA_WITH_MD5,
           x509.SignatureAlgorithmOID.RSA_WITH_SHA1,
           x509.SignatureAlgorithmOID.ECDSA_WITH_SHA1)
    key = newkeys.public_key(request)
    digest = None
    if not newkeys.is_new(key):
        if request.signature_algorithm_oid not in old:
            return request.is_signature_valid
        digest = request.signature_hash_algorithm.name
    try:
        verify(key, algorithm, digest, request.signature,
               request.tbs_certrequest_bytes)
    except InvalidSignature:
        return False
    return True


class PkiMessage:
    """A message of a client; `problems` lists what is wrong with it."""

    def __init__(self, encoding):
        self.problems = []
        self.content = self.csr = self.names = None
        self.envelope = None
        self.challenge = None
        self.entry = {}
        try:
            self._parse(encoding)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise BadMessage("no pkiMessage: %s" % error) from error

    def _parse(self, encoding):
        info = cms.ContentInfo.load(encoding, strict=True)
        if info["content_type"].dotted != oids.SIGNED_DATA:
            raise BadMessage("the message is no SignedData")
        data = info["content"]
        if len(data["signer_infos"]) != 1:
            raise BadMessage("not exactly one SignerInfo")
        self.info = data["signer_infos"][0]
        self.econtent = data["encap_content_info"]["content"].native
        if not isinstance(self.econtent, bytes):
            self.econtent = data["encap_content_info"]["content"].contents
        self.attributes = self._attributes()
        self.message_type = self._text(oids.MESSAGE_TYPE)
        self.transaction_id = self._text(oids.TRANSACTION_ID)
        self.sender_nonce = self._value(oids.SENDER_NONCE)
        self.digest_oid = self.info["digest_algorithm"]["algorithm"].dotted
        self.digest = oids.NAMES.get(self.digest_oid, self.digest_oid)
        self.signer = self._find_signer(data["certificates"])
        self._note_outside()

    def _attributes(self):
        """Attribute OID -> (tag, content) of its one value."""
        table = {}
        for attribute in self.info["signed_attrs"]:
            kind = attribute["type"].dotted
            values = der.split(attribute["values"].contents)
            if kind in table or len(values) != 1:
                self.problems.append("%s does not come once" % kind)
            table[kind] = values[0][:2]
        return table

    def _value(self, kind):
        return self.attributes.get(kind, (0, b""))[1]

    def _text(self, kind):
        return self._value(kind).decode("latin-1")

    def _find_signer(self, certificates):
        """The certificate of the SignerInfo, as an object of cryptography."""
        sid = self.info["sid"].chosen.dump()
        for choice in certificates:
            if choice.name != "certificate":
                continue
            found = x509.load_der_x509_certificate(choice.chosen.dump())
            if envelope.issuer_and_serial(found) == sid:
                return found
        raise BadMessage("the signer's certificate is not in the message")

    def _note_outside(self):
        sign = self.info["signature_algorithm"]["algorithm"].dotted
        signer = asn1_x509.Certificate.load(self.signer_der())
        self.entry.update({
            "messageType": self.message_type,
            "transactionID": self.transaction_id,
            "transactionIDType": der.tag_name(
                self.attributes.get(oids.TRANSACTION_ID, (0, b""))[0]),
            "senderNonce": self.sender_nonce.hex(),
            "attributes": sorted(self.attributes),
            "digestAlgorithm": self.digest_oid,
            "digestName": self.digest,
            "signatureAlgorithm": sign,
            "signatureName": oids.name(sign),
            "signerSubject": self.signer.subject.rfc4514_string(),
            "signerIssuer": self.signer.issuer.rfc4514_string(),
            "signerSerial": "%x" % self.signer.serial_number,
            "signerSelfSigned": signer.self_issued,
            "signerNotBefore": self.signer.not_valid_before.isoformat(),
            "signerNotAfter": self.signer.not_valid_after.isoformat()})
        if oids.SIGNING_TIME in self.attributes:
            self.entry["signingTime"] = self._text(oids.SIGNING_TIME)

    def signer_der(self):
        return self.signer.public_bytes(Encoding.DER)

    def check(self, authority, password):
        """Verify, decrypt and parse; add problems to the list."""
        steps = (self._check_attributes, self._check_signature,
                 lambda: self._open(authority, password), self._parse_content)
        for step in steps:
            try:
                step()
            except InvalidSignature:
                self._problem("the signature does not verify")
            except Exception as error:  # whatever a client may send
                self._problem("%s: %s" % (type(error).__name__, error))
            if self.problems:
                break
        self.entry["problems"] = self.problems

    def _problem(self, text):
        self.problems.append(text)

    def _check_attributes(self):
        for kind, what in ((oids.MESSAGE_TYPE, "messageType"),
                           (oids.TRANSACTION_ID, "transactionID"),
                           (oids.SENDER_NONCE, "senderNonce"),
                           (oids.CONTENT_TYPE, "contentType"),
                           (oids.MESSAGE_DIGEST, "messageDigest")):
            if not self._value(kind):
                self._problem("no " + what)
        if len(self.sender_nonce) != 16:
            self._problem("senderNonce has %d octets" % len(self.sender_nonce))
        if oids.FAIL_INFO in self.attributes:
            self._problem("a request with failInfo")

    def _check_signature(self):
        digest = newkeys.hashed(self.digest, self.econtent)
        if digest != self._value(oids.MESSAGE_DIGEST):
            self._problem("messageDigest does not match the content")
        key = newkeys.public_key(self.signer)
        if newkeys.is_new(key) and newkeys.fit_digest(
                key, self.digest) != self.digest:
            self._problem("digestAlgorithm %s does not fit a key of %s" % (
                self.digest, key.kind))
        signature = self.info["signature"].native
        algorithm = self.info["signature_algorithm"]
        self._note_signature(signed_hash(key, algorithm, signature), algorithm)
        signed = b"\x31" + self.info["signed_attrs"].dump()[1:]
        verify(key, algorithm, self.digest, signature, signed)

    def _note_signature(self, digest, algorithm):
        """The hash of PSS; RFC 4056, 3 wants that of the SignerInfo."""
        self.entry["signatureHash"] = digest
        if digest not in (None, self.digest):
            self._problem("digestAlgorithm %s, but a signature of %s" %
                          (self.digest, digest))
        number = algorithm["algorithm"].dotted
        named = oids.DIGEST_WITH_RSA.get(self.digest)
        if number in oids.DIGEST_WITH_RSA.values() and number != named:
            self._problem("digestAlgorithm %s, but signatureAlgorithm %s" %
                          (self.digest, oids.name(number)))
        if number == oids.RSA_PSS:
            pss = rsaschemes.read_pss(algorithm)
            self.entry["signatureMask"] = pss.mask
            self.entry["signatureSalt"] = pss.salt

    def _open(self, authority, password):
        self.envelope = envelope.Envelope(self.econtent)
        self.entry.update(self.envelope.describe())
        if self.envelope.kind == "pwri":
            if password is None:
                self._problem("no password for the envelope")
                return
        elif self.envelope.kind not in ("ktri", "kem"):
            self._problem("the recipient is %s" % self.envelope.kind)
            return
        elif not self.envelope.is_for(authority.decrypter.certificate):
            self._problem("the envelope is not for our certificate")
            return
        self.content = self.envelope.open(authority.decrypter.key, password)

    def _parse_content(self):
        self.entry["content"] = self.content.hex()
        if self.message_type in (PKCS_REQ, RENEWAL_REQ):
            self._parse_csr()
        elif self.message_type in (CERT_POLL, GET_CERT, GET_CRL):
            self._parse_names()

    def _parse_csr(self):
        self.csr = x509.load_der_x509_csr(self.content)
        parsed = asn1_csr.CertificationRequest.load(self.content, strict=True)
        good = request_verifies(self.csr, parsed["signature_algorithm"])
        self.entry.update({"csrSubject": self.csr.subject.rfc4514_string(),
                           "csrSignatureOk": good})
        if not good:
            self._problem("the signature of the PKCS#10 does not verify")
        for attribute in parsed["certification_request_info"]["attributes"]:
            if attribute["type"].dotted == oids.CHALLENGE_PASSWORD:
                tag, body, _ = der.inner(der.inner(attribute.dump())[1][2])[0]
                self.challenge = body.decode("utf-8", "replace")
                self.entry["challengePassword"] = self.challenge
                self.entry["challengePasswordType"] = der.tag_name(tag)

    def _parse_names(self):
        """IssuerAndSubject, or IssuerAndSerialNumber."""
        (_, _, issuer), (tag, body, second) = der.inner(self.content)
        self.names = (issuer, second)
        self.entry["issuer"] = self._name_text(issuer)
        self.entry["issuerDER"] = issuer.hex()
        if tag == der.INTEGER:
            self.entry["serial"] = "%x" % int.from_bytes(body, "big")
        else:
            self.entry["subject"] = self._name_text(second)
            self.entry["subjectDER"] = second.hex()

    @staticmethod
    def _name_text(encoding):
        return asn1_x509.Name.load(encoding).human_friendly


def integer_value(encoding):
    return int.from_bytes(der.split(encoding)[0][1], "big", signed=True)


def verify_certificate(certificate, public_key):
    """Raises InvalidSignature unless `public_key` signed it."""
    parsed = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
    algorithm = parsed["signature_algorithm"]
    digest = None
    if not newkeys.is_new(public_key):
        digest = algorithm.hash_algo
    verify(public_key, algorithm, digest, certificate.signature,
           certificate.tbs_certificate_bytes)
