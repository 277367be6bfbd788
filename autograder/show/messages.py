"""Feedback as a message: Markdown for GitHub and the like, text for mail and an LMS.

It says what the feedback page says, in the same order, but without the student's code. What a
student may have written stands in blocks that it cannot end.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from textwrap import fill

from autograder.records.results import DIMENSIONS, CheckResult, Status, SubmissionResult
from autograder.records.text import line, plain, short_hash
from autograder.show.text import to_try

LOOK_AT = "A person will look at this once more."
NOT_READ = "It could not be read."
ALL_RIGHT = "Every check passes."
CELLS = 10  # of a bar
WIDTH = 78  # characters of a line of text
MAX_NAME = 200  # bytes of a file's name; a longer one is cut
MAX_LINE = 2000  # characters of a name or a sentence
# What Markdown takes for markup, but < and &, which only the newer dialects let a \ escape.
MARKUP = re.compile(r"[\\`*_{}\[\]#|~$^!]")
LINK = re.compile(r"(?<=:)//|(?<=\bwww)\.", re.IGNORECASE)


@dataclass
class Reason:
    """Why points were lost: a hint, or a message, with all checks that it is about.

    Attributes:
        messages: what was different, with the checks that say so; each message once.
    """

    exercise: str
    hint: str
    messages: dict[str, list[CheckResult]] = field(default_factory=dict)

    @property
    def lost(self) -> float:
        return sum(check.max_score for some in self.messages.values() for check in some)


@dataclass
class Points:
    """The points of a dimension, or of a cell that has points of its own.

    Attributes:
        by_checks: what the checks gave, if they did; a person may have changed it.
    """

    name: str
    score: float = 0.0
    most: float = 0.0
    by_checks: float | None = None

    @property
    def changed(self) -> bool:
        return self.by_checks is not None and self.by_checks != self.score


@dataclass
class Message:
    """What a student reads of one piece of work.

    Attributes:
        title: what it is about.
        passed: the checks that passed, by exercise.
        problem: why it could not be read.
        look_at: a person will look at it once more.
        late_penalty: points that were taken off.
        comments: of people, as Markdown.
    """

    title: str
    score: float
    most: float
    points: list[Points]
    reasons: list[Reason]
    passed: Mapping[str, list[CheckResult]]
    problem: str = ""
    look_at: bool = False
    late_penalty: float = 0.0
    comments: list[str] = field(default_factory=list)


def of_result(title: str, exercise: str, result: SubmissionResult) -> Message:
    """Return what is to be said of a result that no gradebook has changed."""
    unreadable = result.status != Status.GRADED
    return Message(
        title,
        result.score,
        result.max_score,
        points_of(result),
        [] if unreadable else reasons({exercise: result}),
        {exercise: with_status(Status.PASSED, result)},
        result.message if unreadable else "",
        bool(result.look_at),
    )


def points_of(result: SubmissionResult, exercise: str = "") -> list[Points]:
    """Return the points of each dimension, with the exercise if several are shown together."""
    known = [(name, *result.points(name)) for name in DIMENSIONS]
    return [
        Points(f"{exercise}: {name}" if exercise else name, score, most)
        for name, score, most in known
        if most
    ]


def with_status(status: str, result: SubmissionResult) -> list[CheckResult]:
    """Return the checks that ended so."""
    return [check for check in result.checks if check.status == status]


def reasons(results: Mapping[str, SubmissionResult]) -> list[Reason]:
    """Return why points were lost: each reason once, those that cost most first."""
    found: dict[tuple[str, str], Reason] = {}
    for exercise, result in results.items():
        for check in result.checks:
            if check.status != Status.PASSED:
                message = plain(check.message)
                key = exercise, check.hint or f"message {message}"
                one = found.setdefault(key, Reason(exercise, check.hint))
                one.messages.setdefault(message, []).append(check)
    return sorted(found.values(), key=lambda one: -one.lost)


class Format(StrEnum):
    """How a message is written."""

    markdown = "markdown"
    text = "text"

    @property
    def suffix(self) -> str:
        return {"markdown": ".md", "text": ".txt"}[self]


def message_file(folder: Path, submission: str, style: Format) -> Path:
    """Return where the message on a submission goes.

    Students choose the names that its id is made of: it leads nowhere else, and no two share one.
    """
    parts = [part for part in Path(submission).parts if part not in ("/", "..")]
    name = parts[-1] if parts else ""
    if "/".join(parts) != submission or len(os.fsencode(name)) > MAX_NAME:
        name = f"{name[:50]}-{short_hash(submission)}"
    return folder.joinpath(*parts[:-1], f"{name}{style.suffix}")


class Text:
    """The parts of a message as plain text."""

    def heading(self, level: int, text: str) -> str:
        text = self.inline(text)
        return f"{text}\n{'-' * len(text)}" if level == 2 else text

    def sentence(self, text: str, label: str = "") -> str:
        return fill(f"{label} {self.inline(text)}".strip(), WIDTH, break_long_words=False)

    def points(self, found: Iterable[Points]) -> str:
        # The bar first: in front of it, names would need a font of one width.
        return "\n".join(
            f"{_bar(one)}  {self.inline(one.name)}: {_score(one)}{_changed(one)}" for one in found
        )

    def checks(self, lines: Iterable[tuple[str, str, str]]) -> str:
        return "\n".join(
            fill(
                f"{mark} {self.inline(text)} ({self.inline(about)})",
                WIDTH,
                subsequent_indent="  ",
                break_long_words=False,
            )
            for mark, text, about in lines
        )

    def said(self, message: str) -> str:
        return "\n".join(f"    | {one}".rstrip() for one in plain(message).split("\n"))

    def comment(self, text: str) -> str:
        return "\n".join(f"> {one}" for one in plain(text).strip().split("\n"))

    def inline(self, text: str) -> str:
        return line(" ".join(text.split()), MAX_LINE)


class Markdown:
    """The parts of a message as Markdown, as GitHub and most others read it."""

    def heading(self, level: int, text: str) -> str:
        return f"{'#' * level} {self.inline(text)}"

    def sentence(self, text: str, label: str = "") -> str:
        return f"**{label}** {self.inline(text)}" if label else self.inline(text)

    def points(self, found: Iterable[Points]) -> str:
        rows = [
            f"| {_escaped(one.name)} | {_bar(one)} | {_score(one)}{_changed(one)} |"
            for one in found
        ]
        return "\n".join(["| | | points |", "|:--|:--|:--|", *rows])

    def checks(self, lines: Iterable[tuple[str, str, str]]) -> str:
        return "\n".join(
            f"- {mark} {self.inline(text)} ({self.inline(about)})" for mark, text, about in lines
        )

    def said(self, message: str) -> str:
        """Return a block that nothing in it ends: its fence is longer than any in the message."""
        message = plain(message)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", message)), default=0))
        return f"{fence}text\n{message}\n{fence}"

    def comment(self, text: str) -> str:
        return "\n".join(f"> {one}" for one in plain(text).strip().split("\n"))

    def inline(self, text: str) -> str:
        """Return a text in which only `code` is markup: authors write so."""
        parts = line(" ".join(text.split()), MAX_LINE).split("`")
        if len(parts) % 2 == 0 or not all(part.strip() for part in parts[1::2]):
            return _escaped("`".join(parts))
        return "".join(
            f"`{part}`" if index % 2 else _escaped(part) for index, part in enumerate(parts)
        )


STYLES: Mapping[str, Text | Markdown] = {Format.text: Text(), Format.markdown: Markdown()}


def written(message: Message, style: str) -> str:
    """Return a message in a format."""
    return "\n\n".join(filter(None, _parts(message, STYLES[style]))) + "\n"


def points(found: Iterable[Points], style: str) -> str:
    """Return the points and a bar for each dimension."""
    return STYLES[style].points(found)


def _parts(one: Message, style: Text | Markdown) -> Iterator[str]:
    total = f"{_number(one.score)} of {_number(one.most)} points"
    yield style.heading(1, f"{one.title}: {total}" if one.title else total)
    if one.problem:
        yield style.sentence(NOT_READ)
    elif one.passed and not one.reasons:
        yield style.sentence(ALL_RIGHT)
    if one.late_penalty > 0:
        late = f"It was late: {_number(one.late_penalty)} points are taken off."
        yield style.sentence(late)
    if one.look_at:
        yield style.sentence(LOOK_AT)
    if one.points:
        yield style.points(one.points)
    if one.comments:
        yield style.heading(2, "Comments")
        yield from map(style.comment, one.comments)
    if one.problem or one.reasons:
        yield style.heading(2, "What to mend")
    if one.problem:
        yield style.said(one.problem)
    several = len(one.passed) > 1
    for reason in one.reasons:
        yield from _reason(reason, several, style)
    for exercise, checks in one.passed.items():
        if checks:
            where = f" in {exercise}" if several else ""
            yield style.heading(2, f"What passed{where} ({len(checks)})")
            yield style.checks(
                ("✓", check.statement, f"{check.dimension}, {_number(check.max_score)} points")
                for check in checks
            )


def _reason(reason: Reason, several: bool, style: Text | Markdown) -> Iterator[str]:
    yield style.heading(3, f"{_number(reason.lost)} points lost")
    if reason.hint:
        yield style.sentence(reason.hint, "Hint:")
    where = f"{reason.exercise}, " if several else ""
    for message, checks in reason.messages.items():
        yield style.checks(
            ("✗", one.statement, f"{where}{one.dimension}, 0 of {_number(one.max_score)} points")
            for one in checks
        )
        if message:
            yield style.said(message)
        for call in dict.fromkeys(one.call for one in checks if one.call):
            yield style.said(to_try(call))


def _bar(one: Points) -> str:
    """Return a bar that is full only if all points are there, and empty only if none is."""
    share = min(max(one.score / one.most, 0.0), 1.0) if one.most else 0.0
    full = min(max(round(CELLS * share), share > 0), CELLS - (share < 1))
    return "█" * full + "░" * (CELLS - full)


def _score(one: Points) -> str:
    return f"{_number(one.score)} of {_number(one.most)}"


def _changed(one: Points) -> str:
    if one.by_checks is None or not one.changed:
        return ""
    return f" (changed by a person; the checks gave {_number(one.by_checks)})"


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _escaped(text: str) -> str:
    """Return a text in one line of Markdown in which nothing is markup or a link."""
    text = MARKUP.sub(r"\\\g<0>", line(text, MAX_LINE))
    text = LINK.sub(lambda found: "".join(f"\\{one}" for one in found[0]), text)
    return re.sub("&(?=#?\\w)", "&amp;", text).replace("<", "&lt;")
