"""What it means to have solved `counting_table`.

Keys repeat, and totals are equal, in the checks of these alone. Serialization and graph are asked
in another process, of the file or the graph. There a table that adds in a wrong way need only do so
as in direct calls, whose answers travel beside it: then it costs points under numerics alone.
"""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, gradient, in_graph, ratio, tried

SIZE = 8
KEYS, AMOUNTS = tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.float32)

# What is added before a table is exported, and afterwards: the same in every process.
BEFORE = np.int32([5, 0, 3]), np.float32([2.5, 1.25, 4])
AFTER = [
    (np.int32([3, 1, 7, 6]), np.float32([0.75, 6, 2, -1])),
    (np.int32([0, 3, 1, 5]), np.float32([3.5, 2, -0.5, 8])),
]


def draw(rng, count, size=SIZE, first=0):
    """Keys that do not repeat, and positive amounts that are clearly apart."""
    keys = first + rng.permutation(size)[:count].astype("int32")
    amounts = 1 + rng.permutation(count) + rng.uniform(0, 0.5, count).round(2)
    return keys, amounts.astype("float32")


def add(table, keys, amounts):
    table.add(tf.constant(keys, tf.int32), tf.constant(amounts, tf.float32))


def totals(table, size=SIZE):
    return table.lookup(tf.range(size))


class Told:
    """A table, and the code that does to another one what was done to it."""

    def __init__(self, CountingTable):
        self.table = CountingTable(SIZE)
        self._lines, self._given = [f"table = CountingTable({SIZE})"], []

    def add(self, keys, amounts):
        given = np.array(keys, "int32"), np.array(amounts, "float32")
        add(self.table, *given)
        self._lines.append("table.add({}, {})")
        self._given += given

    def reset(self):
        self.table.reset()
        self._lines.append("table.reset()")

    def tried(self, value, code, *inputs):
        return tried(value, "\n".join([*self._lines, code]), *self._given, *inputs)

    def lookup(self, keys):
        keys = np.array(keys, "int32")
        return self.tried(self.table.lookup(tf.constant(keys)), "table.lookup({})", keys)

    def totals(self):
        return self.tried(totals(self.table), f"table.lookup(tf.range({SIZE}))")

    def top(self, k):
        keys, found = self.table.top(k)
        return {
            "keys": self.tried(keys, f"table.top({k})[0]"),
            "totals": self.tried(found, f"table.top({k})[1]"),
        }


# What adds in a wrong way fails others, too; this one shows it step by step.
@check("numerics", points=3)
def totals_of_keys(CountingTable, rng):
    """the totals of several calls of `add`, looked up in any order, a key twice, and one unseen"""
    told = Told(CountingTable)
    seen = {"at first": told.totals()}
    for turn in ("first", "second", "third"):
        keys, amounts = draw(rng, 5)
        amounts[0] *= -1
        told.add(keys, amounts)
        asked = rng.permutation([*keys[:3], keys[1], *rng.permutation(SIZE)])
        seen[f"after the {turn} add"] = told.lookup(asked)
    return seen


@check("numerics", points=2)
def repeated_keys_add_up(CountingTable, rng):
    """a key that occurs more than once in one call gets all its amounts"""
    seen = {}
    for label, keys in {"two keys": [2, 5, 2, 2, 5], "one key": [4, 4, 4]}.items():
        told = Told(CountingTable)
        told.add(*draw(rng, SIZE))
        told.add(keys, rng.uniform(1, 5, len(keys)).round(2))
        seen[label] = told.totals()
    return seen


# Ties show every wrong order as well; this one shows it without them.
@check("numerics", points=1)
def largest_first(CountingTable, rng):
    """`top` gives the keys with the largest totals, the largest first, and the totals"""
    # Keys 0 and 1, 2 and 3, … have totals with the same whole part, and the larger key has more.
    amounts = np.add.outer(rng.permutation([-5, -2, 1, 6]), [0.1, 0.4]).ravel()
    keys = rng.permutation(SIZE)
    told, close = Told(CountingTable), Told(CountingTable)
    told.add(keys, amounts[keys])
    close.add([1, 6], [1, 1.000002])
    seen = {f"top({k})": told.top(k) for k in (1, 3, SIZE)}
    return seen | {"top(2) of totals that are close together": close.top(2)}


@check("numerics", points=1)
def smaller_key_first(CountingTable, rng):
    """of equal totals the smaller key comes first, and keys never seen have the total 0"""
    keys = rng.permutation(SIZE)
    told = Told(CountingTable)
    told.add(keys[:5], [2, 2, -3, 2, -3])
    return {f"top({k})": told.top(k) for k in (2, 5, SIZE)}


