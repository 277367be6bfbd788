"""Grade on a Dask cluster: the same children, one warm worker beside each Dask worker.

A Dask worker holds the reference's answers like a grader here: run none where students can log in.
A submission sees as little of it as it sees of a grader.
"""

import contextlib
import functools
import secrets
import tempfile
import threading
from pathlib import Path

from distributed import Client, WorkerPlugin, get_worker

from autograder.grading import cache
from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.grading.running import OnProgress, Retrying, Runner, SharedTurn
from autograder.grading.seeds import Seeds
from autograder.records.course import Course
from autograder.records.exercises import FILES, Exercise
from autograder.records.results import LAYERS, SubmissionResult
from autograder.records.submissions import Submission
from autograder.sandbox import lock


class Warm(WorkerPlugin):
    """Gives every Dask worker, and every one that joins later, a warm worker beside it."""

    def __init__(self, name: str, limits: Limits):
        self.name, self._limits = name, limits

    def setup(self, worker):
        self.turn = SharedTurn(worker.state.nthreads)
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._worker: Worker | None = None
        self._graders: dict[str, Retrying] = {}

    def teardown(self, worker):
        self._open.close()

    def grade(self, exercise: "Portable", submission: Submission) -> SubmissionResult:
        with self._lock:  # its threads share what the first submission starts
            if exercise.name not in self._graders:
                self._graders[exercise.name] = self._prepare(exercise)
        return self._graders[exercise.name].grade(submission)

    def _prepare(self, exercise: "Portable") -> Retrying:
        if self._worker is None:
            self._worker = self._open.enter_context(Worker(self._limits))
        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="autograder-"))
        grader = Grader(self._worker, exercise.unpack(Path(folder)), exercise.seeds)
        return Retrying(lambda: grader, self.turn)


class Portable(WorkerPlugin):
    """What a Dask worker must know of one exercise."""

    def __init__(self, name: str, exercise: Exercise, seeds: Seeds):
        self.name = name
        course = exercise.course.folder
        paths = [exercise.folder / file for file in FILES]
        self._files = {str(path.relative_to(course)): path.read_bytes() for path in paths}
        asked = cache.entries(exercise.course.hints, f"{exercise.name}-*/*")
        for path in [exercise.known_mistakes, *asked]:
            with contextlib.suppress(OSError):  # they are asked again
                self._files[str(path.relative_to(course))] = path.read_bytes()
        self._exercise, self.seeds = exercise.name, seeds

    def unpack(self, folder: Path) -> Exercise:
        """Write its files below a folder."""
        for name, content in self._files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return Exercise(Course(folder).solutions / self._exercise)


def _grade(warm: str, portable: str, submission: Submission) -> SubmissionResult:
    plugins = get_worker().plugins
    return plugins[warm].grade(plugins[portable], submission)


class Cluster:
    """A Dask cluster, found by the address of its scheduler. Use it in a `with` statement.

    A Dask worker that dies loses nothing: its submissions are graded by another one. Several runs
    may use a cluster at once, each with warm workers of its own, which end with it.

    Raises:
        OSError: no scheduler answers there.
    """

    def __init__(self, address: str, limits: Limits):
        self._client = Client(address, timeout="10s", set_as_default=False)
        self._open = contextlib.ExitStack()
        self._open.callback(self._client.close)  # and what still waits is forgotten
        self._name = f"autograder {secrets.token_hex(8)}"
        self._register(Warm(self._name, limits))
        self._size = len(self._client.nthreads())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._open.close()

    def _register(self, plugin: WorkerPlugin) -> None:
        self._client.register_plugin(plugin)
        self._open.callback(self._client.unregister_worker_plugin, plugin.name)

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
        return [name for name in LAYERS if found and all(name in layers for layers in found)]

    def runner(
        self,
        exercise: Exercise,
        seeds: Seeds,
        results: cache.ResultCache | None = None,
        on_progress: OnProgress | None = None,
    ) -> Runner:
        """Return a runner for one exercise, as `Machine` says; there is no progress to tell of."""
        portable = Portable(f"{self._name} {exercise.name}", exercise, seeds)
        self._register(portable)
        executor = self._client.get_executor(pure=False)
        return Runner(executor, functools.partial(_grade, self._name, portable.name), results)
