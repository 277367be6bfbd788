from autograder import pages
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
