"""Run every attack in `tests/attacks/*/` for real, and tell what came of it.

    python tests/attacks/run.py [NAME…]      prints a table, attack × mode

An attack is one submission. Its header says what its honest work is worth:

    # exercise: scale           the toy exercise in tests/toy (default), or one of solutions/
    # beside: right             what stands before it: the reference (right), the first chaff
                                (wrong), a specimen by its title, or nothing (default)
    # score: 8                  points, `all`, or `as TITLE`: no more than that specimen gets
    # costly: yes               takes seconds: runs in one mode only
    # notebook: yes             its `# %%` cells are a notebook's

Before it stands `TARGET`, what an attacker may know of this machine, and `attempt(what, do)`, which
prints BREACH when `do()` does not raise.
"""

import argparse
import contextlib
import ctypes
import dataclasses
import functools
import hashlib
import io
import json
import os
import pprint
import re
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TOY = HERE.parent / "toy" / "solutions" / "scale"
MODES = {
    "bubblewrap": {"bubblewrap": True, "other user": False},
    "Landlock": {"bubblewrap": False, "other user": False},
    "bubblewrap, other user": {"bubblewrap": True, "other user": True},
    "Landlock, other user": {"bubblewrap": False, "other user": True},
}
COSTLY = "Landlock"  # the mode that runs what is costly: less holds there
NOBODY = 65534
PRELUDE = """\
def attempt(what, do):
    try:
        do()
    except BaseException as error:
        print("refused:", what, type(error).__name__, error)
    else:
        print("BREACH:", what)
"""
BROKEN = ("NameError", "SyntaxError", "ImportError", "ModuleNotFoundError")


@dataclasses.dataclass(frozen=True)
class Attack:
    """One file and its header."""

    path: Path
    exercise: str = "scale"
    beside: str = "nothing"
    score: str = "0"
    costly: bool = False
    notebook: bool = False

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    @classmethod
    def read(cls, path: Path) -> "Attack":
        text = path.read_text()
        header = dict(re.findall(r"^# (\w+): (.+)$", text.split("\n\n")[0], re.MULTILINE))
        header |= {key: header[key] == "yes" for key in ("costly", "notebook") if key in header}
        return cls(path, **header)


def attacks(names=()) -> list[Attack]:
    """Return the attacks, or those whose name contains one of `names`."""
    found = [Attack.read(path) for path in sorted(HERE.glob("*/*.py"))]
    return [one for one in found if not names or any(name in one.name for name in names)]


class Field:
    """What there is to steal, to break and to reach: a course, listeners, an environment."""

    def __init__(self, folder: Path):
        self.token = secrets.token_hex(8)
        os.environ["AUTOGRADER_TEST_SECRET"] = self.token
        self.course, self.home = folder / "course", folder / "home"
        toy = self.course / "solutions" / "scale"
        shutil.copytree(TOY, toy)
        for name in ("reference.py", "wheats.py"):
            with (toy / name).open("a") as file:
                file.write(f"# {self.token}\n")
        other = self.course / "build" / "submitted" / "ada" / "scale" / "scale.py"
        hints = self.course / "build" / "hints" / "other"
        for path in (self.home / "diary.txt", other, hints):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {self.token}\n")
        self.book = self.course / "build" / "gradebook.db"
        with contextlib.closing(sqlite3.connect(self.book)) as book:
            book.execute("create table grade (student, score)")
            book.execute("insert into grade values (?, 0)", (self.token,))
            book.commit()
        self.servers = []
        self.port = self._listen(socket.AF_INET, ("127.0.0.1", 0)).getsockname()[1]
        self.datagrams = self._listen(socket.AF_INET, ("127.0.0.1", 0), socket.SOCK_DGRAM)
        self._listen(socket.AF_UNIX, str(folder / "socket"))
        self._listen(socket.AF_UNIX, f"\0{self.token[:4]}")
        mark = f"autograder-was-here-{os.getpid()}"
        beside_keras = Path(sys.prefix, "lib", mark)
        self.marks = [Path("/tmp", mark), Path("/dev/shm", mark), beside_keras, folder / mark]
        self.target = {
            "course": str(self.course),
            "home": str(self.home),
            "book": str(self.book),
            "other": str(other),
            "hints": str(hints.parent),
            "grader": os.getpid(),
            "port": self.port,
            "datagrams": self.datagrams.getsockname()[1],
            "socket": str(folder / "socket"),
            "abstract": f"\0{self.token[:4]}",
            "marks": [str(mark) for mark in self.marks],
        }

    def _listen(self, family, address, kind=socket.SOCK_STREAM):
        server = socket.socket(family, kind)
        server.bind(address)
        if kind == socket.SOCK_STREAM:
            server.listen()
        server.setblocking(False)
        self.servers.append(server)
        return server

    def snapshot(self) -> dict:
        """Return what every file is like that nobody may change."""
        found = {}
        for folder in (self.course, self.home):
            for path in [folder, *sorted(folder.rglob("*"))]:
                about = path.lstat()
                content = path.read_bytes() if path.is_file() else b""
                found[str(path)] = (
                    about.st_mode,
                    about.st_uid,
                    about.st_mtime_ns,
                    hashlib.sha256(content).hexdigest(),
                )
        return found

    def connections(self) -> int:
        """Return how often somebody connected, or sent something."""
        arrived = 0
        for server in self.servers:
            with contextlib.suppress(BlockingIOError):
                if server.type == socket.SOCK_DGRAM:
                    server.recv(1)
                else:
                    server.accept()[0].close()
                arrived += 1
        return arrived


