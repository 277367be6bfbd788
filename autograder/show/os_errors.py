"""Say in a sentence what a user can mend, where Python would show a traceback."""

import errno
from pathlib import Path

from autograder.records.text import line

HOW = {
    errno.ENOSPC: "Make room there",
    errno.EACCES: "Make sure that you may read and write there",
    errno.EPERM: "Make sure that you may read and write there",
    errno.EROFS: "Copy the course to a place where you may write",
    errno.EISDIR: "Name a file, or move the folder away",
    errno.ENOTDIR: "Move that file away, or name another folder",
    errno.ENOENT: "Check its name",
    errno.ENAMETOOLONG: "Give it a shorter name",
    errno.EMFILE: "Ask for fewer jobs with -j, or raise the limit with `ulimit -n`",
}


def sentence(error: OSError | UnicodeError) -> str:
    """Return what went wrong with which file, and what to do."""
    if isinstance(error, UnicodeError):
        return f"a text is in another encoding ({error}). Save the file it is from as UTF-8"
    said = error.strerror or str(error) or type(error).__name__
    named = [name for name in (error.filename, error.filename2) if name]
    if error.errno == errno.ENOTDIR:
        named = [in_the_way(name) for name in named]
    names = [line(str(name), 200) for name in named]
    where = f"{' → '.join(names)}: " if names else ""
    how = HOW.get(error.errno or 0, "Mend that")
    return f"{where}{said}. {how}, then run the same command again"


def in_the_way(name: str | Path) -> str | Path:
    """Return the file that stands where a folder of this name would be."""
    return next((parent for parent in Path(str(name)).parents if parent.is_file()), name)
