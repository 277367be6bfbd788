"""Wheats and chaffs, as the cells of their files make them."""

import pytest

from autograder.records.cutting import NotThere, without
from autograder.records.exercises import Exercise, WrongSpecimen

SOURCE = '''\
import functools


def helper():
    return 1


class Thing:
    """Text."""

    @functools.cached_property
    @property
    def size(
        self,
    ):
        return helper()

    class Inner:
        async def wait(self):
            pass

    # %%
    def other(self): return 2


last = Thing()
'''


def test_a_method_is_cut_out_with_its_decorators():
    cut = without(SOURCE, ["Thing.size"])
    assert "size" not in cut
    assert "cached_property" not in cut
    assert cut.splitlines()[-5:] == SOURCE.splitlines()[-5:]
    assert '"""Text."""' in cut


def test_a_body_of_which_nothing_is_left_is_still_python():
    cut = without(SOURCE, ["Thing.size", "Thing.other", "Thing.Inner.wait"])
    names = {}
    exec(cut, names)
    assert not hasattr(names["Thing"].Inner, "wait")
    cut = without(SOURCE, ["Thing.size", "Thing.other", "Thing.Inner"])
    exec(cut, names)
    assert names["last"].__doc__ == "Text."
    assert without(SOURCE, []) == SOURCE


@pytest.mark.parametrize("name", ["Thing.sizes", "size", "Thing.helper", "last", "functools", ""])
def test_what_is_not_defined_cannot_be_cut(name):
    with pytest.raises(NotThere, match=r"It defines helper, Thing, Thing\.size, Thing\.Inner"):
        without(SOURCE, [name])


CUT = """

# %% no_config loses="serialization" without="Scale.get_config"
'''Return the factor from `get_config`.'''


# %% neither loses="numerics" without="Scale.get_config Scale.call" like="adds"
other = 1
"""


def specimens(course, more):
    path = course / "solutions" / "scale" / "chaffs.py"
    path.write_text(path.read_text() + more)
    exercise = Exercise(path.parent)
    return {one.name: one for one in exercise.chaffs}, exercise.reference


def test_a_chaff_may_lack_a_method_of_the_reference(course):
    chaffs, reference = specimens(course, CUT)
    assert "get_config" in reference
    assert "def get_config" not in chaffs["no_config"].source
    assert "def call" in chaffs["no_config"].source
    assert "def call" not in chaffs["neither"].source
    assert chaffs["neither"].source.endswith("other = 1\n")
    assert chaffs["adds"].source.startswith(reference)


def test_a_chaff_may_take_the_hint_of_another(course):
    chaffs, _ = specimens(course, CUT)
    assert chaffs["neither"].note == chaffs["adds"].note == "Multiply; do not add."
    assert chaffs["neither"].loses == ("numerics",)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ('# %% it without="Scale.config"\n"""Text."""\n', "defines nothing of this name"),
        ('# %% it like="nothing"\nx = 1\n', "no cell above has this title. There are: adds, "),
        ('# %% it like="adds"\n"""Text."""\n', "remove its own"),
        ('# %% it like="it"\nx = 1\n', "no cell above has this title"),
    ],
)
def test_a_chaff_that_refers_to_nothing_is_named(course, cell, message):
    with pytest.raises(WrongSpecimen, match=r"chaffs\.py, line 37, it: ") as error:
        specimens(course, f"\n\n{cell}")
    assert message in str(error.value)
