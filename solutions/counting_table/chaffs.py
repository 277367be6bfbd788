# %%
import keras

# %% [markdown]
# ## What is added


# %% last_amount_only loses="numerics"
"""Of several amounts for one key, only the last one counts: the old totals are looked up, added to,
and *set*. Use an operation that adds, such as `scatter_add` or `tf.math.unsorted_segment_sum`."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        new = tf.gather(self.totals, keys) + amounts
        self.totals.scatter_update(tf.IndexedSlices(new, keys))


# %% new_tensor_with_the_last_amount loses="numerics" like="last_amount_only"


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        new = tf.gather(self.totals, keys) + amounts
        self.totals.assign(tf.tensor_scatter_nd_update(self.totals, keys[:, None], new))


# %% first_amount_only loses="numerics"
"""Of several amounts for one key, one alone counts. `tf.unique` tells which keys there are; the
amounts of each must be summed up, as `tf.math.unsorted_segment_sum` does."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        unique, place = tf.unique(keys)
        amounts = tf.math.unsorted_segment_max(amounts, place, tf.size(unique))
        super().add(unique, amounts)


# %% overwrites loses="numerics"
"""The amounts take the place of the totals that were there. They are to be added to them."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        self.totals.scatter_update(tf.IndexedSlices(amounts, keys))


# %% forgets_other_keys loses="numerics"
"""`assign` puts the sums of this call alone into the variable, and all that was counted before is
gone. `assign_add` adds them to it."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        size = self.totals.shape[0]
        self.totals.assign(tf.math.unsorted_segment_sum(amounts, keys, size))


# %% counts_calls loses="numerics"
"""Each key gets 1, whatever its amount is. Add the amount."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        super().add(keys, tf.ones_like(amounts))


# %% positive_only loses="numerics"
"""Amounts below zero, or totals, are cut off at zero. They may be negative."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        super().add(keys, tf.nn.relu(amounts))


# %% never_below_zero loses="numerics" like="positive_only"


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        more = tf.math.unsorted_segment_sum(amounts, keys, self.totals.shape[0])
        self.totals.assign(tf.nn.relu(self.totals + more))


# %% needs_keys loses="numerics graph"
"""If there are no keys, the largest of them, or the first, does not exist. Nothing needs it: an
operation for all keys at once does nothing where there are none."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        smallest = tf.reduce_min(keys)
        more = tf.math.unsorted_segment_sum(
            amounts, keys - smallest, self.totals.shape[0] - smallest
        )
        self.totals.assign_add(tf.pad(more, [[smallest, 0]]))


# %% arguments_of_scatter_add loses="numerics serialization graph"
"""`scatter_add` of a variable takes one argument, `tf.IndexedSlices(amounts, keys)`."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        self.totals.scatter_add(keys, amounts)


