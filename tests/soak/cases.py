"""What a seed stands for: a CA and its client, an operation, a mutation."""

import copy
import os
import random
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          NoEncryption,
                                                          PrivateFormat)
from cryptography.utils import CryptographyDeprecationWarning

import keys
import layers
import oids
import operations
import options
import pki

warnings.filterwarnings("ignore", category=CryptographyDeprecationWarning)

ENTRIES = 60000         # of the large CRL


class Authority(pki.Authority):
    """Makes its large CRL once."""

    large = None

    def crl(self, by=None, serials=(), age=0):
        if by is not None or len(serials) < ENTRIES:
            return super().crl(by, serials, age)
        if self.large is None:
            self.large = super().crl(None, serials)
        return self.large


class Variant:
    """A CA and a client of it, with their files."""

    def __init__(self, directory, shared, profile, client):
        store = keys.Store(directory, shared)
        self.authority = Authority(store, profile, ra_purpose="cmc-ra")
        self.key = self._new_key(store, "local", client)
        self.own_key = self._new_key(store, "own", "rsa")
        csr = self.request(self.key)
        own = self.authority.issue(self.request(self.own_key))
        self.serial = own.serial_number
        self.pin = self.authority.ca.certificate.fingerprint(
            hashes.SHA256()).hex()
        self.files = {
            "ca.crt": b"".join(one.public_bytes(Encoding.PEM)
                               for one in self.authority.bundle),
            "local.key": self.pem(self.key), "own.key": self.pem(self.own_key),
            "local.csr": csr.public_bytes(Encoding.PEM),
            "own.crt": own.public_bytes(Encoding.PEM)}
        self.authority.stranger()
        self.next_ca = [self.authority.next_ca(issuer)
                        for issuer in (None, "ca")]

    @staticmethod
    def _new_key(store, name, kind):
        if kind == "ec":
            return ec.generate_private_key(ec.SECP256R1())
        return store.key(name, kind)

    @staticmethod
    def pem(key):
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8,
                                 NoEncryption())

    @staticmethod
    def request(key):
        builder = x509.CertificateSigningRequestBuilder(pki.name("device"))
        return builder.add_attribute(
            x509.ObjectIdentifier(oids.CHALLENGE_PASSWORD),
            b"secret").sign(key, hashes.SHA256())


def variants(directory):
    """All variants; the directory has their keys afterwards."""
    shared = os.path.join(directory, "keys")
    made = [Variant(os.path.join(directory, "%s-%s" % pair), shared, *pair)
            for pair in (("single", "rsa"), ("ra-chain", "rsa"),
                         ("chain", "rsa"), ("single", "ec"))]
    base = options.parse(["--dir", directory, "--next-ca"])
    made[0].authority.crl(serials=numbers(base))
    return made, base


def numbers(chosen):
    """The serial numbers in the large CRL, as the CA lists them."""
    return chosen.revoke + [0x10000 + count for count in range(ENTRIES)]


class Case:
    """What a seed stands for."""

    def __init__(self, seed, variants_, base, only_operation, only_layer):
        rng = random.Random(seed)
        self.seed = seed
        names = [name for name in operations.OPERATIONS
                 if only_operation in (None, name)]
        self.operation = operations.OPERATIONS[rng.choices(
            names, [operations.OPERATIONS[name].weight for name in names])[0]]
        self.on = rng.choice(self.operation.asks)
        chosen = [layers.choose(rng, self.on)]
        if rng.random() < 0.1:
            chosen.append(layers.choose(rng, self.on))
        if rng.random() < 0.02 or only_layer == "none":
            chosen = []
        elif only_layer is not None:
            chosen = [layers.LAYERS[only_layer]]
        self.layers = chosen
        self.options = self._options(rng, base)
        self.after = 0
        if self.on == "pkioperation" and self.options.pending:
            self.after = rng.randrange(self.options.pending + 1)
        self.times = rng.choice((1, 1, 1000))
        fitting = variants_
        if self.operation.name == "getcrl of 2 MB":
            fitting = variants_[:1]
        elif "getnextcacert" in self.operation.asks:
            # RFC 8894, 4.7.1: signed by the CA, not by an RA.
            fitting = [one for one in variants_ if
                       one.authority.signer is one.authority.ca]
        self.variant = rng.choice(fitting)
        self.authority = self.variant.authority
        self.new_key = rng.choice(("same", "same", "same", "ec:P-256"))
        self.json = rng.random() < 0.1
        self.verbose = rng.choice(((), (), (), ("-v",), ("-d",)))
        self.number = rng.random()      # the start of the mutation

    def _options(self, rng, base):
        chosen = copy.copy(base)
        chosen.challenge = "secret"
        if self.operation.name == "enroll with polls":
            chosen.pending = rng.choice((1, 2, 2, 4))
        elif self.operation.name.startswith("renew"):
            chosen.pending = rng.choice((0, 0, 1))
        if self.operation.name == "getcrl of 2 MB":
            chosen.crl_size = ENTRIES
        for name, values in (
                ("econtent", ("data", "data", "data", "enveloped")),
                ("cipher", ("same", "same", "aes256", "des3")),
                ("digest", ("same", "same", "sha512")),
                ("sigalg", ("rsa", "rsa", "pss")),
                ("chunked", (None, None, 1000, 17)),
                ("no_length", (False, False, False, True)),
                ("attr_order", ("sorted", "shuffle")),
                ("getca_form", (None, None, "p7")),
                ("next_ca_form", ("content", "content", "outer")),
                ("ber_content", (False, False, False, True)),
                ("ber_envelope", (False, False, False, True))):
            setattr(chosen, name, rng.choice(values))
        if chosen.next_ca_form == "outer":
            chosen.next_ca_certs = "cross"
        # For what decodes the reply of the CA, it has to be DER.
        if all(one.stage == "http" for one in self.layers):
            chosen.ber = rng.random() < 0.3
            chosen.getca_form = rng.choice((chosen.getca_form, "pem", "p7pem"))
        return chosen

    def slow(self):
        return any(one.slow for one in self.layers)

    def command(self, program, url):
        words = {"URL": url, "PIN": self.variant.pin, "NEW": self.new_key,
                 "SERIAL": "0x%x" % self.variant.serial}
        extra = ["--timeout", "1" if self.slow() else "30"]
        extra += self.verbose
        if self.json:
            extra.append("--json")
        return ([program, self.operation.name.split()[0].rstrip(",")] +
                [words.get(word, word) for word in self.operation.arguments] +
                extra)

    def mutation(self):
        made = layers.Mutation(self.layers, self.on, self.after, self.times,
                               random.Random(self.number))
        made.authority = self.authority
        return made

    def layer_names(self):
        return " + ".join(one.name for one in self.layers) or "none"
