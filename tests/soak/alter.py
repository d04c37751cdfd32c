"""Alter bytes and DER at random.

Every function takes a random.Random first, and returns the altered bytes.
"""

import der

SIZE_MAX = 4 << 20      # of what one alteration makes out of small elements
SPLIT_MAX = 100000      # larger elements are altered as bytes

NUMBERS = ("0", "1", "127", "128", "255", "65536", "2147483647", "2147483648",
           "4294967295", "4294967296", "9223372036854775807",
           "18446744073709551615", "18446744073709551616",
           "18446744073709551617", "-1", "-9223372036854775808", "1e9", "0x10",
           "+5", " 5", "5 5", "", "9" * 400)
CONTROLS = (b"\x1b[31m", b"\x1b]0;title\x07", b"\0", b"\b\b\b", b"\r",
            b"\x7f", b"\x9b2J", b"\xc2\x9b2J", b"\xe2\x80\xae", b"\n", b"\xff",
            b"%n%s", b"\xf0\x9f\x98")


# Bytes

def flip(rng, data):
    changed = bytearray(data or b"\0")
    for _ in range(rng.choice((1, 1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def overwrite(rng, data):
    at = rng.randrange(len(data) + 1)
    piece = rng.choice((b"\0", b"\xff", b"\x80", b"\x30\x80", b"\0\0",
                        rng.randbytes(rng.randrange(1, 40))))
    return data[:at] + piece + data[at + len(piece):]


def cut(rng, data):
    return data[:rng.randrange(len(data) + 1)]


def insert(rng, data):
    at = rng.randrange(len(data) + 1)
    piece = rng.choice(CONTROLS + (rng.randbytes(rng.randrange(1, 300)),))
    return data[:at] + piece + data[at:]


def remove(rng, data):
    at = rng.randrange(len(data) + 1)
    return data[:at] + data[at + rng.choice((1, 2, 17, 200)):]


def repeat(rng, data):
    at = rng.randrange(len(data) + 1)
    piece = data[at:at + rng.choice((1, 16, 300, 5000))]
    return data[:at] + piece * rng.choice((2, 3, 50)) + data[at:]


def trailing(rng, data):
    return data + rng.choice((b"\0", b"\0" * 5000, data, b"\r\n", b"\x30\x80"))


def replace(rng, data):
    return rng.randbytes(rng.choice((0, 1, 16, 300, 70000)))


BYTES = (flip, flip, flip, overwrite, cut, insert, remove, repeat, trailing,
         replace)


def some_bytes(rng, data):
    return rng.choice(BYTES)(rng, data)


# Elements of DER

def nested(rng, encoding):
    """10,000 levels around it, or around nothing."""
    tag = rng.choice((0x30, 0x31, 0x24, 0xA0, 0xA1, encoding[0] | 0x20))
    depth = rng.choice((40, 10000))
    if rng.random() < 0.5:
        end = rng.choice((b"\0\0" * depth, b""))
        return bytes([tag, 0x80]) * depth + encoding + end
    heads, size = [], len(encoding)
    for _ in range(depth):
        heads.append(bytes([tag]) + der.length(size))
        size += len(heads[-1])
    return b"".join(reversed(heads)) + encoding


def huge(rng, encoding):
    """A length that is wrong."""
    content = der.split(encoding)[0][1]
    size = rng.choice((b"\x84\x7f\xff\xff\xff", b"\x84\xff\xff\xff\xff",
                       b"\x88" + b"\xff" * 8, b"\x88\x7f" + b"\xff" * 7,
                       b"\x89\1" + b"\0" * 8, b"\x80", b"\xff",
                       b"\xfe" + b"\0" * 126, b"\x83\0\0\5",
                       der.length(max(0, len(content) - 1)),
                       der.length(len(content) + rng.randrange(1, 5000))))
    return encoding[:1] + size + content


def retag(rng, encoding):
    return bytes([rng.choice((rng.randrange(256), 0x04, 0x0C, 0x30, 0x31,
                              0x1F, 0x05, encoding[0] ^ 0x20))]) + encoding[1:]


def refill(rng, encoding):
    """The same tag with another content."""
    tag, content, _ = der.split(encoding)[0]
    return der.tlv(tag, rng.choice((
        b"", bytes(1 << 20), content + content, some_bytes(rng, content),
        rng.choice(CONTROLS) + content, content[:-1],
        content + rng.choice(CONTROLS), b"\xff" * 300)))


def many(rng, encoding):
    count = rng.choice((2, 20, 200, 5000, 100000))
    return encoding * max(2, min(count, SIZE_MAX // (len(encoding) + 1)))


def many_small(rng, encoding):
    return encoding + rng.choice((b"\5\0", b"\x30\0", b"\4\0",
                                  b"\x30\3\2\1\1")) * rng.choice((9, 100000))


def gone(rng, encoding):
    return b""


def as_bytes(rng, encoding):
    return some_bytes(rng, encoding)


ELEMENTS = (nested, huge, retag, retag, refill, refill, many, many_small,
            gone, as_bytes, as_bytes)


def swap(rng, parts):
    """Two elements change their places, or one takes that of another."""
    first, second = rng.randrange(len(parts)), rng.randrange(len(parts))
    before = parts[first]
    if rng.random() < 0.5:
        parts[first] = parts[second]
    parts[second] = before
    return parts


def element(rng, encoding, whole=None):
    """Alter one element somewhere in the DER `encoding`.

    At times it is `whole`, which is around all, that takes its place.
    """
    tag, content, _ = der.split(encoding)[0]
    deeper = (tag & 0x20 and 0 < len(content) <= SPLIT_MAX and
              tag & 0x1F != 0x1F)
    if not deeper or rng.random() < 0.15:
        if rng.random() < 0.06:
            return whole or encoding
        return rng.choice(ELEMENTS)(rng, encoding)
    parts = [part for _, _, part in der.split(content)]
    if rng.random() < 0.15:
        parts = swap(rng, parts)
    else:
        at = rng.randrange(len(parts))
        parts[at] = element(rng, parts[at], whole or encoding)
    return der.tlv(tag, *parts)


def message(rng, encoding):
    """Alter DER once or more, as elements or as bytes."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        if rng.random() < 0.3:
            encoding = some_bytes(rng, encoding)
        else:
            try:
                encoding = element(rng, encoding)
            except (ValueError, IndexError):  # no longer DER
                encoding = some_bytes(rng, encoding)
        if len(encoding) > 2 * SIZE_MAX:
            break
    return encoding
