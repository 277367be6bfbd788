"""What it means to have solved `running_statistics`.

Serialization and graph are asked in another process, of the file or the graph. There an object that
computes something else need only do so as in direct calls, whose answers travel beside it: then it
costs points under numerics alone.
"""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from autograder.checks import check, either, exported, in_graph, ratio

SIZE = 3


def draw(rng, rows, center=0.0):
    """Rows whose features have means and spreads of their own, and whose batches differ."""
    features = center + rng.uniform(-2, 2, SIZE) + np.array([3, 0, -6])
    return (features + rng.normal(size=(rows, SIZE)) * [1, 2, 0.5]).astype("float32")


def update(statistics, *batches):
    for batch in batches:
        statistics.update(tf.constant(batch, tf.float32))
    return statistics


def seen(statistics):
    """Mean and variance as they are now: what a method returns may be the variable itself."""
    return {"mean": np.array(statistics.mean()), "variance": np.array(statistics.variance())}


def in_parts(rows, *sizes):
    return np.split(rows, np.cumsum(sizes)[:-1])


# What computes something else fails others, too; this one shows it step by step.
@check("numerics", points=2)
def after_each_batch(RunningStatistics, rng):
    """mean and variance of all rows, after a first, a second and a third batch"""
    statistics, found = RunningStatistics(SIZE), {}
    # The third has more rows than float16 can count, and so have all together.
    for turn, rows in {"first": 4, "second": 6, "third": 3001}.items():
        found[f"after the {turn} batch"] = seen(update(statistics, draw(rng, rows)))
    return found


# Batches of several sizes show it as well; this one shows that only the split differs.
@check("numerics", points=2)
def any_split_gives_the_same(RunningStatistics, rng):
    """the same rows in one batch, in unequal batches, and one by one"""
    rows = np.concatenate([draw(rng, 5), draw(rng, 7)])
    splits = {"one batch": [12], "of 5 and 7": [5, 7], "of 1, 9 and 2": [1, 9, 2]}
    splits["one by one"] = [1] * 12
    return {
        name: seen(update(RunningStatistics(SIZE), *in_parts(rows, *sizes)))
        for name, sizes in splits.items()
    }


@check("numerics", points=2, rtol=1e-9, atol=0.01)
def far_from_zero(RunningStatistics, rng):
    """rows near 10,000 with a variance near 1 keep it, whether they come one by one or in
    batches"""
    noise = rng.normal(size=(60, SIZE))
    rows = (10_000 + (noise - noise.mean(0)) / noise.std(0)).astype("float32")
    found = {}
    for name, sizes in {"in batches": [20, 10, 30], "one by one": [1] * 60}.items():
        answers = seen(update(RunningStatistics(SIZE), *in_parts(rows, *sizes)))
        found[f"{name}: mean, less 10,000"] = np.asarray(answers["mean"], "float64") - 10_000
        found[f"{name}: variance"] = answers["variance"]
    return found


@check("numerics", points=1)
def no_rows_change_nothing(RunningStatistics, rng):
    """a batch without rows changes nothing, before all others, between them, and after them"""
    statistics, nothing = RunningStatistics(SIZE), np.zeros((0, SIZE), "float32")
    return {
        "before all others": seen(update(statistics, nothing)),
        "between two others": seen(update(statistics, draw(rng, 4), nothing, draw(rng, 5))),
        "after them": seen(update(statistics, nothing)),
    }


# Other checks begin with no rows, too; this one says so.
@check("numerics", points=1)
def before_any_row_and_after_one(RunningStatistics, rng):
    """before any row mean and variance are 0; after one, the mean is that row"""
    statistics = RunningStatistics(SIZE)
    return {"at first": seen(statistics), "one row": seen(update(statistics, draw(rng, 1)))}


@check("numerics", points=1)
def begins_anew_after_a_reset(RunningStatistics, rng):
    """`reset` forgets all rows, each time, and the statistics begin anew"""
    statistics, found = RunningStatistics(SIZE), {}
    for turn in ("first", "second"):
        update(statistics, draw(rng, 4)).reset()
        found[f"after the {turn} reset"] = seen(statistics)
    return found | {"and another batch": seen(update(statistics, draw(rng, 5)))}


@check("numerics", points=1)
def objects_are_independent(RunningStatistics, rng):
    """what is done to one object changes no other"""
    one, other, small = (RunningStatistics(size) for size in (SIZE, SIZE, 1))
    update(one, draw(rng, 4))
    update(small, draw(rng, 6)[:, :1])
    found = {"one": seen(one), "another": seen(other), "of one feature": seen(small)}
    update(other, draw(rng, 5))
    one.reset()
    return found | {"the other, after a reset of the first": seen(other)}


@check("numerics", points=1)
def shapes_and_dtypes(RunningStatistics, rng):
    """mean and variance are float32 of shape (size,), for a size of 1, too"""
    found = {}
    for size in (SIZE, 1):
        answers = seen(update(RunningStatistics(size), draw(rng, 4)[:, :size]))
        for name, one in answers.items():
            found[f"{name}, for a size of {size}"] = f"{one.dtype.name} of shape {one.shape}"
    return found


