import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autograder.gradebook import clean_html, mathml
from autograder.practice.publictests import OWN, Result
from autograder.records.results import CheckResult, Run, SubmissionResult
from autograder.show import html, terminal, text

ROOT = Path(__file__).parent.parent
CHECKS = [
    CheckResult("one", "numerics", "one is one", 2, "passed"),
    CheckResult(
        *("two", "numerics", "two is two", 1, "failed", "expected 2, got <b>3</b>", "Add."),
        call="x = <b>\nf(x)\x1b",
    ),
    CheckResult("three", "numerics", "three is three", 1, "failed", "got \x1b[31m", "Add."),
    CheckResult("four", "graph", "four is four", 0.5, "failed", "", "Do not add."),
]
RESULT = SubmissionResult("ada", "ada.py", "graded", CHECKS)


def test_html_shows_each_check_and_escapes_what_is_not_ours():
    page = html.checks(RESULT, "numerics")
    assert "one is one" in page
    assert "(2 of 2)" in page
    assert "expected 2, got &lt;b&gt;3&lt;/b&gt;" in page
    assert "Try it:</p>\n<pre>x = &lt;b&gt;\nf(x)\N{REPLACEMENT CHARACTER}</pre>" in page
    assert page.count("Try it") == 1
    assert clean_html.clean(page).count("<pre>") == 1
    assert "\x1b" not in page
    assert page.count("Add.") == 1  # not again for the same mistake
    assert "four" not in page


def test_text_shows_the_same_as_html():
    assert text.checks(RESULT, "numerics") == (
        "✓ one is one (2 of 2)\n"
        "✗ two is two (0 of 1)\n"
        "    expected 2, got <b>3</b>\n"
        "    try it:\n"
        "        x = <b>\n"
        "        f(x)\N{REPLACEMENT CHARACTER}\n"
        "    hint: Add.\n"
        "✗ three is three (0 of 1)\n"
        "    got \N{REPLACEMENT CHARACTER}[31m"
    )


def test_a_terminal_shows_what_to_try_below_the_message():
    shown = terminal.feedback(replace(RESULT, checks=[replace(CHECKS[1], call="f([1.0])")]))
    assert shown.splitlines()[3:] == [
        "        expected 2, got <b>3</b>",
        "        try it: f([1.0])",
        "        [yellow]hint:[/] Add.",
    ]


def test_a_message_that_is_not_said_again_has_no_code():
    twice = [replace(CHECKS[1], call=f"f({number})") for number in (1, 2)]
    shown = text.checks(replace(RESULT, checks=twice), "numerics")
    assert "f(1)" in shown
    assert "f(2)" not in shown


def test_the_comment_sums_up():
    assert html.comment(RESULT) == "2 of 4.5 points.\n\n- Add.\n- Do not add."
    perfect = SubmissionResult("ada", "ada.py", "graded", CHECKS[:1])
    assert html.comment(perfect) == "2 of 2 points. Every check passes."


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("not Python: line 1 (x.py)", "not Python: line 1 (x.py)"),
        ("not <i>Python</i> &lt;", "not &lt;i&gt;Python&lt;/i&gt; &amp;lt;"),
        (
            "no\n\n# 8 of 8\n\n[x](https://a.b)",
            "no\ufffd\ufffd# 8 of 8\ufffd\ufffd[x](https://a.b)",
        ),
        ("`</code> *a* _b_ https://a.b", "`&lt;/code&gt; *a* _b_ https://a.b"),
        ("$$1$$ [x](#y) \\[ 2 \\] \\\\[ 3 \\\\]", "$$1$$ [x](#y) \\[ 2 \\] \\\\[ 3 \\\\]"),
        ("x" * 20_000, "x" * 199 + "…"),
    ],
)
def test_a_reason_is_one_line_of_code_in_the_comment(reason, shown):
    unreadable = SubmissionResult("ada", "ada.py", "unreadable", CHECKS[1:], reason)
    page = clean_html.markdown(html.comment(unreadable))
    assert page == f"<p>0 of 2.5 points. <code>{shown}</code></p>\n"


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](files/javascript:alert(1))",
        "[x][1]\n\n[1]: <javascript:alert(1)>",
        "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "![x](http://tracker.example/x.png)",
        "![x](attachment:missing.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![x](data:image/png;base64,iVBORw0KGgo=#x)",
        "<img src='data:text/html;base64,PHNjcmlwdD4=' onerror=alert(1)>",
        "<img alt='<img ' src=x>y \" onmouseover=alert(1) z",
        "<a href='da&#9;ta:text/html,x'>x</a>",
        "<a href='data&colon;text/html,x'>x</a>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<form action=x>",
        '<p style="position: fixed; margin: -9em; background: url(//x)" onclick="alert(1)">x</p>',
        "$$<img src=x onerror=alert(1)>$$",
        "```mermaid\n<img src=x onerror=alert(1)>\n```",
        "# <img src=x onerror=alert(1)>",
        "<b>" * 5000,
        "> " * 5000,
        "[" * 5000,
    ],
)
def test_nothing_that_a_student_writes_acts_on_a_page(source):
    for shown in (clean_html.markdown(source), clean_html.clean(source)):
        tags = re.findall("<[^>]*>", shown)
        acting = "[\"']javascript|<script|data:|img|svg|form|on[a-z]+=|position|margin|background"
        assert not [tag for tag in tags if re.search(acting, tag)], shown


