"""Grade many submissions: several at once, and only what is new."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Protocol, Self

from autograder.grading.cache import ResultCache
from autograder.grading.grader import Grader
from autograder.grading.processes import Worker, WorkerFailed
from autograder.grading.seeds import Seeds
from autograder.records.exercises import Exercise
from autograder.records.results import Status, SubmissionResult
from autograder.records.submissions import Submission
from autograder.sandbox import lock

OnResult = Callable[[SubmissionResult], None]
OnProgress = Callable[[int, int], None]  # how many are done, of how many


class Runner:
    """Has submissions graded by an executor, unless an earlier run graded the same.

    Args:
        executor: where it happens.
        grade: returns the result of a submission, there.
        results: what is there already, and where new results are stored.
        prepare: what the executor does first, if there is anything to grade.
    """

    def __init__(
        self,
        executor: Executor,
        grade: Callable,
        results: ResultCache | None = None,
        prepare: Callable | None = None,
    ):
        self._executor, self._grade, self._results = executor, grade, results
        self._prepare = prepare
        self._prepared: Future | None = None

    def begin(self, submissions: Iterable[Submission]) -> None:
        """Prepare for submissions, unless earlier runs graded them all."""
        known = self._results
        if self._prepare and not (known and all(known.get(one) for one in submissions)):
            self._prepared = self._executor.submit(self._prepare)

    def ready(self):
        """Wait until it is prepared, if it must be, and return what `prepare` returned."""
        return self._prepared and self._prepared.result()

    def submit(
        self, submission: Submission, on_result: OnResult | None = None
    ) -> Future[SubmissionResult]:
        """Have a submission graded as soon as a job is free.

        Args:
            submission: what to grade.
            on_result: called with the result as soon as it is there, perhaps in another thread.
        """
        if self._results and (known := self._results.get(submission)):
            future: Future[SubmissionResult] = Future()
            future.set_result(known)
        else:
            if not self._prepared:
                self.begin([submission])
            future = self._executor.submit(self._grade, submission)
            future.add_done_callback(lambda done: self._store(submission, done))
        if on_result:
            future.add_done_callback(lambda done: _there(done) and on_result(done.result()))
        return future

    def _store(self, submission: Submission, done: Future) -> None:
        if self._results and _there(done):
            self._results.put(submission, done.result())


def _there(done: Future) -> bool:
    return not done.cancelled() and not done.exception()


class Machine(Protocol):
    """Where submissions are graded. Use it in a `with` statement."""

    @property
    def jobs(self) -> int:
        """How many submissions it grades at once."""

    @property
    def protection(self) -> list[str]:
        """The layers of protection that hold there."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception) -> None: ...

    def runner(
        self,
        exercise: Exercise,
        seeds: Seeds,
        results: ResultCache | None = None,
        on_progress: OnProgress | None = None,
    ) -> Runner:
        """Return a runner for one exercise; there may be several at once.

        Args:
            exercise: what is graded.
            seeds: of the random inputs.
            results: what is there already, and where new results are stored.
            on_progress: called with how many chaffs were asked, of how many, if they have to be.
        """


class LocalMachine:
    """This machine, as a `Machine`; leaving its block by an exception ends what is still running.

    Attributes:
        jobs: how many submissions it grades at once.
        protection: the layers that hold here.
    """

    def __init__(self, worker: Worker, jobs: int):
        self._worker, self.jobs, self.protection = worker, jobs, lock.layers()
        self._turn = SharedTurn(jobs)
        self._executor = ThreadPoolExecutor(jobs, "grade")

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._worker.close()
        self._executor.shutdown()

    def runner(
        self,
        exercise: Exercise,
        seeds: Seeds,
        results: ResultCache | None = None,
        on_progress: OnProgress | None = None,
    ) -> Runner:
        """Return a runner for one exercise, as `Machine` says."""

        def prepare() -> Grader:
            grader = Grader(self._worker, exercise, seeds)
            if on_progress:
                grader.hints.on_progress = on_progress
            return grader

        def grade(submission: Submission) -> SubmissionResult:
            return retrying.grade(submission)

        runner = Runner(self._executor, grade, results, prepare)
        retrying = Retrying(runner.ready, self._turn)
        return runner


class SharedTurn:
    """Lets several threads work side by side, or one alone."""

    def __init__(self, size: int):
        self.size = size
        self._turn = threading.Lock()  # whoever waits to be alone holds back those who come later
        self._change = threading.Condition()
        self._running = 0

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        with self._turn, self._change:
            self._running += 1
        try:
            yield
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        with self._turn, self._change:
            self._change.wait_for(lambda: self._running == 0)
            yield


class Retrying:
    """Grades in several threads; what went wrong beside others is tried again, alone.

    Args:
        grader: returns the grader; called in each thread.
        turn: shared by all threads of the machine.
    """

    def __init__(self, grader: Callable[[], Grader], turn: SharedTurn):
        self._grader, self._turn = grader, turn

    def grade(self, submission: Submission) -> SubmissionResult:
        """Return the result of a submission."""
        grader = self._grader()
        worker = grader.worker
        generation = worker.generation
        died = False
        try:
            with self._turn.together():
                result = grader.grade(submission)
            # Who computed all the time was not kept waiting by others.
            busy = result.cpu_seconds > 0.8 * worker.limits.check
            # Nor shall everybody wait for one whose cells take longer than all questions may.
            long = result.seconds > worker.limits.total
            if self._turn.size == 1 or busy or long or not result.timed_out:
                return result
        except WorkerFailed:
            if worker.closed:
                raise
            died = True
        with self._turn.alone():
            try:
                if died:
                    worker.restart(generation)
                return grader.grade(submission)
            except WorkerFailed as error:
                return grader.without_points(submission, Status.GRADER_ERROR, str(error))
