"""CI audits what has changed, and a tenth of the others each day."""

import datetime
import os
import subprocess

import pytest

from autograder.authors.audit import KINDS
from autograder.authors.turns import DAYS, MOST, RIGHT, base_commit, changed, turns

NAMES = [f"exercise_{number:02}" for number in range(30)]
DAY = datetime.date(2026, 11, 30)


def asked(files, day=DAY):
    return {name: turn.kinds for name, turn in turns(NAMES, files, "abc", day).items()}


def test_everything_has_its_turn_within_ten_days():
    days = [DAY + datetime.timedelta(number) for number in range(DAYS)]
    runs = [{name for name, kinds in asked([], day).items() if kinds == KINDS} for day in days]
    assert [len(run) for run in runs] == [3] * DAYS
    assert set.union(*runs) == set(NAMES)
    assert all(kinds in ((), KINDS) for kinds in asked([]).values())


@pytest.mark.parametrize("file", ["chaffs.py", "known_mistakes.gz", "equivalent.toml"])
def test_what_has_changed_is_audited_whatever_the_day(file):
    for number in range(DAYS):
        day = DAY + datetime.timedelta(number)
        assert asked([f"solutions/exercise_07/{file}"], day)["exercise_07"] == KINDS


def test_a_change_elsewhere_is_none():
    assert asked(["README.md", "solutions/exercise_070/a.py", "exercises/exercise_07.py"]) == asked(
        []
    )


@pytest.mark.parametrize("file", ["autograder/grading/comparison.py", "pyproject.toml"])
def test_after_a_change_of_the_engine_all_right_answers_are_asked(file):
    before, after = asked([]), asked([file])
    assert {name for name in NAMES if after[name] == KINDS} == {
        name for name in NAMES if before[name] == KINDS
    }
    assert set(after.values()) == {KINDS, RIGHT}


def test_no_run_audits_more_than_a_few_and_all_have_their_turn():
    """If everything changes every day, or git knows no commit to compare with."""
    everything = [f"solutions/{name}/checks.py" for name in NAMES]
    for files in (None, everything):
        days = [asked(files, DAY + datetime.timedelta(number)) for number in range(DAYS)]
        runs = [{name for name, kinds in found.items() if kinds == KINDS} for found in days]
        assert [len(run) for run in runs] == [MOST] * DAYS
        assert set.union(*runs) == set(NAMES)
        assert all(kinds in (RIGHT, KINDS) for found in days for kinds in found.values())


def test_what_is_skipped_says_why_and_when_its_turn_is():
    found = turns(NAMES, [], "0123456789abcdef", DAY)
    for name, turn in found.items():
        if not turn.kinds:
            assert turn.why.startswith(f"{name} has not changed since 0123456789ab; its turn is in")
            assert turn.why.endswith(f"autograder audit {name}")


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Run git in a repository of its own."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "AUTOGRADER_"))]:
        monkeypatch.delenv(name)

    def git(*command, folder=tmp_path / "course"):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", *identity, *command], cwd=folder, text=True, capture_output=True, check=True
        )
        return done.stdout.strip()

    (tmp_path / "course").mkdir()
    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "first")
    return git


def commit(git, folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("x")
    git("add", "-A", folder=folder)
    git("commit", "-q", "-m", name, folder=folder)


def test_a_branch_is_compared_with_where_it_left(git, tmp_path):
    origin, branch = tmp_path / "course", tmp_path / "branch"
    git("clone", "-q", str(origin), str(branch), folder=tmp_path)
    first = git("rev-parse", "HEAD")
    commit(git, origin, "elsewhere")
    git("fetch", "-q", folder=branch)
    for name in ("one ü", "two/three"):
        commit(git, branch, name)
    (branch / "new").write_text("x")
    assert base_commit(branch) == first
    assert sorted(changed(branch, first)) == ["new", "one ü", "two/three"]


def test_the_main_branch_is_compared_with_the_state_of_a_day_before(git, tmp_path, monkeypatch):
    course = tmp_path / "course"
    assert base_commit(course) == ""
    commits = []
    for name, time in (("one", "01T09:00"), ("two", "02T08:00"), ("three", "02T11:00")):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"2030-01-{time}:00Z")
        commit(git, course, name)
        commits.append(git("rev-parse", "HEAD"))
    assert base_commit(course) == commits[0]
    assert changed(course, commits[0]) == ["three", "two"]


def test_a_given_base_comes_first(git, tmp_path, monkeypatch):
    course = tmp_path / "course"
    first = git("rev-parse", "HEAD")
    for name in ("one", "two"):
        commit(git, course, name)
    monkeypatch.setenv("AUTOGRADER_BASE", first)
    assert changed(course, base_commit(course)) == ["one", "two"]
    monkeypatch.setenv("AUTOGRADER_BASE", "0" * 40)
    assert changed(course, base_commit(course)) is None


def test_in_a_shallow_clone_or_without_git_nothing_is_known(git, tmp_path):
    course, shallow, bare = tmp_path / "course", tmp_path / "shallow", tmp_path / "bare"
    commit(git, course, "one")
    git("clone", "-q", "--depth=1", f"file://{course}", str(shallow), folder=tmp_path)
    bare.mkdir()
    for folder in (shallow, bare):
        assert changed(folder, base_commit(folder)) is None
