"""Which exercises a run of CI audits: what has changed, and a fifth of the others in turn.

A machine that is new has no earlier audits to go by, and thirty exercises take too long.
"""

import datetime
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authors.audit import KINDS
from autograder.grading import cache

DAYS = 5  # after so many, everything has had its turn
ENGINE = ("pyproject.toml", *(f"autograder/{room}/" for room in cache.ENGINE))
BASES = ("origin/HEAD", "origin/main", "origin/master")


@dataclass(frozen=True)
class Turn:
    """The kinds of specimens of an exercise that are asked, none perhaps; and why."""

    kinds: tuple[str, ...]
    why: str


def base_commit(course: Path) -> str:
    """Return the commit to compare with, or nothing if git does not know it.

    It is $AUTOGRADER_BASE, or where the branch left that of origin, or else the commit before.
    """
    if given := os.environ.get("AUTOGRADER_BASE"):
        return _git(course, "rev-parse", "--verify", f"{given}^{{commit}}").strip()
    head = _git(course, "rev-parse", "HEAD")
    found = [_git(course, "merge-base", "HEAD", name) for name in BASES]
    others = [commit for commit in found if commit and commit != head]
    return (others or [_git(course, "rev-parse", "--verify", "HEAD~1")])[0].strip()


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
    if files is None:
        return dict.fromkeys(names, Turn(KINDS, "everything: git knows no commit to compare with"))
    engine = next((file for file in files if file.startswith(ENGINE)), "")
    found = {}
    for index, name in enumerate(sorted(names)):
        days = (index - day.toordinal()) % DAYS
        if any(file.startswith(f"solutions/{name}/") for file in files):
            found[name] = Turn(KINDS, f"everything: {name} has changed since {base[:12]}")
        elif not days:
            found[name] = Turn(KINDS, f"everything: on {day}, it is the turn of {name}")
        elif engine:
            why = f"the right answers: {engine} has changed since {base[:12]}"
            found[name] = Turn(("stub", "wheat"), f"{why}; the others in {days} days")
        else:
            why = f"{name} has not changed since {base[:12]}; its turn is in {days} days"
            found[name] = Turn((), f"{why}. To ask it now, run: autograder audit {name}")
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
