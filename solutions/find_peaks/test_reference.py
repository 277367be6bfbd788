"""The reference against a loop in NumPy, and against finite differences."""

import numpy as np
import tensorflow as tf


def peaks_of(series):
    return [i for i in range(1, len(series) - 1) if series[i - 1] < series[i] > series[i + 1]]


def test_it_agrees_with_a_loop(reference, rng):
    for dtype in ("float32", "float64"):
        for steps in (1, 2, 3, 4, 10, 200):
            # Few levels make plateaus of any width, at the ends, too.
            for series in (rng.integers(0, 3, steps), rng.normal(size=steps)):
                series = series.astype(dtype)
                positions, values = reference.find_peaks(tf.constant(series))
                expected = peaks_of(series)
                assert (positions.dtype, values.dtype.name) == (tf.int32, dtype)
                np.testing.assert_array_equal(positions, np.array(expected, "int32"))
                np.testing.assert_array_equal(values, series[expected])


def test_finite_differences_agree_with_the_gradient(reference, rng):
    series = tf.constant(rng.permutation(20) + rng.uniform(0, 0.5, 20))
    exact, measured = tf.test.compute_gradient(lambda x: reference.find_peaks(x)[1], [series])
    np.testing.assert_allclose(exact[0], measured[0], atol=1e-7)
