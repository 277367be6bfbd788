"""Talk to the children that answer for one submission, one after the other, and believe nothing.

The next child is forked while the one before answers.
"""

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.grading import replies
from autograder.grading.processes import Child, ChildEnded, ChildTooSlow, Limits, Worker
from autograder.records.results import Outcome, Status, versions_in_words
from autograder.records.submissions import Submission

GRACE = 5  # seconds between the alarm that a child sets itself and the end of our patience
LOADS = 3  # how often all cells may take as long as they may; each process runs them again


@dataclass(frozen=True)
class Setup:
    """What every child of an exercise gets: the checks, and what goes with them.

    Attributes:
        name: of the exercise.
        checks: their source.
        switched_off: the built-ins that must not be called.
        needs: the names that the checks need.
    """

    name: str
    checks: str
    switched_off: list[str]
    needs: list[str]


@dataclass(frozen=True)
class Question:
    """What a child is asked for a check: the check itself, or about what it left for later."""

    check: str
    request: dict
    how: str = ""  # the answer was left for later

    @property
    def needs_submission(self) -> bool:
        return needs_submission(self.how)

    @property
    def phase(self) -> str:
        return f"{self.check} {self.how}".strip()


def needs_submission(how: str) -> bool:
    """Tell whether the process that answers a question must have run the submission."""
    return how in ("", "reloaded")


def describe(worker: Worker, checks: str) -> dict:
    """Load checks alone, which can be trusted, and return what they are."""
    with worker.child() as child:
        try:
            return _prepare(child, checks, worker.limits.check)
        except (ChildEnded, ChildTooSlow) as error:
            raise ChildEnded(f"{error}\n{child.printed.decode(errors='replace')}") from None


def _prepare(child: Child, checks: str, seconds: float) -> Any:
    return _ask(child, {"do": "prepare", "source": checks}, seconds)


def _ask(child: Child, message: dict, seconds: float, grace: float = 0) -> Any:
    try:
        child.send(message, seconds + grace)
    except ChildTooSlow:
        raise ChildTooSlow(f"no answer after {seconds:.3g} seconds") from None
    return _receive(child, seconds + grace, seconds)


def _receive(child: Child, patience: float, seconds: float) -> Any:
    try:
        return child.receive(patience)
    except ChildTooSlow:
        raise ChildTooSlow(f"no answer after {seconds:.3g} seconds") from None


class _Unloadable(Exception):
    def __init__(self, outcome: Outcome):
        self.outcome = outcome


class _Clock:
    """Wall time that may be spent, on one thing after the other."""

    def __init__(self, seconds: float):
        self._left = seconds

    @property
    def left(self) -> float:
        return max(0.0, self._left)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._left -= time.monotonic() - started


class _Children:
    """The children of one submission: at most one that answers, and the next one.

    Attributes:
        printed: the first output of a child that is not empty.
        cpu_seconds: of those that have ended.
        phases: wall seconds by what was waited for.
    """

    def __init__(self, worker: Worker):
        self._worker = worker
        self._next: Child | None = None
        self._ended: list[Child] = []
        self.printed = b""
        self.cpu_seconds = 0.0
        self.phases: dict[str, float] = {}

    @contextlib.contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.phases[phase] = self.phases.get(phase, 0) + spent

    def fork_next(self) -> None:
        """Have the next child forked, if it is not."""
        self._next = self._next or self._worker.child()

    def take(self) -> Child:
        """Return the next child."""
        if len(self._ended) > 2:  # a submission whose cells end the process may have hundreds
            self._wait_for_ends()
        child, self._next = self._next or self._worker.child(), None
        return child

    def let_go(self, child: Child) -> None:
        """End a child, without waiting for it."""
        try:
            child.let_go()
        finally:
            self._ended.append(child)

    def end(self) -> None:
        """End all children."""
        try:
            if self._next:
                child, self._next = self._next, None
                self.let_go(child)
        finally:
            self._wait_for_ends()

    def _wait_for_ends(self) -> None:
        ended, self._ended = self._ended, []
        with self.timed("end the processes"), contextlib.ExitStack() as stack:
            for child in ended:
                stack.push(child)
        self.cpu_seconds += sum(child.cpu_seconds for child in ended)
        for child in ended:
            self.printed = self.printed or child.printed


