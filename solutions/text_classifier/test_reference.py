"""The reference against NumPy in float64, with words that Python finds."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

TEXTS = ["a good film", "a bad film", "Good, good, good!", "bad music in a good film"]


def softmax(values):
    shares = np.exp(values - values.max())
    return shares / shares.sum()


def test_rows_agree_with_numpy(reference, rng):
    model = reference.build_classifier(TEXTS, 3)
    for weight in model.weights:
        weight.assign(rng.normal(size=weight.shape))
    embedding, kernel, bias = (np.asarray(weight, "float64") for weight in model.weights)
    (vectorize,) = (one for one in model.layers if hasattr(one, "get_vocabulary"))
    numbers = {word: number for number, word in enumerate(vectorize.get_vocabulary())}
    texts = ["good", "Bad music, bad film!", "", "?", "never a film", "in a a a good"]
    expected = []
    for text in texts:
        words = re.sub(r"[^\w\s]", "", text.lower()).split()
        vectors = [embedding[numbers.get(word, 1)] for word in words] or [np.zeros(16)]
        expected.append(softmax(np.mean(vectors, axis=0) @ kernel + bias))
    for given in (texts, [[text] for text in texts]):
        np.testing.assert_allclose(model(tf.constant(given)), expected, rtol=1e-4, atol=1e-5)


def test_the_most_frequent_words_are_known(reference):
    model = reference.build_classifier(["one two three two", "two two one"], 2, max_tokens=4)
    (vectorize,) = (one for one in model.layers if hasattr(one, "get_vocabulary"))
    assert vectorize.get_vocabulary() == ["", "[UNK]", "two", "one"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras
def test_a_loaded_model_has_its_words(reference, tmp_path):
    model, texts = reference.build_classifier(TEXTS, 2), tf.constant(["good music", "bad", ""])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded(texts), model(texts), rtol=1e-6)
    assert np.ptp(np.asarray(model(texts))[:, 0]) > 0
