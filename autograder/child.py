"""What a forked child does: limit itself, load one submission, answer, die.

Everything here runs beside the submission's code and may be changed by it. Nothing here decides
anything: the grader compares what arrives, in a process of its own.
"""

import inspect
import linecache
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import types
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.random  # NumPy would import it in every child

from autograder import checks, lock, publictests, switches, tuning, wire
from autograder.loading import Notebook, Script, explain
from autograder.observations import Later, decode, encode, observe

# What TensorFlow reads when its first operation runs.
TENSORFLOW = (
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL", "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS",
)  # fmt: skip

NOT_AGAIN = "The public tests are for you to run. The grade comes from the checks below.\n"

locking_seconds = 0.0


def limit(scratch: str, memory: int, call_filter: str) -> None:
    """Empty the environment, move into the scratch folder and bound what the process may use."""
    kept = {name: os.environ[name] for name in TENSORFLOW if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        HOME=scratch, TMPDIR=scratch, KERAS_HOME=scratch, IPYTHONDIR=scratch, MPLCONFIGDIR=scratch,
        PATH=os.defpath, LANG="C.UTF-8", MPLBACKEND="agg",
    )  # fmt: skip
    sys.argv[:] = [""]
    tempfile.tempdir = scratch
    os.chdir(scratch)
    sys.stdout, sys.stderr = (
        open(fd, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: PTH123, SIM115
        for fd in (1, 2)
    )
    if (statm := Path("/proc/self/statm")).exists():
        most = int(statm.read_bytes().split()[0]) * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**28, 2**28))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    most = 1024 if hard == resource.RLIM_INFINITY else min(hard, 1024)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    np.random.seed(random.SystemRandom().getrandbits(32))  # a fork inherits the state of its parent
    global locking_seconds
    started = time.perf_counter()
    lock.lock_in(scratch, bytes.fromhex(call_filter))
    locking_seconds = time.perf_counter() - started


def serve(talk) -> None:
    """Answer the grader's messages until it closes the connection."""
    session = Session(talk)
    while (message := wire.receive(talk)) is not None:
        request = decode(message, hostile=False)
        reply = getattr(session, request.pop("do"))(**request)
        wire.send(talk, encode(reply))


class Session:
    """A submission, the checks, and the questions about it."""

    def __init__(self, talk):
        self._talk = talk
        self._submission: Script | Notebook | None = None
        self._checks = types.ModuleType("checks")

    def ping(self) -> dict:
        """Say how many seconds it took to lock everything."""
        return {"locked after": locking_seconds}

    def load(self, name, notebook, cells, skip, switched_off, seconds) -> dict:
        """Run the submission, all its cells but those in `skip`; tell before each which it is."""
        switches.switch_off(switched_off)
        # Students have run them, and the checks ask more.
        publictests.deferred = NOT_AGAIN
        self._submission = submission = Notebook(cells) if notebook else Script(name, cells[0])
        report = []
        for index in range(len(cells)):
            outputs, error = [], None
            if index not in skip:
                wire.send(self._talk, encode({"running": index}))
                outputs, error = submission.run(index, seconds)
            if isinstance(error, SyntaxError) and not notebook:
                place = submission.place(error.filename, error.lineno)
                if place and error.__traceback__.tb_next is None:  # of the file, not of an import
                    return {"unreadable": f"{place}: {error.msg}"}
            report.append({"outputs": outputs, "error": error and explain(error, submission)})
        return {"cells": report, "names": [str(name) for name in submission.namespace][:1000]}

    def prepare(self, source) -> dict:
        """Load the checks; say what they are."""
        # A source of its own name lets the traceback show an author's line.
        linecache.cache["checks.py"] = len(source), None, source.splitlines(True), "checks.py"
        try:
            exec(compile(source, "checks.py", "exec"), vars(self._checks))
            off = getattr(self._checks, "SWITCHED_OFF", [])
            for path in off:
                switches.locate(path)
        except Exception:
            return {"problem": traceback.format_exc(limit=-3)}
        described = [
            {
                "name": check.name,
                "dimension": check.dimension,
                "points": check.points,
                "statement": check.statement,
                "random": check.random,
                "requires": check.requires,
                "rtol": check.rtol,
                "atol": check.atol,
            }
            for check in vars(self._checks).values()
            if isinstance(check, checks.Check)
        ]
        return {"checks": described, "switched_off": off}

    def ask(self, name, seed) -> dict:
        """Ask the submission one check."""
        check = getattr(self._checks, name)
        namespace = self._submission.namespace
        for required in check.requires:
            if required not in namespace:
                return {"status": "not defined", "message": required}
        arguments = [namespace[required] for required in check.requires]
        return self._outcome(name, seed, check.random, check.ask, *arguments)

    def answer(self, place, how, use, file, seed) -> dict:
        """Load what another process saved, and ask `use` of it; `place` names the question."""
        defined = self._submission.namespace if self._submission else {}
        objects = checks.custom_objects(defined, vars(self._checks))
        operations = switches.operations(getattr(self._checks, "SWITCHED_OFF", []))
        function = getattr(self._checks, use)
        later = Later(how, use, "rng" in inspect.signature(function).parameters, file)

        def question(**rng):
            return function(checks.load(later, objects, operations), **rng)

        return self._outcome(place, seed, later.random, question)

    def _outcome(self, name, seed, random, question: Callable, *arguments) -> dict:
        # Every question has a seed of its own: its answer does not depend on what was asked before.
        seed ^= zlib.crc32(name.encode())
        tuning.set_random_seed(seed)
        drawn = {"rng": np.random.default_rng(seed)} if random else {}
        switches.used.clear()
        try:
            return {"status": "seen", "seen": observe(question(*arguments, **drawn))}
        except BaseException as error:
            if switches.used:
                return {"status": "disallowed", "message": switches.used[0]}
            return {"status": "raised", "error": explain(error, self._submission)}
