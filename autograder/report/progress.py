"""What has changed since the last report: it leaves a file beside its page."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from autograder.records.classes import Class
from autograder.records.results import write_atomically


@dataclass(frozen=True)
class Progress:
    """What has changed since a report that had other results.

    Attributes:
        since: when that was, as it was said then.
        new: how many more pieces of work there are, by exercise.
        better: who has more points than then, by exercise.
        worse: who has fewer.
    """

    since: str
    new: dict[str, int]
    better: dict[str, list[str]]
    worse: dict[str, list[str]]

    def __bool__(self) -> bool:
        return bool(self.new or self.better or self.worse)


def compare(file: Path, found: Class, now: str) -> Progress | None:
    """Return what has changed since the last report whose results were others, and remember this.

    Args:
        file: what an earlier report left; it need not exist.
        found: the class as it is now.
        now: the time, in words.
    """
    points: dict[str, dict[str, float]] = {}
    for work in found.works:
        points.setdefault(work.exercise, {})[f"{work.assignment}/{work.student}"] = (
            work.result.score
        )
    kept = _read(file)
    before = kept.get("before")
    if kept.get("now", {}).get("points") != points:
        before = kept.get("now")
        content = {"now": {"at": now, "points": points}, "before": before}
        write_atomically(file, json.dumps(content))
    if not before:
        return None
    return _changes(before["at"], before["points"], points)


def _read(file: Path) -> dict:
    """Return what an earlier report left; nothing where it is damaged."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        for one in (kept["now"], kept["before"]):
            if one and not all(isinstance(some, dict) for some in one["points"].values()):
                return {}
            _ = one and one["at"]
        return dict(kept)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _changes(since: str, before: dict, now: dict) -> Progress:
    new: Counter[str] = Counter()
    better: dict[str, list[str]] = {}
    worse: dict[str, list[str]] = {}
    for exercise, points in now.items():
        for who, score in points.items():
            was = before.get(exercise, {}).get(who)
            if was is None:
                new[exercise] += 1
            elif score != was:
                side = better if score > was else worse
                side.setdefault(exercise, []).append(who.partition("/")[2])
    return Progress(since, dict(new), better, worse)
