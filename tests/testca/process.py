"""One test CA: from its command line to its end."""

import os
import signal
import sys
import time

import app
import faults
import keys
import newkeys
import options


def end(*_):
    """End at once, without waiting for connections or locks."""
    os._exit(0)


def wait_for_the_end(lives, lifetime):
    """Wait for a signal, the end of the lifetime, or that of `lives`."""
    deadline = time.monotonic() + lifetime
    while lives() and time.monotonic() < deadline:
        time.sleep(0.25)


def can(kinds):
    """Whether the openssl program can do these keys, as an exit status."""
    try:
        for kind in kinds:
            keys.make_key(kind)
    except newkeys.Unsupported as reason:
        print(reason)
        return newkeys.UNSUPPORTED
    return 0


def run(arguments, lives, started=lambda port: None):
    """Be a CA while lives() is true; started(port) is called once."""
    chosen = options.parse(arguments)
    if chosen.list_faults:
        sys.stdout.write(faults.listing())
        return 0
    if chosen.can:
        return can(chosen.can)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    try:
        http = app.start(chosen)
    except newkeys.Unsupported as reason:
        print("testca: %s" % reason, file=sys.stderr)
        return newkeys.UNSUPPORTED
    except (OSError, ValueError, KeyError) as error:
        print("testca: %s" % error, file=sys.stderr)
        return 1
    print("testca: listening on http://127.0.0.1:%d/" % http.port, flush=True)
    started(http.port)
    wait_for_the_end(lives, chosen.lifetime)
    return end()
