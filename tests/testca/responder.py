"""The SCEP operations: from an HTTP request to an HTTP reply."""

import base64
import binascii
import threading
import traceback
import urllib.parse

import certrep
import enrol
import faults
import message
import newkeys
import server
from certrep import degenerate, encode

DEFAULT_CAPS = ("AES,DES3,POSTPKIOperation,Renewal,SHA-1,SHA-256,SHA-512,"
                "SCEPStandard")
X_CA = "application/x-x509-ca-cert"
X_CA_RA = "application/x-x509-ca-ra-cert"
X_NEXT_CA = "application/x-x509-next-ca-cert"
X_MESSAGE = "application/x-pki-message"
WELCOME = b"<html><body><h1>Welcome</h1></body></html>\n"


def parse_query(target):
    """The parameters in order, percent-decoded; '+' stays a plus sign."""
    query = urllib.parse.urlsplit(target).query
    pairs = [part.partition("=")[::2] for part in query.split("&") if part]
    return [(urllib.parse.unquote(key), urllib.parse.unquote(value))
            for key, value in pairs]


def pem(label, content):
    text = base64.encodebytes(content).decode()
    return ("-----BEGIN %s-----\n%s-----END %s-----\n"
            % (label, text, label)).encode()


class CaCert:
    """The answer to GetCACert, under construction."""

    def __init__(self, authority):
        self.authority = authority
        self.certificates = [encode(one) for one in authority.bundle]
        self.as_bundle = len(self.certificates) > 1

    def put_in_front(self, certificate):
        self.certificates.insert(0, encode(certificate))
        self.as_bundle = True


class NextCa:
    """The answer to GetNextCACert, under construction."""

    def __init__(self, authority):
        self.authority = authority
        self.signer = authority.signer
        self.included = [authority.signer.certificate]
        self.certificates = []          # the next CA certificates


class Responder:
    def __init__(self, options, authority, journal):
        self.options = options
        self.authority = authority
        self.journal = journal
        self.plan = faults.Plan(options.fault, options.fault_on,
                                options.fault_after, options.fault_times)
        self.enrolment = enrol.Enrolment(options, authority)
        self.lock = threading.Lock()

    def handle(self, request):
        """Make the reply to a request, and log both."""
        entry = request.describe(self.journal.number())
        due = faults.Due([])
        try:
            with self.lock:
                operation = self._operation(request, entry)
                due = self.plan.due(operation)
                entry["faults"] = due.names()
                reply = self._dispatch(operation, request, entry, due)
                due.spoil("body", reply)
        except Exception:  # a bug must not end the server
            entry["traceback"] = traceback.format_exc()
            reply = server.text_reply(500, "the test CA stumbled\n")
        reply.due = due
        entry["status"] = reply.status
        entry["replyType"] = reply.content_type
        entry["replyLength"] = len(reply.body)
        self.journal.keep("replies", entry["n"], reply.body)
        self.journal.write(entry)
        return reply

    @staticmethod
    def _operation(request, entry):
        query = parse_query(request.target)
        entry["query"] = query
        known = dict(reversed(query))
        entry["operation"] = known.get("operation")
        entry["message"] = known.get("message")
        return (known.get("operation") or "").lower()

    def _dispatch(self, operation, request, entry, due):
        if operation == "getcacaps":
            return self._caps()
        if operation == "getcacert":
            return self._ca_cert(due)
        if operation == "getnextcacert":
            return self._next_ca(due)
        if operation == "pkioperation":
            return self._pki_operation(request, entry, due)
        return server.text_reply(404, "unknown operation\n")

    def _caps(self):
        bad = self.options.no_caps_http
        if bad == "html":
            return server.Reply(200, "text/html", WELCOME)
        if bad == "close":
            reply = server.text_reply(200, "")
            reply.answer = False
            return reply
        if bad:
            return server.text_reply(int(bad), "no capabilities here\n")
        words = self.options.caps.split(",")
        if self.options.caps == "none":
            words = []
        if self.options.get_only:
            words = [word for word in words
                     if word not in ("POSTPKIOperation", "SCEPStandard")]
        end = "\r\n" if self.options.caps_eol == "crlf" else "\n"
        body = "".join(word + end for word in words)
        return server.Reply(200, "text/plain", body.encode())

    def _ca_cert(self, due):
        answer = CaCert(self.authority)
        due.spoil("cacert", answer)
        bundle = degenerate(answer.certificates)
        first = answer.certificates[0] if answer.certificates else b""
        body = bundle if answer.as_bundle else first
        kind = X_CA_RA if answer.as_bundle else X_CA
        form = self.options.getca_form
        if form == "wrong-type":
            kind = X_CA if answer.as_bundle else X_CA_RA
        elif form:
            if form == "p7-ra":
                kind = X_CA_RA
            body = {"der": first, "p7": bundle, "p7-ra": bundle,
                    "pem": b"".join(pem("CERTIFICATE", one)
                                    for one in answer.certificates),
                    "p7pem": pem("PKCS7", bundle)}[form]
        return server.Reply(200, kind, body)

    def _next_ca(self, due):
        if not self.options.next_ca:
            return server.text_reply(404, "no next CA certificate\n")
        answer = NextCa(self.authority)
        makers = {"self": self.authority.next_ca,
                  "cross": lambda: self.authority.next_ca("ca"),
                  "entity": lambda: self.authority.end_entity().certificate}
        answer.certificates = [
            encode(makers[word]())
            for word in self.options.next_ca_certs.split(",") if word]
        due.spoil("signer", answer)
        beside = [encode(one) for one in answer.included
                  if self.options.signer_cert]
        content = b""
        if self.options.next_ca_form == "outer":
            beside += answer.certificates
        else:
            content = degenerate(answer.certificates)
        digest = self.options.digest
        return server.Reply(200, X_NEXT_CA, certrep.sign_plain(
            content, answer.signer, beside,
            newkeys.fit_digest(answer.signer.key, "sha256")
            if digest == "same" else digest,
            self.options.sigalg == "pss", not self.options.content_type))

    def _message_bytes(self, request, entry):
        if request.method == "POST":
            return request.body
        text = entry["message"] or ""
        return base64.b64decode(text, validate=True)

    def _pki_operation(self, request, entry, due):
        if request.method == "POST" and self.options.get_only:
            return server.text_reply(405, "POST is not for this server\n")
        try:
            encoding = self._message_bytes(request, entry)
            self.journal.keep("requests", entry["n"], encoding)
            parsed = message.PkiMessage(encoding)
        except (message.BadMessage, binascii.Error) as error:
            entry["badMessage"] = str(error)
            return server.text_reply(400, "%s\n" % error)
        entry.update(parsed.entry)
        status = 200
        if parsed.message_type == message.RENEWAL_REQ:
            status = self.options.renewal_http or 200
        if status != 200 and self.options.renewal_http_body == "text":
            return server.text_reply(status, "what is a RenewalReq?\n")
        draft = certrep.Draft(self.options, self.authority, parsed, due)
        self.enrolment.decide(parsed, draft)
        entry.update(parsed.entry)
        body = draft.build()
        entry["reply"] = {"pkiStatus": draft.status,
                          "failInfo": draft.fail_info,
                          "failInfoText": draft.fail_text,
                          "recipientKind": draft.recipient_kind,
                          "cipher": draft.cipher, "digest": draft.digest}
        return server.Reply(status, X_MESSAGE, body)
