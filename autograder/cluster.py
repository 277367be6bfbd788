"""Grade on a Dask cluster: the same children, one warm worker beside each Dask worker.

A Dask worker holds the reference's answers like a grader here: run none where students can log in.
A submission sees as little of it as it sees of a grader.
"""

import contextlib
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from distributed import Client, WorkerPlugin, get_worker

from autograder import kept, lock
from autograder.exercises import FILES, Exercise
from autograder.grading import Grader
from autograder.interview import Seeds
from autograder.processes import Limits, Worker
from autograder.results import SubmissionResult
from autograder.running import Jobs, Runner
from autograder.submissions import Submission

NAME = "autograder"


class Grading(WorkerPlugin):
    """Gives every Dask worker, and every one that joins later, what it needs to grade."""

    name = NAME

    def __init__(self, exercise: Exercise, seeds: Seeds, limits: Limits):
        course = exercise.folder.parent.parent
        paths = [exercise.folder / file for file in FILES]
        paths += kept.folder(exercise, "hints").glob(f"{exercise.name}-*")
        self._files = {str(path.relative_to(course)): path.read_bytes() for path in paths}
        self._exercise, self._seeds, self._limits = exercise.name, seeds, limits

    def setup(self, worker):
        self._threads = worker.state.nthreads
        self._lock = threading.Lock()
        self._jobs: Jobs | None = None
        self._open = contextlib.ExitStack()

    def teardown(self, worker):
        self._open.close()

    def grade(self, submission: Submission) -> SubmissionResult:
        with self._lock:  # its threads share one warm worker, started by the first submission
            if self._jobs is None:
                self._jobs = self._start()
        return self._jobs.grade(submission)

    def _start(self) -> Jobs:
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="autograder-"))
        for name, content in self._files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        worker = self._open.enter_context(Worker(self._limits))
        exercise = Exercise(Path(folder, "solutions", self._exercise))
        return Jobs(Grader(worker, exercise, self._seeds), self._threads)


def _grade(submission: Submission) -> SubmissionResult:
    return get_worker().plugins[NAME].grade(submission)


class Cluster:
    """A Dask cluster, found by the address of its scheduler. Use it in a `with` statement.

    A Dask worker that dies loses nothing: its submissions are graded by another one.

    Raises:
        OSError: no scheduler answers there.
    """

    def __init__(self, address: str, limits: Limits):
        self._limits = limits
        self._client = Client(address, timeout="10s", set_as_default=False)
        self._size = len(self._client.nthreads())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._client.close()  # and what still waits is forgotten

    @property
    def jobs(self) -> int:
        """How many submissions it grades at once."""
        return sum(self._client.nthreads().values())

    @property
    def lost(self) -> int:
        """How many Dask workers have gone since the start."""
        return max(0, self._size - len(self._client.nthreads()))

    @property
    def protection(self) -> list[str]:
        """The layers that hold on each of its machines."""
        found = list(self._client.run(lock.layers).values())
        return [name for name in lock.LAYERS if found and all(name in layers for layers in found)]

    @contextlib.contextmanager
    def runner(self, exercise: Exercise, seeds: Seeds, results: kept.Results | None = None,
               hinted: object = None) -> Iterator[Runner]:  # fmt: skip
        """Yield a runner for one exercise, like `Here.runner`; nothing is told of hints."""
        self._client.register_plugin(Grading(exercise, seeds, self._limits))
        executor = self._client.get_executor(pure=False)
        try:
            yield Runner(executor, _grade, results)
        except BaseException:
            executor.shutdown(wait=False)
            raise
