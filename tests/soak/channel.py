"""Alter how a reply is sent: the head, the framing, and when."""

import socket
import struct
import time

import alter
from wire import CRLF

MIB = 1 << 20
PIECE = bytes(MIB)


class Collector:
    """Stands for a connection."""

    def __init__(self):
        self.data = b""

    def sendall(self, content):
        self.data += content


def plain(sending):
    """Head and body as the CA would send them."""
    connection, sending.connection = sending.connection, Collector()
    try:
        sending.plain()
        head, _, body = sending.connection.data.partition(CRLF + CRLF)
    finally:
        sending.connection = connection
    return head, body


# Each takes a random.Random, the lines of the head, and the body; and yields
# what is sent: bytes, seconds to wait, or RESET.

RESET = object()
HEADS, BODIES, SLOW = {}, {}, {}


def alteration(table):
    def register(function):
        table[function.__name__] = function
        return function
    return register


def join(lines):
    return CRLF.join(lines) + CRLF + CRLF


def without_length(lines, *more):
    return join([line for line in lines if not line.lower().startswith(
        (b"content-length", b"transfer-encoding"))] + list(more))


def text(value):
    return value.encode("latin-1")


@alteration(HEADS)
def head_bytes(rng, lines, body):
    yield alter.some_bytes(rng, join(lines)) + body


@alteration(HEADS)
def head_line(rng, lines, body):
    at = rng.randrange(len(lines))
    lines[at] = alter.some_bytes(rng, lines[at])
    yield join(lines) + body


@alteration(HEADS)
def head_cut(rng, lines, body):
    yield alter.cut(rng, join(lines))


@alteration(HEADS)
def head_controls(rng, lines, body):
    what = rng.choice(alter.CONTROLS)
    lines.append(rng.choice((b"Content-Type: ", b"Location: /", b"Date: ",
                             b"Retry-After: ", b"X")) + what + b"x")
    if rng.random() < 0.6:
        lines[0] = b"HTTP/1.1 %d " % rng.choice(
            (200, 301, 400, 404, 500, 503)) + what * rng.choice((1, 400))
    yield join(lines) + rng.choice((body, what * 30))


@alteration(HEADS)
def head_bomb(rng, lines, body):
    line = rng.choice((b"X: y", b"Content-Type: a/b", b" folded", b":", b"",
                       b"Content-Length: %d" % len(body), b"Set-Cookie: a=b",
                       b"Location: /" + b"a" * 500))
    yield join(lines + [line] * rng.choice((2, 100, 5000, 100000))) + body


@alteration(HEADS)
def head_long(rng, lines, body):
    at = rng.randrange(len(lines))
    lines[at] += rng.choice((b"a", b" ", b"\t", b"0", b",")) * rng.choice(
        (4000, 70000, 1 << 20))
    yield join(lines) + body


@alteration(HEADS)
def head_endless(rng, lines, body):
    yield lines[0] + CRLF + b"X: "
    for _ in range(64):
        yield PIECE


@alteration(HEADS)
def head_status(rng, lines, body):
    status = rng.choice((0, 99, 100, 101, 204, 206, 304, 305, 401, 407, 408,
                         413, 429, 503, 599, 600, 1000, -1))
    lines[0] = b"HTTP/%s %d %s" % (
        rng.choice((b"1.1", b"1.0", b"0.9", b"2", b"9" * 90)), status,
        rng.choice((b"", b"OK", b"\xff" * 90)))
    yield join(lines) + body


@alteration(HEADS)
def head_interim(rng, lines, body):
    interim = b"HTTP/1.1 %d x\r\n\r\n" % rng.choice((100, 102, 103, 199, 101))
    yield interim * rng.choice((1, 9, 100, 100000)) + join(lines) + body


@alteration(HEADS)
def head_length(rng, lines, body):
    fields = [b"Content-Length: " + text(rng.choice(alter.NUMBERS))
              for _ in range(rng.choice((1, 1, 2)))]
    if rng.random() < 0.3:
        fields.append(b"Transfer-Encoding: " + rng.choice(
            (b"chunked", b"gzip, chunked", b"chunked, chunked", b"identity",
             b"\x0bchunked")))
    yield without_length(lines, *fields) + body


@alteration(HEADS)
def head_encoding(rng, lines, body):
    lines.append(b"Content-Encoding: " + rng.choice((b"gzip", b"br", b"x")))
    yield join(lines) + body


# The body and its framing

CHUNKED = b"Transfer-Encoding: chunked"


