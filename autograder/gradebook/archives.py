"""Read the files of an archive or a folder that students filled; trust nothing about it.

Nothing is unpacked: a file is read into memory, and its name in the archive is only looked at.
"""

import datetime
import io
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.grading.reference import GraderError
from autograder.records.submissions import MAX_BYTES

MAX_FILES = 100_000
MAX_TOTAL = 2 * 2**30  # bytes that are read of all files together
SUFFIXES = (".ipynb", ".py")
UTF_8 = 0x800  # the flag of a name in a zip
ENCRYPTED = 0x1
# What unpacking a damaged or hostile zip may raise.
BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


class NotTaken(Exception):
    """A file is not read; says why."""


@dataclass(frozen=True)
class File:
    """A file in what was handed in.

    Attributes:
        parts: its path, from the top.
        when: the time that it has there, in seconds.
        read: returns its content, or raises NotTaken.
    """

    parts: tuple[str, ...]
    when: float
    read: Callable[[], bytes]


class Budget:
    """How much may still be read of everything together."""

    def __init__(self, files: int = MAX_FILES, total: int = MAX_TOTAL):
        self.files, self.total = files, total

    def count(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise GraderError(f"there are more than {MAX_FILES} files in it. Split it")

    def take(self, stream: IO[bytes]) -> bytes:
        """Read a file, however large it says it is."""
        content = stream.read(min(MAX_BYTES, self.total) + 1)
        self.total -= len(content)
        if self.total < 0:
            raise GraderError(f"it unpacks to more than {MAX_TOTAL // 2**30} GiB. Split it")
        if len(content) > MAX_BYTES:
            raise NotTaken(f"larger than {MAX_BYTES // 2**20} MiB")
        return content


def files(path: Path) -> Iterator[File]:
    """Yield what lies in a zip or in a folder, and in zips that lie in it.

    Raises:
        GraderError: it is neither, or too large.
    """
    budget = Budget()
    if path.is_dir():
        yield from _in_folder(path, budget)
    elif not path.exists():
        raise FileNotFoundError(f"no such file or folder: {path}")
    else:
        try:
            with zipfile.ZipFile(path) as archive:
                yield from _in_zip(archive, (), budget, deep=True)
        except BAD_ZIP as error:
            raise GraderError(
                f"{path} is no zip that can be read ({error}). Download it again, or unpack it and "
                "name the folder"
            ) from None


def _in_folder(path: Path, budget: Budget) -> Iterator[File]:
    for file in sorted(path.rglob("*")):
        if file.is_symlink() or not file.is_file():
            if file.is_symlink():
                yield File(file.relative_to(path).parts, 0, _refused("a link"))
            continue
        budget.count()

        def read(file: Path = file) -> bytes:
            with file.open("rb") as stream:
                return budget.take(stream)

        one = File(file.relative_to(path).parts, file.stat().st_mtime, read)
        yield from _unpacked(one, budget, deep=True)


def _in_zip(
    archive: zipfile.ZipFile, above: tuple[str, ...], budget: Budget, deep: bool
) -> Iterator[File]:
    for entry in archive.infolist():
        budget.count()
        parts = above + _parts(entry)
        if entry.is_dir() or len(parts) == len(above):
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if ".." in parts:
            yield File(parts, 0, _refused("its path leads out of the archive"))
        elif kind not in (0, stat.S_IFREG):
            yield File(parts, 0, _refused("a link, or no regular file"))
        elif entry.flag_bits & ENCRYPTED:
            yield File(parts, 0, _refused("it has a password"))
        else:

            def read(entry: zipfile.ZipInfo = entry) -> bytes:
                try:
                    with archive.open(entry) as stream:
                        return budget.take(stream)
                except BAD_ZIP as error:
                    raise NotTaken(f"it cannot be unpacked ({error})") from None

            yield from _unpacked(File(parts, _when(entry), read), budget, deep)


def _unpacked(file: File, budget: Budget, deep: bool) -> Iterator[File]:
    """Yield a file, or what lies in it if it is a zip that is not in another student's zip."""
    if not deep or not file.parts[-1].lower().endswith(".zip"):
        yield file
        return
    try:
        with zipfile.ZipFile(io.BytesIO(file.read())) as archive:
            inner = list(_in_zip(archive, file.parts, budget, deep=False))
            yield from inner
    except NotTaken as error:
        yield File(file.parts, file.when, _refused(str(error)))
    except BAD_ZIP as error:
        yield File(file.parts, file.when, _refused(f"it is no zip that can be read ({error})"))


def _refused(why: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise NotTaken(why)

    return read


def _parts(entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return the parts of a name; without a flag, programs write UTF-8 or what DOS had."""
    name = entry.filename
    if not entry.flag_bits & UTF_8:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = entry.filename
    parts = name.replace("\\", "/").split("/")
    return tuple(part for part in parts if part not in ("", "."))


def _when(entry: zipfile.ZipInfo) -> float:
    """Return the time of an entry, which is that of a clock on the wall."""
    try:
        return datetime.datetime(*entry.date_time).timestamp()
    except (ValueError, OverflowError):
        return 0.0
