"""The program scripts/soak: its command line, its processes, its figures."""

import argparse
import collections
import multiprocessing
import os
import re
import shutil
import signal
import sys
import tempfile
import time

import cases
import layers
import operations
import planted
import runs

USAGE = """scripts/soak [OPTION...] [COUNT [SEED]]

COUNT times (300), starts sscep against a CA whose replies are altered at
random, once with sanitizers and once without; fails if it crashes, takes too
much, says what no terminal should get, or leaves a file that it should not.
Run number N, from 0, has the seed SEED + N, so that `scripts/soak 1 SEED'
repeats one, and keeps what was sent. The default of SEED is that of the
time."""


def parse(top, words):
    parser = argparse.ArgumentParser(usage=USAGE, allow_abbrev=False)
    parser.add_argument("count", nargs="?", type=int, default=300)
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("--sanitized", metavar="PROGRAM",
                        default=os.path.join(top, "build-clang", "sscep"),
                        help="with sanitizers; build-clang/sscep by default")
    parser.add_argument("--plain", metavar="PROGRAM",
                        default=os.path.join(top, "build-gcc", "sscep"),
                        help="for the limit of memory; build-gcc/sscep")
    parser.add_argument("--operation", choices=operations.OPERATIONS)
    parser.add_argument("--layer", choices=["none"] + list(layers.LAYERS))
    parser.add_argument("--keep", metavar="DIR",
                        default=os.path.join(top, "build-soak"),
                        help="failed runs are kept here; build-soak")
    parser.add_argument("--list", action="store_true",
                        help="print a line for each run")
    parser.add_argument("--self-test", action="store_true",
                        help="expect planted faults to be found")
    chosen = parser.parse_args(words)
    if chosen.seed is None:
        chosen.seed = int(time.time()) * 1000
    chosen.statuses = documented(top)
    return chosen


def documented(top):
    """The exit statuses in the manual."""
    with open(os.path.join(top, "man", "sscep.1"), encoding="utf-8") as stream:
        text = stream.read()
    section = text.split("\n.Sh EXIT STATUS\n")[1].split("\n.Sh ")[0]
    return {int(number) for number in
            re.findall(r"^\.It (\d+)$", section, re.MULTILINE)}


def programs(chosen):
    """Pairs of a program and the limit of its memory, without copies."""
    pairs = [(os.path.abspath(chosen.sanitized), None),
             (os.path.abspath(chosen.plain), runs.MEMORY_MAX)]
    found = [pair for pair in pairs if os.access(pair[0], os.X_OK)]
    if not found:
        sys.exit("soak: there is no program: %s, %s" % tuple(
            name for name, _ in pairs))
    return found


class Work:
    """What the processes that run sscep have in common."""

    def __init__(self, chosen, launchers, directory):
        self.chosen = chosen
        self.programs = programs(chosen)
        self.launchers = launchers
        self.directory = directory
        self.variants, self.base = cases.variants(directory)
        self.runner = None

    def start(self, number):
        """In each process, before its first run."""
        self.runner = runs.Runner(self.launchers[number], self.directory,
                                  self.base, self.chosen.statuses)

    def run(self, seed, keep=True):
        """All programs with one seed; returns what is counted of each."""
        case = cases.Case(seed, self.variants, self.base, self.chosen.operation,
                         self.chosen.layer)
        counted = []
        for program, memory_max in self.programs:
            result = self.runner.run(case, program, memory_max)
            if keep and (result["problems"] or self.chosen.count == 1):
                self.runner.keep(result, os.path.join(
                    self.chosen.keep, "%d-%s" % (seed, os.path.basename(
                        os.path.dirname(program)))))
            counted.append({
                "seed": seed, "operation": case.operation.name,
                "on": case.on, "last": last_line(result["where"]),
                "layer": case.layer_names(), "plain": memory_max is not None,
                "altered": result["altered"], "status": result["status"],
                "memory": result["memory"], "cpu": result["cpu"],
                "text": runs.description(result) if result["problems"] else "",
                "problems": result["problems"]})
        return counted


def last_line(where):
    """What the client said at last."""
    with open(os.path.join(where, "w.stderr"), encoding="utf-8",
              errors="backslashreplace") as stream:
        return (stream.read().splitlines() or [""])[-1]


work = None


def start(queue):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work.start(queue.get())


def run(seed):
    return work.run(seed)


def each(made):
    """Run all seeds in processes of their own; yields what is counted."""
    global work
    work = made
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    for number in range(len(made.launchers)):
        queue.put(number)
    first = made.chosen.seed
    with context.Pool(len(made.launchers), start, (queue,)) as pool:
        for results in pool.imap_unordered(
                run, range(first, first + made.chosen.count)):
            yield from results


class Figures:
    def __init__(self):
        self.operations = collections.Counter()
        self.layers = collections.Counter()
        self.statuses = collections.Counter()
        self.replies = self.runs = self.violations = 0
        self.memory = self.cpu = 0

    def add(self, result):
        self.runs += 1
        self.replies += result["altered"]
        self.operations[result["operation"]] += result["altered"]
        self.layers[result["layer"]] += result["altered"]
        self.statuses[result["status"]] += 1
        self.violations += bool(result["problems"])
        if result["plain"]:
            self.memory = max(self.memory, result["memory"])
        self.cpu = max(self.cpu, result["cpu"])

    def print(self):
        for title, table in (("altered replies by operation", self.operations),
                             ("by layer", self.single_layers()),
                             ("runs by exit status", self.statuses)):
            print("%s:" % title)
            for name, count in sorted(table.items(), key=str):
                print("  %6d  %s" % (count, name))
        print("most memory: %d KiB, most processor time: %.1f s" %
              (self.memory, self.cpu))
        print("%d runs, %d altered replies, %d violations" %
              (self.runs, self.replies, self.violations))

    def single_layers(self):
        """Where two layers are altered, both count."""
        table = collections.Counter()
        for names, count in self.layers.items():
            for name in names.split(" + "):
                table[name] += count
        return table


def main(top, launchers, words):
    layers.fill()
    chosen = parse(top, words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    directory = tempfile.mkdtemp(prefix="soak.")
    try:
        made = Work(chosen, launchers, directory)
        if chosen.self_test:
            return planted.test(made)
        return soak(made)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def soak(made):
    print("seed %d" % made.chosen.seed, flush=True)
    figures = Figures()
    for result in each(made):
        figures.add(result)
        if made.chosen.list:
            print("%(seed)d\t%(operation)s\t%(on)s\t%(layer)s\t%(status)s"
                  "\t%(last)s" % result, flush=True)
        if result["problems"]:
            print(result["text"], flush=True)
    figures.print()
    return int(figures.violations > 0)
