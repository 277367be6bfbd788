"""Whole classes: in parallel, interrupted, with processes that die, on a cluster."""

import functools
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from distributed import LocalCluster

pytestmark = pytest.mark.slow
SLOW = "import time\ntime.sleep({})\n"


@pytest.fixture
def handed_in(course, toy_exercise):
    """A folder with right, wrong and unpleasant submissions."""
    folder = course / "handed in"
    folder.mkdir()
    for number, chaff in enumerate(toy_exercise.chaffs[:4]):
        (folder / f"chaff-{number}.py").write_text(chaff.source)
    for number, wheat in enumerate(toy_exercise.wheats[:2]):
        (folder / f"wheat-{number}.py").write_text(wheat.source)
    (folder / "dies.py").write_text("import os\nos.abort()")
    (folder / "loops.py").write_text("while True: pass")
    (folder / "sleeps.py").write_text(SLOW.format(100))
    (folder / "words.py").write_text("no python")
    return folder


@pytest.fixture
def start(course, environment):
    def start(*arguments):
        return subprocess.Popen(
            ["autograder", *map(str, arguments)],
            cwd=course,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell has what it runs in the background ignore Ctrl-C, and that is inherited.
            preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )

    return start


@pytest.fixture
def finish(course, start):
    def finish(*arguments):
        """Run to the end; return the results by submission, without what differs by chance."""
        process = start(*arguments, "--json", course / "out.json")
        output, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        return results(course / "out.json"), output, errors

    return finish


def results(file):
    (content,) = json.loads(file.read_text())["runs"]
    return {one["id"]: one for one in content["submissions"]}


def verdicts(found):
    return {
        name: [(check["name"], check["status"], check["hint"]) for check in one["checks"]]
        for name, one in found.items()
    }


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "this did not happen in time"
        time.sleep(0.05)
    return value


def workers(pid):
    """The processes below one that hold a warm worker, or are children of one."""
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        try:
            command = process.cmdline()
        except psutil.Error:
            continue
        started = any(word.endswith("autograder/sandbox/worker.py") for word in command)
        if started and Path(command[0]).name.startswith("python"):
            found.append(process)
    return found


def test_all_ways_give_the_same_results(handed_in, finish):
    first, output, _ = finish("grade", "scale", handed_in, "-j", 1, "--time-limit", 3)
    assert list(first) == sorted(first)
    assert "hint: Return the factor from `get_config`." in output
    again, output, _ = finish("grade", "scale", handed_in, "-j", 2, "--time-limit", 3, "--quiet")
    assert again == first  # kept, to the last digit of their seconds
    assert "hint:" not in output

    (handed_in / "chaff-1.py").write_text((handed_in / "chaff-0.py").read_text())
    (handed_in / "wheat-0.py").write_text((handed_in / "wheat-0.py").read_text() + "# more\n")
    changed, _, lines = finish("grade", "scale", handed_in, "--time-limit", 3, "--profile")
    assert verdicts(changed)["chaff-1"] == verdicts(first)["chaff-0"]
    assert changed["sleeps"] == first["sleeps"]
    assert changed["wheat-0"]["seed"] != first["wheat-0"]["seed"]
    assert f"{len(first)}/{len(first)} " in lines

    anew, _, _ = finish("grade", "scale", handed_in, "--time-limit", 3, "--force", "-j", 3)
    assert verdicts(anew) == verdicts(changed)
    assert all(anew[name]["seed"] != one["seed"] for name, one in changed.items())


LOST_INTERRUPT = """
import os, signal, time, weakref
from autograder.cli import _interruptible

class Thing:
    pass

def callback(_):  # what it raises is printed and forgotten
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.1)

signal.signal(signal.SIGINT, signal.default_int_handler)
with _interruptible():
    thing = Thing()
    reference = weakref.ref(thing, callback)
    del thing
    print("dropped", flush=True)
    time.sleep(60)
"""


def test_an_interrupt_is_noticed_though_python_drops_it(environment):
    done = subprocess.run(
        [sys.executable, "-c", LOST_INTERRUPT], env=environment, text=True, capture_output=True
    )
    assert done.stdout == "dropped\n"
    assert "KeyboardInterrupt" in done.stderr.splitlines()[-1]
    assert done.returncode == -signal.SIGINT


def test_an_interrupt_keeps_results_and_leaves_no_process(course, start, toy_exercise):
    folder = course / "handed in"
    folder.mkdir()
    (folder / "a.py").write_text(toy_exercise.reference)
    (folder / "b.py").write_text(SLOW.format(100))
    (folder / "c.py").write_text(SLOW.format(101))
    process = start("grade", "scale", folder, "-j", 2, "--time-limit", 90)
    assert process.stderr.readline() == "1/3 a 8/8\n"
    below = psutil.Process(process.pid).children(recursive=True)
    assert len(below) >= 3  # the worker and two children
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command goes on from there" in errors
    assert "Traceback" not in errors
    assert not psutil.wait_procs(below, timeout=10)[1]
    (folder / "b.py").unlink()
    (folder / "c.py").unlink()
    kept = list((course / "build" / "results").glob("scale-*/*.json"))
    assert len(kept) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_worker_that_dies_costs_no_grade(course, start, toy_exercise, jobs):
    folder = course / "handed in"
    folder.mkdir()
    for number in range(4):
        source = SLOW.format(2) + toy_exercise.reference + f"\n# {number}\n"
        (folder / f"{number}.py").write_text(source)
    process = start("grade", "scale", folder, "-j", jobs, "--json", course / "out.json")
    assert process.stderr.readline() == "1/4 0 8/8\n" or jobs == 2
    wait_until(lambda: len(workers(process.pid)) > 1)
    # The worker came first; its children are copies of it.
    min(workers(process.pid), key=lambda one: one.create_time()).kill()
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert {one["score"] for one in results(course / "out.json").values()} == {8}


