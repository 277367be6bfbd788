"""What a forked child does: limit itself, load one submission, answer, die.

Everything here runs beside the submission's code and may be changed by it. Nothing here decides
anything: the grader compares what arrives, in a process of its own.
"""

import inspect
import linecache
import os
import random
import re
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
import tensorflow as tf

from autograder import checks
from autograder.checks import kinds
from autograder.checks.kinds import layers, losses, metrics  # noqa: F401 or every child would
from autograder.records import wire
from autograder.records.observations import Later, decode, encode, observe
from autograder.records.results import Status
from autograder.sandbox import (
    lock,
    notebooks,  # noqa: F401  or every child would
    saved,
    settings,
    statements,
    switches,
    tuning,
)
from autograder.sandbox.loading import (
    Code,
    Script,
    TooSlow,
    alarm,
    explain,
    load,
)
from autograder.sandbox.statements import Failure, Ran

# What TensorFlow reads when its first operation runs.
TENSORFLOW = (
    "TENSORFLOW_USE_CUSTOM_CONTRACTION_KERNEL",
    "TF_ENABLE_ONEDNN_OPTS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)

UNBOUND = re.compile(r"name '(\w+)' is not defined")
# Students have run the public tests, and the checks ask more.
NOT_AGAIN = "The public tests are for you to run. The grade comes from the checks below.\n"

locking_seconds = 0.0


def limit(scratch: str, memory: int, call_filter: str) -> None:
    """Empty the environment, move into the scratch folder and bound what the process may use."""
    kept = {name: os.environ[name] for name in TENSORFLOW if name in os.environ}
    os.environ.clear()
    os.environ.update(
        kept,
        HOME=scratch,
        TMPDIR=scratch,
        KERAS_HOME=scratch,
        IPYTHONDIR=scratch,
        MPLCONFIGDIR=scratch,
        PATH=os.defpath,
        LANG="C.UTF-8",
        MPLBACKEND="agg",
    )
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
        self._submission: Code | None = None
        self._unbound: set[str] = set()  # names that are missing since a statement raised
        self._checks = types.ModuleType("checks")
        self._by_name: dict[str, checks.Check] = {}

    def ping(self) -> dict:
        """Say how many seconds it took to lock everything."""
        return {"locked after": locking_seconds}

    def load(
        self, name, notebook, cells, skip, switched_off, seconds, total, needs, resume
    ) -> dict:
        """Run the submission, all its cells but those in `skip`; tell before each which it is."""
        switches.switch_off(switched_off)
        code = self._submission = load(name, notebook, cells, NOT_AGAIN)
        code.stay()
        until = time.monotonic() + total
        ran: list[Ran | None] = []
        for index in range(len(cells)):
            left = until - time.monotonic()
            if index in skip or left <= 0:
                ran.append(None)
                continue
            wire.send(self._talk, encode({"running": index}))
            ran.append(code.run(index, min(seconds, left), resume))
            if not notebook and (problem := _no_python(code, ran[0])):
                return {"unreadable": problem}
        failures = [one for cell in ran if cell for one in cell.failures]
        self._unbound = set().union(*(one.binds | one.after for one in failures))
        return {
            "cells": [_report(code, index, one, needs) for index, one in enumerate(ran)],
            "names": [str(name) for name in code.namespace][:1000],
            "resume": not resume and _could_go_on(code, ran, needs),
        }

    def prepare(self, source) -> dict:
        """Load the checks; say what they are."""
        # A source of its own name lets the traceback show an author's line.
        linecache.cache["checks.py"] = len(source), None, source.splitlines(True), "checks.py"
        try:
            exec(compile(source, "checks.py", "exec"), vars(self._checks))
            self._by_name = kinds.found(vars(self._checks))
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
                "kind": check.kind,
            }
            for check in self._by_name.values()
        ]
        exceptions = kinds.exceptions(vars(self._checks))
        return {"checks": described, "switched_off": off, "exceptions": exceptions}

    def ask(self, name, seed, seconds) -> dict:
        """Ask the submission one check."""
        check = self._by_name[name]
        namespace = self._submission.namespace
        for required in check.requires:
            if required not in namespace:
                return {"status": Status.NOT_DEFINED, "message": required}
        arguments = [namespace[required] for required in check.requires]
        return self._outcome(name, seed, seconds, check.random, check.ask, *arguments)

    def answer(self, place, how, use, file, beside, seed, seconds) -> dict:
        """Load what another process saved, and ask `use` of it; `place` names the question."""
        defined = self._submission.namespace if self._submission else {}
        objects = saved.custom_objects(defined, vars(self._checks))
        operations = switches.operations(getattr(self._checks, "SWITCHED_OFF", []))
        function = checks.find(use, self._checks)
        later = Later(how, use, "rng" in inspect.signature(function).parameters, file)
        given = [] if beside is None else [beside]

        def question(**rng):
            return function(saved.load(later, objects, operations), *given, **rng)

        return self._outcome(place, seed, seconds, later.random, question)

    def _outcome(self, name, seed, seconds, random, question: Callable, *arguments) -> dict:
        """Ask a question; return what came of it, and the CPU seconds that it took."""
        started = time.process_time()
        outcome = self._asked(name, seed, seconds, random, question, *arguments)
        return outcome | {"cpu_seconds": time.process_time() - started}

    def _asked(self, name, seed, seconds, random, question: Callable, *arguments) -> dict:
        # Every question has a seed of its own: its answer does not depend on what was asked before.
        seed ^= zlib.crc32(name.encode())
        tuning.set_random_seed(seed)
        drawn = {"rng": np.random.default_rng(seed)} if random else {}
        switches.used.clear()
        try:
            settings.reset()
            if not tf.executing_eagerly():
                raise RuntimeError(settings.EAGER_IS_OFF)
            with alarm(seconds):
                return {"status": Status.SEEN, "seen": observe(question(*arguments, **drawn))}
        except TooSlow as error:
            return {"status": Status.TIMED_OUT, "error": explain(error, self._submission)}
        except BaseException as error:
            if switches.used:
                return {"status": Status.DISALLOWED, "message": switches.used[0]}
            told = explain(error, self._submission)
            if tf.config.functions_run_eagerly():
                told["message"] += settings.FUNCTIONS_ARE_EAGER
            missing = UNBOUND.match(told["message"]) if told["type"] == "NameError" else None
            told["environment"] |= bool(missing and missing[1] in self._unbound)
            return {"status": Status.RAISED, "error": told}


