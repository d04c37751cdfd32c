"""A small HTTP server, with one thread for each connection."""

import socket
import threading

import tls
import wire

LIMIT_HEAD = 1 << 20
LIMIT_BODY = 64 << 20


class Reply:
    """An HTTP reply before it is framed."""

    def __init__(self, status, content_type, body):
        self.status = status
        self.content_type = content_type
        self.body = body
        self.headers = []
        self.answer = True              # False: close without an answer
        self.due = None                 # the faults of this reply


def text_reply(status, text):
    return Reply(status, "text/plain", text.encode("utf-8", "replace"))


class Request:
    def __init__(self, connection, head):
        lines = head.decode("latin-1").split("\r\n")
        parts = lines[0].split(" ")
        self.connection = connection
        self.method, self.target, self.version = (parts + ["", "", ""])[:3]
        self.headers = [tuple(part.strip() for part in line.split(":", 1))
                        for line in lines[1:] if ":" in line]
        self.body = b""

    def values(self, name):
        return [value for key, value in self.headers
                if key.lower() == name]

    def length(self):
        text = (self.values("content-length") or ["0"])[0]
        return int(text) if text.isdigit() else 0

    def keep_alive(self):
        tokens = ",".join(self.values("connection")).lower()
        return self.version == "HTTP/1.1" and "close" not in tokens

    def describe(self, number):
        return {"n": number, "connection": self.connection,
                "method": self.method, "target": self.target,
                "version": self.version,
                "headers": {key.lower(): value
                            for key, value in self.headers},
                "host": self.values("host"),
                "contentLength": self.values("content-length"),
                "bodyLength": len(self.body)}


class Reader:
    """Buffered reading from a socket."""

    def __init__(self, connection):
        self.connection = connection
        self.data = b""

    def _more(self):
        chunk = self.connection.recv(65536)
        self.data += chunk
        return bool(chunk)

    def head(self):
        """One request's line and header, or None at the end."""
        while b"\r\n\r\n" not in self.data:
            if len(self.data) > LIMIT_HEAD or not self._more():
                return None
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        return head.lstrip(b"\r\n")

    def body(self, size):
        if size > LIMIT_BODY:
            return None
        while len(self.data) < size:
            if not self._more():
                return None
        body, self.data = self.data[:size], self.data[size:]
        return body


class Server:
    def __init__(self, options, handler, context=None):
        self.handler = handler
        self.context = context          # of TLS; None: without
        self.framing = wire.Framing(options)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", options.port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]

    def stop(self):
        self.listener.close()

    def start(self):
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        number = 0
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return                  # stopped
            number += 1
            threading.Thread(target=self._serve, daemon=True,
                             args=(connection, number)).start()

    def _serve(self, connection, number):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.context:
                connection = tls.accept(connection, self.context)
            with connection:
                self._conversation(connection, number)
        except OSError:
            pass                        # the peer has closed

    def _conversation(self, connection, number):
        reader = Reader(connection)
        while True:
            head = reader.head()
            if head is None:
                return
            request = Request(number, head)
            body = reader.body(request.length())
            if body is None:
                return
            request.body = body
            reply = self.handler(request)
            if not self.framing.send(connection, request, reply):
                return
