"""Remember, in a folder, what has been solved there and how often it was tried."""

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path

from autograder.practice import about
from autograder.records.practice import Report, Result
from autograder.records.recognition import exercise_of
from autograder.records.results import write_atomically

MOST = 500  # contents that are remembered as solved


class Progress:
    """What has been solved in a folder, and how often it was tried: a small file there.

    What is solved is a content, not a name: a file that has changed since has no mark.
    """

    def __init__(self, folder: Path):
        self._folder, self._file = folder, folder / ".autograder.json"
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
            self.current = str(held["current"])
            self._solved = [str(content) for content in held["solved"]]
            self._tried = {str(name): str(one) for name, one in held.get("tried", {}).items()}
            self._tries = {
                str(name): {str(test): int(count) for test, count in tries.items()}
                for name, tries in held["tries"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.current, self._solved, self._tried, self._tries = "", [], {}, {}

    def solved(self, path: Path) -> bool:
        return about.content_of(path) in self._solved

    def solved_exercises(self) -> set[str]:
        """Return the exercises of which a file here is solved, as it is now."""
        files = [*self._folder.glob("*.py"), *self._folder.glob("*.ipynb")] if self._solved else []
        solved = set()
        for path in files:
            with contextlib.suppress(OSError):  # whoever may not read it has not solved it
                if (exercise := exercise_of(path)) and self.solved(path):
                    solved.add(exercise)
        return solved

    def count(self, name: str, results: list[Result], content: str = "") -> None:
        """Count a try of each test, and tell each result how many there were in a row.

        Args:
            name: of the file.
            results: of its tests.
            content: of the file; to run the same once more is no other try.
        """
        tries = self._tries.setdefault(name, {})
        again = bool(content) and self._tried.get(name) == content
        self._tried[name] = content
        for one in results:
            before = tries.get(one.name, 0) - (again and one.failed)
            one.tries = tries[one.name] = one.try_after(max(before, 0))

    def record(self, report: Report) -> None:
        """Count the tries of a whole run, and whether it solved the exercise."""
        self.count(report.path.name, report.results, report.content)
        solved = [one for one in self._solved if one != report.content]
        self._solved = (solved + [report.content] * report.solved)[-MOST:]

    def save(self) -> None:
        """Write the file; where that is not allowed, nothing is remembered."""
        held = {
            "current": self.current,
            "solved": self._solved,
            "tried": self._tried,
            "tries": self._tries,
        }
        with contextlib.suppress(OSError):
            write_atomically(self._file, json.dumps(held, indent=1) + "\n")


def remember(report: Report) -> None:
    """Count a run among the tries of its folder."""
    if report.untouched:
        return
    progress = Progress(report.path.parent)
    progress.record(report)
    progress.save()


def done(folders: Iterable[Path]) -> set[str]:
    """Return the exercises that are solved in any of some folders."""
    return set().union(*(Progress(folder).solved_exercises() for folder in folders))
