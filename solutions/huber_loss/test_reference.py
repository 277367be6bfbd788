"""The reference against Keras' own Huber loss."""

import keras
import numpy as np
import tensorflow as tf


def test_it_agrees_with_keras_in_values_and_gradients(reference, rng):
    for threshold in rng.uniform(0.1, 4, size=5):
        true = tf.constant(rng.normal(scale=3, size=(40, 1)), "float32")
        pred = tf.constant(rng.normal(scale=3, size=(40, 1)), "float32")
        weights = rng.uniform(size=(40, 1)).astype("float32")
        for reduction in ("sum_over_batch_size", "sum"):
            answers = []
            for loss in (
                reference.HuberLoss(threshold, reduction=reduction),
                keras.losses.Huber(threshold, reduction=reduction),
            ):
                with tf.GradientTape() as tape:
                    tape.watch(pred)
                    value = loss(true, pred, weights)
                answers.append((value, tape.gradient(value, pred)))
            np.testing.assert_allclose(answers[0][0], answers[1][0], rtol=1e-5)
            np.testing.assert_allclose(answers[0][1], answers[1][1], rtol=1e-5, atol=1e-7)