def descendants() -> set[tuple[int, str]]:
    """Return the processes below this one, with their names."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, rest = stat.read_text().split(" (", 1)
            name, rest = rest.rsplit(")", 1)
            state, parent = rest.split()[:2]
            if state not in "ZX":
                parents[int(pid)] = int(parent), name
    below, found = {os.getpid()}, set()
    while more := {pid for pid, (parent, _) in parents.items() if parent in below} - below:
        below |= more
        found |= {(pid, parents[pid][1]) for pid in more}
    return found


class Tags(HTMLParser):
    """Collects the tags and attributes of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.found: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attributes)}


class Range:
    """A worker, a grader for each exercise, and the field around them."""

    def __init__(self, folder: Path, bubblewrap: bool):
        from autograder.grading import grader as grading
        from autograder.grading import processes
        from autograder.records import exercises
        from autograder.sandbox import lock

        if not bubblewrap:
            lock._bubblewrap = lambda: ""
        self.field = Field(folder)
        self._exercises, self._grading = exercises, grading
        # A slow disk must not be what stops those that fill it.
        limits = processes.Limits(cell=5, check=5, total=30, disk=2**26, files=1_000)
        self.worker = processes.Worker(limits).__enter__()
        toy = self.grader("scale")
        self.before = None
        self.grade(toy, "wrong", toy.exercise.chaffs[0].source)  # its hints are asked for here
        self.before = self.field.snapshot()
        self.processes = descendants()
        self.scratch = set(Path(self.worker._scratch.name).iterdir())  # the worker's own

    @functools.cache  # noqa: B019
    def grader(self, name: str):
        folder = self.field.course if name == "scale" else ROOT
        grader = self._grading.Grader(
            self.worker, self._exercises.Exercise(folder / "solutions" / name)
        )
        if name != "scale":
            grader.hints.patient = False  # they cost a minute, and no point
        return grader

    def grade(self, grader, name: str, *cells: str, notebook=False):
        from autograder.records.submissions import Submission

        return grader.grade(Submission(name, f"{name}.py", notebook, cells))

    def specimen(self, exercise, name: str) -> str:
        if name in ("nothing", "right"):
            return exercise.reference if name == "right" else ""
        if name == "wrong":
            return exercise.chaffs[0].source
        return next(one.source for one in exercise.wheats + exercise.chaffs if one.name == name)

    @functools.cache  # noqa: B019
    def honest(self, exercise: str, score: str) -> float:
        grader = self.grader(exercise)
        if score == "all":
            return grader.max_score
        if not score.startswith("as "):
            return float(score)
        source = self.specimen(grader.exercise, score.removeprefix("as "))
        return self.grade(grader, "honest", source).score

    def run(self, attack: Attack) -> dict:
        """Return what came of an attack; its findings are empty if nothing went wrong."""
        grader = self.grader(attack.exercise)
        most = self.honest(attack.exercise, attack.score)
        source = attack.path.read_text()
        before = [
            f"TARGET = {self.field.target!r}\n{PRELUDE}",
            self.specimen(grader.exercise, attack.beside),
        ]
        cells = before + re.split(r"(?m)^# %%.*$", source)
        if not attack.notebook:
            cells = ["\n\n".join([*before, source])]
        neighbour: list[dict] = []
        beside = threading.Thread(target=lambda: neighbour.append(self.neighbour()))
        started = time.monotonic()
        beside.start()
        result = self.grade(grader, attack.path.stem, *cells, notebook=attack.notebook)
        beside.join()
        if "timed out" in neighbour[0].values():
            neighbour.append(self.neighbour())  # two cores are few: once more, alone
        seconds = time.monotonic() - started
        findings = [*self._findings(attack, result), *self._traces()]
        if result.score > most or (not attack.score.startswith("as ") and result.score < most):
            lost = [check.name for check in result.checks if check.status != "passed"]
            findings.append(f"{result.score:g} points; honest: {most:g}; lost: {lost}")
        if set(neighbour[-1].values()) != {"passed"}:
            findings.append(f"its neighbour: {neighbour[-1]}")
        messages = {check.status: check.message for check in result.checks}
        return {
            "attack": attack.name,
            "score": result.score,
            "honest": most,
            "findings": findings,
            "seconds": round(seconds, 1),
            "messages": messages,
            "output": result.output,
        }

    def neighbour(self) -> dict:
        """Return the status of the quick checks for somebody who has solved the exercise."""
        from autograder.grading.verdicts import verdict
        from autograder.records.submissions import Submission

        toy = self.grader("scale")
        quick = [check for check in toy.checks if check.dimension in ("numerics", "gradients")]
        interview = toy.interview(Submission("neighbour", "", False, (toy.exercise.reference,)))
        outcomes = interview.run([check.name for check in quick], toy.seeds).outcomes
        expected = toy.reference.expected
        return {
            check.name: verdict(check, expected[check.name], outcomes[check.name]).status
            for check in quick
        }

    def _findings(self, attack: Attack, result) -> list[str]:
        """Return what is wrong with a result and with how it is shown."""
        from rich.console import Console

        from autograder.records.results import DIMENSIONS, Run
        from autograder.show import html as page
        from autograder.show import text as plain
        from autograder.show.terminal import class_table, feedback

        found = []
        if result.status != "graded":
            found.append(f"{result.status}: {result.message}")
        terminal = Console(file=io.StringIO(), width=120, highlight=False)
        run = Run("scale", 0, [], [result])
        terminal.print(feedback(result), soft_wrap=True)
        terminal.print(class_table(run))
        kept = run.as_dict()["submissions"][0]
        whole = json.dumps([dataclasses.asdict(result), result.timed_out])
        if len(whole) > 5 * 2**20:
            found.append(f"{len(whole)} bytes to keep")
        if broken := re.search(r"TypeError: \S+ (missing|takes) .*argument", whole):
            found.append(f"the attack does not run: {broken[0]}")
        shown = {
            "terminal": terminal.file.getvalue(),
            "text": "\n".join(plain.checks(result, name) for name in DIMENSIONS),
            "html": "\n".join(page.checks(result, name) for name in DIMENSIONS),
            "comment": page.comment(result),
        }
        for name, text in [*shown.items(), ("json", str(kept)), ("cells", str(result.cells))]:
            if self.field.token in text:
                found.append(f"a secret in {name}")
            if "BREACH" in text and "refused: BREACH" not in text:
                found += re.findall("BREACH.*", text)
            if broken := [word for word in BROKEN if re.search(f"refused:.* {word}", text)]:
                found.append(f"the attack does not run: {broken}")
        passed = sum(check.status == "passed" for check in result.checks)
        for name, text in shown.items():
            odd = {
                f"{ord(char):x}"
                for char in text
                if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
                and char not in "\n\t"
            }
            if odd:
                found.append(f"control characters in {name}: {sorted(odd)}")
            if name in ("terminal", "text"):
                margin = "^ {0,4}" if name == "terminal" else "^"
                ticks = len(re.findall(rf"(?m){margin}✓", text))
                if ticks != passed:
                    found.append(f"{ticks} ticks in {name} for {passed} passed checks")
        allowed = {"p", "p style", "strong", "strong style", "span", "span style", "br", "code"}
        calls = sum(bool(check.call) for check in result.checks)
        if calls and shown["html"].count("<pre>") == calls:  # code to try, which is the reference's
            allowed.add("pre")
        if tags := Tags(shown["html"] + shown["comment"]).found - allowed:
            found.append(f"foreign tags: {sorted(tags)}")
        return found

    def _traces(self) -> list[str]:
        """Return what an attack left behind."""
        found = []
        deadline = time.monotonic() + 3
        while (left := descendants() - self.processes) and time.monotonic() < deadline:
            time.sleep(0.05)
        if left:
            found.append(f"processes left: {sorted(left)}")
        if scratch := set(Path(self.worker._scratch.name).iterdir()) - self.scratch:
            found.append(f"scratch left: {sorted(scratch)}")
        now = self.field.snapshot()
        if changed := [
            path for path in {**now, **self.before} if now.get(path) != self.before.get(path)
        ]:
            found.append(f"changed: {changed}")
            self.before = now
        found += [f"written: {mark}" for mark in self.field.marks if mark.exists()]
        for mark in self.field.marks:
            mark.unlink(missing_ok=True)
        if arrived := self.field.connections():
            found.append(f"{arrived} connections arrived")
        return found


