"""Mutations: what is altered in a reply, by layer.

A layer is a function that spoils one stage of making a reply, as the faults of
testca do; it takes a random.Random, and what that stage works on.
"""

import collections
import hashlib

import alter
import certrep
import channel
import der
import envelope
import faults
import faults_many
import oids
import responder

MESSAGE = ("pkioperation",)
DER = ("getcacert", "getnextcacert") + MESSAGE

Layer = collections.namedtuple("Layer", "name stage ops weight spoil slow")
LAYERS = collections.OrderedDict()


def layer(name, stage, ops, weight, slow=False):
    """Decorator: add the function to the table."""
    def register(function):
        LAYERS[name] = Layer(name, stage, ops, weight, function, slow)
        return function
    return register


def channel_layer(name, table, weight, slow=False):
    @layer(name, "http", faults.OPERATIONS, weight, slow)
    def spoil(rng, sending):
        head, body = channel.plain(sending)
        make = table[rng.choice(sorted(table))]
        channel.send(sending, make(rng, head.split(channel.CRLF), body))


channel_layer("HTTP head", channel.HEADS, 12)
channel_layer("HTTP body", channel.BODIES, 12)
channel_layer("slow HTTP", channel.SLOW, 2, slow=True)


@layer("capabilities", "body", ("getcacaps",), 30)
def _(rng, reply):
    words = reply.body.split()
    for _ in range(rng.choice((1, 3))):
        at = rng.randrange(len(words) + 1)
        words[at:at + rng.choice((0, 0, 1))] = [rng.choice(
            alter.CONTROLS + (b"aes", b"A" * 70000, b"SHA-512\0", b"\xc3\xa4",
                              b"Renewal=", b"DES", b"<html>"))]
    words *= rng.choice((1, 1, 1, 20, 10000))
    between = rng.choice((b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\0"))
    reply.body = between.join(words) + rng.choice((b"", b"\n"))


@layer("outer CMS", "body", DER, 14)
def _(rng, reply):
    reply.body = alter.message(rng, reply.body)


@layer("bombs of CMS", "body", DER, 5)
def _(rng, reply):
    body = reply.body
    if not faults_many.is_signed_data(body):
        body = certrep.degenerate([body])
    reply.body = faults_many.put(body, rng.choice(faults_many.PLACES))


@layer("type of the content", "body", faults.OPERATIONS, 2)
def _(rng, reply):
    reply.content_type = rng.choice((
        "", "text/html", "application/x-x509-ca-cert", responder.X_MESSAGE,
        "a" * 5000, "x;" * 2000, responder.X_CA_RA + "; charset=\x9b"))


@layer("CA certificates", "cacert", ("getcacert",), 20)
def _(rng, answer):
    at = rng.randrange(len(answer.certificates))
    answer.certificates[at] = certificate(rng, answer.authority,
                                          answer.certificates[at])
    answer.as_bundle = answer.as_bundle or rng.random() < 0.5
    answer.certificates *= rng.choice((1, 1, 1, 2, 100))


@layer("next CA certificates", "signer", ("getnextcacert",), 20)
def _(rng, answer):
    answer.certificates[0] = certificate(rng, answer.authority,
                                         answer.certificates[0])
    answer.certificates *= rng.choice((1, 1, 1, 2, 100))


@layer("next CA content, signed again", "body", ("getnextcacert",), 20)
def _(rng, reply):
    parts = der.inner(faults_many.fields(reply.body)[2])
    content = der.inner(parts[1][2])[0][1] if len(parts) > 1 else b""
    signer = reply.mutation.authority.signer
    reply.body = certrep.sign_plain(
        alter.message(rng, content), signer,
        [certrep.encode(signer.certificate)])


@layer("signed attributes, signed again", "attributes", MESSAGE, 14)
def _(rng, draft):
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(draft.attributes))
        kind, values = draft.attributes[at]
        change = rng.choice(("drop", "double", "twice", "value", "value",
                             "type", "copy", "unsign", "many"))
        if change == "drop" and len(draft.attributes) > 1:
            del draft.attributes[at]
        elif change == "double":
            draft.attributes.append([kind, list(values)])
        elif change == "twice":
            values.extend(values[:1])
        elif change == "value" and values:
            values[0] = rng.choice(alter.ELEMENTS)(rng, values[0])
        elif change == "type" and values:
            values[0] = der.tlv(rng.randrange(256), der.split(values[0])[0][1])
        elif change == "copy":
            values[:] = rng.choice(draft.attributes)[1]
        elif change == "unsign":
            draft.unsigned.append([kind, list(values)])
        elif change == "many":
            draft.attributes += [[kind, list(values)]] * rng.choice((70, 9999))
        # What follows may need what is no longer DER.
        if change == "value":
            break


@layer("text of the server", "attributes", MESSAGE, 3)
def _(rng, draft):
    """FAILURE with a text, which the client prints."""
    draft.status = certrep.FAILURE
    said = rng.choice(alter.CONTROLS) * rng.choice((1, 3, 30000)) + b"text"
    draft.put(oids.PKI_STATUS, draft.text(draft.status))
    draft.put(oids.FAIL_INFO, draft.text(rng.choice("01234569")))
    draft.put(rng.choice(sorted(oids.FAIL_INFO_TEXT.values())),
              der.tlv(rng.choice((0x0C, 0x13, 0x16, 0x1E, 0x14, 0x04)), said))


@layer("signer info", "signed", MESSAGE, 10)
def _(rng, draft):
    draft.signer_infos[0] = alter.message(rng, draft.signer_infos[0])
    draft.signer_infos *= rng.choice((1, 1, 1, 2, 20))


@layer("encapsulated content, not signed again", "signed", MESSAGE, 4)
def _(rng, draft):
    draft.econtent = alter.message(rng, draft.econtent or b"\x30\0")


@layer("encapsulated content, signed again", "attributes", MESSAGE, 6)
def _(rng, draft):
    draft.econtent = alter.some_bytes(rng, draft.econtent or b"")
    draft.set(oids.MESSAGE_DIGEST, der.octets(
        hashlib.new(draft.digest, draft.econtent).digest()))


@layer("envelope, signed again", "envelope", MESSAGE, 14)
def _(rng, draft):
    draft.envelope = alter.message(rng, draft.envelope or b"\x30\0")


@layer("padding and key of the envelope", "envelope", MESSAGE, 3)
def _(rng, draft):
    if draft.content is None:
        return
    block = envelope.CIPHERS[draft.cipher][1]
    end = rng.choice((b"\0" * block, b"\xff" * block, b"",
                      bytes([block + 1]) * block, rng.randbytes(block)))
    padded = draft.content + end
    draft.envelope = draft.seal([padded[:len(padded) // block * block]])


@layer("inner PKCS #7, encrypted again", "content", MESSAGE, 14)
def _(rng, draft):
    draft.content = alter.message(rng, draft.content or b"\x30\0")


@layer("bombs of the inner PKCS #7", "content", MESSAGE, 4)
def _(rng, draft):
    if draft.content is not None:
        draft.content = faults_many.put(
            draft.content, rng.choice(faults_many.PLACES[:6]))


def signed_again(authority, encoding):
    """The certificate or CRL with a new signature, if that can be made."""
    parts = [whole for _, _, whole in der.inner(encoding)]
    if len(parts) != 3:
        return encoding
    signature = certrep.sign_bytes(authority.ca.key, parts[0], "sha256")
    return der.seq(parts[0], parts[1], der.tlv(0x03, b"\0", signature))


def certificate(rng, authority, encoding):
    """Alter a certificate or a CRL; the CA may sign it again."""
    encoding = alter.message(rng, encoding)
    if rng.random() < 0.6:
        try:
            encoding = signed_again(authority, encoding)
        except (ValueError, IndexError):  # no longer DER
            pass
    return encoding


@layer("certificates and CRLs", "content", MESSAGE, 16)
def _(rng, draft):
    authority = draft.authority
    if draft.crl is not None:
        draft.content = certrep.degenerate([], [certificate(
            rng, authority, certrep.encode(draft.crl))])
    elif draft.certificate is not None:
        ours = certrep.encode(draft.certificate)
        others = [certrep.encode(one) for one in authority.chain()]
        kind = rng.choice(("leaf", "leaf", "chain", "strangers"))
        if kind == "leaf":
            ours = certificate(rng, authority, ours)
        elif kind == "chain":
            others[0] = certificate(rng, authority, others[0])
        else:
            stranger = authority.stranger()
            others += [certificate(rng, stranger_of(stranger), ours)]
        every = [ours] + others
        rng.shuffle(every)
        draft.content = certrep.degenerate(every)


def stranger_of(identity):
    """What signed_again() takes for an authority."""
    return collections.namedtuple("Of", "ca")(identity)


# What testca can do wrong by itself, but for what takes a time limit.

SLOW_FAULTS = ("slow-drip", "slow-body", "silent")


def table_layer(op, weight):
    table = [entry for entry in faults.FAULTS.values()
             if op in entry.ops and entry.name not in SLOW_FAULTS]

    def of_stage(stage):
        names = sorted(entry.name for entry in table if entry.stage == stage)

        @layer("fault of testca: %s, %s" % (op, stage), stage, (op,),
               weight * len(names) / len(table))
        def spoil(rng, target):
            faults.FAULTS[rng.choice(names)].spoil(target)
    for stage in sorted({entry.stage for entry in table}):
        of_stage(stage)


class Mutation:
    """Alters replies of one run: as a faults.Plan."""

    def __init__(self, layers, on, after, times, rng):
        self.layers = layers
        self.on = on
        self.after = after
        self.left = times
        self.rng = rng
        self.authority = None
        self.altered = 0

    def due(self, operation):
        if operation != self.on or not self.layers:
            return faults.Due([])
        if self.after > 0 or self.left == 0:
            self.after -= 1
            return faults.Due([])
        self.left -= 1
        self.altered += 1
        return faults.Due([self._fault(one) for one in self.layers])

    def _fault(self, one):
        def spoil(target):
            target.mutation = self
            one.spoil(self.rng, target)
        return faults.Fault(one.name, one.stage, one.ops, "", spoil)


def fill():
    """Add the layers of testca's own faults, once they are all known."""
    for op in faults.OPERATIONS:
        table_layer(op, 24)


def choose(rng, op):
    """A layer of replies to this operation."""
    fitting = [one for one in LAYERS.values() if op in one.ops]
    return rng.choices(fitting, [one.weight for one in fitting])[0]
