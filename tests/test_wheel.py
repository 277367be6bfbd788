import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_does_the_wheel_hold_the_machine_and_no_exercise(tmp_path):
    source = tmp_path / "source"
    for folder in ("autograder", "solutions", "exercises"):
        shutil.copytree(ROOT / folder, source / folder)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation",
               "--disable-pip-version-check", "--wheel-dir", tmp_path, source]  # fmt: skip
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "autograder/worker.py" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "autograder", "keras_autograder",
    }  # fmt: skip
