"""`make demo` grades a class from beginning to end, and what it names is there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_demo_shows_a_class_and_where_everything_is(tmp_path, environment):
    for name in ("examples", "exercises", "release", "solutions"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)

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
    rows = {
        cells[0]: cells
        for line in shown.splitlines()
        if len(cells := [cell.strip() for cell in re.split("[│┃]", line)]) > 3 and cells[0]
    }
    assert "look at it" in rows["jan"][-1]
    assert "is switched off in this exercise" in rows["gina"][-1]
    assert rows["kira"][-1]
    assert all(float(points) == float(most) for points, most in scores(rows["ada"]))
    for student in ("bea", "carl"):
        assert any(float(points) < float(most) for points, most in scores(rows[student]))
        assert int(rows[student][-2]) > 0
    places = re.findall(r"(?m)^(?:feedback|gradebook|grades|report) +([^ ,]+)", shown)
    assert len(places) == 4
    for place in places:
        assert (tmp_path / place).is_file(), place
    pages = list((tmp_path / "build" / "feedback").rglob("*.html"))
    assert len(pages) == len(list((tmp_path / "build" / "autograded").rglob("*.ipynb"))) > 20
    assert "hint" in (tmp_path / places[0]).read_text(encoding="utf-8").lower()
    results = (tmp_path / "build" / "results.json").read_text()
    demo()
    assert (tmp_path / "build" / "results.json").read_text() == results


def scores(row):
    return [cell.split("/") for cell in row if "/" in cell]
