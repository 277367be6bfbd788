"""Every exercise, found by its folder: do its parts belong together, and tell right from wrong?"""

import ast
import datetime
import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from autograder.authors import figures, public_hints, turns
from autograder.authors.audit import KINDS, LEAST, audit, specimens
from autograder.authors.build import build, stub
from autograder.authors.hint_report import report, wrong_hints
from autograder.checks import HUBER
from autograder.grading import known
from autograder.grading.dialogue import describe
from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.grading.reference import load_checks
from autograder.practice import about, fingerprints
from autograder.practice.server import TestServer
from autograder.records import submissions
from autograder.records.course import Course
from autograder.records.results import DIMENSIONS
from autograder.show import html, text

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def patient_worker():
    """A worker with time for two processes that are busy beside it."""
    with Worker(Limits.of(15)) as worker:
        yield worker


@pytest.fixture(scope="module")
def warm():
    return TestServer()


@pytest.fixture(scope="module")
def turn_of(shipped_exercises):
    """What is audited today: everything, but in CI only what `turns` chooses."""
    names = [one.name for one in shipped_exercises]
    if os.environ.get("CI") != "true":
        return dict.fromkeys(names, turns.Turn(KINDS, ""))
    base = turns.base_commit(ROOT)
    today = datetime.datetime.now(datetime.UTC).date()
    return turns.turns(names, turns.changed(ROOT, base), base, today)


@pytest.mark.slow
def test_the_checks_tell_right_from_wrong(exercise, patient_worker, turn_of):
    """With some of the mutants, and all that are recorded as right; `autograder audit` asks all."""
    turn = turn_of[exercise.name]
    if not turn.kinds:
        pytest.skip(turn.why)
    rows = specimens(exercise, turn.kinds)
    mutants = [row for row in rows if row.kind == "mutant"]
    left_out = {row.name for row in mutants if not row.equivalent} - {
        row.name for row in mutants[:: max(1, len(mutants) // 4)]
    }
    found = audit(exercise, [patient_worker], [row for row in rows if row.name not in left_out])
    assert (found.problems, found.stale) == ([], []), turn.why


def test_what_the_known_mistakes_show_was_asked_of_these(exercise):
    """If not: run `autograder build` and commit what it wrote."""
    content = known.shipped(exercise)
    assert content.problem == ""
    assert list(content.answers) == list(known.keys(exercise).values())
    assert exercise.known_mistakes.stat().st_size < 300_000


@pytest.mark.slow
def test_a_mistake_that_nobody_knows_gets_a_right_hint_or_none(exercise, patient_worker):
    """If not: `autograder audit --hints` says what to do."""
    found = report(patient_worker, exercise)
    assert found.problems == [], wrong_hints(found)


def test_the_readme_says_what_the_audit_would(exercise, patient_worker):
    """With no problems, its table follows from what there is to ask. If not: run it anew."""
    rows = specimens(exercise)
    wheats, chaffs, mutants = (
        [row for row in rows if row.kind == kind] for kind in ("wheat", "chaff", "mutant")
    )
    checks = describe(patient_worker, exercise.checks)["checks"]
    right = sum(bool(row.equivalent) for row in mutants)
    wrong = len(mutants) - right
    cells = [
        exercise.name,
        len(checks),
        f"0 of {len(wheats)}",
        f"0 of {len(chaffs)}",
        f"{wrong} of {wrong}",
        right,
    ]
    place, points = exercise.place, sum(check["points"] for check in checks)
    course = [f"`{exercise.name}`", place.teaches, place.minutes, f"{points:g}"]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "README.md").read_text().splitlines()
    ]
    assert [str(cell) for cell in cells] in rows
    assert [f"{place.unit} {place.title}", *map(str, course)] in rows


def test_the_first_lines_name_earlier_exercises_only(exercise, shipped_exercises):
    """So nobody who follows the course needs what comes later."""
    here = exercise.place.order
    later = {one.name for one in shipped_exercises if one.place.order >= here}
    assert later & {*re.findall(r"`(\w+)`", exercise.needs)} == set()


