"""What `autograder audit --hints` says of chaffs that are taken for unknown."""

import tomllib
from pathlib import Path

from autograder.authors.hint_report import FILE, HintReport, LeftOut, report, table, wrong_hints
from autograder.records.exercises import Exercise

ROOT = Path(__file__).parent.parent


def left_out(name, hints, same=(), judged=()):
    return LeftOut(name, hints, frozenset(same), frozenset(judged))


def test_a_hint_is_right_if_it_is_the_same_or_judged_and_wrong_otherwise():
    hints = {"other": "a", "raised: loop": "b"}
    assert left_out("one", {}).verdict == "silent"
    assert left_out("one", hints, ["other"], ["raised: loop"]).verdict == "same"
    assert left_out("one", {"raised: loop": "b"}, [], ["raised: loop"]).verdict == "judged"
    one = left_out("one", hints, ["other"])
    assert (one.verdict, one.wrong) == ("wrong", {"raised: loop": "b"})


def test_the_figures_may_not_become_worse(toy_exercise):
    chaffs = [left_out("one", {"other": "a"}, ["other"]), left_out("two", {"other": "b"})]
    assert HintReport(toy_exercise, chaffs, most_wrong=1, least_right=1).problems == []
    (problem,) = HintReport(toy_exercise, chaffs, most_wrong=0, least_right=1).problems
    assert "1 chaffs get a hint that nobody has judged" in problem
    (problem,) = HintReport(toy_exercise, chaffs, most_wrong=1, least_right=2).problems
    assert "1 chaffs get a right hint, and 2 did" in problem
    shown = table([HintReport(toy_exercise, chaffs)] * 2)
    assert [list(column.cells)[-1] for column in shown.columns][-1] == "50.0 % of 4"


def test_a_chaff_that_is_taken_for_unknown_gets_the_hint_of_another(worker, course):
    exercise = Exercise(course / "solutions" / "scale")
    found = {one.name: one for one in report(worker, exercise).chaffs}
    assert [one.verdict for one in found.values()].count("silent") == 2
    kind = "raised: method of NumPy"
    assert list(found["numpy"].hints) == [kind]
    assert found["numpy"].verdict == "wrong"
    block = wrong_hints(report(worker, exercise)).partition("\n\n")[2]
    assert tomllib.loads(block)["also_right"]["numpy"] == [kind]
    assert "#   raised: method of NumPy: " in block

    (exercise.folder / FILE).write_text(
        f'right = 9\n[also_right]\nnumpy = ["{kind}"]\npython_op = ["raised: callback", "gone"]\n'
    )
    judged = report(worker, exercise)
    assert (judged.count("judged"), judged.count("wrong")) == (2, 0)
    problems = "\n".join(judged.problems)
    assert "'gone' is neither a chaff nor a kind" in problems
    assert "2 chaffs get a right hint, and 9 did" in problems
    assert wrong_hints(judged) == ""


def test_of_the_hints_that_chaffs_get_from_others_98_percent_are_right():
    """Recorded for each exercise; whether it still is so is tested with the exercises."""
    files = [path.read_text() for path in sorted((ROOT / "solutions").glob(f"*/{FILE}"))]
    assert len(files) >= 6
    figures = [tomllib.loads(text) for text in files]
    right, wrong = (sum(one.get(key, 0) for one in figures) for key in ("right", "wrong"))
    assert right >= 100
    assert right >= 0.98 * (right + wrong)
