"""Send a reply: its framing, and the faults of the connection."""

import email.utils
import http.client
import time

import clock

CRLF = b"\r\n"


def reason(status):
    return http.client.responses.get(status, "Whatever")


def head(version, status, headers):
    lines = ["%s %d %s" % (version, status, reason(status))]
    lines += ["%s: %s" % pair for pair in headers]
    return "\r\n".join(lines + ["", ""]).encode("latin-1")


def chunks(body, size):
    """A chunked body that uses all that RFC 9112, 7.1 allows."""
    parts = []
    for count, at in enumerate(range(0, len(body), size)):
        piece = body[at:at + size]
        number = "%x" % len(piece)
        number = number.upper() if count % 2 else number
        if count % 3 == 1:
            number = "00" + number + ";note=\"some thing\";more"
        parts.append(number.encode() + CRLF + piece + CRLF)
    return b"".join(parts) + b"0\r\nX-Trailer: the end\r\n\r\n"


class Framing:
    """The framing, by --http10, --chunked, --no-length and --close."""

    def __init__(self, options):
        self.version = "HTTP/1.0" if options.http10 else "HTTP/1.1"
        self.chunked = options.chunked
        self.bare = options.no_length or options.http10
        self.close = options.close or self.bare
        self.delay = options.delay
        self.date = options.date

    def send(self, connection, request, reply):
        """Send it; return whether the connection stays open."""
        if self.delay and "PKIOperation" in request.target:
            time.sleep(self.delay)
        sending = Sending(self, connection, request, reply)
        broken = reply.due.of("http") if reply.due else []
        if not reply.answer:
            return False
        if broken:
            broken[0].spoil(sending)
            return sending.keep
        sending.plain()
        return sending.keep


class Sending:
    """The reply that is sent; the faults of the connection change it."""

    def __init__(self, framing, connection, request, reply):
        self.framing = framing
        self.connection = connection
        self.request = request
        self.reply = reply
        self.body = reply.body
        self.keep = request.keep_alive() and not framing.close

    def headers(self):
        fields = list(self.reply.headers)
        if self.reply.content_type is not None:
            fields.append(("Content-Type", self.reply.content_type))
        if not self.keep:
            fields.append(("Connection", "close"))
        if self.framing.date is not None:
            fields.append(("Date", email.utils.formatdate(
                clock.now().timestamp() + self.framing.date, usegmt=True)))
        return fields

    def raw(self, content):
        self.connection.sendall(content)

    def send_head(self, *more):
        self.raw(head(self.framing.version, self.reply.status,
                      self.headers() + list(more)))

    def plain(self):
        """Send the reply as the options say."""
        if self.framing.bare:
            self.send_head()
            self.raw(self.body)
        elif self.framing.chunked:
            self.send_head(("Transfer-Encoding", "chunked"))
            self.raw(chunks(self.body, self.framing.chunked))
        else:
            self.whole(("Content-Length", len(self.body)))

    def whole_head(self, length):
        self.send_head(("Content-Length", length))

    def whole(self, *headers):
        """Header and body in one piece."""
        self.raw(head(self.framing.version, self.reply.status,
                      self.headers() + list(headers)) + self.body)

    def end(self):
        """Close the connection after this reply."""
        self.keep = False

