"""What a run in which calls fail may do."""

import os
import re

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from runner import NONE

OK = 0
STATUSES = {0, 1, 3, 77, 78, 89, 91, 93, 95, 97}
MEMORY = re.compile(r"out of memory|Cannot allocate memory|memory allocation "
                    r"fail", re.I)
# What else tells of the failure, by the kind of calls; that of entropy is the
# one of OpenSSL 3.0, then that of 3.5.
OTHERWISE = {
    "entropy": ("error retrieving entropy",
                "entropy source strength too weak"),
    "exec": ("exit status 127",),
    "random": ("random",),
    "send": ("the connection ended without an answer",),
}
TEMPORARY = re.compile(r"\..+\.sscep-tmp-[a-z0-9]{6}")
# If these fail, a temporary file may stay until the next run.
STAYING = {"open", "stat", "unlink"}
EMPTY = re.compile(r": [;,]")
NETWORK = {"poll", "recv", "send"}
PROGRESS = re.compile(r"warning: ")


def errors(stderr):
    """The lines of stderr that are no warnings."""
    return [line for line in stderr.splitlines()
            if not PROGRESS.search(line)]


class Judge:
    """Compares runs of an operation with one in which nothing fails."""

    def __init__(self, runner, operation):
        self.operation = operation
        # The first one gets the answers from the CA, which takes time.
        runner.run(operation)
        self.good = runner.run(operation)
        again = runner.run(operation)
        self.before = dict(runner.prepare(operation))
        self.recovered = {}
        self.complete = self.good.status == OK and \
            strip(again) == strip(self.good)


    def problems(self, runner, fault, result, soft):
        """The words for all that is wrong."""
        real = result
        if result.failed == 0:
            found = []
        elif soft:
            found = list(self.differences(result, "although it copes with "
                                          "that"))
        else:
            if fault.kind in STAYING:
                result = result._replace(files={
                    name: content for name, content in result.files.items()
                    if not TEMPORARY.fullmatch(name)})
            found = list(self.hard(fault, result))
        found += self.health(result)
        if not found and real.files != self.good.files and \
                real.files != self.before:
            # What the next run does depends on the files only.
            state = tuple(sorted(real.files.items()))
            if state not in self.recovered:
                self.recovered[state] = list(self.recovery(runner))
            found += self.recovered[state]
        return found

    @staticmethod
    def health(result):
        if result.status < 0 and not in_library(result):
            yield "signal %d" % -result.status
        if result.status == 99 or re.search(r"Sanitizer|runtime error",
                                            result.stderr):
            yield "report of a sanitizer"

    def differences(self, result, why):
        if result.status != self.good.status:
            yield "status %d %s" % (result.status, why)
        elif mask(result.stdout) != mask(self.good.stdout):
            yield "other output %s" % why
        elif errors(result.stderr) != errors(self.good.stderr):
            yield "an error line, but status %d" % result.status
        if result.files != self.good.files:
            yield "other files %s" % why

    def hard(self, fault, result):
        if in_library(result):
            return
        if result.status == OK:
            if fault.kind in NETWORK or self.made_another_key(result):
                # Without GetCACaps other algorithms are used.
                if result.files.keys() != self.good.files.keys():
                    yield "other files although the status is 0"
            elif self.operation.name != "check":
                yield from self.differences(
                    result, "although the status is 0")
            return
        if result.status > 0 and result.status not in STATUSES:
            yield "status %d" % result.status
        lines = errors(result.stderr)
        if self.operation.name == "check":
            lines = [line for line in result.stdout.splitlines()
                     if line.startswith("problem")] or lines
        if not lines:
            yield "no error line"
        elif len(lines) > 1 and self.operation.name != "check":
            yield "%d error lines" % len(lines)
        elif EMPTY.search(lines[0]):
            yield "a part of the line is empty"
        elif fault.kind == "memory":
            if not tells_of_memory(result, lines):
                yield "the line does not tell of memory"
        elif fault.how > 0 and not any(
                text in line for line in lines for text in (
                    os.strerror(fault.how), *OTHERWISE.get(fault.kind, ()))):
            yield "the line does not say why"
        yield from self.files(result)

    def made_another_key(self, result):
        """Out of other random numbers; the new certificate has it."""
        for name, key in result.files.items():
            if name.endswith(".key") and key not in (
                    self.before.get(name), self.good.files.get(name)):
                cert = result.files.get(name[:-4] + ".crt", b"")
                return is_pair(key, cert)
        return False

    def files(self, result):
        """Each file is the old one or the new one, and no other is there."""
        for name, content in result.files.items():
            if name in self.operation.outputs:
                if content not in (self.before.get(name),
                                   self.good.files.get(name)) and \
                        name not in self.operation.left:
                    yield "%s is neither the old nor the new one" % name
            elif self.before.get(name) != content:
                yield "%s is there" % name if name not in self.before \
                    else "%s has changed" % name
        for name in self.before:
            if name not in result.files and \
                    name not in self.operation.outputs:
                yield "%s is gone" % name

    def recovery(self, runner):
        """One more run makes all good."""
        more = runner.run(self.operation, NONE, again=True)
        if more.status != OK:
            yield "the next run ends with %d: %s" % (
                more.status, " ".join(errors(more.stderr))[-200:])
        elif sorted(more.files) != sorted(self.good.files):
            # It may ask in another way, and be sent another certificate.
            yield "the next run leaves other files: %s" % " ".join(
                sorted(set(more.files) ^ set(self.good.files)))


