"""Ask one submission its questions, in one child after the other, and believe nothing.

The next child is forked while the one before answers.
"""

import base64
import contextlib
import dataclasses
import difflib
import hashlib
import itertools
import secrets
import time
from collections.abc import Callable, Iterable, Iterator

from autograder.grading.processes import Child, ChildEnded, ChildTooSlow, Worker
from autograder.records.exercises import Exercise
from autograder.records.observations import MAX_PICTURE, Later, Thing, left_for_later, replace, walk
from autograder.records.results import NOT_ASKED, Outcome, versions_in_words
from autograder.records.submissions import Submission

GRACE = 5  # seconds between the alarm that a child sets itself and the end of our patience
LOADS = 3  # how often all cells may take as long as they may; each process runs them again
# What may be right with another version.
VERSIONED = ("SyntaxError", "ImportError", "ModuleNotFoundError", "AttributeError")
MAX_OUTPUTS = 4_000_000  # characters kept of what all cells printed and displayed
MAX_NAME = 60  # characters of a name; to find one that is close takes their cube
WHERE = {
    "reloaded": "loaded in a new process",
    "exported": "exported and loaded without the submission",
    "in_graph": "as a graph, without the submission",
}
Told = Callable[[str, Outcome], bool]  # of a check
NO_FILE = Thing("an answer of its own, and nothing that another process could load")


@dataclasses.dataclass(frozen=True)
class Seeds:
    """What random inputs are drawn from: in the first process, and in those that load its files.

    The first process must not know what its files will be asked, so no child can tell the one from
    the other.
    """

    first: int
    later: int

    @classmethod
    def of(cls, exercise: Exercise, first: int | None = None) -> "Seeds":
        """Return the seeds of a run; `first` repeats an earlier one."""
        first = secrets.randbits(32) if first is None else first
        secret = f"{first} {exercise.reference} {exercise.checks}"  # no child has the reference
        return cls(first, int(hashlib.sha256(secret.encode()).hexdigest()[:8], 16))

    @classmethod
    def both(cls, seed: int) -> "Seeds":
        return cls(seed, seed)


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


