"""The reference against Keras' own layer, and against NumPy in float64."""

import keras
import numpy as np
import pytest
import tensorflow as tf


@pytest.mark.parametrize("shape", [(7, 5), (2, 3, 5), (2, 1, 3, 5)])
@pytest.mark.parametrize("eps", [0.001, 0.5])
def test_it_agrees_with_keras_in_values_and_gradients(reference, rng, shape, eps):
    inputs = tf.constant(rng.normal(2, 3, shape), "float32")
    scale, offset = rng.normal(size=(2, 5)).astype("float32")
    upstream = rng.normal(size=shape).astype("float32")
    answers = []
    for layer in reference.MyLayerNormalization(eps), keras.layers.LayerNormalization(epsilon=eps):
        layer(inputs)
        layer.set_weights([scale, offset])
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = layer(inputs)
        slopes = tape.gradient(outputs, [inputs, *layer.trainable_weights], upstream)
        answers.append([outputs, *slopes])
    for one, other in zip(*answers, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_far_from_zero_it_agrees_with_numpy_in_float64(reference, rng):
    x = (10_000 + rng.uniform(-1, 1, (50, 8))).astype("float32")
    wide = x.astype("float64")
    want = (wide - wide.mean(1, keepdims=True)) / np.sqrt(wide.var(1, keepdims=True) + 0.001)
    np.testing.assert_allclose(reference.MyLayerNormalization()(x), want, rtol=0, atol=0.01)


def test_its_gradient_agrees_with_finite_differences(reference, rng):
    layer = reference.MyLayerNormalization(0.5, dtype="float64")
    x, upstream = rng.normal(size=(2, 4, 5))
    layer(x)
    layer.set_weights(rng.normal(size=(2, 5)))

    def total(x):
        return tf.reduce_sum(layer(x) * upstream)

    [analytic], [numeric] = tf.test.compute_gradient(total, [tf.constant(x)], delta=1e-6)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-6, atol=1e-8)
