"""What a locked child can reach: each attempt of a submission below must be refused."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.grading.grader import Grader
from autograder.grading.processes import Limits, Worker
from autograder.records.results import LAYERS
from autograder.records.submissions import Submission
from autograder.sandbox import lock

ROOT = Path(__file__).parent.parent
ATTEMPTS = {
    "list the course": "os.listdir({root!r})",
    "read a solution": "open({root!r} + '/tests/toy/solutions/scale/checks.py').read()",
    "read it in a graph": "tf.io.read_file({root!r} + '/README.md')",
    "read through /proc": "open('/proc/self/root' + {root!r} + '/README.md').read()",
    "list the home": "os.listdir(os.path.expanduser('~root'))",
    "list other scratch folders": "os.listdir('..')",
    "read the grader's memory": "open('/proc/{grader}/mem', 'rb')",
    "read the grader's environment": "open('/proc/{grader}/environ').read()",
    "read the worker's memory": "open(f'/proc/{{os.getppid()}}/mem', 'rb')",
    "write beside keras": "open(keras.__file__ + 'x', 'w')",
    "write to /tmp": "open('/tmp/autograder-was-here', 'w')",
    "write in a graph": "tf.io.write_file('/tmp/autograder-was-here', 'x')",
    "write to shared memory": "open('/dev/shm/autograder-was-here', 'w')",
    "signal the worker": "os.kill(os.getppid(), 0)",
    "signal everybody": "os.kill(-1, 0)",
    "open the worker": "os.pidfd_open(os.getppid())",
    "trace the worker": "call(101, 16, os.getppid(), 0, 0)",
    "connect": "socket.create_connection(('127.0.0.1', {port}), 1)",
    "send a datagram": "socket.socket(type=socket.SOCK_DGRAM)",
    "open a UNIX socket": "socket.socket(socket.AF_UNIX)",
    "fork": "os.fork()",
    "run a program": "subprocess.run(['/bin/true'])",
    "enter a namespace": "call(272, 0x10000000)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
    "share memory": "call(29, 1, 100, 0o1777)",
    "io_uring": "call(425, 4, ctypes.create_string_buffer(200))",
}


@pytest.fixture(params=["as it is", "without bubblewrap"])
def locked(request, monkeypatch, toy_exercise):
    missing = [name for name in LAYERS if name not in lock.layers()]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"this machine lacks {', '.join(missing)}; run: autograder doctor")
    assert missing == []
    if request.param == "without bubblewrap":
        monkeypatch.setattr(lock, "_bubblewrap", lambda: "")
    with Worker(Limits(cell=20, check=20)) as worker:
        yield Grader(worker, toy_exercise)


def test_every_attempt_is_refused_and_the_answer_stays_right(locked, toy_exercise):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        facts = {"root": str(ROOT), "grader": os.getpid(), "port": server.getsockname()[1]}
        attempts = {name: text.format(**facts) for name, text in ATTEMPTS.items()}
        source = (
            f"{toy_exercise.reference}\n"
            "import ctypes, os, resource, socket, subprocess\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "def call(*arguments):\n"
            "    if libc.syscall(*arguments) < 0:\n"
            "        raise OSError(ctypes.get_errno(), 'refused')\n"
            f"for name, text in {attempts!r}.items():\n"
            "    try:\n"
            "        eval(text)\n"
            "        print('DONE', name)\n"
            "    except Exception as error:\n"
            "        print('refused', name, type(error).__name__)\n"
        )
        result = locked.grade(Submission("x", "", False, (source,)))
        with pytest.raises(BlockingIOError):
            server.accept()
    told = result.output.splitlines()
    assert [line for line in told if "DONE" in line] == []
    assert [line for line in told if "SyntaxError" in line or "NameError" in line] == []
    assert len([line for line in told if line.startswith("refused")]) == len(ATTEMPTS)
    assert result.score == result.max_score
    assert not Path("/tmp/autograder-was-here").exists()


def test_files_of_its_own_are_copied_moved_and_packed(locked, toy_exercise):
    source = (
        f"{toy_exercise.reference}\n"
        "import os, shutil, tempfile\n"
        "folder = tempfile.mkdtemp()\n"
        "os.makedirs(f'{folder}/a/b')\n"
        "open(f'{folder}/a/b/c.txt', 'w').write('text')\n"
        "shutil.copytree(f'{folder}/a', f'{folder}/copy')\n"
        "shutil.copy2(f'{folder}/a/b/c.txt', folder)\n"
        "shutil.move(f'{folder}/copy', f'{folder}/moved')\n"
        "shutil.unpack_archive(shutil.make_archive(f'{folder}/packed', 'zip', folder), folder)\n"
        "print(open(f'{folder}/moved/b/c.txt').read())\n"
        "shutil.rmtree(folder)\n"
    )
    result = locked.grade(Submission("x", "", False, (source,)))
    assert result.output.strip() == "text"
    assert result.score == result.max_score


def test_a_missing_layer_is_named_and_can_be_required(course, environment, toy_exercise):
    tools = course / "tools"  # all that is on the path: no bubblewrap
    tools.mkdir()
    for tool in ("rm", "chmod"):
        (tools / tool).symlink_to(shutil.which(tool))
    environment = {**environment, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{tools}"}
    (course / "ada.py").write_text(toy_exercise.reference)

    def grade(file, *options):
        command = ["autograder", "grade", "scale", "ada.py", "--json", file, *options]
        return subprocess.run(command, cwd=course, env=environment, text=True, capture_output=True)

    done = grade("out.json")
    assert done.returncode == 0, done.stderr
    assert "warning: submissions run without bubblewrap" in done.stderr
    (found,) = json.loads((course / "out.json").read_text())["runs"]
    assert "bubblewrap" in found["missing_protection"]
    assert "bubblewrap" not in found["protection"]
    assert found["submissions"][0]["score"] == 8
    done = grade("none.json", "--require-protection")
    assert done.returncode == 1
    assert "apt-get install bubblewrap" in done.stderr
    assert not (course / "none.json").exists()


def test_a_daemon_ends_with_the_child_without_a_filter_of_forks(monkeypatch, toy_exercise):
    monkeypatch.setattr(lock, "call_filter", lambda: b"")
    monkeypatch.setattr(lock, "_bubblewrap", lambda: "")
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        print('daemon', os.getpid(), flush=True)\n"
        "        time.sleep(1000)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "time.sleep(0.5)\n"
    )
    with Worker(Limits(cell=20, check=20)) as worker:
        grader = Grader(worker, toy_exercise)
        result = grader.grade(Submission("x", "", False, (f"{toy_exercise.reference}\n{daemon}",)))
        said, pid = result.output.split()
        assert said == "daemon"
        assert not Path(f"/proc/{pid}").exists()
    assert result.score == result.max_score
