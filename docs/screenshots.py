"""Make the pictures in README from the sample class; needs Chromium.

python docs/screenshots.py                     # all of them
python docs/screenshots.py class feedback      # some of them
"""

import contextlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME
from rich.text import Text

ROOT = Path(__file__).parent.parent
PICTURES = Path(__file__).parent
BIN = Path(sys.executable).parent
EXERCISE = "huber_loss"
STUDENT = "noah"  # makes a known mistake, which the public tests show too
COLUMNS = 100  # of the terminal
WIDTH = 900  # pixels; README shows pictures in about this width
MAX_BYTES = 200_000


def run(course: Path, *command: str) -> str:
    """Run a command in a course folder, in colour; return what it printed."""
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": str(COLUMNS),
        "FORCE_COLOR": "1",
    }
    done = subprocess.run(command, cwd=course, env=environment, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def make_course(course: Path) -> None:
    """Write a course folder with one exercise and what the sample class handed in for it."""
    shutil.copytree(ROOT / "solutions" / EXERCISE, course / "solutions" / EXERCISE)
    shutil.copytree(ROOT / "exercises", course / "exercises")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    for folder in (ROOT / "examples" / "class" / "submitted").glob(f"*/{EXERCISE}"):
        shutil.copytree(folder, course / "build" / "submitted" / folder.parent.name / EXERCISE)
    run(course, "autograder", "build")


def take_class(course: Path, page: Page) -> Path:
    """Take a terminal in which the class is graded."""
    command = ["autograder", "autograde", EXERCISE, "--quiet"]
    printed = run(course, *command, "--time-limit", "10")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(f"$ {' '.join(command)}", highlight=False)
    console.print(Text.from_ansi(printed.rstrip()))
    lines = console.export_html(
        theme=DEFAULT_TERMINAL_THEME, inline_styles=True, code_format="{code}"
    )
    style = "font: 14px/1.35 monospace; margin: 0; padding: 12px; display: inline-block"
    page.set_content(f'<pre style="{style}">{lines}</pre>')
    return saved(page.locator("pre").screenshot(), "class")


def take_feedback(course: Path, page: Page) -> Path:
    """Take the page that nbgrader makes for the student, as it looks at first."""
    run(course, "nbgrader", "generate_feedback", EXERCISE, f"--student={STUDENT}")
    file = course / "build" / "feedback" / STUDENT / EXERCISE / f"{EXERCISE}.html"
    page.goto(file.as_uri())
    return saved(top(page), "feedback")


def take_report(course: Path, page: Page) -> Path:
    """Take the report on the class, as it looks at first."""
    run(course, "autograder", "report", "--anonymous")
    page.goto((course / "build" / "report.html").as_uri())
    return saved(top(page), "report")


def take_notebook(course: Path, browser: Browser) -> Path:
    """Take the student's notebook in JupyterLab, after its cells have run."""
    desk = course / "desk"
    desk.mkdir()
    for file in (ROOT / "release" / EXERCISE).glob("*.*"):
        shutil.copy(file, desk)
    fill_in(desk / f"{EXERCISE}.ipynb", course / "build" / "submitted" / STUDENT / EXERCISE)
    with jupyter_lab(desk, course / "home") as lab:
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        page.goto(f"{lab['url']}doc/tree/{EXERCISE}.ipynb?reset&token={lab['token']}")
        page.locator(".jp-CodeCell").first.wait_for(timeout=60_000)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()
        table = page.locator(".jp-OutputArea-output table").last
        table.wait_for(timeout=60_000)
        table.locator("summary").first.click()
        page.mouse.move(0, 0)  # JupyterLab colours the row that it points to
        return saved(table.screenshot(), "notebook")


def fill_in(released: Path, submitted: Path) -> None:
    """Write what a student answered into a notebook as it is released today."""
    notebook, theirs = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in (released, submitted / released.name)
    )
    (answer,) = filter(is_solution, theirs["cells"])
    for cell in filter(is_solution, notebook["cells"]):
        cell["source"] = answer["source"]
    released.write_text(json.dumps(notebook), encoding="utf-8")


def is_solution(cell: dict) -> bool:
    return cell["metadata"].get("nbgrader", {}).get("solution", False)


@contextlib.contextmanager
def jupyter_lab(desk: Path, home: Path) -> Iterator[dict]:
    """Start a JupyterLab with settings of its own; yield what it says of itself."""
    names = ("CONFIG", "DATA", "RUNTIME")
    own = {f"JUPYTER_{name}_DIR": str(home / name) for name in names}
    command = ["jupyter", "lab", "--no-browser", "--allow-root", "--port=0"]
    command += [f"--notebook-dir={desk}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **own, "PATH": path, "IPYTHONDIR": str(home), "HOME": str(home)}
    server = subprocess.Popen(
        command,
        env={**environment, "JUPYTERLAB_SETTINGS_DIR": str(home / "lab")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not (found := list((home / "RUNTIME").glob("jpserver-*.json"))):
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("JupyterLab did not start")
            time.sleep(0.1)
        yield json.loads(found[0].read_text(encoding="utf-8"))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


def top(page: Page) -> bytes:
    """Return a picture of the beginning of a page, on a screen that is wide enough for it."""
    page.set_viewport_size({"width": 1100, "height": 750})
    picture = page.screenshot()
    page.set_viewport_size({"width": WIDTH, "height": 800})
    return picture


def saved(picture: bytes, name: str) -> Path:
    """Write a picture; refuse one that README should not make people load."""
    if len(picture) > MAX_BYTES:
        raise SystemExit(f"{name}.png has {len(picture)} bytes, more than {MAX_BYTES}")
    path = PICTURES / f"{name}.png"
    path.write_bytes(picture)
    print(f"wrote {path.relative_to(ROOT)}: {len(picture) / 1000:.0f} kB")
    return path


def main(names: list[str]) -> None:
    """Make the pictures of these names; all of them if there are none."""
    chromium = shutil.which("chromium")
    if not chromium:
        raise SystemExit("Chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        course = Path(temporary)
        make_course(course)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, color_scheme="light")
        if {"class", "feedback", "report"} & {*names} or not names:
            take_class(course, page)  # which also grades for the others
        if "feedback" in names or not names:
            take_feedback(course, page)
        if "report" in names or not names:
            take_report(course, page)
        if "notebook" in names or not names:
            take_notebook(course, browser)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
