# %% [markdown]
# Right answers that look different.

# %%
import keras

# %% sums_in_double_precision
"""Plain sums, in float64, where they are accurate; the function is made in the constructor."""


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        zeros = tf.zeros([size], tf.float64)
        self.n = tf.Variable(0, trainable=False, dtype=tf.int64)
        self.sum, self.square = (tf.Variable(zeros, trainable=False) for _ in range(2))
        signature = [tf.TensorSpec([None, size], tf.float32, name="rows")]
        self.update = tf.function(self._update, input_signature=signature)

    def _update(self, rows):
        rows = tf.cast(rows, tf.float64)
        self.n.assign_add(tf.shape(rows, out_type=tf.int64)[0])
        self.sum.assign_add(tf.reduce_sum(rows, axis=0))
        self.square.assign_add(tf.reduce_sum(rows**2, axis=0))

    def mean(self):
        return tf.cast(self.sum / tf.cast(tf.maximum(self.n, 1), tf.float64), tf.float32)

    def variance(self):
        n = tf.cast(tf.maximum(self.n, 1), tf.float64)
        return tf.cast(tf.maximum(self.square / n - (self.sum / n) ** 2, 0), tf.float32)

    def reset(self):
        self.n.assign(0)
        self.sum.assign(tf.zeros_like(self.sum))
        self.square.assign(tf.zeros_like(self.square))


# %% row_by_row
"""Welford's formula, in a loop that AutoGraph makes a part of the graph."""


class RunningStatistics(tf.Module):
    def __init__(self, size, name=None):
        super().__init__(name)
        self.k = tf.Variable(0.0, trainable=False)
        self.m = tf.Variable(np.zeros(size, "float32"), trainable=False)
        self.s = tf.Variable(np.zeros(size, "float32"), trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([None, None])])
    def update(self, batch):
        for row in batch:
            self.k.assign_add(1.0)
            old = row - self.m
            self.m.assign_add(old / self.k)
            self.s.assign_add(old * (row - self.m))
        return self.k

    def mean(self):
        return tf.identity(self.m)

    def variance(self):
        return tf.where(self.k > 0, self.s / tf.maximum(self.k, 1.0), 0.0)

    def reset(self):
        self.k.assign(0)
        self.m.assign(0 * self.m)
        self.s.assign(0 * self.s)


# %% one_variable_for_all
"""One variable of shape (3, size) holds the count, the mean and the variance itself."""


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.state = tf.Variable(tf.zeros([3, size]), trainable=False, name="state")

    @tf.function(input_signature=(tf.TensorSpec(shape=(None, None), dtype=tf.float32),))
    def update(self, batch):
        n, mean, variance = tf.unstack(self.state)
        more = tf.cast(tf.shape(batch)[0], tf.float32)
        if more > 0:
            batch_mean, batch_variance = tf.nn.moments(batch, axes=[0])
            both = n + more
            mixed = (n * variance + more * batch_variance) / both
            mixed += n * more / both**2 * tf.math.squared_difference(mean, batch_mean)
            center = mean + (batch_mean - mean) * more / both
            self.state.assign(tf.stack([both, center, mixed]))

    def mean(self):
        return self.state[1]

    def variance(self):
        return self.state[2]

    def reset(self):
        self.state.assign(tf.zeros_like(self.state))


# %% shifted_by_the_first_row
"""Sums of what is left after the first row is subtracted: small numbers, so nothing is lost."""


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.held = {
            name: tf.Variable(tf.zeros([size]), trainable=False)
            for name in ("count", "shift", "sum", "squares")
        }

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def update(self, batch):
        held = self.held
        if tf.shape(batch)[0] > 0 and tf.reduce_all(held["count"] == 0):
            held["shift"].assign(batch[0])
        rest = batch - held["shift"]
        held["count"].assign_add(tf.reduce_sum(tf.ones_like(batch), 0))
        held["sum"].assign_add(tf.reduce_sum(rest, 0))
        held["squares"].assign_add(tf.reduce_sum(rest * rest, 0))

    def mean(self):
        held = self.held
        return held["shift"] + tf.math.divide_no_nan(held["sum"], held["count"])

    def variance(self):
        count, total, squares = (self.held[name] for name in ("count", "sum", "squares"))
        return tf.math.divide_no_nan(
            squares - tf.math.divide_no_nan(total * total, count), tf.convert_to_tensor(count)
        )

    def reset(self):
        for one in self.held.values():
            one.assign(tf.zeros_like(one))


# %% around_the_new_mean
"""Squares around the new mean, and what the old rows gain as their mean moves."""


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.parts = [tf.Variable(tf.zeros(s), trainable=False) for s in ([], [size], [size])]
        self.update = tf.function(
            lambda batch: self.take(batch),
            input_signature=[tf.TensorSpec([None, size])],
            autograph=False,
        )

    def take(self, batch):
        n, mean, squares = (one.read_value() for one in self.parts)
        more = tf.cast(tf.shape(batch)[0], tf.float32)
        new = mean + tf.reduce_sum(batch - mean, 0) / tf.maximum(n + more, 1)
        squares += tf.reduce_sum((batch - new) ** 2, 0) + n * (new - mean) ** 2
        for one, value in zip(self.parts, (n + more, new, squares), strict=True):
            one.assign(value)
        return new

    def mean(self):
        return self.parts[1].value()

    def variance(self):
        return self.parts[2] / tf.maximum(self.parts[0], 1)

    def reset(self):
        for one in self.variables:
            one.assign(tf.zeros(one.shape))


