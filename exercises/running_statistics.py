# autograder exercise: running_statistics
# Unit 9, Graphs, exercise 3: state in one graph, stable updates (about 45 minutes, 21 points)
# Fill in what says YOUR CODE HERE, then run: pytest exercises/running_statistics.py

# %% [markdown]
# # Running statistics: one graph that remembers
#
# *Unit 9, Graphs · about 45 minutes · 21 points. You need: `counting_table`; `graph_loop`; what a
# variance is.*
#
# A stream of data never ends, and still you want to know its mean and its variance: to scale the
# inputs of a model, or to notice that a sensor drifts. The rows that have gone by are not kept;
# what is known of them must be brought up to date with each batch that arrives.
#
# That update belongs into one graph, which serves batches of every size and keeps its state between
# calls. And it must not lose its digits: the formula for the variance that everybody remembers is
# useless once the numbers are far from zero.
#
# Here you write a class `RunningStatistics(size)` for rows of `size` features. `update(batch)` adds
# more rows. `mean()` and `variance()` return those of all rows so far, a number for each feature.
# `reset()` forgets all rows.

# %%
# To see it: autograder look exercises/running_statistics.py
def look_at_a_variance_that_vanishes():
    """The variance of the numbers 1 to 5, moved away from zero: two formulas in float32."""
    import tensorflow as tf

    for offset in (0.0, 1_000.0, 10_000.0):
        x = tf.constant([1.0, 2.0, 3.0, 4.0, 5.0]) + offset
        mean = tf.reduce_mean(x)
        squares = float(tf.reduce_mean(tf.square(x)) - tf.square(mean))
        deviations = float(tf.reduce_mean(tf.square(x - mean)))
        print(f"{offset:8.0f}: mean of squares - square of mean {squares:8.4f}, true {deviations}")


# %% [markdown]
# ## The idea
#
# For each feature (column), the rows so far have a number $n$, a mean $m$ and a sum of squared
# deviations from it, $S = \sum_i (x_i - m)^2$. The *variance* is $S / n$: that of all rows, divided
# by their number, not by one less.
#
# A new batch has its own number $n_b$, mean $m_b$ and sum of squared deviations $S_b$. With the
# difference of the means, $\delta = m_b - m$, those of all rows together are
#
# $$
# n' = n + n_b, \qquad
# m' = m + \delta\, \frac{n_b}{n'}, \qquad
# S' = S + S_b + \delta^2\, \frac{n\, n_b}{n'}
# $$
#
# The last term is what two groups add to the sum because their means differ. All numbers here are
# as small as the spread of the data, however far from zero it lies. (This is Chan's formula. With
# batches of one row it is Welford's.)
#
# The other way, to sum up $x$ and $x^2$ and to compute $\overline{x^2} - \overline{x}^2$, subtracts
# two large numbers that are almost equal. For values near 10,000 with a variance of 1, the two
# begin with the same eight digits, and float32 has seven.
#
# ![A hundred numbers that scatter around 10,000, and below the variance of all numbers so far. By
# the sums of squares it jumps between minus 16 and plus 48. By Chan's formula it stays at
# 1.](running_statistics.figure.png)

# %% [markdown]
# ## An example
#
# One feature. The first batch is 1, 3, the second 5, 6, 10.
#
# | | $n$ | $m$ | $S$ | variance |
# |---|---|---|---|---|
# | at first | 0 | 0 | 0 | 0 |
# | the batch 1, 3 | 2 | 2 | 2 | 1 |
# | after it | 2 | 2 | 2 | 1 |
# | the batch 5, 6, 10 | 3 | 7 | 14 | 4.667 |
# | after both | 5 | 5 | 46 | 9.2 |
#
# For the last line, $\delta = 7 - 2 = 5$, so $m' = 2 + 5 \cdot \frac35 = 5$ and $S' = 2 + 14 + 25
# \cdot \frac{2 \cdot 3}{5} = 46$. The five numbers together give the same, in whatever batches they
# come. The mean of the two means, 4.5, and that of the two variances, 2.833, are both wrong.

