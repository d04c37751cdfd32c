"""The command line of testca."""

import argparse
import functools
import os

import certrep
import envelope
import faults
import keys
import newkeys
import oids
import pki
import responder


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be positive")
    return value


def serial(text):
    return int(text, 16)


def kinds(text):
    words = text.split(",")
    unknown = set(words) - set(keys.SIGNING + newkeys.KEMS)
    if unknown:
        raise argparse.ArgumentTypeError("no such keys: %s"
                                         % ", ".join(unknown))
    return words


def first_line(path):
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.readline().rstrip("\r\n")
    except OSError as error:
        raise argparse.ArgumentTypeError("%s: %s" % (path, error.strerror))


def _server(parser):
    group = parser.add_argument_group("server")
    group.add_argument("--dir", help="directory of keys, certificates and log")
    group.add_argument("--port", type=int, default=0, help="0: any free port")
    group.add_argument("--keys", metavar="DIR",
                       help="read keys from DIR; make missing ones there")
    group.add_argument("--lifetime", type=float, default=600, metavar="SECS")
    group.add_argument("--clock", metavar="FILE",
                       help="the time is what FILE says: days from now as in "
                       "+20d, or @YYYY-MM-DD HH:MM:SS")
    group.add_argument("--tls", action="store_true",
                       help="answer https on the same port, too")
    group.add_argument("--list-faults", action="store_true")
    group.add_argument("--can", metavar="KINDS", type=kinds,
                       help="only say whether the openssl program can do "
                       "these keys: status 0, or %d and the reason"
                       % newkeys.UNSUPPORTED)


def _ca(parser):
    group = parser.add_argument_group("CA")
    group.add_argument("--profile", choices=pki.ORDERS, default="single")
    group.add_argument("--order", metavar="ROLES",
                       help="certificates of GetCACert: sign, enc, ca, root")
    group.add_argument("--ca-usage", metavar="LIST",
                       help="keyUsage of the CA certificate: %s, or none"
                       % ", ".join(pki.USAGES.values()))
    group.add_argument("--ca-key", choices=keys.SIGNING, default="rsa",
                       metavar="KIND",
                       help="%s, or one that is made and used by the openssl "
                       "program: %s; with a key that only signs, requests "
                       "must be encrypted with the --challenge"
                       % (", ".join(keys.KINDS), ", ".join(newkeys.SIGNING)))
    group.add_argument("--ra-sign-key", choices=keys.SIGNING, default="rsa",
                       metavar="KIND",
                       help="key of the RA that signs: as --ca-key")
    group.add_argument("--ra-enc-key", choices=("rsa",) + newkeys.KEMS,
                       default="rsa", metavar="KIND",
                       help="key of the RA that decrypts: rsa, %s"
                       % ", ".join(newkeys.KEMS))
    group.add_argument("--ca-expired", action="store_true")
    group.add_argument("--ra-expired", action="store_true",
                       help="the RA certificates have expired")
    group.add_argument("--ra-purpose", choices=pki.PURPOSES, default="none",
                       help="extendedKeyUsage of the RA certificates")
    group.add_argument("--cert-digest", choices=("md5", "sha1", "sha256"),
                       default="sha256",
                       help="digest in signatures of certificates and CRLs")
    group.add_argument("--next-ca", action="store_true",
                       help="answer GetNextCACert")
    group.add_argument("--next-ca-form", choices=("content", "outer"),
                       default="content", help="put next CA certificates "
                       "into the signed content, or outside an empty one")
    group.add_argument("--next-ca-key", choices=keys.SIGNING, default="rsa",
                       metavar="KIND",
                       help="key of the next CA: as --ca-key")
    group.add_argument("--next-ca-certs", default="self", metavar="LIST",
                       help="next CA certificates: self (self-signed), cross "
                       "(signed by the current CA), entity (no CA)")
    group.add_argument("--revoke", action="append", default=[],
                       type=serial, metavar="HEX",
                       help="add a serial number to the CRL")
    group.add_argument("--crl-size", type=int, default=0, metavar="N",
                       help="add N entries to the CRL")
    group.add_argument("--caps", default=responder.DEFAULT_CAPS,
                       metavar="LIST", help="answer to GetCACaps, or none")
    group.add_argument("--caps-eol", choices=("lf", "crlf"), default="lf")
    group.add_argument("--no-caps-http",
                       choices=("404", "500", "close", "html"))
    group.add_argument("--get-only", action="store_true", help="refuse POST")
    group.add_argument("--getca-form",
                       choices=("der", "pem", "p7", "p7-ra", "p7pem",
                                "wrong-type"))


