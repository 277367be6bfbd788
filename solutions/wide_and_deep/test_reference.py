"""The reference against NumPy in float64."""

import numpy as np
import tensorflow as tf


def layers_of(model, shapes):
    """Kernels and biases in float64, by the order of the reference's layers."""
    weights = {tuple(weight.shape): [] for weight in model.weights}
    for weight in model.weights:
        weights[tuple(weight.shape)].append(np.asarray(weight, "float64"))
    return [[found.pop(0) for found in (weights[kernel], weights[bias])] for kernel, bias in shapes]


def test_both_outputs_agree_with_numpy(reference, rng):
    wide, deep, hidden = 3, 4, 6
    model = reference.build_model(wide, deep, hidden)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    inputs = {"wide": rng.normal(size=(5, wide)), "deep": rng.normal(size=(5, deep))}
    shapes = [
        ((deep, hidden), (hidden,)),
        ((hidden, hidden), (hidden,)),
        ((wide + hidden, 1), (1,)),
        ((hidden, 1), (1,)),
    ]
    first, second, main, auxiliary = layers_of(model, shapes)
    values = inputs["deep"]
    for kernel, bias in (first, second):
        values = np.maximum(values @ kernel + bias, 0)
    both = np.concatenate([inputs["wide"], values], axis=1)
    given = {name: tf.constant(value, "float32") for name, value in inputs.items()}
    found = dict(zip(model.output_names, model(given), strict=True))
    options = {"rtol": 1e-4, "atol": 1e-4}
    np.testing.assert_allclose(found["main"], both @ main[0] + main[1], **options)
    np.testing.assert_allclose(found["auxiliary"], values @ auxiliary[0] + auxiliary[1], **options)


def test_auxiliary_has_no_gradient_in_wide(reference, rng):
    model = reference.build_model(2, 3, 4)
    inputs = {"wide": tf.ones((5, 2)), "deep": tf.ones((5, 3))}
    with tf.GradientTape() as tape:
        tape.watch(inputs["wide"])
        auxiliary = dict(zip(model.output_names, model(inputs), strict=True))["auxiliary"]
    assert tape.gradient(auxiliary, inputs["wide"]) is None
