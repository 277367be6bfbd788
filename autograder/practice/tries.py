"""Remember, in a folder, what has been solved there and how often it was tried."""

import contextlib
import json
from pathlib import Path

from autograder.records.practice import Report, Result
from autograder.records.results import write_atomically


class Progress:
    """What has been solved in a folder, and how often it was tried: a small file there."""

    def __init__(self, folder: Path):
        self._file = folder / ".autograder.json"
        try:
            held = json.loads(self._file.read_text(encoding="utf-8"))
            self.current = str(held["current"])
            self._solved = {str(name) for name in held["solved"]}
            self._tries = {
                str(name): {str(test): int(count) for test, count in tries.items()}
                for name, tries in held["tries"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            self.current, self._solved, self._tries = "", set(), {}

    def solved(self, path: Path) -> bool:
        return path.name in self._solved

    def solved_exercises(self) -> set[str]:
        """Return the names of the files that have been solved, without their endings."""
        return {Path(name).stem for name in self._solved}

    def count(self, path: Path, results: list[Result]) -> None:
        """Count a try of each test, and tell each result how many there were in a row."""
        tries = self._tries.setdefault(path.name, {})
        for one in results:
            one.tries = tries[one.name] = one.try_after(tries.get(one.name, 0))

    def record(self, report: Report) -> None:
        """Count the tries of a whole run, and whether it solved the exercise."""
        self.count(report.path, report.results)
        (self._solved.add if report.solved else self._solved.discard)(report.path.name)

    def save(self) -> None:
        """Write the file; where that is not allowed, nothing is remembered."""
        held = {"current": self.current, "solved": sorted(self._solved), "tries": self._tries}
        with contextlib.suppress(OSError):
            write_atomically(self._file, json.dumps(held, indent=1) + "\n")


def remember(report: Report) -> None:
    """Count a run among the tries of its folder."""
    progress = Progress(report.path.parent)
    progress.record(report)
    progress.save()
