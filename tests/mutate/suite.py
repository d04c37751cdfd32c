"""Runs the tests that reach a block, until one of them fails."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

# The end-to-end tests by source file, or by the beginning of its name: the most
# telling first; tests/e2e/ and .bats are left out.  What a mutant survives in all
# of them counts as survived.
E2E = (
    ("src/scep/caps", ("checkserver", "algorithms")),
    ("src/scep/nextca", ("nextca",)),
    ("src/scep/derivation", ("algorithms",)),
    ("src/scep/envelope", ("limits", "algorithms", "enroll")),
    ("src/scep/request", ("enroll", "algorithms")),
    ("src/scep/trial", ("newkeys", "algorithms")),
    ("src/scep/certs", ("getca",)),
    ("src/scep/", ("matrix", "enroll", "query")),
    ("src/ops/check_server", ("checkserver",)),
    ("src/ops/check_c", ("checkserver", "check")),
    ("src/ops/check_n", ("checkserver",)),
    ("src/ops/check_h", ("checkserver", "check")),
    ("src/ops/check", ("check", "checkserver")),
    ("src/ops/finding", ("check",)),
    ("src/ops/crldue", ("query",)),
    ("src/ops/fileset", ("getca", "files")),
    ("src/ops/cafiles", ("getca", "nextca")),
    ("src/ops/getca", ("getca",)),
    ("src/ops/getc", ("query",)),
    ("src/ops/query", ("query",)),
    ("src/ops/getnextca", ("nextca",)),
    ("src/ops/stale", ("getca", "files")),
    ("src/ops/trust", ("pins", "renewca", "enroll")),
    ("src/ops/hook", ("renew", "renewrun")),
    ("src/ops/renew_ca", ("renewca", "renew")),
    ("src/ops/renew_next", ("renewca", "renew")),
    ("src/ops/renew_files", ("renewfiles", "renew")),
    ("src/ops/renew_guard", ("renewfiles", "renew", "renewrun")),
    ("src/ops/renew_deliver", ("renewfiles", "check", "renew")),
    ("src/ops/renew", ("renew", "renewfiles", "renewrun")),
    ("src/ops/making", ("newrequest", "newkey")),
    ("src/ops/own_key", ("newkey", "newkey-files", "keys")),
    ("src/ops/signer", ("keys", "enroll", "newkeys")),
    ("src/ops/recipient", ("newkeys", "algorithms")),
    ("src/ops/poll", ("enroll", "live")),
    ("src/ops/outputs", ("output", "files")),
    ("src/ops/describe", ("json",)),
    ("src/ops/", ("enroll", "renew")),
    ("src/keys/new_key", ("newkey", "newkey-files")),
    ("src/keys/closed", ("check", "keys")),
    ("src/keys/probe", ("../tokens/softhsm", "../tokens/tpm")),
    ("src/keys/engine", ("../tokens/softhsm",)),
    ("src/keys/store", ("../tokens/softhsm", "keys")),
    ("src/keys/", ("keys", "newkey-files", "../tokens/softhsm")),
    ("src/pki/ability", ("newkeys", "algorithms")),
    ("src/pki/crl", ("query",)),
    ("src/pki/revoked", ("query",)),
    ("src/pki/pin", ("pins",)),
    ("src/pki/altname", ("newrequest", "newkey")),
    ("src/pki/request", ("newrequest", "newkey")),
    ("src/pki/subject", ("newrequest", "newkey")),
    ("src/pki/usage", ("newrequest", "newkey")),
    ("src/pki/reqdiff", ("newrequest", "renew")),
    ("src/pki/due", ("renew",)),
    ("src/pki/caset", ("getca", "nextca")),
    ("src/pki/", ("enroll", "getca", "check")),
    ("src/http/redirect", ("redirect",)),
    ("src/http/proxy", ("proxy",)),
    ("src/http/connect", ("proxy", "tls")),
    ("src/http/t", ("tls", "redirect")),
    ("src/http/", ("enroll", "redirect", "proxy")),
    ("src/util/swap", ("renewfiles", "files")),
    ("src/util/report", ("json",)),
    ("src/util/html", ("checkserver", "redirect")),
    ("src/util/live", ("live",)),
    ("src/util/", ("files", "output")),
    ("src/compat/", ("enroll", "keys")),
    ("src/options/", ("config", "misuse", "enroll")),
    ("src/", ("enroll", "getca")),
)
# So many tests begin at once, and so many of a file are tried on a mutant that is
# not known to survive them.
PIECE = 30
AT_MOST = 16
# A test that takes so many times as long as before hangs.
PATIENCE = 8


class Broken(Exception):
    """A test fails without any fault."""


class Suite:
    def __init__(self, tree, at_most=AT_MOST):
        self.tree, self.at_most = tree, at_most
        self.reached = os.path.join(tree.build, "reached")
        self.leaks = os.path.join(tree.build, "leaks")
        self.known_file = os.path.realpath(os.path.join(tree.out, "reach.json"))
        self.known = {}
        self.recall()
        self.sources = tree.fingerprint(
            "src", "tests/mutate/mutants.py", "tests/mutate/reach.c")
        self.home = os.path.join(tree.out, "home")
        os.makedirs(self.home, exist_ok=True)

    def recall(self):
        if os.path.exists(self.known_file):
            with open(self.known_file, encoding="utf-8") as file:
                self.known = json.load(file)

    def remember(self, key, value):
        self.recall()
        self.known[key] = value
        with open(self.known_file + ".%d" % os.getpid(), "w", encoding="utf-8") as file:
            json.dump(self.known, file)
        os.replace(self.known_file + ".%d" % os.getpid(), self.known_file)

    def record(self, run):
        """The blocks that are reached, by number of the test, and what run()
        returns.  A pipe takes them also where a file may not grow."""
        found = {}

        def read():
            with open(self.reached, encoding="utf-8") as lines:
                for line in lines:
                    if line == "end\n":
                        return
                    number, block = line.split(None, 1)
                    found.setdefault(int(number), set()).add(block.strip())

        if os.path.exists(self.reached):
            os.remove(self.reached)
        os.mkfifo(self.reached)
        os.chmod(self.reached, 0o666)
        reader = threading.Thread(target=read)
        reader.start()
        end = os.open(self.reached, os.O_WRONLY)
        try:
            result = run()
        finally:
            os.write(end, b"end\n")
            reader.join()
            os.close(end)
            os.remove(self.reached)
        return found, result

    def run(self, command, limit, failed, **also):
        """Runs it until failed() is true of a line of its output; returns that
        line, or "hangs", or the status it ended with, or None."""
        with subprocess.Popen(command, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              start_new_session=True, errors="replace",
                              **also) as process:
            hung = []
            timer = threading.Timer(
                limit, lambda: (hung.append(True), self.end(process)))
            timer.start()
            try:
                for line in process.stdout:
                    if failed(line):
                        self.end(process)
                        return line.strip()
                status = process.wait()
            except BaseException:
                self.end(process)
                raise
            finally:
                timer.cancel()
        if hung:
            return "hangs"
        return "ended with %d" % status if status else None

    def end(self, process):
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, number)
                process.wait(2)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass

    # --- unit tests ------------------------------------------------------------

    def unit_tests(self):
        return sorted(name[:-2] for name in os.listdir(
            os.path.join(self.tree.copy, "tests/unit"))
            if re.fullmatch(r"test_.*\.c", name))

    def run_unit(self, name, limit):
        environment = dict(os.environ, srcdir=self.tree.copy,
                           builddir=self.tree.build, LC_ALL="C.UTF-8",
                           HOME=self.home,
                           # A test asks for more than there can be.
                           LSAN_OPTIONS="allocator_may_return_null=1")
        environment.pop("CMOCKA_MESSAGE_OUTPUT", None)
        return self.run(["./" + name], limit,
                        re.compile(r"\[  FAILED  \] ").match,
                        cwd=self.tree.build, env=environment)

    def measure_unit(self, name):
        """The blocks that a unit test reaches, and how long it takes."""
        key = "%s %s" % (name, self.tree.fingerprint(
            "tests/unit/%s.c" % name) + self.sources)
        if key not in self.known:
            start = time.monotonic()
            found, result = self.record(lambda: self.run_unit(name, 300))
            taken = time.monotonic() - start
            if result:
                raise Broken("%s: %s" % (name, result))
            self.remember(key, [taken, sorted(set().union(*found.values()))])
        return self.known[key]

    def try_unit(self, mutant):
        """What kills it, if anything."""
        block = "%s:%d" % (mutant.file, mutant.block)
        stem = os.path.basename(mutant.file)[:-2]
        room = mutant.file.split("/")[1]
        chosen = []
        for name in self.unit_tests():
            taken, blocks = self.measure_unit(name)
            if block in blocks:
                # Those of the source first, and then the cheap ones.
                near = 100 if stem in name else 4 if room in name else 1
                chosen.append((taken / near, taken, name))
        for _, taken, name in sorted(chosen):
            limit = 30 + PATIENCE * taken
            said = self.run_unit(name, limit)
            # What fails once only may fail of the load.
            if said and said != "hangs":
                said = self.run_unit(name, limit)
            if said:
                return "%s: %s" % (name, said.split("] ")[-1])
        return None

    # --- end-to-end tests ------------------------------------------------------

    def e2e_files(self, source):
        for beginning, names in E2E:
            if source.startswith(beginning):
                return names
        return ()

    def test_names(self, file):
        path = os.path.join(self.tree.top, "tests/e2e", file + ".bats")
        with open(path, encoding="utf-8") as text:
            return re.findall(r'^@test "(.*)" \{$', text.read(), flags=re.M)

    def run_bats(self, file, names, limit, program="sscep",
                 failed=re.compile("not ok ").match):
        pattern = "^(%s)$" % "|".join(
            re.sub(r"([][\\.*+?(){}|^$])", r"\\\1", name.replace('\\"', '"'))
            for name in names)
        # Where bats has it as well: other users look into it.
        directory = tempfile.mkdtemp(prefix="bats-run-")
        os.rmdir(directory)
        build = self.tree.build
        environment = dict(
            os.environ, SSCEP=os.path.join(build, program),
            GCC_SSCEP=os.path.join(build, "sscep"), LC_ALL="C.UTF-8",
            # Modules for tests of tokens, which scripts/test tokens unpacks.
            UNPACKED=os.path.join(self.tree.top, "build-test/trixie"),
            MKREQUEST=os.path.join(self.tree.copy, "mkrequest"), HOME=self.home)
        try:
            return self.run(
                ["bats", "--tempdir", directory, "--formatter", "tap",
                 "-f", pattern,
                 os.path.join(self.tree.copy, "tests/e2e", file + ".bats")],
                limit, failed, env=environment)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def measure_e2e(self, file, names):
        """The blocks that each of these tests reaches; None: all, for it fails
        while that is recorded, as one that counts system calls."""
        key = "%s %s %s" % (file, names[0], self.tree.fingerprint(
            "tests/e2e/%s.bats" % file, "tests/e2e/helper.bash") + self.sources)
        if key not in self.known:
            lines, reached = [], {}
            found, _ = self.record(lambda: self.run_bats(
                file, names, 60 + 20 * len(names), failed=lines.append))
            for line in lines:
                match = re.match(r"(not )?ok (\d+) (.*)", line)
                if not match or " # skip" in line:
                    continue
                fails, number, name = match.groups()
                if not fails:
                    reached[name] = sorted(found.get(int(number), set()) |
                                           found.get(0, set()))
                elif not self.run_bats(file, [name], 120):
                    reached[name] = None
                else:
                    raise Broken("%s.bats: %s" % (file, name))
            if not reached:
                raise Broken("%s.bats: no test has passed" % file)
            self.remember(key, reached)
        return self.known[key]

    def choose_e2e(self, mutant):
        """The tests that reach it, by file; there must be no fault planted."""
        block = "%s:%d" % (mutant.file, mutant.block)
        for file in self.e2e_files(mutant.file):
            names, chosen = self.test_names(file), []
            for first in range(0, len(names), PIECE):
                reached = self.measure_e2e(file, names[first:first + PIECE])
                chosen += [(len(blocks or ()), name) for name, blocks
                           in reached.items()
                           if blocks is None or block in blocks]
                if len(chosen) >= self.at_most:
                    break
            # Those that end early were refused something; the others have seen
            # the most.
            chosen = [name for _, name in sorted(chosen)]
            half = self.at_most // 2
            if len(chosen) > self.at_most:
                chosen = chosen[:half] + chosen[-half:]
            if chosen:
                yield file, chosen

    def try_e2e(self, mutant, chosen):
        """What kills it, if anything."""
        free = mutant.kind == "free"
        program = "sscep-leaks" if free else "sscep"
        for file, names in chosen:
            said = self.run_bats(file, names, 60 + 20 * len(names), program)
            if said and free and not self.leaked():
                continue
            if said == "hangs":
                return "%s.bats: hangs" % file
            match = re.match(r"not ok \d+ (.*)", said or "")
            if match and self.run_bats(file, [match.group(1)], 120, program):
                return "%s.bats: %s" % (file, match.group(1))
        return None

    def leaked(self):
        """Whether there is a report of a leak; they are removed."""
        found = False
        for name in os.listdir(self.tree.build):
            if name.startswith("leaks."):
                path = os.path.join(self.tree.build, name)
                with open(path, errors="replace", encoding="utf-8") as file:
                    found = found or "detected memory leaks" in file.read()
                os.remove(path)
        return found
