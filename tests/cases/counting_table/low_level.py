# points: 11, 2, 4, 3
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%

import tensorflow as tf


# %%
@tf.function(
    input_signature=[
        tf.TensorSpec([None], tf.float32),
        tf.TensorSpec([None], tf.int32),
        tf.TensorSpec([None], tf.float32),
    ],
    autograph=False,
)
def _added(totals, keys, amounts):
    """Return the totals with one amount after the other added."""
    count = tf.shape(keys)[0]

    def more(i, sums):
        return tf.less(i, count)

    def step(i, sums):
        key = tf.reshape(tf.gather(keys, i), [1, 1])
        amount = tf.reshape(tf.gather(amounts, i), [1])
        return i + 1, tf.tensor_scatter_nd_add(sums, key, amount)

    _, totals = tf.while_loop(
        more,
        step,
        [tf.constant(0, tf.int32), totals],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
    )
    return totals


class CountingTable(tf.Module):
    """A total for each of the keys from 0 to `size - 1`."""

    def __init__(self, size):
        """Create a table in which all totals are 0.

        Args:
            size: the number of keys, a Python number.
        """
        super().__init__()
        self._totals = tf.Variable(
            tf.zeros([int(size)], tf.float32), trainable=False, dtype=tf.float32, name="totals"
        )

    def add(self, keys, amounts):
        """Add each amount to the total of its key.

        Args:
            keys: int32 tensor of shape (n,); keys may repeat.
            amounts: float32 tensor of shape (n,).
        """
        before = tf.stop_gradient(self._totals.read_value())
        after = _added(before, keys, tf.stop_gradient(amounts))
        self._totals.assign(tf.ensure_shape(after, self._totals.shape))

    def lookup(self, keys):
        """Return the totals of `keys`, int32 of shape (n,): a float32 tensor of that shape."""
        return tf.gather(self._totals.read_value(), keys, axis=0)

    def top(self, k):
        """Return the keys with the largest totals, and these totals.

        Args:
            k: how many, a Python number from 1 to `size`.

        Returns:
            keys: int32 tensor of shape (k,), the larger total first, then the smaller key.
            totals: float32 tensor of shape (k,).
        """
        # Of equal elements, `top_k` gives the one of the lower index first.
        totals, keys = tf.math.top_k(self._totals.read_value(), k=int(k), sorted=True)
        return tf.cast(keys, tf.int32), totals

    def reset(self):
        """Set all totals to 0."""
        self._totals.assign(tf.zeros(self._totals.shape, tf.float32))