# %% item_assignment loses="numerics serialization graph"
"""Neither a tensor nor a variable can be changed by `totals[keys] += amounts`. Use a `scatter_…`
method of the variable, or `assign_add`."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        self.totals[keys] += amounts


# %% [markdown]
# ## What is asked


# %% in_the_order_of_keys loses="numerics gradients"
"""A mask picks totals in the order of the table, and each only once. `lookup` answers in the order
that was asked, and as often: `tf.gather`."""


class CountingTable(CountingTable):
    def lookup(self, keys):
        asked = tf.reduce_any(tf.range(self.totals.shape[0])[:, None] == keys, axis=1)
        return tf.boolean_mask(tf.convert_to_tensor(self.totals), asked)


# %% one_key_without_an_axis loses="numerics graph"
"""The answer to a single key is a scalar: `tf.squeeze` takes every axis of length 1 away. The
totals have the shape of the keys, here (1,)."""


class CountingTable(CountingTable):
    def lookup(self, keys):
        return tf.squeeze(tf.gather_nd(self.totals, keys[:, None]))


# %% ties_turned_round loses="numerics"
"""Sorted upward and reversed, equal totals are reversed as well, and the larger key comes first.
Sort downward (`direction="DESCENDING"`), or use `tf.math.top_k`."""


class CountingTable(CountingTable):
    def top(self, k):
        keys = tf.argsort(self.totals, stable=True)[::-1][:k]
        return keys, tf.gather(self.totals, keys)


# %% smallest_first loses="numerics"
"""These are the smallest totals, or the largest ones in the wrong order. The largest comes
first."""


class CountingTable(CountingTable):
    def top(self, k):
        keys = tf.argsort(self.totals)[:k]
        return keys, tf.gather(self.totals, keys)


# %% largest_last loses="numerics" like="smallest_first"


class CountingTable(CountingTable):
    def top(self, k):
        return tuple(tf.reverse(one, [0]) for one in super().top(k))


# %% by_size loses="numerics"
"""The totals are compared by their absolute values. A negative total is smaller than 0."""


class CountingTable(CountingTable):
    def top(self, k):
        _, keys = tf.math.top_k(tf.abs(self.totals), k)
        return keys, tf.gather(self.totals, keys)


# %% zeros_last loses="numerics"
"""Keys with the total 0 come after those with a negative total. 0 is the larger of the two, so they
come before them."""


class CountingTable(CountingTable):
    def top(self, k):
        totals = tf.where(self.totals == 0, float("-inf"), self.totals)
        _, keys = tf.math.top_k(totals, k)
        return keys, tf.gather(self.totals, keys)


# %% order_of_whole_numbers loses="numerics"
"""Totals with the same whole part are taken for equal: they are compared as whole numbers, or
rounded. Compare them as they are."""


class CountingTable(CountingTable):
    def top(self, k):
        _, keys = tf.math.top_k(tf.cast(self.totals, tf.int32), k)
        return keys, tf.gather(self.totals, keys)


# %% ties_broken_by_a_small_number loses="numerics"
"""Totals that are close together come in the wrong order: they are rounded, or something that
depends on the key is added to them before they are compared. Compare them as they are."""


class CountingTable(CountingTable):
    def top(self, k):
        size = self.totals.shape[0]
        _, keys = tf.math.top_k(self.totals - 1e-5 * tf.range(size, dtype=tf.float32), k)
        return keys, tf.gather(self.totals, keys)


# %% seen_keys_only loses="numerics"
"""Keys with the total 0 are left out, and `top(k)` may be shorter than k. All keys take part."""


class CountingTable(CountingTable):
    def top(self, k):
        keys, totals = super().top(k)
        return keys[totals != 0], totals[totals != 0]


# %% totals_first loses="numerics"
"""The two answers of `top` are in the other order, which is that of `tf.math.top_k`. The keys come
first, the totals second."""


class CountingTable(CountingTable):
    def top(self, k):
        return tuple(tf.math.top_k(self.totals, k))


# %% int64_keys loses="numerics"
"""`tf.argmax`, `tf.where` and NumPy answer in int64. The keys of `top` are to be int32."""


class CountingTable(CountingTable):
    def top(self, k):
        keys, totals = super().top(k)
        return tf.cast(keys, tf.int64), totals


# %% reset_does_nothing loses="numerics"
"""After `reset` the totals are what they were. `assign` changes a variable; a new tensor, or a name
for it, does not."""


class CountingTable(CountingTable):
    def reset(self):
        totals = tf.zeros_like(self.totals)  # noqa: F841


# %% [markdown]
# ## Where the state is


# %% shared_by_all loses="numerics"
"""The variable is an attribute of the class, or of the module, and all tables have it in common.
Make it in the constructor, for this table alone: `self.totals = …`."""

shared = {}


class CountingTable(CountingTable):
    def __init__(self, size):
        super().__init__(size)
        self.totals = shared.setdefault(size, self.totals)
        self.reset()


# %% trainable loses="gradients"
"""The variable is trainable, so an optimizer may take the counts for weights and change them. Make
it with `trainable=False`."""


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.totals = tf.Variable(tf.zeros([size]))


# %% whole_numbers loses="numerics gradients serialization"
"""The state is made of whole numbers: fractions are lost, and there is no gradient. The variable is
to be float32."""


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.totals = tf.Variable([0] * size, trainable=False)

    def add(self, keys, amounts):
        super().add(keys, tf.cast(amounts, tf.int32))

    def lookup(self, keys):
        return tf.cast(super().lookup(keys), tf.float32)

    def top(self, k):
        keys, totals = super().top(k)
        return keys, tf.cast(totals, tf.float32)


# %% float64_state loses="numerics serialization"
"""The state is float64. The variable is to be float32, and so are the totals that come from it."""


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.totals = tf.Variable(tf.zeros([size], tf.float64), trainable=False)

    def add(self, keys, amounts):
        super().add(keys, tf.cast(amounts, tf.float64))


# %% two_variables loses="serialization"
"""There is a second variable. The state is to be one: what else you need can be a Python number, if
it never changes, or follows from the totals."""


class CountingTable(CountingTable):
    def __init__(self, size):
        super().__init__(size)
        self.size = tf.Variable(size, trainable=False)


# %% made_in_add loses="numerics gradients serialization graph"
"""The variable is made at the first `add`, and before that there is none to look up or to save. In
a graph it comes too late. Make it in the constructor."""


class CountingTable(tf.Module):
    def __init__(self, size):
        super().__init__()
        self.size, self.totals = size, None

    def add(self, keys, amounts):
        if self.totals is None:
            self.totals = tf.Variable(tf.zeros([self.size]), trainable=False)
        self.totals.scatter_add(tf.IndexedSlices(amounts, keys))

    def lookup(self, keys):
        return tf.gather(self.totals, keys)

    def top(self, k):
        totals, keys = tf.math.top_k(self.totals, k)
        return keys, totals

    def reset(self):
        self.totals.assign(tf.zeros([self.size]))


# %% top_is_kept loses="serialization"
"""A method goes by what Python knows: an answer that was kept, or whether `add` was called. If a
graph, a checkpoint or `assign` changes the variable, Python does not notice. Go by the variable in
each call."""


class CountingTable(CountingTable):
    kept = None

    def add(self, keys, amounts):
        self.kept = None
        super().add(keys, amounts)

    def reset(self):
        self.kept = None
        super().reset()

    def top(self, k):
        if not tf.executing_eagerly():
            return super().top(k)
        if self.kept is None:
            self.kept = [one.numpy() for one in super().top(self.totals.shape[0])]
        return tuple(tf.constant(one[:k]) for one in self.kept)


# %% top_of_an_empty_table loses="serialization" like="top_is_kept"


class CountingTable(CountingTable):
    empty = True

    def add(self, keys, amounts):
        self.empty = False
        super().add(keys, amounts)

    def top(self, k):
        return (tf.range(k), tf.zeros([k])) if self.empty else super().top(k)


# %% reset_of_used_tables_only loses="serialization" like="top_is_kept"


class CountingTable(CountingTable):
    used = False

    def add(self, keys, amounts):
        self.used = True
        super().add(keys, amounts)

    def reset(self):
        if self.used:
            super().reset()


# %% made_anew_by_reset loses="graph"
"""`reset` makes a new variable, which a graph cannot do, and a graph that was traced before goes on
with the old one. Keep the variable and assign zeros to it."""


class CountingTable(CountingTable):
    def reset(self):
        self.totals = tf.Variable(tf.zeros_like(self.totals), trainable=False)


# %% name_for_a_tensor loses="serialization graph"
"""`self.totals = self.totals + …` gives the name to a new tensor, and the variable is gone: nothing
is left to be saved, and a graph changes nothing when it runs. `assign_add` changes the variable."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        self.totals = self.totals + tf.math.unsorted_segment_sum(
            amounts, keys, self.totals.shape[0]
        )

    def reset(self):
        self.totals = tf.zeros_like(self.totals)


