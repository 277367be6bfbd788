# %% [markdown] unit="1 Tensors" step=2 minutes=30 teaches="variables in a module, duplicate keys"
# # A table of counts: state that a graph can change
#
# Words of a text, clicks on articles, visits to the states of a game: much of machine learning
# begins with counting. In Python that is a dictionary and `counts[key] += 1`. In a graph there is
# no such thing. A tensor never changes, so a count must live in a `tf.Variable`; and what happens
# to it must be an operation of the graph, or it happens once, while tracing, and never again.
#
# Here you write such a table, a class `CountingTable(size)`. It counts in direct calls and in a
# graph alike, can be saved in the middle of its work, and goes on from there in a program that does
# not have your code.

# %% tags=["look"]
def look_at_a_dictionary_in_a_graph():
    """A dictionary and a variable count the runs of a graph."""
    import tensorflow as tf

    counts, variable = {"runs": 0}, tf.Variable(0)

    @tf.function(autograph=False)
    def run():
        counts["runs"] += 1
        variable.assign_add(1)

    for runs in (1, 2, 3):
        run()
        print(f"after run {runs}: dictionary {counts['runs']}, variable {variable.numpy()}")


# %% [markdown] needs="`pairwise_distances`; what `tf.function` does"
# ## The idea
#
# The keys are whole numbers $0, 1, \dots, s - 1$. The table holds one number for each, its *total*
# $t_k$, which is 0 at first. Adding the amounts $a_1, \dots, a_n$ to the keys $k_1, \dots, k_n$ is
#
# $$t_k \leftarrow t_k + \sum_{i:\, k_i = k} a_i \qquad \text{for every } k.$$
#
# The sum is there because a key may occur more than once in one call: then *all* its amounts count.
#
# ## An example
#
# | call | $t_0$ | $t_1$ | $t_2$ | $t_3$ | $t_4$ |
# |---|---|---|---|---|---|
# | `CountingTable(5)` | 0 | 0 | 0 | 0 | 0 |
# | `add([3, 1, 3], [2.0, 5.0, 0.5])` | 0 | 5 | 0 | 2.5 | 0 |
# | `add([1, 4], [-1.0, 4.0])` | 0 | 4 | 0 | 2.5 | 4 |
#
# (The lists stand for tensors, here and below.) In the first `add`, 3 occurs twice and gets $2 +
# 0.5$. Now `lookup([4, 0, 3])` is $(4, 0, 2.5)$, in the order that was asked. And `top(3)` is the
# keys $(1, 4, 3)$ with the totals $(4, 4, 2.5)$: the larger total first, and of equal ones the
# smaller key.
#
# What you look up can be part of a larger formula, and a tape that watches the variable with the
# totals asks how that formula depends on them. The gradient of `lookup([3, 3, 1])`, summed, is 2 at
# key 3, 1 at key 1 and 0 elsewhere: each key has as much as it was looked up.
#
# ![The totals of five keys as bars. First all are 0. Then key 1 gets 5, and key 3 gets 2 and a half
# on top. At last key 1 loses 1, and key 4 gets 4.](figure.png)

# %% [markdown]
# ## Your task
#
# Write a class `CountingTable(size)`, a subclass of `tf.Module`. Arguments are passed by position.
#
# - `add(keys, amounts)` adds `amounts`, float32 of shape $(n,)$, to the totals of `keys`, int32 of
#   the same shape. Amounts may be negative, keys may repeat, and $n$ may be 0. What it returns is
#   up to you.
# - `lookup(keys)` returns the totals of `keys`, int32 of shape $(n,)$: float32, of the same shape.
#   The same key may be asked twice.
# - `top(k)` returns two tensors, `(keys, totals)`, as a tuple or a list: the `k` keys with the
#   largest totals, int32 of shape $(k,)$, and these totals, float32 of shape $(k,)$. The larger
#   total comes first; of equal totals, the smaller key. All keys take part, with the total 0 if
#   nothing was added to them. `k` is a Python number from 1 to `size`.
# - `reset()` sets all totals to 0. What it returns is up to you.
#
# The state is **one `tf.Variable`**: float32, of shape `(size,)`, with the total of key $k$ at
# index $k$. It is made once, in the constructor, with `trainable=False`, so that no optimizer takes
# the counts for weights. It is an attribute of the table, whose name is up to you; a `tf.Module`
# finds its variables by itself, and so does a checkpoint:
#
# ```python
# class Clock(tf.Module):
#     def __init__(self):
#         super().__init__()
#         self.now = tf.Variable(0.0, trainable=False)
#
#
# clock = Clock()
# clock.now.assign_add(1.5)
# print(len(clock.variables), len(clock.trainable_variables))  # 1 0
# ```
#
# Every table has its own totals. You may add imports, functions, classes, methods and attributes of
# your own.

