"""The reference against updates by hand in float64, and against Keras where both are alike."""

import keras
import numpy as np
import tensorflow as tf


def network(rng, penalty=None):
    layers = [
        keras.layers.Dense(4, "tanh", name="dense", kernel_regularizer=penalty),
        keras.layers.Dense(1, name="dense_1"),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    return model


def draw(rng, rows):
    return rng.normal(size=(rows, 3)).astype("float32"), rng.normal(size=(rows, 1)).astype(
        "float32"
    )


def slopes(weights, x, y):
    """The gradients of the mean squared error, by the chain rule in float64."""
    kernel, bias, top, _ = weights
    hidden = np.tanh(x @ kernel + bias)
    error = 2 * (hidden @ top + weights[3] - y) / len(x)
    below = (error @ top.T) * (1 - hidden**2)
    return [x.T @ below, below.sum(0), hidden.T @ error, error.sum(0)]


def test_it_agrees_with_updates_by_hand(reference, rng):
    model = network(rng)
    weights = [np.float64(weight) for weight in model.get_weights()]
    lower, upper = keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.02, momentum=0.9)
    two = reference.TwoOptimizers(model, ["dense"], lower, upper, keras.losses.MeanSquaredError())
    velocity = [0.0, 0.0]
    for rows in (4, 1, 7):
        x, y = draw(rng, rows)
        found = slopes(weights, np.float64(x), np.float64(y))
        two.step(tf.constant(x), tf.constant(y))
        velocity = [0.9 * v - 0.02 * g for v, g in zip(velocity, found[2:], strict=True)]
        moved = [-0.1 * found[0], -0.1 * found[1], *velocity]
        weights = [w + m for w, m in zip(weights, moved, strict=True)]
        for ours, theirs in zip(model.get_weights(), weights, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def test_two_optimizers_alike_are_one(reference, rng):
    x, y = draw(rng, 8)
    model = network(rng, keras.regularizers.L2(0.1))
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(keras.optimizers.Adam(0.01), "mse")
    optimizers = keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01)
    two = reference.TwoOptimizers(model, ["dense_1"], *optimizers, keras.losses.MeanSquaredError())
    for _ in range(3):
        loss = two.step(tf.constant(x), tf.constant(y))
        np.testing.assert_allclose(loss, twin.train_on_batch(x, y), rtol=1e-4)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)