class _Loader:
    """Runs a submission's code in one child after the other.

    Attributes:
        clock: of all its children.
        code: what is known of the code.
        running: the cell that a child runs.
        unreadable: why the code is no Python.
    """

    def __init__(self, limits: Limits, setup: Setup, submission: Submission):
        self._limits, self._setup, self._submission = limits, setup, submission
        self._lost: dict[int, str] = {}  # cells that ended the process, and how
        self.clock = _Clock(LOADS * limits.total)
        self.code = replies.Code(setup.needs, limits.total)
        self.running: int | None = None
        self.unreadable = ""

    def load(self, child: Child) -> bool:
        """Run the code; return whether to run it anew, as if what raised were not there."""
        with self.clock.running():
            reply = self._run(child)
        match reply:
            case {"unreadable": str(problem)}:
                problem = " ".join(problem.split())[:200]
                self.unreadable = f"not Python: {problem} ({versions_in_words()})"
                raise _Unloadable(Outcome(Status.NOT_DEFINED, message=self.unreadable))
            case {"cells": list(cells), "names": list(names), "resume": bool(resume)}:
                if resume and not self.code.resumed:
                    self.code.resumed = True
                    return True
                self.code.names = replies.names(names)
                self._keep(cells)
                return False
        raise ChildEnded(replies.NOT_READ)

    def _run(self, child: Child) -> Any:
        """Return what a child says when it has run the code."""
        seconds = self._limits.cell
        total = min(self._limits.total, self.clock.left)
        until = time.monotonic() + total + GRACE
        request = {
            "do": "load",
            "name": self._setup.name,
            "notebook": self._submission.notebook,
            "cells": list(self._submission.cells),
            "skip": list(self._lost),
            "switched_off": self._setup.switched_off,
            "seconds": seconds,
            "total": total,
            "needs": self._setup.needs,
            "resume": self.code.resumed,
        }
        count = len(self._submission.cells)
        reply = _ask(child, request, seconds, GRACE)
        while isinstance(reply, dict) and list(reply) == ["running"]:
            index = replies.next_cell(reply["running"], count, self.running, self._lost)
            if index is None:
                raise ChildEnded(replies.NOT_READ)
            self.running = index
            left = max(0.0, until - time.monotonic())
            reply = _receive(child, min(seconds + GRACE, left), seconds)
        self.running = None
        return reply

    def _keep(self, cells: list) -> None:
        """Keep what the cells printed and raised when they ran for the first time."""
        if not self.code.cells:
            count = len(self._submission.cells)
            self.code.cells = replies.cells(cells, count, self._setup.needs)
        for index, how in self._lost.items():
            cell = self.code.cells[index]
            cell["errors"], cell["late"] = [replies.process_ended(how, index, cell)], False

    def leave_out(self, how: str) -> bool:
        """Go on without the cell that ended the process, as if it had raised; tell if there is one.

        A script is one cell: nothing would be left.
        """
        if not self._submission.notebook or self.running is None:
            return False
        self._lost[self.running] = how
        return True


