"""TLS on the port of the CA, with a certificate that the CA has issued."""

import ipaddress
import socket
import ssl

from cryptography import x509

import pki

HANDSHAKE = b"\x16"     # the first byte of a TLS connection


def context(authority):
    """The server's side of TLS, for 127.0.0.1 and localhost."""
    store = authority.store
    key = store.key("tls")
    names = x509.SubjectAlternativeName([
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    store.certificate("tls", lambda: pki.certify(
        authority.ca, pki.name("localhost"), key.public_key(),
        [(x509.BasicConstraints(ca=False, path_length=None), True),
         (pki.key_usage("sign,encipher"), True), (names, False)]))
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(store.path("tls.crt"), store.path("tls.key"))
    return made


def accept(connection, made):
    """The connection, inside TLS if its first byte begins a handshake."""
    if connection.recv(1, socket.MSG_PEEK) != HANDSHAKE:
        return connection
    return made.wrap_socket(connection, server_side=True)
