"""`make demo` grades a class from beginning to end, and what it names is there."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authors.new import Kind, new

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_demo_shows_a_class_and_where_everything_is(tmp_path, environment):
    for name in ("examples", "exercises", "release", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    # An exercise of one's own that cannot be built yet is no matter of the demo.
    for path in new("half_done", Kind.loss, tmp_path / "solutions"):
        if path.name == "checks.py":
            path.write_text("1 / 0\n")

    def demo():
        done = subprocess.run(
            [sys.executable, "examples/demo.py"],
            cwd=tmp_path,
            env=environment,
            text=True,
            capture_output=True,
            timeout=600,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    shown = demo()
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.count("/") > 2}
    said = dict(re.findall(r"(?m)^(\w+): (.+)$", shown))
    assert said["jan"].startswith("look at it, ")
    assert "is switched off in this exercise" in said["gina"]
    assert "kira" in said
    assert all(float(points) == float(most) for points, most in scores(rows["ada"]))
    assert "ada" not in said
    for student in ("bea", "carl"):
        assert any(float(points) < float(most) for points, most in scores(rows[student]))
        assert int(rows[student][-1]) > 0
    places = re.findall(r"(?m)^(?:feedback|gradebook|grades|report) +([^ ,]+)", shown)
    assert len(places) == 4
    for place in places:
        assert (tmp_path / place).is_file(), place
    pages = list((tmp_path / "build" / "feedback").rglob("*.html"))
    assert len(pages) == len(list((tmp_path / "build" / "autograded").rglob("*.ipynb"))) > 20
    assert "hint" in (tmp_path / places[0]).read_text(encoding="utf-8").lower()
    results = submissions(tmp_path)
    demo()
    assert submissions(tmp_path) == results  # nothing was graded again


def scores(row):
    return [cell.split("/") for cell in row if "/" in cell]


def submissions(course):
    """What the results file says of each submission; a run has a seed of its own each time."""
    results = json.loads((course / "build" / "results.json").read_text(encoding="utf-8"))
    return [run["submissions"] for run in results["runs"]]