# %% keras_operations
"""Operations of Keras, a branch by `tf.cond`; `mean` returns the variable itself."""


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.count = tf.Variable(0, trainable=False)
        self.center = tf.Variable(keras.ops.zeros(size), trainable=False)
        self.spread = tf.Variable(keras.ops.zeros(size), trainable=False)

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)], autograph=False)
    def update(self, batch):
        return tf.cond(tf.size(batch) > 0, lambda: self.merge(batch), lambda: self.count + 0)

    def merge(self, batch):
        more = keras.ops.shape(batch)[0]
        both = self.count + more
        share = keras.ops.cast(more / both, "float32")
        mean, variance = keras.ops.moments(batch, axes=0)
        delta = mean - self.center
        spread = self.spread + share * (variance - self.spread + (1 - share) * delta * delta)
        self.spread.assign(spread)
        self.center.assign_add(share * delta)
        return self.count.assign(both)

    def mean(self):
        return self.center

    def variance(self):
        return keras.ops.convert_to_tensor(self.spread)

    def reset(self):
        self.count.assign(0)
        self.center.assign(keras.ops.zeros_like(self.center))
        self.spread.assign(keras.ops.zeros_like(self.spread))


# %% parts_of_their_own
"""A part for each moment, all methods are graphs, and the state is float64."""


class Moment(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.value = tf.Variable(tf.zeros(size, tf.float64), trainable=False)


class RunningStatistics(tf.Module):
    def __init__(self, size):
        super().__init__()
        with self.name_scope:
            self._count, self._mean, self._squares = Moment([]), Moment([size]), Moment([size])

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32, name="batch")])
    def update(self, batch):
        batch = tf.cast(batch, tf.float64)
        count, mean = self._count.value.read_value(), self._mean.value.read_value()
        more = tf.cast(tf.shape(batch)[0], tf.float64)
        total = self._count.value.assign_add(more)
        delta = tf.math.divide_no_nan(tf.reduce_sum(batch, 0), more) - mean
        delta = tf.where(more > 0, delta, 0)
        squares = tf.reduce_sum(tf.square(batch - mean - delta), 0)
        between = delta**2 * tf.math.divide_no_nan(count * more, total)
        self._squares.value.assign_add(squares + between)
        self._mean.value.assign_add(tf.math.multiply_no_nan(delta, more) / tf.maximum(total, 1))

    @tf.function(input_signature=[])
    def mean(self):
        return tf.cast(self._mean.value, tf.float32)

    @tf.function(input_signature=[])
    def variance(self):
        count = tf.maximum(self._count.value, 1)
        return tf.cast(self._squares.value / count, tf.float32)

    @tf.function(input_signature=[])
    def reset(self):
        for variable in (self._count.value, self._mean.value, self._squares.value):
            variable.assign(tf.zeros_like(variable))


# %% folded
"""`tf.foldl` over the rows carries the three numbers, and they are assigned once."""


class RunningStatistics(tf.Module):
    def __init__(self, size: int):
        super().__init__()
        self.n, self.m, self.s = (tf.Variable(tf.zeros([size]), trainable=False) for _ in "nms")

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def update(self, batch):
        def step(state, row):
            n, m, s = state
            n += 1.0
            d = row - m
            return n, m + d / n, s + d * d * (n - 1) / n

        batch = tf.ensure_shape(batch, [None, *self.m.shape])
        start = tuple(one.read_value() for one in (self.n, self.m, self.s))
        n, m, s = tf.foldl(step, batch, initializer=start)
        self.n.assign(n)
        self.m.assign(m)
        self.s.assign(s)
        return {"mean": m}

    def mean(self):
        return tf.convert_to_tensor(self.m)

    def variance(self):
        return tf.math.divide_no_nan(self.s.read_value(), self.n.read_value())

    def reset(self):
        zero = tf.zeros_like(self.n)
        return [one.assign(zero) for one in (self.n, self.m, self.s)]


# %% in_a_base_class
"""A base class keeps both moments in one variable; sums are products with ones."""


class Moments(tf.Module):
    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.total = tf.Variable(0.0, trainable=False)
        self.moments = tf.Variable(tf.zeros([2, size]), trainable=False)

    def reset(self):
        self.total.assign(tf.zeros([]), read_value=False)
        self.moments.assign(tf.zeros_like(self.moments), read_value=False)


class RunningStatistics(Moments):
    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def update(self, batch):
        center, squares = self.moments[0], self.moments[1]
        weights = tf.ones_like(batch[:, 0])
        total = tf.reduce_sum(weights) + self.total
        moved = tf.linalg.matvec(batch - center, weights, transpose_a=True)
        step = tf.math.divide_no_nan(moved, total)
        rest = tf.square(batch - center - step)
        squares += tf.linalg.matvec(rest, weights, transpose_a=True) + self.total * step**2
        self.moments.assign(tf.stack([center + step, squares]))
        self.total.assign(total)

    def mean(self):
        return tf.gather(self.moments, 0)

    def variance(self):
        return tf.math.divide_no_nan(self.moments[1], self.total)
