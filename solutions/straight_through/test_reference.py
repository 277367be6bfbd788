"""The reference against NumPy, and against the slopes of the line that it takes instead."""

import numpy as np
import tensorflow as tf


def test_it_agrees_with_numpy(reference, rng):
    for dtype in ("float32", "float64"):
        borders = [0.0, -0.0, 1.0, -1.0, 1.001, -1.001, 0.999, -0.999]
        z = np.concatenate([rng.uniform(-3, 3, 60), borders]).astype(dtype)
        upstream = rng.normal(scale=3, size=z.shape).astype(dtype)
        inputs = tf.constant(z)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            value = reference.binarize(inputs)
        found = tape.gradient(value, inputs, upstream)
        assert value.dtype.name == found.dtype.name == dtype
        np.testing.assert_allclose(value, np.where(z < 0, -1, 1), rtol=1e-6)
        np.testing.assert_array_equal(found, np.where(np.abs(z) > 1, 0, upstream))


def test_finite_differences_of_the_line_agree_with_the_gradient(reference, rng):
    z = tf.constant(rng.uniform(-2, 2, 30))
    _, (measured,) = tf.test.compute_gradient(lambda z: tf.clip_by_value(z, -1, 1), [z])
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = reference.binarize(z)
    np.testing.assert_allclose(tape.gradient(value, z), np.diag(measured), atol=1e-6)
