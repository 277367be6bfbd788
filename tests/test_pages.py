from dataclasses import replace

from autograder import pages
from autograder.publictests import OWN, Result
from autograder.results import CheckResult, SubmissionResult

CHECKS = [
    CheckResult("one", "numerics", "one is one", 2, "passed"),
    CheckResult("two", "numerics", "two is two", 1, "failed", "expected 2, got <b>3</b>", "Add."),
    CheckResult("three", "numerics", "three is three", 1, "failed", "got \x1b[31m", "Add."),
    CheckResult("four", "graph", "four is four", 0.5, "failed", "", "Do not add."),
]
RESULT = SubmissionResult("ada", "ada.py", "graded", CHECKS)


def test_does_html_show_each_check_and_escape_what_is_not_ours():
    page = pages.html(RESULT, "numerics")
    assert "one is one" in page
    assert "(2 of 2)" in page
    assert "expected 2, got &lt;b&gt;3&lt;/b&gt;" in page
    assert "\x1b" not in page
    assert page.count("Add.") == 1  # not again for the same mistake
    assert "four" not in page


def test_does_text_show_the_same():
    assert pages.text(RESULT, "numerics") == (
        "✓ one is one (2 of 2)\n"
        "✗ two is two (0 of 1)\n"
        "    expected 2, got <b>3</b>\n"
        "    hint: Add.\n"
        "✗ three is three (0 of 1)\n"
        "    got \N{REPLACEMENT CHARACTER}[31m\n"
        "    hint: Add."
    )


def test_does_the_comment_sum_up():
    assert pages.comment(RESULT) == "2 of 4.5 points.\n\n- Add.\n- Do not add."
    perfect = SubmissionResult("ada", "ada.py", "graded", CHECKS[:1])
    assert pages.comment(perfect) == "2 of 2 points. Every check passes."
    unreadable = SubmissionResult("ada", "ada.py", "unreadable", CHECKS[1:], "not <i>Python</i>")
    assert "<code>not &lt;i&gt;Python&lt;/i&gt;</code>" in pages.comment(unreadable)


PUBLIC = [
    Result("test_one", "numerics", "one is one"),
    Result("test_two", "numerics", "two is two", "failed", "got <b>3</b>\x1b[31m", hint="Add."),
    Result("test_mine", OWN, "test_mine", "raised", "ValueError: no", "called in test_mine: f()"),
]


def test_does_the_table_show_each_public_test_and_escape_what_is_not_ours():
    page = pages.public_html(PUBLIC)
    assert page.count("<tr>") == 3
    assert "got &lt;b&gt;3&lt;/b&gt;\N{REPLACEMENT CHARACTER}[31m" in page
    assert "<details>" in page  # closed: it is the first try
    assert "The public tests pass" not in page
    assert "<details open>" in pages.public_html([replace(PUBLIC[1], tries=2)])
    assert "The public tests pass." in pages.public_html(PUBLIC[:1])


def test_does_the_text_show_the_same():
    assert pages.public_text([PUBLIC[0], replace(PUBLIC[1], tries=2), PUBLIC[2]]) == (
        "numerics: 1 of 2\n"
        "  ✓ one is one\n"
        "  ✗ two is two\n"
        "      got <b>3</b>\N{REPLACEMENT CHARACTER}[31m\n"
        "      hint: Add.\n"
        "your own: 0 of 1\n"
        "  ✗ test_mine\n"
        "      ValueError: no\n"
        "      called in test_mine: f()"
    )
