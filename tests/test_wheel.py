import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_wheel_holds_the_machine_and_what_students_get(wheel):
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
            "exercises/*.figure.png",
            "release/*/*.ipynb",
            "release/*/*.json",
        )
        for path in ROOT.glob(pattern)
        if path.name != ".autograder.json"
    }
    assert len(handout) >= 4
    assert set(names) == machine | handout
