"""The CA: its own certificates by profile, and those that it issues."""

import collections
import datetime
import functools
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID

import clock
import der
import keys
import newkeys
import signing

USAGES = collections.OrderedDict([
    ("digitalSignature", "sign"), ("nonRepudiation", "nonrep"),
    ("keyEncipherment", "encipher"), ("dataEncipherment", "data"),
    ("keyAgreement", "agree"), ("keyCertSign", "certsign"),
    ("cRLSign", "crlsign")])
SINGLE_USAGE = "sign,encipher,certsign,crlsign"

# The certificates in the answer to GetCACert, by role and in order.
ORDERS = {
    "single": "ca", "chain": "ca,root", "ra": "sign,enc,ca",
    "ra-chain": "sign,enc,ca,root", "ra-pair": "sign,ca", "ra-enc": "enc,ca",
}

# The values of extendedKeyUsage; with none there is no such extension.
PURPOSES = {
    "none": None,
    "cmc-ra": "1.3.6.1.5.5.7.3.28",
    "enrolment-agent": "1.3.6.1.4.1.311.20.2.1",
    "client": "1.3.6.1.5.5.7.3.2",
}

Identity = collections.namedtuple("Identity", "key certificate")


def name(text, organization="Example"):
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FI"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.COMMON_NAME, text)])


def key_usage(words):
    """A KeyUsage extension from "sign,certsign", None from "none"."""
    wanted = set(words.split(","))
    if wanted == {"none"}:
        return None
    known = set(USAGES) | set(USAGES.values())
    if not wanted <= known:
        raise ValueError("unknown key usage in " + words)
    flags = [usage in wanted or short in wanted
             for usage, short in USAGES.items()]
    return x509.KeyUsage(*flags, False, False)


def extended_usage(purpose):
    """The ExtendedKeyUsage extension of one of PURPOSES, or None."""
    number = PURPOSES[purpose]
    return number and x509.ExtendedKeyUsage([x509.ObjectIdentifier(number)])


def validity(builder, days=3650, expired=False, ahead=0):
    """Valid from yesterday plus `ahead` days, for this number of days."""
    day = datetime.timedelta(days=1)
    now = clock.now() + ahead * day
    end = now - day if expired else now + days * day
    start = now - 400 * day if expired else now - day
    return builder.not_valid_before(start).not_valid_after(end)


@functools.lru_cache(maxsize=None)
def stand_in():
    """A key that builders take in place of one that they do not know."""
    return ec.generate_private_key(ec.SECP256R1())


def sign(builder, key, digest, subject_key=None, entries=b""):
    """Sign what was built, also with digests and keys that builders refuse.

    `subject_key` takes the place of that of the certificate; `entries` are
    put into the CRL.
    """
    if digest == "sha256" and not (newkeys.is_new(key) or subject_key
                                   or entries):
        return builder.sign(key, hashes.SHA256())
    signed = builder.sign(stand_in(), hashes.SHA256())
    load, at, inner = x509.load_der_x509_crl, 1, "tbs_certlist_bytes"
    if isinstance(signed, x509.Certificate):
        load, at, inner = (x509.load_der_x509_certificate, 2,
                           "tbs_certificate_bytes")
    parts = [whole for _, _, whole in der.inner(getattr(signed, inner))]
    parts[at] = signing.algorithm(key, digest)
    if subject_key:
        parts[6] = subject_key.info
    if entries:
        parts.append(entries)
    content = der.seq(*parts)
    signature = signing.sign_bytes(key, content, digest)
    return load(der.seq(content, parts[at],
                        der.tlv(0x03, b"\0" + signature)))


@functools.lru_cache(maxsize=None)
def revoked(serials):
    """revokedCertificates in DER, b"" for none; builders take long for many."""
    date = der.tlv(0x17, clock.now().strftime("%y%m%d%H%M%SZ").encode())
    numbers = [serial.to_bytes(serial.bit_length() // 8 + 1, "big")
               for serial in serials]
    return b"" if not serials else der.seq(
        *[der.seq(der.tlv(der.INTEGER, number), date) for number in numbers])


def key_identifier(public_key):
    """The SHA-1 hash of the key (RFC 5280, 4.2.1.2)."""
    if newkeys.is_new(public_key):
        return newkeys.hashed("sha1", public_key.bits)
    return x509.SubjectKeyIdentifier.from_public_key(public_key).digest


def known_and_new(public_key):
    """The key for a builder, and that for sign()."""
    if newkeys.is_new(public_key):
        return stand_in().public_key(), public_key
    return public_key, None


def certify(issuer, subject, public_key, extensions, digest="sha256", **dates):
    """A certificate; `issuer` is an Identity or (key, name)."""
    signer_key, issuer_name = issuer
    if isinstance(issuer_name, x509.Certificate):
        issuer_name = issuer_name.subject
    authority = x509.AuthorityKeyIdentifier(
        key_identifier(signer_key.public_key()), None, None)
    known, new = known_and_new(public_key)
    builder = x509.CertificateBuilder(
        issuer_name, subject, known, x509.random_serial_number())
    builder = validity(builder, **dates).add_extension(authority, False)
    builder = builder.add_extension(
        x509.SubjectKeyIdentifier(key_identifier(public_key)), False)
    for extension, critical in extensions:
        if extension is not None:
            builder = builder.add_extension(extension, critical)
    return sign(builder, signer_key, digest, new)


def with_extensions(builder, model):
    for extension in model.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    return builder


def recertify(issuer, model):
    """A copy of `model` with its serial, issued by another Identity."""
    known, new = known_and_new(newkeys.public_key(model))
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, model.subject, known,
        model.serial_number, model.not_valid_before, model.not_valid_after)
    return sign(with_extensions(builder, model), issuer.key, "sha256", new)


