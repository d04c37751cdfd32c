"""Faults of number: 100,000 of something, where a reply has one or two.

None of them is covered by a signature, or the signature is good all the same:
anybody on the way can send them, or a CA of which nobody thought that.
"""

import certrep
import der
import oids
from faults import fault

MANY = 100000
NOT_CAPS = ("getcacert", "getnextcacert", "pkioperation")

ALGORITHM = der.seq(der.oid(oids.DIGESTS["sha1"]))
ELEMENT = der.seq(der.integer(1))
ATTRIBUTE = der.seq(der.oid(oids.UNKNOWN_ATTRIBUTE), der.tlv(0x31, der.NULL))


def is_signed_data(encoding):
    parts = der.inner(encoding)
    return len(parts) == 2 and parts[0][2] == der.oid(oids.SIGNED_DATA)


def fields(encoding):
    """The fields of the SignedData or EnvelopedData in a ContentInfo."""
    return [whole for _, _, whole in
            der.inner(der.split(der.inner(encoding)[1][1])[0][2])]


def content_info(kind, parts):
    return der.seq(der.oid(kind), der.explicit(0, der.seq(*parts)))


def without(parts, tag):
    return [part for part in parts if part[0] != tag]


def with_unsigned(infos, attributes):
    """The signerInfos, each with these unsigned attributes."""
    return der.tlv(0x31, *[der.seq(body, attributes)
                           for _, body, _ in der.inner(infos)])


def put(encoding, place):
    """The SignedData with MANY elements in this place."""
    parts = fields(encoding)
    if place == "digest-algorithms":
        parts[1] = der.tlv(0x31, ALGORITHM * MANY)
    elif place == "certificates":
        parts = without(parts, 0xA0)
        parts.insert(3, der.explicit(0, ELEMENT * MANY))
    elif place == "crls":
        parts = without(parts, 0xA1)
        parts.insert(len(parts) - 1, der.explicit(1, ELEMENT * MANY))
    elif place == "signer-infos":
        inside = b"".join(whole for _, _, whole in der.inner(parts[-1]))
        parts[-1] = der.tlv(0x31, inside, ELEMENT * MANY)
    elif place == "unsigned-attributes":
        parts[-1] = with_unsigned(parts[-1],
                                  der.explicit(1, ATTRIBUTE * MANY))
    elif place == "primitive-attributes":
        parts[-1] = with_unsigned(parts[-1], der.tlv(0x81, ATTRIBUTE * MANY))
    elif place == "primitive-values":
        parts[-1] = with_unsigned(parts[-1], der.explicit(1, der.seq(
            der.oid(oids.UNKNOWN_ATTRIBUTE), der.tlv(0x11, der.NULL * MANY))))
    elif place == "values-behind-others":
        # After a broken value libcrypto goes on to decode the next ones.
        parts[-1] = with_unsigned(parts[-1], der.explicit(1, der.seq(
            der.oid(oids.UNKNOWN_ATTRIBUTE),
            der.tlv(0x11, der.tlv(0x30, b"\xff"), der.octets(b"") * MANY))))
    elif place == "pieces":
        parts[2] = der.seq(der.oid(oids.DATA), der.explicit(
            0, der.tlv(0x24, der.octets(b"x") * MANY)))
    elif place == "levels":
        parts[2] = der.seq(
            der.oid(oids.DATA),
            der.explicit(0, b"\x30\x80" * MANY + b"\0\0" * MANY))
    return content_info(oids.SIGNED_DATA, parts)


# libcrypto accepts lists with the tag of a primitive type ("primitive-...").
OF_SIGNERS = ("unsigned-attributes", "primitive-attributes",
              "primitive-values", "values-behind-others")
PLACES = ("digest-algorithms", "certificates", "crls", "signer-infos",
          "pieces", "levels") + OF_SIGNERS


def answer_fault(place):
    # The answer to GetCACert has no SignerInfo.
    ops = NOT_CAPS[1:] if place in OF_SIGNERS else NOT_CAPS

    @fault("many-" + place, "body", "100,000 " + place, ops)
    def spoil(reply):
        body = reply.body
        reply.body = put(body if is_signed_data(body)
                         else certrep.degenerate([body]), place)


def inner_fault(place):
    @fault("content-many-" + place, "content",
           "100,000 %s in the envelope" % place)
    def spoil(draft):
        if draft.content is not None:
            draft.content = put(draft.content, place)


for name in PLACES:
    answer_fault(name)
for name in PLACES[:4]:
    inner_fault(name)


# A certificate with many extensions, and one with many names in an extension.

RSA_KEY = der.seq(der.seq(der.oid(oids.RSA), der.NULL), der.tlv(
    0x03, b"\0", der.seq(der.integer((1 << 2047) + 1), der.integer(65537))))

# An unnamed curve over a field that makes decoding slow.
PRIME = 30329 * (1 << 645) + 1
OCTETS = (PRIME.bit_length() + 7) // 8
EC_KEY = der.seq(
    der.seq(der.oid("1.2.840.10045.2.1"), der.seq(
        der.integer(1),
        der.seq(der.oid("1.2.840.10045.1.1"), der.integer(PRIME)),
        der.seq(der.octets(b"\1".rjust(OCTETS, b"\0")),
                der.octets(b"\2".rjust(OCTETS, b"\0"))),
        der.octets(b"\2" + b"\1".rjust(OCTETS, b"\0")),
        der.integer(PRIME - 2), der.integer(1))),
    der.tlv(0x03, b"\0\2" + b"\1".rjust(OCTETS, b"\0")))


