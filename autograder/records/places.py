"""Where an exercise stands in the course. The first cell of its statement declares it.

In `reference.py` this is `# %% [markdown] unit="2 Losses" step=1 minutes=40 teaches="a loss"`. A
stub says it in a comment, for students, who have no `reference.py`.
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

NAMES = {"unit", "step", "minutes", "teaches"}
COMMENT = re.compile(
    r"# Unit (?P<unit>\d+), (?P<title>.+), exercise (?P<step>\d+): (?P<teaches>.+) "
    r"\(about (?P<minutes>\d+) minutes, (?P<points>[\d.]+) points\)"
)
NEED = re.compile(r"(?m)^# \*Unit [^*]*?\bYou need: ([^*]*)\.\*$")


class WrongPlace(ValueError):
    """A statement does not say where the exercise stands as it should."""


@dataclass(frozen=True)
class Place:
    """A place in the course.

    Attributes:
        unit: its number; exercises outside of the course have 0.
        title: of the unit.
        step: the number of the exercise in its unit.
        minutes: about how long it takes.
        teaches: what one learns, in a few words.
    """

    unit: int = 0
    title: str = ""
    step: int = 0
    minutes: int = 0
    teaches: str = ""

    @property
    def order(self) -> tuple[bool, int, int]:
        """What to sort by: exercises outside of the course come last."""
        return not self.unit, self.unit, self.step

    @classmethod
    def declared(cls, header: str) -> "Place":
        """Return what the first line of a statement declares.

        Raises:
            WrongPlace: a part is missing, or is not what it should be.
        """
        try:
            words = shlex.split(header.removeprefix("#"))
        except ValueError as error:
            raise WrongPlace(f"{error} in {header}") from None
        given = dict(word.split("=", 1) for word in words if "=" in word)
        if not given.keys() & NAMES:
            return cls()
        unit = re.fullmatch(r"([1-9]\d*) (\S.*)", given.get("unit", ""))
        numbers = [given.get(name, "") for name in ("step", "minutes")]
        if not unit or not all(re.fullmatch(r"[1-9]\d*", one) for one in numbers):
            raise WrongPlace(
                'write unit="2 Losses" step=1 minutes=40 teaches="what one learns". '
                f"Received: {header}"
            )
        step, minutes = map(int, numbers)
        return cls(int(unit[1]), unit[2], step, minutes, given.get("teaches", ""))

    def comment(self, points: float) -> str:
        """Return the line of a stub that says so; nothing outside of the course."""
        if not self.unit:
            return ""
        return (
            f"# Unit {self.unit}, {self.title}, exercise {self.step}: {self.teaches} "
            f"(about {self.minutes} minutes, {points:g} points)\n"
        )


def before(name: str, places: Mapping[str, Place]) -> str:
    """Return the exercise that comes before one in its unit; nothing for the first.

    Args:
        name: of the exercise.
        places: of the exercises, in the order of the course.
    """
    here = places.get(name, Place())
    unit = [one for one, place in places.items() if place.unit == here.unit]
    at = unit.index(name) if here.unit else 0
    return unit[at - 1] if at else ""


@dataclass(frozen=True)
class Entry:
    """An exercise in a list of the course.

    Attributes:
        name: of the exercise.
        place: where it stands.
        points: how many it gives.
        needs: the exercises that its statement wants to be done before.
    """

    name: str
    place: Place
    points: float = 0.0
    needs: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """What one wants to know before one starts; nothing outside of the course."""
        if not self.place.unit:
            return ""
        told = [
            f"unit {self.place.unit} {self.place.title}",
            f"{self.place.minutes} minutes",
            f"{self.points:g} points",
        ]
        return ", ".join(told + [f"after {' and '.join(self.needs)}"] * bool(self.needs))


def read(stub: str) -> tuple[Place, float]:
    """Return the place that the first lines of a stub say, and the points."""
    for line in stub.splitlines()[:5]:
        if found := COMMENT.fullmatch(line.strip()):
            place = Place(
                int(found["unit"]),
                found["title"],
                int(found["step"]),
                int(found["minutes"]),
                found["teaches"],
            )
            return place, float(found["points"])
    return Place(), 0.0


def needed(stub: str) -> list[str]:
    """Return what stands as code below a stub's title, in what one needs: exercises and others."""
    found = NEED.search(stub)
    return re.findall(r"`(\w+)`", found[1]) if found else []
