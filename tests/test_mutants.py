"""Mutants: is each one small change of a solution, and are the changes those that we want?"""

import ast

import pytest

from autograder.authors.mutants import BadRecord, equivalents, mutants
from autograder.records.exercises import Exercise

REFERENCE = '''\
# %% [markdown]
# # Text that counts as lines of the file

# %%
import tensorflow as tf

GIVEN = 1 + 2


# %% tags=["solution"]
class Thing(keras.layers.Layer):
    def __init__(self, size=2.0, **kwargs):
        """Return 3 + 4."""
        ### BEGIN SOLUTION
        super().__init__(**kwargs)
        self.size = size
        self.state = self.add_weight(shape=(3,), initializer="zeros")
        self.parts = [Part(1) for _ in range(4)]
        ### END SOLUTION

    def call(self, x, upstream):
        ### BEGIN SOLUTION
        self.state.assign_add(x)
        if upstream is None:
            return tf.range(tf.shape(x)[0])
        return tf.where(tf.abs(x) <= self.size, upstream * x, self.part(x))
        ### END SOLUTION

    def get_config(self):
        ### BEGIN SOLUTION
        return {**super().get_config(), "size": self.size}
        ### END SOLUTION


# %% tags=["tests"]
def test_it():
    assert 5 + 6 == 11
'''


@pytest.fixture
def thing(tmp_path):
    (tmp_path / "reference.py").write_text(REFERENCE)
    return Exercise(tmp_path)


@pytest.mark.parametrize(
    ("where", "becomes"),
    [
        ("Thing.__init__", "super().__init__()"),
        ("Thing.__init__", "pass"),
        ("Thing.__init__", "self.size = 2.0"),
        (
            "Thing.__init__",
            'self.state = self.add_weight(shape=(3,), initializer="zeros")'.replace(
                'initializer="zeros"', "initializer='zeros'"
            ).replace("shape=(3,), ", ""),
        ),
        ("Thing.__init__", "self.state = self.add_weight(shape=(3,), initializer='ones')"),
        ("Thing.__init__", "self.state = tf.Variable(keras.initializers.get('zeros')((3,)))"),
        ("Thing.__init__", "self.parts = [Part(1)] * 4"),
        ("Thing.call", "self.state.assign(x)"),
        ("Thing.call", "if True:"),
        ("Thing.call", "return range(tf.shape(x)[0])"),
        ("Thing.call", "return tf.range(x.shape[0])"),
        ("Thing.call", "return tf.where(tf.abs(x) <= self.size, self.part(x), upstream * x)"),
        ("Thing.call", "return upstream * x"),
        ("Thing.call", "return self.part(x)"),
        ("Thing.call", "return tf.where(x <= self.size, upstream * x, self.part(x))"),
        ("Thing.call", "return tf.where(tf.square(x) <= self.size, upstream * x, self.part(x))"),
        ("Thing.call", "return tf.where(tf.abs(x) <= 2.0, upstream * x, self.part(x))"),
        ("Thing.call", "return tf.where(tf.abs(x) > self.size, upstream * x, self.part(x))"),
        ("Thing.call", "return tf.where(tf.abs(x) <= self.size, x, self.part(x))"),
        ("Thing.call", "return tf.where(tf.abs(x) <= self.size, upstream * x, x)"),
        ("Thing.get_config", 'return {"size": self.size}'),
        ("Thing.get_config", "return {**super().get_config()}"),
        ("Thing.get_config", 'return {**super().get_config(), "size": 2.0}'),
    ],
)
def test_this_mistake_is_made(thing, where, becomes):
    made = [(one.where, one.becomes.replace("'", '"')) for one in mutants(thing)]
    assert (where, becomes.replace("'", '"')) in made


def test_only_the_solution_is_changed(thing):
    found = mutants(thing)
    for one in found:
        assert ast.dump(ast.parse(one.source)) != ast.dump(ast.parse(thing.reference))
        for kept in ("GIVEN = 1 + 2", "def __init__(self, size=2.0, **kwargs)", "Return 3 + 4."):
            assert kept in one.source, one.note
    assert len({one.name for one in found}) == len(found)
    assert len({ast.dump(ast.parse(one.source)) for one in found}) == len(found)


def test_the_name_gives_the_line_of_the_file(thing):
    lines = REFERENCE.splitlines()
    for one in mutants(thing):
        line = int(one.name.split(":")[1].split(".")[0])
        assert lines[line - 1].strip() in one.was or one.was.split("\n")[0] in lines[line - 1]


RECORD = """\
[[mutant]]
where = "Thing.call"
was = "self.state.assign_add(x)"
becomes = "self.state.assign( x )"
why = "nobody looks at it"
"""


def test_a_record_is_found_whatever_its_white_space(thing):
    (thing.folder / "equivalent.toml").write_text(RECORD)
    assert list(equivalents(thing, mutants(thing)).values()) == ["nobody looks at it"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("assign_add(x)", "assign_add(y)", "0 mutants of Thing.call change"),
        ("Thing.call", "Thing.build", "0 mutants of Thing.build change"),
        ("nobody looks at it", "", "has `where`, `was`, `becomes` and `why`"),
        ("why", "because", "has `where`, `was`, `becomes` and `why`"),
    ],
)
def test_a_stale_record_is_an_error(thing, old, new, message):
    (thing.folder / "equivalent.toml").write_text(RECORD.replace(old, new))
    with pytest.raises(BadRecord, match=message):
        equivalents(thing, mutants(thing))
