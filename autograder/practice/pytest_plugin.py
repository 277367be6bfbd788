"""`pytest exercises/NAME.py`, and the same for folders and notebooks.

Files are exercises if `build` marked them so. For all others this does nothing, and imports nothing
that takes time.
"""

import contextlib
import importlib.util
import os
import sys
import types
import warnings
from pathlib import Path

import pytest

from autograder.practice.recognition import exercise_of


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
    place = staticmethod(lambda file, line: None)

    def collect(self):
        from autograder.practice import publictests
        from autograder.sandbox.loading import put_off_public_tests

        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        put_off_public_tests("")
        with publictests.quiet(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.obj = self._loaded()
        items = list(super().collect())
        if not items:
            raise self.CollectError(self.problem or publictests.NO_TESTS)
        for item in items:
            # They are of TensorFlow and Keras; a learner can do nothing about them.
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::FutureWarning"))
        return items

    def _loaded(self) -> types.ModuleType:
        from autograder.records.submissions import read

        submission = read(self.path, self.exercise)
        if submission.problem:
            raise self.CollectError(f"{self.path.name}: {submission.problem}")
        return self._notebook(submission.cells) if submission.notebook else self._script()

    def _script(self) -> types.ModuleType:
        name = f"exercise_{self.path.stem}"
        spec = importlib.util.spec_from_file_location(name, self.path)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        own = str(self.path)
        self.place = lambda file, line: f"line {line}" if file == own else None
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise self.CollectError(self._explained(error)) from error
        return module

    def _notebook(self, cells: tuple[str, ...]) -> types.ModuleType:
        from IPython.core.interactiveshell import InteractiveShell

        from autograder.sandbox.loading import Notebook

        InteractiveShell.clear_instance()  # of another notebook
        notebook = Notebook(list(cells))
        self.place = notebook.place
        for index in range(len(notebook.cells)):
            for failure in notebook.run(index, seconds=0).failures:
                self.problem = self.problem or self._explained(failure.error)
        module = types.ModuleType(f"exercise_{self.path.stem}")
        vars(module).update(notebook.namespace)
        return module

    def _explained(self, error: BaseException) -> str:
        from autograder.practice.publictests import explained

        return explained(error, self.place)

    def repr_failure(self, excinfo):
        """Return the sentence alone where the file could not be loaded."""
        if isinstance(excinfo.value, self.CollectError):
            return _shown(str(excinfo.value.args[0]))
        return super().repr_failure(excinfo)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item):
    if item.getparent(ExerciseFile) is None:
        return (yield)
    from autograder.sandbox import settings

    with settings.usual():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    file = item.getparent(ExerciseFile)
    if file is None or call.when != "call" or report.outcome == "skipped":
        return report
    from autograder.practice import publictests

    result = publictests.described(item.obj)
    if call.excinfo:
        result = publictests.failure(item.obj, call.excinfo.value, file.place)
        lines = [f"{result.dimension}: {result.statement}", *result.lines()]
        if file.problem and "not defined" in result.message:
            lines.append(f"the notebook stopped at {file.problem}")
        report.longrepr = _shown("\n    ".join(lines))
    report.public_test = {
        "path": str(file.path),
        "exercise": file.exercise,
        "name": result.name,
        "status": result.status,
        "message": result.message,
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
    from autograder.practice.server import Progress
    from autograder.records.practice import Result

    for (path, exercise), seen in files.items():
        results = [Result(one["name"], "", "", one["status"], one["message"]) for one in seen]
        add_hints(exercise, results, Path(path).parent)
        progress = Progress(Path(path).parent)
        progress.count(Path(path), results)
        progress.save()
        hints = list(dict.fromkeys(one.hint for one in results if one.shows_hint))
        if not hints and any(one.hint for one in results):
            hints = ["There is a hint. Run the tests again to see it."]
        if hints:
            terminalreporter.section(f"hints for {exercise}")
            for hint in hints:
                terminalreporter.line(_shown(hint))
