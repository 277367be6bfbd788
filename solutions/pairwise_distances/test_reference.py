"""The reference against NumPy in float64, and against finite differences."""

import numpy as np
import tensorflow as tf


def test_it_agrees_with_numpy(reference, rng):
    for dtype, close in (("float32", 1e-5), ("float64", 1e-12)):
        for n, m, d in ((1, 1, 1), (4, 4, 4), (3, 5, 2), (2, 1, 30)):
            a, b = (rng.normal(size=(size, d)).astype(dtype) for size in (n, m))
            b[0] = a[-1]
            exact = np.linalg.norm(a[:, None].astype("float64") - b[None], axis=-1)
            answer = reference.pairwise_distances(tf.constant(a), tf.constant(b))
            assert answer.dtype.name == dtype
            np.testing.assert_allclose(answer, exact, rtol=close, atol=close)


def test_finite_differences_agree_with_the_gradient(reference, rng):
    inputs = [tf.constant(rng.normal(size=(size, 3))) for size in (4, 2)]
    exact, measured = tf.test.compute_gradient(reference.pairwise_distances, inputs, delta=1e-6)
    for one, other in zip(exact, measured, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-7)
