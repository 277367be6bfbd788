# points: 11, 3, 3, 3
# What a reader of the statement wrote with low-level operations.
# %%
import collections

import keras
import tensorflow as tf


# %%
def _split(texts):
    """The words of texts, as a ragged tensor."""
    return tf.strings.split(tf.strings.regex_replace(tf.strings.lower(texts), "[[:punct:]]", ""))


class AverageOfWords(keras.layers.Layer):
    """Texts to the average of the vectors of their known words; others are left out."""

    def __init__(self, vocabulary, size=16, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary, self.size = tuple(vocabulary), size
        self.supports_jit = False  # XLA has no strings

    def build(self, input_shape):
        self.vectors = self.add_weight(
            shape=(len(self.vocabulary), self.size), initializer="glorot_uniform", name="vectors"
        )

    def call(self, texts):
        words = _split(tf.reshape(texts, [-1]))
        known = tf.constant(list(self.vocabulary), tf.string)
        hits = tf.cast(tf.equal(words.flat_values[:, None], known[None, :]), tf.float32)
        bags = tf.math.unsorted_segment_sum(hits, words.value_rowids(), words.nrows())
        shares = tf.math.divide_no_nan(bags, tf.reduce_sum(bags, axis=1, keepdims=True))
        return tf.matmul(shares, self.vectors)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size)

    def get_config(self):
        return {**super().get_config(), "vocabulary": list(self.vocabulary), "size": self.size}


def build_classifier(texts, labels_count, max_tokens=1000):
    """Return a model that takes texts and returns probabilities."""
    words = _split(tf.constant(list(texts), tf.string)).flat_values.numpy()
    counts = collections.Counter(word.decode() for word in words)
    # No word is empty: the first vector is nobody's, and keeps the table from being empty.
    vocabulary = ["", *(word for word, _ in counts.most_common(max(max_tokens - 2, 0)))]
    inputs = keras.Input((1,), dtype="string")
    averages = AverageOfWords(vocabulary)(inputs)
    return keras.Model(inputs, keras.layers.Dense(labels_count, activation="softmax")(averages))
