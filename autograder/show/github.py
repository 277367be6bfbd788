"""What GitHub shows of a workflow's run: points as Classroom reads them, and a summary.

What a student's code printed may stand in the same log, and a line that starts with `::` is a
command there. So commands are stopped first, with a word that nobody can know.
"""

import json
import secrets
from collections.abc import Iterable

from autograder.records.results import Run, Status
from autograder.show.messages import Format, Markdown, of_result, written

MAX_SUMMARY = 1_000_000  # bytes; GitHub takes 1 MiB of each step


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


def summary(run: Run) -> str:
    """Return the feedback of a run as Markdown, as much as GitHub takes."""
    found: list[str] = []
    room = MAX_SUMMARY
    several = len(run.submissions) > 1
    for result in run.submissions:
        title = f"{run.exercise}, {result.id}" if several else run.exercise
        if result.status == Status.GRADER_ERROR:
            why = "it could not be graded, and that is not the student's fault"
            text = f"{Markdown().heading(1, f'{title}: {why}')}\n"
        else:
            text = written(of_result(title, run.exercise, result), Format.markdown)
        room -= len(text.encode())
        if room < 0:
            left = len(run.submissions) - len(found)
            found.append(f"{left} more are in the log of this step.\n")
            break
        found.append(text)
    return "\n".join(found)
