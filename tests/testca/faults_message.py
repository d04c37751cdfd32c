"""Faults of the CertRep: SignedData, attributes, envelope, content.

The functions work on a certrep.Draft.
"""

import os

import certrep
import der
import envelope
import newkeys
import oids
import pki
import rsaschemes
from faults import fault


# SignedData

@fault("wrong-cms-type", "signed", "an EnvelopedData where SignedData belongs")
def _(draft):
    draft.raw = draft.seal(b"content")


@fault("no-signerinfo", "signed", "there is no SignerInfo")
def _(draft):
    draft.signer_infos = []


@fault("two-signerinfos", "signed", "a second SignerInfo, of a stranger")
def _(draft):
    draft.signer = draft.authority.stranger()
    draft.included.append(draft.signer.certificate)
    draft.signer_infos.append(draft.sign())


@fault("bad-signature", "signed", "a bit of the signature is wrong")
def _(draft):
    info = draft.signer_infos[0]
    draft.signer_infos[0] = info[:-1] + bytes([info[-1] ^ 1])


@fault("bad-message-digest", "attributes",
       "messageDigest is that of another content")
def _(draft):
    value = draft.value(oids.MESSAGE_DIGEST)
    draft.set(oids.MESSAGE_DIGEST, value[:-1] + bytes([value[-1] ^ 1]))


@fault("altered-content", "signed", "the envelope is replaced after signing")
def _(draft):
    draft.econtent = draft.seal(b"content")


@fault("wrong-signer", "signer",
       "signed by a stranger with the name and serial of the CA",
       ("pkioperation", "getnextcacert"))
def _(draft):
    draft.signer = draft.authority.stranger(
        draft.signer.certificate.subject, draft.signer.certificate)
    draft.included = [draft.signer.certificate]


@fault("stranger-signer", "signer",
       "signed by a stranger whose certificate is included",
       ("pkioperation", "getnextcacert"))
def _(draft):
    draft.signer = draft.authority.stranger()
    draft.included = [draft.signer.certificate]


@fault("end-entity-signer", "signer",
       "signed by an end entity of the CA, with its certificate included",
       ("pkioperation", "getnextcacert"))
def _(draft):
    draft.signer = draft.authority.end_entity()
    draft.included = [draft.signer.certificate]


@fault("cert-sign-signer", "signer",
       "signed by a certificate with keyCertSign, but without "
       "basicConstraints, which the CA has issued",
       ("pkioperation", "getnextcacert"))
def _(draft):
    draft.signer = draft.authority.cert_sign_entity()
    draft.included = [draft.signer.certificate]


@fault("digest-by-signature", "attributes",
       "harmless: digestAlgorithm has the name of the signature algorithm")
def _(draft):
    draft.digest_by_signature = True


@fault("signature-of-other-key", "attributes",
       "signatureAlgorithm is ECDSA for an RSA key, RSA for an EC key")
def _(draft):
    rsa = certrep.is_rsa(draft.signer.key)
    draft.signature_table = \
        oids.DIGEST_WITH_ECDSA if rsa else oids.DIGEST_WITH_RSA


# libcrypto answers these with -1, which is neither good nor bad.

@fault("signature-unknown", "attributes",
       "signatureAlgorithm is one that nobody knows")
def _(draft):
    draft.algorithm = der.seq(der.oid(oids.UNKNOWN_ATTRIBUTE))


@fault("signature-pss-trailer", "attributes",
       "signatureAlgorithm is RSASSA-PSS, with a trailerField of 2")
def _(draft):
    name, parameters = der.inner(rsaschemes.pss_identifier(
        rsaschemes.pss_for(draft.digest)))
    draft.algorithm = der.seq(name[2], der.seq(
        parameters[1], der.explicit(3, der.integer(2))))


@fault("signature-cut", "signed", "the signature lacks its first octet")
def _(draft):
    parts = der.inner(draft.signer_infos[0])
    draft.signer_infos[0] = der.seq(*[whole for _, _, whole in parts[:-1]],
                                    der.octets(parts[-1][1][1:]))


@fault("signature-of-other-digest", "attributes",
       "harmless: signatureAlgorithm names SHA-384, not the digestAlgorithm")
def _(draft):
    rsa = certrep.is_rsa(draft.signer.key)
    draft.signature_table = \
        oids.DIGEST_WITH_RSA if rsa else oids.DIGEST_WITH_ECDSA
    draft.signature_digest = "sha384"


@fault("no-signed-attrs", "signed", "signed without attributes")
def _(draft):
    draft.signer_infos = [draft.sign(signed_attributes=False)]


@fault("unsigned-attrs", "signed", "all attributes are unsigned")
def _(draft):
    draft.unsigned = draft.attributes
    draft.signer_infos = [draft.sign(signed_attributes=False)]


# Signed attributes

