# %%
import keras


# %% scattered_by_nd
"""`scatter_nd_add` with indices of shape (n, 1), `sparse_read` to look up, a stable argsort."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__(name="counts")
        self.state = tf.Variable([0.0] * size, trainable=False, name="state")

    def add(self, keys, amounts):
        return self.state.scatter_nd_add(tf.expand_dims(keys, 1), amounts)

    def lookup(self, keys):
        return self.state.sparse_read(keys)

    def top(self, k):
        keys = tf.argsort(self.state, direction="DESCENDING", stable=True)[:k]
        return [keys, tf.gather(self.state, keys)]

    def reset(self):
        return self.state.assign_sub(self.state)


# %% segments
"""The amounts of a key are summed first, and all sums are added at once."""


class CountingTable(tf.Module):
    def __init__(self, size: int, name=None):
        super().__init__(name)
        self._size = size
        self._totals = tf.Variable(tf.zeros(size), trainable=False, shape=[size])

    def add(self, keys, amounts):
        self._totals.assign_add(tf.math.unsorted_segment_sum(amounts, keys, self._size))

    def lookup(self, keys):
        return tf.nn.embedding_lookup(self._totals, keys)

    def top(self, k):
        values, indices = tf.nn.top_k(self._totals, k=k, sorted=True)
        return indices, values

    def reset(self):
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable))


# %% bincount
"""`tf.math.bincount` with weights; the state lies in a dictionary."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.kept = {"totals": tf.Variable(np.zeros(size, "float32"), trainable=False)}

    def add(self, keys, amounts):
        more = tf.math.bincount(keys, amounts, minlength=self.size, maxlength=self.size)
        self.kept["totals"].assign_add(more)
        return self

    def lookup(self, keys):
        return tf.linalg.matvec(tf.one_hot(keys, self.size), self.kept["totals"])

    def top(self, k):
        negative = -self.kept["totals"]
        order = tf.argsort(negative, stable=True)
        return order[:k], -tf.sort(negative)[:k]

    def reset(self):
        self.kept["totals"].assign(tf.zeros([self.size]))


# %% new_tensor_assigned
"""A new tensor of all totals is made and assigned."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        with self.name_scope:
            self.totals = tf.Variable(
                tf.constant(0.0, shape=(size,)), trainable=False, dtype=tf.float32
            )

    def add(self, keys, amounts):
        new = tf.tensor_scatter_nd_add(self.totals, keys[:, None], amounts)
        return self.totals.assign(new)

    def lookup(self, keys):
        return tf.gather_nd(self.totals, keys[:, None])

    def top(self, k):
        return tuple(reversed(tf.math.top_k(self.totals.read_value(), k)))

    def reset(self):
        self.totals.assign(0 * self.totals)


# %% one_after_the_other
"""A loop over the keys, in a method that AutoGraph rewrites; the largest is found k times."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.totals = tf.Variable(tf.zeros([size]), trainable=False)

    @tf.function
    def add(self, keys, amounts):
        for i in tf.range(tf.size(keys)):
            key = keys[i]
            self.totals[key].assign(self.totals[key] + amounts[i])

    @tf.function
    def lookup(self, keys):
        found = tf.TensorArray(tf.float32, size=tf.size(keys), element_shape=[])
        for i in tf.range(tf.size(keys)):
            found = found.write(i, self.totals[keys[i]])
        return found.stack()

    def top(self, k):
        left, keys = tf.identity(self.totals), []
        for _ in range(k):
            keys.append(tf.argmax(left, output_type=tf.int32))
            left = tf.tensor_scatter_nd_update(left, [[keys[-1]]], [-np.inf])
        keys = tf.stack(keys)
        return keys, self.lookup(keys)

    def reset(self):
        self.totals.assign(tf.zeros(self.totals.shape))


# %% with_signatures
"""All methods are graphs of their own, with signatures, and `top` is traced for each k."""

VECTOR = tf.TensorSpec([None], tf.int32, name="keys")


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.totals = tf.Variable(tf.zeros([size]), trainable=False)

    @tf.function(input_signature=[VECTOR, tf.TensorSpec([None], tf.float32)])
    def add(self, keys, amounts):
        self.totals.scatter_add(tf.IndexedSlices(amounts, keys))
        return self.totals

    @tf.function(input_signature=[VECTOR])
    def lookup(self, keys):
        return tf.gather(self.totals, keys)

    @tf.function
    def top(self, k):
        order = tf.argsort(self.totals, direction="DESCENDING")
        return tf.gather(order, tf.range(k)), tf.gather(self.totals, order)[:k]

    @tf.function(input_signature=[])
    def reset(self):
        self.totals.assign(tf.zeros_like(self.totals))