class Interview:
    """One submission and the children that answer for it.

    To load the code and to answer questions have a clock each, so that cells which take long, and
    run again in each process, take no time away from questions.

    Attributes:
        cells: for each code cell what it printed, the `errors` that its statements raised, and
            whether it came too `late` to run; once the code is loaded.
        resumed: the code went on after statements that raised, as if they were not there.
        cpu_seconds: of its children.
        phases: wall seconds by what was waited for.
        unreadable: why its code is no Python.
        followed: what was left for another process, by check and path.
        repeated: what was seen where a check was asked once more.
    """

    def __init__(
        self,
        worker: Worker,
        name: str,
        checks: str,
        switched_off: Iterable[str],
        needs: Iterable[str],
        submission: Submission,
    ):
        self._worker, self._name, self._checks = worker, name, checks
        self._switched_off, self._needs = list(switched_off), list(needs)
        self._submission = submission
        worker.ready()  # what that takes is not the submission's time
        self._loading = _Clock(LOADS * worker.limits.total)
        self._asking = _Clock(worker.limits.total)
        self._names: list[str] = []
        self._lost: dict[int, str] = {}  # cells that ended the process, and how
        self._running: int | None = None  # the cell
        self._next: Child | None = None
        self._ended: list[Child] = []
        self._printed = b""
        self.cpu_seconds = 0.0
        self.phases: dict[str, float] = {}
        self.cells: list[dict] = []
        self.resumed = False
        self.unreadable = ""
        self.followed: dict[tuple, Later] = {}
        self.repeated: dict[str, Outcome] = {}

    @property
    def output(self) -> str:
        """What it printed past the cells' own outputs."""
        return self._printed.decode(errors="replace")

    @property
    def stopped(self) -> str:
        """The first exception that stopped a cell, or the script."""
        errors = (error for cell in self.cells for error in cell["errors"])
        return next(map(_told, errors), "")

    def look_at(self, outcomes: dict[str, Outcome]) -> str:
        """Return why somebody should look at it, if this machine may have cost it points."""
        late = [index for index, cell in enumerate(self.cells) if cell["late"]]
        errors = [error for cell in self.cells for error in cell["errors"]]
        if self.resumed:
            more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
            where = f" at {self.stopped}" if errors else ""
            return f"graded without the statement that raised{where}{more}"
        if late:
            return (
                f"its cells together took more than {self._worker.limits.total:g} seconds; those "
                f"from cell {late[0] + 1} on did not run"
            )
        missing = {one.missing for one in outcomes.values() if one.missing}
        for error in errors:
            if error["environment"] and missing.intersection(error["kept"]):
                return f"it may be right elsewhere; here the code stopped at {_told(error)}"
        for outcome in outcomes.values():
            if outcome.environment:
                return f"it may be right elsewhere; here it raised {outcome.message}"
        return ""

    def outcomes(
        self,
        checks: list[str],
        seeds: Seeds,
        plan: dict | None = None,
        enough: Told | None = None,
        repeat: tuple[int, Told] | None = None,
    ) -> dict[str, Outcome]:
        """Ask the checks, and have other processes answer what they leave for later.

        Args:
            checks: their names.
            seeds: of this run.
            plan: for each check and path the `(how, use)` that the reference left for later there;
                anything else is not followed, and no answer there counts. None follows everything.
            enough: told a check and its outcome; nothing more is asked if it is true.
            repeat: a seed; and what is told a check and its outcome, and if it is true, the first
                process is asked that check again with this seed, after all others; see `repeated`.

        Returns:
            An `Outcome` for each name.
        """
        try:
            return self._outcomes(checks, seeds, plan, enough, repeat)
        finally:
            if self._next:
                with self._ending(self._next):
                    self._next = None
            self._wait_for_ends()

    def _outcomes(self, checks, seeds, plan, enough, repeat) -> dict:
        def asked(name: str, seed: int) -> tuple[str, dict]:
            return name, {"do": "ask", "name": name, "seed": seed}

        questions = [asked(name, seeds.first) for name in checks]
        again: list[str] = []

        def heard(name: str, outcome: Outcome) -> bool:
            # What takes long would take the time of what is left for later.
            quick = self.phases.get(name, 0) < 1
            if repeat and quick and name not in again and repeat[1](name, outcome):
                again.append(name)
                questions.append(asked(name, repeat[0]))
            return bool(enough and enough(name, outcome))

        more = not enough and (plan is None or any(name in checks for name, _ in plan))
        answers = self._dialogue(questions, more, heard)
        found = dict(zip(checks, answers, strict=False))
        repeated = zip(again, answers[len(checks) :], strict=False)
        self.repeated = {name: one for name, one in repeated if one.status == "seen"}
        if len(found) < len(checks):
            done = {name: one for name, one in found.items() if not left_for_later(one.seen)}
            return {name: done.get(name, Outcome(NOT_ASKED)) for name in checks}
        later = [
            (name, path, leaf)
            for name, outcome in found.items()
            for path, leaf in walk(outcome.seen)
            if isinstance(leaf, Later)
            and (plan is None or plan.get((name, path)) == (leaf.how, leaf.use))
        ]
        followed = {(name, path) for name, path, _ in later}
        for name, path in set(plan or ()) - followed:
            if name in found and found[name].status == "seen":
                found[name].seen = replace(found[name].seen, {path: NO_FILE})
        # What was exported is loaded where no submission is. That comes first, in a process of its
        # own: a submission may configure TensorFlow, which must not have computed anything yet.
        later.sort(key=lambda one: _needs_submission(one[2].how))
        self.followed |= {(name, path): leaf for name, path, leaf in later}
        questions = [
            (
                name,
                {
                    "do": "answer",
                    "place": f"{name} {path}",
                    "how": leaf.how,
                    "use": leaf.use,
                    "file": leaf.file,
                    "seed": seeds.later,
                },
            )
            for name, path, leaf in later
        ]
        alone = sum(not _needs_submission(leaf.how) for *_, leaf in later)
        answers = self._dialogue(questions[:alone], more=alone < len(questions))
        answers += self._dialogue(questions[alone:])
        for (name, path, leaf), answer in zip(later, answers, strict=True):
            if found[name].status != "seen":
                continue  # another file of the same check has failed
            if answer.status == "seen":
                found[name].seen = replace(found[name].seen, {path: answer.seen})
            else:
                message = f"{WHERE[leaf.how]}: {answer.message}"
                found[name] = dataclasses.replace(answer, message=message)
        return found

    def describe(self) -> dict:
        """Load the checks alone and return what they are; for checks that can be trusted."""
        with self._worker.child() as child:
            try:
                return self._prepare(child)
            except (ChildEnded, ChildTooSlow) as error:
                raise ChildEnded(f"{error}\n{child.printed.decode(errors='replace')}") from None

    def _dialogue(
        self,
        questions: list[tuple[str, dict]],
        more: bool = False,
        heard: Told = lambda check, outcome: False,
    ) -> list:
        """Ask until every question is answered; a new child follows one that is lost.

        All of them need the submission, or none does. If there will be others, the next child is
        forked meanwhile. `heard` is told each outcome: it may add questions, or end it all.
        """
        outcomes: list[Outcome] = []
        while left := len(questions) - len(outcomes):
            try:
                child = self._start(_needs_submission(questions[-left][1].get("how")))
            except _Unloadable as error:
                return outcomes + [error.outcome] * left
            with self._ending(child):
                if more and not self._next:
                    self._next = self._worker.child()
                for check, question in itertools.islice(questions, len(outcomes), None):
                    how = question.get("how")
                    lost = True
                    seconds = min(self._worker.limits.check, self._asking.left)
                    question = question | {"seconds": seconds}
                    try:
                        with (
                            self._timed(f"{check} {how}" if how else check),
                            self._asking.running(),
                        ):
                            reply = self._ask(child, question, seconds, GRACE)
                        outcomes.append(self._outcome(reply, seconds))
                        # What was stopped in the middle may have left anything behind.
                        lost = outcomes[-1].status == "timed out"
                    except ChildTooSlow as error:
                        outcomes.append(Outcome("timed out", message=str(error)))
                    except ChildEnded as error:
                        outcomes.append(Outcome("crashed", message=str(error)))
                    if heard(check, outcomes[-1]):
                        return outcomes
                    if lost:
                        break
        return outcomes

    @contextlib.contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.phases[phase] = self.phases.get(phase, 0) + spent

    @contextlib.contextmanager
    def _ending(self, child: Child) -> Iterator[None]:
        try:
            yield
        finally:
            child.let_go()
            self._ended.append(child)

    def _wait_for_ends(self) -> None:
        ended, self._ended = self._ended, []
        with self._timed("end the processes"), contextlib.ExitStack() as stack:
            for child in ended:
                stack.push(child)
        self.cpu_seconds += sum(child.cpu_seconds for child in ended)
        for child in ended:
            self._printed = self._printed or child.printed

    def _start(self, with_submission: bool) -> Child:
        """Return a child that has loaded what it needs."""
        while True:
            if len(self._ended) > 2:  # who has cells that end the process may have hundreds
                self._wait_for_ends()
            total = self._worker.limits.total
            if not self._asking.left:
                message = f"the submission used up its {total:g} seconds for all questions"
                raise _Unloadable(Outcome("timed out", message=message))
            if not self._loading.left:
                message = f"its code took more than {LOADS * total:g} seconds in all processes"
                raise _Unloadable(Outcome("timed out", message=message))
            child, self._next = self._next or self._worker.child(), None
            self._running = None
            try:
                with self._timed("fork and lock"), self._loading.running():
                    self._ask(child, {"do": "ping"}, self._worker.limits.check)
                if with_submission and self._load(child):
                    with self._ending(child):
                        continue
                with self._timed("load the checks"), self._loading.running():
                    self._prepare(child)
                return child
            except BaseException as error:
                with self._ending(child):
                    pass
                if not isinstance(error, (ChildEnded, ChildTooSlow)):
                    raise
                if with_submission and self._submission.notebook and self._running is not None:
                    # Go on without the cell that ended the process, as if it had raised.
                    self._lost[self._running] = str(error)
                    continue
                status = "crashed" if isinstance(error, ChildEnded) else "timed out"
                message = f"while the code was loaded: {error}"
                raise _Unloadable(Outcome(status, message=message)) from None

    def _load(self, child: Child) -> bool:
        """Run the code; return whether to run it anew, as if what raised were not there."""
        with self._timed("load the submission"), self._loading.running():
            reply = self._run(child)
        match reply:
            case {"unreadable": str(problem)}:
                problem = " ".join(problem.split())[:200]
                self.unreadable = f"not Python: {problem} ({versions_in_words()})"
                raise _Unloadable(Outcome("not defined", message=self.unreadable))
            case {"cells": list(cells), "names": list(names), "resume": bool(resume)}:
                if resume and not self.resumed:
                    self.resumed = True
                    return True
                self._names = [one[:MAX_NAME] for one in names[:1000] if isinstance(one, str)]
                self._keep(cells)
                return False
        raise ChildEnded("its answer could not be read")

    def _run(self, child: Child):
        """Return what a child says when it has run the code."""
        seconds = self._worker.limits.cell
        total = min(self._worker.limits.total, self._loading.left)
        until = time.monotonic() + total + GRACE
        request = {
            "do": "load",
            "name": self._name,
            "notebook": self._submission.notebook,
            "cells": list(self._submission.cells),
            "skip": list(self._lost),
            "switched_off": self._switched_off,
            "seconds": seconds,
            "total": total,
            "needs": self._needs,
            "resume": self.resumed,
        }
        reply = self._ask(child, request, seconds, GRACE)
        while isinstance(reply, dict) and list(reply) == ["running"]:
            index = reply["running"]
            if type(index) is not int or not 0 <= index < len(self._submission.cells):
                raise ChildEnded("its answer could not be read")
            if index in self._lost or (self._running is not None and index <= self._running):
                raise ChildEnded("its answer could not be read")
            self._running = index
            left = max(0.0, until - time.monotonic())
            reply = self._receive(child, min(seconds + GRACE, left), seconds)
        self._running = None
        return reply

    def _keep(self, cells: list) -> None:
        """Keep what the cells printed and raised when they ran for the first time."""
        most = len(self._submission.cells)
        if not self.cells:
            found = [*cells[:most], *[None] * (most - len(cells))]
            self.cells = [_cell(cell, self._needs) for cell in found]
            _leave_out(self.cells)
        for index, how in self._lost.items():
            cell = self.cells[index]
            place = f"cell {index + 1}"
            error = {"type": "ProcessEnded", "message": how, "place": place, "kept": cell["kept"]}
            cell["errors"], cell["late"] = [_error(error, self._needs)], False

    def _prepare(self, child: Child):
        request = {"do": "prepare", "source": self._checks}
        return self._ask(child, request, self._worker.limits.check)

    def _ask(self, child: Child, message: dict, seconds: float, grace: float = 0):
        try:
            child.send(message, seconds + grace)
        except ChildTooSlow:
            raise ChildTooSlow(f"no answer after {seconds:.3g} seconds") from None
        return self._receive(child, seconds + grace, seconds)

    def _receive(self, child: Child, patience: float, seconds: float):
        try:
            return child.receive(patience)
        except ChildTooSlow:
            raise ChildTooSlow(f"no answer after {seconds:.3g} seconds") from None

    def _outcome(self, reply, seconds: float) -> Outcome:
        match reply:
            # An array would be compared number by number, were it not asked for its type first.
            case {"status": str(status), "seen": seen} if status == "seen":
                return Outcome("seen", seen)
            case {"status": str(status), "message": str(text)}:
                if status == "disallowed" and text in self._switched_off:
                    message = f"`{text}` is switched off in this exercise: write it yourself"
                    return Outcome("disallowed", message=message)
                if status == "not defined" and text in self._needs:
                    return Outcome("not defined", message=self._not_defined(text), missing=text)
            case {"status": str(status), "error": dict(error)}:
                outcome = _raised(_error(error, self._needs))
                if status == "raised":
                    return outcome
                if status == "timed out":
                    message = f"no answer after {seconds:.3g} seconds"
                    return Outcome("timed out", message=message, place=outcome.place)
        return Outcome("crashed", message="its answer could not be read")

    def _not_defined(self, name: str) -> str:
        message = f"`{name}` is not defined"
        errors = [error for cell in self.cells for error in cell["errors"]]
        if kept := [error for error in errors if name in error["kept"]]:
            message += f"; the code stopped at {_told(kept[0])}"
        elif any(cell["late"] and name in cell["kept"] for cell in self.cells):
            message += (
                f"; its cell did not run, since the cells before it took more than "
                f"{self._worker.limits.total:g} seconds"
            )
        elif errors:
            message += f"; what went wrong before: {_told(errors[0])}"
        others = [one for one in self._names if one not in self._needs]
        if close := difflib.get_close_matches(name, others, 1):
            message += f"; did you mean to call `{close[0]}` `{name}`?"
        return message