def is_pair(key, cert):
    """Whether the certificate has that key; both in PEM."""
    key = serialization.load_pem_private_key(key, None)
    cert = x509.load_pem_x509_certificate(cert)
    return key.public_key().public_numbers() == \
        cert.public_key().public_numbers()


def has_frame(result, function, count=None):
    """Whether it was called when the first call failed, or at the crash."""
    return any(frame.endswith(":" + function) for frame in result.stack[:count])


def frees_what_was_signed(result):
    """Whether it crashed in X509_free() or X509_REQ_free() after that."""
    names = [frame.split(":")[-1] for frame in result.stack]
    return any(names[i] == "ASN1_item_free" and
               names[i + 1] in ("csr_make_self_signed", "request_make")
               for i in range(len(names) - 1))


def in_library(result):
    """What a library makes of a lack of memory, and the program cannot help.

    getaddrinfo() of glibc 2.36 crashes, or an assertion of it fails.
    libcrypto 3.5 waits for itself if its first allocations fail, and aborts if
    they do when it reads its configuration.  X509_sign() and X509_REQ_sign() of
    libcrypto 3.0 free what was never allocated, the AlgorithmIdentifier inside
    of what is signed, if they cannot decode it.
    """
    return (
        result.status in (-6, -11) and (
            has_frame(result, "ASN1_item_sign_ctx", 8) or
            frees_what_was_signed(result)) or
        result.status in (-6, -11) and has_frame(result, "getaddrinfo", 8) or
        result.status == -14 and has_frame(result, "OPENSSL_init_crypto") or
        result.status == -6 and has_frame(result, "OPENSSL_die", 6))


def tells_of_memory(result, lines):
    """getaddrinfo() of glibc 2.41 may take a name for unknown instead."""
    return any(map(MEMORY.search, lines)) or (
        has_frame(result, "getaddrinfo") and
        any("looking up the name" in line for line in lines))


def mask(text):
    """Without what may differ from second to second."""
    text = re.sub(r"\d+ (of \d+ days|ms)", r"N \1", text)
    # The digest depends on capabilities, which may not have been had.
    return re.sub(r"[^ ]+ fingerprint: .*", "fingerprint", text)


def strip(result):
    return (result.status, mask(result.stdout), mask(result.stderr),
            result.files)
