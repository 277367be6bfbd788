"""Grade with no isolation at all: the checks run beside the submission, in one process.

It is the floor for any grader of these checks, and what a hand-written hidden test does in a kernel
of stock nbgrader. Nothing is protected; nothing is retried.
"""

import contextlib
import inspect
import io
import json
import logging
import os
import sys
import tempfile
import time
import types
import zlib
from pathlib import Path

EXPECTED = "BENCHMARK_EXPECTED"  # the folder with the reference's answers


class Direct:
    """Asks submissions the checks of one exercise, in this process."""

    def __init__(self, exercise):
        from autograder import checks
        from autograder.records import observations
        from autograder.sandbox import switches

        self._checks_module, self._observations = checks, observations
        self._module = types.ModuleType("checks")
        exec(compile(exercise.checks, "checks.py", "exec"), vars(self._module))
        self.reference = exercise.reference
        self.checks = [c for c in vars(self._module).values() if isinstance(c, checks.Check)]
        off = getattr(self._module, "SWITCHED_OFF", [])
        switches.switch_off(off)
        self._operations = switches.operations(off)

    def seen(self, namespace: dict, dimension: str | None = None) -> dict:
        """Return what each check of a dimension observed; nothing for one that raised."""
        found = {}
        for check in self.checks:
            if dimension and check.dimension != dimension:
                continue
            with contextlib.suppress(Exception):
                arguments = [namespace[name] for name in check.requires]
                answer = self._ask(check.name, check.random, check.ask, *arguments)
                answer = self._observations.observe(answer)
                for path, leaf in list(self._observations.walk(answer)):
                    if isinstance(leaf, self._observations.Later):
                        loaded = self._follow(leaf, namespace)
                        answer = self._observations.replace(answer, {path: loaded})
                found[check.name] = answer
        return found

    def _ask(self, name, random, question, *arguments):
        import keras
        import numpy as np

        seed = zlib.crc32(name.encode())
        keras.utils.set_random_seed(seed)
        return question(*arguments, **({"rng": np.random.default_rng(seed)} if random else {}))

    def _follow(self, later, namespace):
        objects = self._checks_module.custom_objects(namespace, vars(self._module))
        function = getattr(self._module, later.use)
        random = "rng" in inspect.signature(function).parameters

        def question(**rng):
            return function(self._checks_module.load(later, objects, self._operations), **rng)

        return self._observations.observe(self._ask(later.use, random, question))

    def points(self, namespace: dict, expected: dict, dimension: str | None = None) -> float:
        """Return the points of one dimension, or of all."""
        from autograder.grading.comparison import difference

        seen = self.seen(namespace, dimension)
        return sum(
            check.points
            for check in self.checks
            if check.name in seen
            and not difference(expected[check.name], seen[check.name], check.rtol, check.atol)
        )


def run(source: str, folder: str) -> dict:
    """Return the names that a submission defines."""
    path = Path(tempfile.mkstemp(".py", dir=folder)[1])  # AutoGraph reads the source
    path.write_text(source)
    namespace: dict = {"__name__": "submission"}
    with contextlib.suppress(Exception):
        exec(compile(source, str(path), "exec"), namespace)
    return namespace


def points(name: str, dimension: str, namespace: dict) -> float:
    """Return the points of one dimension; what a grade cell of stock nbgrader calls."""
    from autograder.records import exercises, observations

    with silence():  # a warning on stderr costs all points of a cell
        direct = Direct(exercises.find(name))
        expected = observations.decode(Path(os.environ[EXPECTED], name).read_bytes())
        return direct.points(namespace, expected, dimension)


@contextlib.contextmanager
def silence():
    sys.stderr.flush()
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    logging.disable()  # its handlers hold on to the stream that they began with
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            yield
    finally:
        logging.disable(logging.NOTSET)
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)


def main() -> None:
    """Grade `{"exercise": …, "sources": […]}` from standard input; tell the points and seconds.

    TensorFlow is imported before the clock starts, and tuned like the grader's; the reference is
    asked like the others.
    """
    from autograder.records import exercises, observations
    from autograder.sandbox import tuning

    tuning.tune()
    tuning.freeze()
    asked = json.load(sys.stdin)
    exercise = exercises.find(asked["exercise"])
    direct = Direct(exercise)
    with tempfile.TemporaryDirectory() as folder:
        cpu, times = time.process_time(), [time.perf_counter()]
        expected = direct.seen(run(direct.reference, folder))
        path = Path(os.environ[EXPECTED], exercise.name)
        path.write_bytes(observations.encode(expected))
        found = []
        for source in asked["sources"]:
            found.append(direct.points(run(source, folder), expected))
            times.append(time.perf_counter())
        json.dump({"points": found, "times": times, "cpu": time.process_time() - cpu}, sys.stdout)


if __name__ == "__main__":
    main()
