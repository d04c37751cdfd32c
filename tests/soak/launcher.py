"""Starts programs from a small process, and tells what they used.

The peak of memory that wait4() tells is never below that of the process which
forked, so this one must not have more than the program itself may have.
"""

import json
import os
import resource
import select
import signal
import socket
import time


class Launcher:
    """A child process that starts programs, one at a time."""

    def __init__(self):
        here, there = socket.socketpair()
        if os.fork() == 0:
            here.close()
            _serve(there)
            os._exit(0)
        there.close()
        self.stream = here.makefile("rw", encoding="utf-8")

    def run(self, arguments, directory, environment, limit):
        """Run it, with its output in DIRECTORY.stdout and .stderr.

        It is ended after `limit` seconds.  Returns a dict: `signal` and
        `status`, of which one is None, `hung`, `memory` in KiB, `cpu` and
        `wall` in seconds.
        """
        json.dump([arguments, directory, environment, limit], self.stream)
        self.stream.write("\n")
        self.stream.flush()
        return json.loads(self.stream.readline())


def _serve(connection):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stream = connection.makefile("rw", encoding="utf-8")
    for line in stream:
        json.dump(_run(*json.loads(line)), stream)
        stream.write("\n")
        stream.flush()


def _open(number, path, flags):
    descriptor = os.open(path, flags, 0o600)
    os.dup2(descriptor, number)
    os.close(descriptor)


def _become(arguments, directory, environment):
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _open(0, os.devnull, os.O_RDONLY)
        for number, suffix in ((1, ".stdout"), (2, ".stderr")):
            _open(number, directory + suffix,
                  os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.chdir(directory)
        os.umask(0o022)
        os.execve(arguments[0], arguments, environment)
    finally:
        os._exit(127)


def _run(arguments, directory, environment, limit):
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _become(arguments, directory, environment)
    watched = os.pidfd_open(pid)
    hung = not select.select([watched], [], [], limit)[0]
    try:
        if hung:
            os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        os.killpg(pid, signal.SIGKILL)  # what it has left behind
    except ProcessLookupError:
        pass
    os.close(watched)
    died = os.WIFSIGNALED(status)
    return {"signal": os.WTERMSIG(status) if died else None,
            "status": None if died else os.WEXITSTATUS(status),
            "hung": hung, "memory": usage.ru_maxrss,
            "cpu": usage.ru_utime + usage.ru_stime,
            "wall": time.monotonic() - began}
