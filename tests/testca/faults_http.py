"""Faults of the connection, and faults of the body of any answer."""

import os
import socket
import struct
import time

import der
from faults import OPERATIONS, fault
from wire import CRLF, chunks, head

NOT_CAPS = OPERATIONS[1:]


def status_fault(status, text):
    @fault("http-%d" % status, "http", "HTTP status %d" % status)
    def spoil(sending):
        sending.reply.status = status
        sending.reply.content_type = "text/plain"
        sending.body = text
        sending.plain()


status_fault(400, b"the parameter message is missing\n")
status_fault(404, b"nothing here\n")
status_fault(503, b"busy\n")
status_fault(500, b"something broke\x1b[31m\x07\x00\xff\n")


@fault("http-204", "http", "HTTP status 204 without a body")
def _(sending):
    sending.reply.status = 204
    sending.send_head()


def redirect(name, status, text, location):
    @fault(name, "http", text)
    def spoil(sending):
        sending.reply.status = status
        sending.body = b"moved\n"
        sending.reply.headers.append(
            ("Location", location or sending.request.target))
        sending.plain()


redirect("http-302", 302, "redirect to another host",
         "http://127.0.0.2:1/elsewhere")
redirect("http-302-self", 302, "redirect to the same URL; with --fault-times "
         "N harmless for a GET", None)
redirect("http-307-self", 307, "redirect to the same URL; with --fault-times "
         "N harmless", None)


@fault("http-100", "http", "harmless: 100 Continue before the reply")
def _(sending):
    sending.raw(b"HTTP/1.1 100 Continue\r\n\r\n")
    sending.plain()


@fault("empty-200", "http", "status 200 with an empty body")
def _(sending):
    sending.body = b""
    sending.plain()


@fault("close-no-answer", "http", "the connection closes without an answer")
def _(sending):
    sending.end()


