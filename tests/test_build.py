"""What `autograder build` may write over."""

import subprocess

import pytest

from autograder.authors.build import Made
from autograder.gradebook.release import BuildError
from autograder.records.course import Course

NEW = """\
# autograder exercise: turn

def one():
    # YOUR CODE HERE
    raise NotImplementedError()


def two():
    # YOUR CODE HERE
    raise NotImplementedError()
"""
HOLE = "    # YOUR CODE HERE\n    raise NotImplementedError()\n"


@pytest.mark.parametrize(
    "old",
    [
        NEW.replace(HOLE, "    return 1\n", 1),
        NEW.replace(HOLE, "    # YOUR CODE HERE\n    return 1\n", 1),
        NEW + "\nprint(one())\n",
        NEW.replace("exercise: turn", "exercise: older"),
        NEW.replace("# YOUR CODE HERE", "# mine"),
    ],
)
def test_a_stub_with_lines_of_its_own_is_kept(tmp_path, old):
    path = tmp_path / "exercises" / "turn.py"
    path.parent.mkdir()
    path.write_text(old)
    with pytest.raises(BuildError, match="Move it elsewhere, .* only an older stub, remove it"):
        Made(Course(tmp_path)).refuse_stub(path, NEW)


def test_a_stub_is_built_anew_if_git_has_it_as_it_is(tmp_path):
    path = tmp_path / "exercises" / "turn.py"
    path.parent.mkdir()
    path.write_text("# YOUR CODE HERE\nan_older = 'stub'\n")
    you = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "-q"], ["add", "."], [*you, "commit", "-qm", "Build"]):
        with pytest.raises(BuildError):
            Made(Course(tmp_path)).refuse_stub(path, NEW)
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    Made(Course(tmp_path)).refuse_stub(path, NEW)
    path.write_text("# YOUR CODE HERE\nan = 'answer'\n")
    with pytest.raises(BuildError):
        Made(Course(tmp_path)).refuse_stub(path, NEW)


@pytest.mark.parametrize("old", [NEW, NEW.replace("\n\n", "\n"), NEW.partition("def two")[0]])
def test_a_stub_without_lines_of_its_own_is_built_anew(tmp_path, old):
    path = tmp_path / "exercises" / "turn.py"
    path.parent.mkdir()
    path.write_text(old)
    Made(Course(tmp_path)).refuse_stub(path, NEW)
