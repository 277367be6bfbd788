"""Name what lies in the folder of submissions and was not graded, and say what to do with it.

nbgrader takes `STUDENT/ASSIGNMENT/NOTEBOOK.ipynb` and passes over everything else.
"""

import contextlib
import difflib
import itertools
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

MAX_SEEN = 10_000  # entries of one folder that are looked at
MAX_NAMED = 20  # findings in what one student handed in
MAX_ALIKE = 5  # harmless things of one kind that are named one by one
DEPTH = 3  # folders below an unexpected one in which a notebook is looked for

ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# What programs leave behind, and nbgrader's own.
LEFT_BEHIND = {
    ".ipynb_checkpoints",
    "__pycache__",
    ".DS_Store",
    "__MACOSX",
    "Thumbs.db",
    "desktop.ini",
    ".gitkeep",
    ".git",
    ".idea",
    ".vscode",
}
USED = {"timestamp.txt", "submission_secret.txt"}
MOODLE = re.compile(r".+_\d+_assignsubmission_(file|onlinetext)")
# What browsers, Jupyter and file managers add to the name of a second copy.
# Each may come several times; no quantifier inside another, which takes years on some names.
ADDED = re.compile(
    r"(?<![-_ ])(?:[-_ ]*copy[-_ ]*\d*|[-_ ]*\(\d+\)|[-_ ]+\d+)$|-checkpoint$", re.IGNORECASE
)

Found = tuple[str, str]  # a path below the folder of submissions, and a sentence


@dataclass(frozen=True)
class Known:
    """What is known of a course.

    Attributes:
        notebooks: the names of each assignment's notebooks, without `.ipynb`.
        chosen: the assignments that were to be graded; the others are left for another run.
        done: places of what was graded, or is named elsewhere: see `place`.
        handed_out: places of files that students got with an assignment, without a student.
    """

    notebooks: Mapping[str, Collection[str]]
    chosen: Collection[str]
    done: Collection[str]
    handed_out: Collection[str] = field(default=frozenset())


def place(*parts: str) -> str:
    """Return a path below the folder of submissions, as it is given and returned here."""
    return "/".join(parts)


def handed_out(assignment: str, folders: Iterable[Path]) -> set[str]:
    """Return the places of the files in folders of a release, as `Known` wants them."""
    found = set()
    for folder in folders:
        for file in itertools.islice(folder.rglob("*"), MAX_SEEN):
            if file.is_file() and file.suffix != ".ipynb":
                inner = file.relative_to(folder).parent.parts
                # The hints had no dot in front in what was released before.
                names = file.name, file.name.removeprefix(".")
                found |= {place(assignment, *inner, name) for name in names}
    return found


def find(submitted: Path, known: Known) -> list[Found]:
    """Return what lies in the folder of submissions and was not graded, in order.

    It reads names only, and follows no links. What hundreds of students have in the same way and
    needs no action is told once; of one student, no more than `MAX_NAMED` things are told.
    """
    folders, files, more = _list(submitted)
    harmful: list[Found] = []
    harmless: dict[str, list[str]] = {}
    for folder in folders:
        told = list(itertools.islice(_student(submitted / folder, known), MAX_SEEN))
        acts = [(where, what) for where, what, act in told if act]
        harmful += acts[:MAX_NAMED]
        if len(acts) > MAX_NAMED:
            harmful.append((folder, f"{len(acts) - MAX_NAMED} more files or folders: look there"))
        for where, what, act in told:
            if not act:
                harmless.setdefault(what, []).append(where)
    students = {one.partition("/")[0] for one in known.done}  # a link to a folder, for example
    beside = [(file, *_beside(file, "STUDENT", known)) for file in files if file not in students]
    harmful += [(where, what) for where, what, act in beside if act][: 5 * MAX_NAMED]
    more += max(0, sum(act for *_, act in beside) - 5 * MAX_NAMED)
    for where, what, act in beside:
        if not act:
            harmless.setdefault(what, []).append(where)
    if more:
        harmful.append((".", f"{more} more files or folders: look there"))
    return harmful + [one for what, places in harmless.items() for one in _once(what, places)]


