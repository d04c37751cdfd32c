"""The command: chooses mutants, lets the suite look at each, and counts."""

import argparse
import collections
import os
import random
import signal
import sys
import tempfile
import time

import mutants
import suite
import tree

HERE = os.path.dirname(os.path.realpath(__file__))
DESCRIPTION = """\
Measures the tests: plants small faults in the named sources, one at a time and
in a copy of the tree, and names those that no test finds. Kinds:

%s

FILE is a source, or a directory below src.
""" % "\n".join("  %-12s %s" % (kind.__name__, kind.__doc__)
                for kind in mutants.KINDS)


def arguments(argv):
    parser = argparse.ArgumentParser(
        prog="mutate", usage="scripts/mutate [OPTION...] FILE...",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--count", type=int, metavar="M",
                        help="so many, at random; all by default")
    parser.add_argument("--seed", type=int, default=1, metavar="N",
                        help="which ones are chosen; 1 by default")
    parser.add_argument("--list", action="store_true", help="print them only")
    parser.add_argument("--only", action="append", metavar="NAME",
                        help="this one, FILE:LINE:KIND")
    parser.add_argument("--unit", action="store_true",
                        help="no end-to-end tests")
    parser.add_argument("--continue", action="store_true", dest="go_on",
                        help="take over what an earlier run has found")
    parser.add_argument("--survivors", action="store_true",
                        help="with --continue: try those that survived again, "
                        "with all tests that reach them")
    parser.add_argument("--out", metavar="DIRECTORY",
                        help="where the copy is built; build-mutate by default")
    parser.add_argument("--minutes", type=float, metavar="N",
                        help="begin no more after that time")
    parser.add_argument("--self-test", action="store_true",
                        help="plant a fault that is found, and one that is not")
    options = parser.parse_args(argv)
    if not (options.files or options.only or options.self_test):
        parser.print_help()
        sys.exit(0 if not argv else 2)
    return options


def sources(top, files):
    """The sources that are meant, by their names below top."""
    for file in files:
        path = os.path.realpath(file)
        if os.path.isdir(path):
            found = [os.path.join(directory, name)
                     for directory, _, names in os.walk(path) for name in names]
        else:
            found = [path]
        for name in sorted(found):
            if name.endswith(".c"):
                yield os.path.relpath(name, top)


def choose(found, count, seed):
    """So many of them, from each file in turn, and each kind as likely."""
    chance, chosen = random.Random(seed), []
    by_file = collections.defaultdict(lambda: collections.defaultdict(list))
    for mutant in found:
        by_file[mutant.file][mutant.kind].append(mutant)
    files = sorted(by_file)
    while files and len(chosen) < count:
        chance.shuffle(files)
        for file in files[:count - len(chosen)]:
            kinds = by_file[file]
            kind = chance.choice(sorted(kinds))
            chosen.append(kinds[kind].pop(chance.randrange(len(kinds[kind]))))
            if not kinds[kind]:
                del kinds[kind]
        files = [file for file in files if by_file[file]]
    return sorted(chosen, key=lambda m: (m.file, m.start, m.kind))


class Equivalents:
    """The table of those that change nothing that can be observed: FILE:KIND, or
    FILE:KIND.NUMBER for one of several on a line, what is on the line, and why,
    between " -- "."""

    def __init__(self, path):
        self.rows = []
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.rows = [line.rstrip("\n").split(" -- ", 2) for line in file
                             if line.strip() and not line.startswith("#")]

    def reason(self, mutant, line):
        places = ["%s:%s" % (mutant.file, kind) for kind in
                  (mutant.kind, mutant.name.split(":")[-1])]
        for place, text, why in self.rows:
            if place in places and text in line:
                return why
        return None


def judge(mutant, where, tests, unit_only):
    """killed, survived, equivalent or invalid; and by what, or why."""
    where.plant(mutant)
    try:
        if not where.make("o/%s.o" % mutant.file[:-2]):
            return "invalid", "it does not compile"
        if not where.make("libmutate.so"):
            return "invalid", "it cannot be linked"
        killer = tests.try_unit(mutant)
        if killer:
            return "killed", killer
        if where.same_code(mutant):
            return "equivalent", "the same code"
        if not unit_only:
            where.restore(mutant.file)
            where.make("program", jobs=2)
            chosen = list(tests.choose_e2e(mutant))
            where.plant(mutant)
            where.make("program", jobs=2)
            killer = tests.try_e2e(mutant, chosen)
            if killer:
                return "killed", killer
    finally:
        where.restore(mutant.file)
    return "survived", ""


def table(results):
    print("\n%-14s %8s %8s %8s %10s" %
          ("room", "planted", "killed", "survived", "equivalent"))
    rooms = collections.defaultdict(collections.Counter)
    for mutant, verdict in results:
        if verdict != "invalid":
            for room in (os.path.dirname(mutant.file), "all"):
                rooms[room][verdict] += 1
    for room in sorted(rooms, key=lambda name: (name == "all", name)):
        count = rooms[room]
        print("%-14s %8d %8d %8d %10d" %
              (room, sum(count.values()), count["killed"], count["survived"],
               count["equivalent"]))