# %% [markdown]
# ## Your task
#
# Write a class `RunningStatistics(size)`, a subclass of `tf.Module`. `size` is the number of
# features, a Python number. Arguments are passed by position.
#
# - `update(batch)` takes the rows of `batch`, float32 of shape $(n, \text{size})$, into account. It
#   is a `tf.function` **with an `input_signature`**, so that one trace serves every $n$; $n$ may be
#   0, and such a batch changes nothing. What it returns is up to you. (In the class that you
#   complete it is decorated already. You may change that, see below.)
# - `mean()` returns the mean of all rows so far, float32 of shape `(size,)`.
# - `variance()` returns their variance, float32 of shape `(size,)`. After one row it is 0.
# - `reset()` forgets all rows. What it returns is up to you.
#
# Before any row, and after `reset`, mean and variance are 0.
#
# The state is in `tf.Variable`s, made in the constructor, with `trainable=False`. They are
# attributes of the object, or in lists, dictionaries or modules that are; then a checkpoint and a
# SavedModel find them by themselves. How many there are, their shapes and dtypes, and their names
# are up to you. Every object has its own.
#
# A method with a signature, in another class. `None` leaves a size open:
#
# ```python
# class Total(tf.Module):
#     def __init__(self):
#         super().__init__()
#         self.sum = tf.Variable(0.0, trainable=False)
#
#     @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
#     def update(self, batch):
#         self.sum.assign_add(tf.reduce_sum(batch))
#
#
# total = Total()
# total.update(tf.constant([1.0, 2.0]))
# total.update(tf.constant([3.0, 4.0, 5.0]))
# print(total.sum.numpy(), total.update.experimental_get_tracing_count())  # 15.0 1
# ```
#
# The first parameter of such a method must be called `self`. The decorator is read before there is
# an object, so it does not know `size`; None stands for that, too. If you want the signature to
# depend on `size`, take the decorator away, call the method `_update`, and make the function in the
# constructor: `self.update = tf.function(self._update, input_signature=…)`. Both ways are right.
#
# You may add imports, functions, classes, methods and attributes of your own.

# %% [markdown]
# ## Traps
#
# - **Python happens once.** `self.count += n` with a Python number runs while `update` is traced,
#   not when the graph runs. A list of batches is not even a graph.
# - **One trace.** Without a signature, each new number of rows makes a new graph. A size from
#   `batch.shape[0]` is `None` while tracing; `tf.shape(batch)[0]` is the size in the running graph,
#   an integer that must be cast before you divide by it.
# - **No rows.** The mean of nothing is NaN, and NaN stays in the state for good. Sums of nothing
#   are 0; `tf.math.divide_no_nan` makes 0 of 0/0.
# - **Batches of unequal size** do not count alike: the mean of the batches' means is not the mean
#   of the rows. Nor is the variance a mean of variances: batches differ among each other.
# - **The old mean is needed twice.** Compute $\delta$ before the mean is assigned.
# - **A variable is made once,** in the constructor. A `tf.function` refuses those that come later,
#   in `update` or in `reset`; and `self.n = self.n + 1` gives the name to a tensor, and the
#   variable is gone.
# - **A decorated method does not keep its object alive.** `RunningStatistics(3).update(batch)`
#   fails, because nothing refers to the object any more. Keep it in a Python variable; the grader
#   does.
# - **A class attribute is shared** by all objects.
#
# ## What is graded
#
# - **Numerics**: mean and variance after several batches, in any split into batches; 60 rows near
#   10,000 with a variance of about 1, one by one and in batches: the mean to within 0.01, the
#   variance to within 1 %; batches without rows, before any row and later; one row; `reset`;
#   objects that do not influence each other; shapes and dtypes. Elsewhere there are at most 4,000
#   rows of numbers between −20 and 20, and an error of 0.01 % does not matter.
# - **Gradients**: the statistics are no weights. Nothing in an object is trainable, and a tape
#   around `mean` and `variance` finds nothing to train. No gradient is asked for.
# - **Serialization**: a function that calls the methods is exported as a SavedModel, and loaded by
#   a process that does not have your code. There it goes on from where the object was. The state of
#   one object, saved by `tf.train.Checkpoint`, is restored into another, used or new, which goes on
#   as well.
# - **Graph**: `update` is traced once for batches of all sizes. A function that calls the methods
#   is traced once, too, by a grader that rewrites no loops; each time it runs, the state changes.
#   A graph of `mean` and `variance` that was traced before any row knows the rows that come later.
#   It must not call back into Python (`tf.py_function`, `tf.numpy_function`).
#
# The formulas above are accurate enough in float32. Sums in float64 are right, too, if mean and
# variance are float32.
#
# **Switched off**: nothing.
#
# **Out of scope**: more rows than these, values that are not finite, other dtypes and ranks, Python
# lists as batches, the order of rounding, compilation by XLA (leave `jit_compile` off).