@check("gradients", points=1)
def nothing_to_train(RunningStatistics):
    """no variable is trainable, and a tape around the statistics finds nothing to train"""
    statistics, weight = RunningStatistics(SIZE), tf.Variable(2.0)
    with tf.GradientTape() as tape:
        for one in (statistics.mean(), statistics.variance()):
            weight * tf.cast(one, tf.float32)
    return {
        "trainable variables": len(statistics.trainable_variables),
        "variables to train beside the model's": len(tape.watched_variables()) - 1,
    }


# Below, an object that computes something else need only do so everywhere.

ROWS = tf.TensorSpec([None, SIZE], tf.float32)


def the_same():
    """Batches that are the same in every process."""
    rng = np.random.default_rng(0)
    return [draw(rng, rows) for rows in (4, 3, 5, 1)]


def used(RunningStatistics):
    return update(RunningStatistics(SIZE), the_same()[0])


def going_on(statistics):
    def step(batch):
        statistics.update(batch)
        return [statistics.mean(), statistics.variance()]

    return step


def beginning_anew(statistics):
    def step(batch):
        statistics.reset()
        return going_on(statistics)(batch)

    return step


def called(step, batches):
    answers = ([np.array(part) for part in step(tf.constant(one))] for one in batches)
    return [dict(zip(("mean", "variance"), one, strict=True)) for one in answers]


def numbers(answers):
    return [part for answer in answers for part in answer.values()]


def held_against(step, direct, batches):
    """What a loaded step answers to batches, or at least what direct calls of all processes did."""
    own = ratio(numbers(called(step, the_same()[1:])), numbers(direct))
    return either(called(step, batches), {"over what direct calls give": own})


# What cannot be exported can seldom be traced for any number of rows; here the file is lost.
@check("serialization", points=2)
def exported_it_goes_on(RunningStatistics):
    """exported and loaded without your code, it goes on from where it was"""
    direct = called(going_on(used(RunningStatistics)), the_same()[1:])
    step = going_on(used(RunningStatistics))
    return exported(step, ROWS, use=sees_more_rows, beside=direct)


def sees_more_rows(step, direct, rng):
    return held_against(step, direct, [draw(rng, rows) for rows in (4, 6, 3)])


@check("serialization", points=2)
def a_checkpoint_carries_the_state(RunningStatistics, rng):
    """the state of one object, saved by a checkpoint, is restored into another, used or new, which
    goes on"""
    saved, restored = [], []
    for rows in (3, 6):
        one, found, later = update(RunningStatistics(SIZE), draw(rng, rows)), {}, {}
        saved.append(seen(one))
        with tempfile.TemporaryDirectory() as folder:
            path = tf.train.Checkpoint(statistics=one).write(str(Path(folder, "state")))
            update(one, more := draw(rng, 4))
            saved.append(seen(one))
            for kind in ("used", "new"):
                # Made now: whether objects get in each other's way is a question of numerics.
                other = RunningStatistics(SIZE)
                if kind == "used":
                    update(other, draw(rng, 2))
                tf.train.Checkpoint(statistics=other).read(path)
                found |= {f"{name}, {kind}": value for name, value in seen(other).items()}
                update(other, more)
                later |= {f"{name}, {kind}": value for name, value in seen(other).items()}
        restored += [found, later]
    own = ratio(numbers(restored), numbers(one for one in saved for _ in range(2)))
    return either(restored, {"over those of the object that was saved": own})


@check("graph", points=1)
def update_is_traced_once(RunningStatistics, rng):
    """one trace of `update` serves batches of all sizes"""
    statistics = update(RunningStatistics(SIZE), *(draw(rng, rows) for rows in (4, 1, 0, 6)))
    if not hasattr(statistics.update, "experimental_get_tracing_count"):
        return f"`update` is no `tf.function`, but a {type(statistics.update).__name__}"
    return {"traces": statistics.update.experimental_get_tracing_count()}


# What cannot be traced cannot be exported either; here it costs under the graph.
@check("graph", points=2)
def one_graph_for_any_number_of_rows(RunningStatistics):
    """traced once for an unknown number of rows, a graph changes the state each time it runs"""
    direct = called(going_on(used(RunningStatistics)), the_same()[1:])
    step = going_on(used(RunningStatistics))
    return in_graph(step, ROWS, use=sees_any_number, beside=direct)


def sees_any_number(step, direct, rng):
    return held_against(step, direct, [draw(rng, rows) for rows in (7, 1, 12)])


# What cannot be traced costs more above; this one asks a graph that was there before any row.
@check("graph", points=1)
def a_graph_sees_later_rows(RunningStatistics, rng):
    """a graph of `mean` and `variance` alone, traced before any row, knows those that come later"""
    statistics, found, direct = RunningStatistics(SIZE), [], []

    @tf.function(input_signature=[], autograph=False)
    def told():
        return [tf.convert_to_tensor(one) for one in (statistics.mean(), statistics.variance())]

    told()
    for rows in (4, 6):
        update(statistics, draw(rng, rows))
        found.append(dict(zip(("mean", "variance"), map(np.array, told()), strict=True)))
        direct.append(seen(statistics))
    return {"over what direct calls give": ratio(numbers(found), numbers(direct))}


# What makes new variables in `reset` fails directly, too; here it costs under the graph.
@check("graph", points=1)
def reset_in_a_graph(RunningStatistics):
    """a graph that resets and takes a batch answers by this batch alone, each time it runs"""
    direct = called(beginning_anew(used(RunningStatistics)), the_same()[1:])
    step = beginning_anew(used(RunningStatistics))
    return in_graph(step, ROWS, use=sees_any_number, beside=direct)
