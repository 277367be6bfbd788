"""What authors and operators can mend is said in a sentence, with file and line."""

import pytest

pytestmark = pytest.mark.slow  # they start commands


def replaced(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "reference.py",
            "        ### END SOLUTION\n",
            "",
            "reference.py, line 16: a solut",
        ),
        ("wheats.py", "", "def (\n", "wheats.py, line 1: invalid syntax: def ("),
        ("chaffs.py", '"""Multiply', '("""Multiply', "chaffs.py, line 2: "),
        (
            "chaffs.py",
            '"serialization"',
            '"series"',
            "chaffs.py, line 10: forgets loses ",
        ),
        ("checks.py", '"numerics"', '"numeric"', "checks.py, line 19: ValueError: check "),
    ],
)
def test_a_mistake_of_an_author_is_one_sentence(course, autograder, file, old, new, said):
    replaced(course / "solutions" / "scale" / file, old, new)
    code = 1 if file == "checks.py" else 2
    command = ("build",) if file != "wheats.py" else ("audit", "--only", "wheats")
    done = autograder(*command, code=code)
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_solutions_without_exercises_are_an_error(course, autograder, environment, monkeypatch):
    for variable in (str(course / "nowhere"), str(course)):
        environment["AUTOGRADER_SOLUTIONS"] = variable
        try:
            assert "AUTOGRADER_SOLUTIONS is" in autograder("audit", code=2).stderr
        finally:
            del environment["AUTOGRADER_SOLUTIONS"]


def test_a_course_without_a_configuration_is_named(course, autograder):
    (course / "nbgrader_config.py").unlink()
    assert "Run: autograder init" in autograder("autograde", code=1).stderr


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("foo", 1, "--scheduler foo: write the address of a Dask scheduler, like tcp://HOST:8786"),
        ("tcp://localhost:1", 2, "no Dask scheduler at tcp://localhost:1"),
    ],
)
def test_a_scheduler_that_is_none_is_named(course, autograder, address, code, said):
    (course / "ada.py").write_text("x = 1")
    done = autograder("grade", "scale", "ada.py", "--scheduler", address, code=code)
    assert said in done.stderr
