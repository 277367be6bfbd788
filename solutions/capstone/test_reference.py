"""The reference against Keras' own `fit`, its clipping, and NumPy."""

import keras
import numpy as np
import pytest
import tensorflow as tf


def data(samples=10):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(samples, 3)).astype("float32")
    return x, (3 * rng.normal(size=(samples, 1))).astype("float32")


@pytest.mark.parametrize("clip", [0.3, 100.0])
@pytest.mark.parametrize("make", [keras.optimizers.SGD, keras.optimizers.Adam])
def test_it_trains_as_fit_does(reference, clip, make):
    x, y = data()
    ours, theirs = reference.build_model(3), reference.build_model(3)
    theirs.set_weights(ours.get_weights())
    history = reference.train(
        ours,
        reference.HuberLoss(0.5),
        make(0.05),
        x,
        y,
        3,
        4,
        [reference.HuberMetric(2.0)],
        clip=clip,
    )
    metric = keras.metrics.MeanMetricWrapper(keras.losses.huber, name="huber_metric", delta=2.0)
    theirs.compile(make(0.05, global_clipnorm=clip), keras.losses.Huber(0.5), metrics=[metric])
    expected = theirs.fit(x, y, 4, 3, verbose=0, shuffle=False).history
    for name in ("loss", "huber_metric"):
        np.testing.assert_allclose(history[name], expected[name], rtol=1e-4)
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def test_served_is_what_numpy_says(reference):
    x, _ = reference.flats(50, seed=1)
    mean, std = x.mean(0, dtype="float64"), x.std(0, dtype="float64")
    std[-1] = 0.0
    model = reference.build_model(4)
    standard = np.where(std > 0, (x - mean) / np.where(std > 0, std, 1), 0).astype("float32")
    np.testing.assert_allclose(
        reference.serve(model, mean, std)(tf.constant(x)), model(standard), atol=1e-4
    )


def test_own_layer_is_keras_dense(reference):
    ours, theirs = reference.build_model(3), reference.build_model(3, keras.layers.Dense)
    theirs.set_weights(ours.get_weights())
    np.testing.assert_allclose(ours(data()[0]), theirs(data()[0]), atol=1e-5)
    assert reference.MyDense.from_config(ours.layers[1].get_config()).units == 16
