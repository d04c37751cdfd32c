"""A minimal SCEP client for the self-test, of openssl(1) and asn1crypto."""

import base64
import http.client
import json
import os
import subprocess
import urllib.parse

from asn1crypto import algos, cms, core, parser, x509

SCEP = "2.16.840.1.113733.1.9."
NEW_KEY = {"rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
           "ec": ("-algorithm", "EC", "-pkeyopt",
                  "ec_paramgen_curve:P-256"),
           "ec384": ("-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-384")}
SIGNATURE = {"rsa": "rsassa_pkcs1v15", "ec": "sha256_ecdsa",
             "ec384": "sha256_ecdsa"}
PSS_SALT = 32
# Signatures without a digest of their own, and the digest of the SignerInfo.
PURE = {"ed25519": ("1.3.101.112", "sha512"),
        "ed448": ("1.3.101.113", "shake256"),
        "ml-dsa-44": ("2.16.840.1.101.3.4.3.17", "sha512"),
        "ml-dsa-65": ("2.16.840.1.101.3.4.3.18", "sha512"),
        "ml-dsa-87": ("2.16.840.1.101.3.4.3.19", "sha512"),
        "slh-dsa-sha2-128f": ("2.16.840.1.101.3.4.3.21", "sha256")}
SHAKE256 = "2.16.840.1.101.3.4.2.12"


class Failed(Exception):
    """A test has failed."""


def expect(condition, text):
    if not condition:
        raise Failed(text)


def last_entry(where):
    """The last request in the log of a CA."""
    with open(os.path.join(where, "log"), encoding="utf-8") as stream:
        return json.loads(stream.readlines()[-1])


def openssl(*arguments, stdin=None, check=True):
    """Run the openssl program; return its standard output."""
    done = subprocess.run(("openssl",) + arguments, input=stdin,
                          capture_output=True, check=False)
    if check and done.returncode:
        raise RuntimeError("openssl %s: %s" % (
            " ".join(arguments[:2]), done.stderr.decode(errors="replace")))
    return done.stdout if check else done.returncode


class Client:
    """A key, a request and a self-signed certificate in a directory."""

    def __init__(self, directory, challenge="secret", kind="rsa"):
        self.kind = kind
        self.directory = directory
        os.makedirs(directory, exist_ok=True)
        self.key = self.path("client.key")
        self.certificate = self.path("client.crt")
        config = self.path("req.cnf")
        with open(config, "w", encoding="ascii") as stream:
            stream.write("[req]\nprompt=no\ndistinguished_name=dn\n"
                         "attributes=at\nreq_extensions=ext\n"
                         "[dn]\nO=Example\nCN=probe.example.org\n[at]\n"
                         "challengePassword=%s\n[ext]\n"
                         "subjectAltName=DNS:probe.example.org\n" % challenge)
        if not os.path.exists(self.key):
            openssl("genpkey", "-out", self.key, *NEW_KEY.get(
                kind, ("-algorithm", kind.upper())))
        self.csr = openssl("req", "-new", "-key", self.key, "-config", config,
                           "-outform", "DER")
        openssl("req", "-x509", "-new", "-key", self.key, "-config", config,
                "-out", self.certificate)

    def path(self, name):
        return os.path.join(self.directory, name)

    def request(self, recipient, kind="19", content=None, transaction="A1B2",
                digest=None, nonce=b"0123456789abcdef", oaep=None,
                pss=None):
        """The DER of a pkiMessage.

        `recipient` is a certificate file, or "password:SECRET".  `oaep` is
        (hash, hash of the mask), `pss` the hash of such a signature.
        """
        if digest is None:
            digest = PURE.get(self.kind, (None, "sha256"))[1]
        to = ["-recip", recipient]
        if recipient.startswith("password:"):
            to = ["-pwri_password", recipient.partition(":")[2]]
        if oaep:
            to += ["-keyopt", "rsa_padding_mode:oaep",
                   "-keyopt", "rsa_oaep_md:" + oaep[0],
                   "-keyopt", "rsa_mgf1_md:" + oaep[1]]
        enveloped = openssl("cms", "-encrypt", "-binary", "-aes128",
                            "-outform", "DER", *to,
                            stdin=content or self.csr)
        length = ("-xoflen", "64") if digest == "shake256" else ()
        hashed = openssl("dgst", "-" + digest, *length, "-binary",
                         stdin=enveloped)
        attributes = cms.CMSAttributes([
            attribute("1.2.840.113549.1.9.3", "data"),
            attribute("1.2.840.113549.1.9.4", hashed),
            attribute(SCEP + "2", core.Any(core.PrintableString(kind))),
            attribute(SCEP + "5", core.Any(core.OctetString(nonce))),
            attribute(SCEP + "7",
                      core.Any(core.PrintableString(transaction)))])
        return self.sign(enveloped, attributes, digest, pss)

    def sign(self, enveloped, attributes, digest, pss=None):
        """The SignedData."""
        signer = load_certificate(self.certificate)
        algorithm = {"algorithm": SIGNATURE.get(self.kind) or
                     PURE[self.kind][0]}
        how = ()
        if pss:
            algorithm = pss_algorithm(pss)
            how = ("-sigopt", "rsa_padding_mode:pss",
                   "-sigopt", "rsa_pss_saltlen:%d" % PSS_SALT,
                   "-sigopt", "rsa_mgf1_md:" + pss)
        if self.kind in PURE:
            signature = self.sign_pure(attributes.dump())
        else:
            signature = openssl("dgst", "-" + (pss or digest), "-sign",
                                self.key, *how, stdin=attributes.dump())
        hashed_by = {"algorithm": SHAKE256 if digest == "shake256"
                     else digest}
        info = cms.SignerInfo({
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": {
                "issuer": signer.issuer,
                "serial_number": signer.serial_number}}),
            "digest_algorithm": hashed_by,
            "signed_attrs": attributes,
            "signature_algorithm": algorithm,
            "signature": signature})
        data = cms.SignedData({
            "version": "v1",
            "digest_algorithms": [algos.DigestAlgorithm(hashed_by)],
            "encap_content_info": {"content_type": "data",
                                   "content": enveloped},
            "certificates": [signer], "signer_infos": [info]})
        return cms.ContentInfo({"content_type": "signed_data",
                                "content": data}).dump()

    def sign_pure(self, content):
        path = self.path("signed")
        with open(path, "wb") as stream:
            stream.write(content)
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.key,
                       "-in", path)

    def kem_certificate(self, kind, issuer, issuer_key):
        """The files of a KEM certificate and its key, which cannot sign."""
        key, public = self.path(kind + ".key"), self.path(kind + ".pub")
        certificate = self.path(kind + ".crt")
        openssl("genpkey", "-algorithm", kind.upper(), "-out", key)
        openssl("pkey", "-in", key, "-pubout", "-out", public)
        openssl("x509", "-new", "-subj", "/CN=" + kind, "-force_pubkey",
                public, "-CA", issuer, "-CAkey", issuer_key,
                "-out", certificate)
        return certificate, key


