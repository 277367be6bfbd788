"""Make the zip of an autograder that Gradescope runs for a programming assignment.

It holds this package as it is installed here, the exercises, and the versions of what they were
graded with here. There, each submission runs in a container of its own.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.grading.reference import GraderError
from autograder.records import extras
from autograder.records.exercises import Exercise
from autograder.records.results import write_atomically

SETUP = """\
#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image.
set -e
apt-get update
apt-get install -y bubblewrap libseccomp2
# Ubuntu 22.04 has Python 3.11 beside its own, newer ones have a newer one.
if apt-get install -y python3.11 python3.11-venv; then python=python3.11; else
    apt-get install -y python3-venv
    python=python3
fi
$python -m venv /autograder/venv
/autograder/venv/bin/pip install -r /autograder/source/requirements.txt
"""
RUN = """\
#!/usr/bin/env bash
# Gradescope runs this for each submission, in /autograder.
root=${AUTOGRADER_ROOT:-/autograder}
export PYTHONPATH=$root/source AUTOGRADER_SOLUTIONS=$root/source/solutions
cd "$root"
exec "${PYTHON:-$root/venv/bin/python}" -m autograder on-gradescope \\
    "$root/submission" "$root/results/results.json"
"""


def write_zip(path: Path, exercises: Iterable[Exercise]) -> None:
    """Write the zip."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "setup.sh", SETUP.encode(), 0o755)
        _add(archive, "run_autograder", RUN.encode(), 0o755)
        _add(archive, "requirements.txt", "\n".join([*_requirements(), ""]).encode())
        package = Path(__file__).parent.parent
        for file in _files(package):
            _add(archive, f"autograder/{file.relative_to(package).as_posix()}", file.read_bytes())
        for exercise in exercises:
            for file in _files(exercise.folder):
                name = file.relative_to(exercise.folder).as_posix()
                _add(archive, f"solutions/{exercise.name}/{name}", file.read_bytes())
    write_atomically(path, content.getvalue())


def _files(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield file


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int = 0o644) -> None:
    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _requirements() -> list[str]:
    """Return what grading needs, in the versions that are installed here.

    Raises:
        GraderError: this package is not installed.
    """
    needed = {one.name for extra in ("", "grade") for one in extras.requirements(extra)}
    if not needed:
        raise GraderError("this package is not installed. Run: pip install .")
    return [f"{name}=={extras.installed(name)}" for name in sorted(needed)]
