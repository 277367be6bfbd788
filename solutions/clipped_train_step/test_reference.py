"""The reference against an optimizer of Keras that clips by itself, and against NumPy."""

import keras
import numpy as np
import pytest


def layers():
    return [
        keras.layers.Dense(4, "tanh", kernel_regularizer="l2"),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(1),
    ]


@pytest.mark.parametrize("clip", [0.05, 0.5, 50.0])
def test_fit_does_what_it_does_with_an_optimizer_that_clips(reference, clip):
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(12, 1))
    weights = rng.uniform(0.5, 2, 12)
    start, found = None, []
    for ours in (True, False):
        inputs = outputs = keras.Input((3,))
        for layer in layers():
            outputs = layer(outputs)
        make = reference.ClippedModel if ours else keras.Model
        model = make(inputs, outputs, **({"clip": clip} if ours else {}))
        start = start or model.get_weights()
        model.set_weights(start)
        optimizer = keras.optimizers.Adam(0.01, **({} if ours else {"global_clipnorm": clip}))
        metrics = {"metrics": ["mae"], "weighted_metrics": [keras.metrics.MeanSquaredError("mse")]}
        model.compile(optimizer, "huber", jit_compile=False, **metrics)
        history = model.fit(
            x, y, 4, 3, sample_weight=weights, shuffle=False, verbose=0, validation_data=(x, y)
        ).history
        assert ("grad_norm" in history) == ours
        names = "loss", "mae", "mse", "val_loss", "val_mae"
        found.append([*(history[name] for name in names), *model.get_weights()])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_the_norm_agrees_with_numpy(reference, rng):
    inputs = keras.Input((2,))
    model = reference.ClippedModel(inputs, keras.layers.Dense(1)(inputs), clip=0.1)
    model.compile(keras.optimizers.SGD(0.5), "mse", jit_compile=False)
    kernel, bias = [array.astype("float64") for array in model.get_weights()]
    x, y = rng.normal(size=(6, 2)), rng.normal(size=(6, 1))
    error = 2 * (x @ kernel + bias - y) / len(x)
    gradients = [x.T @ error, error.sum(axis=0)]
    norm = np.sqrt(sum((one**2).sum() for one in gradients))
    logs = model.train_on_batch(x, y, return_dict=True)
    assert abs(float(logs["grad_norm"]) - norm) < 1e-4
    for new, old, one in zip(model.get_weights(), [kernel, bias], gradients, strict=True):
        np.testing.assert_allclose(new, old - 0.5 * one * min(1, 0.1 / norm), rtol=1e-4, atol=1e-5)
