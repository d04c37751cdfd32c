"""RSAES-OAEP and RSASSA-PSS: their parameters (RFC 4055), read and written."""

import collections

from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

import der
import oids

HASHES = {"sha1": hashes.SHA1, "sha224": hashes.SHA224,
          "sha256": hashes.SHA256, "sha384": hashes.SHA384,
          "sha512": hashes.SHA512, "md5": hashes.MD5}

Oaep = collections.namedtuple("Oaep", "digest mask label")
Pss = collections.namedtuple("Pss", "digest mask salt")


class SchemeError(ValueError):
    """Parameters that are missing or unknown."""


def _parameters(algorithm, kind):
    """The parameters, which must be there, with defaults filled in."""
    elements = der.inner(algorithm.dump())
    if len(elements) != 2 or elements[1][0] != 0x30:
        raise SchemeError("no parameters of %s" % oids.name(
            algorithm["algorithm"].dotted))
    return kind.load(elements[1][2], strict=True)


def _hash_name(algorithm):
    name = oids.name(algorithm["algorithm"].dotted)
    if name not in HASHES:
        raise SchemeError("unknown hash " + name)
    return name


def _mask_hash(parameters):
    mask = parameters["mask_gen_algorithm"]
    if mask["algorithm"].dotted != oids.MGF1:
        raise SchemeError("unknown mask generation function")
    return _hash_name(mask["parameters"])


def read_oaep(algorithm):
    parameters = _parameters(algorithm, algos.RSAESOAEPParams)
    source = parameters["p_source_algorithm"]
    if source["algorithm"].dotted != oids.P_SPECIFIED:
        raise SchemeError("unknown source of the OAEP label")
    return Oaep(_hash_name(parameters["hash_algorithm"]),
                _mask_hash(parameters), source["parameters"].native)


def read_pss(algorithm):
    parameters = _parameters(algorithm, algos.RSASSAPSSParams)
    if parameters["trailer_field"].native != "trailer_field_bc":
        raise SchemeError("unknown trailer field")
    return Pss(_hash_name(parameters["hash_algorithm"]),
               _mask_hash(parameters), parameters["salt_length"].native)


def oaep_padding(oaep):
    return padding.OAEP(padding.MGF1(HASHES[oaep.mask]()),
                        HASHES[oaep.digest](), oaep.label or None)


def pss_padding(pss):
    return padding.PSS(padding.MGF1(HASHES[pss.mask]()), pss.salt)


def pss_for(digest):
    """Parameters of RFC 4056, 3: one hash, and a salt of its length."""
    return Pss(digest, digest, HASHES[digest].digest_size)


def _identifier(number, digest, mask, *rest):
    """An AlgorithmIdentifier; DER omits default values."""
    parts = []
    if digest != "sha1":
        parts.append(der.explicit(0, _hash(digest)))
    if mask != "sha1":
        parts.append(der.explicit(1, der.seq(der.oid(oids.MGF1),
                                             _hash(mask))))
    return der.seq(der.oid(number), der.seq(*parts, *rest))


def _hash(name):
    return der.seq(der.oid(oids.DIGESTS[name]), der.NULL)


def oaep_identifier(oaep):
    return _identifier(oids.RSA_OAEP, oaep.digest, oaep.mask)


def pss_identifier(pss):
    salt = b"" if pss.salt == 20 else der.explicit(2, der.integer(pss.salt))
    return _identifier(oids.RSA_PSS, pss.digest, pss.mask, salt)
