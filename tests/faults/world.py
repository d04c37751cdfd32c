"""Keys, certificates, test CAs, and a server that repeats their answers."""

import base64
import datetime
import http.client
import os
import socketserver
import ssl
import sys
import threading
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

TESTCA = os.path.join(os.path.dirname(os.path.realpath(__file__)), "..",
                      "testca")
sys.path.insert(0, TESTCA)

import app          # noqa: E402
import options      # noqa: E402

PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
DAY = datetime.timedelta(days=1)
PASS = b"phrase"

# The messageType of a pkiMessage: its object identifier, and a SET of a string
# of two characters (RFC 8894, 3.2.1.2).
MESSAGE_TYPE = bytes.fromhex("060a6086480186f84501090231041302")
# The transactionID: a SET of a string of 32 characters (RFC 8894, 3.2.1.1).
TRANSACTION_ID = bytes.fromhex("060a6086480186f84501090731221320")


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def key_pem(key, phrase=None):
    protection = serialization.NoEncryption() if phrase is None else \
        serialization.BestAvailableEncryption(phrase)
    return key.private_bytes(PEM, PKCS8, protection)


class World:
    """All that the operations need, in a directory."""

    def __init__(self, top, operations):
        self.top = top
        self.urls = {}
        self.inputs = {}    # of each operation, by name
        self.key = rsa.generate_private_key(65537, 2048)
        self.new_key = os.path.join(top, "new.key")
        with open(self.new_key, "wb") as stream:
            stream.write(key_pem(ec.generate_private_key(ec.SECP256R1())))
        self.tls_cert = self._make_tls()
        upstream = {}
        for operation in operations:
            directory = os.path.join(top, "ca-" + operation.name)
            upstream[operation.name] = app.start(options.parse(
                ["--dir", directory, "--keys", os.path.join(top, "keys"),
                 "--challenge", "secret", *operation.ca])).port
            self._make_inputs(operation, directory)
        self.ports = [Replay(upstream).port,
                      Replay(upstream, self.tls_cert).port]

    def url(self, operation):
        scheme, port = (("https", self.ports[1]) if operation.tls
                        else ("http", self.ports[0]))
        host = "localhost" if operation.named or operation.tls \
            else "127.0.0.1"
        return "%s://%s:%d/%s/scep" % (scheme, host, port, operation.name)

    def _make_tls(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = x509.CertificateBuilder().subject_name(
            name("localhost")).issuer_name(name("localhost")).public_key(
                self.key.public_key()).serial_number(1).not_valid_before(
                    now - DAY).not_valid_after(now + DAY).add_extension(
                        x509.SubjectAlternativeName(
                            [x509.DNSName("localhost")]),
                        False).sign(self.key, hashes.SHA256())
        path = os.path.join(self.top, "tls.pem")
        with open(path, "wb") as stream:
            stream.write(key_pem(self.key) + certificate.public_bytes(PEM))
        return path

    def _make_inputs(self, operation, directory):
        """Everything that an operation may read, by the names in it."""
        with open(os.path.join(directory, "ca.crt"), "rb") as stream:
            ca_pem = stream.read()
        with open(os.path.join(directory, "ca.key"), "rb") as stream:
            ca_key = serialization.load_pem_private_key(stream.read(), None)
        authority = x509.load_pem_x509_certificate(ca_pem)
        with open(self.tls_cert, "rb") as stream:
            tls_pem = stream.read()
        own = self._issue(authority, ca_key, directory)
        request = x509.CertificateSigningRequestBuilder().subject_name(
            name("device")).add_extension(x509.SubjectAlternativeName(
                [x509.DNSName("device.example.org")]), False).add_attribute(
                    x509.oid.AttributeOID.CHALLENGE_PASSWORD,
                    b"secret").sign(self.key, hashes.SHA256())
        self.inputs[operation.name] = {
            "CA": ca_pem,
            "CERT": own.public_bytes(PEM),
            "CSR": request.public_bytes(PEM),
            "KEY": key_pem(self.key),
            "LOCKED": key_pem(self.key, PASS),
            "PASS": PASS + b"\n",
            "PIN": authority.fingerprint(hashes.SHA256()).hex().encode(),
            "SERIAL": b"%x" % own.serial_number,
            "TLS": tls_pem[tls_pem.index(b"-----BEGIN CERT"):],
        }

    def _issue(self, authority, ca_key, directory):
        """A certificate of the device, of which little is left."""
        now = datetime.datetime.now(datetime.timezone.utc)
        own = x509.CertificateBuilder().subject_name(
            name("device")).issuer_name(authority.subject).public_key(
                self.key.public_key()).serial_number(
                    0x1267).not_valid_before(
                        now - 300 * DAY).not_valid_after(
                            now + 20 * DAY).sign(ca_key, hashes.SHA256())
        with open(os.path.join(directory, "issued", "1267.pem"),
                  "wb") as stream:
            stream.write(own.public_bytes(PEM))
        return own


class Server(socketserver.ThreadingTCPServer):
    """Each connection has a thread, which ends with it."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 100

    def handle_error(self, request, client_address):
        """A client may go at any time."""


def text_after(start, length, message):
    """The characters of an attribute that begins so."""
    at = message.find(start)
    return message[at + len(start):][:length] if at >= 0 else b""


class Replay:
    """Answers as the CA has answered to the first message of a kind.

    A run in which a call has failed may make another key, and so another
    transactionID.
    """

    def __init__(self, upstream, tls_cert=None):
        self.upstream = upstream
        self.answers = {}
        self.lock = threading.Lock()
        self.context = None
        if tls_cert is not None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(tls_cert)
        replay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                replay.serve(self.request)

        server = Server(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(self, connection):
        connection.settimeout(60)
        if self.context is not None:
            connection = self.context.wrap_socket(connection,
                                                  server_side=True)
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                more = connection.recv(65536)
                if not more:
                    return
                received += more
            head, _, received = received.partition(b"\r\n\r\n")
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line[15:])
            while len(received) < length:
                more = connection.recv(65536)
                if not more:
                    return
                received += more
            body, received = received[:length], received[length:]
            connection.sendall(self.answer(head.decode("latin-1"), body))

    def answer(self, head, body):
        method, target = head.split(" ", 2)[:2]
        url = urllib.parse.urlsplit(target)
        scenario = url.path.split("/")[1]
        query = urllib.parse.parse_qs(url.query)
        message = body or base64.b64decode(query.get("message", [""])[0])
        key = (scenario, query.get("operation", [""])[0],
               text_after(MESSAGE_TYPE, 2, message),
               text_after(TRANSACTION_ID, 32, message))
        with self.lock:
            if key not in self.answers:
                self.answers[key] = self.ask(scenario, method, target, body)
        return self.answers[key]

    def ask(self, scenario, method, target, body):
        connection = http.client.HTTPConnection("127.0.0.1",
                                                self.upstream[scenario])
        connection.request(method, target, body or None, {
            "Content-Type": "application/x-pki-message"} if body else {})
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\n" \
            b"Content-Length: %d\r\n\r\n" % (
                response.status,
                response.getheader("Content-Type", "").encode(),
                len(content)) + content
