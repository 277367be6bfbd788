"""The reference against finite differences in float64: of the scores, and of the penalty itself."""

import numpy as np
import tensorflow as tf


def score(x, kernel, last):
    return np.tanh(x.reshape(len(x), -1) @ kernel) @ last


def penalty(x, kernel, last, step=1e-5):
    """The penalty from slopes by central differences, one number of a sample after the other."""
    lengths = []
    for sample in x.reshape(len(x), -1):
        moves = step * np.eye(sample.size)
        slope = (score(sample + moves, kernel, last) - score(sample - moves, kernel, last)) / 2
        lengths.append(np.linalg.norm(slope / step))
    return np.mean((np.array(lengths) - 1) ** 2)


def test_finite_differences_agree(reference, rng):
    for shape in ((4, 3), (3, 2, 2), (2, 2, 1, 3)):
        x = rng.normal(size=shape)
        size = x[0].size
        kernel, last = rng.normal(size=(size, 4)), rng.normal(size=(4, 1))
        weights = tf.Variable(kernel)
        with tf.GradientTape() as tape:
            found = reference.gradient_penalty(
                lambda x, w=weights, n=size, v=last: tf.tanh(tf.reshape(x, [-1, n]) @ w) @ v,
                tf.constant(x),
            )
        np.testing.assert_allclose(found, penalty(x, kernel, last), rtol=1e-6)
        direction = rng.normal(size=kernel.shape)
        ahead, behind = (penalty(x, kernel + s * direction, last) for s in (1e-4, -1e-4))
        along = np.sum(tape.gradient(found, weights) * direction)
        np.testing.assert_allclose(along, (ahead - behind) / 2e-4, rtol=1e-4)


def test_a_linear_critic_has_the_penalty_of_its_weights(reference, rng):
    w = tf.Variable(rng.normal(size=(5, 1)))
    with tf.GradientTape() as tape:
        found = reference.gradient_penalty(lambda x: x @ w, tf.constant(rng.normal(size=(7, 5))))
    length = np.linalg.norm(w)
    np.testing.assert_allclose(found, (length - 1) ** 2, rtol=1e-12)
    np.testing.assert_allclose(tape.gradient(found, w), 2 * (length - 1) * w / length, rtol=1e-12)


def test_a_slope_of_zero_costs_one_and_teaches_nothing(reference):
    w = tf.Variable([[1.0], [2.0]])
    with tf.GradientTape() as tape:
        found = reference.gradient_penalty(lambda x: tf.nn.relu(x @ w), tf.constant([[-1.0, -1.0]]))
    assert float(found) == 1
    np.testing.assert_array_equal(tape.gradient(found, w), [[0], [0]])
