"""The reference against Keras' own dense layer."""

import keras
import numpy as np
import pytest
import tensorflow as tf


@pytest.mark.parametrize("activation", [None, "relu", "softmax", tf.tanh])
def test_it_agrees_with_keras_in_values_and_gradients(reference, rng, activation):
    for shape in ((7, 5), (2, 3, 5), (2, 1, 3, 5)):
        inputs = tf.constant(rng.normal(size=shape), "float32")
        answers = []
        mine, theirs = reference.MyDense(4, activation), keras.layers.Dense(4, activation)
        mine(inputs)
        theirs(inputs)
        kernel, bias = rng.normal(size=(5, 4)), rng.normal(size=(4,))
        for layer in (mine, theirs):
            for weight in layer.trainable_weights:
                weight.assign(kernel if len(weight.shape) == 2 else bias)
            with tf.GradientTape() as tape:
                tape.watch(inputs)
                outputs = layer(inputs)
                total = tf.reduce_sum(outputs * tf.range(4.0))
            weights = sorted(layer.trainable_weights, key=lambda weight: -len(weight.shape))
            answers.append([outputs, *tape.gradient(total, [inputs, *weights])])
        for one, other in zip(*answers, strict=True):
            # Sums of ten terms of size 8, in another order on another processor.
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
