"""Read what a child says, which may be anything, into data that the rest can rely on.

The functions are pure. They take what `observations.decode` returns: plain data of any shape.
"""

import base64
import dataclasses
import difflib
import math
from collections.abc import Collection, Sequence
from typing import Any

from autograder.records.observations import MAX_PICTURE, apart
from autograder.records.results import Outcome, Status, versions_in_words

# What may be right with another version.
VERSIONED = ("SyntaxError", "ImportError", "ModuleNotFoundError", "AttributeError")
MAX_OUTPUTS = 4_000_000  # characters kept of what all cells printed and displayed
MAX_NAME = 60  # characters of a name; to find one that is close takes their cube
NOT_READ = "its answer could not be read"


@dataclasses.dataclass
class Code:
    """What is known of a submission's code.

    Attributes:
        needs: the names that the checks need.
        total: wall seconds that all cells together may take.
        cells: for each code cell what it printed, the `errors` that its statements raised, the
            needed names that it did not come to define (`kept`), and whether it came too `late` to
            run; once the code is loaded.
        names: what it defines.
        resumed: it went on after statements that raised, as if they were not there.
    """

    needs: Sequence[str] = ()
    total: float = 0.0
    cells: list[dict] = dataclasses.field(default_factory=list)
    names: list[str] = dataclasses.field(default_factory=list)
    resumed: bool = False

    @property
    def errors(self) -> list[dict]:
        return [error for cell in self.cells for error in cell["errors"]]


def outcome(reply: Any, seconds: float, code: Code, switched_off: Collection[str]) -> Outcome:
    """Return what a child answered to a question that might take so many seconds."""
    match reply:
        # An array would be compared number by number, were it not asked for its type first.
        case {"status": str(status), "seen": seen} if status == Status.SEEN:
            seen, calls = apart(seen)
            return Outcome(Status.SEEN, seen, calls=calls)
        case {"status": str(status), "message": str(text)}:
            if status == Status.DISALLOWED and text in switched_off:
                message = f"`{text}` is switched off in this exercise: write it yourself"
                return Outcome(Status.DISALLOWED, message=message)
            if status == Status.NOT_DEFINED and text in code.needs:
                return Outcome(Status.NOT_DEFINED, message=not_defined(text, code), missing=text)
        case {"status": str(status), "error": dict(found)}:
            known = raised(error(found, code.needs))
            if status == Status.RAISED:
                return known
            if status == Status.TIMED_OUT:
                message = f"no answer after {seconds:.3g} seconds"
                return Outcome(Status.TIMED_OUT, message=message, place=known.place)
    return Outcome(Status.CRASHED, message=NOT_READ)


def cpu_seconds(reply: Any) -> float:
    """Return the CPU seconds that a child says a question took; only authors read them."""
    match reply:
        case {"cpu_seconds": float(seconds)} if 0 <= seconds < math.inf:
            return seconds
    return 0.0


def not_defined(name: str, code: Code) -> str:
    """Return a message on a name that is needed and missing, with what may be why."""
    message = f"`{name}` is not defined"
    if cut := [one for one in code.errors if name in one["kept"]]:
        message += f"; the code stopped at {in_words(cut[0])}"
    elif any(cell["late"] and name in cell["kept"] for cell in code.cells):
        message += (
            f"; its cell did not run, since the cells before it took more than "
            f"{code.total:g} seconds"
        )
    elif code.errors:
        message += f"; what went wrong before: {in_words(code.errors[0])}"
    others = [one for one in code.names if one not in code.needs]
    if close := difflib.get_close_matches(name, others, 1):
        message += f"; did you mean to call `{close[0]}` `{name}`?"
    return message


def error(found: dict, needs: Sequence[str]) -> dict:
    """Return what is known of an exception, whatever a child says of it."""
    known: dict = {key: found.get(key) for key in ("type", "message", "place", "code")}
    known = {key: text[:2000] if isinstance(text, str) else "" for key, text in known.items()}
    # Only the message may have lines: what else has some would pass for lines of a report.
    known |= {key: " ".join(known[key].split()) for key in ("type", "place", "code")}
    for key in ("unsolved", "environment"):
        known[key] = found.get(key) is True
    known["kept"] = needed(found.get("kept"), needs)
    return known