def run_here(mode: str, names) -> list[dict]:
    """Run the attacks in this process's mode."""
    pr_set_child_subreaper = 36  # what is orphaned becomes ours, and is seen
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)
    chosen = [one for one in attacks(names) if mode == COSTLY or not one.costly]
    with tempfile.TemporaryDirectory(prefix="attacks-") as folder:
        place = Range(Path(folder), MODES[mode]["bubblewrap"])
        try:
            return [place.run(attack) for attack in chosen]
        finally:
            place.worker.__exit__()


def lacking(mode: str) -> str:
    """Return why this machine cannot run a mode, or nothing."""
    from autograder.sandbox import lock

    needed = {"landlock", "seccomp"} | ({"bubblewrap"} if MODES[mode]["bubblewrap"] else set())
    if missing := needed - set(lock.layers()):
        return f"no {', '.join(sorted(missing))} here"
    if MODES[mode]["other user"]:
        if os.getuid() != 0:
            return "not root: this is an ordinary user already"
        if subprocess.run(_as_nobody(["true"]), capture_output=True).returncode:
            return "cannot become another user"
    return ""


def _as_nobody(command: list[str]) -> list[str]:
    """Return a command that runs another as an ordinary user.

    In a mount namespace of its own, the folders above the interpreter and this repository are laid
    under one that everybody may enter; nothing outside changes.
    """
    closed = [
        folder
        for base in (Path(sys.base_prefix), ROOT)
        for folder in base.parents
        if not folder.stat().st_mode & 0o001
    ]
    script = "set -e\n"
    for number, folder in enumerate(dict.fromkeys(reversed(closed))):
        under = f"/mnt/{number}"
        script += f"""\
mount -t tmpfs none /mnt && mkdir -m 755 {under} {under}.work
mount -t overlay -o lowerdir={folder},upperdir={under},workdir={under}.work none {folder}
umount -l /mnt
"""
    script += f'exec setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups "$@"'
    return ["unshare", "--mount", "sh", "-c", script, "sh", *command]