@pytest.mark.slow
def test_stub_and_release_are_what_build_makes_now(exercise, patient_worker, tmp_path):
    """If not: run `autograder build` and commit what it wrote."""
    hints = fingerprints.path_of(exercise.name, Path("exercises"))
    (tmp_path / "exercises").mkdir()
    # What these were made of has a key in them; whether they still are true is tested below.
    figure = figures.path_of(exercise.name, Path("exercises"))
    for path in ("nbgrader_config.py", hints, figure):
        if (ROOT / path).exists():
            (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    setup, checks, _ = load_checks(patient_worker, exercise)
    assert len({check.dimension for check in checks}) >= 3
    stub_path, hints_path, _, release, *_ = build(
        exercise, checks, Course(tmp_path), setup.switched_off
    )
    name = exercise.name
    assert stub_path.read_text() == (ROOT / "exercises" / f"{name}.py").read_text()
    assert release.read_text() == (ROOT / "release" / name / f"{name}.ipynb").read_text()
    for folder in (ROOT / "exercises", ROOT / "release" / name, release.parent):
        assert hints_path.read_text() == fingerprints.path_of(name, folder).read_text()


@pytest.mark.slow
def test_hints_of_the_public_tests_are_right_or_missing(exercise, turn_of):
    """Of chaffs that are known, by what is handed out, and of each as if it were not known.

    Lower figures need a reason.
    """
    turn = turn_of[exercise.name]
    if turn.kinds != KINDS:
        pytest.skip(turn.why)
    path = fingerprints.path_of(exercise.name, ROOT / "exercises")
    found = public_hints.report(exercise, fingerprints.KnownFailures.read(path))
    assert len(found.known) >= 10
    assert [one for one in found.known if one.wrong] == []
    assert sum(one.right for one in found.known) >= 0.93 * len(found.known)
    assert sum(one.wrong for one in found.unknown) <= 2, public_hints.others(found)


def test_the_statements_examples_run_and_print_what_they_say(exercise, warm, tmp_path):
    """A comment after a `print` is what it prints, up to a colon."""
    statement = "\n".join(
        cell.source for cell in exercise.notebook.cells if cell.cell_type == "markdown"
    )
    examples = re.findall(r"```python\n(.*?)```", statement, re.DOTALL)
    path = tmp_path / f"{exercise.name}.py"
    path.write_text("\n\n".join([exercise.reference, *examples, exercise.public_tests]))
    report = warm.check(path)
    assert (report.problem, report.solved) == ("", True)
    said = re.findall(r"(?m)^print\(.*\)  # ([^:\n]+)", "\n".join(examples))
    shown = report.printed.splitlines()
    assert len(shown) == len(re.findall(r"(?m)^print\(", "\n".join(examples)))
    for expected, line in zip(said, shown, strict=True):
        assert expected in line


@pytest.mark.slow
def test_public_tests_fail_on_the_stub_and_pass_on_right_answers(exercise, turn_of, tmp_path):
    """If it is not the turn of an exercise, on the reference alone."""
    tests = exercise.public_tests
    assert tests.count("def test_") >= 3
    (tmp_path / "a_stub.py").write_text(stub(exercise))  # first: a class registered last counts
    (tmp_path / "reference.py").write_text(f"{exercise.reference}\n\n{tests}")
    for wheat in exercise.wheats if turn_of[exercise.name].kinds == KINDS else []:
        (tmp_path / f"{wheat.name}.py").write_text(f"{wheat.source}\n\n{tests}")

    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        *sorted(tmp_path.iterdir()),
    ]
    done = subprocess.run(command, cwd=tmp_path, text=True, capture_output=True, timeout=600)
    failures = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    of_the_stub = [line for line in failures if line.startswith("FAILED a_stub.py")]
    assert len(of_the_stub) == tests.count("def test_"), done.stdout
    assert failures == of_the_stub, done.stdout


def test_nothing_that_students_get_is_secret(exercise):
    """Solutions, checks and specimens stay in `solutions/`."""
    name = exercise.name
    given = (ROOT / "exercises" / f"{name}.py").read_text()
    released = (ROOT / "release" / name / f"{name}.ipynb").read_text()
    secrets = lines_of(exercise.checks) | lines_of("\n".join(_solution_regions(exercise)))
    for specimen in [*exercise.wheats, *exercise.chaffs]:
        secrets |= lines_of(specimen.source.removeprefix(exercise.reference))
    public = lines_of(stub(exercise))
    for secret in secrets - public:
        assert secret not in given
        assert secret.replace("\\", "\\\\").replace('"', '\\"') not in released
    folders = [ROOT / "exercises", ROOT / "release"]
    assert not [path for one in folders for path in one.rglob("*") if path.suffix == ".gz"]
    # Hints are docstrings of chaffs; beside them there are only hashes.
    hints = json.loads(fingerprints.path_of(name, ROOT / "exercises").read_text())
    assert set(hints) == {"exercise", "key", "switched_off", "graded", "untouched", "hints"}
    assert all(path in exercise.checks or path in HUBER for path in hints["switched_off"])
    statement = " ".join(
        line.strip("# ") for line in exercise.reference_file.splitlines() if line.startswith("#")
    )
    for points, asks in hints["graded"].values():
        assert points > 0
        assert asks
        assert asks in statement
    assert set(hints["hints"]) <= {chaff.note for chaff in exercise.chaffs}
    files = ROOT / "exercises" / f"{name}.py", ROOT / "release" / name / f"{name}.ipynb"
    assert sorted(map(about.content_of, files)) == hints["untouched"]
    hashes = [hints["key"], *(one for some in hints["hints"].values() for one in some)]
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in hashes)


