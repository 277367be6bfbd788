"""What makes nbgrader faster by reaching into what is private to it; nothing else here does so.

With AUTOGRADER_PLAIN=1 in the environment, none of it is done: somebody who upgrades nbgrader can
tell whether a fault comes from here.
"""

import functools
import os
import sys
from pathlib import Path
from typing import Any

_known: dict[Path, dict[tuple, Any]] = {}  # gradebooks by their file, and how they were asked for


def _plain() -> bool:
    return os.environ.get("AUTOGRADER_PLAIN") == "1"


def skip_grammars() -> None:
    """Let jsonschema, which is imported later, take for granted that an IRI is well formed.

    Else it builds a grammar of IRIs, which no notebook has: 0.8 s, longer than importing all the
    rest of nbgrader. It still works if, after nbgrader is imported, `lark` is not in `sys.modules`.
    """
    if not _plain():
        sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


def open_gradebooks_once() -> None:
    """Let a gradebook look for its tables and its course the first time it is opened only.

    nbgrader opens it a dozen times for each notebook, with an engine of its own each time, which
    knows nothing of what SQLAlchemy compiled for the one before. Each time that takes 4 ms; with
    this, less than 1 ms. It still works if two gradebooks of one file have the same engine:
    `tests/test_nbgrader.py` looks at that.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.engine import make_url
    from sqlalchemy.orm import scoped_session

    first = Gradebook.__init__
    if _plain() or hasattr(first, "__wrapped__"):
        return

    @functools.wraps(first)
    def open_once(self, db_url, course_id="default_course", authenticator=None):
        file = Path(make_url(db_url).database or "").absolute()
        if not file.is_file() or not file.stat().st_size:
            _known.pop(file, None)  # somebody removed it, to begin anew
        if known := _known.get(file, {}).get((db_url, course_id)):
            vars(self).update(vars(known), db=scoped_session(known.db.session_factory))
            self.authenticator = authenticator
        else:
            first(self, db_url, course_id, authenticator)
            if file.is_file():
                _known.setdefault(file, {})[db_url, course_id] = self

    Gradebook.__init__ = open_once
