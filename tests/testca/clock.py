"""The clock of the CA: that of the system, or what a file says.

The file, which --clock names, has what libfaketime reads: days from now as in
+20d, or a time as in @1970-01-02 00:00:00.
"""

import datetime

file = None


def now():
    """The time, in UTC, without a part of a second."""
    real = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    if file is None:
        return real
    with open(file, encoding="ascii") as stream:
        text = stream.read().strip()
    if text.startswith("@"):
        return datetime.datetime.fromisoformat(text[1:] + "+00:00")
    return real + datetime.timedelta(days=int(text.rstrip("d")))
