"""What students run, in Pythons that lack what only POSIX has, as Windows does.

The standard library and NumPy keep what they need themselves, here, to start processes, to read a
terminal and to know the kernel.
"""

import json
import re
import subprocess
import sys

import nbformat
import pexpect
import pytest

from autograder.authors.build import source_notebook, stub

pytestmark = pytest.mark.slow

# Python imports it before anything else.
TAKEN_AWAY = """
import multiprocessing, os, signal, socket, sys

MODULES = "fcntl resource pwd grp syslog spwd crypt nis readline"
NAMES = {
    os: "fork forkpty killpg setsid setpgid getpgid getpgrp getsid wait wait3 wait4 nice fchown "
    "chown lchown chroot mkfifo mknod pidfd_open sched_getaffinity sched_setaffinity ttyname "
    "getloadavg statvfs fstatvfs posix_spawn setuid setgid setgroups getgroups",
    signal: "SIGALRM SIGVTALRM SIGHUP SIGQUIT SIGUSR1 SIGUSR2 SIGCHLD SIGPIPE SIGTSTP SIGCONT "
    "SIGWINCH SIGXCPU setitimer getitimer ITIMER_REAL alarm pause pthread_kill pthread_sigmask "
    "sigwait sigtimedwait siginterrupt",
    socket: "send_fds recv_fds SOCK_SEQPACKET",
}
for name in MODULES.split():
    sys.modules[name] = None
for module, names in NAMES.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
multiprocessing.set_start_method("spawn")
for name in ("fork", "forkserver"):
    multiprocessing.context._concrete_contexts.pop(name, None)
"""
LIMITED = """
import sys, time
from autograder.sandbox.loading import TooSlow, alarm

assert not hasattr(__import__("signal"), "setitimer")
started = time.monotonic()
try:
    with alarm(0.5):
        while True:
            pass
except TooSlow as error:
    print(error)
assert time.monotonic() - started < 5
with alarm(0.2):
    pass
time.sleep(0.5)
"""
SHELL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(sys.stdin):
    shell.run_cell(cell, store_history=True)
"""

LOOKS = '''

def look_at_words():
    """What caf\xe9 means."""
    print("coffee \u2713")


def look_at_my_layer(figure):
    """A line."""
    figure.subplots().plot(Scale(2.0)(tf.constant([1.0, 2.0])))
'''


@pytest.fixture(scope="module")
def elsewhere(environment, tmp_path_factory):
    """The environment of a shell whose Pythons lack the names."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(TAKEN_AWAY)
    return {**environment, "PYTHONPATH": str(folder), "IPYTHONDIR": str(folder / "ipython")}


@pytest.fixture(scope="module")
def handout(tmp_path_factory, toy_exercise):
    """A folder with the toy exercise: a stub, an answer with an accent, a mistake in a notebook."""
    folder = tmp_path_factory.mktemp("caf\xe9")
    (folder / "stub.py").write_text(stub(toy_exercise) + "# begun\n", "utf-8")
    parts = "# autograder exercise: scale", toy_exercise.reference, toy_exercise.public_tests
    right = "\n\n".join(parts)
    (folder / "right.py").write_text(f"{right}\nprint('caf\xe9 \u2713')\n", "utf-8")
    notebook = source_notebook(toy_exercise, [])
    for cell in notebook.cells:
        cell.source = cell.source.replace("self.factor * inputs", "inputs + self.factor")
    nbformat.write(notebook, folder / "wrong.ipynb")
    return folder


@pytest.fixture
def desk(handout, tmp_path):
    """A student's copy of it."""
    for file in handout.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def run(command, folder, environment, code=0, **more):
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, timeout=300, encoding="utf-8",
        **more,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout


def test_a_time_limit_needs_no_timer_of_posix(elsewhere, tmp_path):
    assert (
        run([sys.executable, "-c", LIMITED], tmp_path, elsewhere) == "stopped after 0.5 seconds\n"
    )


def test_exercises_are_started_listed_and_checked(elsewhere, desk):
    assert "exercises in mine" in run(["autograder", "start", "mine"], desk, elsewhere)
    assert "2 Losses" in run(["autograder", "list"], desk, elsewhere)
    output = run(["autograder", "check", "right.py"], desk, elsewhere)
    assert "caf\xe9 \u2713\n" in output
    assert "  \u2713 3 becomes 6\n" in output
    output = run(["autograder", "check", "stub.py", "wrong.ipynb"], desk, elsewhere, code=1)
    assert "not solved yet (line " in output
    assert "Scale(2.0) made 5.0 of 3.0, expected 6.0" in output


def test_an_answer_is_looked_at(elsewhere, desk):
    with (desk / "right.py").open("a", encoding="utf-8") as file:
        file.write(LOOKS)
    output = run(["autograder", "look", "right.py", "wrong.ipynb"], desk, elsewhere)
    assert "What caf\xe9 means.\ncoffee \u2713\n" in output
    assert "wrote right.look_at_my_layer.png\n" in output
    assert "wrong.ipynb: there is nothing to look at\n" in output


def test_pytest_runs_scripts_and_notebooks(elsewhere, desk):
    output = run(["pytest", "right.py", "wrong.ipynb"], desk, elsewhere, code=1)
    assert "1 failed, 1 passed" in output
    assert "Scale(2.0) made 5.0 of 3.0, expected 6.0" in output


def test_a_notebook_shows_its_table(elsewhere, desk):
    cells = [one.source for one in nbformat.read(desk / "wrong.ipynb", 4).cells if one.source]
    code = [one for one in cells if re.search(r"import|class |show\(", one)]
    output = run([sys.executable, "-c", SHELL], desk, elsewhere, input=json.dumps(code))
    assert "Scale(2.0) made 5.0 of 3.0, expected 6.0" in output
    assert "1 of 1 public tests fail." in output


def test_the_watch_loop_checks_what_is_saved(elsewhere, desk):
    loop = pexpect.spawn(
        "autograder check --watch stub.py", cwd=str(desk), env=elsewhere, encoding="utf-8",
        timeout=120, dimensions=(40, 100),
    )  # fmt: skip
    loop.expect(r"not solved yet \(line 2")
    (desk / "stub.py").write_bytes((desk / "right.py").read_bytes())
    loop.expect("public tests pass")
    loop.send("q")
    loop.expect(pexpect.EOF)
    loop.close()
    assert loop.exitstatus == 0


def test_an_endless_loop_is_stopped(elsewhere, desk):
    text = (desk / "right.py").read_text("utf-8")
    endless = text.replace("return self.factor * inputs", "return [1 for _ in iter(int, 1)]")
    assert endless != text
    (desk / "endless.py").write_text(endless, "utf-8")
    output = run(["autograder", "check", "endless.py"], desk, elsewhere, code=1)
    assert re.search(r"stopped after \d+ seconds", output)
    assert re.search(r"line \d+: return \[1 for _ in iter\(int, 1\)\]", output)


@pytest.mark.parametrize(("platform", "name"), [("darwin", "macOS"), ("win32", "Windows")])
def test_where_nothing_can_be_graded_a_command_says_so(environment, course, platform, name):
    program = f"import autograder.cli, sys; sys.platform = {platform!r}; autograder.cli.main()"
    for command in (["grade", "scale", "x.py"], ["autograde"], ["build"], ["audit"], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-c", program, *command],
            cwd=course, env=environment, text=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == (0 if command == ["doctor"] else 2), done.stderr
        assert f"it needs Linux, and this is {name}. WSL and Docker" in done.stdout + done.stderr
