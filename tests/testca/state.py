"""Transactions, in files so that they outlive the server."""

import hashlib
import json
import os

import keys


class Transactions:
    def __init__(self, directory):
        self.directory = directory
        os.makedirs(directory, exist_ok=True)

    def _path(self, transaction_id):
        name = hashlib.sha256(transaction_id.encode()).hexdigest()
        return os.path.join(self.directory, name + ".json")

    def load(self, transaction_id):
        """The record (a dict) of a transaction, or None."""
        path = self._path(transaction_id)
        if not os.path.exists(path):
            return None
        return json.loads(keys.read_file(path).decode())

    def save(self, record):
        text = json.dumps(record, indent=1) + "\n"
        keys.write_file(self._path(record["transactionID"]), text.encode())

    @staticmethod
    def new(transaction_id, csr):
        return {"transactionID": transaction_id, "csr": csr.hex(),
                "challenge": None, "replies": 0, "serial": None,
                "final": False}
