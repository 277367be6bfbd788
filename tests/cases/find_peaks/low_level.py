# points: 9, 4, 3, 4
# A right answer with raw TensorFlow, explicit casts and loops of the graph.
# %%
import tensorflow as tf


# %%
@tf.function(autograph=False, reduce_retracing=True)
def _positions(series):
    """The positions of the peaks, collected in a loop of the graph."""
    last = tf.shape(series)[0] - 1

    def more(i, found):
        return tf.less(i, last)

    def step(i, found):
        before, here, after = (tf.gather(series, i + offset) for offset in (-1, 0, 1))
        peak = tf.logical_and(tf.less(before, here), tf.greater(here, after))
        # [i] for a peak, and nothing otherwise
        one = tf.range(i, i + tf.cast(peak, tf.int32), dtype=tf.int32)
        return i + 1, tf.concat([found, one], axis=0)

    _, found = tf.while_loop(
        more,
        step,
        [tf.constant(1, tf.int32), tf.zeros([0], tf.int32)],
        shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
    )
    return found


def find_peaks(series):
    """Return the positions and values of the steps that are higher than both their neighbours.

    Args:
        series: float32 or float64 tensor of shape (n,), with at least one step.

    Returns:
        positions: int32 tensor of shape (k,), from left to right.
        values: tensor of shape (k,) in the dtype of `series`, its values there.
    """
    series = tf.convert_to_tensor(series)
    positions = _positions(tf.stop_gradient(series))

    @tf.custom_gradient
    def picked(steps):
        size = tf.shape(steps)

        def slope(upstream):
            upstream = tf.convert_to_tensor(upstream)
            return tf.scatter_nd(tf.expand_dims(positions, 1), upstream, size)

        return tf.gather(steps, positions), slope

    return positions, picked(series)
