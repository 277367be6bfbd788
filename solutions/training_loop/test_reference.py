"""The reference against Keras' own `fit`, which takes the batches in order when told so."""

import keras
import numpy as np
import pytest
import tensorflow as tf

MODELS = {
    "plain": lambda: [keras.layers.Dense(5, "tanh")],
    "normalized": lambda: [
        keras.layers.Dense(5, use_bias=False),
        keras.layers.BatchNormalization(momentum=0.7),
    ],
    "penalties": lambda: [
        keras.layers.Dense(5, kernel_regularizer="l2", activity_regularizer="l1"),
    ],
    "constrained": lambda: [keras.layers.Dense(5, "tanh", kernel_constraint="non_neg")],
}
OPTIMIZERS = {
    "SGD": lambda: keras.optimizers.SGD(0.05, momentum=0.5),
    "Adam": lambda: keras.optimizers.Adam(0.02),
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loop_does_what_fit_does(reference, kind, optimizer):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(11, 3)).astype("float32")
    y = (x @ [[1.0], [2.0], [-1.0]] + rng.normal(size=(11, 1))).astype("float32")
    answers = []
    start = None
    for by_fit in (True, False):
        model = keras.Sequential([keras.Input((3,)), *MODELS[kind](), keras.layers.Dense(1)])
        start = start or model.get_weights()
        model.set_weights(start)
        metric, loss = keras.metrics.MeanAbsoluteError(name="mae"), keras.losses.Huber()
        if by_fit:
            model.compile(OPTIMIZERS[optimizer](), loss, metrics=[metric], jit_compile=False)
            history = model.fit(x, y, 4, 3, verbose=0, shuffle=False).history
        else:
            history = reference.train(model, loss, OPTIMIZERS[optimizer](), x, y, 3, 4, [metric])
        assert set(history) == {"loss", "mae"}
        answers.append([history["loss"], history["mae"], *model.get_weights()])
    for theirs, ours in zip(*answers, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_a_step_is_minus_the_rate_times_the_gradient(reference, rng):
    x, y = rng.normal(size=(2, 6, 1)).astype("float32")
    layer = keras.layers.Dense(1, use_bias=False, kernel_regularizer=keras.regularizers.L2(0.2))
    model = keras.Sequential([keras.Input((1,)), layer])
    before = float(layer.kernel[0, 0])
    optimizer = keras.optimizers.SGD(0.1)
    reference.train(model, keras.losses.MeanSquaredError(), optimizer, x, y, 1, 6)
    gradient = np.mean(2 * (before * x - y) * x) + 0.4 * before
    tf.debugging.assert_near(layer.kernel[0, 0], before - 0.1 * gradient, atol=1e-5)
