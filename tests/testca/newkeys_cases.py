"""The cases of the self-test with keys that only openssl knows."""

import os
import subprocess

import probe
from probe import exchange, expect, last_entry, openssl

SECRET = ["--challenge", "secret"]
ISSUER = "ca.crt"

# The key that requests are encrypted for, and the options of the CA.
KEMS = {
    "ml-kem-512": ["--profile", "ra", "--ca-key", "ml-dsa-65",
                   "--ra-sign-key", "ml-dsa-44"],
    "ml-kem-768": ["--profile", "ra-enc", "--ca-key", "ed25519"],
    "ml-kem-1024": ["--profile", "ra-enc"],
}


def cannot(kind):
    """Why the openssl program cannot do these keys, or None."""
    here = os.path.dirname(os.path.abspath(__file__))
    done = subprocess.run([os.path.join(here, "testca"), "--can",
                           kind], stdout=subprocess.PIPE,
                          check=False)
    expect(done.returncode in (0, 77), "status %d" % done.returncode)
    return done.stdout.decode().strip() if done.returncode else None


class Cases:
    """They run in a SelfTest."""

    def __init__(self, test):
        self.test = test
        self.client = None

    def run(self):
        for kind in probe.PURE:
            self.of_signatures(kind)
        for kem, arguments in KEMS.items():
            self.of_kem(kem, arguments)

    def of_kem(self, kem, arguments):
        test = self.test
        if test.skipped(kem, cannot(kem)):
            return
        test.case("requests for " + kem, test.with_server,
                  SECRET + arguments + ["--ra-enc-key", kem],
                  lambda where, port: self.check_kem(where, port, kem))
        test.case("reply for " + kem, self.check_reply_kem, kem)

    def of_signatures(self, kind):
        test = self.test
        if test.skipped(kind, cannot(kind)):
            return
        for name, arguments, check in (
                ("client", SECRET, self.check_client),
                ("client, pending", ["--pending", "1"], self.check_pending),
                ("client, no password", [], self.check_no_password),
                ("client, other digest", [], self.check_digest),
                ("client, bad signatures", [], self.check_bad)):
            test.case("%s %s" % (kind, name), self.as_client, kind,
                      arguments, check)
        # The openssl programs that have ML-DSA verify these in CMS, too.
        if test.skipped("CA with " + kind, cannot("ml-dsa-44")):
            return
        for name, arguments, check in (
                ("CA", [], self.check_ca),
                ("CA, chain", ["--profile", "chain"], self.check_ca),
                ("next CA", ["--ca-key", "rsa", "--next-ca-key", kind,
                             "--next-ca-certs", "self,cross"],
                 self.check_next_ca),
                ("CA, other digest of request", [], self.check_ca_digest)):
            test.case("%s %s" % (kind, name), test.with_server,
                      SECRET + ["--ca-key", kind, "--next-ca"] + arguments,
                      check)

    def as_client(self, kind, arguments, check):
        self.test.others.setdefault(kind, probe.Client(
            os.path.join(self.test.keys, "client-" + kind), kind=kind))
        self.test.as_client(kind, check, arguments)

    # What is checked

    def expect_sent(self, where, kind):
        sent = last_entry(where)["reply"]["recipientKind"]
        expect(sent == kind, "sent by %s" % sent)

    def check_client(self, where, port):
        """PKCSReq, RenewalReq and GetCRL; all replies by the password."""
        test = self.test
        test.check_renewal(where, port)
        test.check_success(where, port)
        self.expect_sent(where, "pwri")
        entry = last_entry(where)
        number, digest = probe.PURE[test.client.kind]
        for name, value in (("signatureAlgorithm", number),
                            ("signatureName", test.client.kind),
                            ("digestName", digest)):
            expect(entry[name] == value, "%s %r" % (name, entry[name]))
        test.check_get_crl(where, port)
        self.expect_sent(where, "pwri")

    def check_pending(self, where, port):
        test = self.test
        expect(test.status(where, port) == b"3", "not PENDING")
        reply = test.enrol(
            where, port, kind="20", content=probe.issuer_and_subject(
                os.path.join(where, ISSUER), test.client.certificate))
        self.expect_sent(where, "pwri")
        test.check_certificates(where, openssl(
            "pkcs7", "-inform", "DER", "-print_certs",
            stdin=test.open(where, reply)))

    def check_no_password(self, where, port):
        values = probe.attributes(self.test.enrol(
            where, port, kind="22", content=probe.issuer_and_serial(
                os.path.join(where, ISSUER))))
        expect(values["status"] == b"2", "pkiStatus %r" % values["status"])
        expect(b"no password" in values["failInfoText"], "failInfoText")

    def check_digest(self, where, port):
        """SHA-1 fits none of these keys."""
        status = self.test.status(where, port, digest="sha1")
        expect(status == b"2", "pkiStatus %r" % status)
        expect("does not fit" in last_entry(where)["problems"][0], "problems")

    def check_bad(self, where, port):
        """The signature of the PKCS#10, then that of the message, is wrong."""
        test = self.test
        csr = test.client.csr
        wrong = csr[:-1] + bytes([csr[-1] ^ 1])
        expect(test.status(where, port, content=wrong) == b"2", "accepted")
        expect("PKCS#10" in last_entry(where)["problems"][0], "problems")
        message = test.client.request(test.recipient(where))
        exchange(port, "PKIOperation",
                 body=message[:-1] + bytes([message[-1] ^ 1]))
        problems = last_entry(where)["problems"]
        expect(problems == ["the signature does not verify"],
               "problems %r" % problems)

    def check_ca(self, where, port):
        """A client with an RSA key, which knows the password."""
        test = self.test
        test.check_ec_ca(where, port)
        ca = os.path.join(where, ISSUER)
        issued = os.path.join(where, "issued")
        issued = os.path.join(issued, os.listdir(issued)[0])
        reply = test.enrol(where, port, to="password:secret", kind="22",
                           content=probe.issuer_and_serial(issued))
        crl = openssl("pkcs7", "-inform", "DER", "-print_certs",
                      stdin=test.open(where, reply))
        openssl("crl", "-CAfile", ca, "-noout", stdin=crl)
        text = openssl("x509", "-in", ca, "-noout", "-text")
        expect(b"Key Encipherment" not in text, "keyUsage")
        test.check_get_ca(where, port)
        test.check_next_ca(where, port)

    def check_next_ca(self, where, port):
        self.test.check_next_ca(where, port)
        ca, itself, crossed = [os.path.join(where, name + ".crt") for name in
                               ("ca", "next-ca", "next-ca-cross")]
        openssl("verify", "-CAfile", itself, itself)
        openssl("verify", "-CAfile", ca, crossed)

    def check_ca_digest(self, where, port):
        """That of the request does not fit the key of the CA."""
        self.test.enrol(where, port, to="password:secret", digest="sha224")
        used = last_entry(where)["reply"]["digest"]
        with open(os.path.join(where, "ca.crt"), "rb") as stream:
            text = openssl("x509", "-noout", "-text", stdin=stream.read())
        for kind, (_, digest) in probe.PURE.items():
            if b"signature algorithm: " + kind.encode() in text.lower():
                expect(used == digest, "digest %s" % used)
                return
        raise probe.Failed("another signature")

    def check_kem(self, where, port, kem):
        test = self.test
        test.check_success(where, port)
        entry = last_entry(where)
        for name, value in (("recipientKind", "kem"),
                            ("keyEncryptionName", kem),
                            ("keyDerivationName", "hkdf-sha256"),
                            ("keyWrapName", "aes128-wrap")):
            expect(entry[name] == value, "%s %r" % (name, entry[name]))
        test.check_get_ca(where, port)
        # The RA's certificate is for another key.
        other, _ = test.client.kem_certificate(
            kem, os.path.join(where, ISSUER), os.path.join(where, "ca.key"))
        expect(test.status(where, port, to=other) == b"2", "accepted")
        expect("not for our" in last_entry(where)["problems"][0], "problems")

    def check_reply_kem(self, kem):
        test = self.test
        where = test.new_dir()
        test.with_server([], lambda *_: None, where)
        pair = test.client.kem_certificate(
            kem, os.path.join(where, ISSUER), os.path.join(where, "ca.key"))
        test.kem_pair = pair
        test.with_server(["--reply-kem", pair[0]], test.check_success, where)
        self.expect_sent(where, "kem")
