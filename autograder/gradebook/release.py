"""Have nbgrader release an assignment, with the configuration of its course."""

import importlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound

from autograder.grading.reference import GraderError
from autograder.records.course import Course
from autograder.records.results import write_atomically

# What a configuration of nbgrader may name of ours, and where it is.
OURS = {
    name.rpartition(".")[2]: name
    for name in (
        "autograder.gradebook.sanitize.ReadAnything",
        "autograder.gradebook.sanitize.Sanitize",
        "autograder.gradebook.grade.Grade",
        "autograder.gradebook.grade.SaveGrades",
        "autograder.gradebook.clean_html.markdown",
        "autograder.gradebook.clean_html.clean",
        "autograder.gradebook.export.PointsPerDimension",
    )
}


class BuildError(GraderError):
    """The handout could not be made."""


def course_config(course: Course) -> Config:
    """Return a course's nbgrader configuration, for use from any folder.

    Raises:
        BuildError: there is none, Python cannot run it, or it names what is gone.
    """
    try:
        config = PyFileConfigLoader(course.config.name, path=str(course.folder)).load_config()
    except ConfigFileNotFound:
        raise BuildError(
            f"{course.folder} has no {course.config.name}. Run: autograder init {course.folder}"
        ) from None
    except Exception as error:
        raise BuildError(
            f"{course.config} cannot be run: {type(error).__name__}: {error}"
        ) from error
    if gone := [_in_words(name) for name in dict.fromkeys(_named(config)) if not _is_there(name)]:
        raise BuildError(f"{course.config} names {'; '.join(gone)}. Change it there")
    root = str(course.folder)
    if root not in sys.path:  # as nbgrader does, for what the configuration names
        sys.path.append(root)
    config.merge(Config({"CourseDirectory": {"root": root}}))
    return config


def _named(value: object) -> Iterator[str]:
    """Yield every name of ours in a configuration."""
    if isinstance(value, str) and value.startswith("autograder."):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _named(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _named(one)


def _is_there(name: str) -> bool:
    if name in OURS.values():
        return True
    module, _, thing = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), thing)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("autograder"):  # a package that is not installed
            raise BuildError(f"{name} cannot be imported: {error}. Run: pip install .") from None
        return False


def _in_words(gone: str) -> str:
    new = OURS.get(gone.rpartition(".")[2])
    return f"{gone}, which is now {new}" if new else f"{gone}, which is gone"


def release(name: str, course: Course) -> None:
    """Have nbgrader generate the assignment; leave alone what else lies in its folder.

    nbgrader would remove that folder first, and not put it back if it fails.

    Raises:
        BuildError: it could not.
    """
    # nbgrader starts `alembic` by its name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    config = course_config(course)
    course.build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course.build, prefix="release-") as folder:
        target = _released(name, config)
        config.CourseDirectory.release_directory = str(Path(folder).relative_to(course.folder))
        done = NbGraderAPI(config=config).generate_assignment(name, force=True, create=True)
        if not done["success"]:
            raise BuildError(f"nbgrader could not generate {name}: {_why(done)}")
        made = _released(name, config)
        for file in filter(Path.is_file, made.rglob("*")):
            write_atomically(target / file.relative_to(made), file.read_bytes())


def _released(name: str, config: Config) -> Path:
    coursedir = CourseDirectory(config=config)
    return Path(coursedir.format_path(coursedir.release_directory, ".", name))


def _why(done: dict) -> str:
    """Return what nbgrader says of a failure, in its last words, and what to do."""
    said = (done["error"] or "").strip().splitlines()[-1:] + (done.get("log") or "").splitlines()
    text = "\n".join(said)
    if "sqlalchemy" in text or "accessing the nbgrader database" in text:
        return (
            "its gradebook cannot be used. If another version of nbgrader made it, back it up, and "
            "run: nbgrader db upgrade; if another program uses it, close that"
        )
    if "Cannot add or remove cells" in text or "Cannot modify existing assignment" in text:
        return (
            "its cells have changed, and there are submissions already. Grade those with the "
            "checks as they were; to begin anew, move build/gradebook.db away, and build again"
        )
    return text
