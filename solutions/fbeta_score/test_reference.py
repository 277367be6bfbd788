"""The reference against Keras' own score."""

import keras
import numpy as np


def test_it_agrees_with_keras(reference, rng):
    for beta, threshold in ((1.0, 0.5), (0.5, 0.25), (2.0, 0.75)):
        ours = reference.FBetaScore(beta, threshold)
        theirs = keras.metrics.FBetaScore(beta=beta, threshold=threshold, average="micro")
        for size in (7, 1, 20):
            true = rng.integers(0, 2, (size, 1)).astype("float32")
            pred = rng.uniform(size=(size, 1)).astype("float32")
            weight = rng.uniform(0.5, 2, size).astype("float32")
            for metric in (ours, theirs):
                metric.update_state(true, pred, sample_weight=weight)
            np.testing.assert_allclose(ours.result(), theirs.result(), rtol=1e-5)