def chunk(content):
    return b"%x\r\n" % len(content) + content + CRLF


@alteration(BODIES)
def body_bytes(rng, lines, body):
    yield join(lines) + alter.some_bytes(rng, body)


@alteration(BODIES)
def body_cut(rng, lines, body):
    yield join(lines) + alter.cut(rng, body)


@alteration(BODIES)
def body_reset(rng, lines, body):
    yield alter.cut(rng, join(lines) + body)
    yield RESET


@alteration(BODIES)
def body_large(rng, lines, body):
    """64 MiB and more behind it."""
    form = rng.choice(("length", "close", "chunked", "chunk"))
    total = len(body) + 65 * MIB
    yield without_length(lines, *{
        "length": [b"Content-Length: %d" % total], "close": [],
    }.get(form, [CHUNKED]))
    piece = rng.choice((b"\0\0", b"\x30\x80", b"\x04\0", b"\n\n", b"AA"))
    piece *= MIB // 2
    if form == "chunk":
        yield b"%x\r\n" % total
    yield chunk(body) if form == "chunked" else body
    for _ in range(65):
        yield chunk(piece) if form == "chunked" else piece
    if form[:5] == "chunk":
        yield b"0\r\n\r\n"


@alteration(BODIES)
def body_in_a_string(rng, lines, body):
    """The body in front of 8 MiB that belong to the message."""
    total = 8 * MIB
    start = rng.choice((b"\x04", b"\x30", b"\x24")) + b"\x84%c%c%c%c" % tuple(
        (total + len(body)).to_bytes(4, "big"))
    yield without_length(lines, b"Content-Length: %d" % (
        total + len(body) + len(start))) + start + body
    for _ in range(8):
        yield PIECE


@alteration(BODIES)
def chunk_sizes(rng, lines, body):
    size = rng.choice((b"1%016x" % len(body), b"f" * 16, b"f" * 17, b"8" * 300,
                       b"-1", b"0x%x" % len(body), b"%x " % len(body), b"",
                       b"7fffffffffffffff", b"8000000000000000", b"ffffffff",
                       b"0" * rng.choice((17, 70000)) + b"%x" % len(body),
                       b"+%x" % len(body), b"%x;" % len(body) + b"a" * 70000))
    first = chunk(body[:7]) if rng.random() < 0.5 else b""
    yield without_length(lines, CHUNKED) + first
    yield size + CRLF + body + CRLF + b"0\r\n\r\n"


@alteration(BODIES)
def chunk_bytes(rng, lines, body):
    pieces = [chunk(body[at:at + 300]) for at in range(0, len(body), 300)]
    yield (without_length(lines, CHUNKED) +
           alter.some_bytes(rng, b"".join(pieces[:5000]) + b"0\r\n\r\n"))


@alteration(BODIES)
def chunk_tiny(rng, lines, body):
    """Chunks of one byte, and more of them than the body has."""
    yield without_length(lines, CHUNKED)
    yield b"".join(b"1\r\n%c\r\n" % octet for octet in body[:100000])
    yield b"1\r\n0\r\n" * rng.choice((0, 0, 300000)) + b"0\r\n\r\n"


@alteration(BODIES)
def chunk_trailers(rng, lines, body):
    yield without_length(lines, CHUNKED) + chunk(body) + b"0\r\n"
    yield rng.choice((b"X: y\r\n", b"a" * 9000, b"\r", b"\0\r\n",
                      b"Content-Length: 5\r\n")) * rng.choice((1, 9, 100000))
    yield CRLF


# Slow ones: the client runs with a short time limit.

@alteration(SLOW)
def slow_drip(rng, lines, body):
    whole = join(lines) + body
    start = rng.randrange(len(whole))
    yield whole[:start]
    for octet in whole[start:start + 200]:
        yield bytes([octet])
        yield 0.02
    yield 3.0


@alteration(SLOW)
def slow_silence(rng, lines, body):
    yield alter.cut(rng, join(lines) + body)
    yield 3.0


@alteration(SLOW)
def slow_chunks(rng, lines, body):
    yield without_length(lines, CHUNKED)
    for _ in range(150):
        yield rng.choice((b"1\r\n0\r\n", b"1;" + b"a" * 90))
        yield 0.02
    yield 3.0


def send(sending, pieces):
    """Send them, and close the connection."""
    sending.end()
    for piece in pieces:
        if piece is RESET:
            sending.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if isinstance(piece, float):
            time.sleep(piece)
        else:
            sending.raw(piece)
