"""The reference against NumPy in float64."""

import numpy as np


def huber(error, threshold):
    size = np.abs(error)
    return np.where(size <= threshold, size**2 / 2, threshold * (size - threshold / 2))


def test_it_agrees_with_numpy_over_streams(reference, rng):
    for threshold in rng.uniform(0.2, 3, size=3):
        metric = reference.HuberMetric(threshold)
        assert float(metric.result()) == 0
        total = count = 0.0
        for size in rng.integers(1, 9, size=6):
            true = rng.normal(scale=2, size=(size, 3)).astype("float32")
            pred = rng.normal(scale=2, size=(size, 3)).astype("float32")
            shape = (size, 1) if rng.random() < 0.5 else (size,)
            weights = rng.uniform(size=shape).astype("float32")
            metric.update_state(true, pred, weights)
            losses = huber(true.astype("float64") - pred, threshold).mean(axis=1)
            total += (losses * weights.ravel()).sum()
            count += weights.astype("float64").sum()
            np.testing.assert_allclose(metric.result(), total / count, rtol=1e-5)
        metric.reset_state()
        assert float(metric.result()) == 0