def run_mode(mode: str, names=(), seconds: float = 900) -> list[dict]:
    """Run the attacks in a mode, in a grader of its own."""
    command = [sys.executable, __file__, "--mode", mode, *names]
    if MODES[mode]["other user"]:
        command = _as_nobody(command)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"TMPDIR": "/tmp"} if MODES[mode]["other user"] else {}
    done = subprocess.run(
        command, env=environment, cwd="/", text=True, capture_output=True, timeout=seconds
    )
    if done.returncode:
        raise RuntimeError(f"{mode}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return json.loads(done.stdout)


def table(names) -> int:
    """Print attack × mode; return how many went wrong."""
    from rich.console import Console
    from rich.table import Table

    from autograder.show.terminal import printable

    console = Console(width=max(120, Console().width))
    shown = Table("attack", *MODES)
    cells = {one.name: dict.fromkeys(MODES, "") for one in attacks(names)}
    wrong = []
    for mode in MODES:
        if why := lacking(mode):
            console.print(f"{mode}: {why}")
            continue
        for found in run_mode(mode, names):
            score = f"{found['score']:g} of {found['honest']:g} honest"
            good = not found["findings"]
            cells[found["attack"]][mode] = f"[green]{score}[/]" if good else f"[red]{score}[/]"
            if found["findings"]:
                wrong.append((mode, found))
    for name, row in cells.items():
        shown.add_row(name, *row.values())
    console.print(shown)
    for mode, found in wrong:
        console.print(f"[red]{found['attack']}[/] ({mode})", printable(pprint.pformat(found)))
    console.print(f"{len(cells)} attacks, {len(wrong)} findings")
    return len(wrong)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Run the attacks; print attack × mode.")
    parser.add_argument("names", nargs="*", help="part of a name; all attacks by default")
    parser.add_argument("--mode", choices=MODES, help="only this mode, as JSON")
    arguments = parser.parse_args()
    if arguments.mode:
        print(json.dumps(run_here(arguments.mode, arguments.names)))
    else:
        sys.exit(1 if table(arguments.names) else 0)
