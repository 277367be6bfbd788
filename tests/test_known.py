"""What known mistakes show is read from a file, if that fits and is whole; else they are asked."""

import gzip
import json
import os
import shutil
import subprocess

import numpy as np
import pytest

from autograder.grading import cache, known
from autograder.grading.grader import Grader
from autograder.grading.hints import differences
from autograder.grading.seeds import Seeds
from autograder.grading.verdicts import CheckInfo
from autograder.records.exercises import Exercise
from autograder.records.observations import Either, Thing, encode
from autograder.records.results import Outcome, Status
from autograder.records.submissions import Submission

ANSWERS = {
    "first": {
        "one": Outcome(Status.SEEN, {"a": np.array([1, np.nan, -0.0], "float32"), "b": [True, 2]}),
        "two": Outcome(Status.RAISED, message="ValueError: é", place="line 7", environment=True),
    },
    "second": {
        "one": Outcome(Status.SEEN, Either([1.5, np.inf], Thing("a str"), "graph")),
        "two": Outcome(Status.RAISED, message="ValueError: é", place="line 7", environment=True),
    },
}


def encoded(found):
    return encode(
        {
            key: {check: vars(outcome) for check, outcome in answers.items()}
            for key, answers in found.items()
        }
    )


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "known_mistakes.gz"
    path.write_bytes(known.pack(ANSWERS))
    return path


def test_a_file_holds_what_was_packed(file):
    content = known.read(file)
    assert content.problem == ""
    assert encoded(content.answers) == encoded(ANSWERS)
    assert content.versions["tensorflow"]


def test_the_same_answers_give_the_same_bytes(file):
    again = {key: dict(answers) for key, answers in known.read(file).answers.items()}
    assert known.pack(again) == file.read_bytes()


def test_equal_answers_are_stored_once(file):
    many = {f"{key} {number}": ANSWERS[key] for key in ANSWERS for number in range(40)}
    assert len(known.pack(many)) < 3 * len(file.read_bytes())


def head_changed(content, **fields):
    line, _, rest = gzip.decompress(content).partition(b"\n")
    return gzip.compress(json.dumps(json.loads(line) | fields).encode() + b"\n" + rest)


