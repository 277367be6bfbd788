# points: 11, 2, 4, 3
# The straightforward answer of a reader of the statement.
# %%

import tensorflow as tf


# %%
class CountingTable(tf.Module):
    """A total for each of the keys from 0 to `size - 1`."""

    def __init__(self, size):
        """Create a table in which all totals are 0.

        Args:
            size: the number of keys, a Python number.
        """
        super().__init__()
        self.totals = tf.Variable(tf.zeros([size], tf.float32), trainable=False)

    def add(self, keys, amounts):
        """Add each amount to the total of its key.

        Args:
            keys: int32 tensor of shape (n,); keys may repeat.
            amounts: float32 tensor of shape (n,).
        """
        self.totals.scatter_add(tf.IndexedSlices(amounts, keys))

    def lookup(self, keys):
        """Return the totals of `keys`, int32 of shape (n,): a float32 tensor of that shape."""
        return tf.gather(self.totals, keys)

    def top(self, k):
        """Return the keys with the largest totals, and these totals.

        Args:
            k: how many, a Python number from 1 to `size`.

        Returns:
            keys: int32 tensor of shape (k,), the larger total first, then the smaller key.
            totals: float32 tensor of shape (k,).
        """
        # Of equal values, `top_k` gives the lower index first.
        totals, keys = tf.math.top_k(self.totals, k)
        return keys, totals

    def reset(self):
        """Set all totals to 0."""
        self.totals.assign(tf.zeros_like(self.totals))
