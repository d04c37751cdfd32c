"""The self-test: faults are planted in the client, and each has to be seen.

The clients are shell scripts; REAL is sscep.
"""

import os

import runs

# The operation, what the script does, and what is said of it.
FAULTS = (
    ("enroll", "REAL \"$@\"; exit 95", "local.crt was left behind"),
    ("enroll", "exit 0", "there is no local.crt"),
    ("enroll", "kill -s SEGV $$", "signal 11"),
    ("enroll", "exit 42", "status 42"),
    ("enroll", "echo 'x.c:1:2: runtime error: y' >&2; exec REAL \"$@\"",
     "report of a sanitizer"),
    ("enroll", "echo '==1==ERROR: LeakSanitizer: leaks' >&2; exec REAL \"$@\"",
     "report of a sanitizer"),
    ("enroll", "printf '\\033[31mred\\n'; exec REAL \"$@\"",
     "U+001B on the terminal"),
    ("enroll", "printf '\\302\\233' >&2; exec REAL \"$@\"",
     "U+009B on the terminal"),
    ("enroll", "printf '\\233' >&2; exec REAL \"$@\"",
     "byte 0x9b on the terminal"),
    ("enroll", "printf '\\r' >&2; exec REAL \"$@\"", "U+000D on the terminal"),
    ("enroll", ": >local.crt.tmp; exec REAL \"$@\"",
     "local.crt.tmp was left behind"),
    ("enroll", ": >$TMPDIR/reply; exec REAL \"$@\"",
     "reply was left in TMPDIR"),
    ("enroll", "rm ca.crt", "ca.crt is gone"),
    ("enroll", "REAL \"$@\"; echo >>local.csr", "local.csr was left behind"),
    ("enroll", "exec sleep 1000", "it had not ended"),
    ("enroll", "x=$(head -c 60000000 /dev/zero | tr '\\0' x)\n"
     "exec REAL \"$@\"", "KiB of memory"),
    ("enroll", "openssl req -x509 -key local.key -subj /CN=x -out local.crt",
     "local.crt is not of the CA"),
    ("enroll, a renewal", "cp own.crt local.crt", "is for another key"),
    ("getca of a known CA", "openssl req -x509 -newkey rsa:2048 -nodes "
     "-keyout /dev/null -subj /CN=x -out got.crt", "got.crt is not of the CA"),
    ("getnextca", "cp ca.crt got.crt", "got.crt is not of the CA"),
    ("getcert", "sed /END/q ca.crt >result", "result is "),
    ("getcrl", "cp ca.crt result", "the CRL: "),
    ("renew", "echo >>own.key; exit 95", "own.key has changed"),
    ("renew", "exit 0", "there is no own.crt"),
    ("renew", "echo >own.crt.tmp; exit 95", "own.crt.tmp was left behind"),
    ("enroll", "exit 72", "a FAILURE that the CA has not signed"),
    ("enroll", "exit 3", "a PENDING that the CA has not signed"),
    ("renew", ": >own.key.new; exit 95", "the next run ended with status 95"),
    ("check", ": >report; exec REAL \"$@\"", "report was left behind"),
    ("enroll", "exit 97", "a good reply ended with status 97"),
)


def script(directory, real, text):
    path = os.path.join(directory, "planted")
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("#!/bin/sh\n%s\n" %
                     text.replace("REAL", "'%s'" % real))
    os.chmod(path, 0o755)
    return path


def test(work):
    """Returns an exit status, after a line of counts."""
    missed = 0
    work.start(0)
    work.chosen.layer = "none"
    real = work.programs[-1][0]
    for operation, text, expected in FAULTS:
        work.chosen.operation = operation
        work.runner.wall_max = 2 if "sleep" in text else runs.WALL_MAX
        work.programs = [(script(work.directory, real, text),
                          runs.MEMORY_MAX)]
        result, = work.run(work.chosen.seed, keep=False)
        if not any(expected in problem for problem in result["problems"]):
            print("not found: %s, with %s: %s" % (expected, text,
                                                  result["problems"]))
            missed += 1
    print("%d planted faults, %d not found" % (len(FAULTS), missed))
    return int(missed > 0)