@fault("wrong-content-type", "attributes", "contentType is id-signedData")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(oids.SIGNED_DATA))


@fault("enveloped-content-type", "attributes",
       "contentType is id-envelopedData")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(oids.ENVELOPED_DATA))


@fault("data-content-type", "attributes",
       "harmless: contentType is id-data, also with --econtent enveloped")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(oids.DATA))


@fault("two-content-types", "attributes", "contentType has two values")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(oids.DATA),
              der.oid(oids.ENVELOPED_DATA))


@fault("duplicate-content-type", "attributes", "contentType comes twice")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(draft.econtent_type))
    draft.attributes.append([oids.CONTENT_TYPE,
                             [der.oid(draft.econtent_type)]])


@fault("unsigned-content-type", "attributes", "contentType is not signed")
def _(draft):
    draft.put(oids.CONTENT_TYPE, der.oid(draft.econtent_type))
    draft.unsign(oids.CONTENT_TYPE)


@fault("no-message-digest", "attributes", "messageDigest is missing")
def _(draft):
    draft.set(oids.MESSAGE_DIGEST)


@fault("two-message-digests", "attributes", "messageDigest has two values")
def _(draft):
    draft.set(oids.MESSAGE_DIGEST, draft.value(oids.MESSAGE_DIGEST),
              der.octets(b"\0" * 32))


@fault("duplicate-message-digest", "attributes", "messageDigest comes twice")
def _(draft):
    draft.attributes.append([oids.MESSAGE_DIGEST,
                             [draft.value(oids.MESSAGE_DIGEST)]])


@fault("unsigned-message-digest", "attributes", "messageDigest is not signed")
def _(draft):
    draft.unsign(oids.MESSAGE_DIGEST)


@fault("both-message-digests", "attributes",
       "one messageDigest is signed and another one is not")
def _(draft):
    draft.unsigned.append([oids.MESSAGE_DIGEST, [der.octets(b"\0" * 32)]])


def attribute_fault(name, text, kind, *make):
    """Replace the values of an attribute; `make` gives each from the draft."""
    @fault(name, "attributes", text)
    def spoil(draft):
        draft.set(kind, *[one(draft) for one in make])


def text_of(change):
    """The transactionID, changed, as an attribute value."""
    return lambda draft: draft.text(change(draft.message.transaction_id))


def constant(value):
    return lambda draft: draft.text(value)


def nonce_of(change, tag=der.OCTET_STRING):
    return lambda draft: der.tlv(tag, change(draft.message.sender_nonce))


def same(value):
    return value


def status_of(draft):
    return draft.text(draft.status)


attribute_fault("no-transaction-id", "transactionID is missing",
                oids.TRANSACTION_ID)
attribute_fault("wrong-transaction-id", "another transactionID",
                oids.TRANSACTION_ID,
                text_of(lambda text: text[:-1] + "?"))
attribute_fault("transaction-id-prefix", "the last character is missing",
                oids.TRANSACTION_ID, text_of(lambda text: text[:-1]))
attribute_fault("transaction-id-suffix", "a character more",
                oids.TRANSACTION_ID, text_of(lambda text: text + "0"))
attribute_fault("transaction-id-nul", "a NUL and more after it",
                oids.TRANSACTION_ID, text_of(lambda text: text + "\0x"))
attribute_fault("two-transaction-ids", "an attribute with two values",
                oids.TRANSACTION_ID, text_of(same),
                text_of(lambda text: text + "0"))
attribute_fault("no-message-type", "messageType is missing",
                oids.MESSAGE_TYPE)
attribute_fault("wrong-message-type", "messageType is 19", oids.MESSAGE_TYPE,
                constant("19"))
attribute_fault("message-type-03", 'messageType is "03"', oids.MESSAGE_TYPE,
                constant("03"))
attribute_fault("no-status", "pkiStatus is missing", oids.PKI_STATUS)
attribute_fault("unknown-status", "pkiStatus is 7", oids.PKI_STATUS,
                constant("7"))
attribute_fault("empty-status", "pkiStatus is an empty string",
                oids.PKI_STATUS, constant(""))
attribute_fault("status-nul", "a NUL after pkiStatus", oids.PKI_STATUS,
                lambda draft: draft.text(draft.status + "\0"))
attribute_fault("two-statuses", "pkiStatus has two values", oids.PKI_STATUS,
                status_of, constant("2"))
attribute_fault("status-wrong-asn1-type", "pkiStatus is an OCTET STRING",
                oids.PKI_STATUS,
                lambda draft: der.octets(draft.status.encode()))
attribute_fault("no-recipient-nonce", "recipientNonce is missing",
                oids.RECIPIENT_NONCE)
attribute_fault("wrong-recipient-nonce", "another recipientNonce",
                oids.RECIPIENT_NONCE, nonce_of(lambda _: os.urandom(16)))