def _needs_submission(how: str | None) -> bool:
    return how in (None, "reloaded")


def _error(error: dict, needs: list[str]) -> dict:
    """Return what is known of an exception, whatever a child says of it."""
    found: dict = {key: error.get(key) for key in ("type", "message", "place", "code")}
    found = {key: text[:2000] if isinstance(text, str) else "" for key, text in found.items()}
    # Only the message may have lines: what else has some would pass for lines of a report.
    found |= {key: " ".join(found[key].split()) for key in ("type", "place", "code")}
    for key in ("unsolved", "environment"):
        found[key] = error.get(key) is True
    found["kept"] = _needed(error.get("kept"), needs)
    return found


def _needed(names, needs: list[str]) -> list[str]:
    return [name for name in needs if isinstance(names, list) and name in names]


def _raised(error: dict) -> Outcome:
    kind, text, place, code = (error[key] for key in ("type", "message", "place", "code"))
    if error["unsolved"]:
        return Outcome("raised", message="not solved yet", place=place)
    where = f"{place}: {code}" if place and code else place
    message = f"{kind}: {text}" if text else kind
    return Outcome("raised", message=message, place=where, environment=error["environment"])


def _told(error: dict) -> str:
    """Return where the code stopped, and why."""
    message = error["message"] if error["type"] == "TooSlow" else _raised(error).message
    if error["type"] in VERSIONED:
        message += f" ({versions_in_words()})"
    places = [error["place"], f"`{error['code']}`" if error["code"] else "", message]
    return ": ".join(filter(None, places))


