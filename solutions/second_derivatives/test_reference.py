"""The reference against formulas, and against finite differences of its own gradient."""

import numpy as np
import tensorflow as tf


def test_it_agrees_with_formulas(reference, rng):
    a = rng.normal(size=(5, 5))

    def quartic(x):
        return tf.reduce_sum(x * tf.linalg.matvec(a, x)) + tf.reduce_sum(x**4)

    x, v = rng.normal(size=(2, 5))
    gradient, hessian = reference.gradient_and_hessian(quartic, tf.constant(x))
    exact = a + a.T + np.diag(12 * x**2)
    np.testing.assert_allclose(gradient, (a + a.T) @ x + 4 * x**3, rtol=1e-10)
    np.testing.assert_allclose(hessian, exact, rtol=1e-10)
    found = reference.hessian_vector_product(quartic, tf.constant(x), tf.constant(v))
    np.testing.assert_allclose(found, exact @ v, rtol=1e-10)


def test_finite_differences_of_the_gradient_agree(reference, rng):
    def f(x):
        return tf.sin(tf.reduce_sum(x**2)) * tf.exp(x[0] - x[1] * x[2])

    x, step = rng.normal(size=4), 1e-6

    def gradient(x):
        return reference.gradient_and_hessian(f, tf.constant(x))[0].numpy()

    rows = [(gradient(x + e) - gradient(x - e)) / (2 * step) for e in step * np.eye(4)]
    _, hessian = reference.gradient_and_hessian(f, tf.constant(x))
    np.testing.assert_allclose(hessian, rows, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(hessian, np.transpose(hessian), rtol=1e-9, atol=1e-12)


def test_zeros_and_dtypes(reference):
    for dtype in (tf.float32, tf.float64):
        x = tf.constant([1.0, 2.0, 3.0], dtype)
        for f in (
            lambda x: tf.reduce_sum(x),
            lambda x: tf.constant(1, x.dtype),
            lambda x: x[0] * 2,
        ):
            gradient, hessian = reference.gradient_and_hessian(f, x)
            product = reference.hessian_vector_product(f, x, x)
            assert gradient.dtype == hessian.dtype == product.dtype == dtype
            np.testing.assert_array_equal(hessian, np.zeros((3, 3)))
            np.testing.assert_array_equal(product, np.zeros(3))