class Results:
    """What has been found, also by earlier runs: one a line."""

    def __init__(self, path, go_on):
        self.path, self.known = path, {}
        if go_on and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    name, text, verdict, by = line.rstrip("\n").split("\t")
                    self.known[name, text] = verdict, by

    def add(self, key, verdict, by):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write("\t".join((*key, verdict, by.replace("\t", " "))) + "\n")


def run(where, chosen, options, equivalents):
    """The verdict on each of them."""
    begun, results = time.monotonic(), []
    os.makedirs(where.out, exist_ok=True)
    where.refresh()
    where.configure()
    if not where.make("unit", jobs=2):
        sys.exit("mutate: it cannot be built; see %s/make.log" % where.out)
    if not options.unit:
        where.make("program", jobs=2)
    tests = suite.Suite(where, sys.maxsize) if options.survivors \
        else suite.Suite(where)
    for name in tests.unit_tests():
        tests.measure_unit(name)
    past = Results(os.path.join(where.out, "results"), options.go_on)
    for mutant in chosen:
        line = where.read(mutant.file).split("\n")[mutant.line - 1].strip()
        key = (mutant.name, line.replace("\t", " "))
        verdict, by = past.known.get(key, (None, ""))
        why = equivalents.reason(mutant, line)
        if why:
            verdict, by = "equivalent", why
        elif verdict is None or verdict == "survived" and options.survivors:
            if options.minutes and \
                    time.monotonic() > begun + options.minutes * 60:
                continue
            verdict, by = judge(mutant, where, tests, options.unit)
            past.add(key, verdict, by)
        results.append((mutant, verdict))
        print("%-10s %s%s" % (verdict, mutant.name, by and ": " + by), flush=True)
        if verdict == "survived":
            print("           | %s" % line, flush=True)
    return results


def self_test():
    """In a tree of one source with two functions, of which one is tested."""
    with tempfile.TemporaryDirectory() as directory:
        top = os.path.join(directory, "top")
        for file, text in (
                ("sources.mk", "s = \\\n\tsrc/util/toy.c\n"),
                ("src/util/toy.c", "int tested(int n)\n{\n\treturn n < 3;\n}\n\n"
                 "int untested(int n)\n{\n\treturn n < 3;\n}\n"),
                ("src/main.c", "int main(void)\n{\n\treturn 0;\n}\n"),
                ("tests/unit/test_toy.c", "int tested(int), untested(int);\n"
                 "int main(void)\n{\n\tuntested(1);\n"
                 "\treturn !tested(2) || tested(3);\n}\n")):
            os.makedirs(os.path.dirname(os.path.join(top, file)), exist_ok=True)
            with open(os.path.join(top, file), "w", encoding="utf-8") as out:
                out.write(text)
        for name in ("build.mk", "reach.c", "reach.h", "mutants.py"):
            os.makedirs(os.path.join(top, "tests/mutate"), exist_ok=True)
            with open(os.path.join(HERE, name), "rb") as old, \
                    open(os.path.join(top, "tests/mutate", name), "wb") as new:
                new.write(old.read())
        where = tree.Tree(top, os.path.join(directory, "out"), ["libraries="])
        os.makedirs(where.build)
        with open(os.path.join(where.build, "config.h"), "w",
                  encoding="utf-8"):
            pass
        found = [m for m in mutants.mutants(
            "src/util/toy.c", where.read("src/util/toy.c")) if m.kind == "bound"]
        results = run(where, found, arguments(["--unit", "toy"]),
                      Equivalents(""))
        verdicts = [verdict for _, verdict in results]
        if verdicts != ["killed", "survived"]:
            sys.exit("mutate: self-test: a fault was to be found, and one not")


def main(top, argv):
    options = arguments(argv)
    # What was started ends with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if options.self_test:
        self_test()
        return 0
    files = sorted(set(sources(top, options.files)) |
                   {name.split(":")[0] for name in options.only or ()})
    where = tree.Tree(top, os.path.realpath(
        options.out or os.path.join(top, "build-mutate")))
    found = [mutant for file in files
             for mutant in mutants.mutants(file, where.read(file))]
    if options.only:
        found = [mutant for mutant in found if mutant.name in options.only]
    elif options.count:
        found = choose(found, options.count, options.seed)
    if options.list:
        for mutant in found:
            print("%s: %s -> %s" % (mutant.name, " ".join(mutant.old.split()),
                                    " ".join(mutant.new.split())))
        return 0
    try:
        results = run(where, found, options,
                      Equivalents(os.path.join(HERE, "equivalent")))
    except suite.Broken as broken:
        sys.exit("mutate: a test fails without any fault: %s" % broken)
    table(results)
    return any(verdict == "survived" for _, verdict in results)
