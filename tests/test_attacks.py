"""Nothing gains a point that is not earned, reaches what it must not, or harms a neighbour.

The attacks are the files in `tests/attacks/*/`; `tests/attacks/run.py` says how they are run.
"""

import importlib.util
import os
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
FILE = Path(__file__).parent / "attacks" / "run.py"
spec = importlib.util.spec_from_file_location("attacks_run", FILE)
run = sys.modules["attacks_run"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run)


# Two of the four modes have every layer missing once and every kind of user; run.py tries all. What
# needs no layer to fail is tried in the first.
LOCKED = ("denial/", "network/", "resources/", "stealing/")
MODES = {
    "Landlock": (),
    "bubblewrap, other user" if os.getuid() == 0 else "bubblewrap": LOCKED,
}


# One test for each mode: all its attacks share a grader, which one worker of pytest starts.
@pytest.mark.parametrize("mode", MODES)
def test_attacks_gain_nothing_and_harm_nobody(mode):
    if why := run.lacking(mode):
        if os.environ.get("CI") and os.getuid() == 0:
            pytest.fail(why)
        pytest.skip(why)
    found = run.run_mode(mode, MODES[mode])
    asked = [one for one in run.attacks(MODES[mode]) if mode == run.COSTLY or not one.costly]
    assert {one["attack"] for one in found} == {one.name for one in asked}
    assert [one for one in found if one["findings"]] == []


def test_there_are_attacks_of_every_kind():
    found = run.attacks()
    assert len(found) >= 60
    assert {attack.path.parent.name for attack in found} == {
        "builtins",
        "denial",
        "forging",
        "framing",
        "graphs",
        "injection",
        "network",
        "resources",
        "saving",
        "stealing",
    }
    assert all(attack.path.read_text().count('"""') >= 2 for attack in found)
