"""The reference against one step on the joint batch, by Keras' own training."""

import keras
import numpy as np
import pytest
import tensorflow as tf


def network(rng):
    layers = [
        keras.layers.Dense(4, "tanh", kernel_regularizer=keras.regularizers.L2(0.1)),
        keras.layers.Dense(2),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.set_weights([rng.normal(size=weight.shape) for weight in model.weights])
    return model


def draw(rng, rows):
    return rng.normal(size=(rows, 3)).astype("float32"), rng.normal(size=(rows, 2)).astype(
        "float32"
    )


@pytest.mark.parametrize("optimizer", [keras.optimizers.SGD, keras.optimizers.Adam])
def test_pieces_are_as_good_as_the_whole(reference, rng, optimizer):
    model = network(rng)
    twin = keras.models.clone_model(model)
    twin.set_weights(model.get_weights())
    twin.compile(optimizer(0.05), "mse")
    step = reference.AccumulatingStep(model, keras.losses.MeanSquaredError(), optimizer(0.05), 3)
    for sizes in ((4, 4, 4), (2, 5, 3), (1, 6)):  # the last one is flushed
        pieces = [draw(rng, rows) for rows in sizes]
        applied = [bool(step.step(tf.constant(x), tf.constant(y))) for x, y in pieces]
        assert applied == [False, False, True][: len(sizes)]
        assert bool(step.flush()) == (len(sizes) == 2)
        twin.train_on_batch(*map(np.concatenate, zip(*pieces, strict=True)))
        for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4)


def test_a_graph_does_as_direct_calls_do(reference, rng):
    models = [network(rng)]
    models.append(keras.models.clone_model(models[0]))
    models[1].set_weights(models[0].get_weights())
    loss = keras.losses.MeanSquaredError()
    direct, traced = (
        reference.AccumulatingStep(model, loss, keras.optimizers.Adam(0.05), 2) for model in models
    )
    shapes = [tf.TensorSpec((None, size), tf.float32) for size in (3, 2)]
    run = tf.function(traced.step, input_signature=shapes, autograph=False)
    for rows in (3, 1, 2, 5, 4):
        x, y = map(tf.constant, draw(rng, rows))
        assert bool(direct.step(x, y)) == bool(run(x, y))
        for ours, theirs in zip(*(model.get_weights() for model in models), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