def process_ended(how: str, cell: int, found: dict) -> dict:
    """Return the error of a cell, counted from 0, that ended the process."""
    place = f"cell {cell + 1}"
    known = {"type": "ProcessEnded", "message": how, "place": place, "kept": found["kept"]}
    return error(known, found["kept"])


def needed(found: Any, needs: Sequence[str]) -> list[str]:
    """Return those of the needed names that a child lists."""
    listed = found if isinstance(found, list) else []
    known = {one for one in listed if isinstance(one, str)}  # an array compares number by number
    return [name for name in needs if name in known]


def names(found: list) -> list[str]:
    """Return the names that a child's code defines."""
    return [one[:MAX_NAME] for one in found[:1000] if isinstance(one, str)]


def raised(error: dict) -> Outcome:
    """Return the outcome of an exception."""
    kind, text, place, code = (error[key] for key in ("type", "message", "place", "code"))
    if error["unsolved"]:
        return Outcome(Status.RAISED, message=Status.NOT_SOLVED.value, place=place, unsolved=True)
    where = f"{place}: {code}" if place and code else place
    message = f"{kind}: {text}" if text else kind
    return Outcome(Status.RAISED, message=message, place=where, environment=error["environment"])


def in_words(error: dict) -> str:
    """Return where the code stopped, and why."""
    message = error["message"] if error["type"] == "TooSlow" else raised(error).message
    if error["type"] in VERSIONED:
        message += f" ({versions_in_words()})"
    places = [error["place"], f"`{error['code']}`" if error["code"] else "", message]
    return ": ".join(filter(None, places))


def cells(found: list, count: int, needs: Sequence[str]) -> list[dict]:
    """Return what each of a submission's cells printed and raised; a child says it."""
    known = [cell(one, needs) for one in [*found[:count], *[None] * (count - len(found))]]
    leave_out(known)
    return known


def cell(found: Any, needs: Sequence[str]) -> dict:
    """Return what a cell printed and raised, in the structure that the feedback relies on."""
    known: dict = {"outputs": [], "errors": [], "kept": [], "late": False}
    match found:
        case {"ran": bool(ran), "outputs": list(outputs), "errors": list(errors), "kept": kept}:
            known["errors"] = [error(one, needs) for one in errors[:100] if isinstance(one, dict)]
            known["kept"], known["late"] = needed(kept, needs), not ran
            for output in outputs[:100]:
                match output:
                    case {"stream": str(stream), "text": str(text)}:
                        name = "stderr" if stream == "stderr" else "stdout"
                        known["outputs"].append({"stream": name, "text": text})
                    case {"display": dict(data)}:
                        known["outputs"].append({"display": display(data)})
    return known


def leave_out(cells: list[dict], most: int = MAX_OUTPUTS) -> None:
    """Leave out what all cells printed and displayed after so many characters."""
    left = most
    for cell in cells:
        for index, output in enumerate(cell["outputs"]):
            texts = output["display"].values() if "display" in output else [output["text"]]
            left -= sum(map(len, texts))
            if left < 0:
                note = "The outputs from here on are too long together; they are left out.\n"
                cell["outputs"][index:] = [{"stream": "stderr", "text": note}]
                break


def display(data: dict) -> dict[str, str]:
    """Return the text and the picture that a cell displayed, the picture in base64."""
    known = {}
    if isinstance(text := data.get("text/plain"), str):
        known["text/plain"] = text
    picture = data.get("image/png")
    if isinstance(picture, bytes) and picture.startswith(b"\x89PNG"):
        encoded = base64.b64encode(picture).decode()
        if len(encoded) <= MAX_PICTURE:
            known["image/png"] = encoded
    return known


def next_cell(found: Any, count: int, before: int | None, lost: Collection[int]) -> int | None:
    """Return the index of the cell that a child says it runs next, or None if that cannot be.

    Args:
        found: what it says.
        count: how many cells there are.
        before: the cell that it ran before.
        lost: cells that it must not run.
    """
    if type(found) is not int or not 0 <= found < count:
        return None
    if found in lost or (before is not None and found <= before):
        return None
    return found