# %%
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf


# %%
class RunningStatistics(tf.Module):
    """Mean and variance of all rows that were seen."""

    def __init__(self, size):
        """Create an object that has seen no rows.

        Args:
            size: the number of features, a Python number.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def update(self, batch):
        """Take the rows of a batch into account.

        Args:
            batch: float32 tensor of shape (n, size); n is known only when the graph runs.
        """
        # YOUR CODE HERE
        raise NotImplementedError()

    def mean(self):
        """Return the mean of all rows so far, float32 of shape (size,); 0 before any."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def variance(self):
        """Return the variance of all rows so far, float32 of shape (size,); 0 before any."""
        # YOUR CODE HERE
        raise NotImplementedError()

    def reset(self):
        """Forget all rows."""
        # YOUR CODE HERE
        raise NotImplementedError()


# %%
# To see it: autograder look exercises/running_statistics.py
def look_at_my_statistics(figure):
    """Two features of a stream that drifts, and the mean and the spread that your object knows."""
    rows = np.random.default_rng(4).normal(size=(240, 2)).astype("float32")
    rows += np.float32([100, 96]) + np.linspace(0, 3, 240, dtype="float32")[:, None] * [0, 1]
    rows = rows.astype("float32")
    statistics, ends, means, spreads = RunningStatistics(2), [], [], []
    at = 0
    for number in (1, 2, 4, 8, 5, 10, 30, 20, 40, 60, 60):
        statistics.update(tf.constant(rows[at : at + number]))
        at += number
        ends.append(at)
        means.append(np.array(statistics.mean()))
        spreads.append(np.sqrt(np.array(statistics.variance())))
    axes = figure.subplots()
    for feature, colour in enumerate(("#0072b2", "#d55e00")):
        mean, spread = np.array(means)[:, feature], np.array(spreads)[:, feature]
        axes.plot(range(1, 241), rows[:, feature], ".", ms=3, color=colour, alpha=0.4)
        axes.plot(ends, mean, "o-", ms=4, color=colour, label=f"mean of feature {feature}")
        axes.fill_between(ends, mean - spread, mean + spread, color=colour, alpha=0.2)
    axes.set(xlabel="rows so far; bands: one standard deviation on either side")
    axes.legend(loc="lower right")


# %%
def listed(tensor):
    return [round(float(one), 4) for one in np.asarray(tensor)]


def after(*batches):
    """An object that has seen batches, each a list of rows."""
    statistics = RunningStatistics(len(batches[0][0]))
    for rows in batches:
        statistics.update(tf.constant(rows, tf.float32))
    return statistics


def check_values(statistics, mean, variance, when):
    got = listed(statistics.mean()), listed(statistics.variance())
    close = [
        abs(one - other) <= 1e-3 * max(1, abs(other))
        for pair in zip(got, (mean, variance), strict=True)
        for one, other in zip(*pair, strict=True)
    ]
    assert all(close), (
        f"{when}: mean {got[0]} and variance {got[1]}, expected {list(mean)} and {list(variance)}"
    )


def test_worked_example():
    """numerics: the numbers 1, 3 and then 5, 6, 10 have the mean 5 and the variance 9.2"""
    statistics = after([[1.0], [3.0]])
    check_values(statistics, [2.0], [1.0], "after the batch 1, 3")
    statistics.update(tf.constant([[5.0], [6.0], [10.0]]))
    check_values(statistics, [5.0], [9.2], "after the batches 1, 3 and 5, 6, 10")