@fault("reset", "http", "the connection is reset in the middle of the body")
def _(sending):
    sending.whole_head(len(sending.body) + 1)
    sending.raw(sending.body[:len(sending.body) // 2])
    sending.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                  struct.pack("ii", 1, 0))
    sending.end()


@fault("close-in-headers", "http", "the connection closes in the header")
def _(sending):
    sending.end()
    sending.raw(head("HTTP/1.1", 200, sending.headers())[:-10])


@fault("short-body", "http", "Content-Length is larger than the body")
def _(sending):
    sending.end()
    sending.whole_head(len(sending.body) + 100)
    sending.raw(sending.body)


@fault("garbage-status-line", "http", "the status line is nonsense")
def _(sending):
    sending.end()
    sending.raw(b"GARBAGE \x00\x80 BUT LINES\r\n\r\n" + sending.body)


@fault("long-status-line", "http", "the status line has 128 KiB")
def _(sending):
    sending.end()
    sending.raw(b"HTTP/1.1 200 " + b"O" * (128 << 10) + b"K\r\n\r\n")


@fault("endless-headers", "http", "128 KiB of header fields before the body")
def _(sending):
    sending.end()
    fields = [("X-Field-%d" % number, "x" * 100) for number in range(1200)]
    sending.raw(head("HTTP/1.1", 200, sending.headers() + fields))
    sending.raw(sending.body)


def chunk_fault(name, text, make):
    @fault(name, "http", text)
    def spoil(sending):
        sending.end()
        sending.send_head(("Transfer-Encoding", "chunked"))
        sending.raw(make(sending.body))


chunk_fault("bad-chunk-size", "a chunk size that is no number",
            lambda body: b"zz\r\n" + body + b"\r\n0\r\n\r\n")
chunk_fault("chunk-size-overflow", "a chunk size of 2^64 + the right one",
            lambda body: b"1%016x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")
chunk_fault("chunk-truncated", "the connection closes in a chunk",
            lambda body: chunks(body, len(body) or 1)[:len(body) // 2 + 3])
chunk_fault("chunk-no-end", "the connection closes before the last chunk",
            lambda body: b"%x\r\n" % len(body) + body + CRLF)


def length_fault(name, text, *make):
    @fault(name, "http", text)
    def spoil(sending):
        sending.end()
        sending.send_head(*[("Content-Length", one(len(sending.body)))
                            for one in make])
        sending.raw(sending.body)


length_fault("huge-content-length", "a Content-Length of 1 TiB",
             lambda size: 1 << 40)
length_fault("overflow-content-length",
             "a Content-Length of 2^64 + the right one",
             lambda size: (1 << 64) + size)
length_fault("negative-content-length", "Content-Length: -1",
             lambda size: -1)
length_fault("garbage-content-length", "a Content-Length with text after it",
             "{}bytes".format)
length_fault("two-content-lengths", "two Content-Length fields that differ",
             lambda size: size, lambda size: 1)


@fault("slow-drip", "http", "one byte a second")
def _(sending):
    sending.end()
    answer = head("HTTP/1.1", 200, sending.headers() + [
        ("Content-Length", len(sending.body))]) + sending.body
    for octet in answer:
        sending.raw(bytes([octet]))
        time.sleep(1)


@fault("slow-body", "http", "harmless: the body comes in pieces, in two seconds")
def _(sending):
    sending.end()
    body = sending.body
    sending.raw(head("HTTP/1.1", 200, sending.headers() + [
        ("Content-Length", len(body))]))
    size = len(body) // 40 + 1
    for start in range(0, len(body), size):
        sending.raw(body[start:start + size])
        time.sleep(0.05)


@fault("silent", "http", "no answer until the client closes")
def _(sending):
    sending.end()
    while sending.connection.recv(4096):
        pass


@fault("odd-content-type", "body", "harmless: another content type")
def _(reply):
    reply.content_type = "Application/Octet-Stream; charset=x"


@fault("no-content-type", "body", "harmless: no content type")
def _(reply):
    reply.content_type = None


@fault("garbage", "body", "500 random bytes")
def _(reply):
    reply.body = os.urandom(500)


@fault("garbage-large", "body", "1500000 zeros")
def _(reply):
    reply.body = bytes(1500000)


@fault("html", "body", "an HTML page with status 200 and its own type")
def _(reply):
    reply.content_type = "text/html; charset=utf-8"
    reply.body = (b"<!DOCTYPE html>\n<html><head><title>Welcome</title>"
                  b"</head><body><h1>Sign in</h1></body></html>\n")


def body_fault(name, text, change):
    @fault(name, "body", text, NOT_CAPS)
    def spoil(reply):
        reply.body = change(reply.body)


def nested(depth):
    """`depth` nested SEQUENCEs with indefinite lengths."""
    return b"\x30\x80" * depth + b"\x00\x00" * depth


body_fault("empty-sequence", "an empty SEQUENCE", lambda body: b"\x30\x00")
body_fault("truncated-der", "the second half is missing",
           lambda body: body[:len(body) // 2])
body_fault("trailing-bytes", "bytes after the end of the message",
           lambda body: body + b"\x00\x00trailing")
body_fault("deep-nesting", "20000 nested sequences", lambda body:
           nested(20000))
body_fault("huge-length", "a SEQUENCE that claims 2 GiB",
           lambda body: b"\x30\x84\x7f\xff\xff\xff" + body)


@fault("next-ca-bad-signature", "body",
       "the signature of GetNextCACert does not verify", ("getnextcacert",))
def _(reply):
    reply.body = reply.body[:-1] + bytes([reply.body[-1] ^ 1])


@fault("no-certificates", "cacert", "SignedData without certificates")
def _(answer):
    answer.certificates = []
    answer.as_bundle = True


@fault("bad-certificate", "cacert", "one of the certificates is broken")
def _(answer):
    answer.certificates.append(der.seq(der.seq(os.urandom(200))))
    answer.as_bundle = True


@fault("same-certificate-twice", "cacert",
       "harmless: the first certificate comes twice")
def _(answer):
    answer.certificates.append(answer.certificates[0])
    answer.as_bundle = True


@fault("end-entity-in-front", "cacert",
       "harmless: an end entity's certificate in front, which a pin rejects")
def _(answer):
    answer.put_in_front(answer.authority.end_entity().certificate)


@fault("client-in-front", "cacert",
       "harmless: a TLS client's certificate in front, which a pin rejects")
def _(answer):
    answer.put_in_front(answer.authority.end_entity("client").certificate)