def pss_algorithm(digest):
    return {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams({
        "hash_algorithm": {"algorithm": digest},
        "mask_gen_algorithm": {"algorithm": "mgf1",
                               "parameters": {"algorithm": digest}},
        "salt_length": PSS_SALT})}


def attribute(kind, value):
    return cms.CMSAttribute({"type": kind, "values": [value]})


def exchange(port, operation, message=None, body=None, timeout=2):
    """One HTTP exchange: (status, content type, body)."""
    query = "/cgi-bin/pkiclient.exe?operation=" + operation
    if isinstance(message, bytes):
        message = base64.b64encode(message).decode()
    if message is not None:
        query += "&message=" + urllib.parse.quote(message, safe="")
    connection = http.client.HTTPConnection("127.0.0.1", port,
                                            timeout=timeout)
    try:
        connection.request("POST" if body else "GET", query, body)
        answer = connection.getresponse()
        return answer.status, answer.headers["content-type"], answer.read()
    finally:
        connection.close()


NAMES = {SCEP + "3": "status", SCEP + "4": "failInfo",
         SCEP + "6": "recipientNonce", SCEP + "7": "transactionID",
         "1.3.6.1.5.5.7.24.1": "failInfoText"}


def attributes(reply):
    """The SCEP attributes of a reply (bytes or file): name -> content."""
    if isinstance(reply, str):
        with open(reply, "rb") as stream:
            reply = stream.read()
    info = cms.ContentInfo.load(reply)["content"]["signer_infos"][0]
    values = {}
    for one in info["signed_attrs"]:
        name = NAMES.get(one["type"].dotted)
        if name:
            values[name] = one["values"][0].parse().contents
    return values


def signature_algorithm(message):
    infos = cms.ContentInfo.load(message)["content"]["signer_infos"]
    return infos[0]["signature_algorithm"]


def schemes(reply):
    """The hashes of OAEP, of its mask, of PSS and of its mask in a reply."""
    data = cms.ContentInfo.load(reply)["content"]
    pss = signature_algorithm(reply)
    inside = cms.ContentInfo.load(data["encap_content_info"]["content"].native)
    oaep = inside["content"]["recipient_infos"][0].chosen[
        "key_encryption_algorithm"]
    if (oaep["algorithm"].native, pss["algorithm"].native) != (
            "rsaes_oaep", "rsassa_pss"):
        return None
    return tuple(name for one in (oaep, pss) for name in (
        one["parameters"]["hash_algorithm"]["algorithm"].native,
        one["parameters"]["mask_gen_algorithm"]["parameters"][
            "algorithm"].native))


def load_certificate(path):
    return x509.Certificate.load(
        openssl("x509", "-in", path, "-outform", "DER"))


def issuer_and_subject(issuer, certificate):
    """The content of a CertPoll, from two certificate files."""
    names = core.SequenceOf(spec=x509.Name)
    names.append(load_certificate(issuer).subject)
    names.append(load_certificate(certificate).subject)
    return names.dump()


def issuer_and_serial(path):
    certificate = load_certificate(path)
    return cms.IssuerAndSerialNumber({
        "issuer": certificate.issuer,
        "serial_number": certificate.serial_number}).dump()


def wrap_enveloped(enveloped):
    """Add a ContentInfo to a bare EnvelopedData; return others unchanged."""
    first = parser.parse(parser.parse(enveloped)[4])[2]
    if first != core.Integer.tag:
        return enveloped
    return cms.ContentInfo({
        "content_type": "enveloped_data",
        "content": cms.EnvelopedData.load(enveloped)}).dump()