# %% python_list loses="gradients serialization graph"
"""The totals are in no variable that a `tf.Module` finds: a Python list, a NumPy array, a
`keras.Variable` and a lookup table of TensorFlow are none. So `variables` of the module does not
have them. Keep them in a `tf.Variable`."""


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.counts = [0.0] * size

    def add(self, keys, amounts):
        for key, amount in zip(keys.numpy(), amounts.numpy(), strict=True):
            self.counts[key] += float(amount)

    def lookup(self, keys):
        found = [self.counts[key] for key in keys.numpy()]
        return tf.constant(found, tf.float32, [len(found)])

    def top(self, k):
        totals, keys = tf.math.top_k(self.lookup(tf.range(len(self.counts))), k)
        return keys, totals

    def reset(self):
        self.counts = [0.0] * len(self.counts)


# %% numpy_array loses="gradients serialization graph" like="python_list"


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.totals = np.zeros(size, "float32")

    def add(self, keys, amounts):
        np.add.at(self.totals, np.asarray(keys), np.asarray(amounts))

    def reset(self):
        self.totals[:] = 0


# %% variable_of_keras loses="gradients serialization" like="python_list"


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.state = keras.Variable(np.zeros(size, "float32"), trainable=False)

    @property
    def totals(self):
        return self.state.value