# %% keras_ops
"""Keras' operations around a variable of TensorFlow."""


class CountingTable(tf.Module):
    def __init__(self, size):
        self.totals = tf.Variable(keras.ops.zeros(size), trainable=False)
        super().__init__()

    def add(self, keys, amounts):
        size = self.totals.shape[0]
        self.totals.assign_add(keras.ops.segment_sum(amounts, keys, num_segments=size))

    def lookup(self, keys):
        return keras.ops.take(self.totals, keys, axis=0)

    def top(self, k):
        totals, keys = keras.ops.top_k(self.totals, k)
        return keras.ops.cast(keys, "int32"), totals

    def reset(self):
        self.totals.assign(keras.ops.zeros_like(self.totals))


# %% part_of_a_part
"""The state is that of a part; the table passes everything on, and hides what it can."""


class Cells(tf.Module):
    def __init__(self, count):
        super().__init__()
        self.values = tf.Variable(tf.zeros([count]), trainable=False)


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self._cells = [Cells(size)]

    @property
    def _values(self):
        return self._cells[0].values

    def add(self, keys, amounts):
        unique, place = tf.unique(keys)
        sums = tf.math.unsorted_segment_sum(amounts, place, tf.size(unique))
        old = tf.gather(self._values, unique)
        self._values.scatter_update(tf.IndexedSlices(old + sums, unique))

    def lookup(self, keys):
        return tf.map_fn(lambda key: self._values[key], keys, fn_output_signature=tf.float32)

    def top(self, k):
        found = tf.math.top_k(self._values, k)
        return found.indices, found.values

    def reset(self):
        self._values.assign(tf.zeros_like(self._values))


# %% in_double_precision
"""Sums in float64 by a product with zeros and ones, and a gradient of its own."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.totals = tf.Variable(tf.zeros([size]), trainable=False)

    def add(self, keys, amounts):
        picks = tf.one_hot(keys, self.size, dtype=tf.float64)
        sums = tf.linalg.matvec(picks, tf.cast(amounts, tf.float64), transpose_a=True)
        self.totals.assign(tf.cast(tf.cast(self.totals, tf.float64) + sums, tf.float32))

    def lookup(self, keys):
        @tf.custom_gradient
        def look(totals):
            def grad(upstream):
                return tf.scatter_nd(keys[:, None], upstream, [self.size])

            return tf.gather(totals, keys), grad

        return look(tf.convert_to_tensor(self.totals))

    def top(self, k):
        keys = tf.range(self.size)
        # Larger totals first, then smaller keys: ranks by counting what comes before.
        totals = tf.convert_to_tensor(self.totals)
        before = (totals[None] > totals[:, None]) | (
            (totals[None] == totals[:, None]) & (keys[None] < keys[:, None])
        )
        rank = tf.reduce_sum(tf.cast(before, tf.int32), axis=1)
        order = tf.scatter_nd(rank[:, None], keys, [self.size])[:k]
        return order, tf.gather(totals, order)

    def reset(self):
        self.totals.assign(tf.zeros([self.size]))


# %% made_by_a_factory
"""The methods are functions that close over the variable; the module only holds them."""


class CountingTable(tf.Module):
    def __init__(self, size, initial=0.0):
        super().__init__()
        totals = tf.Variable(tf.fill([size], initial), trainable=False)
        self.held = (totals,)
        self.add = lambda keys, amounts: totals.scatter_add(tf.IndexedSlices(amounts, keys))
        self.lookup = tf.function(lambda keys: tf.gather(totals, keys), reduce_retracing=True)
        self.reset = lambda: totals.assign(tf.fill([size], initial))
        self.size = size

    def top(self, k):
        keys = tf.nn.top_k(self.held[0], self.size).indices[:k]
        return keys, self.lookup(keys)


# %% both_in_a_base_class
"""A base class makes the state, a mixin reads it, and `add` sorts the keys before it sums."""


class WithTotals(tf.Module):
    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.w = tf.Variable(lambda: tf.zeros([size]), trainable=False)


class Reading:
    def lookup(self, keys):
        return tf.reshape(tf.gather(self.w, tf.reshape(keys, [-1])), tf.shape(keys))

    def top(self, k):
        totals, keys = tf.math.top_k(self.w, k)
        return keys, totals


class CountingTable(Reading, WithTotals):
    def add(self, keys, amounts):
        order = tf.argsort(keys, stable=True)
        keys, amounts = tf.gather(keys, order), tf.gather(amounts, order)
        sums = tf.math.unsorted_segment_sum(amounts, keys, tf.shape(self.w)[0])
        with tf.control_dependencies([sums]):
            self.w.assign_add(sums, read_value=False)

    def reset(self):
        self.w.assign(tf.zeros_like(self.w), read_value=False)
