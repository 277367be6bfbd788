"""Have nbgrader release an assignment, with the configuration of its course."""

import os
import sys
import tempfile
from pathlib import Path

from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader
from traitlets.config.loader import ConfigFileNotFound

from autograder.grading.reference import GraderError
from autograder.records.results import write_atomically


class BuildError(GraderError):
    """The handout could not be made."""


def course_config(course: Path) -> Config:
    """Return a course's nbgrader configuration, for use from any folder.

    Raises:
        BuildError: there is none, or Python cannot run it.
    """
    try:
        config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    except ConfigFileNotFound:
        raise BuildError(
            f"{course} has no nbgrader_config.py. Copy the one of this project there"
        ) from None
    except Exception as error:
        raise BuildError(
            f"{course / 'nbgrader_config.py'} cannot be run: {type(error).__name__}: {error}"
        ) from error
    if str(course) not in sys.path:  # as nbgrader does, for what the configuration names
        sys.path.append(str(course))
    config.merge(Config({"CourseDirectory": {"root": str(course)}}))
    return config


def release(name: str, course: Path) -> None:
    """Have nbgrader generate the assignment; leave alone what else lies in its folder.

    nbgrader would remove that folder first, and not put it back if it fails.

    Raises:
        BuildError: it could not.
    """
    # nbgrader starts `alembic` by its name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    config = course_config(course)
    (course / "build").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=course / "build", prefix="release-") as folder:
        target = _released(name, config)
        config.CourseDirectory.release_directory = str(Path(folder).relative_to(course))
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
