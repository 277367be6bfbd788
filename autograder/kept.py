"""What earlier runs found, kept under `build/` by the content of all that it depends on."""

import contextlib
import dataclasses
import hashlib
import json
import shutil
from importlib.metadata import version
from pathlib import Path

from autograder.exercises import Exercise
from autograder.processes import Limits
from autograder.results import CheckResult, SubmissionResult, write_atomically
from autograder.submissions import Submission

ENGINE = ("checks", "child", "comparison", "grading", "hints", "interview", "loading", "lock",
          "observations", "submissions", "switches", "tuning", "worker")  # fmt: skip


def digest(exercise: Exercise, *more: str) -> str:
    """Return a name for everything that the answers of an exercise's submissions depend on."""
    parts = [exercise.reference, exercise.checks, exercise.chaffs_file, *more]
    parts += [Path(__file__).with_name(f"{name}.py").read_text() for name in ENGINE]
    parts += [version(package) for package in ("tensorflow", "keras", "numpy", "ipython")]
    return _hash(parts)


def folder(exercise: Exercise, kind: str) -> Path:
    """Return where something is kept."""
    return exercise.folder.parent.parent / "build" / kind


class Results:
    """The results of one exercise: a file for each content of a submission.

    A change of the exercise, of the engine or of the limits begins anew.
    """

    def __init__(self, exercise: Exercise, limits: Limits, force: bool = False):
        name = f"{exercise.name}-{digest(exercise, repr(limits))}"
        self._folder = folder(exercise, "results") / name
        for old in self._folder.parent.glob(f"{exercise.name}-*"):
            if force or old.name != name:
                shutil.rmtree(old)

    def get(self, submission: Submission) -> SubmissionResult | None:
        """Return what an earlier run found for the same content."""
        try:
            fields = json.loads(self._file(submission).read_text())
            fields["checks"] = [CheckResult(**check) for check in fields["checks"]]
            return SubmissionResult(id=submission.id, path=submission.path, **fields)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def put(self, submission: Submission, result: SubmissionResult) -> None:
        """Keep a result, unless it says that the grading itself failed."""
        if result.status != "grader error":
            fields = dataclasses.asdict(result)
            del fields["id"], fields["path"]
            with contextlib.suppress(OSError):  # no room, or no right to write: grade again
                write_atomically(self._file(submission), json.dumps(fields))

    def name(self, submission: Submission) -> str:
        """Return a name for a content and all that its result depends on."""
        content = [str(submission.notebook), submission.problem, *submission.cells]
        return f"{self._folder.name}/{_hash(content)}"

    def _file(self, submission: Submission) -> Path:
        return self._folder.parent / f"{self.name(submission)}.json"


def _hash(parts: list[str]) -> str:
    # Lengths keep apart what is only joined differently.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]