class Dialogue:
    """One submission, and the children that answer for it. Use it in a `with` statement.

    To load the code and to answer questions have a clock each, so that cells which take long, and
    run again in each process, take no time away from questions.

    Attributes:
        check_cpu_seconds: what the children say that the questions about each check took.
    """

    def __init__(self, worker: Worker, setup: Setup, submission: Submission):
        self._worker, self._setup = worker, setup
        worker.ready()  # what that takes is not the submission's time
        self._loader = _Loader(worker.limits, setup, submission)
        self._asking = _Clock(worker.limits.total)
        self._children = _Children(worker)
        self._child: Child | None = None  # it has answered, and may be asked more
        self.check_cpu_seconds: dict[str, float] = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.dismiss()
        finally:
            self._children.end()

    @property
    def code(self) -> replies.Code:
        """What is known of the submission's code."""
        return self._loader.code

    @property
    def unreadable(self) -> str:
        """Why the submission's code is no Python."""
        return self._loader.unreadable

    @property
    def output(self) -> str:
        """What the submission printed past the cells' own outputs, once its children have ended."""
        return self._children.printed.decode(errors="replace")

    @property
    def cpu_seconds(self) -> float:
        return self._children.cpu_seconds

    @property
    def phases(self) -> dict[str, float]:
        """Wall seconds by what was waited for."""
        return self._children.phases

    def dismiss(self) -> None:
        """Have the next question answered by a new child."""
        if self._child:
            child, self._child = self._child, None
            self._children.let_go(child)

    def ask(
        self, questions: Iterable[Question], more: bool = False
    ) -> Iterator[tuple[Question, Outcome]]:
        """Yield each question with its outcome; the caller may stop early.

        The child that answered last answers, or a new one if that is lost or was dismissed.

        Args:
            questions: all of them need the submission, or none does.
            more: other questions follow for another child, which is forked meanwhile.
        """
        left = list(questions)
        while left:
            try:
                child = self._child = self._child or self._start(left[0].needs_submission)
            except _Unloadable as error:
                yield from ((question, error.outcome) for question in left)
                return
            if more:
                self._children.fork_next()
            question = left.pop(0)
            yield question, self._answer(child, question)

    def _answer(self, child: Child, question: Question) -> Outcome:
        lost = True
        seconds = min(self._worker.limits.check, self._asking.left)
        request = question.request | {"seconds": seconds}
        try:
            with self._children.timed(question.phase), self._asking.running():
                reply = _ask(child, request, seconds, GRACE)
            spent = self.check_cpu_seconds
            spent[question.check] = spent.get(question.check, 0) + replies.cpu_seconds(reply)
            outcome = replies.outcome(reply, seconds, self.code, self._setup.switched_off)
            # What was stopped in the middle may have left anything behind.
            lost = outcome.status == Status.TIMED_OUT
        except ChildTooSlow as error:
            outcome = Outcome(Status.TIMED_OUT, message=str(error))
        except ChildEnded as error:
            outcome = Outcome(Status.CRASHED, message=str(error))
        if lost:
            self.dismiss()
        return outcome

    def _start(self, with_submission: bool) -> Child:
        """Return a child that has loaded what it needs."""
        while True:
            self._look_at_the_clocks()
            child = self._children.take()
            self._loader.running = None
            try:
                with self._children.timed("fork and lock"), self._loader.clock.running():
                    _ask(child, {"do": "ping"}, self._worker.limits.check)
                if with_submission:
                    with self._children.timed("load the submission"):
                        again = self._loader.load(child)
                    if again:
                        self._children.let_go(child)
                        continue
                with self._children.timed("load the checks"), self._loader.clock.running():
                    _prepare(child, self._setup.checks, self._worker.limits.check)
                return child
            except BaseException as error:
                self._children.let_go(child)
                if not isinstance(error, (ChildEnded, ChildTooSlow)):
                    raise
                if with_submission and self._loader.leave_out(str(error)):
                    continue
                status = Status.CRASHED if isinstance(error, ChildEnded) else Status.TIMED_OUT
                message = f"while the code was loaded: {error}"
                raise _Unloadable(Outcome(status, message=message)) from None

    def _look_at_the_clocks(self) -> None:
        total = self._worker.limits.total
        if not self._asking.left:
            message = f"the submission used up its {total:g} seconds for all questions"
            raise _Unloadable(Outcome(Status.TIMED_OUT, message=message))
        if not self._loader.clock.left:
            message = f"its code took more than {LOADS * total:g} seconds in all processes"
            raise _Unloadable(Outcome(Status.TIMED_OUT, message=message))
