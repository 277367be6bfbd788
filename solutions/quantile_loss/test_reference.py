"""The reference against the quantiles of a sample, and against NumPy in float64."""

import numpy as np
import pytest
import tensorflow as tf


def test_it_agrees_with_numpy(reference, rng):
    true, pred = (rng.normal(size=(50, 1)).astype("float32") for _ in range(2))
    error = true.astype("float64") - pred
    for q in (0.02, 0.5, 0.75):
        exact = np.where(error >= 0, q * error, (q - 1) * error)
        answer = reference.quantile_loss(q)(tf.constant(true), tf.constant(pred))
        np.testing.assert_allclose(answer, exact, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(reference.QuantileLoss(q)(true, pred), exact.mean(), rtol=1e-5)


def test_the_best_constant_is_the_quantile(reference, rng):
    sample = rng.normal(size=(101, 1)).astype("float32")
    for q in (0.1, 0.5, 0.9):
        loss = reference.QuantileLoss(q)
        costs = [float(loss(sample, np.full_like(sample, guess))) for guess in sample.ravel()]
        best = sample.ravel()[np.argmin(costs)]
        assert best == pytest.approx(np.quantile(sample, q))
