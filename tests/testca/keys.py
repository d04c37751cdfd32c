"""Keys and PEM files: made at first use, read from disk afterwards."""

import functools
import glob
import os

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import newkeys

PEM = serialization.Encoding.PEM
SECRET = 0o600      # the mode of private keys
KINDS = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "rsa3072": lambda: rsa.generate_private_key(65537, 3072),
    "rsa4096": lambda: rsa.generate_private_key(65537, 4096),
    "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ec384": lambda: ec.generate_private_key(ec.SECP384R1()),
}
SIGNING = tuple(KINDS) + newkeys.SIGNING


def write_temporary(path, content, mode=0o666):
    """Write `content` to a new file beside `path`; return its name."""
    temporary = "%s.%d" % (path, os.getpid())
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with open(os.open(temporary, flags, mode), "wb") as stream:
        stream.write(content)
    return temporary


def write_file(path, content, mode=0o666):
    """Replace the file `path` atomically."""
    os.rename(write_temporary(path, content, mode), path)


def read_file(path):
    with open(path, "rb") as stream:
        return stream.read()


def make_key(kind):
    """The PEM of a new key."""
    if kind not in KINDS:
        return newkeys.generate(kind)
    return KINDS[kind]().private_bytes(
        PEM, serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption())


def shared_key(path, kind):
    """The PEM of the key in `path`; if several make it, the first wins."""
    if not os.path.exists(path):
        temporary = write_temporary(path, make_key(kind), SECRET)
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        os.unlink(temporary)
    return read_file(path)


@functools.lru_cache(maxsize=None)
def load_key(pem):
    """The private key in `pem`; loading checks it, which takes time."""
    return serialization.load_pem_private_key(pem, None)


def preload(directory):
    """Load the keys that a directory shares, but for those of openssl."""
    for path in glob.glob(os.path.join(glob.escape(directory), "*.key")):
        if not path.endswith(tuple("-%s.key" % kind for kind in
                                   newkeys.SIGNING + newkeys.KEMS)):
            load_key(read_file(path))


class Store:
    """The directory of one CA: NAME.key and NAME.crt, both PEM."""

    def __init__(self, directory, shared=None):
        self.directory = directory
        self.shared = shared
        for path in filter(None, (directory, shared)):
            os.makedirs(path, exist_ok=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def key(self, name, kind="rsa"):
        path = self.path(name + ".key")
        if not os.path.exists(path):
            write_file(path, self._new_key(name, kind), SECRET)
        if kind not in KINDS:
            return newkeys.PrivateKey(path, kind)
        return load_key(read_file(path))

    def _new_key(self, name, kind):
        if self.shared:
            name = "%s-%s.key" % (name, kind)
            return shared_key(os.path.join(self.shared, name), kind)
        return make_key(kind)

    def certificate(self, name, make):
        """The certificate NAME.crt; `make` makes it if it does not exist."""
        path = self.path(name + ".crt")
        if not os.path.exists(path):
            write_file(path, make().public_bytes(PEM))
        return x509.load_pem_x509_certificate(read_file(path))
