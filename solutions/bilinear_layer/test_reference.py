"""The reference against NumPy in float64, against a dense layer, and finite differences."""

import keras
import numpy as np
import tensorflow as tf


def test_it_agrees_with_numpy(reference, rng):
    for n, m, units in (3, 5, 4), (3, 3, 1), (1, 2, 3):
        a, b = rng.normal(size=(7, n)), rng.normal(size=(7, m))
        kernel, bias = rng.normal(size=(n, m, units)), rng.normal(size=units)
        layer = reference.Bilinear(units, dtype="float64")
        layer([a, b])
        layer.set_weights([kernel, bias])
        rows = [
            [row_a @ kernel[:, :, k] @ row_b + bias[k] for k in range(units)]
            for row_a, row_b in zip(a, b, strict=True)
        ]
        np.testing.assert_allclose(layer([a, b]), rows, rtol=1e-12, atol=1e-12)


def test_it_is_a_dense_layer_of_all_products(reference, rng):
    a, b = rng.normal(size=(6, 3)), rng.normal(size=(6, 4))
    products = np.einsum("zi,zj->zij", a, b).reshape(6, 12)
    kernel, bias = rng.normal(size=(3, 4, 2)), rng.normal(size=2)
    mine, dense = reference.Bilinear(2, dtype="float64"), keras.layers.Dense(2, dtype="float64")
    mine([a, b])
    dense(products)
    mine.set_weights([kernel, bias])
    dense.set_weights([kernel.reshape(12, 2), bias])
    slopes = []
    for layer, inputs in (mine, [a, b]), (dense, products):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(inputs) ** 2)
        slopes.append([np.ravel(one) for one in tape.gradient(loss, layer.trainable_weights)])
    np.testing.assert_allclose(mine([a, b]), dense(products), rtol=1e-12, atol=1e-12)
    for one, other in zip(*slopes, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


def test_its_gradients_agree_with_finite_differences(reference, rng):
    layer = reference.Bilinear(2, dtype="float64")
    inputs = [tf.constant(rng.normal(size=(4, size))) for size in (3, 5)]
    layer(inputs)
    layer.set_weights([rng.normal(size=weight.shape) for weight in layer.weights])

    def total(a, b):
        return tf.reduce_sum(layer([a, b]) ** 2)

    for analytic, numeric in zip(*tf.test.compute_gradient(total, inputs, delta=1e-6), strict=True):
        np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-6)
