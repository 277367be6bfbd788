# points: 11, 3, 3, 3
# The straightforward answer of a reader of the statement.
# %%
import keras
import tensorflow as tf


# %%
class WordAverage(keras.layers.Layer):
    """The average of the vectors of all words whose number is not 0; zeros if there are none."""

    def call(self, vectors, numbers):
        there = keras.ops.cast(keras.ops.not_equal(numbers, 0), vectors.dtype)
        there = keras.ops.expand_dims(there, -1)
        total = keras.ops.sum(vectors * there, axis=1)
        return total / keras.ops.maximum(keras.ops.sum(there, axis=1), 1.0)

    def compute_output_shape(self, vectors_shape, numbers_shape):
        return (vectors_shape[0], vectors_shape[-1])


def build_classifier(texts, labels_count, max_tokens=1000):
    """Return a model that takes texts and returns probabilities."""
    vectorize = keras.layers.TextVectorization(max_tokens=max_tokens)
    vectorize.adapt(tf.constant(list(texts), tf.string))
    inputs = keras.Input((1,), dtype="string")
    numbers = vectorize(inputs)
    vectors = keras.layers.Embedding(len(vectorize.get_vocabulary()), 16)(numbers)
    average = WordAverage()(vectors, numbers)
    outputs = keras.layers.Dense(labels_count, activation="softmax")(average)
    return keras.Model(inputs, outputs)