# %% [markdown]
# ## Traps
#
# - **No item assignment.** `totals[keys] += amounts` raises for tensors and for variables. What
#   changes a variable is `assign`, `assign_add` and the `scatter_…` methods.
# - **Repeated keys.** An update *sets*: of several amounts for one key, only one is left.
#   `tf.tensor_scatter_nd_update` and `scatter_update` do that, and so does looking up the old
#   totals, adding, and setting them. What you need is an *add*.
# - **Two forms of indices.** `scatter_add` of a variable takes one argument,
#   `tf.IndexedSlices(amounts, keys)`. `scatter_nd_add` and `tf.tensor_scatter_nd_add` take indices
#   of shape $(n, 1)$.
# - **Python happens once.** A Python list, a dictionary, a NumPy array and
#   `self.totals = self.totals + …` change while the graph is traced, and not when it runs. They are
#   not saved either.
# - **A decorated method does not keep its table alive.** If `top` is a `tf.function`,
#   `CountingTable(5).top(3)` fails, because nothing refers to the table any more. When you try
#   yours, keep the table in a Python variable; the grader does.
# - **A variable is made once.** A `tf.function` refuses variables that come later, in `add` or in
#   `reset`. A checkpoint, too, knows the variable that was there.
# - **A class attribute is shared** by all tables.
# - **Reversing turns ties round.** If you sort upward and reverse, the larger key comes first among
#   equal totals. `tf.math.top_k` puts the smaller index first.
# - **A graph knows no values and perhaps no sizes.** While tracing, `keys.shape[0]` may be `None`,
#   there is no `keys.numpy()`, and NumPy functions do not apply. The grader traces without
#   AutoGraph: a loop over a tensor works only in a function that you have decorated with
#   `tf.function` yourself.
#
# ## What is graded
#
# What counts is what the table does, not how it is written or how fast it is.
#
# - **Numerics**: totals after several calls of `add`, repeated keys, negative amounts, no keys;
#   `top`, its order, and ties; `reset`; tables that do not influence each other; dtypes.
# - **Gradients**: of `lookup` in the variable (a tape watches it), also for keys that are looked up
#   more than once. Nothing in a table is trainable, and a tape around `lookup` finds nothing to
#   train. `add` and `top` need no gradient.
# - **Serialization**: a function that calls `add` and `lookup` is exported as a SavedModel, and
#   loaded by a process that does not have your code. There it goes on counting from where the table
#   was. The state of one table, saved by `tf.train.Checkpoint`, is restored into another. And the
#   variable holds the totals: if it is assigned, `lookup` and `top` show what was assigned.
# - **Graph**: a function that calls the methods is traced once, for an unknown number of keys (0,
#   too). Each time the graph runs, the totals change. It must not call back into Python
#   (`tf.py_function`, `tf.numpy_function`).
#
# Serialization and graph are asked without repeated keys and ties, so that these cost points only
# once.
#
# **Switched off**: nothing. But the tables in `tf.lookup` keep their state outside of variables.
#
# **Out of scope**: totals of 2²⁴ and more (where float32 no longer counts every 1), keys below 0 or
# from `size` on, `k` outside 1 to `size`, other dtypes, Python
# lists and NumPy arrays as `keys` and `amounts`, the order in which amounts are summed up,
# compilation by XLA (leave `jit_compile` off).

# %%
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf


# %% tags=["solution"]
class CountingTable(tf.Module):
    """A total for each of the keys from 0 to `size - 1`."""

    def __init__(self, size):
        """Create a table in which all totals are 0.

        Args:
            size: the number of keys, a Python number.
        """
        ### BEGIN SOLUTION
        super().__init__()
        self.totals = tf.Variable(tf.zeros([size]), trainable=False)
        ### END SOLUTION

    def add(self, keys, amounts):
        """Add each amount to the total of its key.

        Args:
            keys: int32 tensor of shape (n,); keys may repeat.
            amounts: float32 tensor of shape (n,).
        """
        ### BEGIN SOLUTION
        self.totals.scatter_add(tf.IndexedSlices(amounts, keys))
        ### END SOLUTION

    def lookup(self, keys):
        """Return the totals of `keys`, int32 of shape (n,): a float32 tensor of that shape."""
        ### BEGIN SOLUTION
        return tf.gather(self.totals, keys)
        ### END SOLUTION

    def top(self, k):
        """Return the keys with the largest totals, and these totals.

        Args:
            k: how many, a Python number from 1 to `size`.

        Returns:
            keys: int32 tensor of shape (k,), the larger total first, then the smaller key.
            totals: float32 tensor of shape (k,).
        """
        ### BEGIN SOLUTION
        totals, keys = tf.math.top_k(self.totals, k)  # of equal totals, the smaller index first
        return keys, totals
        ### END SOLUTION

    def reset(self):
        """Set all totals to 0."""
        ### BEGIN SOLUTION
        self.totals.assign(tf.zeros_like(self.totals))
        ### END SOLUTION


