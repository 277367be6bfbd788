"""The reference against a loop in NumPy, and its gradients against finite differences."""

import numpy as np
import tensorflow as tf


def smoothed(series, alpha):
    rows = [series[0]]
    for row in series[1:]:
        rows.append(alpha * row + (1 - alpha) * rows[-1])
    return np.array(rows)


def test_it_agrees_with_numpy(reference, rng):
    for steps, alpha in zip((1, 2, 7, 300), rng.uniform(0, 1, 4), strict=True):
        series = rng.normal(size=(steps, 3)).astype("float32")
        outputs = reference.exponential_smoothing(
            tf.constant(series), tf.constant(alpha, "float32")
        )
        expected = smoothed(series.astype("float64"), np.float32(alpha).astype("float64"))
        np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)


def test_finite_differences_agree_with_the_gradients(reference, rng):
    series, alpha = rng.normal(size=(6, 2)), rng.uniform(0.1, 0.9)
    weights = rng.normal(size=series.shape)

    def total(series, alpha):
        return (weights * smoothed(series, alpha)).sum()

    inputs = tf.constant(series, "float32"), tf.constant(alpha, "float32")
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = reference.exponential_smoothing(*inputs)
        result = tf.reduce_sum(tf.constant(weights, "float32") * outputs)
    in_series, in_alpha = tape.gradient(result, inputs)
    step = 1e-6
    np.testing.assert_allclose(
        in_alpha,
        (total(series, alpha + step) - total(series, alpha - step)) / (2 * step),
        rtol=1e-3,
    )
    for index in np.ndindex(series.shape):
        moved = series.copy()
        moved[index] += step
        measured = (total(moved, alpha) - total(series, alpha)) / step
        np.testing.assert_allclose(in_series[index], measured, rtol=1e-3, atol=1e-4)
