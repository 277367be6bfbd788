# %% [markdown]
# Wrong answers. The numerics come first, then where the state is, and the graph.

# %%
BATCH = tf.TensorSpec([None, None], tf.float32)

# %% [markdown]
# ## The formulas


# %% sums_of_squares loses="numerics"
"""The mean of the squares and the square of the mean are almost equal far from zero, and float32
leaves nothing of their difference. Add up squares of deviations from the mean."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        self.count.assign_add(tf.cast(tf.shape(batch)[0], tf.float32))
        self.center.assign_add(tf.reduce_sum(batch, 0))
        self.squares.assign_add(tf.reduce_sum(tf.square(batch), 0))

    def mean(self):
        return tf.math.divide_no_nan(self.center, self.count)

    def variance(self):
        return tf.math.divide_no_nan(self.squares, self.count) - tf.square(self.mean())


# %% squares_of_each_batch loses="numerics" like="sums_of_squares"


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), rows)
        squares = tf.reduce_sum(tf.square(batch), 0) - rows * tf.square(mean)
        delta, total = mean - self.center, self.count + rows
        share = tf.math.divide_no_nan(rows, total)
        self.squares.assign_add(squares + tf.square(delta) * self.count * share)
        self.center.assign_add(delta * share)
        self.count.assign(total)


# %% around_the_old_mean loses="numerics"
"""The deviations of a batch are taken from the mean of the rows before, which for the first batch
is 0: then the squares are as large as the numbers themselves, and float32 loses their small part.
Take deviations from the mean of the batch, or from the new mean."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        moved, total = batch - self.center, self.count + rows
        step = tf.math.divide_no_nan(tf.reduce_sum(moved, 0), total)
        more = tf.reduce_sum(tf.square(moved), 0) - total * tf.square(step)
        self.squares.assign_add(more)
        self.center.assign_add(step)
        self.count.assign(total)


# %% old_times_new_deviation loses="numerics" like="around_the_old_mean"


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        moved, total = batch - self.center, self.count + rows
        self.center.assign_add(tf.math.divide_no_nan(tf.reduce_sum(moved, 0), total))
        self.squares.assign_add(tf.reduce_sum(moved * (batch - self.center), 0))
        self.count.assign(total)


# %% one_less loses="numerics"
"""The sum of squared deviations is divided by one less than the number of rows. The variance of the
rows themselves is asked: divide by their number."""


class RunningStatistics(RunningStatistics):
    def variance(self):
        return tf.math.divide_no_nan(self.squares, self.count - 1)


# %% between_the_batches loses="numerics"
"""Each batch contributes its own variance, and that their means differ is left out. What is missing
is the term with the square of the difference of the means."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), rows)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - mean), 0))
        self.count.assign_add(rows)
        self.center.assign_add((mean - self.center) * tf.math.divide_no_nan(rows, self.count))


# %% mean_assigned_first loses="numerics"
"""The mean is brought up to date before the difference of the means is computed, or used. Compute
it with the old mean, and assign at the end."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), rows)
        total = self.count + rows
        share = tf.math.divide_no_nan(rows, total)
        self.center.assign_add((mean - self.center) * share)
        squares = tf.reduce_sum(tf.square(batch - mean), 0)
        self.squares.assign_add(squares + tf.square(mean - self.center) * self.count * share)
        self.count.assign(total)


# %% count_assigned_first loses="numerics"
"""The number of rows is brought up to date first, and where the formulas need that of the rows
before, they get the new one. Keep the old number until the end."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        self.count.assign_add(rows)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), rows)
        delta = mean - self.center
        share = tf.math.divide_no_nan(rows, self.count)
        squares = tf.reduce_sum(tf.square(batch - mean), 0)
        self.squares.assign_add(squares + tf.square(delta) * self.count * share)
        self.center.assign_add(delta * share)


# %% mean_of_the_means loses="numerics"
"""All batches count alike, however many rows they have. Weight each by its number of rows."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        if tf.shape(batch)[0] > 0:
            self.count.assign_add(1.0)
            mean, variance = tf.nn.moments(batch, [0])
            self.center.assign_add((mean - self.center) / self.count)
            self.squares.assign_add(variance)


