"""Points as GitHub Classroom reads them: annotations of a workflow's run.

What a student's code printed may stand in the same log, and a line that starts with `::` is a
command there. So commands are stopped first, with a word that nobody can know.
"""

import json
import secrets
from collections.abc import Iterable

from autograder.records.results import Run


class Annotations:
    """The commands of one run, in the order in which they are to be printed."""

    def __init__(self):
        self._word = secrets.token_hex(16)

    def stop(self) -> str:
        """Return the command after which GitHub takes no others."""
        return f"::stop-commands::{self._word}"

    def points(self, runs: Iterable[Run]) -> str:
        """Return the commands that say the points, and let GitHub take others again."""
        found = [result for run in runs for result in run.submissions]
        score, most = (sum(getattr(one, name) for one in found) for name in ("score", "max_score"))
        report = json.dumps({"totalPoints": score, "maxPoints": most})
        return "\n".join(
            [
                f"::{self._word}::",
                f"::notice title=Autograding complete::Points {score:g}/{most:g}",
                f"::notice title=Autograding report::{report}",
            ]
        )