def big_certificate(*extensions, key=RSA_KEY):
    """A certificate with an invalid signature, which nobody verifies."""
    name = der.seq(der.tlv(0x31, der.seq(der.oid("2.5.4.3"),
                                         der.tlv(der.UTF8, b"big"))))
    time = der.seq(der.tlv(0x17, b"200101000000Z"),
                   der.tlv(0x17, b"490101000000Z"))
    algorithm = der.seq(der.oid(oids.DIGEST_WITH_RSA["sha256"]), der.NULL)
    return der.seq(
        der.seq(der.explicit(0, der.integer(2)), der.integer(1), algorithm,
                name, time, name, key,
                der.explicit(3, der.seq(*extensions))),
        algorithm, der.tlv(0x03, b"\0" * 257))


def extension(number, value):
    return der.seq(der.oid(number), der.octets(value))


def certificate_fault(name, text, *extensions):
    @fault(name, "body", text, NOT_CAPS)
    def spoil(reply):
        reply.body = certrep.degenerate([big_certificate(*extensions)])


certificate_fault("many-extensions", "a certificate with 100,000 extensions",
                  extension("1.2.3.4", b"") * MANY)
certificate_fault("many-names", "a certificate with 100,000 subjectAltNames",
                  extension("2.5.29.17", der.seq(der.tlv(0x82) * MANY)))
certificate_fault("many-primitive-names",
                  "the same, in a SEQUENCE with the tag of a primitive",
                  extension("2.5.29.17", der.tlv(0x10, der.tlv(0x82) * MANY)))
certificate_fault("many-issuers", "100,000 names in authorityKeyIdentifier, "
                  "in a list with the tag of a primitive",
                  extension("2.5.29.35", der.seq(
                      der.tlv(0x81, der.tlv(0x82) * MANY),
                      der.tlv(0x82, b"\1"))))


certificate_fault("many-names-behind-others",
                  "100,000 names after an invalid one",
                  extension("2.5.29.17", der.seq(
                      der.explicit(0, der.oid("1.2.3"),
                                   der.explicit(0, der.tlv(0x30, b"\xff"))),
                      der.tlv(0x82) * MANY)))


# A content that is large, and valid.

def large_fault(name, text, add):
    @fault(name, "content", "harmless: " + text)
    def spoil(draft):
        if draft.content is not None:
            parts = fields(draft.content)
            add(parts)
            draft.content = content_info(oids.SIGNED_DATA, parts)


def add_certificates(parts):
    others = big_certificate(extension("1.2.3.4", b"\xff" * 12000)) * 90
    if parts[3][0] == 0xA0:
        parts[3] = der.explicit(0, der.inner(parts[3])[0][2], others)


def add_segments(parts):
    parts[2] = der.seq(der.oid(oids.DATA), der.explicit(
        0, der.tlv(0x24, der.octets(bytes(600000)) * 2)))


large_fault("content-large", "90 more certificates of 12,000 bytes",
            add_certificates)
large_fault("content-large-segments", "1,200,000 bytes of data in the content",
            add_segments)


@fault("many-curves", "body", "100 certificates whose curves have no name",
       NOT_CAPS)
def _(reply):
    reply.body = certrep.degenerate([big_certificate(key=EC_KEY)] * 100)


# Signed attributes, and parts of the EnvelopedData.

@fault("many-signed-attributes", "attributes", "100,000 signed attributes")
def _(draft):
    draft.attributes += [[oids.UNKNOWN_ATTRIBUTE, [der.NULL]]] * MANY


@fault("many-values", "attributes", "an attribute with 100,000 values")
def _(draft):
    draft.attributes.append([oids.UNKNOWN_ATTRIBUTE, [der.NULL] * MANY])


@fault("some-values", "attributes", "an unknown attribute with two values")
def _(draft):
    draft.attributes.append([oids.UNKNOWN_ATTRIBUTE, [der.NULL] * 2])


def envelope_fault(name, text):
    """Decorator: the function changes the fields of the EnvelopedData."""
    def register(function):
        @fault(name, "envelope", text)
        def spoil(draft):
            if draft.envelope is not None:
                draft.envelope = content_info(
                    oids.ENVELOPED_DATA, function(fields(draft.envelope)))
    return register


@envelope_fault("envelope-many-recipients", "100,000 recipientInfos")
def _(parts):
    parts[1] = der.tlv(0x31, ELEMENT * MANY)
    return parts


@envelope_fault("envelope-many-keys", "100,000 recipientEncryptedKeys")
def _(parts):
    parts[1] = der.tlv(0x31, der.explicit(
        1, der.integer(3), der.explicit(0, ELEMENT), ALGORITHM,
        der.seq(ELEMENT * MANY)))
    return parts


@envelope_fault("envelope-many-attributes", "100,000 unprotectedAttrs")
def _(parts):
    return parts + [der.explicit(1, ATTRIBUTE * MANY)]


@envelope_fault("envelope-many-certificates",
                "100,000 certificates of the originator")
def _(parts):
    parts.insert(1, der.explicit(0, der.explicit(0, ELEMENT * MANY)))
    return parts
