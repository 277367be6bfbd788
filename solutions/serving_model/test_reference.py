"""The reference against the model itself, on features that NumPy standardizes."""

import keras
import numpy as np
import tensorflow as tf

MEAN, STD = np.array([3.0, -20.0, 1.0]), np.array([0.5, 4.0, 0.0])
LABELS = ["a", "b"]


def network():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="tanh")])
    model.add(keras.layers.Dense(2, activation="softmax"))
    return model


def served(reference, model, folder):
    reference.export_for_serving(model, str(folder), MEAN, STD, LABELS)
    return tf.saved_model.load(str(folder))


def test_it_agrees_with_the_model(reference, rng, tmp_path):
    model = network()
    loaded = served(reference, model, tmp_path / "file")
    rows = (MEAN + rng.normal(size=(20, 3)) * [0.5, 4, 1]).astype("float32")
    standardized = (rows - MEAN) / [0.5, 4, 1] * [1, 1, 0]
    exact = model.predict(standardized, verbose=0)
    answer = loaded.signatures["serving_default"](features=tf.constant(rows))
    np.testing.assert_allclose(answer["probabilities"], exact, rtol=1e-4, atol=1e-6)
    assert [one.decode() for one in answer["label"].numpy()] == [
        LABELS[place] for place in exact.argmax(1)
    ]
    [version] = loaded.signatures["version"]().values()
    assert version.numpy() == b"1.0"


def test_finite_differences_agree_with_the_gradient(reference, rng, tmp_path):
    loaded = served(reference, network(), tmp_path / "file")  # which keeps the variables
    signature = loaded.signatures["serving_default"]
    rows = tf.constant(MEAN + rng.normal(size=(4, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        first = signature(features=rows)["probabilities"][:, 0]
    found = tape.gradient(first, rows)
    for feature in range(3):
        step = 0.01 * tf.one_hot([feature] * 4, 3)
        pair = [signature(features=rows + sign * step)["probabilities"][:, 0] for sign in (1, -1)]
        measured = (pair[0] - pair[1]) / 0.02
        np.testing.assert_allclose(found[:, feature], measured, rtol=0.02, atol=1e-3)
