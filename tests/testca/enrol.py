"""Decide about a pkiMessage: SUCCESS, PENDING or FAILURE."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)
from cryptography.x509.oid import NameOID

import certrep
import message
import newkeys
import state


def spki(public_key):
    return public_key.public_bytes(Encoding.DER,
                                   PublicFormat.SubjectPublicKeyInfo)


class Enrolment:
    def __init__(self, options, authority):
        self.options = options
        self.authority = authority
        self.transactions = state.Transactions(
            authority.store.path("transactions"))

    def decide(self, request, draft):
        """Check the message and set the status of the draft."""
        request.check(self.authority, self.options.challenge)
        handler = {message.PKCS_REQ: self._request,
                   message.RENEWAL_REQ: self._request,
                   message.CERT_POLL: self._poll,
                   message.GET_CERT: self._get_cert,
                   message.GET_CRL: self._get_crl}.get(request.message_type)
        if self.options.fail:
            draft.refuse(self.options.fail, self.options.fail_text)
        elif request.problems:
            draft.refuse("badMessageCheck", request.problems[0])
        elif handler is None:
            draft.refuse("badRequest", "unknown messageType")
        else:
            handler(request, draft)

    def _issued_by_us(self, certificate):
        ours = self.authority.issued(certificate.serial_number)
        return ours is not None and ours == certificate

    def _self_signed(self, certificate, csr):
        """Self-signed with the key of the request."""
        try:
            message.verify_certificate(certificate,
                                       newkeys.public_key(certificate))
        except InvalidSignature:
            return False
        return (spki(newkeys.public_key(certificate)) ==
                spki(newkeys.public_key(csr)))

    def _request(self, request, draft):
        renewal = self._issued_by_us(request.signer)
        request.entry["signerIssuedByUs"] = renewal
        if not renewal and request.message_type == message.RENEWAL_REQ:
            draft.refuse("badMessageCheck",
                         "the signer is not a certificate of this CA")
        elif not renewal and not self._self_signed(request.signer,
                                                   request.csr):
            draft.refuse("badMessageCheck",
                         "the signer does not have the key of the request")
        elif (renewal and self.options.renewal_by and
              request.message_type != self.options.renewal_by):
            draft.refuse("badRequest", "renewals by messageType %s only" %
                         self.options.renewal_by)
        elif (self.options.challenge is not None and not renewal and
              request.challenge != self.options.challenge):
            draft.refuse("badRequest", "challenge password is wrong")
        else:
            self._start(request, draft)

    def _start(self, request, draft):
        """Start a transaction, or continue it if the request is sent again."""
        record = self.transactions.load(request.transaction_id)
        csr = request.content
        if not record or record["final"] or record["csr"] != csr.hex():
            record = self.transactions.new(request.transaction_id, csr)
            record["challenge"] = request.challenge
        self._answer(record, draft)

    def _poll(self, request, draft):
        record = self.transactions.load(request.transaction_id)
        if record is None:
            draft.refuse("badCertId", "no such transaction")
            return
        csr = x509.load_der_x509_csr(bytes.fromhex(record["csr"]))
        issuer = self.authority.ca.certificate.subject.public_bytes()
        if request.names != (issuer, csr.subject.public_bytes()):
            draft.refuse("badCertId", "IssuerAndSubject names another request")
        elif not (self._issued_by_us(request.signer) or
                  self._self_signed(request.signer, csr)):
            draft.refuse("badMessageCheck", "the signer has another key")
        else:
            self._answer(record, draft)

    def _answer(self, record, draft):
        """The next reply of a transaction: --pending N, then --then."""
        record["replies"] += 1
        draft.password = record["challenge"]
        if record["replies"] <= self._pending(record):
            draft.status = certrep.PENDING
        elif self.options.then == "failure":
            record["final"] = True
            draft.refuse("badRequest", "the operator said no")
        else:
            record["final"] = True
            draft.certificate = self._certificate(record)
        self.transactions.save(record)

    def _pending(self, record):
        """The number of PENDING replies of this transaction."""
        wanted = self.options.pending_name
        csr = x509.load_der_x509_csr(bytes.fromhex(record["csr"]))
        found = [part.value for part in csr.subject.get_attributes_for_oid(
            NameOID.COMMON_NAME)]
        return self.options.pending if wanted in [None] + found else 0

    def _certificate(self, record):
        """The certificate of a transaction: issued once, then the same."""
        if record["serial"] is None:
            csr = x509.load_der_x509_csr(bytes.fromhex(record["csr"]))
            issued = self.authority.issue(csr, self.options.issue_as,
                                          self.options.issue_ahead,
                                          self.options.issue_san)
            record["serial"] = "%x" % issued.serial_number
        return self.authority.issued(int(record["serial"], 16))

    def _get_cert(self, request, draft):
        issuer, number = request.names
        serial = message.integer_value(number)
        ours = self.authority.ca.certificate
        found = self.authority.issued(serial)
        if serial == ours.serial_number:
            found = ours
        if found is None or issuer != found.issuer.public_bytes():
            draft.refuse("badCertId", "no such certificate")
        else:
            draft.certificate = found

    def _get_crl(self, request, draft):
        subject = self.authority.ca.certificate.subject.public_bytes()
        if request.names[0] != subject:
            draft.refuse("badCertId", "no CRL of that issuer")
        else:
            draft.crl = self.authority.crl(serials=(
                self.options.revoke +
                [0x10000 + count for count in range(self.options.crl_size)]))
