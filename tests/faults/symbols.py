"""Names for the addresses of a process."""

import bisect
import collections
import subprocess


class Symbols:
    """Of the files that the process has mapped; what it maps later has none."""

    def __init__(self, pid):
        self.bases = {}
        self.ends = collections.defaultdict(int)
        self.tables = {}
        with open("/proc/%d/maps" % pid, encoding="ascii") as stream:
            for line in stream:
                words = line.split()
                if len(words) == 6 and words[5].startswith("/"):
                    first, last = (int(word, 16) for word in
                                   words[0].split("-"))
                    self.bases.setdefault(words[5], first)
                    self.ends[words[5]] = last

    def name(self, address):
        """As file:function."""
        # Where a call returns to may be behind the function.
        address -= 1
        for path, base in self.bases.items():
            if base <= address < self.ends[path]:
                return "%s:%s" % (path.rsplit("/", 1)[1],
                                  self.function(path, address - base))
        return "?"

    def function(self, path, offset):
        if path not in self.tables:
            self.tables[path] = sorted(symbols_of(path))
        at = bisect.bisect(self.tables[path], (offset, "\x7f")) - 1
        return self.tables[path][at][1] if at >= 0 else "?"


def symbols_of(path):
    """The functions: offset and name."""
    for options in ("--defined-only",), ("--defined-only", "-D"):
        text = subprocess.run(["nm", *options, path], check=False, text=True,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL).stdout
        words = [line.split() for line in text.splitlines()]
        found = [(int(word[0], 16), word[2].split("@")[0]) for word in words
                 if len(word) == 3 and word[1] in "tTwWiV"]
        if found:
            return found
    return []