def ca_extensions(usage):
    return [(x509.BasicConstraints(ca=True, path_length=None), True),
            (key_usage(usage), True)]


def usage_of_leaf(public_key):
    """The keyUsage of an issued certificate: what the key can do."""
    kind = public_key.kind if newkeys.is_new(public_key) else None
    if kind in newkeys.KEMS:
        return "encipher"
    return "sign" if kind else "sign,encipher"


def leaf_extensions(csr, dns_names=None):
    """The extensions of an issued certificate.

    subjectAltName is copied, or has these dNSNames; "none" omits it.
    """
    usage = usage_of_leaf(newkeys.public_key(csr))
    extensions = [(x509.BasicConstraints(ca=False, path_length=None), True),
                  (key_usage(usage), True)]
    if dns_names == "none":
        return extensions
    if dns_names is not None:
        names = [x509.DNSName(text) for text in dns_names.split(",")]
        return extensions + [(x509.SubjectAlternativeName(names), True)]
    try:
        wanted = csr.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
        extensions.append((wanted.value, wanted.critical))
    except x509.ExtensionNotFound:
        pass
    return extensions


class Authority:
    """Keys and certificates of one profile, in one directory."""

    def __init__(self, store, profile, order=None, usage=None, expired=False,
                 ca_key="rsa", digest="sha256", ra_purpose="none",
                 ra_expired=False, ra_keys=("rsa", "rsa"), next_key="rsa"):
        self.store = store
        self.digest = digest
        self.roles = {}
        self.kinds = {"ca": ca_key, "ra-sign": ra_keys[0],
                      "ra-enc": ra_keys[1], "next-ca": next_key}
        self.ra_purpose = ra_purpose
        os.makedirs(store.path("issued"), exist_ok=True)
        made = "%s %s %s %s %s %s %s %s\n" % (
            (profile, usage, expired, ca_key, ra_purpose, ra_expired)
            + tuple(ra_keys))
        self._compare(made)
        if profile == "ra-pair":
            self._make_pair()
        else:
            self._make_ca(profile, usage, expired)
            if profile.startswith("ra"):
                self._make_ra(profile, ra_expired)
        self.ca = self.roles["ca"]
        self.signer = self.roles.get("sign", self.ca)
        self.decrypter = self.roles.get("enc", self.signer)
        self.bundle = self._in_order(order or ORDERS[profile])
        keys.write_file(store.path("profile"), made.encode())

    def _in_order(self, order):
        unknown = set(order.split(",")) - set(self.roles)
        if unknown:
            raise ValueError("this profile has no %s" % ", ".join(unknown))
        return [self.roles[role].certificate for role in order.split(",")]

    def _compare(self, made):
        """Refuse a directory that was made with other options."""
        path = self.store.path("profile")
        if not os.path.exists(path):
            return
        if keys.read_file(path).decode() != made:
            raise ValueError("%s was made with other options of the CA"
                             % self.store.directory)

    def _identity(self, role, file, subject, issuer, extensions, key=None,
                  **dates):
        key = key or self.store.key(file, self.kinds.get(file, "rsa"))

        def make():
            by = self.roles[issuer] if issuer else (key, subject)
            return certify(by, subject, key.public_key(), extensions,
                           self.digest, **dates)

        self.roles[role] = Identity(key, self.store.certificate(file, make))

    def _make_ca(self, profile, usage, expired):
        issuer = None
        if profile.endswith("chain"):
            issuer = "root"
            self._identity("root", "root", name("Example Test Root"), None,
                           ca_extensions("certsign,crlsign"))
        if not usage:
            usage = self._usual_usage(profile)
        self._identity("ca", "ca", name("Example Test CA"), issuer,
                       ca_extensions(usage), expired=expired)

    def _usual_usage(self, profile, file="ca"):
        if profile in ("ra", "ra-chain"):
            return "certsign,crlsign"
        if profile == "ra-enc" or self.kinds[file] in newkeys.SIGNING:
            return "sign,certsign,crlsign"
        return SINGLE_USAGE

    def _ra_extensions(self, usage):
        return [(key_usage(usage), True),
                (extended_usage(self.ra_purpose), False)]

    def _make_ra(self, profile, expired):
        for role, text, usage in (("sign", "Signing", "sign,nonrep"),
                                  ("enc", "Encryption", "encipher")):
            if role == "sign" and profile == "ra-enc":
                continue
            self._identity(role, "ra-" + role,
                           name("Example Test RA " + text), "ca",
                           self._ra_extensions(usage), expired=expired)

    def _make_pair(self):
        self._identity("ca", "ca", name("klake.org VPN CA", "klake.org"), None,
                       ca_extensions("sign,nonrep,certsign,crlsign"))
        self._identity("sign", "ra-sign",
                       name("klake.org VPN RA", "klake.org"), "ca",
                       self._ra_extensions("sign,nonrep"))

    def chain(self):
        """The issuing CA and the CAs above it."""
        return [self.roles[role].certificate
                for role in ("ca", "root") if role in self.roles]

    def issue(self, csr, common_name=None, ahead=0, dns_names=None):
        """Issue a certificate, possibly with other names or other dates."""
        subject = csr.subject if common_name is None else name(common_name)
        certificate = certify(self.ca, subject, newkeys.public_key(csr),
                              leaf_extensions(csr, dns_names), self.digest,
                              days=365,
                              ahead=ahead)
        keys.write_file(self.issued_path(certificate.serial_number),
                        certificate.public_bytes(keys.PEM))
        return certificate

    def issued_path(self, serial):
        return self.store.path("issued", "%x.pem" % serial)

    def issued(self, serial):
        """The issued certificate with this serial, or None."""
        path = self.issued_path(serial)
        if not os.path.exists(path):
            return None
        return x509.load_pem_x509_certificate(keys.read_file(path))

    def crl(self, by=None, serials=(), age=0):
        """A CRL of the issuing CA, or of another Identity.

        It was made `age` days ago and is valid for 30 days.
        """
        by = by or self.ca
        day = datetime.timedelta(days=1)
        made = clock.now() - age * day
        builder = x509.CertificateRevocationListBuilder(
            by.certificate.subject, made, made + 30 * day)
        return sign(builder, by.key, self.digest,
                    entries=revoked(tuple(serials)))

    def next_ca(self, issuer=None):
        """The next CA certificate, for GetNextCACert.

        It is self-signed, or with issuer "ca" signed by the current CA.
        """
        file = "next-ca-cross" if issuer else "next-ca"
        self._identity("next", file, self.ca.certificate.subject, issuer,
                       ca_extensions(self._usual_usage("single", "next-ca")),
                       key=self.store.key("next-ca", self.kinds["next-ca"]))
        return self.roles["next"].certificate

    def end_entity(self, purpose="none"):
        """An end entity that the CA has certified."""
        file = "end-entity" if purpose == "none" else "end-entity-" + purpose
        self._identity("entity", file, name("Example End Entity"),
                       "ca", [(x509.BasicConstraints(False, None), True),
                              (key_usage("sign,encipher"), True),
                              (extended_usage(purpose), False)],
                       key=self.store.key("end-entity"))
        return self.roles["entity"]

    def cert_sign_entity(self):
        """One with keyCertSign, but without basicConstraints."""
        self._identity("cert-sign", "cert-sign", name("Example Cert Sign"),
                       "ca", [(key_usage("sign,certsign"), True)],
                       key=self.store.key("end-entity"))
        return self.roles["cert-sign"]

    def stranger(self, subject=None, serial_of=None):
        """An unknown self-signed CA, with any name and serial."""
        key = self.store.key("stranger")
        subject = subject or name("Example Stranger CA")
        certificate = certify((key, subject), subject, key.public_key(),
                              ca_extensions(SINGLE_USAGE))
        if serial_of is not None:
            certificate = self._with_serial(key, certificate, serial_of)
        return Identity(key, certificate)

    @staticmethod
    def _with_serial(key, model, other):
        """A copy of `model` with the issuer and the serial of `other`."""
        builder = x509.CertificateBuilder(
            other.issuer, other.subject, key.public_key(),
            other.serial_number, model.not_valid_before,
            model.not_valid_after)
        return with_extensions(builder, model).sign(key, hashes.SHA256())
