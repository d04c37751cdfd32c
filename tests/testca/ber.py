"""Convert DER to BER, with indefinite lengths and constructed strings."""

import der

END = b"\x00\x00"


def indefinite(tag, *parts):
    return bytes([tag, 0x80]) + b"".join(parts) + END


def pieces(content, size, tag=0x24):
    """An OCTET STRING in pieces of `size` octets."""
    parts = [der.octets(content[at:at + size])
             for at in range(0, len(content), size)]
    return indefinite(tag, *parts)


def rebuild(encoding, *path):
    """Give `encoding` and the elements along `path` indefinite lengths.

    Each step of the path is the index of an element to descend to; the
    primitive string at its end becomes a constructed one of several pieces.
    """
    elements = der.split(encoding)
    tag, content, whole = elements[0]
    if not path:
        if tag in (der.OCTET_STRING, 0x80):
            return pieces(content, 100, tag | 0x20)
        return whole
    parts = [part for _, _, part in der.split(content)]
    if path[0] < len(parts):
        parts[path[0]] = rebuild(parts[path[0]], *path[1:])
    return indefinite(tag, *parts)


def signed_data(encoding):
    """A ContentInfo with a SignedData, in BER down to its eContent."""
    return rebuild(encoding, 1, 0, 2, 1, 0)


def content(encoding):
    """A degenerate SignedData, in BER down to its certificates and CRLs."""
    return rebuild(encoding, 1, 0, 3)


def envelope(encoding):
    """A ContentInfo with an EnvelopedData, in BER to encryptedContent."""
    return rebuild(encoding, 1, 0, 2, 2)
