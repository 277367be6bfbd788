# points: 9, 4, 3, 4
# A right answer with other operations and helpers than most would choose.

# %%
import tensorflow as tf


# %%
def part(tensor, chosen):
    """Return the elements of `tensor` that are chosen, in their order."""
    return tf.dynamic_partition(tensor, tf.cast(chosen, tf.int32), 2)[1]


def find_peaks(series):
    """Return the positions and values of the steps that are higher than both their neighbours.

    Args:
        series: float32 or float64 tensor of shape (n,), with at least one step.

    Returns:
        positions: int32 tensor of shape (k,), from left to right.
        values: tensor of shape (k,) in the dtype of `series`, its values there.
    """
    # A wall at either end: no finite step is higher than it.
    walled = tf.pad(series, [[1, 1]], constant_values=float("inf"))
    neighbours = tf.stack([walled[:-2], walled[2:]])
    peaks = tf.reduce_all(series > neighbours, axis=0)
    return part(tf.range(tf.size(series)), peaks), part(series, peaks)
