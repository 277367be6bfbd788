"""The reference against TensorFlow's softplus, NumPy in float64, and finite differences."""

import numpy as np
import tensorflow as tf


def test_it_agrees_with_tensorflow_and_numpy(reference, rng):
    for dtype, reach, close in (("float32", 1000, 1e-5), ("float64", 1000, 1e-12)):
        z = np.concatenate([rng.uniform(-reach, reach, 50), rng.uniform(-30, 30, 50), [0]])
        z = z.astype(dtype)
        upstream = rng.normal(size=z.shape).astype(dtype)
        answers = []
        for f in (reference.my_softplus, tf.nn.softplus):
            inputs = tf.constant(z)
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                values = f(inputs)
            answers.append((values, tape.gradient(values, inputs, upstream)))
        for ours, theirs in zip(*answers, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=close, atol=close)
        exact = np.logaddexp(0, z.astype("float64"))
        np.testing.assert_allclose(answers[0][0], exact, rtol=close, atol=close)


def test_finite_differences_agree_with_the_gradient(reference, rng):
    z = tf.constant(rng.uniform(-20, 20, 20))
    exact, measured = tf.test.compute_gradient(reference.my_softplus, [z], delta=1e-6)
    np.testing.assert_allclose(exact[0], measured[0], atol=1e-6)