def test_a_child_that_is_killed_costs_only_its_own_points(course, start, toy_exercise):
    folder = course / "handed in"
    folder.mkdir()
    (folder / "a.py").write_text(toy_exercise.reference)
    (folder / "b.py").write_text(SLOW.format(12))
    (folder / "c.py").write_text(toy_exercise.reference + "\n")
    process = start(
        "grade", "scale", folder, "-j", 1, "--time-limit", 90, "--json", course / "out.json"
    )
    assert process.stderr.readline() == "1/3 a 8/8\n"
    wait_until(lambda: len(workers(process.pid)) > 1)
    max(workers(process.pid), key=lambda one: one.create_time()).kill()
    process.communicate(timeout=120)
    found = results(course / "out.json")
    assert [one["score"] for one in found.values()] == [8, 0, 8]
    assert "it was killed" in found["b"]["checks"][0]["message"]


def test_a_cluster_gives_the_same_results_though_a_worker_dies(handed_in, finish, start):
    here, _, _ = finish("grade", "scale", handed_in, "--time-limit", 3)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        there, _, _ = finish(
            "grade", "scale", handed_in, "--time-limit", 3, "--force", "--scheduler", address
        )
        assert verdicts(there) == verdicts(here)
        assert not any(workers(worker.pid) for worker in cluster.workers.values())
        both = {
            out: start(
                "grade",
                "scale",
                handed_in,
                "--time-limit",
                3,
                "--force",
                "--scheduler",
                address,
                "--json",
                out,
            )
            for out in (handed_in / "1.json", handed_in / "2.json")
        }
        for out, process in both.items():
            _, errors = process.communicate(timeout=300)
            assert process.returncode == 0, errors
            assert verdicts(results(out)) == verdicts(here)
        process = start(
            "grade",
            "scale",
            handed_in,
            "--time-limit",
            3,
            "--force",
            "--scheduler",
            address,
            "--json",
            handed_in / "out.json",
        )
        assert process.stderr.readline().startswith("1/")
        psutil.Process(next(iter(cluster.workers.values())).pid).kill()
        _, errors = process.communicate(timeout=300)
        assert process.returncode == 0, errors
        assert verdicts(results(handed_in / "out.json")) == verdicts(here)
    process = start("grade", "scale", handed_in, "--scheduler", address)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"no Dask scheduler at {address}" in errors


def test_nbgrader_writes_a_class_that_was_graded_in_parallel(course, start, finish, run_here):
    run_here("autograder", "build", "scale")
    release = course / "release" / "scale" / "scale.ipynb"
    toy = (course / "solutions" / "scale" / "reference.py").read_text()
    for student in ("ada", "bob", "cy"):
        folder = course / "build" / "submitted" / student / "scale"
        folder.mkdir(parents=True)
        shutil.copy(release, folder)
    solve(course, "ada", toy)
    (course / "build" / "submitted" / "cy" / "scale" / "scale.ipynb").write_text("{")

    found, output, _ = finish("autograde", "scale", "--profile")
    assert {name: one["score"] for name, one in found.items()} == {"ada": 8, "bob": 0, "cy": 0}
    assert "write with nbgrader" in output
    share = re.search(r"the grader's own share: (\d+\.\d)%", output)
    assert 0 < float(share[1]) < 100
    run_here("nbgrader", "export")
    table = (course / "build" / "grades.csv").read_text()
    assert "scale,,,ada,,,,8,0,8,8,2,2,2,2,,0,0,1" in table

    pages = sorted((course / "build" / "autograded").glob("*/scale/scale.ipynb"))
    times = [page.stat().st_mtime_ns for page in pages]
    assert finish("autograde", "scale")[0] == found
    assert [page.stat().st_mtime_ns for page in pages] == times
    solve(course, "bob", toy)
    found = finish("autograde")[0]
    assert {name: one["score"] for name, one in found.items()} == {"ada": 8, "bob": 8, "cy": 0}
    changed = [page.stat().st_mtime_ns != time for page, time in zip(pages, times, strict=True)]
    assert changed == [False, True, False]
    assert finish("autograde", "--force", "-j", 1)[0].keys() == found.keys()
    assert not {page.stat().st_mtime_ns for page in pages} & {*times}
    run_here("nbgrader", "autograde", "scale", "--force")
    run_here("nbgrader", "export")
    assert (course / "build" / "grades.csv").read_text() == table.replace(
        "scale,,,bob,,,,0,0,0,8,0,0,0,0,,0,0,1", "scale,,,bob,,,,8,0,8,8,2,2,2,2,,0,0,1"
    )


@pytest.fixture
def run_here(course, environment):
    def run(*command):
        subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)

    return run


def solve(course, student, source):
    path = course / "build" / "submitted" / student / "scale" / "scale.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = source
    path.write_text(json.dumps(notebook))
