"""The log: DIR/log in JSON lines, and the messages as files."""

import json
import os
import threading

import keys


class Journal:
    def __init__(self, store):
        self.store = store
        self.lock = threading.Lock()
        for name in ("requests", "replies"):
            os.makedirs(store.path(name), exist_ok=True)
        self.stream = open(store.path("log"), "a+", encoding="utf-8")
        self.stream.seek(0)
        self.count = sum(1 for _ in self.stream)

    def number(self):
        """The number of the next request."""
        with self.lock:
            self.count += 1
            return self.count

    def write(self, entry):
        with self.lock:
            self.stream.write(json.dumps(entry, default=repr) + "\n")
            self.stream.flush()

    def keep(self, kind, number, content):
        """requests/N.der or replies/N.der"""
        keys.write_file(self.store.path(kind, "%d.der" % number), content)
