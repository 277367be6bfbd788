"""The report on a class that is made up, as files and as nbgrader's gradebook hold one."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.records.classes import Class, Kind, Remark, Work
from autograder.records.results import CheckResult, Run, SubmissionResult, as_json
from autograder.report import files, findings, page, plots, progress, similar, statistics

ROOT = Path(__file__).parent.parent
LOSS = """
class Loss(keras.losses.Loss):
    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        size = tf.abs(error)
        linear = self.threshold * (size - self.threshold / 2)
        return tf.where(size <= self.threshold, tf.square(error) / 2, linear)
"""
OTHER = """
def square(x):
    for step in range(3):
        x = x + step
    return [x * x for x in x]

class Loss(keras.losses.Loss):
    threshold = 3
    def call(self, y_true, y_pred):
        small = tf.minimum(abs(y_true - y_pred), self.threshold)
        return square(small) + small * (abs(y_true - y_pred) - small)
"""


def check(name, passed, hint="", chaff="", unsolved=False):
    status = "passed" if passed else "failed"
    dimension = "numerics" if name < "c" else "graph"
    return CheckResult(name, dimension, f"{name} is", 1, status, "", hint, chaff, unsolved)


def work(student, passed, code="", exercise="huber_loss", **known):
    """Return the work of somebody who passes the checks that have these letters."""
    checks = [check(name, name in passed, **known.get(name, {})) for name in "abcd"]
    result = SubmissionResult(student, f"{student}.py", "graded", checks)
    return Work(student, exercise, exercise, result, code)


def class_of(*works, remarks=()):
    return Class(frozenset(one.student for one in works), list(works), list(remarks))


def report_on(group, names=True):
    return page.page(findings.find(group, None, "today", names))


def test_a_check_that_tells_nothing_or_the_wrong_way_is_named():
    able = [work(f"able{n}", "abc" if n % 4 else "ab") for n in range(20)]
    weak = [work(f"weak{n}", "d" if n % 4 else "ad") for n in range(20)]
    a, b, c, d = statistics.items("huber_loss", able + weak)
    assert (a.failed, a.asked, a.difficulty) == (15, 40, 0.625)
    assert not b.warning
    assert b.discrimination > 0.3
    assert not c.warning
    assert d.discrimination < -0.9
    assert "tells the wrong way" in d.warning
    everybody = statistics.items("huber_loss", [work(f"s{n}", "a") for n in range(12)])
    assert "everybody passes it" in everybody[0].warning
    assert "nobody passes it" in everybody[1].warning
    assert everybody[0].discrimination is None
    assert not any(item.warning for item in statistics.items("huber_loss", able[:5]))


def test_the_stub_alone_is_no_answer_to_a_check():
    stub = work("stub", "")
    for one in stub.result.checks:
        one.unsolved = True
    items = statistics.items("huber_loss", [stub, work("ada", "abcd")])
    assert [(item.failed, item.asked) for item in items] == [(0, 1)] * 4
    found = statistics.scores([stub, work("ada", "abcd")])
    assert (found.mean, found.full, found.begun, len(found.shares)) == (0.5, 1, 1, 2)
    assert found.dimensions == {"numerics": 0.5, "graph": 0.5}
    assert statistics.items("huber_loss", [stub]) == []


def test_mistakes_are_counted_by_student_and_not_by_check():
    known = {"hint": "Halve it.", "chaff": "never_halved"}
    works = [
        work("ada", "ab", c=known, d=known),
        work("bea", "abc", d=known),
        work("carl", "abc", d={"hint": "Add a shape."}),
        work("dora", "abc"),
    ]
    found = statistics.mistakes(works)
    assert [(one.name, one.students) for one in found] == [
        ("never_halved", ("ada", "bea")),
        ("", ("carl",)),
    ]
    assert found[0].dimensions == ("graph",)
    assert statistics.unexplained(works) == {"huber_loss": ["dora"]}


def renamed(code):
    return re.sub(r"\b(error|size|linear|threshold)\b", r"my_\1", code.replace("    ", "  "))


def test_a_copy_with_other_names_is_found_and_what_all_have_is_not():
    copies = [work("ada", "a", LOSS), work("bea", "a", "# mine\n" + renamed(LOSS))]
    own = [work(f"own{n}", "a", OTHER.replace("3", str(n))) for n in range(20)]
    (found,) = similar.find("huber_loss", copies + own[:1])
    assert (found.students, found.same_names) == (("ada", "bea"), False)
    assert found.alike > 0.85
    assert similar.find("huber_loss", copies + own[:1], stub=LOSS) == []  # it was given
    assert similar.find("huber_loss", [work(f"s{n}", "a", LOSS) for n in range(9)]) == []
    twins = [work("carl", "a", LOSS), work("dora", "a", LOSS)]
    (twice,) = similar.find("huber_loss", twins + own[:1])
    assert twice.same_names
    for broken in ("class {", "", "%%bash\nls", "x" * 10, "-" * 200_000 + "1", "\0"):
        similar.find("huber_loss", [*copies, work("odd", "a", broken)])


def test_what_has_changed_is_told_once_there_is_something_to_compare(tmp_path):
    file = tmp_path / "report.json"
    first = class_of(work("ada", "ab"), work("bea", "ab"))
    assert progress.compare(file, first, "Monday") is None
    assert progress.compare(file, first, "Tuesday") is None
    second = class_of(work("ada", "abc"), work("bea", "a"), work("carl", ""))
    for now in ("Wednesday", "Thursday"):  # the same again: still what has changed since Monday
        found = progress.compare(file, second, now)
        assert (found.since, found.new) == ("Monday", {"huber_loss": 1})
        assert (found.better, found.worse) == ({"huber_loss": ["ada"]}, {"huber_loss": ["bea"]})
    for damaged in ("{", "[]", '{"now": {"at": 1, "points": {"x": 2}}, "before": null}'):
        file.write_text(damaged)
        assert progress.compare(file, second, "Friday") is None


def test_nothing_of_others_is_markup_on_the_page_and_nobody_is_named_in_vain():
    evil = "<script>alert(1)</script>"
    known = {"hint": evil, "chaff": "one"}
    works = [work(f"{name}{evil}", "abc", LOSS, evil, d=known) for name in ("ada", "bea")]
    works.append(work("carl", "ab", OTHER, evil))
    group = class_of(*works, remarks=[Remark(kind, evil, "zoe", evil) for kind in Kind])
    shown = report_on(group)
    assert evil not in shown
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"|<!DOCTYPE[^>]*>', "", shown)
    assert "zoe" in shown
    assert "cheat" not in shown
    anonymous = report_on(group, names=False)
    for name in ("ada&", "bea&", "carl", "zoe"):
        assert name not in anonymous


def test_without_matplotlib_there_is_a_page_and_a_word_about_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    shown = report_on(class_of(work("ada", "abc")))
    assert "<svg" not in shown
    assert "pip install" in shown
    assert "1 of 1" in shown


def test_two_plots_of_a_page_have_no_id_in_common_but_what_is_the_same():
    scores = {"huber_loss": statistics.scores([work("ada", "abc"), work("bea", "ab")])}
    shown = plots.distributions(scores), plots.histogram(scores["huber_loss"])
    first, second = (dict(re.findall(r'<(\w+) id="([^"]*)"', one)) for one in shown)
    assert "g" not in first | second
    assert all('role="img" aria-label="' in one for one in shown)
    assert all(plots.INK not in one for one in shown)


def test_the_files_of_grade_are_enough(tmp_path, environment):
    known = {"hint": "Halve it.", "chaff": "never_halved"}
    for name in ("huber_loss", "dense_layer"):
        students = ("ada", "bea", "carl") if name == "huber_loss" else ("ada",)
        works = [work(one, "abc", d=known, exercise=name) for one in students]
        run = Run(name, 1, [], [one.result for one in works])
        (tmp_path / f"{name}.json").write_text(as_json([run]))
    for one, code in (("ada", LOSS), ("bea", renamed(LOSS)), ("carl", OTHER)):
        (tmp_path / f"{one}.py").write_text(code)
    command = ["autograder", "report", "--json", "huber_loss.json", "--json", "dense_layer.json"]
    done = report(tmp_path, environment, *command)
    assert re.search(r"2 huber_loss +3 +75 +100 +50 +0", done)
    assert done.index("2 huber_loss") < done.index("5 dense_layer")
    assert "3 in huber_loss: Halve it. (ada, bea, carl)" in done
    assert "missing 2: bea, carl" in done
    assert "% huber_loss: ada, bea" in done
    assert (tmp_path / "report.html").exists()
    assert "ada" not in report(tmp_path, environment, *command, "--anonymous", "--html", "x.html")
    assert "bea" not in (tmp_path / "x.html").read_text()


def report(folder, environment, *command, code=0):
    done = subprocess.run(command, cwd=folder, env=environment, text=True, capture_output=True)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "runs": [1]}'])
def test_a_file_that_is_something_else_ends_with_a_sentence(content, tmp_path, environment):
    (tmp_path / "x.json").write_text(content)
    said = report(tmp_path, environment, "autograder", "report", "--json", "x.json", code=1)
    assert "Write one with: autograder grade" in said
    with pytest.raises(files.NotResults):
        files.read([tmp_path / "x.json"])


@pytest.mark.slow
def test_a_class_in_a_gradebook_has_a_page_for_everybody(tmp_path, environment, request):
    """It fits a phone and a screen, needs no network, and has no error of its own."""
    made = [sys.executable, ROOT / "benchmarks" / "report.py", "--students=40"]
    printed = report(tmp_path, environment, *made, "--keep", tmp_path / "class")
    assert re.search("2 huber_loss .*4 streaming_metric .*9 graph_loop", printed, re.DOTALL)
    assert "it tells the wrong way" in printed
    assert re.search(r"late \d+: student0", printed)
    assert re.search(r"missing \d+: student0", printed)
    assert "nearly identical: look at it" in printed
    kept = json.loads((tmp_path / "class" / "build" / "report.json").read_text())
    assert len(kept["now"]["points"]) == 6
    looks_at = request.getfixturevalue("looks_at")
    for shown in looks_at(tmp_path / "class" / "build" / "report.html"):
        assert shown.get_by_role("main").count() == 1
        assert shown.get_by_role("img", name="points by exercise").is_visible()
