"""One run of a case: what the CA answers, and what is wrong afterwards."""

import copy
import json
import os
import random
import re
import shutil
import threading
import traceback
import unicodedata

import certrep
import faults_http      # noqa: F401  (fills the table of faults)
import faults_many      # noqa: F401
import faults_message   # noqa: F401
import keys
import operations
import responder
import server

MEMORY_MAX = 24 << 10   # KiB, of the program without sanitizers
SLOWNESS = int(os.environ.get("slowness", "1"))
CPU_MAX = 20 * SLOWNESS     # seconds
WALL_MAX = 60 * SLOWNESS
FAILURES = (2, 70, 71, 72, 73, 74)
TERMINAL = "\n\t"       # control characters that the output may have


class Transactions(dict):
    """Those of one run: as state.Transactions."""

    load = dict.get

    def save(self, record):
        self[record["transactionID"]] = record

    @staticmethod
    def new(transaction_id, csr):
        return {"transactionID": transaction_id, "csr": csr.hex(),
                "challenge": None, "replies": 0, "serial": None,
                "final": False}


class Journal:
    """What one run has asked and been told: as journal.Journal."""

    def __init__(self):
        self.entries = []
        self.requests = []
        self.sent = []

    def number(self):
        self.sent.append([])
        return len(self.sent)

    def keep(self, kind, number, content):
        if kind == "requests":
            self.requests.append((number, content))

    def write(self, entry):
        self.entries.append(entry)

    def store(self, directory):
        for number, content in self.requests:
            keys.write_file(os.path.join(directory, "request-%d.der" % number),
                            content)
        for number, pieces in enumerate(self.sent, 1):
            keys.write_file(os.path.join(directory, "reply-%d.http" % number),
                            b"".join(pieces))


class Tap:
    """A connection that notes what is sent."""

    def __init__(self, connection):
        self.connection = connection
        self.sent = []

    def sendall(self, content):
        self.sent.append(content)
        self.connection.sendall(content)

    def __getattr__(self, name):
        return getattr(self.connection, name)


class Server(server.Server):
    """One for all runs of a process; begin() starts each of them."""

    now = None          # the path of this run, its Responder, its Journal
    count = 0
    crashes = ()
    tap = threading.local()

    def __init__(self, base):
        super().__init__(base, self._handle)
        self.start()

    def begin(self, case, journal=None):
        """From now on answer as this case wants, and only at the new URL.

        Returns its URL, Journal and Mutation.
        """
        self.count += 1
        self.crashes = []
        self.framing = server.wire.Framing(case.options)
        journal = journal or Journal()
        answers = responder.Responder(case.options, case.authority, journal)
        answers.plan = case.mutation()
        answers.enrolment.transactions = Transactions()
        path = "/%d" % self.count
        self.now = path, answers, journal
        return ("http://127.0.0.1:%d%s" % (self.port, path), journal,
                answers.plan)

    def _handle(self, request):
        # What a run before has asked may come when its client has ended.
        path, answers, journal = self.now
        if request.target.partition("?")[0] != path:
            return server.text_reply(404, "not a URL of this run\n")
        reply = answers.handle(request)
        self.tap.current.sent = journal.sent[-1]
        return reply

    def _conversation(self, connection, number):
        self.tap.current = Tap(connection)
        try:
            super()._conversation(self.tap.current, number)
        except OSError:
            pass                        # the peer has closed
        except Exception:  # a bug of ours
            self.crashes.append(traceback.format_exc())


def contents(directory):
    found = {}
    for where, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(where, name)
            found[os.path.relpath(path, directory)] = keys.read_file(path)
    return found


def unfit_for_a_terminal(output):
    """The first character that a terminal must not get, or None."""
    try:
        text = output.decode("utf-8")
    except UnicodeDecodeError as error:
        return "byte 0x%02x" % output[error.start]
    for character in text:
        if (unicodedata.category(character) in ("Cc", "Cf") and
                character not in TERMINAL):
            return "U+%04X" % ord(character)
    return None


def is_json(output):
    try:
        return isinstance(json.loads(output.decode("utf-8")), dict)
    except ValueError:
        return False


REPORT = re.compile(rb"Sanitizer|runtime error:")
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "SSCEP_ALLOW_CORE": "1",
    "ASAN_OPTIONS": "detect_leaks=1:exitcode=99:allocator_may_return_null=1",
    "LSAN_OPTIONS": "exitcode=99",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1:exitcode=99"}