def _decision(parser):
    group = parser.add_argument_group("decision")
    group.add_argument("--renewal-by", choices=("17", "19"),
                       help="messageType that renewals must have")
    group.add_argument("--renewal-http", type=int, metavar="STATUS",
                       help="answer RenewalReq with this HTTP status")
    group.add_argument("--renewal-http-body", default="text",
                       choices=("text", "message"),
                       help="body of that answer: a line, or the CertRep")
    group.add_argument("--challenge", metavar="SECRET")
    group.add_argument("--challenge-file", metavar="FILE", dest="challenge",
                       type=first_line,
                       help="the challenge is the first line of FILE")
    group.add_argument("--pending", type=int, default=0, metavar="N",
                       help="number of PENDING replies of a transaction")
    group.add_argument("--pending-name", metavar="NAME",
                       help="PENDING only for this common name")
    group.add_argument("--then", choices=("success", "failure"),
                       default="success")
    group.add_argument("--issue-as", metavar="NAME",
                       help="issue certificates with this common name")
    group.add_argument("--issue-san", metavar="LIST",
                       help="issue certificates with these dNSNames, or none")
    group.add_argument("--issue-ahead", type=int, default=0, metavar="DAYS",
                       help="issue certificates that are valid DAYS later")
    group.add_argument("--fail", choices=certrep.FAIL_INFO)
    group.add_argument("--fail-text", metavar="TEXT")
    group.add_argument("--fail-text-form", choices=oids.FAIL_INFO_TEXT,
                       default="rfc")


def _form(parser):
    group = parser.add_argument_group("form of the CertRep")
    group.add_argument("--cipher", default="same",
                       choices=["same"] + list(envelope.CIPHERS))
    group.add_argument("--recipient", default="auto",
                       choices=("auto", "ktri", "pwri", "kari"),
                       help="RecipientInfo; auto is ktri for RSA, pwri for "
                       "keys that only sign, and for EC keys pwri with a "
                       "challengePassword, else kari")
    group.add_argument("--reply-kem", metavar="FILE",
                       help="KEMRecipientInfo, for the certificate in FILE")
    group.add_argument("--oaep", choices=oids.DIGESTS, metavar="HASH",
                       help="key transport by RSA-OAEP")
    group.add_argument("--oaep-mask", choices=oids.DIGESTS, metavar="HASH",
                       help="hash in the mask function of RSA-OAEP")
    group.add_argument("--pwri-password", metavar="SECRET",
                       help="encrypt with SECRET, not the challengePassword")
    group.add_argument("--pwri-rounds", type=int, default=2048, metavar="N",
                       help="iterations of PBKDF2")
    group.add_argument("--digest", default="same",
                       choices=["same"] + list(oids.DIGESTS)
                       + list(oids.SHAKES))
    group.add_argument("--sigalg", choices=("rsa", "shaWithRSA", "pss"),
                       default="rsa")
    group.add_argument("--null-params", choices=("on", "off"), default="on")
    group.add_argument("--econtent", default="data",
                       choices=("data", "enveloped", "enveloped-bare"))
    group.add_argument("--econtent-empty", default="absent",
                       choices=certrep.EMPTY)
    group.add_argument("--attr-string", default="printable",
                       choices=("printable", "utf8", "ia5"))
    group.add_argument("--attr-order", choices=("sorted", "shuffle"),
                       default="sorted")
    group.add_argument("--extra-attr", action="store_true")
    group.add_argument("--no-content-type", dest="content_type",
                       action="store_false",
                       help="sign without the contentType attribute")
    group.add_argument("--no-signer-cert", dest="signer_cert",
                       action="store_false")
    group.add_argument("--sender-nonce", choices=("none", "same", "random"),
                       default="random")
    group.add_argument("--ber", action="store_true",
                       help="BER: indefinite lengths, constructed eContent")
    group.add_argument("--ber-envelope", action="store_true",
                       help="the same in the EnvelopedData")
    group.add_argument("--ber-content", action="store_true",
                       help="the same in the encrypted SignedData")
    group.add_argument("--cert-order", default="leaf-first",
                       choices=("leaf-first", "leaf-last", "signer-first",
                                "with-strangers"),
                       help="signer-first: the one that signed the request")


def _http(parser):
    group = parser.add_argument_group("HTTP")
    group.add_argument("--delay", type=float, default=0, metavar="SECS",
                       help="wait before each answer to PKIOperation")
    group.add_argument("--date", type=int, metavar="SECS",
                       help="send a Date, so many seconds ahead")
    group.add_argument("--http10", action="store_true")
    group.add_argument("--chunked", type=positive, nargs="?", const=1000,
                       metavar="SIZE")
    group.add_argument("--no-length", action="store_true")
    group.add_argument("--close", action="store_true")


def _faults(parser):
    group = parser.add_argument_group("faults")
    group.add_argument("--fault", action="append", default=[],
                       choices=faults.FAULTS, metavar="NAME")
    group.add_argument("--fault-on", choices=faults.OPERATIONS,
                       default="pkioperation")
    group.add_argument("--fault-after", type=int, default=0, metavar="N")
    group.add_argument("--fault-times", type=int, metavar="N")


@functools.lru_cache(maxsize=None)
def make_parser():
    """The parser, which takes longer to make than to use."""
    parser = argparse.ArgumentParser(
        prog="testca", description="A SCEP server for tests.",
        allow_abbrev=False)
    for add in (_server, _ca, _decision, _form, _http, _faults):
        add(parser)
    return parser


def parse(arguments):
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not (options.dir or options.list_faults or options.can):
        parser.error("--dir is required")
    options.null_params = options.null_params == "on"
    options.no_caps_http = options.no_caps_http or ""
    if options.dir:
        options.dir = os.path.abspath(options.dir)
    return options
