"""The released notebook in JupyterLab, in a real browser."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import sync_playwright

from autograder.authors import figures
from autograder.authors.build import hints_of, source_notebook
from autograder.practice import fingerprints
from autograder.records.exercises import Exercise

CHROMIUM = shutil.which("chromium")
TOKEN = "evening"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM and "CI" not in os.environ, reason="there is no chromium"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory, toy_exercise, illustrate):
    """A student's folder with the notebook of the toy exercise: one mistake, and one answer."""
    folder = tmp_path_factory.mktemp("desk")
    path = fingerprints.path_of("scale", folder)
    hints_of(toy_exercise, kept=path).write(path, "scale")
    notebook = source_notebook(toy_exercise, [])
    nbformat.write(notebook, folder / "right.ipynb")
    for cell in notebook.cells:
        cell.source = cell.source.replace("self.factor * inputs", "inputs + self.factor")
    for name in ("light", "dark", "wrong"):
        nbformat.write(notebook, folder / f"{name}.ipynb")
    copy = tmp_path_factory.mktemp("solutions") / "scale"
    shutil.copytree(toy_exercise.folder, copy)
    illustrate(copy)
    figure = figures.figure_of(Exercise(copy), copy / "none")
    nbformat.write(source_notebook(Exercise(copy), [], figure), folder / "pictures.ipynb")
    return folder


@pytest.fixture(scope="module")
def lab(desk, environment, tmp_path_factory):
    """The address of a JupyterLab with settings of its own."""
    home = tmp_path_factory.mktemp("home")
    own = {
        name: str(home / name)
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "IPYTHONDIR",
            "HOME",
        )
    }
    command = [
        "jupyter",
        "lab",
        "--no-browser",
        "--allow-root",
        "--port=0",
        f"--IdentityProvider.token={TOKEN}",
        f"--notebook-dir={desk}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    log = (home / "log").open("w")
    server = subprocess.Popen(
        command, env={**environment, **own}, stdout=log, stderr=log, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 60
        while not (found := list(Path(own["JUPYTER_RUNTIME_DIR"]).glob("jpserver-*.json"))):
            assert server.poll() is None and time.monotonic() < deadline, (home / "log").read_text()
            time.sleep(0.1)
        yield json.loads(found[0].read_text())["url"]
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)
        log.close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser, lab, name, theme):
    """Open a notebook in a theme and run all of its cells."""
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    settings = f"{lab}lab/api/settings/@jupyterlab/apputils-extension:themes?token={TOKEN}"
    request = urllib.request.Request(
        settings, json.dumps({"raw": json.dumps({"theme": theme})}).encode(), method="PUT"
    )
    urllib.request.urlopen(request, timeout=20).close()
    page.goto(f"{lab}lab/tree/{name}?reset&token={TOKEN}")
    page.locator(".jp-CodeCell").first.wait_for(timeout=60_000)
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    run_all(page)
    return page


def run_all(page):
    page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
    page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Run All Cells$")).click()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_the_table_is_readable(browser, lab, theme, tmp_path):
    page = opened(browser, lab, f"{theme.split()[1].lower()}.ipynb", theme)
    table = page.locator(".jp-OutputArea-output table")
    table.wait_for(timeout=60_000)
    assert re.sub(r"\s+", " ", table.inner_text()).strip() == (
        "numerics 0 of 1 ✗ 3 becomes 6 Scale(2.0) made 5.0 of 3.0, expected 6.0 Hint"
    )
    hint = table.locator("details")
    hint.locator("summary").click()
    assert hint.inner_text().split("\n") == ["Hint", "Multiply; do not add."]
    page.mouse.move(0, 0)  # JupyterLab colours the row that it points to
    for element in ("td strong", "code", "summary"):
        for found in table.locator(element).all():
            assert contrast(found) >= 4.5, (theme, element)
    page.locator(".jp-Cell-outputWrapper").last.screenshot(path=tmp_path / "table.png")
    # The table is the report; nothing is said twice.
    failure = page.locator(".jp-RenderedText pre").last.inner_text()
    assert failure.strip() == "1 of 1 public tests fail."
    assert page.get_by_text("These are the public tests.").count() == 1
    assert page.get_by_text("def test_doubles").count() == 0  # all but the first line is folded
    assert page.locator(".jp-CodeCell .jp-InputPlaceholder").count() == 2
    assert page.locator(".jp-DirListing-itemText", has_text="hints").count() == 0
    run_all(page)
    page.locator("table details[open]").wait_for(timeout=60_000)  # it is the second try
    page.close()


def contrast(element) -> float:
    """Return the contrast of a text with what is behind it, as WCAG defines it."""
    colours = element.evaluate("""element => {
        const colour = getComputedStyle(element).color;
        let behind = element;
        while (getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)")
            behind = behind.parentElement;
        return [colour, getComputedStyle(behind).backgroundColor];
    }""")
    light, dark = sorted(map(luminance, colours), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_figures_are_seen_and_what_is_folded_opens(browser, lab, theme):
    page = opened(browser, lab, "pictures.ipynb", theme)
    figure = page.locator(".jp-RenderedMarkdown img[alt='A line rises.']")
    picture = page.locator(".jp-OutputArea-output img")
    picture.wait_for(timeout=60_000)
    for one in (figure, picture):
        natural, shown = one.evaluate("one => [one.naturalWidth, one.clientWidth]")
        assert natural == 1200
        assert 500 < shown <= 1200
    folded = page.locator(".jp-RenderedMarkdown li", has_text="all of it.")
    assert not folded.is_visible()
    page.locator(".jp-RenderedMarkdown summary").click()
    assert folded.is_visible()
    # The code that draws is folded, what comes before it is there to be read.
    assert page.get_by_text('print("two and two is"').count() == 1
    assert page.get_by_text("figure.subplots()").count() == 0
    page.close()


@pytest.mark.parametrize(
    ("name", "message"),
    [("wrong.ipynb", "made 5.0 of 3.0, expected 6.0"), ("right.ipynb", "Your notebook passes")],
)
def test_validate_agrees_with_the_table(browser, lab, name, message):
    page = opened(browser, lab, name, "JupyterLab Light")
    page.locator(".jp-OutputArea-output table").wait_for(timeout=60_000)
    page.get_by_role("button", name="Validate").click()
    dialog = page.locator(".jp-Dialog, .modal-dialog, .lm-Widget.nbgrader-Dialog").last
    dialog.get_by_text(message).wait_for(timeout=60_000)
    assert "def test_doubles" not in dialog.inner_text()  # which would stand before the reason
    page.close()