def _cell(cell, needs: list[str]) -> dict:
    """Return what a cell printed and raised, in the structure that the feedback relies on."""
    found: dict = {"outputs": [], "errors": [], "kept": [], "late": False}
    match cell:
        case {"ran": bool(ran), "outputs": list(outputs), "errors": list(errors), "kept": kept}:
            found["errors"] = [_error(one, needs) for one in errors[:100] if isinstance(one, dict)]
            found["kept"], found["late"] = _needed(kept, needs), not ran
            for output in outputs[:100]:
                match output:
                    case {"stream": str(stream), "text": str(text)}:
                        name = "stderr" if stream == "stderr" else "stdout"
                        found["outputs"].append({"stream": name, "text": text})
                    case {"display": dict(data)}:
                        found["outputs"].append({"display": _display(data)})
    return found


def _leave_out(cells: list[dict]) -> None:
    """Leave out what comes after MAX_OUTPUTS characters."""
    left = MAX_OUTPUTS
    for cell in cells:
        for index, output in enumerate(cell["outputs"]):
            texts = output["display"].values() if "display" in output else [output["text"]]
            left -= sum(map(len, texts))
            if left < 0:
                note = "The outputs from here on are too long together; they are left out.\n"
                cell["outputs"][index:] = [{"stream": "stderr", "text": note}]
                break


def _display(data: dict) -> dict[str, str]:
    display = {}
    if isinstance(text := data.get("text/plain"), str):
        display["text/plain"] = text
    picture = data.get("image/png")
    if isinstance(picture, bytes) and picture.startswith(b"\x89PNG"):
        encoded = base64.b64encode(picture).decode()
        if len(encoded) <= MAX_PICTURE:
            display["image/png"] = encoded
    return display
