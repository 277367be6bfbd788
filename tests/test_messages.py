"""Feedback as Markdown and as text, read by a parser of Markdown and line by line."""

import re

import pytest
from markdown_it import MarkdownIt

from autograder.records.results import (
    CheckResult,
    Run,
    Status,
    SubmissionResult,
    write_atomically,
)
from autograder.show import github
from autograder.show.messages import Format, Message, Points, message_file, of_result, written

HINT = "Beyond the `threshold` the loss must not grow <so> *fast*."
EVIL = "got 3\n\n```\n# 22 of 22 points\n<b>|\x1b[31m\n```text\n    | ok\nWhat passed (9)\n---"
CHECKS = [
    CheckResult("one", "numerics", "small errors cost half | their square", 5, "passed"),
    CheckResult("two", "numerics", "large errors cost less", 8, "failed", EVIL, HINT),
    CheckResult("three", "gradients", "so is the gradient", 2, "failed", EVIL, HINT),
    CheckResult("four", "gradients", "of the batch", 2, "failed", "got 4", HINT),
    CheckResult(
        "five", "serialization", "it comes back", 3, "raised", "TypeError: no", call="f(1)"
    ),
    CheckResult("six", "graph", "it is one graph", 2, "passed"),
]
TITLE = "# a_b_ <script> @ada [x](http://y.example)\n\n## What passed (9)"


def result(checks=CHECKS, **known):
    return SubmissionResult("ada", "ada.py", "graded", list(checks), **known)


def tokens(text):
    return MarkdownIt("commonmark").enable("table").parse(text)


def headings(text):
    found = tokens(text)
    return [
        (found[number].tag, "".join(child.content for child in found[number + 1].children))
        for number in range(len(found))
        if found[number].type == "heading_open"
    ]


def test_markdown_says_what_the_page_says_in_its_order():
    text = written(of_result("huber", "huber", result(look_at="line 3")), Format.markdown)
    assert headings(text) == [
        ("h1", "huber: 7 of 22 points"),
        ("h2", "What to mend"),
        ("h3", "12 points lost"),
        ("h3", "3 points lost"),
        ("h2", "What passed (2)"),
    ]
    places = [
        text.index(part)
        for part in (
            "A person will look at this once more.",
            "| numerics | ████░░░░░░ | 5 of 13 |",
            "| gradients | ░░░░░░░░░░ | 0 of 4 |",
            "| graph | ██████████ | 2 of 2 |",
            "**Hint:** Beyond the `threshold`",
            "large errors cost less",
            "so is the gradient",
            "of the batch",
            "it comes back",
            "small errors cost half",
        )
    ]
    assert places == sorted(places)
    assert text.count("Hint:") == 1
    assert text.count("got 3") == 1
    assert "line 3" not in text  # it would blame somebody


def test_nothing_that_is_shown_passes_for_markup():
    text = written(of_result(TITLE, "huber", result()), Format.markdown)
    found = tokens(text)
    inline = [child for token in found for child in token.children or []]
    assert {one.type for one in [*found, *inline]}.isdisjoint(
        {"html_block", "html_inline", "link_open", "em_open", "image"}
    )
    assert [one.content for one in inline if one.type == "code_inline"] == ["threshold"]
    (evil,) = (one.content for one in found if one.type == "fence" and "got 3" in one.content)
    assert evil == EVIL.replace("\x1b", "\N{REPLACEMENT CHARACTER}") + "\n"
    (title, *others) = headings(text)
    assert title[1].startswith("# a_b_ <script> @ada [x](http://y.example) ## What passed (9): 7")
    assert [tag for tag, _ in others] == ["h2", "h3", "h3", "h2"]
    rows = [one for one in found if one.type == "tr_open"]
    assert len(rows) == 1 + 4
    assert "http://" not in text  # GitHub would make a link of it


def test_text_has_short_lines_and_marks_what_was_said():
    text = written(of_result(TITLE, "huber", result()), Format.text)
    lines = text.splitlines()
    said = [one.removeprefix("    |") for one in lines if one.startswith("    |")]
    assert [one.strip() for one in said[: EVIL.count("\n") + 1]] == [
        one.strip() for one in EVIL.replace("\x1b", "\N{REPLACEMENT CHARACTER}").split("\n")
    ]
    own = [one for one in lines[1:] if not one.startswith("    |")]
    assert own.count("What to mend") == 1
    assert [one for one in own if one.startswith("What passed")] == ["What passed (2)"]
    assert max(map(len, own)) <= 78
    assert "████░░░░░░  numerics: 5 of 13" in lines
    assert "\x1b" not in text


def test_what_people_changed_and_wrote_is_said():
    changed = Points("serialization", 2.0, 3.0, by_checks=0.0)
    one = Message("huber", 9.5, 22, [changed], [], {}, late_penalty=1.5, comments=["Nice **try**."])
    for style in Format:
        text = written(one, style)
        assert "2 of 3 (changed by a person; the checks gave 0)" in text
        assert "It was late: 1.5 points are taken off." in text
        assert "> Nice **try**." in text
        assert "Every check passes." not in text


@pytest.mark.parametrize("style", Format)
def test_all_right_and_unreadable_work_have_a_sentence(style):
    right = [CheckResult(c.name, c.dimension, c.statement, c.max_score, "passed") for c in CHECKS]
    text = written(of_result("", "huber", result(right)), style)
    assert "22 of 22 points" in text and "Every check passes." in text
    assert "What to mend" not in text
    wrong = SubmissionResult("ada", "x", Status.UNREADABLE, [], message="no Python\n# line 3")
    text = written(of_result("", "huber", wrong), style)
    assert "It could not be read." in text
    assert "# line 3" in text
    assert [one for one in headings(text) if "line 3" in one[1]] == []


@pytest.mark.parametrize("style", Format)
def test_code_to_try_stands_below_what_was_said(style):
    said = written(of_result("", "scale", result()), style)
    assert said.index("TypeError: no") < said.index("try it: f(1)")


def test_a_bar_is_full_for_all_points_only():
    shown = [
        written(Message("", 0, 0, [Points("x", score, 100)], [], {}), Format.text)
        for score in (0, 1, 99, 100, 120)
    ]
    assert [text.count("█") for text in shown] == [0, 1, 9, 10, 10]


def test_the_summary_of_a_workflow_fits_what_github_takes(monkeypatch):
    run = Run("huber", 1, [], [result(), SubmissionResult("bob", "x", Status.GRADER_ERROR)])
    text = github.summary(run)
    assert headings(text)[0] == ("h1", "huber, ada: 7 of 22 points")
    assert headings(text)[-1][1].startswith("huber, bob: it could not be graded")
    monkeypatch.setattr(github, "MAX_SUMMARY", 3000)
    run.submissions = [result()] * 9
    text = github.summary(run)
    assert len(text.encode()) < 3100
    assert re.search(r"\n\d more are in the log of this step\.", text)


def test_no_name_of_a_student_leads_a_message_elsewhere_or_to_anothers(tmp_path):
    long = "a" * 252
    odd = ["ada", ".", "..", "../ada", "one/ada", "/one/ada", long, f"{long[:-1]}b", "\udcff"]
    files = [message_file(tmp_path, one, Format.text) for one in odd]
    assert len(set(files)) == len(odd)
    for file in files:
        write_atomically(file, "text")
        assert tmp_path in file.resolve().parents
    assert files[0] == tmp_path / "ada.txt"
    assert files[4] == tmp_path / "one" / "ada.txt"
    name = tmp_path / ("b" * 255)
    write_atomically(name, "as long as a name may be")
    assert name.exists()
