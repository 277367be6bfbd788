"""The reference against NumPy in float64, and against what Keras makes of it in `fit`."""

import keras
import numpy as np
import pytest
import tensorflow as tf


def built(reference, rng, features=6, outputs=2, rate=0.3):
    model = reference.ReconstructionRegressor(outputs, rate)
    model(np.zeros((1, features), "float32"))
    for weight in model.weights:
        weight.assign(rng.normal(scale=0.3, size=weight.shape))
    return model


def by_hand(model, inputs):
    """Predictions and the reconstruction error."""
    layers = model.first, model.second, model.prediction, model.reconstruction
    pairs = [[np.asarray(one, "float64") for one in (la.kernel, la.bias)] for la in layers]
    values = inputs
    for kernel, bias in pairs[:2]:
        values = np.maximum(values @ kernel + bias, 0)
    prediction, reconstruction = (values @ kernel + bias for kernel, bias in pairs[2:])
    return prediction, np.mean((reconstruction - inputs) ** 2)


def test_predictions_loss_and_metric_agree_with_numpy(reference, rng):
    model, errors = built(reference, rng), []
    model.error.reset_state()
    for size in (4, 4):
        inputs = rng.normal(size=(size, 6))
        predictions, error = by_hand(model, inputs)
        errors.append(error)
        np.testing.assert_allclose(model(tf.constant(inputs, "float32")), predictions, 1e-3, 1e-4)
        (loss,) = model.losses
        np.testing.assert_allclose(loss, 0.3 * error, rtol=1e-4)
        np.testing.assert_allclose(model.error.result(), np.mean(errors), rtol=1e-4)


def test_the_loss_of_training_is_both(reference, rng):
    model = built(reference, rng)
    inputs, labels = rng.normal(size=(5, 6)), rng.normal(size=(5, 2))
    predictions, error = by_hand(model, inputs)
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=False)
    logs = model.train_on_batch(inputs, labels, return_dict=True)
    expected = np.mean((predictions - labels) ** 2) + 0.3 * error
    np.testing.assert_allclose(logs["loss"], expected, rtol=1e-4)
    np.testing.assert_allclose(logs["reconstruction_error"], error, rtol=1e-4)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_all_weights_are_loaded(reference, rng, tmp_path):
    model, inputs = built(reference, rng), np.ones((2, 6), "float32")
    model.save(tmp_path / "model.keras")
    objects = {"ReconstructionRegressor": reference.ReconstructionRegressor}
    loaded = keras.saving.load_model(tmp_path / "model.keras", custom_objects=objects)
    assert len(loaded.weights) == 8
    np.testing.assert_allclose(loaded(inputs), model(inputs), rtol=1e-5)
    np.testing.assert_allclose(loaded.losses[0], model.losses[0], rtol=1e-5)