attribute_fault("short-recipient-nonce", "the first 8 octets of it",
                oids.RECIPIENT_NONCE, nonce_of(lambda nonce: nonce[:8]))
attribute_fault("long-recipient-nonce", "recipientNonce and 16 octets more",
                oids.RECIPIENT_NONCE, nonce_of(lambda nonce: nonce + nonce))
attribute_fault("empty-recipient-nonce", "recipientNonce has no octets",
                oids.RECIPIENT_NONCE, nonce_of(lambda _: b""))
attribute_fault("nonce-wrong-asn1-type", "recipientNonce is a UTF8String",
                oids.RECIPIENT_NONCE, nonce_of(same, der.UTF8))


@fault("status-no-value", "attributes", "pkiStatus has an empty SET")
def _(draft):
    draft.attributes = [[kind, [] if kind == oids.PKI_STATUS else values]
                        for kind, values in draft.attributes]


@fault("duplicate-transaction-id", "attributes", "the attribute comes twice")
def _(draft):
    draft.attributes.append([oids.TRANSACTION_ID, [
        draft.text(draft.message.transaction_id)]])


@fault("no-failinfo", "content", "FAILURE without failInfo")
def _(draft):
    draft.status, draft.content, draft.fail_info = "2", None, None


@fault("unknown-failinfo", "content", "FAILURE with failInfo 9")
def _(draft):
    draft.status, draft.content, draft.fail_info = "2", None, "9"


@fault("pending-with-content", "content",
       "harmless: PENDING with the content of a SUCCESS")
def _(draft):
    draft.status = certrep.PENDING


# Envelope and content, which a PENDING or FAILURE does not have.

def success_fault(name, stage, text):
    def register(function):
        def spoil(draft):
            if draft.status == certrep.SUCCESS:
                function(draft)
        return fault(name, stage, text)(spoil)
    return register


@success_fault("success-no-content", "content", "SUCCESS without an envelope")
def _(draft):
    draft.content = None


@success_fault("success-empty-envelope", "envelope",
               "an envelope without encryptedContent")
def _(draft):
    draft.envelope = draft.seal(None)


@success_fault("envelope-garbage", "envelope", "300 random bytes")
def _(draft):
    draft.envelope = os.urandom(300)