def _no_python(script: Script, ran: Ran) -> str:
    """Return why a script cannot be compiled, if it cannot."""
    match ran.failures:
        case [Failure(error=SyntaxError() as error)] if error.__traceback__.tb_next is None:
            place = script.place(error.filename, error.lineno)  # not that of an import
            return f"{place}: {error.msg}" if place else ""
    return ""


def _report(code: Code, index: int, ran: Ran | None, needs: list[str]) -> dict:
    """Return what a cell printed and raised, and which needed names it did not come to define."""
    if ran is None:
        kept = statements.bound(code.statements(index))
        return {"ran": False, "outputs": [], "errors": [], "kept": [*kept.intersection(needs)]}
    errors = [
        explain(one.error, code) | {"kept": [name for name in needs if one.kept(name)]}
        for one in ran.failures[:100]
    ]
    for error, one in zip(errors, ran.failures, strict=False):
        if isinstance(one.error, SyntaxError) and not error["kept"]:
            error["kept"] = [name for name in needs if code.mentions(index, name)]
        error["environment"] |= one.inside and bool(one.binds.intersection(needs))
    return {"ran": True, "outputs": ran.outputs, "errors": errors, "kept": []}


def _could_go_on(code: Code, ran: list[Ran | None], needs: list[str]) -> bool:
    """Tell whether what is needed may be defined after a statement that raised."""
    cut: set[str] = set()
    for index, one in enumerate(ran):
        failures = one.failures if one else []
        if not failures and cut:
            cut -= statements.bound(code.statements(index))
        for failure in failures:
            cut |= failure.after if failure.goes_on is not None else set()
    if not cut:
        return False
    if any(name not in code.namespace for name in needs):
        return True
    used = (statements.used_later(code.statements(index)) for index in range(len(ran)))
    return bool(cut & set(needs).union(*used))
