"""The operations of sscep: command lines, and which files may be there then.

A judge takes a Case and the files that are new or changed, as a dict of names
to contents, and yields what is wrong with them.
"""

import collections
import subprocess

from asn1crypto import pem as asn1_pem
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding

import der
import enrol
import keys
import message

Operation = collections.namedtuple(
    "Operation", "name weight asks files arguments judge ends")
OPERATIONS = collections.OrderedDict()
SERIAL = "12ab"         # of getcert, if it is not the own certificate


def operation(name, weight, asks, files, arguments, ends=(0,)):
    """Decorator: add it, with the judge of its files, to the table.

    `asks` are the requests that it sends, each as often as it shall be the one
    that gets an altered reply. `files` are copied from those of the Fixture.
    `ends` are the statuses after which there are files, or good output.
    """
    def register(judge):
        OPERATIONS[name] = Operation(name, weight, asks, files,
                                     arguments.split(), judge, ends)
        return judge
    return register


def openssl(pem, *arguments):
    """Whether the openssl program succeeds with this input."""
    return subprocess.run(("openssl",) + arguments, input=pem,
                          stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0


def certificates(pem):
    """The certificates in a file; None for one that cryptography refuses."""
    end = b"-----END CERTIFICATE-----\n"
    parts = pem.split(end)
    if parts.pop() or not parts:
        raise ValueError("it is not made of certificates")
    found = []
    for part in parts:
        try:
            found.append(x509.load_pem_x509_certificate(part + end))
        except ValueError:
            if not openssl(part + end, "x509", "-noout"):
                raise ValueError("openssl refuses a certificate") from None
            found.append(None)
    return found


def issued(case, name, pem, key=None):
    """Yield what is wrong: one certificate, of the CA, for the key."""
    try:
        found, *others = certificates(pem)
        if found is None or others:
            raise ValueError("not one certificate that cryptography accepts")
        ca = case.authority.ca.certificate
        message.verify_certificate(found, ca.public_key())
        if key is not None and (enrol.spki(found.public_key()) !=
                                enrol.spki(key.public_key())):
            yield "%s is for another key" % name
    except InvalidSignature:
        yield "%s is not of the CA" % name
    except (ValueError, TypeError) as error:
        yield "%s: %s" % (name, error)


def only(files, *names):
    for name in sorted(set(files) - set(names)):
        yield "%s was left behind" % name
    for name in sorted(set(names) - set(files)):
        yield "there is no %s" % name


@operation("getcaps", 5, ("getcacaps",), (), "-u URL")
def _(case, files):
    yield from only(files)


def bundle(case, files, accepts):
    """Certificates in got.crt, or got.crt-0 and so on; it accepts all of them.

    None stands for one that cryptography refuses.
    """
    names = [one for one in files if one.startswith("got.crt")]
    yield from only(files, *(names or ["got.crt"]))
    for one in names:
        try:
            if not all(accepts(found) for found in certificates(files[one])):
                yield "%s is not of the CA" % one
        except ValueError as error:
            yield "%s: %s" % (one, error)


@operation("getca", 8, ("getcacert", "getcacert", "getcacaps"), (),
           "-u URL -c got.crt")
def _(case, files):
    yield from bundle(case, files, lambda found: True)


def is_of(authority, found):
    """It is of the CA, or one above it."""
    if found is None or found in authority.chain():
        return found is not None
    try:
        message.verify_certificate(found, authority.ca.key.public_key())
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


@operation("getca of a known CA", 8, ("getcacert", "getcacert", "getcacaps"),
           (), "-u URL -c got.crt --ca-fingerprint PIN")
def _(case, files):
    yield from bundle(case, files,
                      lambda found: is_of(case.authority, found))
    ours = case.authority.ca.certificate.public_bytes(Encoding.PEM)
    if not any(ours in content for content in files.values()):
        yield "the CA of the fingerprint is not in the files"


@operation("getnextca", 8, ("getnextcacert",) * 3 + ("getcacaps",),
           ("ca.crt",), "-u URL -c got.crt -C ca.crt")
def _(case, files):
    signed = any(one.name.startswith("next CA c") for one in case.layers)
    yield from bundle(case, files, lambda found:
                      signed or found in case.variant.next_ca)


ENROLS = ("pkioperation",) * 8 + ("getcacaps",)


def enrolled(case, files):
    yield from only(files, "local.crt")
    yield from issued(case, "local.crt", files.get("local.crt", b""),
                      case.variant.key)


operation("enroll", 16, ENROLS, ("ca.crt", "local.key", "local.csr"),
          "-u URL -c ca.crt -k local.key -r local.csr -l local.crt "
          "-t 0 -n 3")(enrolled)
operation("enroll with polls", 10, ENROLS,
          ("ca.crt", "local.key", "local.csr"),
          "-u URL -c ca.crt -k local.key -r local.csr -l local.crt "
          "-t 0 -n 3")(enrolled)


@operation("enroll, a renewal", 6, ENROLS,
           ("ca.crt", "own.key", "own.crt", "local.key", "local.csr"),
           "-u URL -c ca.crt -k local.key -r local.csr -l local.crt "
           "-K own.key -O own.crt -t 0 -n 3")
def _(case, files):
    yield from enrolled(case, files)


QUERIES = ("pkioperation",) * 8 + ("getcacaps",)


@operation("getcert", 8, QUERIES, ("ca.crt", "own.key", "own.crt"),
           "-u URL -c ca.crt -k own.key -l own.crt -s SERIAL -w result")
def _(case, files):
    yield from only(files, "result")
    yield from issued(case, "result", files.get("result", b""),
                      case.variant.own_key)


def crl(case, files):
    """The CA has signed it; what else is wrong with it is the CA's affair."""
    yield from only(files, "result")
    key = case.authority.ca.certificate.public_key()
    try:
        label, _, encoding = asn1_pem.unarmor(files.get("result", b""))
        if label != "X509 CRL":
            raise ValueError("a file with a " + label)
        signed, _, signature = der.inner(encoding)
        key.verify(signature[1][1:], signed[2], padding.PKCS1v15(),
                   hashes.SHA256())
    except InvalidSignature:
        yield "the CRL: it is not of the CA"
    except (ValueError, TypeError) as error:
        yield "the CRL: %s" % error


for name, weight in (("getcrl", 7), ("getcrl of 2 MB", 3)):
    operation(name, weight, QUERIES, ("ca.crt", "own.key", "own.crt"),
              "-u URL -c ca.crt -k own.key -l own.crt -w result")(crl)


# Files that renew leaves for its next run, or for an administrator.
KEPT = {"own.crt.lock", "own.crt.req", "own.key.new", "own.key.old",
        "own.crt.old", "ca.crt.next"}


def kept(case, files):
    """What may be there, whatever the status is."""
    yield from only(set(files) - KEPT - {"own.crt", "own.key", "ca.crt"})
    pem = files.get("ca.crt")
    if pem is not None:
        for one in case.authority.bundle:
            pem = pem.replace(one.public_bytes(Encoding.PEM), b"")
        if pem:
            yield "ca.crt has been replaced by one that is not of the CA"


def pair(case, files):
    yield from kept(case, files)
    if "own.crt" not in files:
        yield "there is no own.crt"
    key = case.variant.own_key
    if "own.key" in files:
        key = keys.load_key(files["own.key"])
    yield from issued(case, "own.crt", files.get("own.crt", b""), key)


RENEWS = ENROLS + ("getcacert",)
operation("renew", 8, RENEWS, ("ca.crt", "own.key", "own.crt"),
          "-u URL -c ca.crt --ca-fingerprint PIN -k own.key -l own.crt "
          "--force --new-key NEW -t 0 -T 2")(pair)
operation("renew, the first enrolment", 6, RENEWS, ("own.key",),
          "-u URL -c ca.crt --ca-fingerprint PIN -k own.key -l own.crt "
          "--subject /CN=device --challenge pass:secret -t 0 -T 2")(
              lambda case, files: pair(
                  case, {name: content for name, content in files.items()
                         if name != "ca.crt" or list(kept(
                             case, {name: content}))}))


@operation("check", 8, ("getcacert", "getcacert", "getcacaps",
                        "getnextcacert"),
           ("ca.crt", "local.key", "local.csr"),
           "-u URL -c ca.crt -k local.key -r local.csr -l local.crt --next")
def _(case, files):
    yield from only(files)


def judge(case, status, files):
    """What is wrong with the files after this status."""
    name = case.operation.name
    if status in case.operation.ends:
        return case.operation.judge(case, files)
    if name.startswith("renew"):
        return not_renewed(case, files)
    return only(files)


def not_renewed(case, files):
    yield from kept(case, files)
    for one in ("own.crt", "own.key"):
        if one in files:
            yield "%s has changed" % one