def lines_of(source):
    """The lines of a source that are long enough to be somebody's own."""
    return {line.strip() for line in source.splitlines() if len(line.strip()) > 30}


def _solution_regions(exercise):
    for part in exercise.reference.split("### BEGIN SOLUTION")[1:]:
        yield part.split("### END SOLUTION")[0]


def test_an_exercise_of_ones_own_is_held_to_nothing_here(tmp_path, shipped_exercises, shipped_in):
    """What README does not list is in no test; what it lists must be there."""
    assert len(shipped_exercises) > 6
    assert all(one.reference_file for one in shipped_exercises)
    row = "| 2 Losses | `{}` | a loss as a class | 45 | 22 |\n"
    (tmp_path / "README.md").write_text("# Mine\n\n" + row.format("first"))
    for name in ("first", "own"):
        (tmp_path / "solutions" / name).mkdir(parents=True)
        (tmp_path / "solutions" / name / "checks.py").write_text("")
    assert [one.name for one in shipped_in(tmp_path)] == ["first"]


def test_every_specimen_is_a_submission_of_its_own(exercise):
    wheats, chaffs = exercise.wheats, exercise.chaffs
    assert len(wheats) >= LEAST["wheat"]
    assert len(chaffs) >= LEAST["chaff"]
    names = [specimen.name for specimen in [*wheats, *chaffs]]
    assert len(set(names)) == len(names)
    assert len({specimen.source for specimen in [*wheats, *chaffs]}) == len(names)
    defined = _defined(exercise.reference)
    for specimen in [*wheats, *chaffs]:
        assert specimen.note, f"{specimen.name} has no docstring"
        own = _defined(specimen.source.removeprefix(exercise.reference))
        assert own & defined or specimen in chaffs, f"{specimen.name} defines none of {defined}"
    for chaff in chaffs:
        assert set(chaff.loses) <= set(DIMENSIONS), chaff.name


def _defined(source):
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            targets = [name for target in node.targets for name in ast.walk(target)]
            names |= {name.id for name in targets if isinstance(name, ast.Name)}
    return names


def test_the_machine_knows_no_exercise_by_name(exercise):
    files = [
        *ROOT.glob("autograder/**/*.py"),
        *ROOT.glob("tests/*.py"),
        ROOT / "Makefile",
        ROOT / "nbgrader_config.py",
        ROOT / "pyproject.toml",
    ]
    assert len(files) > 50
    # These show the course that is shipped, in its order.
    ours = {f"test_{name}.py" for name in ("calls", "feedback", "grades", "report", "student")}
    files = [file for file in files if file.name not in ours]
    for file in files:
        # A built-in may have the same name, in a module.
        assert not re.search(rf"(?<![\w.]){exercise.name}", file.read_text()), file


@pytest.mark.slow
def test_the_sample_class_keeps_its_scores_and_our_secrets(exercise, patient_worker):
    """Scores of `examples/class`, which `make demo` grades; and what its pages must not show."""
    folders = [ROOT / "examples" / "class" / "submitted"]
    if (scripts := ROOT / "examples" / "class" / "scripts" / exercise.name).exists():
        folders.append(scripts)
    expected = json.loads((ROOT / "examples" / "class" / "scores.json").read_text())
    if exercise.name not in expected:
        assert not list(folders[0].glob(f"*/{exercise.name}"))
        pytest.skip(f"nobody in the sample class has {exercise.name}")
    grader = Grader(patient_worker, exercise)
    secrets = lines_of("\n".join(_solution_regions(exercise))) | lines_of(exercise.checks)
    for specimen in [*exercise.wheats, *exercise.chaffs]:
        secrets |= lines_of(_code(specimen.source.removeprefix(exercise.reference)))
    scores = {}
    for submission in submissions.find(folders, exercise.name):
        result = grader.grade(submission)
        scores[submission.id] = {name: result.points(name)[0] for name in DIMENSIONS}
        shown = [html.checks(result, name) + text.checks(result, name) for name in DIMENSIONS]
        shown = unescape("\n".join([*shown, html.comment(result), str(result.cells)]))
        theirs = "\n".join(submission.cells)
        for secret in secrets:
            assert secret in theirs or secret not in shown, (submission.id, secret)
    assert scores == expected[exercise.name]


def _code(source):
    """A specimen without its docstring, which is a hint and meant to be shown."""
    tree = ast.parse(source)
    return ast.unparse(tree.body[1:])
