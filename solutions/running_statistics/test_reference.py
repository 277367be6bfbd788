"""The reference against NumPy in float64, for rows near zero and far from it, and its file."""

import numpy as np
import tensorflow as tf


def draw(rng, rows, center):
    return (center + rng.normal(size=(rows, 4)) * [1, 3, 0.5, 2]).astype("float32")


def test_it_agrees_with_numpy(reference, rng):
    for center, tolerance in ((0, 1e-5), (1e4, 2e-3)):
        statistics, rows = reference.RunningStatistics(4), []
        for number in (0, 1, 7, 0, 300, 20, 1):
            rows.append(draw(rng, number, center))
            statistics.update(tf.constant(rows[-1]))
            if sum(map(len, rows)):
                exact = np.concatenate(rows).astype("float64")
                np.testing.assert_allclose(statistics.mean(), exact.mean(0), 1e-6, 1e-5)
                np.testing.assert_allclose(statistics.variance(), exact.var(0), tolerance, 1e-5)
    statistics.reset()
    np.testing.assert_array_equal(statistics.mean(), np.zeros(4))
    np.testing.assert_array_equal(statistics.variance(), np.zeros(4))


def test_it_agrees_with_a_layer_of_keras(reference, rng):
    keras = tf.keras
    rows = draw(rng, 64, 5)
    layer = keras.layers.Normalization()
    layer.adapt(rows)
    statistics = reference.RunningStatistics(4)
    for batch in np.split(rows, [10, 11, 40]):
        statistics.update(tf.constant(batch))
    np.testing.assert_allclose(statistics.mean(), np.ravel(layer.mean), rtol=1e-4)
    np.testing.assert_allclose(statistics.variance(), np.ravel(layer.variance), rtol=1e-4)


def test_a_saved_model_goes_on(reference, rng, tmp_path):
    statistics, module = reference.RunningStatistics(4), tf.Module()
    for number in (5, 0, 2):
        statistics.update(tf.constant(draw(rng, number, 2)))
    assert statistics.update.experimental_get_tracing_count() == 1
    module.statistics = statistics
    module.variance = tf.function(statistics.variance, input_signature=[])
    tf.saved_model.save(module, str(tmp_path))
    loaded = tf.saved_model.load(str(tmp_path))
    for number in (3, 0, 50):
        batch = tf.constant(draw(rng, number, 2))
        statistics.update(batch)
        loaded.statistics.update(batch)
        np.testing.assert_allclose(loaded.variance(), statistics.variance())