# %% last_batch_only loses="numerics"
"""The statistics are those of the last batch. Combine them with what was known before."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        if tf.shape(batch)[0] > 0:
            mean, variance = tf.nn.moments(batch, [0])
            self.center.assign(mean)
            self.squares.assign(variance)
            self.count.assign(1.0)


# %% moving_average loses="numerics"
"""A moving average forgets old rows, as BatchNormalization does. Here all rows count alike, so the
weight of a batch is its share of all rows."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        if tf.shape(batch)[0] > 0:
            mean, variance = tf.nn.moments(batch, [0])
            self.center.assign_add(0.1 * (mean - self.center))
            self.squares.assign_add(0.1 * (variance - self.squares))

    def variance(self):
        return tf.convert_to_tensor(self.squares)


# %% standard_deviation loses="numerics"
"""This is the standard deviation, the root of the variance."""


class RunningStatistics(RunningStatistics):
    def variance(self):
        return tf.sqrt(super().variance())


# %% sum_for_variance loses="numerics"
"""This is the sum of the squared deviations. The variance is that sum, divided by the number of
rows."""


class RunningStatistics(RunningStatistics):
    def variance(self):
        return tf.convert_to_tensor(self.squares)


# %% all_features_together loses="numerics"
"""The rows and the features are summed up together. Each feature has a mean and a variance of its
own: sum up along axis 0 alone."""


class RunningStatistics(RunningStatistics):
    def mean(self):
        return tf.zeros_like(self.center) + tf.reduce_mean(self.center)

    def variance(self):
        return tf.zeros_like(self.center) + tf.reduce_mean(super().variance())


# %% mean_of_nothing loses="numerics"
"""The mean of a batch without rows is NaN, and from then on everything is. A sum of nothing is 0,
and `tf.math.divide_no_nan` makes 0 of 0/0."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        mean = tf.reduce_mean(batch, 0)
        delta, total = mean - self.center, self.count + rows
        squares = tf.reduce_sum(tf.square(batch - mean), 0)
        self.squares.assign_add(squares + tf.square(delta) * self.count * rows / total)
        self.center.assign_add(delta * rows / total)
        self.count.assign(total)


# %% zero_over_zero loses="numerics"
"""Before any rows, and after a reset, 0/0 is NaN. The statistics are to be 0 then."""


class RunningStatistics(RunningStatistics):
    def variance(self):
        return self.squares / self.count


# %% count_begins_at_one loses="numerics"
"""The number of rows does not begin at 0, so as if there had been a row already. Avoid 0/0 in
another way, such as `tf.math.divide_no_nan`."""


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        super().__init__(size)
        self.count.assign(1.0)

    def reset(self):
        super().reset()
        self.count.assign(1.0)


# %% float64_results loses="numerics"
"""Mean and variance come back as float64. Sums may be float64, the results are to be float32."""


class RunningStatistics(RunningStatistics):
    def mean(self):
        return tf.cast(super().mean(), tf.float64)

    def variance(self):
        return tf.cast(super().variance(), tf.float64)


# %% reset_keeps_the_count loses="numerics"
"""`reset` does not reset everything: the number of rows, the mean and the squared deviations all
have to go back to 0."""


class RunningStatistics(RunningStatistics):
    def reset(self):
        self.center.assign(tf.zeros_like(self.center))
        self.squares.assign(tf.zeros_like(self.squares))


# %% [markdown]
# ## Where the state is


# %% reset_makes_new_variables loses="numerics graph"
"""`reset` makes new variables, which a graph cannot do, and the graph of `update` goes on with the
old ones. Keep the variables and assign zeros to them."""


class RunningStatistics(RunningStatistics):
    def reset(self):
        self.count = tf.Variable(0.0, trainable=False)
        self.center = tf.Variable(tf.zeros_like(self.center), trainable=False)
        self.squares = tf.Variable(tf.zeros_like(self.squares), trainable=False)


# %% shared_by_all loses="numerics"
"""The variables belong to the class, or to the module, and all objects have them in common. Make
them in the constructor, for this object alone."""

shared = {}


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        super().__init__(size)
        mine = self.count, self.center, self.squares
        self.count, self.center, self.squares = shared.setdefault(size, mine)
        self.reset()


# %% trainable loses="gradients"
"""The variables are trainable, so an optimizer may take the statistics for weights and change them.
Make them with `trainable=False`."""


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.count = tf.Variable(0.0)
        self.center, self.squares = tf.Variable(tf.zeros([size])), tf.Variable(tf.zeros([size]))


# %% python_counter loses="numerics serialization graph"
"""A Python number is counted up while the graph is traced, which happens once: later batches do not
count. Keep the number of rows in a variable, and change it by `assign_add`."""


class RunningStatistics(RunningStatistics):
    batches = 0

    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        self.batches += 1
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        mean = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), rows)
        self.center.assign_add((mean - self.center) / self.batches)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - mean), 0))
        self.count.assign_add(rows)


# %% name_for_a_tensor loses="numerics serialization graph"
"""`self.n = self.n + …` in a `tf.function` gives the name to a tensor of that graph, which nobody
else can use. `assign_add` changes a variable, and that stays."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        self.count = self.count + tf.cast(tf.shape(batch)[0], tf.float32)
        share = tf.math.divide_no_nan(1.0, self.count)
        delta = tf.reduce_sum(batch - self.center, 0) * share
        self.squares.assign_add(tf.reduce_sum((batch - self.center) * (batch - delta), 0))
        self.center.assign_add(delta)


