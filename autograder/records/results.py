"""What grading found: per check, per submission, per run; and the JSON file that holds it."""

import functools
import json
import os
import platform
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

PACKAGES = {"tensorflow": "TensorFlow", "keras": "Keras", "numpy": "NumPy"}
LAYERS = ("bubblewrap", "landlock", "seccomp", "rlimits")
DIMENSIONS = ("numerics", "gradients", "serialization", "graph")
FORMAT = 1  # of what `--json` writes; another number when a field changes its meaning or goes


class NotGraded(Exception):
    """Grading could not begin, or failed by itself; its text says why."""


class Status(StrEnum):
    """What became of a question, of a check, of a submission or of a public test."""

    SEEN = "seen"  # a question was answered; the answer may be wrong
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    NOT_DEFINED = "not defined"
    DISALLOWED = "disallowed"  # a built-in was called that the exercise switches off
    NOT_ASKED = "not asked"  # in an audit, after a check that was failed
    PASSED = "passed"
    FAILED = "failed"  # answered, and the answer is wrong
    NOT_SOLVED = "not solved yet"  # a public test met the stub's NotImplementedError
    GRADED = "graded"
    UNREADABLE = "unreadable"
    GRADER_ERROR = "grader error"


@functools.cache
def versions() -> dict[str, str]:
    """Return the versions of what submissions are graded with."""
    return {"python": platform.python_version()} | {name: version(name) for name in PACKAGES}


def versions_in_words() -> str:
    """Return the same for a message."""
    names = {"python": "Python"} | PACKAGES
    return ", ".join(f"{names[name]} {number}" for name, number in versions().items())


@dataclass
class Outcome:
    """What one question brought back: an observation, or why there is none."""

    status: str  # a `Status` from SEEN to NOT_ASKED
    seen: object = None
    message: str = ""
    place: str = ""  # the submission's own line
    environment: bool = False  # this machine may be why it raised
    missing: str = ""  # the name that is not defined
    unsolved: bool = False  # the stub's NotImplementedError was raised
    # The code that gives parts of what was seen, by their paths; believed of the reference alone.
    calls: dict[tuple, str] = field(default_factory=dict, compare=False)


@dataclass
class CheckResult:
    name: str
    dimension: str
    statement: str
    max_score: float
    status: str  # PASSED, FAILED, or the status of an outcome that saw nothing
    message: str = ""
    hint: str = ""
    chaff: str = ""
    unsolved: bool = False  # the stub's NotImplementedError was raised
    call: str = ""  # code for the student's notebook that shows the difference
    # Of what it asked, here and in other processes; equal results may cost differently.
    cpu_seconds: float = field(default=0.0, compare=False)

    @property
    def score(self) -> float:
        return self.max_score if self.status == Status.PASSED else 0.0


@dataclass
class SubmissionResult:
    id: str
    path: str
    status: str  # GRADED, UNREADABLE, GRADER_ERROR
    checks: list[CheckResult] = field(default_factory=list)
    message: str = ""  # why it is unreadable, what stopped it while it was loaded
    look_at: str = ""  # why somebody should look at it: the grade may not be the student's doing
    output: str = ""
    cells: list[dict] = field(default_factory=list)  # what each printed, what its statements raised
    seconds: float = 0.0  # of wall time
    cpu_seconds: float = 0.0  # of its children
    seed: int = 0  # of the random inputs
    versions: dict[str, str] = field(default_factory=dict)  # of what it was graded with
    phases: dict[str, float] = field(default_factory=dict)  # wall seconds by what was waited for

    @property
    def score(self) -> float:
        return sum(check.score for check in self.checks)

    @property
    def max_score(self) -> float:
        return sum(check.max_score for check in self.checks)

    @property
    def timed_out(self) -> bool:
        """Whether a limit of wall time was hit."""
        return any(check.status == Status.TIMED_OUT for check in self.checks) or any(
            cell["late"] or any(error["type"] == "TooSlow" for error in cell["errors"])
            for cell in self.cells
        )

    def dimension(self, name: str) -> list[CheckResult]:
        """Return the results of the checks of one dimension."""
        return [check for check in self.checks if check.dimension == name]

    def points(self, name: str) -> tuple[float, float]:
        """Return the score and the highest score in one dimension."""
        checks = self.dimension(name)
        return sum(check.score for check in checks), sum(check.max_score for check in checks)


@dataclass
class Run:
    exercise: str
    seed: int
    protection: list[str]
    submissions: list[SubmissionResult] = field(default_factory=list)
    assignment: str = ""  # in nbgrader, if that has another name
    # In nbgrader, the scores of an assignment of which people have changed something, by student.
    by_hand: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict:
        """Return the run as `docs/json.md` describes it."""
        return {
            "exercise": self.exercise,
            "assignment": self.assignment or self.exercise,
            "max_score": float(max((one.max_score for one in self.submissions), default=0)),
            "seed": self.seed,  # of what this run graded; kept results have their own
            "protection": self.protection,
            "missing_protection": [name for name in LAYERS if name not in self.protection],
            "submissions": [_submission(one) for one in self.submissions],
        }


def as_json(runs: list[Run]) -> str:
    """Return what `--json` writes: `docs/json.md` describes it."""
    return json.dumps({"format": FORMAT, "runs": [run.as_dict() for run in runs]}, indent=1)


def _submission(result: SubmissionResult) -> dict:
    points = {name: result.points(name) for name in DIMENSIONS}
    return {
        "id": result.id,
        "path": result.path,
        "status": result.status,
        "score": float(result.score),
        "max_score": float(result.max_score),
        "seed": result.seed,
        "versions": result.versions,
        "seconds": round(result.seconds, 3),
        "cpu_seconds": round(result.cpu_seconds, 3),
        "message": result.message,
        "look_at": result.look_at,
        "dimensions": {
            name: {"score": float(score), "max_score": float(most)}
            for name, (score, most) in points.items()
            if most
        },
        "checks": [
            {
                "name": check.name,
                "dimension": check.dimension,
                "statement": check.statement,
                "status": check.status,
                "score": float(check.score),
                "max_score": float(check.max_score),
                "message": check.message,
                "call": check.call,
                "hint": check.hint,
                "chaff": check.chaff,
            }
            for check in result.checks
        ],
        "output": result.output,
    }


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = content.encode() if isinstance(content, str) else content
    # Cut, so that a name as long as a system takes has room for what is added to it.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