def _once(what: str, places: list[str]) -> list[Found]:
    if len(places) <= MAX_ALIKE:
        return [(where, what) for where in places]
    return [(f"{', '.join(places[:3])} and {len(places) - 3} more like these", what)]


def _list(folder: Path) -> tuple[list[str], list[str], int]:
    """Return the names of folders and of other things in a folder, and how many more there are."""
    folders, files, more = [], [], 0
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if len(folders) + len(files) == MAX_SEEN:
                more += 1
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            else:
                files.append(entry.name)
    return sorted(folders), sorted(files), more


def _student(folder: Path, known: Known) -> Iterator[tuple[str, str, bool]]:
    """Yield place, sentence, and whether somebody must act, for what a student handed in."""
    name = folder.name
    if name in LEFT_BEHIND:
        yield name, "a program left this here; there is nothing to do", False
        return
    if name.startswith("."):
        named = name.lstrip(".") or "the student's id"
        what = "nbgrader passes over names with a dot in front. If this is work, rename it to"
        yield name, f"{what} {named}", True
        return
    folders, files, more = _list(folder)
    right = any(place(name, one) in known.done or one in known.notebooks for one in folders)
    if MOODLE.match(name) and not right:
        yield (
            name,
            "Moodle named this folder. Rename it to the student's id, and put the notebook at "
            f"{_target('ID', known)}",
            True,
        )
        return
    if name in known.notebooks and not right:
        yield (
            name,
            "the name of an assignment, where students' folders are expected. Turn the order "
            f"around: {_target('STUDENT', known, name)}",
            True,
        )
        return
    if not folders and not files:
        yield name, f"an empty folder. The work belongs at {_target(name, known)}", True
    for file in files:
        what, act = _beside(file, name, known)
        yield place(name, file), what, act
    for one in folders:
        if one in known.notebooks:
            if one in known.chosen and place(name, one) not in known.done:
                yield from _assignment(folder / one, known)
        else:
            yield place(name, one), *_unknown(folder / one, known)
    if more:
        yield name, f"{more} more files or folders: look there", True


def _assignment(folder: Path, known: Known) -> Iterator[tuple[str, str, bool]]:
    student, name = folder.parent.name, folder.name
    here = place(student, name)
    names = sorted(known.notebooks[name])
    graded = {one for one in names if place(here, f"{one}.ipynb") in known.done}
    folders, files, more = _list(folder)
    if not folders and not files:
        yield here, f"an empty folder. The work belongs at {_target(student, known, name)}", True
    for file in files:
        if f"{file}" in USED or place(name, file) in known.handed_out:
            continue
        if place(here, file) not in known.done:
            yield place(here, file), *_handed_in(file, student, name, names, graded)
    for one in folders:
        if one in LEFT_BEHIND:
            yield place(here, one), "a program left this here; there is nothing to do", False
        elif found := _inside(folder / one, {f"{name}.ipynb" for name in names}):
            to = place(here, found.name)
            yield place(here, one), f"too deep: move {found.name} from in there to {to}", True
        elif not any(file.startswith(place(name, one, "")) for file in known.handed_out):
            if graded:
                yield place(here, one), "a folder beside the notebook; only copied along", False
            else:
                yield place(here, one), f"a folder without {_either(names)}: look there", True
    if more:
        yield here, f"{more} more files or folders: look there", True


def _handed_in(
    file: str, student: str, assignment: str, names: list[str], graded: Collection[str]
) -> tuple[str, bool]:
    """Return what to do with a file in a student's folder of an assignment."""
    if file in LEFT_BEHIND:
        return "a program left this here; there is nothing to do", False
    stem, suffix = Path(file).stem, Path(file).suffix
    if suffix.lower() == ".ipynb":
        meant = which(stem, names)
        if meant in graded:
            return f"{meant}.ipynb was graded, this was not. If this is it, swap their names", True
        if meant:
            return f"another name than {meant}.ipynb. If this is the work, rename it so", True
        return f"{assignment} has {_either(names)} only. If this is the work, rename it so", True
    if suffix.lower() in ARCHIVES:
        return f"an archive. If the work is in it, unpack it here, as {_either(names)}", True
    if graded:
        return "a file beside the notebook; only copied along", False
    if suffix.lower() == ".py":
        return _script(student, assignment, names, file), True
    return f"not a notebook; {_either(names)} is missing. Ask {student} for it", True


