"""Which exercises a run of CI audits: what has changed, and a tenth of the others in turn.

A machine that is new has no earlier audits to go by, and thirty exercises take too long. So not
more than `MOST` are audited in one run, however many have changed; of the others, the right answers
are asked.
"""

import datetime
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authors.audit import KINDS
from autograder.grading import cache

DAY = 24 * 60 * 60  # seconds
DAYS = 10  # after so many, everything has had its turn
MOST = 5  # exercises that one run audits
ENGINE = ("pyproject.toml", *(f"autograder/{room}/" for room in cache.ENGINE))
RIGHT = ("stub", "wheat")
BASES = ("origin/HEAD", "origin/main", "origin/master")


@dataclass(frozen=True)
class Turn:
    """The kinds of specimens of an exercise that are asked, none perhaps; and why."""

    kinds: tuple[str, ...]
    why: str


def base_commit(course: Path) -> str:
    """Return the commit to compare with, or nothing if git does not know it.

    It is $AUTOGRADER_BASE, or where the branch left that of origin, or else the last commit that is
    a day older than this one: several may have been pushed at once.
    """
    if given := os.environ.get("AUTOGRADER_BASE"):
        return _git(course, "rev-parse", "--verify", f"{given}^{{commit}}").strip()
    head = _git(course, "rev-parse", "HEAD")
    found = [_git(course, "merge-base", "HEAD", name) for name in BASES]
    others = [commit for commit in found if commit and commit != head]
    if others:
        return others[0].strip()
    time = _git(course, "log", "-1", "--format=%ct").strip()
    before = f"--before={int(time) - DAY}" if time else ""
    return _git(course, "rev-list", "-1", before, "HEAD").strip() if before else ""


def changed(course: Path, base: str) -> list[str] | None:
    """Return the files that are not as they were in a commit, or None if git cannot tell."""
    if not base:
        return None
    tracked = _git(course, "diff", "--name-only", "--no-renames", "-z", base, "--")
    new = _git(course, "ls-files", "--others", "--exclude-standard", "-z")
    return [name for name in (tracked + new).split("\0") if name]


def turns(
    names: Sequence[str], files: Sequence[str] | None, base: str, day: datetime.date
) -> dict[str, Turn]:
    """Return what is asked of each exercise.

    Args:
        names: of all exercises.
        files: what has changed, as `changed` returns it.
        base: since which commit.
        day: of the run; it says whose turn it is.
    """
    found, whole = {}, 0
    engine = next((file for file in files or () if file.startswith(ENGINE)), "")
    since = f"since {base[:12]}"
    waits = {name: (index - day.toordinal()) % DAYS for index, name in enumerate(sorted(names))}
    # Whose turn it is comes first; so each has it in time, even if all change every day.
    for name, days in sorted(waits.items(), key=lambda wait: wait[1]):
        has_changed = any(file.startswith(f"solutions/{name}/") for file in files or ())
        if not days:
            why = f"on {day}, it is the turn of {name}"
        elif files is None:
            why = "git knows no commit to compare with"
        elif has_changed:
            why = f"{name} has changed {since}"
        elif engine:
            why = f"{engine} has changed {since}; the others in {days} days"
            found[name] = Turn(RIGHT, f"the right answers: {why}")
            continue
        else:
            why = f"{name} has not changed {since}; its turn is in {days} days"
            found[name] = Turn((), f"{why}. To ask it now, run: autograder audit {name}")
            continue
        whole += 1
        if whole <= MOST:
            found[name] = Turn(KINDS, f"everything: {why}")
        else:
            why = f"the right answers: {why}, but {MOST} others have their turn"
            found[name] = Turn(RIGHT, f"{why}. To ask everything, run: autograder audit {name}")
    return found


def _git(course: Path, *command: str) -> str:
    """Return what git says, nothing if it fails."""
    try:
        done = subprocess.run(
            ["git", "-C", str(course), *command], text=True, capture_output=True, check=False
        )
    except OSError:
        return ""
    return "" if done.returncode else done.stdout
