"""Runs of sscep, in each of which calls fail."""

import collections
import os
import shutil
import struct
import subprocess
import threading

from symbols import Symbols

WORD = struct.calcsize("N")
SHIM_FRAMES = 2     # of the functions that note the stack

# always: all calls of the kind from this one on.
Fault = collections.namedtuple("Fault", "kind how number always",
                               defaults=(1, False))
NONE = Fault("none", 0)

# status: negative for a signal; failed: how many calls; addresses: the stack of
# the first one; files: the contents.
Outcome = collections.namedtuple(
    "Outcome", "status failed counts addresses symbols stdout stderr files")


class Result(Outcome):
    """Of a run."""

    __slots__ = ()

    @property
    def stack(self):
        """The names of the functions, the innermost one first."""
        return [self.symbols.name(address) for address in self.addresses]


class Runner:
    """A process that forks runs, and the directory that they work in."""

    def __init__(self, world, command, shim, number):
        self.world = world
        self.top = os.path.join(world.top, "runner%d" % number)
        self.work = os.path.join(self.top, "work")
        os.makedirs(os.path.join(self.top, "tmp"))
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C",
                 "VALGRIND_LAUNCHER": "/usr/bin/valgrind",
                 "LD_PRELOAD": shim, "FAULTS_KEY": world.new_key,
                 "TMPDIR": os.path.join(self.top, "tmp"),
                 "SSCEP_ALLOW_CORE": "1"})
        self.symbols = None
        self.prepared = {}
        self.last = None

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def prepare(self, operation):
        """The files as they are before a run."""
        if operation.name not in self.prepared:
            self.prepared[operation.name] = {
                name: self.content(operation, value)
                for name, value in operation.files.items()}
        files = self.prepared[operation.name]
        if self.last is None or self.last != (operation.name, files):
            shutil.rmtree(self.work, ignore_errors=True)
            os.mkdir(self.work)
            for name, content in files.items():
                write(os.path.join(self.work, name), content,
                      0o600 if name.endswith((".key", "pass", ".pem"))
                      else 0o644)
        return files

    def content(self, operation, value):
        inputs = self.world.inputs[operation.name]
        if value == "BUNDLE":
            return inputs["KEY"] + inputs["CERT"] + inputs["CA"]
        if value in inputs:
            return inputs[value]
        return self.fill(operation, value).encode()

    def fill(self, operation, text):
        return text.replace("{url}", self.world.url(operation)).replace(
            "{PIN}", self.world.inputs[operation.name]["PIN"].decode())

    def numbers_in(self, operation, kind, function):
        """The numbers of the calls that this function makes, or others for it."""
        self.run(operation, Fault(kind, 0), record=True)
        content = read(os.path.join(self.top, "stacks"))
        found, at, number = [], 0, 0
        names = {}
        while at < len(content):
            count, = struct.unpack_from("N", content, at)
            addresses = struct.unpack_from("%dN" % count, content, at + WORD)
            at += WORD * (1 + count)
            number += 1
            for address in addresses:
                if address not in names:
                    names[address] = self.symbols.name(address)
            if any(names[address].endswith(":" + function)
                   for address in addresses):
                found.append(number)
        return found

    def run(self, operation, fault=NONE, again=False, record=False):
        """again: on the files as they are; record: the stacks of the calls."""
        if not again:
            self.prepare(operation)
        self.last = None
        out, err = (os.path.join(self.top, name) for name in ("out", "err"))
        fields = [self.work, out, err, fault.kind, str(fault.number),
                  "never" if record else "always" if fault.always else "once",
                  str(fault.how)]
        fields += self.fill(operation, operation.arguments).split()
        request = b"".join(os.fsencode(field) + b"\0" for field in fields)
        self.process.stdin.write(struct.pack("I", len(request)) + request)
        self.process.stdin.flush()
        line = self.process.stdout.readline().split()
        addresses = [int(word, 16) for word in
                     self.process.stdout.readline().split()]
        if self.symbols is None:
            self.symbols = Symbols(self.process.pid)
        status = int(line[0])
        files = listing(self.work)
        self.last = operation.name, files
        return Result(
            os.WEXITSTATUS(status) if os.WIFEXITED(status)
            else -os.WTERMSIG(status), int(line[1]),
            {name.decode(): int(count) for name, count in
             (word.split(b"=") for word in line[2:])},
            addresses[SHIM_FRAMES:], self.symbols, read(out).decode("latin-1"), read(err).decode("latin-1"),
            files)


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def write(path, content, mode):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode),
              "wb") as stream:
        stream.write(content)


def listing(directory):
    """The contents of the files; a lock has the number of a process in it."""
    return {entry.name:
            b"" if entry.name.endswith(".lock") else read(entry.path)
            for entry in os.scandir(directory)}


def run_all(runners, jobs, judge):
    """Runs the jobs, one runner a thread; judge(runner, *job) looks at each."""
    jobs = iter(jobs)
    lock = threading.Lock()

    def work(runner):
        while True:
            with lock:
                job = next(jobs, None)
            if job is None:
                return
            judge(runner, *job)

    threads = [threading.Thread(target=work, args=(runner,), daemon=True)
               for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