class Runner:
    """Runs cases with one program after another, in one process."""

    def __init__(self, launcher, directory, base, statuses):
        self.launcher = launcher
        self.directory = directory
        self.statuses = statuses
        self.wall_max = WALL_MAX
        self.server = Server(base)
        self.journal = None

    def run(self, case, program, memory_max):
        """Run it once; returns a dict with `problems`."""
        where = os.path.join(self.directory, "run-%d" % os.getpid())
        shutil.rmtree(where, ignore_errors=True)
        work, temporary = os.path.join(where, "w"), os.path.join(where, "t")
        os.makedirs(work)
        os.mkdir(temporary)
        before = {name: case.variant.files[name]
                  for name in case.operation.files}
        for name, content in before.items():
            keys.write_file(os.path.join(work, name), content,
                            keys.SECRET if name.endswith("key") else 0o644)
        # Serial numbers, keys and padding are the same in a repetition.
        os.urandom = random.Random(case.number).randbytes
        url, self.journal, plan = self.server.begin(case)
        result, changed = self._start(case, program, url, where, before)
        result["altered"] = plan.altered
        problems = result["problems"]
        problems += self._problems(case, result, changed, memory_max)
        problems += ["%s was left in TMPDIR" % name
                     for name in contents(temporary)]
        if case.operation.name.startswith("renew") and result["status"] != 0:
            problems += self._next_run(case, program, where, before)
        return result

    def _start(self, case, program, url, where, before):
        """Run it; returns the result, and the files that are not as before."""
        work = os.path.join(where, "w")
        command = case.command(program, url)
        result = self.launcher.run(
            command, work, dict(ENVIRONMENT, HOME=where,
                                TMPDIR=os.path.join(where, "t")),
            self.wall_max)
        after = contents(work)
        result.update(case=case, command=command, where=where, problems=[
            "%s is gone" % name for name in before if name not in after])
        return result, {name: content for name, content in after.items()
                        if before.get(name) != content}

    def _next_run(self, case, program, where, before):
        """What is wrong if renew then gets good replies."""
        for name in ("stdout", "stderr"):
            os.rename(os.path.join(where, "w." + name),
                      os.path.join(where, "w.first." + name))
        good = copy.copy(case)
        good.layers = []
        url, _, _ = self.server.begin(good, self.journal)
        result, changed = self._start(good, program, url, where, before)
        if result["status"] != 0:
            yield "the next run ended with status %s" % result["status"]
        yield from operations.judge(good, result["status"], changed)

    def _problems(self, case, result, changed, memory_max):
        status = result["status"]
        output = b"".join(keys.read_file(os.path.join(
            result["where"], "w" + suffix)) for suffix in
            (".stdout", ".stderr"))
        if result["hung"]:
            yield "it had not ended after %d s" % self.wall_max
        elif result["signal"] is not None:
            yield "signal %d" % result["signal"]
        elif status not in self.statuses:
            yield "status %d, which is not documented" % status
        if status == 99 or REPORT.search(output):
            yield "report of a sanitizer"
        unfit = unfit_for_a_terminal(output)
        if unfit is not None:
            yield "%s on the terminal" % unfit
        if result["cpu"] > CPU_MAX:
            yield "%.1f s of processor time" % result["cpu"]
        if memory_max and result["memory"] > memory_max:
            yield "%d KiB of memory" % result["memory"]
        if not case.layers and status not in (0, 3):
            yield "a good reply ended with status %s" % status
        if case.json and not is_json(keys.read_file(os.path.join(
                result["where"], "w.stdout"))):
            yield "the output is no JSON object"
        yield from operations.judge(case, status, changed)
        yield from self._forgeries(case, status)
        yield from self._stumbles(case)

    def _forgeries(self, case, status):
        """What nobody has signed must not be believed."""
        if any(one.stage not in ("http", "body", "signed")
               for one in case.layers):
            return
        signed = {entry["reply"]["pkiStatus"]
                  for entry in self.journal.entries if "reply" in entry}
        if status in FAILURES and certrep.FAILURE not in signed:
            yield "a FAILURE that the CA has not signed"
        if status == 3 and certrep.PENDING not in signed:
            yield "a PENDING that the CA has not signed"

    def _stumbles(self, case):
        """Exceptions in the CA; one alteration can make another impossible."""
        stumbles = self.server.crashes + [
            entry["traceback"] for entry in self.journal.entries
            if "traceback" in entry]
        if len(case.layers) < 2:
            for text in stumbles:
                yield "the test CA stumbled: " + text

    def keep(self, result, place):
        """Keep all that there is of the last run."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(result["where"], place)
        self.journal.store(place)
        with open(os.path.join(place, "README"), "w",
                  encoding="utf-8") as stream:
            stream.write(description(result))


def description(result):
    case = result["case"]
    lines = ["seed: %d" % case.seed, "operation: %s" % case.operation.name,
             "altered: %s, %s" % (case.on, case.layer_names()),
             "ran in w: %s" % " ".join(result["command"]),
             "status: %s, signal: %s" % (result["status"], result["signal"]),
             "memory: %d KiB, processor: %.2f s, time: %.2f s" % (
                 result["memory"], result["cpu"], result["wall"])]
    lines += ["PROBLEM: " + problem for problem in result["problems"]]
    return "\n".join(lines) + "\n"
