"""Where an exercise stands in the course, as its statement declares it and its stub says it."""

import io
import subprocess
import sys

import pytest

from autograder.practice import outline
from autograder.records.exercises import Exercise, WrongStatement, find_all
from autograder.records.places import Entry, Place, WrongPlace, needed, read
from autograder.show import terminal
from autograder.show.console import Output

HEADER = '# %% [markdown] unit="2 Losses" step=1 minutes=40 teaches="a loss, as a class"'
PLACE = Place(2, "Losses", 1, 40, "a loss, as a class")


def test_a_header_declares_a_place():
    assert Place.declared(HEADER) == PLACE
    assert Place.declared("# %% [markdown]") == Place()


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace('unit="2 Losses" ', ""),
        HEADER.replace("2 Losses", "Losses"),
        HEADER.replace("2 Losses", "0 Losses"),
        HEADER.replace("step=1", "step=first"),
        HEADER.replace("minutes=40", "minutes=0"),
        HEADER.replace("Losses", 'Losses"'),
    ],
)
def test_a_wrong_declaration_is_refused_with_what_to_write(header):
    with pytest.raises(WrongPlace, match=r"write unit=\"2 Losses\"|No closing quotation"):
        Place.declared(header)


def test_a_stub_says_the_place_and_the_points():
    stub = f"# autograder exercise: x\n{PLACE.comment(12.5)}# Fill in …\n"
    assert read(stub) == (PLACE, 12.5)
    assert read("# autograder exercise: x\n") == (Place(), 0.0)
    assert Place().comment(3) == ""


def test_exercises_come_in_the_order_of_the_course(tmp_path):
    headers = {
        "a": "# %% [markdown]",
        "b": HEADER.replace("step=1", "step=2"),
        "c": HEADER.replace("2 Losses", "10 Shipping"),
        "d": HEADER,
    }
    for name, header in headers.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "reference.py").write_text(f"{header}\n# # A title\n")
        (tmp_path / name / "checks.py").write_text("")
    assert [one.name for one in find_all(tmp_path)] == ["d", "b", "c", "a"]
    (tmp_path / "a" / "reference.py").write_text("# %% [markdown] unit=Losses\n# # A title\n")
    with pytest.raises(WrongStatement, match="reference.py, first line: write unit="):
        _ = Exercise(tmp_path / "a").place


def test_the_course_is_shown_unit_by_unit_with_what_is_done_and_next():
    second = Place(2, "Losses", 2, 50, "another")
    entries = [
        Entry("first", PLACE, 12.0),
        Entry("then", second, 20.5, needs=("first",)),
        Entry("own", Place()),
    ]
    console = Output(width=80, record=True, file=None)
    console.print(terminal.course(entries, solved={"first"}, here="then"))
    console.print(terminal.progress(entries, {"first"}))
    lines = [line.split() for line in console.export_text().splitlines() if line.strip()]
    assert ["2", "Losses", "✓", "first", "a", "loss,", "as", "a", "class", "40", "12"] in lines
    assert [">", "then", "another", "50", "20.5", "↑"] in lines
    assert ["outside", "own"] in lines
    text = " ".join(sum(lines[-2:], []))
    assert text == (
        "done: 1 of 3 exercises, 12 of 32.5 points, about 50 minutes to go "
        "next: then (unit 2 Losses, 50 minutes, 20.5 points, after first)"
    )


def test_a_long_line_of_a_report_goes_on_below_its_first_word():
    console = Output(width=40, record=True, file=io.StringIO())
    line = "  [red]✗[/] the four samples of the example cost 1.15625 together"
    console.print(terminal.Hanging(f"numerics  0 of 1\n{line}\n\n      short"))
    assert console.export_text().splitlines() == [
        "numerics  0 of 1",
        "  ✗ the four samples of the example cost",
        "    1.15625 together",
        "",
        "      short",
    ]


def test_the_help_names_first_what_students_need():
    done = subprocess.run(
        [sys.executable, "-c", "from autograder.cli import main; main()", "--help"],
        text=True, capture_output=True,
    )  # fmt: skip
    places = [done.stdout.find(one) for one in ("For students", "check", "For instructors", "new ")]
    assert places[0] > -1 and places == sorted(places), done.stdout + done.stderr


def test_an_exercise_needs_what_its_statement_says():
    """Nothing that comes later, and no word of Keras'."""
    stub = (
        "# *Unit 4, Metrics · about 50 minutes · 20 points. You need: `first`; `fit` of a\n"
        "# model; `then`.*\n#\n# `later` and *You need: `this`.*\n"
    )
    assert needed(stub) == ["first", "fit", "then"]
    done = set()
    for one in outline.course():
        assert done.issuperset(one.needs)
        done.add(one.name)
    first, _, third, *_ = outline.course()
    assert third.needs == (first.name,)  # and not the one between them