# A graph is asked this, too; here it costs under numerics.
@check("numerics", points=1)
def no_keys(CountingTable, rng):
    """adding to no keys changes nothing; no key, or one, is looked up with shape (0,) or (1,)"""
    told = Told(CountingTable)
    told.add(*draw(rng, 4))
    told.add([], [])
    seen = {"lookup": told.lookup([]), "lookup of one": told.lookup(rng.permutation(SIZE)[:1])}
    return seen | {"totals": told.totals()}


@check("numerics", points=1)
def counts_anew_after_a_reset(CountingTable, rng):
    """`reset` sets all totals to 0, each time, and the table counts on from there"""
    told, seen = Told(CountingTable), {}
    for turn in ("first", "second"):
        told.add(*draw(rng, 4))
        told.reset()
        seen[f"totals after the {turn} reset"] = told.totals()
    told.add(*draw(rng, 4))
    return seen | {"totals after another add": told.totals()}


@check("numerics", points=1)
def tables_are_independent(CountingTable, rng):
    """what is done to one table changes no other, of the same size or of another"""
    one, other, small = CountingTable(SIZE), CountingTable(SIZE), CountingTable(3)
    add(one, *draw(rng, 4))
    add(small, *draw(rng, 2, size=3))
    seen = {"one": totals(one), "another": totals(other), "a small one": totals(small, 3)}
    add(other, *draw(rng, 4))
    one.reset()
    return seen | {"the other, after a reset of the first": totals(other)}


@check("numerics", points=1)
def dtypes(CountingTable, rng):
    """totals are float32, and the keys of `top` are int32"""
    told = Told(CountingTable)
    told.add(*draw(rng, 4))
    keys, found = told.table.top(3)
    asked = {
        "keys": (keys, "table.top(3)[0]"),
        "totals": (found, "table.top(3)[1]"),
        "lookup": (totals(told.table), f"table.lookup(tf.range({SIZE}))"),
    }
    return {
        label: told.tried(np.asarray(tensor).dtype.name, f"{code}.dtype.name")
        for label, (tensor, code) in asked.items()
    }


def slope_in_the_totals(table, keys, upstream):
    """The gradient of `lookup` in the variable that holds the totals, whatever else there is."""
    variables = [one for one in table.variables if one.shape == (SIZE,)]
    if not variables:
        return f"the table has no variable of shape ({SIZE},)"
    asked = tf.constant(keys, tf.int32)
    found = gradient(lambda: table.lookup(asked), of=variables, upstream=upstream)
    found = found if isinstance(found, list) else [found]
    return next(filter(tf.is_tensor, found), "no gradient (nothing flows back to a variable)")


# Gradients are asked of new tables: the totals do not matter, and `add` is the question of others.


@check("gradients", points=1)
def lookup_has_a_gradient(CountingTable, rng):
    """what arrives at a total goes to its key, summed up if the key is looked up more than once"""
    table = CountingTable(SIZE)
    asked = {f"{count} keys": draw(rng, count) for count in (1, 4, SIZE)}
    asked["repeated keys"] = [6, 1, 6, 6, 1], rng.uniform(1, 5, 5)
    return {label: slope_in_the_totals(table, *given) for label, given in asked.items()}


@check("gradients", points=1)
def nothing_to_train(CountingTable):
    """no variable of a table is trainable, and a tape around `lookup` finds nothing to train"""
    table, weight = CountingTable(SIZE), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        weight * tf.cast(totals(table), tf.float32)
    return {
        "trainable variables": len(table.trainable_variables),
        "variables to train beside the model's": len(tape.watched_variables()) - 1,
    }


# Below, what adds in a wrong way need only do so everywhere. What cannot be exported can seldom be
# traced for an unknown number of keys, and state that a checkpoint leaves out is no variable of the
# table: each is asked all the same, so that it costs its own points.


def used(CountingTable):
    table = CountingTable(SIZE)
    add(table, *BEFORE)
    return table


def adding_to(table):
    def step(keys, amounts):
        table.add(keys, amounts)
        return [totals(table), table.lookup(keys)]

    return step


def resetting(table):
    def step(keys, amounts):
        table.reset()
        table.add(keys, amounts)
        return [*table.top(3)]

    return step


def called(step, batches):
    return [step(tf.constant(keys), tf.constant(amounts)) for keys, amounts in batches]


