"""The reference against NumPy in float64, and against a functional model of Keras' layers."""

import keras
import numpy as np
import tensorflow as tf


def dense(inputs, kernel, bias):
    return np.maximum(inputs @ kernel + bias, 0)


def test_the_block_agrees_with_numpy(reference, rng):
    for layers in (1, 2, 3):
        block = reference.ResidualBlock(layers, 6)
        inputs = rng.normal(size=(5, 6))
        outputs = block(tf.constant(inputs, "float32"))
        weights = [np.asarray(weight, "float64") for weight in block.get_weights()]
        assert len(weights) == 2 * layers
        expected = inputs
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            expected = dense(expected, kernel, bias)
        np.testing.assert_allclose(outputs, inputs + expected, rtol=1e-4, atol=1e-4)


def test_the_model_agrees_with_a_functional_model(reference, rng):
    def block():
        layers = [keras.layers.Dense(30, activation="relu") for _ in range(2)]
        return lambda x: keras.layers.add([x, layers[1](layers[0](x))])

    first, second, inputs = block(), block(), keras.Input((4,))
    hidden = keras.layers.Dense(30, activation="relu")(inputs)
    for _ in range(4):
        hidden = first(hidden)
    functional = keras.Model(inputs, keras.layers.Dense(2)(second(hidden)))
    model = reference.ResidualRegressor(2)
    x = tf.constant(rng.normal(size=(6, 4)), "float32")
    model(x)
    functional.set_weights(model.get_weights())
    answers = []
    for one in (model, functional):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(one(x))
        answers.append([one(x), *tape.gradient(loss, one.trainable_variables)])
    assert len(answers[0]) == 13
    for ours, theirs in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)
