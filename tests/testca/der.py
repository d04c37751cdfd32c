"""A small DER encoder, which can also write invalid encodings."""

from asn1crypto import core, parser

INTEGER = 0x02
OCTET_STRING = 0x04
UTF8 = 0x0C
PRINTABLE = 0x13
IA5 = 0x16
STRING_TAGS = {"printable": PRINTABLE, "utf8": UTF8, "ia5": IA5}
TAG_NAMES = {
    0x02: "INTEGER", 0x03: "BIT STRING", 0x04: "OCTET STRING",
    0x05: "NULL", 0x06: "OBJECT IDENTIFIER", 0x0C: "UTF8String",
    0x13: "PrintableString", 0x14: "T61String", 0x16: "IA5String",
    0x17: "UTCTime", 0x18: "GeneralizedTime", 0x1E: "BMPString",
    0x30: "SEQUENCE", 0x31: "SET",
}


def length(size):
    if size < 0x80:
        return bytes([size])
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def tlv(tag, *parts):
    content = b"".join(parts)
    return bytes([tag]) + length(len(content)) + content


def seq(*parts):
    return tlv(0x30, *parts)


def set_of(*parts):
    """A SET OF; DER requires sorted elements (X.690, 11.6)."""
    return tlv(0x31, *sorted(parts))


def explicit(number, *parts):
    return tlv(0xA0 | number, *parts)


def integer(value):
    return core.Integer(value).dump()


def octets(content):
    return tlv(OCTET_STRING, content)


def oid(number):
    return core.ObjectIdentifier(number).dump()


def dotted(encoding):
    return core.ObjectIdentifier.load(encoding).dotted


NULL = b"\x05\x00"


def split(content):
    """Yield (tag, content, whole encoding) of each element in `content`."""
    elements = []
    while content:
        kind, method, number, head, body, tail = parser.parse(content)
        tag = kind << 6 | method << 5 | number
        size = len(head) + len(body) + len(tail)
        elements.append((tag, body, content[:size]))
        content = content[size:]
    return elements


def inner(encoding):
    """The elements inside one constructed encoding."""
    return split(parser.parse(encoding)[4])


def tag_name(tag):
    return TAG_NAMES.get(tag, "tag 0x%02x" % tag)