# %% made_in_update loses="numerics gradients serialization graph"
"""The variables are made in `update`, so before the first batch there are none, and `update` is
traced twice. Make them in the constructor."""


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.size, self.count = size, None

    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        if self.count is None:
            self.count = tf.Variable(0.0, trainable=False)
            self.center = tf.Variable(tf.zeros([self.size]), trainable=False)
            self.squares = tf.Variable(tf.zeros([self.size]), trainable=False)
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)


# %% list_of_batches loses="serialization graph"
"""The rows, or the statistics, are kept in Python: in a list, in NumPy arrays, in numbers. A
checkpoint does not find them, and a graph cannot change them. Keep a number, a mean and a sum of
squares in `tf.Variable`s, and compute with the operations of TensorFlow."""


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.size, self.rows = size, []

    def update(self, batch):
        self.rows.extend(np.asarray(batch, "float64"))

    def mean(self):
        rows = self.rows or [np.zeros(self.size)]
        return tf.constant(np.mean(rows, axis=0), tf.float32)

    def variance(self):
        rows = self.rows or [np.zeros(self.size)]
        return tf.constant(np.var(rows, axis=0), tf.float32)

    def reset(self):
        self.rows = []


# %% state_of_numpy loses="serialization graph" like="list_of_batches"


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.size = size
        self.reset()

    def update(self, batch):
        batch = np.asarray(batch, "float64")
        total = self.n + len(batch)
        if len(batch):
            delta = batch.mean(0) - self.m
            self.s = self.s + ((batch - batch.mean(0)) ** 2).sum(0)
            self.s = self.s + delta**2 * self.n * len(batch) / total
            self.m = self.m + delta * len(batch) / total
        self.n = total

    def mean(self):
        return self.m.astype("float32")

    def variance(self):
        return (self.s / max(self.n, 1)).astype("float32")

    def reset(self):
        self.n, self.m, self.s = 0, np.zeros(self.size), np.zeros(self.size)


# %% no_module loses="gradients serialization"
"""The class is no `tf.Module`. So nobody finds its variables, and a checkpoint refuses it."""


class RunningStatistics:
    def __init__(self, size):
        self.count = tf.Variable(0.0, trainable=False)
        self.center = tf.Variable(tf.zeros([size]), trainable=False)
        self.squares = tf.Variable(tf.zeros([size]), trainable=False)

    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)

    def mean(self):
        return tf.convert_to_tensor(self.center)

    def variance(self):
        return tf.math.divide_no_nan(self.squares, self.count)

    def reset(self):
        for one in (self.count, self.center, self.squares):
            one.assign(tf.zeros_like(one))


# %% count_in_a_plain_list loses="serialization"
"""A checkpoint of one object brings nothing, or not all, into another. A variable is in an object
that is no `tf.Module`, where no checkpoint finds it, or its attribute has another name in each
object. Make each variable an attribute of the object itself, with a fixed name."""


class Holder:
    pass


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.center = tf.Variable(tf.zeros([size]), trainable=False)
        self.squares = tf.Variable(tf.zeros([size]), trainable=False)
        self.holder = Holder()
        self.holder.count = tf.Variable(0.0, trainable=False)

    count = property(lambda self: self.holder.count)

    def reset(self):
        super().reset()
        self.count.assign(0.0)


# %% all_in_a_plain_object loses="serialization" like="count_in_a_plain_list"


class Holder:
    pass


class RunningStatistics(RunningStatistics):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.holder = Holder()
        self.holder.count = tf.Variable(0.0, trainable=False)
        self.holder.center = tf.Variable(tf.zeros([size]), trainable=False)
        self.holder.squares = tf.Variable(tf.zeros([size]), trainable=False)

    count = property(lambda self: self.holder.count)
    center = property(lambda self: self.holder.center)
    squares = property(lambda self: self.holder.squares)

    def reset(self):
        for one in (self.count, self.center, self.squares):
            one.assign(tf.zeros_like(one))


