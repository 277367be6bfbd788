"""`pytest exercises/NAME.py`, and the same for folders and notebooks.

Files are exercises if `build` marked them so. For all others this does nothing, and imports nothing
that takes time.
"""

import contextlib
import functools
import os
import sys
import warnings
from pathlib import Path

import pytest

from autograder.records.recognition import exercise_of
from autograder.records.results import Status


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent):
    collected = yield
    with contextlib.suppress(OSError):  # pytest tells about a file that cannot be opened
        if exercise := exercise_of(file_path):
            file = ExerciseFile.from_parent(parent, path=file_path)
            file.exercise = exercise
            return [file]
    return collected


class ExerciseFile(pytest.Module):
    """A stub or a notebook; its functions `test_…` are the items."""

    exercise: str
    problem = ""  # what stopped it while it was loaded
    endless = False  # whether a test was stopped

    def collect(self):
        from autograder.practice import publictests

        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with publictests.quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._load()
        items = list(super().collect())
        if not items:
            raise self.CollectError(self.problem or publictests.NO_TESTS)
        for item in items:
            # They are of TensorFlow and Keras; a learner can do nothing about them.
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::FutureWarning"))
        return items

    def _load(self) -> None:
        from autograder.practice import about, publictests
        from autograder.records.extras import lacking
        from autograder.records.submissions import read
        from autograder.sandbox.loading import TooSlow, load
        from autograder.sandbox.switches import switched_off

        submission = read(self.path, self.exercise)
        if submission.problem:
            raise self.CollectError(f"{self.path.name}: {submission.problem}")
        lacks = lacking("tensorflow", "running the public tests")
        if submission.notebook:
            lacks = lacks or lacking("notebook", "a notebook", ["ipython"])
        if lacks:
            raise self.CollectError(lacks)
        name = f"exercise_{self.path.stem}"
        self.code = load(name, submission.notebook, submission.cells, "", self.path)
        self.obj = self.code.module
        self.switched_off = about.of(self.exercise, self.path.parent).switched_off
        end = functools.partial(_end, self)
        with (
            self.code.current(),
            switched_off(self.switched_off),
            publictests.watched(publictests.LOAD_SECONDS, end),
        ):
            for error in self.code.run_all(publictests.LOAD_SECONDS):
                if not isinstance(error, (Exception, SystemExit, TooSlow)):
                    raise error  # Ctrl-C, or `pytest.skip`
                self.problem = self.problem or publictests.explained(error, self.code.place)
        if self.problem and not submission.notebook:
            raise self.CollectError(self.problem)

    def repr_failure(self, excinfo):
        """Return the sentence alone where the file could not be loaded."""
        if isinstance(excinfo.value, self.CollectError):
            return _shown(str(excinfo.value.args[0]))
        return super().repr_failure(excinfo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    file = item.getparent(ExerciseFile)
    if file is None:
        return (yield)
    from autograder.practice import publictests
    from autograder.sandbox import settings, switches
    from autograder.sandbox.loading import alarm

    if file.endless:
        pytest.skip("first mend the loop")
    switches.used.clear()
    with (
        file.code.current(),
        settings.usual(),
        switches.switched_off(file.switched_off),
        publictests.watched(publictests.TEST_SECONDS, functools.partial(_end, item)),
        alarm(publictests.TEST_SECONDS),
    ):
        return (yield)


def _end(node: pytest.Item | pytest.File) -> None:
    """End pytest, since nothing else ends a test that Python cannot stop."""
    from autograder.practice.publictests import UNSTOPPED

    plugins = node.config.pluginmanager
    if capture := plugins.get_plugin("capturemanager"):
        capture.suspend_global_capture()
    if terminal := plugins.get_plugin("terminalreporter"):
        terminal.ensure_newline()
        terminal.write_line(f"{node.nodeid}: {UNSTOPPED}", red=True)
        terminal.flush()
    os._exit(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    file = item.getparent(ExerciseFile)
    if file is None or call.when != "call" or report.outcome == "skipped":
        return report
    from autograder.practice import publictests

    result = publictests.described(item.obj)
    if call.excinfo:
        with file.code.current():
            result = publictests.failure(item.obj, call.excinfo.value, file.code.place)
        file.endless = file.endless or result.status == Status.TIMED_OUT
        lines = [f"{result.dimension}: {result.statement}", *result.lines()]
        if file.problem and "not defined" in result.message:
            lines.append(f"the notebook stopped at {file.problem}")
        report.longrepr = _shown("\n    ".join(lines))
    report.public_test = {
        "path": str(file.path),
        "exercise": file.exercise,
        "name": result.name,
        "status": str(result.status),
        "message": result.message,
        "place": result.place,
    }
    return report


def _shown(text: str) -> str:
    """Return a text that the terminal takes; pytest would write all of it as escapes."""
    from autograder.show.console import fitting

    return fitting(text, getattr(sys.__stdout__, "encoding", None))


def pytest_terminal_summary(terminalreporter, config):
    """Show hints from the second try on."""
    files: dict[tuple[str, str], list] = {}
    for kind in ("passed", "failed"):
        for report in terminalreporter.stats.get(kind, []):
            if seen := getattr(report, "public_test", None):
                files.setdefault((seen["path"], seen["exercise"]), []).append(seen)
    if not files:
        return
    from autograder.practice.publictests import add_hints
    from autograder.practice.tries import Progress
    from autograder.records.practice import Result

    for (path, exercise), seen in files.items():
        results = [
            Result(one["name"], "", "", one["status"], one["message"], place=one["place"])
            for one in seen
        ]
        add_hints(exercise, results, Path(path).parent)
        progress = Progress(Path(path).parent)
        progress.count(Path(path).name, results)  # who runs it again wants to see the hint
        progress.save()
        hints = list(dict.fromkeys(one.hint for one in results if one.shows_hint))
        if not hints and any(one.hint for one in results):
            hints = ["There is a hint. Run the tests again to see it."]
        if hints:
            terminalreporter.section(f"hints for {exercise}")
            for hint in hints:
                terminalreporter.line(_shown(hint))
