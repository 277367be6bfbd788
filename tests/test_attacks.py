"""Nothing gains a point that is not earned, reaches what it must not, or harms a neighbour.

The attacks are the files in `tests/attacks/*/`; `tests/attacks/run.py` says how they are run.
"""

import functools
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
CASES = [
    pytest.param(mode, attack, id=f"{mode}-{attack.name}")
    for mode, names in MODES.items()
    for attack in run.attacks(names)
    if mode == run.COSTLY or not attack.costly
]


@functools.cache
def outcomes(mode):
    return {found["attack"]: found for found in run.run_mode(mode, MODES[mode])}


@pytest.mark.parametrize(("mode", "attack"), CASES)
def test_an_attack_gains_nothing_and_harms_nobody(mode, attack):
    if why := run.lacking(mode):
        if os.environ.get("CI") and os.getuid() == 0:
            pytest.fail(why)
        pytest.skip(why)
    found = outcomes(mode)[attack.name]
    assert found["findings"] == [], found


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
