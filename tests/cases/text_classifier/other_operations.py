# points: 11, 3, 3, 3
# What a reader of the statement wrote with other operations than most.
# %%
import keras
import tensorflow as tf


# %%
class WordAverage(keras.layers.Layer):
    """Takes numbers of words, 0 for padding, and returns the average of the words' vectors.

    It counts how often each word is there, and multiplies the counts by the matrix of vectors.
    """

    def __init__(self, words, size, **kwargs):
        super().__init__(**kwargs)
        self.words, self.size = words, size
        self.supports_jit = False

    def build(self, input_shape):
        self.vectors = self.add_weight(
            name="vectors", shape=(self.words, self.size), initializer="random_uniform"
        )

    def call(self, numbers):
        # -1, the padding, is a row of zeros.
        counts = tf.reduce_sum(tf.one_hot(numbers - 1, self.words, dtype=tf.float32), axis=1)
        sums = tf.matmul(counts, tf.convert_to_tensor(self.vectors))
        return tf.math.divide_no_nan(sums, tf.reduce_sum(counts, axis=1, keepdims=True))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.size)

    def get_config(self):
        return {**super().get_config(), "words": self.words, "size": self.size}


def build_classifier(texts, labels_count, max_tokens=1000):
    """Return a model that takes texts and returns probabilities."""
    numbers = keras.layers.TextVectorization(max_tokens=max_tokens)
    numbers.adapt(tf.constant(list(texts)))
    inputs = keras.Input((1,), dtype="string")
    average = WordAverage(len(numbers.get_vocabulary()) - 1, 16)(numbers(inputs))
    return keras.Model(inputs, keras.layers.Dense(labels_count, activation="softmax")(average))