# %% no_module loses="gradients serialization"
"""The class is no `tf.Module`. So nobody finds its variables, and a checkpoint refuses it."""


class CountingTable:
    def __init__(self, size):
        self.totals = tf.Variable(tf.zeros([size]), trainable=False)

    def add(self, keys, amounts):
        self.totals.scatter_add(tf.IndexedSlices(amounts, keys))

    def lookup(self, keys):
        return tf.gather(self.totals, keys)

    def top(self, k):
        totals, keys = tf.math.top_k(self.totals, k)
        return keys, totals

    def reset(self):
        self.totals.assign(tf.zeros_like(self.totals))


# %% hash_table loses="numerics gradients serialization graph" like="python_list"


class CountingTable(CountingTable):
    def __init__(self, size):
        tf.Module.__init__(self)
        self.size = size
        self.table = tf.lookup.experimental.MutableHashTable(tf.int32, tf.float32, 0.0)

    @property
    def totals(self):
        return self.table.lookup(tf.range(self.size))

    def add(self, keys, amounts):
        self.table.insert(keys, self.table.lookup(keys) + amounts)

    def reset(self):
        self.table.insert(tf.range(self.size), tf.zeros([self.size]))


# %% [markdown]
# ## What leaves TensorFlow


# %% gradient_stopped loses="gradients"
"""No gradient arrives in the variable: `.numpy()`, a cast to whole numbers or `tf.stop_gradient`
cuts it off. `tf.gather` of the variable lets it through."""


class CountingTable(CountingTable):
    def lookup(self, keys):
        return tf.stop_gradient(super().lookup(keys))


# %% looked_up_by_numpy loses="gradients serialization graph"
"""NumPy needs numbers, and while a graph is traced there are none; nor does a gradient pass through
it. `tf.gather` looks up inside, and a `scatter_…` method of the variable adds."""


class CountingTable(CountingTable):
    def lookup(self, keys):
        return tf.constant(self.totals.numpy()[keys.numpy()])


# %% added_by_numpy loses="serialization graph" like="looked_up_by_numpy"


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        new = self.totals.numpy().copy()
        np.add.at(new, keys.numpy(), amounts.numpy())
        self.totals.assign(new)


# %% python_function loses="serialization graph"
"""`tf.py_function` and `tf.numpy_function` call back into this Python process. Wherever else the
graph runs, nobody answers. Use operations of TensorFlow."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        size = self.totals.shape[0]

        def sums(keys, amounts):
            return np.bincount(keys, amounts, size).astype("float32")

        self.totals.assign_add(tf.numpy_function(sums, [keys, amounts], tf.float32))


# %% python_loop loses="serialization graph"
"""In a graph a Python loop cannot run over the elements of a tensor, unless AutoGraph rewrites it
in a method that you decorate. A `scatter_…` method takes all keys at once."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        for key, amount in zip(keys, amounts, strict=True):
            self.totals.scatter_add(tf.IndexedSlices([amount], [key]))


# %% length_of_the_trace loses="graph"
"""`keys.shape[0]` is what is known while tracing: `None` in a graph for any number of keys. A
`scatter_…` method needs no length, and `tf.size(keys)` always has an answer."""


class CountingTable(CountingTable):
    def add(self, keys, amounts):
        for i in range(keys.shape[0]):
            self.totals.scatter_add(tf.IndexedSlices(amounts[i : i + 1], keys[i : i + 1]))
