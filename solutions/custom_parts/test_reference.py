"""The reference against Keras' own parts, which it does not use."""

import keras
import numpy as np
import tensorflow as tf


def test_penalty_and_constraint_agree_with_keras(reference, rng):
    for shape in ((4, 3), (1, 6), (7, 1)):
        weights = tf.constant(rng.normal(scale=3, size=shape).astype("float32"))
        ours = reference.L1Regularizer(0.3)(weights)
        np.testing.assert_allclose(ours, keras.regularizers.L1(0.3)(weights), rtol=1e-5)
        for limit in (0.5, 2.0):
            ours = reference.MaxColumnNorm(limit)(weights)
            theirs = keras.constraints.MaxNorm(limit, axis=0)(weights)
            np.testing.assert_allclose(ours, theirs, rtol=1e-4)


def test_kernels_are_spread_like_those_of_keras(reference):
    for shape, gain in (((300, 100), 1.0), ((50, 800), 3.0)):
        theirs = keras.initializers.VarianceScaling(gain**2, "fan_avg", "untruncated_normal")
        spreads = [np.std(f(shape)) for f in (reference.ScaledGlorot(gain), theirs)]
        np.testing.assert_allclose(spreads[0], spreads[1], rtol=0.03)


def test_activation_agrees_with_numpy(reference, rng):
    z = rng.normal(scale=2, size=(5, 6)).astype("float32")
    np.testing.assert_array_equal(reference.shifted_relu(tf.constant(z)), np.maximum(z, -1))
