"""What every component of a kind must answer: a list of checks that an exercise takes.

A kind is a class whose methods are checks. An exercise subclasses it, says what is asked, and gives
it what it needs: the arguments of the constructor, and how to draw a batch.

    class EveryLoss(Loss, asked="QuantileLoss"):
        arguments = {"q": (0.75, 0.25)}

        def draw(self, rng, samples):
            true = rng.normal(size=(samples, 1)).astype("float32")
            return true, true + rng.normal(size=true.shape).astype("float32")

        labels_of_other_dtypes = exception("the statement promises float32 only")
        reductions = Loss.reductions.but('`reduction` may be "sum" or None', points=2)

All checks of the kind are asked but for the exceptions. Each exception has a reason, and
`autograder audit` lists it. `but` gives a check another sentence or other points. A check of your
own with the name of one of the kind replaces it.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from autograder.checks import Check
from autograder.records.results import DIMENSIONS


@dataclass(frozen=True)
class NotAsked:
    """Stands in the place of a check that an exercise does not ask."""

    reason: str


def exception(reason: str) -> NotAsked:
    """Leave out a check of a kind; the audit shows the reason."""
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError(f"exception: say why the check is left out. Received: {reason!r}")
    return NotAsked(" ".join(reason.split()))


class Kind:
    """A list of checks. `Loss`, `Metric` and `Layer` say what an exercise gives each of them.

    Attributes:
        asked: the name of the class that a submission defines.
        arguments: for each argument of its constructor, in order, two values that give other
            answers; neither is the default.
        exceptions: why checks of the kind are not asked, by their names.
    """

    asked: ClassVar[str] = ""
    arguments: ClassVar[dict[str, tuple[Any, Any]]] = {}
    exceptions: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, asked: str = "", **kwargs):
        super().__init_subclass__(**kwargs)
        cls.asked = asked or cls.asked
        known = _checks(cls.__mro__[1:])
        reasons = dict(cls.exceptions)
        for name, value in vars(cls).items():
            if isinstance(value, NotAsked):
                if name not in known:
                    raise ValueError(
                        f"{cls.__name__}: {name} is no check of the kind, and cannot be left out. "
                        f"Its checks are {in_words(known)}"
                    )
                reasons[name] = value.reason
            elif isinstance(value, Check):
                reasons.pop(name, None)
            elif name in known:
                raise ValueError(
                    f"{cls.__name__}: {name} is a check of the kind. Replace it by another check, "
                    f"or leave it out by exception('why'). Received: {value!r}"
                )
        cls.exceptions = reasons

    @classmethod
    def checks(cls) -> list[Check]:
        """Return what is asked, in the order of the kind."""
        found = _checks(cls.__mro__)
        return [cls._bound(name, one) for name, one in found.items() if name not in cls.exceptions]

    @classmethod
    def _bound(cls, name: str, given: Check) -> Check:
        """Return a check of the kind as one of the exercise."""
        bound = copy.copy(given)
        bound.name, bound.requires = name, [cls.asked]
        bound.kind = given.ask.__module__.rpartition(".")[2]
        bound.ask = functools.partial(given.ask, cls())
        arguments = in_words(cls.arguments) or "arguments"
        bound.statement = given.statement.replace("{arguments}", arguments)
        return bound

    def make(self, made: Callable, number: int = 0, **kwargs) -> Any:
        """Make one with the first of the values in `arguments`, or with the second.

        Args:
            made: the class that a submission defines.
            number: 0 for the first values, 1 for the second.
            kwargs: arguments of the base class.
        """
        return made(*(values[number] for values in self.arguments.values()), **kwargs)

    def called(self, number: int = 0) -> str:
        """Return the code that makes one as `make` does, if its arguments are plain values."""
        values = (repr(pair[number]) for pair in self.arguments.values())
        return f"{self.asked}({', '.join(values)})"


def _checks(classes: Sequence[type]) -> dict[str, Check]:
    """Return the checks of classes by name, those of the last class first."""
    named = (item for one in reversed(classes) for item in vars(one).items())
    return {name: value for name, value in named if isinstance(value, Check)}


def in_words(names: Sequence[str] | Mapping[str, Any]) -> str:
    """Return names as an English list."""
    *most, last = names or [""]
    return f"{', '.join(most)} and {last}" if most else last


def found(namespace: Mapping[str, Any]) -> dict[str, Check]:
    """Return the checks of a module by name: its own, and those of its kinds.

    Each dimension is together; within it they are in the order of the module.
    """
    asked: list[Check] = []
    for value in namespace.values():
        if isinstance(value, Check):
            asked.append(value)
        elif _is_kind(value):
            asked += value.checks()
    named: dict[str, Check] = {}
    for one in sorted(asked, key=lambda one: DIMENSIONS.index(one.dimension)):
        if one.name in named:
            raise ValueError(f"there are two checks of the name {one.name}")
        named[one.name] = one
    return named


def exceptions(namespace: Mapping[str, Any]) -> dict[str, str]:
    """Return why checks of a module's kinds are not asked, by their names."""
    kinds = [value for value in namespace.values() if _is_kind(value)]
    return {name: reason for kind in kinds for name, reason in kind.exceptions.items()}


def _is_kind(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Kind) and bool(value.asked)
