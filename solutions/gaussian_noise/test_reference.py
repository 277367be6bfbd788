"""The reference against Keras' own layer, which it does not use."""

import keras
import numpy as np


def test_its_noise_is_spread_like_that_of_keras(reference):
    zeros = np.zeros((2000, 500), "float32")
    for stddev in (0.1, 1.0):
        ours = np.asarray(reference.MyGaussianNoise(stddev)(zeros, training=True))
        theirs = np.asarray(keras.layers.GaussianNoise(stddev)(zeros, training=True))
        for share in (0.01, 0.25, 0.5, 0.9):
            levels = [np.quantile(noise, share) for noise in (ours, theirs)]
            np.testing.assert_allclose(levels[0], levels[1], atol=0.05 * stddev)


def test_it_repeats_what_keras_draws_of_the_same_seed(reference):
    zeros = np.zeros((3, 4), "float32")
    ours = reference.MyGaussianNoise(0.5, seed=3)
    theirs = keras.layers.GaussianNoise(0.5, seed=3)
    for _ in range(3):
        drawn = [np.asarray(layer(zeros, training=True)) for layer in (ours, theirs)]
        np.testing.assert_allclose(drawn[0], drawn[1], rtol=1e-6)