def test_features_are_apart():
    """numerics: each column has statistics of its own, and one row has no variance"""
    statistics = after([[1.0, -4.0]])
    check_values(statistics, [1.0, -4.0], [0.0, 0.0], "after one row, 1 and -4")
    statistics.update(tf.constant([[5.0, -4.0]]))
    check_values(statistics, [3.0, -4.0], [4.0, 0.0], "after the rows 1, -4 and 5, -4")


def test_no_rows():
    """numerics: a batch without rows changes nothing, neither at first nor later"""
    statistics, nothing = RunningStatistics(1), tf.zeros([0, 1])
    check_values(statistics, [0.0], [0.0], "before any rows")
    statistics.update(nothing)
    check_values(statistics, [0.0], [0.0], "after a batch without rows")
    statistics.update(tf.constant([[1.0], [3.0]]))
    statistics.update(nothing)
    check_values(statistics, [2.0], [1.0], "after the batch 1, 3 and one without rows")


def test_far_from_zero():
    """numerics: 10001, 10002, 10003 and then 10004, 10005 have the variance 2"""
    statistics = after([[10001.0], [10002.0], [10003.0]], [[10004.0], [10005.0]])
    check_values(statistics, [10003.0], [2.0], "after 10001, 10002, 10003 and 10004, 10005")


def test_reset_and_other_objects():
    """numerics: `reset` forgets the rows of one object, and leaves another one alone"""
    one, other = after([[1.0], [3.0]]), after([[1.0], [3.0]])
    one.reset()
    check_values(one, [0.0], [0.0], "after reset()")
    check_values(other, [2.0], [1.0], "another object after that")
    one.update(tf.constant([[7.0], [9.0]]))
    check_values(one, [8.0], [1.0], "after reset() and the batch 7, 9")


def test_nothing_to_train():
    """gradients: no variable of an object is trainable"""
    statistics = after([[1.0], [3.0]])
    found = len(statistics.trainable_variables)
    assert found == 0, f"{found} variables are trainable, expected none"


def test_a_checkpoint_carries_the_state():
    """serialization: saved from one object and restored into another, the state goes on"""
    one, other = after([[1.0], [3.0]]), RunningStatistics(1)
    with tempfile.TemporaryDirectory() as folder:
        path = tf.train.Checkpoint(statistics=one).write(str(Path(folder, "statistics")))
        tf.train.Checkpoint(statistics=other).read(path)
    check_values(other, [2.0], [1.0], "restored after the batch 1, 3")
    other.update(tf.constant([[5.0], [6.0], [10.0]]))
    check_values(other, [5.0], [9.2], "restored after 1, 3, and then the batch 5, 6, 10")


def test_update_is_traced_once():
    """graph: one trace of `update` serves batches of 2, 3, 1 and 0 rows"""
    statistics = RunningStatistics(1)
    for rows in (2, 3, 1, 0):
        statistics.update(tf.ones([rows, 1]))
    assert hasattr(statistics.update, "experimental_get_tracing_count"), (
        "update is no tf.function: it has no experimental_get_tracing_count"
    )
    traces = statistics.update.experimental_get_tracing_count()
    assert traces == 1, f"batches of 2, 3, 1 and 0 rows made {traces} traces of update, expected 1"


def test_a_graph_changes_the_state_each_time():
    """graph: a graph that calls `update` changes the state each time it runs"""
    statistics = RunningStatistics(1)

    @tf.function(input_signature=[tf.TensorSpec([None, 1], tf.float32)], autograph=False)
    def step(batch):
        statistics.update(batch)
        return statistics.mean(), statistics.variance()

    for rows, mean, variance in (([1, 3], 2.0, 1.0), ([5, 6, 10], 5.0, 9.2)):
        got = step(tf.constant(rows, tf.float32)[:, None])
        got = listed(got[0])[0], listed(got[1])[0]
        assert max(abs(got[0] - mean), abs(got[1] - variance)) < 1e-3, (
            f"in a graph, after the batch {rows}: mean and variance {got}, expected "
            f"{(mean, variance)}"
        )
