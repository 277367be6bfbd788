"""The class list, and who in it is meant by the names that learning management systems write."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbgrader.api import Gradebook


@dataclass(frozen=True)
class Student:
    """A student of the gradebook."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""

    @property
    def keys(self) -> set[str]:
        """What somebody may be called by: no two students should share one."""
        first, last = self.first_name, self.last_name
        both = [f"{first} {last}", f"{last} {first}"] if first and last else []
        user = self.email.partition("@")[0]
        names = [self.id, self.email, user, *both]
        return {key for name in names if (key := bare(name))}


@dataclass
class Roster:
    """The class list.

    Attributes:
        students: by their ids.
    """

    students: dict[str, Student]
    _keys: dict[str, list[Student]] = field(default_factory=dict)

    def __post_init__(self):
        for student in self.students.values():
            for key in student.keys:
                self._keys.setdefault(key, []).append(student)

    @classmethod
    def of(cls, gradebook: Gradebook) -> "Roster":
        """Return the class list of a gradebook."""
        return cls(
            {
                one.id: Student(
                    one.id,
                    one.first_name or "",
                    one.last_name or "",
                    one.email or "",
                    one.lms_user_id or "",
                )
                for one in gradebook.students
            }
        )

    def find(self, names: Iterable[str], lms_id: str = "") -> tuple[Student | None, str]:
        """Return who is called by the first of some names that somebody is called by.

        An id counts for more than what two students may share.

        Args:
            names: the surest first.
            lms_id: what the LMS numbers them by, which may be the id of somebody else here.

        Returns:
            the student; or None, and why.
        """
        names = list(dict.fromkeys(name for name in names if name and bare(name)))
        for student in self.students.values() if lms_id else ():
            if student.lms_user_id == lms_id:
                return student, ""
        for name in names:
            if name in self.students:
                return self.students[name], ""
            found = self._keys.get(bare(name), [])
            if len(found) == 1:
                return found[0], ""
            if found:
                ids = ", ".join(sorted(one.id for one in found))
                return None, f"{name} may be {ids}"
        return None, f"nobody in the class list is called {' or '.join(names) or 'so'}"


def bare(name: str) -> str:
    """Return a name in small letters and digits, without accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one for one in letters if not unicodedata.combining(one))
    return re.sub(r"[\W_]", "", letters)
