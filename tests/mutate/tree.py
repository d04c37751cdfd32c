"""The copy of the tree, in which the faults are planted and built."""

import hashlib
import os
import shutil
import subprocess

import mutants

LEFT_OUT = ("build", "quickstart", ".git", "autom4te.cache", "__pycache__",
            "findings", "corpus", ".deps", ".dirstamp")


class Tree:
    """top is never written to; out has the copy, and what is built of it."""

    def __init__(self, top, out, variables=()):
        self.top, self.out, self.variables = top, out, list(variables)
        self.copy = os.path.join(out, "tree")
        self.build = os.path.join(out, "build")
        for name in ("lld", "gold"):
            if shutil.which("ld." + name):
                self.variables.append("LINKER=-fuse-ld=" + name)
                break

    def read(self, file):
        with open(os.path.join(self.top, file), encoding="utf-8") as source:
            return source.read()

    def files(self):
        for directory, below, names in os.walk(self.top):
            below[:] = [name for name in below
                        if not name.startswith(LEFT_OUT)]
            for name in names:
                if not name.endswith((".o", ".a", ".tar.gz", ".pyc", ".log")):
                    yield os.path.relpath(os.path.join(directory, name), self.top)

    def text_of(self, file):
        """What a file has in the copy: sources tell what is reached of them."""
        if file.startswith("src/") and file.endswith(".c"):
            return mutants.probe(file, self.read(file)).encode()
        with open(os.path.join(self.top, file), "rb") as source:
            return source.read()

    def write(self, file, text):
        """Only if it differs, so that no more is built than needed."""
        path = os.path.join(self.copy, file)
        try:
            with open(path, "rb") as old:
                if old.read() == text:
                    return
        except FileNotFoundError:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as new:
            new.write(text)

    def refresh(self):
        """Makes the copy equal to the tree."""
        wanted = set()
        for file in self.files():
            source = os.path.join(self.top, file)
            if not os.path.isfile(source):
                continue
            wanted.add(file)
            self.write(file, self.text_of(file))
            shutil.copymode(source, os.path.join(self.copy, file))
        for directory, _, names in os.walk(self.copy):
            for name in names:
                path = os.path.join(directory, name)
                if os.path.relpath(path, self.copy) not in wanted:
                    os.remove(path)

    def configure(self):
        if os.path.exists(os.path.join(self.build, "config.h")):
            return
        made = os.path.join(self.out, "configured")
        os.makedirs(made, exist_ok=True)
        for command in ([os.path.join(self.copy, "bootstrap.sh")],
                        [os.path.join(self.copy, "configure"), "-q"]):
            subprocess.run(command, cwd=made, check=True,
                           stdout=subprocess.DEVNULL)
        os.makedirs(self.build, exist_ok=True)
        shutil.copy(os.path.join(made, "config.h"), self.build)

    def make(self, *targets, jobs=1):
        """Whether it could be built."""
        with open(os.path.join(self.out, "make.log"), "wb") as log:
            return subprocess.run(
                ["make", "-f", os.path.join(self.copy, "tests/mutate/build.mk"),
                 "-j%d" % jobs, "top=" + self.copy, *self.variables, *targets],
                cwd=self.build, stdout=log, stderr=log).returncode == 0

    def plant(self, mutant):
        """The calls that tell what is reached stay those of the source."""
        source = self.read(mutant.file)
        old = source.split("\n")
        lines = mutants.plant(source, mutant).split("\n")
        for number, line in enumerate(
                mutants.probe(mutant.file, source).split("\n")):
            lines[number] += line[len(old[number]):]
        self.write(mutant.file, "\n".join(lines).encode())

    def restore(self, file):
        self.write(file, self.text_of(file))

    def same_code(self, mutant):
        """Whether an optimising compiler makes the same of it."""
        made = []
        source = os.path.join(self.out, "same.c")
        for text in (self.read(mutant.file),
                     mutants.plant(self.read(mutant.file), mutant)):
            with open(source, "w", encoding="utf-8") as file:
                file.write(text)
            subprocess.run(
                ["gcc", "-std=c11", "-O2", "-w", "-c", "-I" + self.build,
                 "-I" + os.path.join(self.top, "src"), "-D_XOPEN_SOURCE=700",
                 "-DHAVE_CONFIG_H", "-o", source + ".o", source], check=True)
            with open(source + ".o", "rb") as file:
                made.append(file.read())
        return made[0] == made[1]

    def fingerprint(self, *places):
        """Of the contents of files and directories of the tree."""
        total = hashlib.sha256()
        for place in places:
            path = os.path.join(self.top, place)
            names = [path]
            if os.path.isdir(path):
                names = sorted(os.path.join(directory, name)
                               for directory, below, files in os.walk(path)
                               if "__pycache__" not in directory
                               for name in files)
            for name in names:
                with open(name, "rb") as file:
                    total.update(os.path.relpath(name, self.top).encode() +
                             b"\0" + file.read())
        return total.hexdigest()