def test_an_ordinary_cell_is_shown_as_it_is_meant():
    page = clean_html.markdown(
        "# A\n\n> `a < b`, $a < b$\n\n[x](https://keras.io)\n\n| y |\n|--:|\n| 1 |\n\n"
        "```python\nx = 1\n```"
    )
    for shown in (
        "<h1>A</h1>",
        "<blockquote>",
        "<code>a &lt; b</code>, <math",
        "<mi>a</mi><mo>&#x0003C;</mo><mi>b</mi>",
        '<a href="https://keras.io">x</a>',
        '<td style="text-align:right;">1</td>',
        '<div class="highlight"><pre>',
        '<span class="n">x</span>',
    ):
        assert shown in page
    checks = html.checks(RESULT, "numerics")
    assert clean_html.clean(checks).count("<strong style=") == checks.count("<strong style=") == 3
    assert "&lt;p" not in clean_html.clean(checks)


def test_a_picture_in_the_text_itself_is_shown():
    """That of a statement; and what is folded in it stays so."""
    picture = "data:image/png;base64,iVBORw0KGgo="
    shown = f'<img alt="a &lt;b&gt; &quot;c&quot;" src="{picture}" style="max-width: 100%">'
    page = clean_html.markdown(f'![a <b> "c"]({picture})')
    assert page == f"<p>{shown}</p>\n"
    assert clean_html.clean(clean_html.clean(page)) == page
    assert clean_html.markdown(f"![x]({picture.replace('iV', 'iV' * 60_000)})") == (
        "<p>[picture: x]</p>\n"
    )
    folded = clean_html.markdown("<details><summary>more</summary>\n\n*x*\n\n</details>")
    assert "<details><summary>more</summary>" in folded


def test_every_formula_of_the_course_is_shown_without_a_script():
    for file in (ROOT / "solutions").glob("*/reference.py"):
        text = "\n".join(
            line.removeprefix("#").removeprefix(" ") for line in file.read_text().splitlines()
        ).partition("\n# %%\n")[0]
        page = clean_html.markdown(text)
        shown = re.findall("<math.*?</math>", page, re.DOTALL)
        assert shown or "$" not in text
        assert not [one for one in shown if "\\" in one], file
        assert not re.search(
            r"\$[^$]*\\\w+[^$]*\$", re.sub("<pre>.*?</pre>", "", page, flags=re.S)
        ), file


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\frac{a}{b}", "<mfrac>"),
        (r"\text{<script>alert(1)</script>}", "&lt;script&gt;"),
        (r"\href{javascript:alert(1)}{x}", "<code>"),
        (r"\frac", "<code>"),
        ("{" * 3000, "<code>"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "<mtable"),
        (r"\text{fan\_in}", "<mtext>fan_in</mtext>"),
    ],
)
def test_a_formula_becomes_mathml_or_stays_code(latex, shown):
    found = mathml.formula(latex)
    assert shown in found
    assert not re.search("<script|href=|javascript:[^<]*>", found)