DAMAGES = {
    "nothing": lambda content: b"",
    "text": lambda content: b"<<<<<<< HEAD\n",
    "cut": lambda content: content[:-20],
    "half": lambda content: content[: len(content) // 2],
    "flipped": lambda content: content[:60] + bytes([content[60] ^ 255]) + content[61:],
    "no JSON": lambda content: gzip.compress(b"{\n"),
    "a list": lambda content: gzip.compress(b"[]\n"),
    "deep": lambda content: gzip.compress(b"[" * 10**6),
    "messages cut": lambda content: gzip.compress(gzip.decompress(content)[:-3]),
    "more": lambda content: gzip.compress(gzip.decompress(content) + b"more"),
    "another format": lambda content: head_changed(content, format=2),
    "no mistakes": lambda content: head_changed(content, mistakes=3),
    "no such answer": lambda content: head_changed(content, mistakes={"first": [0, 99]}),
    "too few answers": lambda content: head_changed(content, mistakes={"first": [0]}),
    "no place": lambda content: head_changed(content, mistakes={"first": [0, "x"]}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_not_believed(file, damage):
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    content = known.read(file)
    assert content.problem.startswith("it cannot be read, ")
    assert content.answers == {}


def test_a_file_that_is_not_there_is_no_mystery(tmp_path):
    assert known.read(tmp_path / "known_mistakes.gz").problem == "it is not there"


def test_addresses_make_no_difference():
    check = CheckInfo("one", "graph", 1, "", False, [], 0, 0)
    text = "TypeError: {'name': 'float32', 'shared_object_id': %d} at 0x%x, wanted %d values"
    one, other, third = (
        Outcome(Status.RAISED, message=text % numbers, place="line 3")
        for numbers in [(140508784131984, 7, 3), (140600097694224, 8, 3), (140600097694224, 8, 4)]
    )
    assert differences([check], {"one": one}, {"one": other}) == []
    assert differences([check], {"one": one}, {"one": third}) == ["one"]


def edited(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_only_what_a_mistake_answers_with_is_in_its_key(course):
    folder = course / "solutions" / "scale"
    before = known.keys(Exercise(folder))
    assert len(set(before.values())) == len(before) > 3
    edited(folder / "chaffs.py", "Multiply; do not add.", "Multiply!\n\nDo not\nadd.")
    edited(folder / "chaffs.py", 'loses="numerics gradients', 'loses="numerics')
    edited(folder / "wheats.py", "self.by", "self.times")
    assert known.keys(Exercise(folder)) == before
    edited(folder / "chaffs.py", "return inputs + self.factor", "return inputs - self.factor")
    changed = known.keys(Exercise(folder))
    assert [name for name in before if before[name] != changed[name]] == ["adds"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("checks.py", "(2.0, -0.5)", "(2.0, -0.25)"),
        ("reference.py", "self.factor * inputs", "inputs * self.factor"),
    ],
)
def test_another_question_changes_every_key(course, file, old, new):
    folder = course / "solutions" / "scale"
    before = known.keys(Exercise(folder))
    edited(folder / file, old, new)
    assert not set(before.values()) & set(known.keys(Exercise(folder)).values())


@pytest.fixture
def built(course, toy_answers):
    """The toy exercise, with a file of what its mistakes show."""
    exercise = Exercise(course / "solutions" / "scale")
    exercise.known_mistakes.write_bytes(toy_answers)
    return exercise


@pytest.fixture(scope="module")
def toy_answers(toy_exercise, worker, tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy") / "solutions" / "scale"
    shutil.copytree(toy_exercise.folder, folder)
    exercise = Exercise(folder)
    answers = Grader(worker, exercise, Seeds.same(0)).hints.answers
    return known.pack({key: answers[name] for name, key in known.keys(exercise).items()})


def graded(exercise, worker, patient=True):
    """Return the hints that a chaff gets, and which mistakes were asked."""
    grader = Grader(worker, exercise, Seeds.same(3))
    grader.hints.patient = patient
    asked = []
    grader.hints.on_progress = lambda done, total: asked.append((done, total))
    chaff = exercise.chaffs[1]
    result = grader.grade(Submission("ada", "ada.py", False, (chaff.source,)))
    return {check.hint for check in result.checks if check.hint}, asked


HINT = {"Return the factor from `get_config`."}


@pytest.fixture
def notes(monkeypatch):
    monkeypatch.setattr(cache, "_notes", {})
    return cache.problems


@pytest.mark.slow
@pytest.mark.parametrize("patient", [True, False])
def test_a_grader_asks_nothing_that_the_file_knows(built, worker, patient, notes):
    assert graded(built, worker, patient) == (HINT, [])
    assert not (built.folder.parent.parent / "build").exists()
    assert notes() == ""


@pytest.mark.slow
def test_only_a_changed_mistake_is_asked_and_only_once(built, worker, notes):
    edited(built.folder / "chaffs.py", "inputs + self.factor", "inputs - self.factor")
    changed = Exercise(built.folder)
    assert graded(changed, worker, patient=False) == (set(), [])
    assert notes() == ""
    assert graded(changed, worker) == (HINT, [(1, 1)])
    assert notes().startswith("1 known mistake was asked for hints (")
    assert notes().endswith("does not know them). Run once: autograder build scale")
    assert graded(changed, worker) == (HINT, [])


@pytest.mark.slow
def test_a_damaged_file_is_named_and_its_mistakes_asked(built, worker, notes):
    built.known_mistakes.write_bytes(b"<<<<<<< HEAD\n")
    all = len(known.keys(built))
    assert graded(built, worker) == (HINT, [(done, all) for done in range(1, all + 1)])
    assert "known_mistakes.gz: it cannot be read, Not a gzipped file" in notes()


@pytest.mark.slow
def test_what_takes_too_long_beside_others_is_asked_again_alone(built, worker, monkeypatch):
    built.known_mistakes.unlink()
    hints = Grader(worker, built, Seeds.same(0)).hints
    first, asked = hints._ask, []

    def slow_at_first(chaff):
        asked.append(chaff.name)
        outcomes = first(chaff)
        if asked.count("adds") == 1 and chaff.name == "adds":
            outcomes["multiplies"] = Outcome(Status.TIMED_OUT)
        return outcomes

    monkeypatch.setattr(hints, "_ask", slow_at_first)
    assert hints.answers["adds"]["multiplies"].status == Status.SEEN
    assert sorted(asked) == sorted(["adds", *known.keys(built)])
    assert asked[-1] == "adds"


@pytest.fixture
def run(course, environment):
    def run(*command):
        done = subprocess.run(
            command, cwd=course, env=environment, text=True, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.mark.slow
def test_build_writes_the_file_only_where_something_is_new(built, run):
    file = built.known_mistakes
    file.unlink()
    assert "known_mistakes.gz" in run("autograder", "build")
    first = known.read(file).answers
    assert list(first) == list(known.keys(built).values())
    edited(built.folder / "chaffs.py", "Multiply; do not add.", "Multiply!")
    told = run("autograder", "build")
    assert ("known_mistakes.gz" in told, "scale.hints.json" in told) == (False, True)
    edited(built.folder / "chaffs.py", "inputs + self.factor", "inputs - self.factor")
    assert "known_mistakes.gz" in run("autograder", "build")
    now = known.read(file).answers
    assert (len(first.keys() - now.keys()), len(now)) == (1, len(first))


@pytest.mark.slow
def test_build_does_nothing_where_nothing_has_changed(built, run):
    course = built.folder.parent.parent
    run("autograder", "build")
    assert run("autograder", "build") == "scale: nothing to build\n"
    for file in ("release/scale/scale.ipynb", "exercises/.scale.hints.json", "build/gradebook.db"):
        before = (course / file).read_bytes()
        (course / file).unlink()
        assert "wrote release/scale/scale.ipynb" in run("autograder", "build")
        assert (course / file).exists()
        if not file.endswith(".db"):
            assert (course / file).read_bytes() == before
        assert run("autograder", "build") == "scale: nothing to build\n"


@pytest.mark.slow
def test_an_audit_names_what_the_file_says_otherwise(built, run):
    answers = known.shipped(built).answers
    keys = known.keys(built)
    wrong = dict(answers[keys["adds"]], multiplies=Outcome(Status.SEEN, 7.0))
    built.known_mistakes.write_bytes(known.pack(answers | {keys["adds"]: wrong}))
    told = run("autograder", "audit", "scale", "--only", "chaffs")
    assert "known_mistakes.gz: chaff adds now shows something else in multiplies" in told
    assert "known_mistakes.gz" in run("autograder", "build")
    told = run("autograder", "audit", "scale", "--only", "chaffs")
    assert "known_mistakes.gz" not in told


@pytest.mark.slow
def test_the_file_stays_beside_the_exercise(built, run):
    course = built.folder.parent.parent
    run("autograder", "build")
    submitted = course / "build" / "submitted" / "ada" / "scale"
    shutil.copytree(course / "release" / "scale", submitted)
    (submitted / ".scale.hints.json").unlink()
    run("autograder", "autograde")
    run("nbgrader", "generate_feedback", "scale")
    assert list((course / "build" / "feedback").rglob("*.html"))
    assert list(course.rglob("known_mistakes*")) == [built.known_mistakes]
    folders = {os.path.relpath(path.parent, course) for path in course.rglob("*.gz")}
    assert folders == {"solutions/scale"}