@success_fault("envelope-truncated", "envelope", "its second half is missing")
def _(draft):
    draft.envelope = draft.envelope[:len(draft.envelope) // 2]


@success_fault("envelope-trailing", "envelope", "bytes after the envelope")
def _(draft):
    draft.envelope += b"trailing"


@success_fault("envelope-wrong-key", "envelope",
               "encrypted for a stranger, but naming the client")
def _(draft):
    stranger = draft.authority.stranger().key.public_key()
    draft.envelope = envelope.seal(
        draft.content, draft.cipher,
        envelope.for_certificate(draft.recipient, stranger))


@success_fault("envelope-wrong-recipient", "envelope", "names a stranger")
def _(draft):
    stranger = draft.authority.stranger().certificate
    draft.envelope = envelope.seal(draft.content, draft.cipher,
                                   envelope.for_certificate(stranger))


@success_fault("envelope-bad-padding", "envelope", "the padding is wrong")
def _(draft):
    block = envelope.CIPHERS[draft.cipher][1]
    zeros = b"\0" * (block - len(draft.content) % block)
    draft.envelope = draft.seal([draft.content + zeros])


@success_fault("envelope-unknown-cipher", "envelope",
               "its cipher has an unknown OID")
def _(draft):
    known = der.oid(oids.CIPHERS[draft.cipher])
    draft.envelope = draft.envelope.replace(
        known, known[:-1] + b"\x7f", 1)


def content_fault(name, text, change):
    @success_fault(name, "content", text)
    def spoil(draft):
        draft.content = change(draft)


content_fault("content-garbage", "300 random bytes in the envelope",
              lambda draft: os.urandom(300))
content_fault("content-truncated", "the second half is missing",
              lambda draft: draft.content[:len(draft.content) // 2])
content_fault("content-trailing", "bytes after the SignedData",
              lambda draft: draft.content + b"trailing")
content_fault("content-no-certificates", "SignedData without certificates",
              lambda draft: certrep.degenerate([]))
content_fault("content-empty", "no bytes in the envelope", lambda draft: b"")
content_fault("content-single-certificate",
              "a bare certificate instead of SignedData",
              lambda draft: certrep.encode(
                  draft.certificate or draft.authority.ca.certificate))


# The issued certificate or CRL

def certificate_fault(name, text):
    """Decorator: the function returns the certificates of the reply."""
    def register(function):
        @success_fault(name, "content", text)
        def spoil(draft):
            if draft.certificate is not None:
                draft.content = certrep.degenerate(
                    [certrep.encode(one) for one in function(draft)])
    return register


@certificate_fault("cert-wrong-key", "a certificate for another key")
def _(draft):
    key = draft.authority.stranger().key.public_key()
    return [pki.certify(draft.authority.ca, draft.certificate.subject, key,
                        [])] + draft.authority.chain()


def issued_by(draft, stranger):
    return [pki.certify(stranger, draft.certificate.subject,
                        newkeys.public_key(draft.certificate), []),
            stranger.certificate]


def reissued_by(draft, stranger):
    """A copy of the certificate with its serial, issued by a stranger."""
    return [pki.recertify(stranger, draft.certificate),
            stranger.certificate]


@certificate_fault("cert-wrong-issuer",
                   "issued by a stranger with the name of the CA")
def _(draft):
    return issued_by(draft, draft.authority.stranger(
        draft.authority.ca.certificate.subject))


@certificate_fault("cert-issuer-unknown", "issued by a stranger")
def _(draft):
    return issued_by(draft, draft.authority.stranger())


@certificate_fault("cert-same-serial",
                   "issued by a stranger, with the right serial")
def _(draft):
    return reissued_by(draft, draft.authority.stranger())


@certificate_fault("cert-forged", "issued by a stranger with the name of the "
                   "CA, with the right serial")
def _(draft):
    return reissued_by(draft, draft.authority.stranger(
        draft.authority.ca.certificate.subject))


@success_fault("cert-bad-signature", "content",
               "a bit of the certificate's signature is wrong")
def _(draft):
    if draft.certificate is not None:
        whole = certrep.encode(draft.certificate)
        draft.content = certrep.degenerate(
            [whole[:-1] + bytes([whole[-1] ^ 1])])


@certificate_fault("cert-expired", "the certificate has expired")
def _(draft):
    return [pki.certify(draft.authority.ca, draft.certificate.subject,
                        newkeys.public_key(draft.certificate), [],
                        expired=True)]


@certificate_fault("cert-old", "the certificate that signed the request")
def _(draft):
    return [draft.message.signer]


def flip_middle(data):
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]


def end_entries_in_null(crl):
    tbs, algorithm, signature = der.inner(crl)
    fields = der.inner(tbs[2])
    entries = [content for _, content, _ in fields[5:6]]
    return der.seq(der.seq(*[whole for _, _, whole in fields[:5]],
                           der.seq(*entries, der.NULL)),
                   algorithm[2], signature[2])


def enlarge_signature(crl):
    tbs, algorithm, _ = der.inner(crl)
    return der.seq(tbs[2], algorithm[2], der.tlv(0x03, bytes(2000001)))


def rename_algorithm(crl):
    tbs, algorithm, signature = der.inner(crl)
    name = der.inner(algorithm[2])[0]
    return der.seq(tbs[2], der.seq(name[2]), signature[2])


def crl_fault(name, text, change):
    @success_fault(name, "content", text)
    def spoil(draft):
        if draft.crl is not None:
            draft.content = certrep.degenerate([], [change(draft)])


crl_fault("crl-wrong-issuer", "the CRL of a stranger",
          lambda draft: certrep.encode(draft.authority.crl(
              draft.authority.stranger())))
crl_fault("crl-bad-signature", "a CRL signed by a stranger of the same name",
          lambda draft: certrep.encode(draft.authority.crl(
              draft.authority.stranger(
                  draft.authority.ca.certificate.subject))))
crl_fault("crl-altered", "a bit of the CRL's signature is wrong",
          lambda draft: certrep.encode(draft.crl)[:-1] + bytes(
              [certrep.encode(draft.crl)[-1] ^ 1]))
crl_fault("crl-altered-middle", "a bit in the middle of the CRL is wrong",
          lambda draft: flip_middle(certrep.encode(draft.crl)))
crl_fault("crl-bad-entry", "the last entry of the CRL is NULL",
          lambda draft: end_entries_in_null(certrep.encode(draft.crl)))
crl_fault("crl-large-signature", "the CRL's signature has 2 MB",
          lambda draft: enlarge_signature(certrep.encode(draft.crl)))
crl_fault("crl-two-algorithms", "the signatureAlgorithm has no parameters",
          lambda draft: rename_algorithm(certrep.encode(draft.crl)))
crl_fault("crl-expired", "harmless: nextUpdate of the CRL has passed",
          lambda draft: certrep.encode(draft.authority.crl(age=60)))
crl_fault("crl-not-yet-valid",
          "harmless: thisUpdate of the CRL is in the future",
          lambda draft: certrep.encode(draft.authority.crl(age=-10)))


@success_fault("crl-two", "content", "two CRLs")
def _(draft):
    if draft.crl is not None:
        draft.content = certrep.degenerate(
            [], [certrep.encode(draft.crl),
                 certrep.encode(draft.authority.crl(age=1))])
