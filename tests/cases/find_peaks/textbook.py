# points: 9, 4, 3, 4
# The straightforward answer of a reader of the statement.
# %%
import tensorflow as tf


# %%
def find_peaks(series):
    """Return the positions and values of the steps that are higher than both their neighbours.

    Args:
        series: float32 or float64 tensor of shape (n,), with at least one step.

    Returns:
        positions: int32 tensor of shape (k,), from left to right.
        values: tensor of shape (k,) in the dtype of `series`, its values there.
    """
    inner = series[1:-1]
    peaks = tf.logical_and(inner > series[:-2], inner > series[2:])
    positions = tf.cast(tf.where(peaks)[:, 0], tf.int32) + 1
    return positions, tf.gather(series, positions)