def test_a_formula_in_markdown_is_in_its_place():
    page = clean_html.markdown("# $a$\n\n$$b$$\n\n\\begin{align}c\\end{align} formulax0x", deeper=2)
    assert re.match("<h3><math.*<mi>a</mi>", page)
    assert 'display="block"' in page
    assert "formulax0x" in page


def test_a_name_stays_in_its_line():
    name = "mallory  8/8\n  numerics  8/8\n\tzoe\x1b[31m"
    forged = replace(RESULT, id=name)
    assert len(terminal.feedback(forged).splitlines()) == len(
        terminal.feedback(RESULT).splitlines()
    )
    assert terminal.named("[b]" + "x" * 200) == r"\[b]" + "x" * 56 + "…"


def test_the_class_table_fits_into_80_columns():
    reason = "line 3: `import pandas`: ModuleNotFoundError: No module named 'pandas'"
    found = [replace(RESULT, id="ada_lovelace", look_at=reason), RESULT]
    runs = [Run("an_exercise", 0, [], found)]
    shown = Console(file=io.StringIO(), width=80)
    shown.print(terminal.class_table(runs[0]))
    lines = shown.file.getvalue().splitlines()
    assert sum("look at" in line for line in lines) == 1
    assert len(lines) == 7  # title, blank line, head, rule, two students, blank line
    assert terminal.to_look_at(runs) == f"look at ada_lovelace: {reason}\n"
    assert terminal.to_look_at([Run("an_exercise", 0, [], [RESULT])]) == ""


PUBLIC = [
    Result("test_one", "numerics", "one is one"),
    Result("test_two", "numerics", "two is two", "failed", "got <b>3</b>\x1b[31m", hint="Add."),
    Result("test_mine", OWN, "test_mine", "raised", "ValueError: no", "called in test_mine: f()"),
]


def test_the_table_shows_each_public_test_and_escapes_the_rest():
    page = html.public_tests(PUBLIC)
    assert page.count("<tr>") == 3
    assert "got &lt;b&gt;3&lt;/b&gt;\N{REPLACEMENT CHARACTER}[31m" in page
    assert "<details>" in page  # closed: it is the first try
    assert "The public tests pass" not in page
    assert "<details open>" in html.public_tests([replace(PUBLIC[1], tries=2)])
    assert "The public tests pass." in html.public_tests(PUBLIC[:1])


def test_the_table_shows_code_as_code():
    one = Result("test_one", "numerics", "`a < b` is <b>", "failed", hint="Use `c`.")
    page = html.public_tests([one])
    assert "<code>a &lt; b</code> is &lt;b&gt;" in page
    assert "Use <code>c</code>." in page


def test_a_hint_of_several_tests_is_shown_once_and_open_where_one_was_tried_twice():
    same = [replace(PUBLIC[1], name=f"test_{n}", tries=n) for n in range(3)]
    other = replace(PUBLIC[1], name="test_other", hint="Subtract.")
    page = html.public_tests([*same, other])
    assert (page.count("Add."), page.count("<details open>"), page.count("<details>")) == (1, 1, 1)


def test_the_table_tells_what_was_not_run_after_an_endless_loop():
    late = Result("test_one", "numerics", "one", "timed out", "late", place="line 7: while True:")
    page = html.public_tests([late, replace(PUBLIC[1], status="not asked", message="", hint="")])
    assert "<p>Not run: 1 more. First mend the loop at line 7: while True:</p>" in page
    assert (page.count("✗"), page.count("·"), page.count("✓")) == (1, 1, 0)
    assert "Not run" not in html.public_tests(PUBLIC)


def test_the_text_shows_the_same_as_the_table():
    assert text.public_tests([PUBLIC[0], replace(PUBLIC[1], tries=2), PUBLIC[2]]) == (
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
