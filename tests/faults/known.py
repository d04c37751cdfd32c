"""Faults after which sscep did wrong once: these calls fail in each run.

function: calls that it makes, or others for it, fail, each in turn, at most so
many of them; an exported one, as a compiler may take a static one apart. None:
the first ones. always: so do all that follow.
"""

import collections
import errno as E

Known = collections.namedtuple(
    "Known", "operation kind how function most always", defaults=(12, False))

KNOWN = [
    # A file was written twice over if lstat() failed once.
    Known("getcrl", "stat", E.EIO, "main", 20),
    # It was told as EINVAL.
    Known("getcrl", "seek", E.EIO, "main"),
    # A bundle that could not be read was taken for somebody else's.
    Known("renew", "open", E.EMFILE, "renew_guard_bundle", 20),
    Known("renew", "read", E.EIO, "renew_guard_bundle", 20),
    # The hook ran with the old serial number; the list of files was empty.
    Known("renew", "sync", E.EIO, "main", 30),
    # A file of CA certificates that could not be looked at was replaced.
    Known("renew", "stat", E.EIO, "renew_ca_find"),
    # The hook did not run, or ran twice, without a word.
    Known("renew", "stat", E.EIO, "renew_hook_run", 40),
    # It waited for ever for a lock whose file could not be looked at.
    Known("renew", "stat", E.EIO, "lock_take", 4, True),
    # The usage of a certificate was shown as its issuer, or as none.
    Known("getca", "memory", E.ENOMEM, "X509_get_extension_flags", 40),
    # A name was shown as empty; one lack was told twice.
    Known("getca", "memory", E.ENOMEM, "cert_add_name"),
    Known("getca", "memory", E.ENOMEM, "trust_read_pins"),
    # A key was taken for malformed, a pass phrase for wrong.
    Known("enroll-file", "memory", E.ENOMEM, "key_read", 20, True),
    # An algorithm was taken for forbidden.
    Known("enroll", "memory", E.ENOMEM, "algs_digest_works", 40),
    Known("enroll", "memory", E.ENOMEM, "algs_get_cipher", 10, True),
    # The bundle lacked CA certificates.
    Known("renew", "memory", E.ENOMEM, "path_verify_below", 40),
    # It was told as an error, with status 0.
    Known("renew", "memory", E.ENOMEM, "trust_name_next"),
    # OpenSSL 3.0 crashed.
    Known("enroll", "memory", E.ENOMEM, None, 120),
]
