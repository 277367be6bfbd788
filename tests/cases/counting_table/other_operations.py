# points: 11, 2, 4, 3
# A right answer with other operations and helpers than most would choose.

# %%

import keras
import tensorflow as tf


# %%
class Shelf(tf.Module):
    """One row of float32 numbers that no optimizer touches."""

    def __init__(self, size):
        super().__init__()
        self.totals = tf.Variable(tf.zeros([size]), trainable=False, name="totals")

    def summed(self, keys, amounts):
        """Return one number for each place: the sum of its amounts, 0 without any."""
        return tf.math.unsorted_segment_sum(amounts, keys, self.totals.shape[0])


class CountingTable(Shelf):
    """A total for each of the keys from 0 to `size - 1`."""

    def __init__(self, size):
        """Create a table in which all totals are 0.

        Args:
            size: the number of keys, a Python number.
        """
        super().__init__(int(size))

    def add(self, keys, amounts):
        """Add each amount to the total of its key.

        Args:
            keys: int32 tensor of shape (n,); keys may repeat.
            amounts: float32 tensor of shape (n,).
        """
        self.totals.assign_add(self.summed(keys, amounts))

    def lookup(self, keys):
        """Return the totals of `keys`, int32 of shape (n,): a float32 tensor of that shape."""
        return keras.ops.take(self.totals, keys, axis=0)

    def top(self, k):
        """Return the keys with the largest totals, and these totals.

        Args:
            k: how many, a Python number from 1 to `size`.

        Returns:
            keys: int32 tensor of shape (k,), the larger total first, then the smaller key.
            totals: float32 tensor of shape (k,).
        """
        order = tf.argsort(self.totals.read_value(), direction="DESCENDING", stable=True)
        keys = keras.ops.cast(order[:k], "int32")
        return keys, self.lookup(keys)

    def reset(self):
        """Set all totals to 0."""
        self.totals.assign(tf.zeros(self.totals.shape))