def _script(student: str, assignment: str, names: list[str], file: str) -> str:
    exercise = which(Path(file).stem, names) or names[0] if names else assignment
    return (
        f"a script; nbgrader grades notebooks. Call it {exercise}.py, and run: autograder "
        f"autograde {assignment}; or ask {student} for {_either(names)}"
    )


def _beside(file: str, student: str, known: Known) -> tuple[str, bool]:
    """Return what to do with a file that lies in no folder of an assignment."""
    if file in LEFT_BEHIND or file in USED:
        return "a program left this here; there is nothing to do", False
    stem, suffix = Path(file).stem, Path(file).suffix
    stem = re.sub(r"^.*_assignsubmission_(file|onlinetext)_", "", stem)
    homes = {notebook: name for name, some in known.notebooks.items() for notebook in some}
    # An assignment that is graded now is meant, if several have a notebook of this name.
    homes |= {one: name for name in known.chosen for one in known.notebooks.get(name, ())}
    meant = which(stem, sorted(homes))
    if suffix.lower() == ".ipynb":
        if meant:
            return f"not deep enough: move it to {place(student, homes[meant], meant)}.ipynb", True
        return f"not deep enough: the work belongs at {_target(student, known)}", True
    if suffix.lower() in ARCHIVES:
        return f"an archive. Unpack it, so that the work is at {_target(student, known)}", True
    if suffix.lower() == ".py":
        return (
            "a script; nbgrader grades notebooks. Run: autograder grade "
            f"{meant or 'EXERCISE'} FILE",
            True,
        )
    return f"in no folder of an assignment. If this is work: {_target(student, known)}", True


def _unknown(folder: Path, known: Known) -> tuple[str, bool]:
    """Return what to do with a student's folder that has no assignment's name."""
    student, name = folder.parent.name, folder.name
    if name in LEFT_BEHIND:
        return "a program left this here; there is nothing to do", False
    if found := _inside(folder, known.notebooks):
        return f"too deep: move {found.name} from in there to {place(student, found.name)}", True
    if meant := which(name, sorted(known.notebooks)):
        return f"no assignment is called so. If {meant} is meant, rename it so", True
    files = {f"{one}.ipynb" for some in known.notebooks.values() for one in some}
    if found := _inside(folder, files):
        return f"no assignment is called so. {_target(student, known)} is expected", True
    there = ", ".join(sorted(known.notebooks)[:10]) or "none"
    return f"no assignment is called so. There are: {there}. Rename it, or remove it", True


def _inside(folder: Path, names: Collection[str], depth: int = DEPTH) -> Path | None:
    """Return something of one of these names in a folder or a few folders below."""
    folders, files, _ = _list(folder)
    for one in [*files, *folders]:
        if one in names:
            return folder / one
    if depth:
        for one in folders[:MAX_NAMED]:
            if one not in LEFT_BEHIND and (found := _inside(folder / one, names, depth - 1)):
                return found
    return None


def which(name: str, names: list[str]) -> str:
    """Return which of the names somebody meant, or nothing."""
    for tried in (name, _original(name)):
        for one in names:
            if _bare(one) == _bare(tried):
                return one
    close = difflib.get_close_matches(_original(name)[:100].lower(), names, 1, 0.75)
    return close[0] if close else ""


def _original(name: str) -> str:
    """Return a name without what was added to that of a copy."""
    while (shorter := ADDED.sub("", name)) != name:
        name = shorter
    return name


def _bare(name: str) -> str:
    return re.sub(r"[-_. ]", "", name).lower()


def _either(names: list[str]) -> str:
    return " or ".join(f"{name}.ipynb" for name in names[:5])


def _target(student: str, known: Known, assignment: str = "") -> str:
    """Return where a notebook belongs."""
    if not assignment and len(known.chosen) == 1:
        [assignment] = known.chosen
    names = sorted(known.notebooks.get(assignment, ()))
    notebook = names[0] if names else "NOTEBOOK"
    return place(student, assignment or "ASSIGNMENT", f"{notebook}.ipynb")
