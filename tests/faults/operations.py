"""The operations whose calls fail, and how calls fail."""

import collections
import errno
import socket

# ca: options of the test CA; arguments: of sscep; files: what is there, by the
# names of World.inputs or as text, in which {url} and {PIN} stand for these;
# outputs: files that a run may write, {old} those that it may make of others;
# left: names that a run that fails may leave; named: by the name of the server.
Operation = collections.namedtuple(
    "Operation", "name ca arguments files outputs left tls named",
    defaults=((), False, False))

RENEW_CONF = """URL = {url}
CACertFile = ca.crt
CAFingerprint = {PIN}
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
Subject = /CN=device
SubjectAltName = DNS:device.example.org
NewKey = ec:P-256
Challenge = pass:secret
Hook = 'echo $SSCEP_SERIAL >hooked'
BundleFile = bundle.pem
ChainFile = chain.pem
"""
ENROLL_CONF = """[sscep]
URL = {url}
CACertFile = ca.crt
[sscep_enroll]
PrivateKeyFile = dev.key
KeyPassword = file:pass
CertReqFile = dev.csr
LocalCertFile = dev.crt
PollInterval = 1
MaxPollCount = 3
"""
RENEW_LEFT = ("dev.key.new", "dev.crt.new", "dev.crt.req", "dev.crt.hook",
              "dev.crt.lock", "bundle.pem.new", "chain.pem.new",
              "dev.key.old", "dev.crt.old")
QUERY = {"ca.crt": "CA", "dev.key": "KEY", "dev.crt": "CERT"}
OLD = "an older one\n"

OPERATIONS = [
    Operation("options", (), "enroll -f dev.conf --dump-config",
              {"dev.conf": ENROLL_CONF, "pass": "PASS"}, ()),
    Operation("getcaps", (), "getcaps -u {url}", {}, ()),
    Operation("getca", ("--profile", "ra"),
              "getca -u {url} -c ca.crt --ca-fingerprint {PIN}",
              {"ca.crt-0": OLD, "ca.crt-7": OLD},
              ("ca.crt-0", "ca.crt-1", "ca.crt-2", "ca.crt-7",
               "ca.crt-0.old", "ca.crt-7.old")),
    Operation("getca-https", (),
              "getca -u {url} -c ca.crt --tls-ca-file tls.pem",
              {"tls.pem": "TLS"}, ("ca.crt",), tls=True),
    Operation("enroll", ("--pending", "1"),
              "enroll -u {url} -c ca.crt -k dev.key -r dev.csr -l dev.crt "
              "-t 1 -n 3 -T 100 -E aes -S sha256",
              {"ca.crt": "CA", "dev.key": "KEY", "dev.csr": "CSR"},
              ("dev.crt",)),
    Operation("enroll-file", ("--pending", "1"), "enroll -f dev.conf",
              {"dev.conf": ENROLL_CONF, "ca.crt": "CA", "dev.key": "LOCKED",
               "dev.csr": "CSR", "dev.crt": "CERT", "pass": "PASS"},
              ("dev.crt",), named=True),
    Operation("getcert", (),
              "getcert -u {url} -c ca.crt -k dev.key -l dev.crt -s 4711 "
              "-w out.crt", QUERY, ("out.crt",)),
    Operation("getcrl", (),
              "getcrl -u {url} -c ca.crt -k dev.key -l dev.crt -w out.crl",
              QUERY, ("out.crl",)),
    Operation("getcrl-large", ("--crl-size", "40000"),
              "getcrl -u {url} -c ca.crt -k dev.key -l dev.crt -w out.crl",
              QUERY, ("out.crl",)),
    Operation("getnextca", ("--next-ca",),
              "getnextca -u {url} -C ca.crt -c next.crt -w signer.crt",
              {"ca.crt": "CA"}, ("next.crt-0", "signer.crt")),
    Operation("renew", (), "renew -f dev.conf",
              {"dev.conf": RENEW_CONF, "dev.key": "KEY", "dev.crt": "CERT",
               "ca.crt": "CA", "bundle.pem": "BUNDLE", "chain.pem": "CA"},
              ("dev.key", "dev.crt", "bundle.pem", "chain.pem", "hooked",
               *RENEW_LEFT), RENEW_LEFT),
    Operation("check", ("--next-ca",), "check -f dev.conf",
              {"dev.conf": RENEW_CONF, "dev.key": "KEY", "dev.crt": "CERT",
               "ca.crt": "CA"}, ()),
]

LESS = 0    # the call does less than asked for
E = errno

# How the calls of a kind fail: by which a run may fail, and what it has to
# cope with: its outcome is then that of a run without faults.
HARD = {
    "access": [E.EIO],
    "allocate": [E.ENOSPC],
    "attributes": [E.EIO],
    "close": [E.EIO],
    "connect": [E.ECONNREFUSED],
    "descriptor": [E.EBUSY],
    "directory": [E.EMFILE],
    "entropy": [E.EIO],
    "exec": [E.ENOENT],
    "fork": [E.EAGAIN],
    "key": [0],
    "link": [E.EIO],
    "lock": [E.ENOLCK],
    "lookup": [socket.EAI_AGAIN, socket.EAI_MEMORY],
    "map": [E.ENOMEM],
    "memory": [E.ENOMEM],
    "mode": [E.EIO],
    "name": [E.EIO],
    "open": [E.EMFILE, E.EACCES],
    "owner": [E.EPERM],
    "poll": [E.ENOMEM],
    "pread": [E.EIO],
    "pwrite": [E.ENOSPC, E.EIO],
    "random": [0],
    "read": [E.EIO],
    "readdir": [E.EIO],
    "recv": [E.ECONNRESET],
    "rename": [E.EIO],
    "room": [E.EIO],
    "seek": [E.EIO],
    "send": [E.EPIPE, E.ECONNRESET],
    "socket": [E.EMFILE],
    "sockopt": [E.EINVAL],
    "stat": [E.EIO],
    "sync": [E.EIO, E.ENOSPC],
    "thread": [E.EAGAIN],
    "truncate": [E.EIO],
    "unlink": [E.EIO],
    "write": [E.ENOSPC, E.EIO],
}
SOFT = {
    "allocate": [E.EOPNOTSUPP],
    "connect": [E.EINTR],
    "poll": [E.EINTR],
    "pread": [E.EINTR, LESS],
    "pwrite": [E.EINTR, LESS],
    "read": [E.EINTR, LESS],
    "recv": [E.EINTR, E.EAGAIN, LESS],
    "send": [E.EINTR, E.EAGAIN, LESS],
    "sleep": [E.EINTR],
    "wait": [E.EINTR],
    "write": [E.EINTR, LESS],
}