def held_against(step, direct, batches, *labels):
    """What a loaded step answers to batches, or at least what direct calls of all processes did."""
    sides = called(step, AFTER), direct
    own = ratio(*([one for answer in side for one in answer] for side in sides))
    exact = [dict(zip(labels, answer, strict=True)) for answer in called(step, batches)]
    return either(exact, {"over what direct calls give": own})


@check("serialization", points=2)
def exported_it_goes_on_counting(CountingTable):
    """exported and loaded without your code, it goes on counting from where it was"""
    direct = [answer[:1] for answer in called(adding_to(used(CountingTable)), AFTER)]
    step = adding_to(used(CountingTable))
    # What is looked up of some of the keys is asked of the graph.
    f = lambda *batch: step(*batch)[:1]
    keys, amounts = tf.TensorSpec([4], tf.int32), tf.TensorSpec([4], tf.float32)
    return exported(f, keys, amounts, use=adds_four_more, beside=direct)


def adds_four_more(step, direct, rng):
    return held_against(step, direct, [draw(rng, 4) for _ in range(3)], "all totals")


@check("serialization", points=1)
def a_checkpoint_carries_the_totals(CountingTable, rng):
    """the state of one table, saved by a checkpoint, is restored into another"""
    saved, restored = [], []
    for first in (0, 4):  # each time with keys of its own
        one, other = CountingTable(SIZE), CountingTable(SIZE)
        add(one, *draw(rng, 3, size=4, first=first))
        add(other, *draw(rng, 5))
        saved.append(np.array(totals(one)))
        with tempfile.TemporaryDirectory() as folder:
            path = tf.train.Checkpoint(table=one).write(str(Path(folder, "table")))
            one.reset()
            tf.train.Checkpoint(table=other).read(path)
        restored.append(np.array(totals(other)))
    return either(restored, {"over the totals that were saved": ratio(restored, saved)})


@check("serialization", points=1)
def one_variable_holds_the_totals(CountingTable, rng):
    """its one variable is float32, has a place for each key, and holds the totals"""
    table, unused, other = CountingTable(SIZE), CountingTable(SIZE), CountingTable(SIZE)
    # What is made later than in the constructor is not there yet.
    made = [f"{one.dtype.name} of shape {one.shape}" for one in table.variables]
    seen = {"of a new table": ", ".join(made)}
    add(table, *draw(rng, 4))
    for variable in table.variables[:1]:
        variable.assign(rng.normal(size=SIZE).astype("float32"))
    seen |= {"number": len(table.variables), "lookup, after it was assigned": totals(table)}
    # It is held against a table that came by the same totals otherwise: orders are graded under
    # numerics. Perhaps it has kept an answer, or takes a table for unused.
    add(other, *draw(rng, SIZE))
    table.top(3)
    values = np.array(totals(other), "float32")
    added = top_and_reset(other)
    for label, one in {"a used": table, "an unused": unused}.items():
        for variable in one.variables[:1]:
            variable.assign(values)
        for word, *pair in zip(("top", "reset"), top_and_reset(one), added, strict=True):
            seen[f"{word} of {label} table goes by what was assigned"] = np.array_equal(*pair)
    return seen


def top_and_reset(table):
    """The top three keys with their totals, and what all totals are after a reset."""
    keys, found = table.top(3)
    top = np.array([*np.ravel(keys), *np.ravel(found)])
    table.reset()
    return top, np.array(totals(table))


@check("graph", points=2)
def one_graph_for_any_number_of_keys(CountingTable):
    """traced once for an unknown number of keys, the graph changes the totals each time it runs"""
    direct = called(adding_to(used(CountingTable)), AFTER)
    step = adding_to(used(CountingTable))
    return in_graph(step, KEYS, AMOUNTS, use=adds_any_number, beside=direct)


def adds_any_number(step, direct, rng):
    batches = [draw(rng, count) for count in (5, 1, 0, SIZE)]
    return held_against(step, direct, batches, "all totals", "those of the keys")


@check("graph", points=1)
def top_and_reset_in_a_graph(CountingTable):
    """a graph that resets, adds and asks for the top answers by the keys it was given alone"""
    direct = called(resetting(CountingTable(SIZE)), AFTER)
    step = resetting(CountingTable(SIZE))
    return in_graph(step, KEYS, AMOUNTS, use=resets_and_adds, beside=direct)


def resets_and_adds(step, direct, rng):
    """Twice, with keys of either half, the second time with amounts that outdo all before."""
    lower = draw(rng, 4, size=4)
    upper, amounts = draw(rng, 3, size=4, first=4)
    return held_against(step, direct, [lower, (upper, 20 * amounts)], "keys", "totals")