# %% flag_of_python loses="serialization graph"
"""A value of Python tells whether there were any rows. No checkpoint carries it, and a graph keeps
what it was while the graph was traced. Compute it from the number of rows, in a variable, by
operations of TensorFlow."""


class RunningStatistics(RunningStatistics):
    empty = True

    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        self.empty = False
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)

    def mean(self):
        return tf.zeros_like(self.center) if self.empty else super().mean()

    def variance(self):
        return tf.zeros_like(self.center) if self.empty else super().variance()


# %% [markdown]
# ## The graph


# %% no_tf_function loses="graph"
"""`update` is a plain method. It is to be a `tf.function` with an `input_signature`, so that one
trace serves every batch."""


class RunningStatistics(RunningStatistics):
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)


# %% no_signature loses="graph"
"""Without an `input_signature`, each new number of rows makes a new trace of `update`. Leave the
number of rows open with None."""


class RunningStatistics(RunningStatistics):
    @tf.function
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)


# %% fewer_traces loses="graph" like="no_signature"


class RunningStatistics(RunningStatistics):
    @tf.function(reduce_retracing=True)
    def update(self, batch):
        rows = tf.cast(tf.shape(batch)[0], tf.float32)
        new = self.center + tf.math.divide_no_nan(
            tf.reduce_sum(batch - self.center, 0), self.count + rows
        )
        moved = self.count * tf.square(new - self.center)
        self.squares.assign_add(tf.reduce_sum(tf.square(batch - new), 0) + moved)
        self.center.assign(new)
        self.count.assign_add(rows)


# %% signature_of_one_size loses="numerics serialization graph"
"""The `input_signature` admits one number of rows only, and other batches are refused. Put None
for it."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[tf.TensorSpec([4, None], tf.float32)])
    def update(self, batch):
        mean, variance = tf.nn.moments(batch, [0])
        delta, total = mean - self.center, self.count + 4.0
        self.squares.assign_add(4.0 * variance + tf.square(delta) * self.count * 4.0 / total)
        self.center.assign_add(delta * 4.0 / total)
        self.count.assign(total)


# %% size_of_the_trace loses="numerics serialization graph"
"""`batch.shape[0]` and `len(batch)` are what is known while tracing: with a signature for any
number of rows, None. `tf.shape(batch)[0]` knows it, and must be cast."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = float(batch.shape[0])
        mean = tf.reduce_sum(batch, 0) / rows
        delta, total = mean - self.center, self.count + rows
        squares = tf.reduce_sum(tf.square(batch - mean), 0)
        self.squares.assign_add(squares + tf.square(delta) * self.count * rows / total)
        self.center.assign_add(delta * rows / total)
        self.count.assign(total)


# %% number_not_cast loses="numerics serialization graph"
"""`tf.shape(batch)[0]` is an integer, and TensorFlow does not mix it with floats. Cast it:
`tf.cast(…, tf.float32)`."""


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        rows = tf.shape(batch)[0]
        mean = tf.reduce_sum(batch, 0) / rows
        delta, total = mean - self.center, self.count + rows
        squares = tf.reduce_sum(tf.square(batch - mean), 0)
        self.squares.assign_add(squares + tf.square(delta) * self.count * rows / total)
        self.center.assign_add(delta * rows / total)
        self.count.assign(total)


# %% through_numpy loses="serialization graph"
"""`tf.numpy_function` and `tf.py_function` call back into this Python process. Wherever else the
graph runs, nobody answers. Use operations of TensorFlow."""


def _merged(count, center, squares, batch):
    total = np.float32(count + len(batch))
    new = center + (batch - center).sum(0) / max(total, 1)
    squares = squares + ((batch - new) ** 2).sum(0) + count * (new - center) ** 2
    return total, new.astype("float32"), squares.astype("float32")


class RunningStatistics(RunningStatistics):
    @tf.function(input_signature=[BATCH])
    def update(self, batch):
        state = self.count, self.center, self.squares
        new = tf.numpy_function(_merged, [*state, batch], [tf.float32] * 3)
        for variable, value in zip(state, new, strict=True):
            variable.assign(tf.ensure_shape(value, variable.shape))


# %% methods_of_numpy loses="serialization graph"
"""`.numpy()` works in direct calls only; while a graph is traced, a variable has no value. `mean`
and `variance` are to work in a graph, too: use the operations of TensorFlow."""


class RunningStatistics(RunningStatistics):
    def mean(self):
        return tf.constant(self.center.numpy())

    def variance(self):
        return tf.constant(self.squares.numpy() / max(self.count.numpy(), 1))
