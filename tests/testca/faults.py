"""The table of faults, and which of them the current reply commits.

A fault is a function that spoils one stage of making a reply:

    http        how the bytes are sent over the connection
    body        the bytes of the answer and its content type
    cacert      the list of certificates of GetCACert
    content     the degenerate SignedData of a CertRep
    envelope    the EnvelopedData around it
    attributes  the signed attributes
    signer      the key and certificate of the signer
    signed      the SignedData after it was signed
"""

import collections
import threading

OPERATIONS = ("getcacaps", "getcacert", "getnextcacert", "pkioperation")
STAGES = {
    "http": OPERATIONS, "body": OPERATIONS, "cacert": ("getcacert",),
    "content": ("pkioperation",), "envelope": ("pkioperation",),
    "attributes": ("pkioperation",), "signer": ("pkioperation",),
    "signed": ("pkioperation",),
}

Fault = collections.namedtuple("Fault", "name stage ops help spoil")
FAULTS = collections.OrderedDict()


def fault(name, stage, text, ops=None):
    """Decorator: add the function to the table."""
    def register(function):
        FAULTS[name] = Fault(name, stage, ops or STAGES[stage], text,
                             function)
        return function
    return register


class Plan:
    """Which faults are due, by --fault and --fault-on, -after, -times."""

    def __init__(self, names, on, after, times):
        self.faults = [FAULTS[name] for name in names]
        self.on = on
        self.after = after
        self.left = times
        self.lock = threading.Lock()
        for entry in self.faults:
            if on not in entry.ops:
                raise ValueError("the fault %s is not for %s"
                                 % (entry.name, on))

    def due(self, operation):
        """Count a reply, and return its faults."""
        with self.lock:
            if operation != self.on or not self.faults:
                return Due([])
            if self.after > 0:
                self.after -= 1
                return Due([])
            if self.left == 0:
                return Due([])
            if self.left is not None:
                self.left -= 1
            return Due(self.faults)


class Due:
    """The faults of one reply."""

    def __init__(self, faults):
        self.faults = faults

    def names(self):
        return [entry.name for entry in self.faults]

    def spoil(self, stage, target):
        """Run the faults of a stage on `target`."""
        for entry in self.faults:
            if entry.stage == stage:
                entry.spoil(target)

    def of(self, stage):
        return [entry for entry in self.faults if entry.stage == stage]


def listing():
    return "".join("%s\t%s\t%s\n" % (entry.name, ",".join(entry.ops),
                                     entry.help)
                   for entry in FAULTS.values())
