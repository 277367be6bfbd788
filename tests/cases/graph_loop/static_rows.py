# points: 7, 5, 0, 0
"""The right recurrence, unrolled over the length that is known while tracing."""

import tensorflow as tf


@tf.function
def exponential_smoothing(series, alpha):
    state = series[0]
    rows = {0: state}
    for t in range(1, int(series.shape[0])):
        state = state + alpha * (series[t] - state)
        rows[t] = state
    return tf.stack(list(rows.values()))
