"""Grade many submissions: several at once, and only what is new."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor

from autograder import lock
from autograder.exercises import Exercise
from autograder.grading import Grader
from autograder.interview import Seeds
from autograder.kept import Results
from autograder.processes import Worker, WorkerFailed
from autograder.results import SubmissionResult
from autograder.submissions import Submission

Told = Callable[[SubmissionResult], None]


class Runner:
    """Has submissions graded by an executor, unless an earlier run graded the same.

    Args:
        executor: where it happens.
        grade: returns the result of a submission, there.
        results: what is there already, and where new results are kept.
    """

    def __init__(self, executor: Executor, grade: Callable, results: Results | None = None):
        self._executor, self._grade, self._results = executor, grade, results

    def submit(self, submission: Submission, told: Told | None = None) -> Future[SubmissionResult]:
        """Have a submission graded as soon as a job is free.

        Args:
            submission: what to grade.
            told: called with the result as soon as it is there, perhaps in another thread.
        """
        if self._results and (kept := self._results.get(submission)):
            future: Future[SubmissionResult] = Future()
            future.set_result(kept)
        else:
            future = self._executor.submit(self._grade, submission)
            future.add_done_callback(lambda done: self._keep(submission, done))
        if told:
            future.add_done_callback(lambda done: _there(done) and told(done.result()))
        return future

    def _keep(self, submission: Submission, done: Future) -> None:
        if self._results and _there(done):
            self._results.put(submission, done.result())


def _there(done: Future) -> bool:
    return not done.cancelled() and not done.exception()


class Here:
    """This machine, as a place to grade at; `cluster.Cluster` is another.

    Attributes:
        jobs: how many submissions it grades at once.
        protection: the layers that hold here.
    """

    def __init__(self, worker: Worker, jobs: int):
        self._worker, self.jobs, self.protection = worker, jobs, lock.layers()

    @contextlib.contextmanager
    def runner(self, exercise: Exercise, seeds: Seeds, results: Results | None = None,
               hinted: Callable[[int, int], None] | None = None) -> Iterator[Runner]:  # fmt: skip
        """Yield a runner for one exercise.

        Leaving the block by an exception ends what is still running.

        Args:
            exercise: what is graded.
            seeds: of the random inputs.
            results: what is there already, and where new results are kept.
            hinted: told how many chaffs were asked, of how many, if they have to be.
        """
        grader = Grader(self._worker, exercise, seeds)
        if hinted:
            grader.hints.told = hinted
        executor = ThreadPoolExecutor(self.jobs, "grade")
        try:
            yield Runner(executor, Jobs(grader, self.jobs).grade, results)
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            self._worker.close()
            raise
        finally:
            executor.shutdown()


class Jobs:
    """Grades in several threads; what went wrong in company is tried once more, alone."""

    def __init__(self, grader: Grader, jobs: int):
        self._grader, self._jobs = grader, jobs
        self._turn = threading.Lock()  # whoever waits to be alone holds back those who come later
        self._change = threading.Condition()
        self._running = 0

    def grade(self, submission: Submission) -> SubmissionResult:
        """Return the result of a submission."""
        worker = self._grader.worker
        generation = worker.generation
        died = False
        try:
            with self._in_company():
                result = self._grader.grade(submission)
            # Who computed all the time was not kept waiting by others.
            busy = result.cpu_seconds > 0.8 * worker.limits.check
            if self._jobs == 1 or busy or not result.timed_out:
                return result
        except WorkerFailed:
            if worker.closed:
                raise
            died = True
        with self._alone():
            try:
                if died:
                    worker.restart(generation)
                return self._grader.grade(submission)
            except WorkerFailed as error:
                return self._grader.nothing(submission, "grader error", str(error))

    @contextlib.contextmanager
    def _in_company(self) -> Iterator[None]:
        with self._turn, self._change:
            self._running += 1
        try:
            yield
        finally:
            with self._change:
                self._running -= 1
                self._change.notify_all()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        with self._turn, self._change:
            self._change.wait_for(lambda: self._running == 0)
            yield
