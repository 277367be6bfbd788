"""The reference against NumPy: the iteration step by step, and the eigenvalues at the end."""

import numpy as np
import tensorflow as tf


def draw(rng, size):
    axes, _ = np.linalg.qr(rng.normal(size=(size, size)))
    values = rng.permutation(np.linspace(-2, 1.5, size))
    values[0] = rng.choice([-4.0, 4.0])
    matrix = axes * values @ axes.T
    return (matrix + matrix.T) / 2, axes @ rng.uniform(0.5, 1, size)


def call(reference, matrix, start, tolerance, max_steps):
    floats = (tf.constant(one, tf.float64) for one in (matrix, start, tolerance))
    return reference.power_iteration(*floats, tf.constant(max_steps))


def test_it_takes_the_steps_of_numpy(reference, rng):
    matrix, start = draw(rng, 5)
    for tolerance, most in ((0.1, 50), (1e-3, 50), (1e-8, 200), (0.0, 7)):
        vector, steps, change = start / np.linalg.norm(start), 0, np.inf
        while steps < most and change >= tolerance:
            new = matrix @ vector / np.linalg.norm(matrix @ vector)
            change = min(np.linalg.norm(new - vector), np.linalg.norm(new + vector))
            vector, steps = new, steps + 1
        value, found, count = call(reference, matrix, start, tolerance, most)
        assert int(count) == steps
        np.testing.assert_allclose(np.outer(found, found), np.outer(vector, vector), atol=1e-12)
        np.testing.assert_allclose(value, vector @ matrix @ vector)


def test_it_agrees_with_eigh(reference, rng):
    for size in (1, 3, 8):
        matrix, start = draw(rng, size)
        matrix, start = tf.constant(matrix), tf.constant(start)
        with tf.GradientTape() as tape:
            tape.watch(matrix)
            value = call(reference, matrix, start, 1e-10, 500)[0]
        values, vectors = np.linalg.eigh(matrix)
        place = np.argmax(np.abs(values))
        np.testing.assert_allclose(value, values[place])
        found = tape.gradient(value, matrix)
        vector = vectors[:, place]
        np.testing.assert_allclose(found, np.outer(vector, vector), rtol=1e-6, atol=1e-8)
