import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_holds_the_machine_and_what_students_get(tmp_path):
    source = tmp_path / "source"
    for folder in ("autograder", "solutions", "exercises", "release"):
        shutil.copytree(ROOT / folder, source / folder)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "--wheel-dir",
        tmp_path,
        source,
    ]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "autograder/sandbox/worker.py" in names
    names = [name for name in names if ".dist-info/" not in name]
    machine = {
        path.relative_to(ROOT).as_posix()
        for pattern in ("*.py", "*.jinja", "templates/course/*")
        for path in (ROOT / "autograder").rglob(pattern)
    }
    assert len(machine) > 40
    handout = {
        f"autograder/handout/{path.relative_to(ROOT).as_posix()}"
        for pattern in (
            "exercises/*.py",
            "exercises/*.json",
            "release/*/*.ipynb",
            "release/*/*.json",
        )
        for path in ROOT.glob(pattern)
        if not path.name.startswith(".")
    }
    assert len(handout) >= 4
    assert set(names) == machine | handout