# %% tags=["look"]
def look_at_my_table(figure):
    """Your table counts the sums of two dice, 50 throws a time: in direct calls and in a graph."""
    throws = np.random.default_rng(1).integers(1, 7, (12, 50, 2)).sum(-1).astype("int32")

    def filled(case):
        table = CountingTable(13)

        def add(keys):  # what yours returns is up to you
            table.add(keys, tf.ones([50]))

        run = tf.function(add, autograph=False) if case == "one graph" else add
        for keys in throws:
            run(tf.constant(keys))
        return table

    for axes, case in zip(figure.subplots(1, 2), ("direct calls", "one graph"), strict=True):
        table = filled(case)
        totals = np.asarray(table.lookup(tf.range(13)))
        bars = axes.bar(range(13), totals, 0.7, label="totals of your table")
        for rank, key in enumerate(np.asarray(table.top(3)[0]), start=1):
            bars[int(key)].set_color("#d55e00")
            axes.text(key, totals[key], rank, ha="center", va="bottom")
        counted = np.bincount(throws.ravel(), minlength=13)
        axes.plot(range(13), counted, "_", color="black", ms=16, label="what was thrown")
        axes.set(title=f"{case}; numbers: its top(3)", xlabel="key", ylim=(0, 165))
        axes.legend(loc="upper left")


# %% tags=["tests"]
def example():
    """The table of the example."""
    table = CountingTable(5)
    table.add(tf.constant([3, 1, 3]), tf.constant([2.0, 5.0, 0.5]))
    table.add(tf.constant([1, 4]), tf.constant([-1.0, 4.0]))
    return table


def listed(tensor):
    return np.asarray(tensor).tolist()


def test_worked_example():
    """numerics: after the two calls of `add`, the totals are 0, 4, 0, 2.5, 4"""
    table = example()
    got = listed(table.lookup(tf.range(5)))
    want = [0, 4, 0, 2.5, 4]
    assert got == want, f"the totals of the example: got {got}, expected {want}"


def test_repeated_keys_add_up():
    """numerics: a key that occurs three times in one call gets all three amounts"""
    table = CountingTable(3)
    table.add(tf.constant([2, 0, 2, 2]), tf.constant([1.0, 7.0, 10.0, 100.0]))
    got = listed(table.lookup(tf.range(3)))
    want = [7, 0, 111]
    assert got == want, f"totals after add([2, 0, 2, 2], [1, 7, 10, 100]): got {got}, not {want}"


def test_top_and_ties():
    """numerics: the largest total first, and of equal ones the smaller key"""
    table = example()
    keys, totals = table.top(3)
    got, want = (listed(keys), listed(totals)), ([1, 4, 3], [4, 4, 2.5])
    assert got == want, f"top(3) of the totals 0, 4, 0, 2.5, 4: got {got}, expected {want}"


def test_reset_and_other_tables():
    """numerics: `reset` sets the totals of one table to 0, and leaves another one alone"""
    one, other = example(), example()
    one.reset()
    got, want = listed(one.lookup(tf.range(5))), [0, 0, 0, 0, 0]
    assert got == want, f"totals after reset(): got {got}, expected {want}"
    got, want = listed(other.lookup(tf.range(5))), [0, 4, 0, 2.5, 4]
    assert got == want, f"totals of another table after that: got {got}, expected {want}"


def test_gradient_of_lookup():
    """gradients: each total has as much gradient as it was looked up"""
    table = example()
    found = len(table.variables), len(table.trainable_variables)
    assert found == (1, 0), (
        f"a table has {found[0]} variables, of which {found[1]} are trainable; expected 1 and 0"
    )
    with tf.GradientTape() as tape:
        tape.watch(table.variables)
        result = table.lookup(tf.constant([3, 3, 1]))
    got = tape.gradient(result, table.variables[0])
    assert got is not None, "the gradient of lookup in the variable is None: nothing flows back"
    got, want = listed(tf.convert_to_tensor(got)), [0, 1, 0, 2, 0]
    assert got == want, f"the gradient of lookup([3, 3, 1]), summed: got {got}, expected {want}"


def test_a_checkpoint_carries_the_totals():
    """serialization: saved from one table and restored into another, the totals are the same"""
    one, other = example(), CountingTable(5)
    with tempfile.TemporaryDirectory() as folder:
        path = tf.train.Checkpoint(table=one).write(Path(folder, "table"))
        tf.train.Checkpoint(table=other).read(path)
    got, want = listed(other.lookup(tf.range(5))), [0, 4, 0, 2.5, 4]
    assert got == want, f"totals restored from a checkpoint: got {got}, expected {want}"


def test_a_graph_changes_the_totals_each_time():
    """graph: one graph for any number of keys adds each time it runs"""
    table = CountingTable(3)
    signature = [tf.TensorSpec([None], tf.int32), tf.TensorSpec([None], tf.float32)]

    @tf.function(input_signature=signature, autograph=False)
    def step(keys, amounts):
        table.add(keys, amounts)
        return table.lookup(tf.range(3))

    for keys, amounts, want in (([0, 2], [1, 5], [1, 0, 5]), ([1], [2], [1, 2, 5])):
        got = listed(step(tf.constant(keys), tf.constant(amounts, tf.float32)))
        assert got == want, (
            f"totals after add({keys}, {amounts}) in a graph: got {got}, expected {want}"
        )
