"""Keys that only the openssl program of the system knows: signatures and KEM.

Not every version of cryptography and asn1crypto in use knows these keys.
"""

import collections
import functools
import hashlib
import os
import subprocess
import tempfile

from cryptography import x509
from cryptography.exceptions import InvalidSignature

import der
import oids

UNSUPPORTED = 77        # the exit status; automake's for a skipped test

# What may be the digestAlgorithm of a SignerInfo; the first is for replies.
# RFC 8419, RFC 9882, RFC 9814.
SHAKES = ("shake256", "shake256-len")
FIT = {
    "ed25519": ("sha512",), "ed448": SHAKES,
    "ml-dsa-44": ("sha512", "sha256", "sha384", "shake128") + SHAKES,
    "ml-dsa-65": ("sha512", "sha384") + SHAKES,
    "ml-dsa-87": ("sha512",) + SHAKES,
}
FIT.update({"slh-dsa-sha2-%d%s" % (bits, form):
            ("sha256",) if bits == 128 else ("sha512",)
            for bits in (128, 192, 256) for form in "sf"})
FIT.update({"slh-dsa-shake-%d%s" % (bits, form):
            ("shake128",) if bits == 128 else SHAKES
            for bits in (128, 192, 256) for form in "sf"})
SIGNING = tuple(oids.SIGNING)
KEMS = tuple(oids.KEMS)

# The parts of a KEMRecipientInfo (RFC 9629, 3) after its version.
KemRecipient = collections.namedtuple("KemRecipient",
                                      "rid kem ciphertext kdf size wrap key")


class Unsupported(Exception):
    """The openssl program is too old, with the reason."""


def openssl(*arguments, stdin=b""):
    """Run the openssl program."""
    return subprocess.run(("openssl",) + arguments, input=stdin,
                          capture_output=True, check=False)


def output(*arguments, stdin=b""):
    """The output of the openssl program; ValueError if it fails."""
    done = openssl(*arguments, stdin=stdin)
    if done.returncode:
        said = done.stderr.decode(errors="replace").splitlines()
        raise ValueError("openssl %s: %s" % (arguments[0], (said or [""])[-1]))
    return done.stdout


def _unsupported(what):
    version = " ".join(openssl("version").stdout.decode().split()[:2])
    return Unsupported("%s cannot do %s" % (version, what))


def _has_option(command, option):
    done = openssl(command, "-help")
    return option in done.stdout + done.stderr


@functools.lru_cache(maxsize=None)
def require_kem():
    """KEM in CMS came to OpenSSL with this option."""
    if not _has_option("cms", b"-recip_kdf"):
        raise _unsupported("KEM in CMS")


def generate(kind):
    """The PEM of a new key."""
    done = openssl("genpkey", "-algorithm", kind.upper())
    if done.returncode:
        raise _unsupported("keys of " + kind.upper())
    if kind in KEMS:
        require_kem()
    elif not _has_option("pkeyutl", b"-rawin"):
        raise _unsupported("signatures by " + kind.upper())
    return done.stdout


def hashed(name, content):
    """The digest of `content`; of SHAKE as long as CMS has it."""
    if name in oids.SHAKES:
        return (hashlib.shake_128(content).digest(32) if name == "shake128"
                else hashlib.shake_256(content).digest(64))
    return hashlib.new(name, content).digest()


def _with_files(use, *contents):
    """use(name of a file, ...), where the files have these contents."""
    with tempfile.TemporaryDirectory(prefix="testca-") as directory:
        names = []
        for number, content in enumerate(contents):
            names.append(os.path.join(directory, str(number)))
            with open(names[-1], "wb") as stream:
                stream.write(content)
        return use(*names)


class PublicKey:
    """A key that verifies, or one of a KEM; made of a SubjectPublicKeyInfo."""

    def __init__(self, info):
        self.info = info
        algorithm, (_, bits, _) = der.inner(info)
        self.oid = der.dotted(der.inner(algorithm[2])[0][2])
        self.kind = oids.name(self.oid)
        self.bits = bits[1:]    # without the number of unused bits

    def public_bytes(self, *_):
        return self.info

    def verify(self, signature, content):
        """The result of openssl is InvalidSignature, or nothing."""
        done = _with_files(
            lambda key, signed, data: openssl(
                "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER",
                "-inkey", key, "-sigfile", signed, "-in", data),
            self.info, signature, content)
        if b"Verification Failure" in done.stdout + done.stderr:
            raise InvalidSignature
        if done.returncode:
            raise ValueError("openssl cannot verify %s: %s" % (
                self.kind, done.stderr.decode(errors="replace")))


class PrivateKey:
    """A key in a file."""

    def __init__(self, path, kind):
        self.path = path
        self.kind = kind
        self._public = None

    def public_key(self):
        if self._public is None:
            self._public = PublicKey(output("pkey", "-in", self.path,
                                            "-pubout", "-outform", "DER"))
        return self._public

    def sign(self, content):
        return _with_files(
            lambda data: output("pkeyutl", "-sign", "-rawin", "-inkey",
                                self.path, "-in", data), content)

    def open(self, enveloped):
        """The content of a ContentInfo with an EnvelopedData for a KEM."""
        return output("cms", "-decrypt", "-inform", "DER", "-binary",
                      "-inkey", self.path, stdin=enveloped)


@functools.lru_cache(maxsize=None)
def public_key(parsed):
    """The public key of a certificate or a request of cryptography."""
    if isinstance(parsed, x509.CertificateSigningRequest):
        info = der.inner(parsed.tbs_certrequest_bytes)[2][2]
    else:
        parts = der.inner(parsed.tbs_certificate_bytes)
        info = parts[6 if parts[0][0] == 0xA0 else 5][2]
    number = der.dotted(der.inner(der.inner(info)[0][2])[0][2])
    known = number in list(oids.SIGNING.values()) + list(oids.KEMS.values())
    return PublicKey(info) if known else parsed.public_key()


def is_new(key):
    return isinstance(key, (PublicKey, PrivateKey))


def fit_digest(key, wanted):
    """`wanted`, or another digest if it does not fit the key."""
    if not is_new(key):
        return wanted if wanted in oids.DIGESTS else "sha256"
    return wanted if wanted in FIT[key.kind] else FIT[key.kind][0]


def read_kem(info):
    """The KemRecipient in an OtherRecipientInfo of asn1crypto, or None."""
    if info["ori_type"].dotted != oids.ORI_KEM:
        return None
    parts = der.inner(info["ori_value"].dump())
    if len(parts) == 9:
        del parts[6]            # ukm
    return KemRecipient(*[whole for _, _, whole in parts[1:]])


def seal(content, cipher, certificate):
    """A ContentInfo with an EnvelopedData for the certificate in a file."""
    return output("cms", "-encrypt", "-binary", "-outform", "DER",
                  "-" + cipher, "-recip", certificate, stdin=content)
